import Contracts
import HTTP
import ServiceKit

/// What a button of a desk asks for, as its form says it: `in-night`, `away`, `hand:water`, `needs:p-…`.
enum DeskAct: Equatable, CustomStringConvertible {
    case note(StayNoted.Step, StayKind?)
    case hand(SupplyID)
    case needs(Evacuee)
    case undo
    case clear

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.count) {
        case ("away", 1): self = .note(.away, nil)
        case ("out", 1): self = .note(.out, nil)
        case ("undo", 1): self = .undo
        case ("clear", 1): self = .clear
        case ("hand", 2):
            guard let item = SupplyID(parts[1]) else { return nil }
            self = .hand(item)
        case ("needs", 2):
            guard let who = Evacuee(parts[1]) else { return nil }
            self = .needs(who)
        default:
            guard text.hasPrefix("in-"), let kind = StayKind(rawValue: String(text.dropFirst(3))) else { return nil }
            self = .note(.in, kind)
        }
    }

    var description: String {
        switch self {
        case .note(let step, let kind): kind.map { "in-\($0.rawValue)" } ?? step.rawValue
        case .hand(let item): "hand:\(item)"
        case .needs(let who): "needs:\(who)"
        case .undo: "undo"
        case .clear: "clear"
        }
    }
}

extension Portal {
    /// Does what a button asks for, for whoever still stands there. What is refused stays on the screen as it was chosen.
    func act(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let desk = try desk(of: call, form)
        guard let act = form["act"].flatMap(DeskAct.init) else { throw Page.notFound }
        guard let screen = desks.screen(desk, of: form, at: turn.now) else { return back(to: desk, call, "late") }
        let ticked = Set(call.request.formValues("who").compactMap { Evacuee($0) })
        desks.screens[desk]?.ticked = ticked
        switch act {
        case .clear:
            desks.begin(nil, at: desk)
            return back(to: desk, call)
        case .needs(let who):
            guard screen.shown.contains(who) else { throw Page.notYours }
            let id = newID(call, at: turn.now)
            desks.entries[id] = DeskEntry(use: .needs, desk: desk, who: [who], until: turn.now + Desks.patienceForNeeds)
            return .page(.see(call.path("desk/\(desk.shelter)/needs/\(id)\(query(of: desk))")))
        case .undo: return try undo(screen, at: desk, call, in: turn)
        case .note, .hand: break
        }
        guard ticked.isSubset(of: screen.shown) else { throw Page.notYours }
        guard !ticked.isEmpty else {
            say(Phrase("だれにもチェックが入っていません。", "Nobody is ticked."), isRefused: true, at: desk)
            return back(to: desk, call)
        }
        if case .hand(let item) = act { return try hand(item, to: ticked, screen.id, at: desk, call, in: turn) }
        guard case .note(let step, let kind) = act else { throw Page.notFound }
        return try note(step, kind, ticked, screen.id, at: desk, call, in: turn)
    }

    private func note(
        _ step: StayNoted.Step, _ kind: StayKind?, _ who: Set<Evacuee>, _ screen: EventID, at desk: Desk, _ call: Call,
        in turn: borrowing Turn
    ) throws -> Answer {
        try give(NoteStays(step, who.sorted(), at: desk.shelter, kind: kind), on: .noteStays, for: screen, at: desk, call, in: turn) {
            noted in
            desks.screens[desk]?.notes = noted.entries.map(\.note)
            let from = Set(noted.entries.compactMap(\.from?.text)).sorted().joined(separator: ", ")
            let moved = from.isEmpty ? Phrase("", "") : Phrase("（\(from) から移動）", " (moved from \(from))")
            let warning: HTML = noted.warning.map { "<br><span lang=\"en\">\($0)</span>" } ?? ""
            let done = Phrase.done(step, kind, noted.entries.count)
            return Phrase(done.ja + moved.ja + warning, done.en + moved.en + warning)
        }
    }

