import Bus
import Contracts
import Harness
import Store
import Testing

@testable import Points

/// Buses of one carrier: a town line with one fare, a country line where a card is held when boarding and alighting, a shared taxi.
final class TestRides {
    let town: TestPoints
    private(set) var buses: [AgentID: FakeAgent] = ["bus-1": FakeAgent("bus-1", seed: 21), "bus-2": FakeAgent("bus-2", seed: 22)]

    static var policy: PointsPolicy {
        var policy = PointsPolicy()
        var tickets = Purse("bus-tickets", title: "バス回数券")
        (tickets.unit, tickets.offlineLimit) = ("枚", 2)
        var yen = Purse("bus-yen", title: "バスカード")
        (yen.unit, yen.offlineLimit) = ("円", 300)
        let pass = Purse("bus-pass", title: "定期券")
        var taxi = Purse("taxi-tickets", title: "タクシー券")
        taxi.worth = 500
        policy.purses = [tickets, yen, pass, taxi]
        var townLine = Line("town", title: "市内線", carrier: "nagai-bus", fare: .flat(200))
        (townLine.tickets, townLine.stored, townLine.passes) = (["bus-tickets"], ["bus-yen"], ["bus-pass"])
        var country = Line("country", title: "山線", carrier: "nagai-bus", fare: FareTests.table.fare)
        (country.stored, country.alights, country.watched) = (["bus-yen"], true, ["child"])
        country.runEndsAfter = .seconds(1800)
        var shared = Line("taxi", title: "乗合タクシー", carrier: "nagai-taxi", fare: .flat(730))
        shared.stored = ["taxi-tickets"]
        policy.lines = [townLine, country, shared].map { line in
            var line = line
            line.discounts = [.init("disability", .percent(50))]
            line.dayCap = 800
            line.transfer = .init(within: .seconds(3600), less: 100)
            return line
        }
        return policy
    }

    init(_ change: (inout PointsPolicy) -> Void = { _ in }) throws {
        var policy = Self.policy
        change(&policy)
        town = try TestPoints(policy)
    }

    var now: Instant { town.now }

    /// Not said yet.
    func tap(
        _ card: Int, on line: LineID, in bus: AgentID = "bus-1", at place: PlaceID = "station", _ direction: Direction? = nil,
        when: Instant? = nil
    ) throws -> Envelope<Tapped> {
        guard var agent = buses[bus] else { throw NoBus() }
        var tap = agent.tap(.card(card), at: when ?? now, purpose: .ride(line))
        buses[bus] = agent
        (tap.data.place, tap.data.direction) = (place, direction)
        return tap
    }

    func say(_ taps: Envelope<Tapped>...) throws { try say(taps) }

    func say(_ taps: [Envelope<Tapped>]) throws {
        for tap in taps {
            let bus = tap.source.split(separator: "/").last.flatMap { AgentID($0) }
            guard let topic = bus.flatMap({ buses[$0]?.topic }) else { throw NoBus() }
            town.rig.say(topic, try tap.json())
        }
        try town.rig.settle()
    }

    /// A card is held in a bus, now or so many seconds ago.
    @discardableResult
    func hold(
        _ card: Int, on line: LineID, in bus: AgentID = "bus-1", at place: PlaceID = "station", _ direction: Direction? = nil,
        ago seconds: Int64 = 0
    ) throws -> Envelope<Tapped> {
        let tap = try tap(card, on: line, in: bus, at: place, direction, when: now - .seconds(seconds))
        try say(tap)
        return tap
    }

    private struct NoBus: Error {}

    func pass(_ span: Duration) throws { try town.pass(span, step: .seconds(30)) }

    // MARK: What it says

    func told() throws -> [RideSettled] { try town.rig.said(.rides).map(\.data) }
    func left() throws -> [LeftOnBoard] { try town.rig.said(.leftOnBoard).map(\.data) }

    /// How the rides stand, in the order in which they were told first.
    func rides() throws -> [RideSettled] {
        let told = try told()
        var order: [EventID] = []
        for ride in told where !order.contains(ride.ride) { order.append(ride.ride) }
        return order.compactMap { id in told.last { $0.ride == id } }.filter { $0.outcome != .void }
    }

    func balance(_ account: Account) throws -> Int64 {
        try town.rig.disk.write { (db: borrowing Transaction) throws in try Ledger.balance(of: account, in: db).posted }
    }

    func carrier(_ purse: PurseID = "bus-yen") throws -> Int64 { try balance(Account(purse, .carrier, "nagai-bus")) }
}
