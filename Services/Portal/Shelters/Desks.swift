import Contracts
import ServiceKit

/// Where somebody of the staff checks people in: one account at one shelter, with the reader they have chosen, if any.
struct Desk: Hashable {
    let account: AccountID
    let shelter: ShelterID
    let reader: ReaderPlace?

    /// What its page hears. Nobody else's does.
    var feed: String { "desk/\(account)/\(reader?.description ?? "\(shelter)")" }
}

/// Whoever stands before a desk. It ends with the next tap, when its time is over, and with the process: what is done for somebody needs their card again then.
struct DeskScreen {
    /// The tap, or the entry by hand, that brought them there. Whatever is done is done for it.
    let id: EventID
    let until: Instant
    /// For whom the service is asked.
    var who: [Evacuee]
    /// Of whom something may be said: those who were shown.
    var shown: Set<Evacuee> = []
    /// Who was ticked when the service said no; absent where nobody has chosen yet.
    var ticked: Set<Evacuee>?
    /// What was done last, or refused.
    var said: Phrase?
    var isRefused = false
    /// Notes that can still be struck.
    var notes: [EventID] = []
    /// Who had received before what was handed out, and when.
    var before: [Evacuee: Instant] = [:]
    /// How the registry took the tap.
    var signal: ShelterFeedback.Signal?
}

/// What may be done once more than is on the screen: one of those who were found may be chosen, or somebody's needs written down.
struct DeskEntry {
    enum Use { case choice, needs }

    let use: Use
    let desk: Desk
    let who: Set<Evacuee>
    let until: Instant
}

/// Which desks are open, and who stands before them. In memory alone: nothing of people is on the disk, and a process that begins anew knows nobody.
final class Desks {
    /// How long something may be done after a tap or an entry.
    static let patience = Duration.seconds(120)
    /// A list of forty questions takes longer.
    static let patienceForNeeds = Duration.seconds(600)
    /// A page that is open is loaded anew after this; one that is not is forgotten, and asks nothing any more.
    static let lease = Duration.seconds(3600)

    struct Listening {
        let tongue: Tongue
        let until: Instant
    }

    var open: [Desk: Listening] = [:]
    var screens: [Desk: DeskScreen] = [:]
    var entries: [EventID: DeskEntry] = [:]

    /// Whoever stands there, if they still do.
    func screen(_ desk: Desk, at now: Instant) -> DeskScreen? { screens[desk].flatMap { $0.until > now ? $0 : nil } }

    /// The one that a form was made for; `nil` when somebody else stands there, or its time is over.
    func screen(_ desk: Desk, of form: [String: String], at now: Instant) -> DeskScreen? {
        screen(desk, at: now).flatMap { $0.id.description == form["screen"] ? $0 : nil }
    }

    func entry(_ id: EventID?, _ use: DeskEntry.Use, at desk: Desk, now: Instant) -> DeskEntry? {
        id.flatMap { entries[$0] }.flatMap { $0.use == use && $0.desk == desk && $0.until > now ? $0 : nil }
    }

    /// Somebody has gone home: nothing of theirs stands at a desk any more.
    func leave(_ account: AccountID) {
        open = open.filter { $0.key.account != account }
        screens = screens.filter { $0.key.account != account }
    }

    /// Somebody else stands there now, and what was begun for the one before is over.
    func begin(_ screen: DeskScreen?, at desk: Desk) {
        screens[desk] = screen
        entries = entries.filter { $0.value.desk != desk }
    }
}

extension Portal {
    /// What a desk hears, and that it is open. Without a reader nobody's tap is meant.
    func openDesk(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let tongue = Tongue(rawValue: call.parts[0]) else { throw Page.notFound }
        let reader = ReaderPlace(agent: try call.name(2), reader: try call.name(3))
        let desk = Desk(account: try account(of: call).id, shelter: try call.name(1), reader: reader)
        desks.open[desk] = Desks.Listening(tongue: tongue, until: turn.now + Desks.lease)
        return .stream(
            [desk.feed, "desk-counts/\(desk.shelter)/\(tongue.rawValue)"], first: try counts(of: desk.shelter.text, tongue, in: turn))
    }

