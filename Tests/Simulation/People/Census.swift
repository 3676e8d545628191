import Contracts
import People
import Seal
import ServiceKit
import ShelterRegistry
import Store

/// Who stayed where, reckoned a second time from what was noted.
struct Census {
    struct Note: Hashable {
        let id: EventID
        /// Which registry wrote it.
        let source: String
        let who: Evacuee
        let isDrill: Bool
        let step: StayNoted.Step
        let shelter: ShelterID
        let kind: StayKind?
        let at: Instant
        fileprivate var place: (Int64, String, EventID) { (at.milliseconds, source, id) }
    }

    struct Correction: Hashable {
        let note: EventID
        let at: Instant
        let source: String
        let id: EventID
        let stands: Bool
        fileprivate var place: (Int64, String, EventID) { (at.milliseconds, source, id) }
    }

    struct Stay: Hashable {
        let who: Evacuee
        let isDrill: Bool
        let shelter: ShelterID
        var kind: StayKind
        var isAway = false
        let starts: Instant
        var since: Instant
        var ends: Instant?
    }

    struct Name: Hashable {
        let who: Evacuee
        let isDrill: Bool
    }

    private(set) var notes: Set<Note> = []
    private(set) var corrections: Set<Correction> = []
    /// Whom guests were found to be.
    private(set) var into: [GuestID: Evacuee] = [:]

    /// The stays of each person, one after the other.
    /// - Parameter db: of the registry, for what it knows of people.
    func stays(in db: borrowing Transaction) throws -> [Name: [Stay]] {
        let verdicts = Dictionary(grouping: corrections, by: \.note).compactMapValues { $0.max { $0.place < $1.place } }
        let cards = Dictionary(notes.compactMap { note in note.who.token.map { (GuestID(sha256("guest\n\($0)")), $0) } }) { first, _ in
            first
        }
        let standing = notes.filter { verdicts[$0.id]?.stands != false }
        let names = try Dictionary(grouping: standing) { Name(who: try holder(of: $0.who, cards, in: db), isDrill: $0.isDrill) }
        return Dictionary(uniqueKeysWithValues: names.map { name, notes in (name, Self.stays(of: name, notes)) })
            .filter { !$0.value.isEmpty }
    }

    private static func stays(of name: Name, _ notes: [Note]) -> [Stay] {
        var stays: [Stay] = []
        for note in notes.sorted(by: { $0.place < $1.place }) {
            let last = stays.count - 1
            let isOpen = last >= 0 && stays[last].ends == nil
            let isHere = isOpen && stays[last].shelter == note.shelter
            switch note.step {
            case .in where isHere:
                let kind = note.kind ?? stays[last].kind
                if stays[last].isAway || stays[last].kind != kind { stays[last].since = note.at }
                (stays[last].isAway, stays[last].kind) = (false, kind)
            case .in:
                if isOpen { (stays[last].ends, stays[last].since) = (note.at, note.at) }
                let kind = note.kind ?? .night
                stays.append(Stay(who: name.who, isDrill: name.isDrill, shelter: note.shelter, kind: kind, starts: note.at, since: note.at))
            case .away where isHere && !stays[last].isAway: (stays[last].isAway, stays[last].since) = (true, note.at)
            case .out where isHere: (stays[last].ends, stays[last].since) = (note.at, note.at)
            case .away, .out: break
            }
        }
        return stays
    }

    private func holder(of name: Evacuee, _ cards: [GuestID: Token], in db: borrowing Transaction) throws -> Evacuee {
        var who = name
        // However guests were said to be each other, it ends.
        for _ in 0..<64 {
            switch who {
            case .card(let token):
                who = try People<ShelterView>.card(token, in: db).map { .person($0.person) } ?? .guest(GuestID(sha256("guest\n\(token)")))
            case .guest(let guest):
                guard
                    let next = try into[guest]
                        ?? cards[guest].flatMap({ try People<ShelterView>.card($0, in: db)?.person }).map({ .person($0) })
                else { return who }
                who = next
            case .person(let person):
                guard let next = try People<ShelterView>.successor(of: person, in: db) else { return who }
                who = .person(next)
            }
        }
        return who
    }
}

extension Census {
    /// All that stands in the journals of registries, each beside the name of whoever wrote it.
    init(journals: [(source: String, rows: [ForgottenRow])]) throws {
        var identities: [GuestID: (at: Instant, source: String, into: Evacuee?)] = [:]
        for (source, rows) in journals {
            for row in rows {
                if row.topic.hasSuffix("/stay-note") {
                    let said = try Envelope<StayNoted>(json: row.event)
                    let (note, isDrill) = (said.data, said.data.drill == true)
                    notes.insert(
                        Note(
                            id: said.id, source: source, who: note.who, isDrill: isDrill, step: note.step, shelter: note.shelter,
                            kind: note.kind, at: said.time))
                } else if row.topic.hasSuffix("/stay-correction") {
                    let said = try Envelope<StayCorrected>(json: row.event)
                    corrections.insert(
                        Correction(note: said.data.note, at: said.time, source: source, id: said.id, stands: said.data.stands))
                } else if row.topic.hasSuffix("/evacuee-file") {
                    let said = try Envelope<EvacueeFile>(json: row.event)
                    guard said.data.part == .identity, let guest = said.data.who.guest else { continue }
                    let known = identities[guest]
                    if let known, (said.time.milliseconds, source) < (known.at.milliseconds, known.source) { continue }
                    identities[guest] = (said.time, source, said.data.into)
                }
            }
        }
        into = identities.compactMapValues(\.into)
    }

    /// All that one registry has on its disk.
    init(in db: borrowing Transaction) throws {
        notes = Set(
            try db.all("SELECT id, source, raw, drill, step, shelter, kind, at FROM note") {
                Note(
                    id: EventID(bytes: $0.blob(0))!, source: $0.text(1), who: Evacuee($0.text(2))!, isDrill: $0.int(3) == 1,
                    step: StayNoted.Step(rawValue: $0.text(4))!, shelter: ShelterID($0.text(5))!,
                    kind: $0.textIfPresent(6).flatMap { StayKind(rawValue: $0) }, at: Instant(milliseconds: $0.int(7)))
            })
        corrections = Set(
            try db.all("SELECT note, at, source, id, stands FROM correction") {
                Correction(
                    note: EventID(bytes: $0.blob(0))!, at: Instant(milliseconds: $0.int(1)), source: $0.text(2),
                    id: EventID(bytes: $0.blob(3))!, stands: $0.int(4) == 1)
            })
        into = Dictionary(
            uniqueKeysWithValues: try db.all("SELECT guest, \"into\" FROM identity") { (GuestID($0.text(0))!, Evacuee($0.text(1))!) })
    }
}

extension Census.Stay {
    /// As a registry has found them.
    static func all(in db: borrowing Transaction) throws -> Set<Census.Stay> {
        Set(
            try db.all("SELECT key, drill, shelter, kind, away, starts, since, ends FROM stay") {
                Census.Stay(
                    who: Evacuee($0.text(0))!, isDrill: $0.int(1) == 1, shelter: ShelterID($0.text(2))!,
                    kind: StayKind(rawValue: $0.text(3))!,
                    isAway: $0.int(4) == 1, starts: Instant(milliseconds: $0.int(5)), since: Instant(milliseconds: $0.int(6)),
                    ends: $0.intIfPresent(7).map { Instant(milliseconds: $0) })
            })
    }
}

extension Evacuee {
    fileprivate var token: Token? { if case .card(let token) = self { token } else { nil } }
}
