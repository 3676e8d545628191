import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Points

/// A tap gives what the rules say, once, by its own time.
@Suite struct EarningTests {
    @Test("A visit earns once a day, and the reader says how much")
    func visit() throws {
        let town = try TestPoints()
        try town.hold(1, for: "visit")
        try town.pass(.seconds(60))
        try town.hold(1, for: "visit")
        #expect(try town.has(1) == 10)
        #expect(try town.feedback().map(\.signal) == [.earned] && town.feedback().first?.amount == 10)
        try town.pass(.seconds(24 * 3600), step: .seconds(3600))
        try town.hold(1, for: "visit")
        #expect(try town.has(1) == 20)
        #expect(try town.fault() == nil)
    }

    @Test("A tap that comes late pays by its own day; the same tap from a journal pays nothing more")
    func late() throws {
        let town = try TestPoints()
        try town.hold(1, for: "visit")
        let yesterday = try town.hold(1, for: "visit", ago: 86_400)
        #expect(try town.has(1) == 20)
        town.rig.say(town.agent.topic, try yesterday.json())
        try town.rig.settle()
        #expect(try town.has(1) == 20)
        #expect(try town.rig.said(.transfers).map(\.data.origin).contains(yesterday.id))
    }

    @Test("What a card nobody knew has earned is its holder's as soon as it is known")
    func unknown() throws {
        let town = try TestPoints()
        try town.hold(9, for: "visit", ago: 86_400)
        try town.hold(9, for: "visit")
        #expect(try town.ask(.showPoints, ShowPoints(PointsHolder(.person(4)))).refusal == "unknown-person")
        try town.learn(4, cards: [9])
        #expect(try town.has(4) == 20)
        try town.learn(4, cards: [9])
        #expect(try town.has(4) == 20)
    }

    @Test("Two files that turn out to be one person have one purse and one cap")
    func merged() throws {
        let town = try TestPoints()
        try town.hold(1, for: "visit")
        try town.learn(1, cards: [], into: .person(2))
        try town.learn(2, cards: [1, 2])
        #expect(try town.has(2) == 10 && town.has(1) == 10)
        try town.hold(2, for: "visit")
        #expect(try town.has(2) == 10)
        #expect(try town.ask(.movePoints, MovePoints(.take, 8, of: "points", PointsHolder(.person(2)), why: "prize")).answer?.balance == 2)
    }

    @Test("Parent and child in either order; the parent is paid once", arguments: [true, false])
    func company(childFirst: Bool) throws {
        let town = try TestPoints()
        try town.learn(2, cards: [2], eligible: ["child"])
        try town.hold(childFirst ? 2 : 1, for: "class")
        #expect(try town.has(1) == 0)
        try town.pass(.seconds(120))
        try town.hold(childFirst ? 1 : 2, for: "class")
        #expect(try town.has(1) == 30 && town.has(2) == 0)
        try town.hold(2, for: "class")
        #expect(try town.has(1) == 30)
    }

    @Test("Entitlement is judged on the tap's day, and nothing says why")
    func entitled() throws {
        let town = try TestPoints()
        try town.learn(2, cards: [2], eligible: ["senior"])
        try town.hold(1, for: "health")
        try town.hold(2, for: "health")
        #expect(try town.has(1) == 0 && town.has(2) == 50)
    }

    @Test("Five rides are a free delivery, by themselves and once")
    func stamps() throws {
        let town = try TestPoints()
        for _ in 0..<12 {
            try town.pass(.seconds(60))
            try town.hold(1, for: "bus")
        }
        #expect(try town.has(1, "stamps") == 2 && town.has(1, "delivery") == 2)
        #expect(try town.ask(.movePoints, MovePoints(.take, 2, of: "delivery", PointsHolder(.person(1)), why: "delivered")).accepted)
        #expect(try !town.ask(.movePoints, MovePoints(.take, 1, of: "delivery", PointsHolder(.person(1)), why: "delivered")).accepted)
        #expect(try town.fault() == nil)
    }

    @Test("What waits for confirmation is there for nobody until it comes")
    func confirmed() throws {
        let town = try TestPoints()
        try town.hold(1, for: "event:marathon")
        try town.hold(2, for: "event:marathon", ago: 86_400)
        #expect(try town.has(1) == 0)
        let today = ConfirmAttendance("marathon", from: town.now - .seconds(3600), until: town.now + .seconds(1))
        let answer = try #require(try town.ask(.confirmAttendance, today).answer)
        #expect(answer.count == 1 && answer.amount == 100 && !answer.more)
        #expect(try town.has(1) == 100 && town.has(2) == 0)
        #expect(try town.ask(.confirmAttendance, today).answer?.count == 0)
        let refused = ConfirmAttendance("marathon", from: .distantPast, until: town.now, refuse: true)
        #expect(try town.ask(.confirmAttendance, refused).answer?.count == 1)
        #expect(try town.has(2) == 0)
        #expect(try town.fault() == nil)
    }