    /// How full the shelter is by now: it may have changed since the page was made.
    func counts(of shelter: String, _ tongue: Tongue, in turn: borrowing Turn) throws -> [UInt8] {
        guard let one = try situation(of: shelter, in: turn) else { return [] }
        return try News.piece("desk-counts", countsPiece(one, tongue, at: turn.now)).bytes()
    }

    /// Somebody holds a card at the reader of a desk that is open: whoever stood there before goes at once, and the new one is asked for in the name of that desk.
    /// A reader that does not stand for this shelter now says nothing of its passers-by.
    func hearAtDesk(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard turn.isLive, let shelter = tap.data.purpose.shelter else { return }
        let place = ReaderPlace(agent: turn.topic.entity.named(), reader: tap.data.reader)
        for (desk, listening) in listening(at: place) where desk.shelter == shelter {
            guard listening.until > turn.now, let account = policy.account(desk.account), let station = account.station(.shelterDesk)
            else { continue }
            desks.begin(DeskScreen(id: tap.id, until: turn.now + Desks.patience, who: [.card(tap.data.token)]), at: desk)
            try say(.piece("desk-screen", waitingPiece(listening.tongue)), on: desk.feed, in: turn)
            try show([.card(tap.data.token)], as: station, in: turn) { outcome, turn in
                guard desks.screens[desk]?.id == tap.id else { return }
                let piece = try screenPiece(of: outcome, at: desk, account, listening.tongue, in: turn)
                try say(.piece("desk-screen", piece), on: desk.feed, in: turn)
            }
        }
    }

    /// How the registry took it.
    func hearAtDesk(_ feedback: Envelope<ShelterFeedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        for (desk, listening) in listening(at: ReaderPlace(agent: topic.entity.named(), reader: feedback.data.reader)) {
            guard desks.screens[desk]?.id == feedback.data.tap else { continue }
            desks.screens[desk]?.signal = feedback.data.signal
            try say(.piece("desk-signal", signalPiece(feedback.data.signal, listening.tongue)), on: desk.feed, in: turn)
        }
    }

    private func listening(at place: ReaderPlace) -> [(Desk, Desks.Listening)] {
        desks.open.filter { $0.key.reader == place }.sorted { $0.key.account < $1.key.account }
    }

    /// Takes away what has had its time.
    /// - Returns: when to look again.
    func clearDesks(in turn: borrowing Turn) throws -> Instant? {
        for (desk, screen) in desks.screens.sorted(by: { $0.value.id < $1.value.id }) where screen.until <= turn.now {
            if let tongue = desks.open[desk]?.tongue {
                try say(.piece("desk-screen", emptyPiece(tongue, said: nil)), on: desk.feed, in: turn)
            }
            desks.screens[desk] = nil
        }
        desks.entries = desks.entries.filter { $0.value.until > turn.now }
        for (desk, listening) in desks.open.sorted(by: { $0.key.feed < $1.key.feed }) where listening.until <= turn.now {
            desks.open[desk] = nil
            try say(.reload, on: desk.feed, in: turn)
        }
        return (desks.screens.values.map(\.until) + desks.entries.values.map(\.until) + desks.open.values.map(\.until)).min()
    }

    /// Asks for everybody in turn, as the desk.
    func show(
        _ who: [Evacuee], as station: PortalPolicy.Station, in turn: borrowing Turn, _ before: [EvacueePage] = [],
        then: @escaping (Outcome<[EvacueePage]>, borrowing Turn) throws -> Void
    ) throws {
        guard let first = who.first else { return try then(.accepted(before), turn) }
        try send(ShowEvacuee(first), on: .showEvacuee, as: station, in: turn) { outcome, turn in
            switch outcome {
            case .accepted(let page): try show(Array(who.dropFirst()), as: station, in: turn, before + [page], then: then)
            case .refused(let word, let text): try then(.refused(word: word, text: text), turn)
            case .unknown: try then(.unknown, turn)
            }
        }
    }
}
