import Bus
import Contracts
import Harness
import People
import Seal
import ServiceKit
import Store
import Testing

@testable import Points

/// The service on a virtual clock; agents, the directory, desks and tills are played by the test.
final class TestPoints {
    let rig: Rig<Points>
    var agent: FakeAgent
    private var directory = FakeDirectory<PointsView>()

    /// A small town: points that expire, a voucher for food, ride stamps that become a free delivery.
    static var policy: PointsPolicy {
        var policy = PointsPolicy()
        var points = Purse("points", title: "ながいポイント")
        (points.expiry, points.expiresTo, points.offlineLimit, points.giftsPerDay) = (.months(1), "chamber", 300, 500)
        var voucher = Purse("voucher", title: "商品券")
        (voucher.categories, voucher.worth, voucher.expiry) = (["food"], 500, .on("2027-03-31"))
        var stamps = Purse("stamps", title: "乗車スタンプ")
        stamps.shops = []
        var delivery = Purse("delivery", title: "無料配達")
        delivery.shops = []
        policy.purses = [voucher, points, stamps, delivery]
        var gym = EarningRule("gym-visit", title: "体育館", purse: "points", amount: 10)
        (gym.purposes, gym.caps) = ([Purpose("visit")!], [.init(1, per: .day)])
        var event = EarningRule("marathon", title: "マラソン", purse: "points", amount: 100)
        (event.purposes, event.needsConfirmation) = ([Purpose("event:marathon")!], true)
        var family = EarningRule("family", title: "親子", purse: "points", amount: 30)
        (family.purposes, family.company, family.caps) = ([Purpose("class")!], .init("child"), [.init(1, per: .day)])
        var ride = EarningRule("ride-stamp", title: "乗車", purse: "stamps", amount: 1)
        ride.purposes = [Purpose("bus")!]
        var seniors = EarningRule("check-up", title: "健診", purse: "points", amount: 50)
        (seniors.purposes, seniors.eligible) = ([Purpose("health")!], ["senior"])
        var draft = EarningRule("idea", title: "案", purse: "points", amount: 7)
        (draft.purposes, draft.isDraft, draft.caps) = ([Purpose("visit")!], true, [.init(2, per: .week)])
        policy.rules = [gym, event, family, ride, seniors, draft]
        var five = Exchange("five-rides", title: "5回で配達1回", from: "stamps", take: 5, to: "delivery", give: 1)
        five.isAutomatic = true
        policy.exchanges = [five, Exchange("voucher", title: "券", from: "points", take: 20, to: "voucher", give: 1)]
        var bakery = Shop("bakery", title: "パン工房")
        bakery.category = "food"
        policy.shops = [bakery, Shop("books", title: "書店")]
        return policy
    }

    init(_ policy: PointsPolicy = TestPoints.policy, seed: UInt64 = 7, capabilities: Capabilities = Capabilities()) throws {
        let roster = Roster(
            [
                .readerAgent: ["gate-1", "bus-1", "bus-2"], .residentDirectory: ["main"], .points: ["main"],
                .pointsDesk: ["chamber", "welfare"], .till: ["bakery", "books"], .resident: ["page"],
            ], capabilities: capabilities)
        rig = try Rig(Points(policy: policy), as: .points, "main", roster: roster)
        agent = FakeAgent("gate-1", seed: seed)
        try rig.settle()
        for number in 1...3 { try learn(number, cards: [number]) }
    }

    var now: Instant { rig.now }

    // MARK: What others say

    @discardableResult
    func hold(
        _ card: Int, for purpose: String, ago seconds: Int64 = 0, at place: PlaceID = "gym", charge: TapCharge? = nil
    ) throws -> Envelope<Tapped> {
        let tap = try held(card, for: purpose, ago: seconds, at: place, charge: charge)
        rig.say(agent.topic, try tap.json())
        try rig.settle()
        return tap
    }

    func held(
        _ card: Int, for purpose: String, ago seconds: Int64 = 0, at place: PlaceID = "gym", charge: TapCharge? = nil
    ) throws -> Envelope<Tapped> {
        var tap = agent.tap(.card(card), at: now - .seconds(seconds), purpose: try #require(Purpose(purpose)))
        (tap.data.place, tap.data.charge) = (place, charge)
        return tap
    }

    func learn(_ number: Int, cards: [Int], eligible: [ProgrammeID] = [], into: PersonID? = nil) throws {
        let view = PointsView(
            .person(number), tokens: into == nil ? cards.map { .card($0) } : nil,
            eligible: eligible.map { Eligibility($0, from: "2020-01-01") }, into: into)
        rig.say(directory.topic.description, try directory.row(view, at: now).json())
        try rig.settle()
    }

    @discardableResult
    func ask<Body: CommandBody>(
        _ channel: Channel<Body>, _ body: Body, as user: UserID = "points-desk-chamber"
    ) throws -> Reply<Body.Answer> {
        var command = agent.command(body, at: now)
        command.source = "/nagai/desk/\(user)"
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: user).description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    func award(_ amount: Int64, of purse: PurseID = "points", to person: Int, expires: CalendarDate? = nil) throws {
        let wish = MovePoints(.award, amount, of: purse, PointsHolder(.person(person)), why: "test", expires: expires)
        #expect(try ask(.movePoints, wish).accepted)
    }

    func pass(_ span: Duration, step: Duration = .seconds(1)) throws { try rig.pass(span, step: step) }

    // MARK: What it says

    func has(_ person: Int, _ purse: PurseID = "points", at moment: Instant? = nil) throws -> Int64 {
        let shown = try #require(try ask(.showPoints, ShowPoints(PointsHolder(.person(person)), at: moment)).answer)
        return shown.lots.filter { $0.purse == purse }.reduce(0) { $0 + $1.amount }
    }

    func payments() throws -> [Payment] { try rig.said(.payments).map(\.data.payment) }
    func feedback() throws -> [PointsFeedback] { try rig.said(.pointsFeedback).map(\.data) }

    /// The whole ledger, computed anew by whoever asks.
    func fault() throws -> String? {
        try rig.disk.write { (db: borrowing Transaction) throws in try Ledger.verify(in: db).fault }
    }
}
