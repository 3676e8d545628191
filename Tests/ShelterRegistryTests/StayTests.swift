import Contracts
import Harness
import Testing

@testable import ShelterRegistry

/// Stays follow from notes, whatever their order of arrival.
@Suite struct StayTests {
    private static let shelters: [ShelterID] = ["s01", "s02", "s03"]

    private func note(_ at: Int64, _ step: StayNoted.Step, _ shelter: ShelterID = "s01", kind: StayKind? = nil) -> Note {
        Note(
            id: EventID(high: UInt64(at), low: 0), source: "main", at: Instant(milliseconds: at), step: step, shelter: shelter, kind: kind)
    }

    @Test("Who is here and comes again is here: held long, held twice or read again, nothing toggles")
    func toggles() {
        let stays = Stay.all(following: [note(1, .in), note(2, .in), note(3, .in)])
        #expect(stays.map(\.starts.milliseconds) == [1] && stays[0].ends == nil && stays[0].since.milliseconds == 1)
    }

    @Test("Coming to another shelter ends the stay before, at that moment")
    func moves() {
        let stays = Stay.all(following: [note(1, .in), note(5, .in, "s02")])
        #expect(stays.map(\.shelter) == ["s01", "s02"])
        #expect(stays[0].ends?.milliseconds == 5 && stays[0].end == .moved && stays[1].ends == nil)
    }

    @Test("Temporarily out keeps the place; whoever leaves gives it up")
    func out() {
        #expect(Stay.all(following: [note(1, .in), note(2, .away)]).last.map { $0.isAway && $0.ends == nil } == true)
        let back = Stay.all(following: [note(1, .in), note(2, .away), note(3, .in)])
        #expect(back.count == 1 && !back[0].isAway && back[0].since.milliseconds == 3)
        #expect(Stay.all(following: [note(1, .in), note(2, .out)]).last?.end == .left)
        #expect(Stay.all(following: [note(1, .in), note(2, .out), note(3, .in)]).count == 2)
    }

    @Test("Going out of a shelter, or leaving one, where somebody is not staying changes nothing")
    func strangers() {
        let stays = Stay.all(following: [note(1, .in), note(2, .in, "s02"), note(3, .out), note(4, .away)])
        #expect(stays.count == 2 && stays[1].ends == nil && !stays[1].isAway)
        #expect(Stay.all(following: [note(1, .out), note(2, .away)]).isEmpty)
    }

    @Test("Day, night, car and home are different facts, and a tap that does not ask leaves them as they are")
    func kinds() {
        let stays = Stay.all(following: [note(1, .in, kind: .day), note(2, .in), note(3, .in, kind: .car)])
        #expect(stays.count == 1 && stays[0].kind == .car && stays[0].since.milliseconds == 3 && stays[0].starts.milliseconds == 1)
        #expect(Stay.all(following: [note(1, .in)]).first?.kind == .night)
    }

    @Test(
        "In every order of arrival the stays are the same, follow each other, and at most the last one is open",
        arguments: 0..<300 as Range<UInt64>)
    func orders(seed: UInt64) {
        var chance = Seeded(seed)
        let notes = (0..<12).map { index in
            // Several at one moment, so that their order rests on source and id.
            Note(
                id: EventID(high: UInt64(index), low: 7), source: chance.oneIn(2) ? "main" : "hall",
                at: Instant(milliseconds: Int64(chance.below(6))), step: [.in, .in, .away, .out][chance.below(4)],
                shelter: Self.shelters[chance.below(3)], kind: [nil, .night, .day, .car, .home][chance.below(5)])
        }
        let stays = Stay.all(following: notes)
        for _ in 0..<4 { #expect(Stay.all(following: notes.shuffled(using: &chance)) == stays) }
        #expect(stays.dropLast().allSatisfy { $0.ends != nil })
        for (before, after) in zip(stays, stays.dropFirst()) { #expect(before.ends ?? .distantPast <= after.starts) }
        #expect(stays.last?.shelter == model(notes).shelter && (stays.last?.ends == nil) == model(notes).isThere)
    }

    /// Where somebody is after all notes, found another way: the last coming counts, unless its shelter was left after it.
    private func model(_ notes: [Note]) -> (shelter: ShelterID?, isThere: Bool) {
        let sorted = notes.sorted { ($0.at.milliseconds, $0.source, $0.id) < ($1.at.milliseconds, $1.source, $1.id) }
        guard let came = sorted.lastIndex(where: { $0.step == .in }) else { return (nil, false) }
        let left = sorted[came...].contains { $0.step == .out && $0.shelter == sorted[came].shelter }
        return (sorted[came].shelter, !left)
    }
}
