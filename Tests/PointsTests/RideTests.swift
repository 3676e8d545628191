import Bus
import Contracts
import Harness
import Store
import Testing

@testable import Points

/// Cards held in buses, and what is taken for it.
@Suite struct RideTests {
    @Test("One fare is paid when the card is held: by a pass, else by a ticket, else in yen, else in cash")
    func flat() throws {
        let buses = try TestRides()
        try buses.town.award(1, of: "bus-pass", to: 1)
        try buses.town.award(1, of: "bus-tickets", to: 2)
        try buses.town.award(250, of: "bus-yen", to: 2)
        for card in [1, 2] { try buses.hold(card, on: "town") }
        try buses.pass(.seconds(7200))
        for _ in 1...2 {
            try buses.hold(2, on: "town")
            try buses.pass(.seconds(7200))
        }
        #expect(try buses.told().map(\.outcome) == [.pass, .paid, .paid, .unpaid])
        #expect(try buses.told().map(\.paid) == [nil, [.init("bus-tickets", 1)], [.init("bus-yen", 200)], nil])
        #expect(try buses.told().last?.cash == 200)
        #expect(try buses.town.feedback().map(\.signal) == [.paid, .paid, .paid, .cash])
        #expect(try buses.town.has(2, "bus-yen") == 50 && buses.carrier() == 200 && buses.carrier("bus-tickets") == 1)
        #expect(try buses.town.fault() == nil)
    }

    @Test("A card nobody knows rides at the normal fare, in cash")
    func visitor() throws {
        let buses = try TestRides()
        try buses.hold(99, on: "town")
        #expect(try buses.told().map(\.outcome) == [.unpaid] && buses.told().last?.fare == 200)
        #expect(try buses.town.feedback().last == PointsFeedback(tap: buses.told()[0].ride, reader: "reader-1", signal: .cash, amount: 200))
    }

