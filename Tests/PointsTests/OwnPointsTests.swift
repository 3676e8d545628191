import Contracts
import Harness
import Testing

@testable import Points

/// What somebody has, at their own page.
@Suite struct OwnPointsTests {
    private func shown(_ town: TestPoints, _ person: Int, before: Int64? = nil) throws -> OwnPoints {
        try #require(try town.ask(.showOwnPoints, ShowOwnPoints(.person(person), before: before), as: "resident-page").answer)
    }

    @Test("The page shows what a points desk would be told, and of nobody else")
    func same() throws {
        let town = try TestPoints()
        try town.award(300, to: 1)
        try town.award(2, of: "voucher", to: 1, expires: "2026-12-31")
        try town.award(40, to: 2)
        try town.hold(1, for: "shop:books", charge: TapCharge(100))
        let own = try shown(town, 1)
        let desk = try #require(try town.ask(.showPoints, ShowPoints(PointsHolder(.person(1)))).answer)
        let history = try #require(try town.ask(.listEntries, ListEntries(PointsHolder(.person(1)))).answer)
        #expect(own == OwnPoints(.person(1), lots: desk.lots, entries: history.entries, more: history.more))
        #expect(own.lots.map(\.amount) == [2, 200] && own.entries.count >= 3 && !own.more)
        #expect(try shown(town, 2).lots.map(\.amount) == [40])
    }

    @Test("Older entries come page by page, each once")
    func pages() throws {
        let town = try TestPoints()
        for amount in 1...60 { try town.award(Int64(amount), to: 1) }
        var (amounts, before, pages) = ([Int64](), Int64?.none, 0)
        while pages < 5 {
            let page = try shown(town, 1, before: before)
            (amounts, before, pages) = (amounts + page.entries.map(\.amount), page.entries.last?.number, pages + 1)
            if !page.more { break }
        }
        #expect(amounts == (1...60).reversed() && pages == 3)
    }

    @Test("Whoever was found to be somebody else has that one's, and whoever has nothing is told so")
    func others() throws {
        let town = try TestPoints()
        try town.award(300, to: 1)
        try town.learn(1, cards: [], into: .person(2))
        #expect(try shown(town, 1).person == .person(2) && shown(town, 1).lots.map(\.amount) == [300])
        #expect(try shown(town, 99) == OwnPoints(.person(99), lots: [], entries: [], more: false))
    }

    @Test("A desk does not ask as a page, nor a page as a desk")
    func stations() throws {
        let town = try TestPoints()
        #expect(try town.ask(.showOwnPoints, ShowOwnPoints(.person(1))).refusal == "not-yours")
        #expect(try town.ask(.showPoints, ShowPoints(PointsHolder(.person(1))), as: "resident-page").refusal == "not-yours")
    }
}
