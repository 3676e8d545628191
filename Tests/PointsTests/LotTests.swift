import Contracts
import Harness
import Testing

@testable import Points

/// Until when something can be spent, and what is spent first.
@Suite struct LotTests {
    @Test("The last day on which something can be spent", arguments: lastDays)
    func expiry(expiry: Purse.Expiry, day: CalendarDate, last: CalendarDate?) { #expect(expiry.lastDay(from: day) == last) }

    @Test("What expires first goes first, purse by purse in the order given, and what never expires goes last")
    func oldestFirst() throws {
        func lot(_ purse: PurseID, _ expires: CalendarDate?, _ free: Int64) -> (account: Account, free: Int64) {
            (Account(purse, .person, "p-1", expires: expires), free)
        }
        let lots = [
            lot("voucher", "2028-01-31", 50), lot("points", nil, 100), lot("points", "2027-06-30", 20), lot("points", "2026-12-31", 0),
            lot("voucher", "2026-12-31", 30), lot("points", "2027-01-31", 7),
        ]
        func parts(_ amount: Int64) -> [String]? {
            spread(amount, over: lots)?.map { "\($0.part) of \($0.account.purse) \($0.account.expires?.description ?? "-")" }
        }
        #expect(parts(0) == [])
        #expect(parts(30) == ["30 of voucher 2026-12-31"])
        #expect(parts(81) == ["30 of voucher 2026-12-31", "50 of voucher 2028-01-31", "1 of points 2027-01-31"])
        #expect(
            parts(207) == [
                "30 of voucher 2026-12-31", "50 of voucher 2028-01-31", "7 of points 2027-01-31", "20 of points 2027-06-30",
                "100 of points -",
            ])
        #expect(parts(208) == nil && parts(-1) == nil)
    }

    @Test(
        "Whatever is there and whatever is asked: exactly that, never more than a lot holds, and nothing where it is too little",
        arguments: 0..<200)
    func exactly(seed: UInt64) throws {
        var random = Seeded(seed)
        let purses: [PurseID] = ["a", "b", "c"]
        let lots = (0..<Int.random(in: 0...8, using: &random)).map { n in
            (
                account: Account(
                    purses.randomElement(using: &random)!, .person, "p-1", expires: CalendarDate(year: 2027, month: 1, day: n + 1)),
                free: Int64.random(in: -5...40, using: &random)
            )
        }
        let there = lots.reduce(0) { $0 + max($1.free, 0) }
        let amount = Int64.random(in: 0...200, using: &random)
        let parts = spread(amount, over: lots)
        #expect((parts == nil) == (amount > there))
        guard let parts else { return }
        #expect(parts.reduce(0) { $0 + $1.part } == amount)
        #expect(parts.allSatisfy { part in lots.contains { $0.account == part.account && 0 < part.part && part.part <= $0.free } })
        #expect(Set(parts.map(\.account)).count == parts.count)
        for purse in purses {
            let dates = parts.filter { $0.account.purse == purse }.compactMap(\.account.expires)
            #expect(dates == dates.sorted())
        }
    }
}

private let lastDays: [(expiry: Purse.Expiry, day: CalendarDate, last: CalendarDate?)] = [
    (.months(24), "2026-11-21", "2028-11-30"), (.months(24), "2026-02-10", "2028-02-29"), (.months(1), "2026-12-01", "2027-01-31"),
    (.months(1), "2027-01-31", "2027-02-28"), (.months(12), "2026-12-31", "2027-12-31"), (.months(600), "9980-01-01", nil),
    (.days(180), "2026-11-21", "2027-05-20"), (.days(1), "2028-02-28", "2028-02-29"), (.days(1), "9999-12-31", nil),
    (.on("2027-03-31"), "2026-11-21", "2027-03-31"),
    (.yearly(331), "2026-11-21", "2027-03-31"), (.yearly(331), "2027-03-31", "2027-03-31"), (.yearly(331), "2027-04-01", "2028-03-31"),
    (.yearly(229), "2027-03-01", "2028-02-29"), (.yearly(229), "2026-03-01", "2027-02-28"), (.yearly(1231), "9999-12-31", "9999-12-31"),
    (.yearly(331), "9999-04-01", nil),
]