    @Test("The fare follows from where the card was held; at the reader only the amount is said")
    func alighting() throws {
        let buses = try TestRides()
        try buses.town.learn(1, cards: [1], eligible: ["disability"])
        try buses.town.award(1000, of: "bus-yen", to: 1)
        try buses.hold(1, on: "country", at: "station")
        #expect(try buses.town.feedback().map(\.signal) == [.paid] && buses.town.feedback()[0].amount == nil)
        try buses.pass(.seconds(1200))
        try buses.hold(1, on: "country", at: "hospital")
        let ride = try #require(try buses.told().last)
        #expect(ride.outcome == .paid && ride.fare == 110 && ride.paid == [.init("bus-yen", 110)])
        #expect(ride.boarded?.place == "station" && ride.alighted?.place == "hospital" && ride.forgotten == nil)
        #expect(try buses.town.feedback().last?.amount == 110)
        let said = String(decoding: try #require(buses.town.rig.published.last { $0.topic.contains("/feedback/") }).payload, as: UTF8.self)
        #expect(!said.contains("disab") && !said.contains("p-"))
    }

    @Test("Who changes lines within the hour pays less, and nobody more than the day's cap")
    func cap() throws {
        let buses = try TestRides()
        try buses.town.award(5000, of: "bus-yen", to: 1)
        try buses.hold(1, on: "country", at: "station", .in, ago: 1200)
        try buses.hold(1, on: "country", at: "pass", .out)
        try buses.pass(.seconds(3000))
        try buses.hold(1, on: "town", in: "bus-2")
        for _ in 1...2 {
            try buses.pass(.seconds(3600))
            try buses.hold(1, on: "town", in: "bus-2")
        }
        // 480, then 200 less 100, then 200, then what is left of 800.
        #expect(try buses.rides().map(\.fare) == [480, 100, 200, 20])
        #expect(try buses.carrier() == 800)
        // A new day.
        try buses.pass(.seconds(86_400))
        try buses.hold(1, on: "town", in: "bus-2")
        #expect(try buses.rides().last?.fare == 200)
    }

    @Test("Who forgets to alight pays the dearest fare from there; when the card turns out to have been held, the rest is given back")
    func forgotten() throws {
        let buses = try TestRides()
        try buses.town.award(1000, of: "bus-yen", to: 1)
        try buses.hold(1, on: "country", at: "station", .in)
        let alighting = try buses.tap(1, on: "country", at: "hospital", .out, when: buses.now + .seconds(900))
        try buses.pass(.seconds(1799))
        #expect(try buses.told().isEmpty)
        try buses.pass(.seconds(30))
        #expect(try buses.told().map(\.fare) == [480] && buses.told()[0].forgotten == true)
        #expect(try buses.town.has(1, "bus-yen") == 520)

        try buses.pass(.seconds(36_000))
        try buses.say(alighting)
        #expect(try buses.told().map(\.fare) == [480, 210] && buses.told().last?.forgotten == nil)
        #expect(try Set(buses.told().map(\.ride)).count == 1)
        #expect(try buses.town.has(1, "bus-yen") == 790 && buses.carrier() == 210)
        // A new transfer the other way; the first one stands.
        let moves = try buses.town.rig.said(.transfers).map(\.data).filter { $0.code == "ride" || $0.code == "ride-correction" }
        #expect(moves.map(\.amount) == [480, 270] && moves.map(\.credit.kind) == [.carrier, .person])
        // A clerk who took it back too would give it back twice.
        let number = try #require(try buses.town.rig.said(.transfers).last { $0.data.code == "ride" }).data.number
        #expect(try buses.town.ask(.reverseTransfer, ReverseTransfer(number, why: "mistake")).refusal == "a-ride")
        #expect(try buses.town.fault() == nil)
    }

    @Test("An alighting that comes before its boarding waits for it; without one the dearest fare to there is due when the run is over")
    func waiting() throws {
        let buses = try TestRides()
        try buses.town.award(2000, of: "bus-yen", to: 1)
        let boarding = try buses.tap(1, on: "country", at: "station", .in)
        try buses.pass(.seconds(600))
        try buses.hold(1, on: "country", at: "hospital", .out)
        #expect(try buses.told().isEmpty)
        try buses.say(boarding)
        #expect(try buses.rides().map(\.fare) == [210])

        try buses.pass(.seconds(20_000))
        let other = try buses.tap(1, on: "country", at: "hospital", .in)
        try buses.pass(.seconds(600))
        let alighting = try buses.hold(1, on: "country", at: "station", .out)
        try buses.pass(.seconds(3600))
        #expect(try buses.rides().map(\.fare) == [210, 480] && buses.rides()[1].ride == alighting.id)
        try buses.say(other)
        // It is another ride by then: what was taken for the one is given back.
        #expect(try buses.rides().map(\.fare) == [210, 210] && buses.rides()[1].ride == other.id)
        #expect(try buses.told().filter { $0.outcome == .void }.map(\.ride) == [alighting.id])
        #expect(try buses.carrier() == 420 && buses.town.has(1, "bus-yen") == 1580)
    }

    @Test("A repeated tap moves nothing, and a card held twice rides once")
    func repeated() throws {
        let buses = try TestRides()
        try buses.town.award(1000, of: "bus-yen", to: 1)
        let tap = try buses.hold(1, on: "town")
        try buses.say(tap, tap)
        try buses.pass(.seconds(5))
        try buses.hold(1, on: "town")
        #expect(try buses.told().count == 1 && buses.town.has(1, "bus-yen") == 800)
    }

    @Test(
        "Two vehicles that are cut off take one ticket each of a book that has one: both ride, within the limit, and the loss is booked by name"
    )
    func cutOff() throws {
        let buses = try TestRides()
        try buses.town.award(1, of: "bus-tickets", to: 1)
        try buses.hold(1, on: "town", in: "bus-1", ago: 7200)
        try buses.hold(1, on: "town", in: "bus-2", ago: 3600)
        #expect(try buses.told().map(\.outcome) == [.paid, .overdrawn])
        #expect(try buses.told().last?.paid == [.init("bus-tickets", 1, overdraft: true)])
        let overdraft = Account("bus-tickets", .overdraft, "nagai-bus")
        #expect(try buses.balance(overdraft) == -1 && buses.carrier("bus-tickets") == 2 && buses.town.has(1, "bus-tickets") == 0)

        // Two are lent, and no third; where the vehicle can be reached, none.
        try buses.hold(1, on: "town", in: "bus-2", ago: 1800)
        try buses.hold(1, on: "town", in: "bus-2", ago: 900)
        try buses.hold(1, on: "town", in: "bus-2")
        #expect(try buses.told().map(\.outcome) == [.paid, .overdrawn, .overdrawn, .unpaid, .unpaid])
        #expect(try buses.balance(overdraft) == -2 && buses.carrier("bus-tickets") == 3)
        // Who has never had any is lent none.
        try buses.hold(2, on: "town", in: "bus-2", ago: 900)
        #expect(try buses.told().last?.outcome == .unpaid)
        #expect(try buses.town.fault() == nil)
    }

    @Test("What was lent for a forgotten alighting is given back to the lender first known by it")
    func lentBack() throws {
        let buses = try TestRides()
        try buses.town.award(300, of: "bus-yen", to: 1)
        try buses.hold(1, on: "country", at: "station", .in)
        let alighting = try buses.tap(1, on: "country", at: "hospital", .out, when: buses.now + .seconds(900))
        try buses.pass(.seconds(3600))
        #expect(try buses.told().map(\.outcome) == [.overdrawn] && buses.town.has(1, "bus-yen") == 0)
        try buses.say(alighting)
        #expect(try buses.rides().map(\.outcome) == [.paid] && buses.town.has(1, "bus-yen") == 90)
        #expect(try buses.balance(Account("bus-yen", .overdraft, "nagai-bus")) == 0)
        let owed = try buses.town.rig.disk.write { (db: borrowing Transaction) throws in
            try db.first("SELECT sum(amount) FROM overdrawn") { $0.int(0) }
        }
        #expect(owed == 0)
    }

    @Test("A pass counts as it was when the card was held, also when that is known a day later")
    func pass() throws {
        let buses = try TestRides()
        try buses.town.award(1, of: "bus-pass", to: 1, expires: "2026-11-21")
        try buses.town.award(1000, of: "bus-yen", to: 1)
        try buses.pass(.seconds(60))
        let early = try buses.tap(1, on: "town")
        try buses.town.pass(.seconds(86_400), step: .seconds(600))
        try buses.say(early)
        try buses.hold(1, on: "town")
        #expect(try buses.rides().map(\.outcome) == [.pass, .paid])
        // Bought after the ride, it is no pass for it.
        try buses.town.award(1, of: "bus-pass", to: 2)
        try buses.hold(2, on: "town", ago: 600)
        #expect(try buses.told().last?.outcome == .unpaid)
    }

    @Test("A taxi takes tickets of 500 yen, and the rest in cash")
    func taxi() throws {
        let buses = try TestRides()
        try buses.town.award(3, of: "taxi-tickets", to: 1)
        try buses.hold(1, on: "taxi")
        #expect(try buses.told().last?.outcome == .part && buses.told().last?.cash == 230 && buses.town.has(1, "taxi-tickets") == 2)
        #expect(try buses.town.feedback().last?.signal == .part)
    }

    @Test("Somebody whose card becomes known on the way rides as one; a merged person's purses pay")
    func becomesKnown() throws {
        let buses = try TestRides()
        try buses.town.award(1000, of: "bus-yen", to: 3)
        try buses.hold(50, on: "country", at: "station", .in)
        try buses.town.learn(3, cards: [], into: .person(4))
        try buses.town.learn(4, cards: [50])
        try buses.pass(.seconds(600))
        try buses.hold(50, on: "country", at: "hospital", .out)
        #expect(try buses.rides().map(\.fare) == [210] && buses.rides().map(\.outcome) == [.paid])
        #expect(try buses.town.has(4, "bus-yen") == 790)
    }
}