    @Test("A draft pays nothing and tells what it would have paid")
    func tried() throws {
        let town = try TestPoints()
        for days in [3, 2, 1] as [Int64] {
            for card in 1...3 { try town.hold(card, for: "visit", ago: days * 86_400) }
        }
        try town.hold(8, for: "visit")
        let answer = try #require(try town.ask(.tryRule, TryRule("idea", from: .distantPast, until: town.now + .seconds(1))).answer)
        // Wednesday to Friday of one week: two of three count.
        #expect(answer.taps == 9 && answer.people == 3 && answer.awards == 6 && answer.amount == 42 && answer.capped == 3)
        #expect(try town.has(1) == 30)
    }

    @Test("Where somebody sought shelter or voted, nothing is kept")
    func unkept() throws {
        let town = try TestPoints()
        for purpose in ["shelter:s01", "election:2026", "library", "school-gate", "enrol"] { try town.hold(1, for: purpose) }
        let kept = try town.rig.disk.write { (db: borrowing Transaction) throws in try db.first("SELECT count(*) FROM tap") { $0.int(0) } }
        #expect(kept == 0)
    }

    @Test("What is not spent by the end of its month goes to the chamber; what comes back later goes there too")
    func expiry() throws {
        let town = try TestPoints()
        try town.hold(1, for: "visit")
        try town.award(500, to: 1, expires: "2026-11-30")
        // Given in November, it ends with December.
        try town.pass(.seconds(15 * 86_400), step: .seconds(3600))
        #expect(try town.has(1) == 10)
        try town.pass(.seconds(30 * 86_400), step: .seconds(3600))
        #expect(try town.has(1) == 0)
        let chamber = try town.rig.disk.write { (db: borrowing Transaction) throws in
            try Ledger.balance(of: Account("points", .expiry, "chamber"), in: db).posted
        }
        #expect(chamber == 510)
        #expect(try town.has(1, at: town.now - .seconds(40 * 86_400)) == 510)
        #expect(try town.fault() == nil)
    }

    @Test("On its last day it can be spent until midnight, and not a moment longer")
    func lastDay() throws {
        let town = try TestPoints()
        try town.award(500, to: 1, expires: "2026-11-21")
        // From eight in the morning.
        try town.pass(.seconds(16 * 3600 - 60), step: .seconds(60))
        #expect(try town.has(1) == 500)
        try town.hold(1, for: "shop:books", charge: TapCharge(200))
        #expect(try town.payments().last?.status == .paid)
        try town.pass(.seconds(120))
        #expect(try town.has(1) == 0)
        #expect(try town.fault() == nil)
    }

    @Test("Two rules that fill one purse by one tap: each time it is full there is another prize")
    func filledTwice() throws {
        var policy = TestPoints.policy
        var more = EarningRule("bus-day", title: "バスの日", purse: "stamps", amount: 7)
        more.purposes = [Purpose("bus")!]
        policy.rules.insert(more, at: 0)
        let town = try TestPoints(policy)
        for _ in 0..<5 {
            try town.pass(.seconds(60))
            try town.hold(1, for: "bus")
        }
        #expect(try town.has(1, "stamps") == 0 && town.has(1, "delivery") == 8)
        #expect(try town.fault() == nil)
    }

    @Test("Whoever was two is tried as one, with all taps and one cap, and paid so by a campaign")
    func triedMerged() throws {
        let town = try TestPoints()
        for days in [3, 2, 1] as [Int64] { try town.hold(1, for: "visit", ago: days * 86_400) }
        try town.hold(2, for: "visit", ago: 86_400)
        try town.learn(1, cards: [], into: .person(2))
        try town.learn(2, cards: [1, 2])
        let answer = try #require(try town.ask(.tryRule, TryRule("idea", from: .distantPast, until: town.now)).answer)
        #expect(answer.taps == 4 && answer.people == 1 && answer.awards == 2 && answer.capped == 2)
        var wish = OpenCampaign("walk", title: "歩こう", benefit: "walk", 0, of: "points")
        (wish.rule, wish.from, wish.until) = ("idea", .distantPast, town.now)
        #expect(try town.ask(.openCampaign, wish).accepted)
        try town.pass(.seconds(2))
        #expect(try town.ask(.reviewCampaign, ReviewCampaign("walk", .new)).answer?.lines.map(\.amount) == [14])
    }

    @Test("A history says where each tap was, also those of a former name")
    func places() throws {
        let town = try TestPoints()
        try town.hold(1, for: "visit", at: "hall")
        try town.learn(1, cards: [], into: .person(2))
        try town.learn(2, cards: [1, 2])
        try town.pass(.seconds(86_400), step: .seconds(3600))
        try town.hold(2, for: "visit", at: "gym")
        let entries = try #require(try town.ask(.listEntries, ListEntries(PointsHolder(.person(2)))).answer?.entries)
        #expect(entries.map(\.place) == ["gym", "hall"])
    }
}
