import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Analytics

/// Rides are what points says of them; who rode is what the card says.
@Suite struct RideTests {
    private static let line: LineID = "loop"
    private static let epoch = Epoch("1795227986241-k3f9")!

    /// What points says of a ride, as its `n`th word.
    private func settle(
        _ tap: EventID, _ outcome: RideSettled.Outcome = .paid, at moment: Instant, n: Int64, _ town: TestVisits
    ) throws {
        var ride = RideSettled(tap, on: Self.line, of: "town-bus", in: "gate-1", outcome, fare: 200)
        if outcome != .void { ride.boarded = RideEnd(tap, at: moment, "bus-1") }
        let event = Envelope(
            id: EventID.derived(ofType: RideSettled.type, identity: "\(tap) \(n)", at: moment), source: "/nagai/points/main", time: moment,
            position: StreamPosition(epoch: Self.epoch, number: n), data: ride)
        town.rig.say(Channel.rides.topic(in: "nagai", "main").description, try event.json())
        try town.rig.settle()
    }

    private func board(_ card: Int, at time: String, _ town: TestVisits) throws -> Envelope<Tapped> {
        try town.held(card, at: "bus-1", .in, for: "ride:loop", when: TestVisits.moment(time))
    }

    /// Hour and, if it is known who rode, whether they agreed; the riders one has to tell apart.
    private func rides(_ town: TestVisits) throws -> (rows: [String], riders: Int) {
        let rides = try town.rig.disk.read { (db: borrowing Transaction) throws in
            try town.service.rides(on: MonthCount.number(of: "2026-11-21"), in: db)
        }
        return (
            rides.map { "\($0.hour) \($0.who == nil ? "?" : $0.isAgreed ? "agreed" : "card")" }.sorted(), Set(rides.compactMap(\.who)).count
        )
    }

    @Test("A ride and its card come together whichever is heard first; a ride without a card has nobody behind it, and none is a visit")
    func joined() throws {
        let town = try TestVisits()
        try town.agree(1)
        try town.go(to: "12:00")
        let (first, second, third) = (try board(1, at: "8:10", town), try board(2, at: "9:59", town), try board(3, at: "10:00", town))
        try settle(first.id, at: first.time, n: 1, town)
        try town.say(first)
        try town.say(second)
        try settle(second.id, .pass, at: second.time, n: 2, town)
        try settle(third.id, at: third.time, n: 3, town)
        #expect(try rides(town).rows == ["10 ?", "8 agreed", "9 card"])
        #expect(try town.visits().isEmpty && Sniffer([first.data.token.text]).found(in: town.rig.disk.serialized()).isEmpty)
    }

    @Test("What points said last of a ride holds, in whatever order it is heard", arguments: 0..<UInt64(12))
    func newest(seed: UInt64) throws {
        let town = try TestVisits()
        try town.go(to: "12:00")
        let (kept, void) = (try board(1, at: "8:10", town), try board(2, at: "9:10", town))
        var words: [() throws -> Void] = [
            { try town.say(kept) }, { try town.say(void) },
            { try settle(kept.id, .void, at: TestVisits.moment("8:10"), n: 1, town) },
            { try settle(kept.id, at: TestVisits.moment("11:10"), n: 4, town) },
            { try settle(void.id, at: TestVisits.moment("9:10"), n: 2, town) },
            { try settle(void.id, .void, at: TestVisits.moment("9:20"), n: 3, town) },
        ]
        var chance = Seeded(seed)
        while !words.isEmpty { try words.remove(at: chance.below(words.count))() }
        #expect(try rides(town).rows == ["11 card"])
    }

    @Test("One who agreed is one rider all month; whoever agrees no more is another one each day")
    func withdrawn() throws {
        let town = try TestVisits()
        try town.agree(1, cards: [1, 9])
        try town.go(to: "12:00")
        for (n, card) in [1, 9, 2].enumerated() {
            let tap = try board(card, at: "\(8 + n):10", town)
            try town.say(tap)
            try settle(tap.id, at: tap.time, n: Int64(n + 1), town)
        }
        #expect(try rides(town).rows == ["10 card", "8 agreed", "9 agreed"] && rides(town).riders == 2)
        let before = try town.number("SELECT who FROM rider WHERE agreed")
        try town.agree(1, cards: [])
        #expect(try rides(town).rows == ["10 card", "8 card", "9 card"] && rides(town).riders == 2)
        #expect(try town.number("SELECT count(*) FROM rider WHERE agreed") == 0)
        #expect(
            try town.rig.disk.read { (db: borrowing Transaction) throws in
                try db.first("SELECT count(*) FROM rider WHERE who = ?", before) { $0.int(0) }
            } == 0)
    }

    @Test("Rides go with the visits of their day")
    func forgotten() throws {
        let town = try TestVisits()
        try town.go(to: "12:00")
        let tap = try board(1, at: "8:10", town)
        try town.say(tap)
        try settle(tap.id, at: tap.time, n: 1, town)
        try town.go(to: "8:00", day: "2027-12-20")
        try town.rig.pass(.seconds(120), step: .seconds(60))
        #expect(try rides(town).rows == ["8 card"])
        try town.go(to: "8:00", day: "2027-12-28")
        try town.rig.pass(.seconds(120), step: .seconds(60))
        #expect(try town.number("SELECT (SELECT count(*) FROM ride) + (SELECT count(*) FROM rider)") == 0)
    }
}
