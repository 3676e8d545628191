import Contracts
import HTTP
import ServiceKit
import Store

/// A shelter as everybody may see it.
struct ShelterView {
    /// How it looks from outside: one word, one shape, one colour.
    enum Look: String, CaseIterable {
        case open, filling, crowded, full, closing, closed, silent
    }

    let shelter: Shelter
    let run: ShelterRun
    let now: Snapshot<Occupancy>?

    var id: String { shelter.id.text }
    var isDrill: Bool { run.isDrill || now?.body.drill == true }
    /// When anything was heard from there last.
    var heard: Instant? { now?.body.heard ?? now?.at }

    /// Nothing is taken for open of which nothing has been heard for as long as its word holds.
    func look(at moment: Instant) -> Look {
        if run.stage == .closed { return .closed }
        guard let now, !now.isStale(at: moment) else { return .silent }
        switch now.body.condition {
        case .silent: return .silent
        case .closed: return .closed
        case .closing: return .closing
        case .full: return .full
        case .open:
            switch now.body.congestion {
            case .free, nil: return .open
            case .filling: return .filling
            case .crowded: return .crowded
            case .full: return .full
            }
        }
    }
}

extension ShelterView.Look {
    var phrase: Phrase {
        switch self {
        case .open: Phrase("空きあり", "Room", easy: "はいれます")
        case .filling: Phrase("やや混雑", "Filling up", easy: "すこし こんでいます")
        case .crowded: Phrase("混雑", "Crowded", easy: "とても こんでいます")
        case .full: Phrase("満員", "Full", easy: "いっぱいです")
        case .closing: Phrase("閉鎖準備中", "Closing", easy: "もうすぐ しまります")
        case .closed: Phrase("閉鎖", "Closed", easy: "しまっています")
        case .silent: Phrase("確認中", "Not heard from", easy: "いま わかりません")
        }
    }

    /// Which of the look's shapes and colours stands beside the words.
    var mark: HTML {
        switch self {
        case .open: "open"
        case .filling, .crowded: "filling"
        case .full: "full"
        case .closing, .closed: "closed"
        case .silent: "silent"
        }
    }

    /// In which order they are listed: where one can go stands first.
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Portal {
    func learn(_ event: Envelope<ShelterChanged>, in turn: borrowing Turn) throws {
        let id = event.data.shelter.id.text
        try Snapshots.keep(event.data, as: "shelter", of: id, at: event.time, in: turn.db)
        try sayShelter(id, in: turn)
    }

    func dropShelter(_ key: String, in turn: borrowing Turn) throws {
        try Snapshots.drop("shelter", of: key, in: turn.db)
        for tongue in Tongue.allCases { try say(.reload, on: "shelters/\(tongue.rawValue)", in: turn) }
    }

    func learn(_ state: Envelope<Occupancy>, _ topic: Topic, in turn: borrowing Turn) throws {
        let id = topic.entity.text
        try Snapshots.keep(
            state.data, as: "occupancy", of: id, at: state.data.at, until: state.data.at + .seconds(state.data.maxAge), in: turn.db)
        try sayShelter(id, in: turn)
    }

    func shelter(_ id: String, in turn: borrowing Turn) throws -> ShelterView? {
        guard let one = try Snapshots.one("shelter", of: id, as: ShelterChanged.self, in: turn.db) else { return nil }
        return ShelterView(shelter: one.body.shelter, run: one.body.run, now: try Snapshots.one("occupancy", of: id, in: turn.db))
    }

    /// All of them: where one can go first, then by district and name.
    func shelters(in turn: borrowing Turn) throws -> [ShelterView] {
        let now = Dictionary(
            try Snapshots.all("occupancy", as: Occupancy.self, in: turn.db).map { ($0.thing, $0) }, uniquingKeysWith: { first, _ in first })
        let views = try Snapshots.all("shelter", as: ShelterChanged.self, in: turn.db).map {
            ShelterView(shelter: $0.body.shelter, run: $0.body.run, now: now[$0.thing])
        }
        return views.sorted { a, b in
            (a.look(at: turn.now).rank, a.shelter.district ?? "", a.shelter.title, a.id)
                < (b.look(at: turn.now).rank, b.shelter.district ?? "", b.shelter.title, b.id)
        }
    }

    private func sayShelter(_ id: String, in turn: borrowing Turn) throws {
        guard let view = try shelter(id, in: turn) else { return }
        for tongue in Tongue.allCases {
            try say(.piece("shelter-\(id)", shelterPiece(view, tongue, at: turn.now)), on: "shelters/\(tongue.rawValue)", in: turn)
        }
    }

    /// What was shown has grown too old without anything new having been heard.
    func sayAgain(_ kind: String, _ thing: String, in turn: borrowing Turn) throws {
        switch kind {
        case "occupancy": try sayShelter(thing, in: turn)
        case "facility-today": try sayFacility(thing, in: turn)
        case "town": try sayTown(in: turn)
        case "door": try sayDoor(thing, in: turn)
        case "school-news": try saySchoolAgain(thing, in: turn)
        case Self.screenKind: try endScreen(thing, in: turn)
        default: break
        }
    }
}
