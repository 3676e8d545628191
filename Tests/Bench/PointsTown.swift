import Contracts
import ServiceKit
import Town

/// The town whose points are measured: one rule that gives once a day, one shop, and persons who are all known.
enum PointsTown {
    static let gym = BenchTown.gate(1)
    static let till = BenchTown.gate(2)
    static let desk: UserID = "points-desk-chamber"
    static let shop: ShopID = "bakery"
    static let visit = Purpose(kind: "visit")
    static let purchase = Purpose(kind: "shop", thing: shop.named())

    static func load(at path: String) throws -> Town {
        let text = """
            town: bench
            double-tap: { default: 0s }
            agents:
              \(gym): { readers: { reader-1: { device: "Bench Reader", place: gym, purpose: visit } } }
              \(till): { readers: { reader-1: { device: "Bench Reader", place: gym, purpose: "shop:\(shop)" } } }
            points-desks: [chamber]
            operators: [watch]
            points:
              purses: { points: { title: ながいポイント, expires: 24 months } }
              rules: { gym-visit: { title: 体育館に来た, purse: points, gives: 10, on: [visit], at: [gym], at-most: { day: 1 } } }
              shops: { \(shop): { title: パン工房 } }
            """
        try Array(text.utf8).write(to: path)
        return try Town.load(path: path)
    }

    static let roster = Roster([.readerAgent: [gym, till], .residentDirectory: ["main"], .points: ["main"], .pointsDesk: ["chamber"]])

    /// What the directory says of somebody for the first time.
    static func view(of person: Int, _ epoch: Epoch, at now: Instant, random: inout some RandomNumberGenerator) -> Envelope<PointsView> {
        let view = PointsView(ShelterTown.person(person), tokens: [BenchTown.token(person)])
        return Envelope(
            id: EventID(at: now, random: (random.next(), random.next())),
            source: Address("resident-directory", "main").source(in: BenchTown.town), subject: view.person.text, time: now,
            position: StreamPosition(epoch: epoch, number: Int64(person + 1)), data: view)
    }

    static let views = Channel<PointsView>.pointsView.topic(in: BenchTown.town, "main").description

    /// Of the `number`th tap of so many persons, who come once a day each, today at first and on earlier days then: the rule gives for all of them.
    static func time(of number: Int, persons: Int, at now: Instant) -> Instant { now - .seconds(number / persons * 86_400) }
}
