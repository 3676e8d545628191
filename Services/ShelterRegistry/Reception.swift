import Contracts
import People
import Seal
import ServiceKit
import Store

/// What staff say at a shelter's reception.
extension ShelterRegistry {
    /// Sheets of paper are entered within a month.
    private static let longestAgo = Duration.seconds(31 * 86_400)
    /// A desk's clock may be ahead by this.
    private static let ahead = Duration.seconds(120)

    func note(_ command: Envelope<NoteStays>, in turn: borrowing Turn) throws -> Reply<StaysNoted> {
        let wish = command.data
        if let objection = elsewhere(wish.shelter) { return objection.reply() }
        guard let shelter = try known(wish.shelter, in: turn.db) else { return try unknown(wish.shelter, in: turn.db).reply() }
        guard (1...NoteStays.limit).contains(wish.who.count) else {
            return .refuse("bad-number", "One to \(NoteStays.limit) people in one command. Send several.")
        }
        if let moment = wish.at, moment > turn.now + Self.ahead || turn.now - moment > Self.longestAgo {
            return .refuse("bad-times", "A note is of the last 31 days, and not of a time to come.")
        }
        for case .guest(let guest) in wish.who where try !isKnown(guest, in: turn.db) {
            return .refuse("unknown-guest", "There is no guest \(guest) in the books. Write them down first.")
        }
        try hear(wish.shelter, in: turn)
        let entries = try Set(wish.who).sorted().map { who in
            let isDrill = shelter.run.stage != .closed && shelter.run.isDrill
            let known = try whoIs(who, in: turn.db)
            let before = try openStay(of: known, isDrill, in: turn.db)
            let said = StayNoted(wish.step, who, at: wish.shelter, kind: wish.step == .in ? wish.kind : nil, by: turn.actor, drill: isDrill)
            let note = try say(said, cause: command.id, at: wish.at ?? moment(after: known, isDrill, in: turn), in: turn).note
            let from = before.flatMap { $0.shelter == wish.shelter ? nil : $0.shelter }
            return StaysNoted.Entry(
                try brief(whoIs(who, in: turn.db), isDrill, in: turn.db), note: note, from: wish.step == .in ? from : nil)
        }
        return .accept(StaysNoted(entries, warning: try wish.step == .in ? warning(about: shelter, in: turn) : nil))
    }

    /// Nobody is sent away by a program.
    private func warning(about shelter: ShelterChanged, in turn: borrowing Turn) throws -> String? {
        let id = shelter.shelter.id
        switch shelter.run.stage {
        case .closed: return "\(id) is not open. They are counted there all the same: open it, or move them."
        case .closing: return "\(id) is being closed. They are counted there all the same: move them soon."
        case .open:
            let count = try count(at: id, drill: shelter.run.isDrill, in: turn.db).headcount
            guard let capacity = shelter.shelter.capacity?.people(at: turn.now, turn.identity.offset), count > capacity else { return nil }
            return "\(id) holds \(count), \(count - capacity) more than it is made for."
        }
    }

    func correct(_ command: Envelope<CorrectStay>, in turn: borrowing Turn) throws -> Reply<EvacueeBrief> {
        let wish = command.data
        let found = try turn.db.first("SELECT key, drill FROM note WHERE id = ?", wish.note.bytes) { (Evacuee($0.text(0)), $0.int(1) == 1) }
        guard case (let who?, let isDrill)? = found else {
            return .refuse("unknown-note", "There is no note \(wish.note). `kazasu shelter show` lists those of a person.")
        }
        let said = StayCorrected(wish.note, stands: wish.stands, reason: wish.reason, by: turn.actor)
        let id = try turn.emit(said, on: .stayCorrections, cause: command.id, subject: wish.note.description)
        try take(said, id, from: turn.identity.address.instance, at: turn.now, in: turn)
        return .accept(try brief(who, isDrill, in: turn.db))
    }

    func put(_ command: Envelope<PutGuest>, in turn: borrowing Turn) throws -> Reply<EvacueeBrief> {
        let wish = command.data
        let known = try wish.guest.flatMap { try facts(of: $0, in: turn.db) }
        let isThere = try wish.guest.map { try isKnown($0, in: turn.db) } ?? false
        let guest = wish.guest ?? GuestID(Array(EventID.derived(from: command.id, type: "guest").bytes[6...]))
        guard wish.guest == nil || isThere || wish.fromPaper == true else {
            return .refuse("unknown-guest", "There is no guest \(guest) in the books. Leave the id away to write down another one.")
        }
        let anew = (known ?? GuestFacts()).changed(by: wish.facts)
        if let fault = anew.fault { return .refuse("bad-facts", fault) }
        guard anew.name != nil || isThere else { return .refuse("no-name", "A guest needs a name, or something to call them by.") }
        var file = EvacueeFile(.facts, of: .guest(guest))
        file.facts = anew
        try write(file, in: turn)
        return .accept(try brief(whoIs(.guest(guest), in: turn.db), false, in: turn.db))
    }

    /// Written down, or taken for the holder of a card.
    func isKnown(_ guest: GuestID, in db: borrowing Transaction) throws -> Bool {
        try db.first(
            "SELECT 1 FROM evacuee_file WHERE who = ?1 UNION ALL SELECT 1 FROM card_guest WHERE guest = ?1 LIMIT 1", guest.text,
            read: { _ in })
            != nil
    }

    func identify(_ command: Envelope<IdentifyGuest>, in turn: borrowing Turn) throws -> Reply<EvacueeBrief> {
        let wish = command.data
        if let into = wish.into {
            let names = try names(of: into, in: turn.db)
            guard !names.contains(.guest(wish.guest)) else {
                return .refuse("same", "\(into) is this guest already, or was found to be. Undo that first: identify it as nobody else.")
            }
            if case .person(let person)? = names.last, try People<ShelterView>.view(of: person, in: turn.db) == nil {
                return .refuse("unknown-person", "Nothing is known here of \(person).")
            }
        }
        var file = EvacueeFile(.identity, of: .guest(wish.guest))
        file.into = wish.into
        try write(file, in: turn)
        // Answered with what follows from it.
        _ = try resolveDoubts(in: turn)
        return .accept(try brief(whoIs(.guest(wish.guest), in: turn.db), false, in: turn.db))
    }
}

extension GuestFacts {
    func changed(by change: GuestFacts) -> GuestFacts {
        func text(_ old: String?, _ new: String?) -> String? { new.map { $0.isEmpty ? nil : $0 } ?? old }
        var facts = self
        facts.age = change.age ?? age
        facts.district = text(district, change.district)
        facts.name = text(name, change.name)
        facts.reading = text(reading, change.reading)
        facts.sex = change.sex ?? sex
        facts.town = text(town, change.town)
        return facts
    }

    /// What is wrong with them, in a sentence; `nil` if nothing is.
    var fault: String? {
        let texts = [district, name, reading, town].compactMap(\.self)
        if texts.contains(where: { $0.utf8.count > 600 }) { return "No text is longer than 200 characters." }
        if texts.contains(where: \.hasControls) { return "A text holds a control character." }
        if let age, !(0...130).contains(age) { return "An age is 0 to 130 years." }
        return nil
    }
}
