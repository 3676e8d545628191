import Contracts
import People
import ServiceKit
import Store

/// What people need, and what a shelter needs for them.
extension ShelterRegistry {
    private static let pause = Duration.seconds(60)
    private static let maxAge = 86_400

    func note(_ command: Envelope<NoteNeeds>, in turn: borrowing Turn) throws -> Reply<EvacueeBrief> {
        let wish = command.data
        guard wish.needs.count <= NoteNeeds.limit, Set(wish.needs.map(\.need)).count == wish.needs.count else {
            return .refuse("bad-number", "Each need once, and \(NoteNeeds.limit) at most.")
        }
        guard wish.needs.compactMap(\.value).allSatisfy({ $0.utf8.count <= 300 && !$0.hasControls }) else {
            return .refuse("bad-text", "No answer is longer than 100 characters or holds control characters.")
        }
        let who = try whoIs(wish.who, in: turn.db)
        if case .guest(let guest) = who, try !isKnown(guest, in: turn.db) {
            return .refuse("unknown-guest", "There is no guest \(guest) in the books. Write them down first.")
        }
        // What is known of them stays, though nobody asks it any more.
        let known = try rules.questions + (needs(of: who, in: turn.db) ?? []).map(\.need)
        if !rules.questions.isEmpty, let unknown = wish.needs.first(where: { !known.contains($0.need) }) {
            let asked = rules.questions.map(\.text).joined(separator: ", ")
            return .refuse("unknown-need", "The town's file has no question \(unknown.need). Questions: \(asked).")
        }
        var file = EvacueeFile(.needs, of: who)
        file.needs = wish.needs.sorted { $0.need < $1.need }
        try write(file, in: turn)
        return .accept(try brief(who, false, in: turn.db))
    }

    /// As staff wrote it down; otherwise as the person agreed to have it told beforehand.
    func needs(of who: Evacuee, in db: borrowing Transaction) throws -> [NeedAnswer]? {
        if let written = try file(.needs, of: who, in: db)?.needs { return written }
        guard case .person(let person) = who else { return nil }
        // Written down while they were still a guest.
        let guests = try db.all("SELECT guest FROM identity WHERE \"into\" = ? ORDER BY guest", person.text) { GuestID($0.text(0)) }
        for case let guest? in guests { if let written = try file(.needs, of: .guest(guest), in: db)?.needs { return written } }
        return try People<ShelterView>.view(of: person, in: db)?.needs?.compactMap { NeedID($0) }.map { NeedAnswer($0) }
    }

    /// - Returns: when the next totals are due.
    func tellNeeds(in turn: borrowing Turn) throws -> Instant? {
        let due = try turn.db.all(
            "SELECT id, drill FROM shelter WHERE needs_due <= ?1 OR needs_due IS NOT NULL AND needs_told > ?1 ORDER BY id LIMIT 1",
            turn.now.milliseconds
        ) { (ShelterID($0.text(0)), $0.int(1) == 1) }
        for case (let shelter?, let isDrill) in due {
            try turn.publishState(try totals(at: shelter, isDrill, in: turn), on: .shelterNeeds, about: shelter.named())
            try turn.db.run(
                "UPDATE shelter SET needs_due = NULL, needs_told = ? WHERE id = ?", turn.now.milliseconds, shelter.text)
        }
        return try turn.db.first("SELECT min(needs_due) FROM shelter") { $0.intIfPresent(0) }?.map { Instant(milliseconds: $0) }
    }

    /// What is needed at a shelter has changed. Its totals are found from all files there, so not more often than once a minute.
    func recountNeeds(_ shelter: ShelterID, in turn: borrowing Turn) throws {
        try turn.db.run(
            "UPDATE shelter SET needs_due = max(needs_told + ?, ?) WHERE id = ? AND needs_due IS NULL", Self.pause.milliseconds,
            turn.now.milliseconds, shelter.text)
    }

    private func totals(at shelter: ShelterID, _ isDrill: Bool, in turn: borrowing Turn) throws -> ShelterNeeds {
        let people = try turn.db.all(
            "SELECT key FROM stay WHERE shelter = ? AND drill = ? AND ends IS NULL ORDER BY key", shelter.text, isDrill
        ) { Evacuee($0.text(0)) }.compactMap(\.self)
        var bands: [ShelterNeeds.Band: Int] = [:]
        var needs: [NeedID: Int] = [:]
        for who in people {
            let brief = try brief(who, isDrill, in: turn.db)
            bands[ShelterNeeds.Band(age: brief.age), default: 0] += 1
            for answer in brief.needs ?? [] { needs[answer.need, default: 0] += 1 }
        }
        return ShelterNeeds(
            at: turn.now, maxAge: Self.maxAge,
            bands: ShelterNeeds.Band.allCases.compactMap { band in bands[band].map { ShelterNeeds.BandCount(band, $0) } },
            needs: needs.sorted { $0.key < $1.key }.map { ShelterNeeds.NeedCount($0.key, $0.value) }, drill: isDrill)
    }
}