    private func hand(
        _ item: SupplyID, to who: Set<Evacuee>, _ screen: EventID, at desk: Desk, _ call: Call, in turn: borrowing Turn
    ) throws -> Answer {
        try give(HandTo(item, to: who.sorted(), at: desk.shelter), on: .handTo, for: screen, at: desk, call, in: turn) { handed in
            // A receipt is not taken back, and what was noted before it no longer is what was done last.
            desks.screens[desk]?.notes = []
            let before = handed.entries.compactMap { entry in entry.before.map { (entry.brief.who, $0) } }
            desks.screens[desk]?.before = Dictionary(before, uniquingKeysWith: { first, _ in first })
            let now = handed.entries.count - before.count
            return Phrase(
                "\(item)：\(now)人に渡しました。\(before.isEmpty ? HTML("") : "受領済み \(before.count)人には渡しません。")",
                "\(item): handed to \(now). \(before.isEmpty ? HTML("") : "\(before.count) had it before.")")
        }
    }

    /// Strikes the notes of what was done last, one after another.
    private func undo(_ screen: DeskScreen, at desk: Desk, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        let reason = call.request.form["reason"].flatMap(StayCorrected.Reason.init(rawValue:)) ?? .mistake
        guard let note = screen.notes.last else { return back(to: desk, call) }
        return try give(
            CorrectStay(note, reason: reason), on: .correctStay, for: screen.id, at: desk, call, in: turn,
            next: { turn in
                desks.screens[desk]?.notes.removeAll { $0 == note }
                guard let rest = desks.screen(desk, at: turn.now), rest.id == screen.id, !rest.notes.isEmpty else { return nil }
                return try self.undo(rest, at: desk, call, in: turn)
            }
        ) { _ in Phrase("取り消しました（\(reason.phrase.ja)）。", "Taken back (\(reason.phrase.en)).") }
    }

    /// Gives a command as the desk, and goes back to the screen, which says what came of it.
    /// - Parameters:
    ///   - next: what follows before the screen is shown, if anything.
    ///   - done: what is said of it; only while the same person stands there.
    func give<Body: CommandBody>(
        _ data: Body, on channel: Channel<Body>, for screen: EventID, at desk: Desk, _ call: Call, in turn: borrowing Turn,
        next: @escaping (borrowing Turn) throws -> Answer? = { _ in nil }, done: @escaping (Body.Answer) throws -> Phrase
    ) throws -> Answer {
        guard let station = try account(of: call).station(.shelterDesk) else { throw Page.notYours }
        try send(data, on: channel, as: station, for: call, in: turn) { outcome, turn in
            let isThere = desks.screens[desk]?.id == screen
            switch outcome {
            case .accepted(let body) where isThere:
                say(try done(body), isRefused: false, at: desk)
                desks.screens[desk]?.ticked = nil
                if let more = try next(turn) { return answer(call, more, in: turn) }
            case .accepted: break
            case .refused(let word, let text):
                if isThere { say(Phrase(refusal: word, of: "shelter-registry", text), isRefused: true, at: desk) }
            case .unknown: if isThere { say(.silence, isRefused: true, at: desk) }
            }
            answer(call, back(to: desk, call), in: turn)
        }
        return .later
    }

    private func say(_ phrase: Phrase, isRefused: Bool, at desk: Desk) {
        desks.screens[desk]?.said = phrase
        desks.screens[desk]?.isRefused = isRefused
    }

    func newID(_ call: Call, at now: Instant) -> EventID {
        let low = call.drawn.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let high = call.drawn.dropFirst(8).prefix(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        return EventID(at: now, random: (high, low))
    }
}

extension Phrase {
    static func done(_ step: StayNoted.Step, _ kind: StayKind?, _ count: Int) -> Phrase {
        let people = Phrase.people(count)
        switch step {
        case .in:
            return Phrase(
                "\(people.ja)を入所\(kind.map { HTML("（\($0.phrase.ja)）") })としました。",
                "\(people.en) checked in\(kind.map { HTML(" (\($0.phrase.en))") }).")
        case .away: return Phrase("\(people.ja)を一時外出としました。", "\(people.en) temporarily out.")
        case .out: return Phrase("\(people.ja)を退所としました。", "\(people.en) left for good.")
        }
    }
}
