import Contracts
import Harness
import Testing

@testable import Analytics

/// From cards that were held to visits: the fold alone.
@Suite struct VisitTests {
    /// `in 9:00`, `out 10:30`, `9:00` for a reader without direction.
    private static func held(_ text: String) -> [Held] {
        text.split(separator: ",").map { entry in
            let words = entry.split(separator: " ")
            return Held(at: TestVisits.moment(String(words.last!)), direction: Direction(rawValue: String(words[0])), purpose: 1)
        }
    }

    /// A house that is open from 9:00 to 12:00 and from 13:00 to 21:00; nobody stays longer than six hours.
    private static let closing = Closing(
        slots: [("9:00", "12:00"), ("13:00", "21:00")].map { TestVisits.moment($0)..<TestVisits.moment($1) },
        longestStay: .seconds(6 * 3600))

    private static func said(_ text: String, _ counting: Facility.Counting, _ closing: Closing = closing) -> String {
        visits(of: held(text), counting: counting, repeatWithin: .seconds(60), closing: closing)
            .map { visit in
                let time = { (moment: Instant?) in moment.map { String($0.rfc3339().dropFirst(11).prefix(5)) } ?? "?" }
                let marks: [(Visit.Marks, String)] = [
                    (.endAssumed, "assumed"), (.endNotSeen, "no end"), (.beginningNotSeen, "no beginning"),
                ]
                return ["\(time(visit.came))–\(time(visit.left))"].appending(marks.filter { visit.marks.contains($0.0) }.map(\.1))
            }
            .joined(separator: ", ")
    }

    @Test(
        "Where readers say which way people go, what was not seen is marked",
        arguments: [
            ("in 9:10,out 10:00", "09:10–10:00"),
            ("in 9:10,out 10:00,in 14:00,out 15:00", "09:10–10:00, 14:00–15:00"),
            ("in 9:10", "09:10–12:00 assumed"),
            ("in 13:30", "13:30–19:30 assumed"),
            ("in 15:30", "15:30–21:00 assumed"),
            ("in 9:10,in 10:00,out 11:00", "09:10–? no end, 10:00–11:00"),
            ("in 9:10,in 14:00,out 15:00", "09:10–12:00 assumed, 14:00–15:00"),
            ("out 10:00", "?–10:00 no beginning"),
            ("in 9:10,out 10:00,out 11:00", "09:10–10:00, ?–11:00 no beginning"),
            ("in 20:00,out 21:10", "20:00–21:10"),
            ("in 22:00", "22:00–04:00 assumed"),
            ("in 9:10:00,out 9:10:20,in 9:10:40", "09:10–09:10, 09:10–12:00 assumed"),
            ("9:10,9:40,out 10:00", "09:10–10:00"),
            ("9:10,14:00", "09:10–12:00 assumed, 14:00–20:00 assumed"),
        ])
    func directions(held: String, visits: String) { #expect(Self.said(held, .directions) == visits) }

    @Test(
        "At one reader people come and leave by turns, and whoever forgot to leave comes again",
        arguments: [
            ("9:10,10:00", "09:10–10:00"),
            ("9:10,10:00,11:00", "09:10–10:00, 11:00–12:00 assumed"),
            ("9:10,12:05", "09:10–12:05"),
            ("9:10,13:20", "09:10–12:00 assumed, 13:20–19:20 assumed"),
            ("14:00,20:30", "14:00–20:00 assumed, 20:30–21:00 assumed"),
            ("20:50,21:05", "20:50–21:05"),
            ("9:10,9:10:30,9:11:20,10:00", "09:10–10:00"),
            ("9:10,out 9:40,10:00", "09:10–09:40, 10:00–12:00 assumed"),
        ])
    func turns(held: String, visits: String) { #expect(Self.said(held, .turns) == visits) }

    @Test(
        "Where only coming counts each card is a visit without an end",
        arguments: [("9:10", "09:10–?"), ("9:10,9:10:40,11:00", "09:10–?, 11:00–?"), ("in 9:10,out 10:00", "09:10–?")])
    func arrivals(held: String, visits: String) { #expect(Self.said(held, .arrivals) == visits) }

    @Test("Without opening hours the longest stay alone ends a visit")
    func longestStay() {
        let closing = Closing(slots: [], longestStay: .seconds(3 * 3600))
        #expect(Self.said("9:10", .turns, closing) == "09:10–12:10 assumed")
        #expect(Self.said("9:10,12:09", .turns, closing) == "09:10–12:09")
        #expect(Self.said("9:10,12:10", .turns, closing) == "09:10–12:10 assumed, 12:10–15:10 assumed")
    }

    @Test("Any burst within the pause is one change, however long it goes on", arguments: 0..<100)
    func bursts(seed: UInt64) {
        var chance = Seeded(seed)
        for counting in Facility.Counting.allCases {
            var (single, all): ([Held], [Held]) = ([], [])
            var (at, way) = (TestVisits.moment("9:00"), Direction.in)
            for _ in 0..<6 {
                at = at + .seconds(60 + chance.below(1800))
                let direction = counting == .directions ? way : nil
                single.append(Held(at: at, direction: direction, purpose: 1))
                all.append(single.last!)
                for _ in 0..<chance.below(5) {
                    at = at + .milliseconds(chance.below(60_000))
                    all.append(Held(at: at, direction: chance.oneIn(3) ? nil : direction, purpose: 1))
                }
                way = way == .in ? .out : .in
            }
            let made = [single, all].map { visits(of: $0, counting: counting, repeatWithin: .seconds(60), closing: Self.closing) }
            #expect(made[0] == made[1], "\(counting)")
        }
    }
}

extension [String] {
    fileprivate func appending(_ more: [String]) -> String { (self + more).joined(separator: " ") }
}
