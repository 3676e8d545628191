import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import LockController

/// lock-controller with a broker, an agent that gives signs of life, and a desk.
final class House {
    let rig: Rig<LockController>
    var agent = FakeAgent()
    var desk = FakeAgent(seed: 9)
    /// What the agent's clock shows beyond ours.
    var skew = Duration.zero
    let controller: LockController
    let key: SigningKey

    init() throws {
        key = try SigningKey(seed: Array(repeating: 7, count: 32))
        controller = LockController(
            doors: ["gym", "hall"].map { Door(id: $0, accepts: .proved, openFor: .seconds(5)) }, seal: GrantSeal(key))
        rig = try Rig(
            controller, as: .lockController,
            roster: Roster([.readerAgent: ["gate-1"], .lockController: ["main"], .lock: ["gym", "hall"], .desk: ["office"]]))
        try rig.settle()
        try live()
    }

    /// A sign of life of the agent, held up on its way for `delay`.
    func live(late delay: Duration = .zero) throws {
        rig.say("nagai/reader-agent/health/gate-1/life", try Life(.ready, at: rig.now + skew - delay).json())
        try rig.settle()
    }

    /// A tap right now, or one that waited; the decision about it.
    @discardableResult
    func tap(_ token: Token = .card(1), late: Duration = .zero, door: DoorID = "gym") throws -> DoorDecided {
        rig.say(agent.topic, try agent.tap(token, at: rig.now + skew - late, purpose: .door(door)).json())
        try rig.settle()
        guard let last = try rig.said(.doorDecisions).last else { throw Restless() }
        return last.data
    }

    func ask<Body: Payload, Answer>(_ data: Body, on channel: Channel<Body>, _: Answer.Type = Answer.self) throws -> Reply<Answer> {
        let command = desk.command(data, at: rig.now)
        rig.say(channel.topic(in: "nagai", "desk-office").description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: "desk-office").description
        let envelopes = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Answer>>(json: $0.payload) }
        guard let answer = envelopes.last(where: { $0.cause == command.id }) else { throw Restless() }
        return answer.data
    }

    /// Books minutes `from` to `to` from the morning on.
    func book(_ from: Int, _ to: Int, door: DoorID = "gym", tokens: [Token] = [.card(1)]) throws -> Reply<BookingAnswer> {
        let morning = Rig<LockController>.morning
        return try ask(
            AddBooking(door: door, from: morning + .seconds(from * 60), to: morning + .seconds(to * 60), tokens: tokens), on: .addBooking)
    }

    func staff() throws {
        let answer: Reply<GroupSummary> = try ask(ChangeGroup(group: "staff", addTokens: [.card(1)], addDoors: ["gym"]), on: .changeGroup)
        #expect(answer.accepted)
    }

    var grants: [(bytes: [UInt8], grant: Grant)] {
        get throws {
            try rig.published.filter { $0.topic == "nagai/lock-controller/grant/gym/unlock" }.map {
                #expect(!$0.retain)
                let payload = try JWS.open($0.payload, keys: [key.kid: key.verifyingKey], type: Grant.type).get()
                return ($0.payload, try payload.decoded())
            }
        }
    }

    var outcomes: [DoorOutcome] { get throws { try rig.said(.doorOutcomes).map(\.data) } }
}

@Suite("Bookings")
struct BookingTests {
    @Test("Back-to-back half hours do not overlap; one minute more does, and the refusal says with what")
    func overlap() throws {
        let house = try House()
        #expect(try house.book(60, 90).accepted)
        #expect(try house.book(90, 120).accepted)
        #expect(try house.book(30, 60).accepted)
        #expect(try house.book(60, 90, door: "hall").accepted)
        for (from, to) in [(60, 90), (89, 91), (59, 61), (0, 300), (70, 80)] {
            let answer = try house.book(from, to)
            #expect(answer.refusal == "overlap")
            #expect(answer.text?.contains("Choose another slot") == true)
        }
    }

    @Test(
        "A slot that makes no sense is refused with a reason",
        arguments: [(10, 10, "bad-times"), (20, 10, "bad-times"), (0, 60 * 24 * 31 + 1, "bad-times"), (-60, -30, "past"), (-60, 0, "past")])
    func nonsense(from: Int, to: Int, reason: String) throws { #expect(try House().book(from, to).refusal == reason) }

    @Test("An unknown door and too few or too many cards are refused")
    func refused() throws {
        let house = try House()
        #expect(try house.book(0, 30, door: "attic").refusal == "unknown-door")
        #expect(try house.book(0, 30, tokens: []).refusal == "bad-tokens")
        #expect(try house.book(0, 30, tokens: (0...AddBooking.limit).map { .card($0) }).refusal == "bad-tokens")
        #expect(try house.book(0, 30, tokens: (0..<AddBooking.limit).map { .card($0) }).accepted)
    }

    @Test("A running slot is made longer, up to its neighbour; the card keeps opening until the new end")
    func extend() throws {
        let house = try House()
        let booking = try #require(try house.book(0, 30).answer?.booking)
        _ = try house.book(60, 90, tokens: [.card(2)])
        try house.rig.pass(.seconds(29 * 60), step: .seconds(60))
        let morning = Rig<LockController>.morning
        func extend(_ minutes: Int) throws -> Reply<BookingAnswer> {
            try house.ask(ExtendBooking(booking: booking.id, to: morning + .seconds(minutes * 60)), on: .extendBooking)
        }
        #expect(try extend(61).refusal == "overlap")
        #expect(try extend(0).refusal == "bad-times")
        #expect(try extend(60).answer?.booking.to == morning + .seconds(3600))
        try house.rig.pass(.seconds(10 * 60), step: .seconds(60))
        try house.live()
        #expect(try house.tap().verdict == .open)
        try house.rig.pass(.seconds(21 * 60), step: .seconds(60))
        try house.live()
        #expect(try house.tap().refusal == .tooLate)
        #expect(try extend(120).refusal == "past")
    }

    @Test("A cancelled slot opens nothing, and its time is free again")
    func cancel() throws {
        let house = try House()
        let booking = try #require(try house.book(0, 30).answer?.booking)
        #expect(try house.tap().right == .booking(booking.id))
        let cancelled: Reply<BookingAnswer> = try house.ask(CancelBooking(booking: booking.id), on: .cancelBooking)
        #expect(cancelled.accepted)
        #expect(try house.tap().refusal == .noRight)
        #expect(try house.book(0, 30).accepted)
        let again: Reply<BookingAnswer> = try house.ask(CancelBooking(booking: booking.id), on: .cancelBooking)
        #expect(again.refusal == "unknown-booking")
        #expect(try house.rig.said(.bookings).map(\.data.status) == [.booked, .cancelled, .booked])
        #expect(try house.rig.said(.bookings).allSatisfy { $0.data.by == "desk-office" })
    }

    @Test("A list comes in pages of fifty, each booking once, in order")
    func list() throws {
        let house = try House()
        for number in 0..<120 { #expect(try house.book(number * 30, number * 30 + 30).accepted) }
        let morning = Rig<LockController>.morning
        var after: EventID?
        var found: [Booking] = []
        for page in 0..<4 {
            let answer: Reply<BookingList> = try house.ask(
                ListBookings(door: "gym", from: morning, to: morning + .seconds(86_400 * 5), after: after), on: .listBookings)
            let list = try #require(answer.answer)
            found += list.bookings
            after = list.bookings.last?.id
            #expect(list.more == (page < 2))
            if !list.more { break }
        }
        #expect(found.count == 120)
        #expect(found.map(\.from) == (0..<120).map { morning + .seconds($0 * 1800) })
    }
}

@Suite("Grants and what locks say")
struct GrantTests {
    @Test("A grant names the decision and the door, lives ten seconds, and each has a higher counter, also after a restore")
    func counter() throws {
        let house = try House()
        try house.staff()
        let before = try house.rig.disk.serialized()
        for _ in 0..<3 { #expect(try house.tap().verdict == .open) }
        try house.rig.replaceDisk(with: before)
        house.rig.now = house.rig.now + .seconds(5)
        try house.rig.start(house.controller)
        try house.rig.settle()
        try house.live()
        house.agent.epoch = Epoch("1795215700000-aaaa")!
        #expect(try house.tap().verdict == .open)
        let counters = try house.grants.map(\.grant.cnt)
        #expect(counters.count == 4)
        #expect(zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 })
        let grant = try #require(try house.grants.first?.grant)
        #expect(grant.aud == "gym" && grant.open == 5)
        #expect(grant.exp - grant.nbf == 12)
        #expect(try house.rig.said(.doorDecisions).contains { $0.id == grant.jti })
    }

    @Test("After a crash the same bytes leave again while they live; afterwards the outcome is not-sent")
    func crash() throws {
        let house = try House()
        try house.staff()
        house.rig.transport.isReachable = true
        #expect(try house.tap().verdict == .open)
        // The acknowledgement of the grant has not been written down: the process dies.
        try house.rig.start(house.controller)
        try house.rig.settle()
        let bytes = try house.grants.map(\.bytes)
        #expect(bytes.count == 2 && bytes[0] == bytes[1])
        try house.rig.start(house.controller)
        house.rig.transport.isReachable = false
        try house.rig.pass(.seconds(15))
        house.rig.transport.isReachable = true
        try house.rig.pass(.seconds(3))
        #expect(try house.grants.count == 2)
        #expect(try house.outcomes.map(\.result) == [.notSent])
    }

    @Test("A silent lock is told of once; what it says later is added")
    func silent() throws {
        let house = try House()
        try house.staff()
        #expect(try house.tap().verdict == .open)
        let jti = try #require(try house.grants.first?.grant.jti)
        try house.rig.pass(.seconds(39))
        #expect(try house.outcomes.isEmpty)
        try house.rig.pass(.seconds(60))
        #expect(try house.outcomes.map(\.result) == [.noAnswer])
        let report = try house.desk.command(LockOutcome(grant: jti, result: .opened), at: house.rig.now).json()
        for _ in 0..<3 {
            house.rig.say("nagai/lock/report/gym/outcome", report)
            try house.rig.settle()
        }
        #expect(try house.outcomes.map(\.result) == [.noAnswer, .opened])
        #expect(try house.outcomes.allSatisfy { $0.decision == jti })
    }

    @Test("A tap repeated, reordered or replayed is decided once")
    func once() throws {
        let house = try House()
        try house.staff()
        let tap = try house.agent.tap(at: house.rig.now).json()
        for _ in 0..<5 {
            house.rig.say(house.agent.topic, tap)
            try house.rig.settle()
        }
        #expect(try house.rig.said(.doorDecisions).count == 1)
        #expect(try house.grants.count == 1)
    }
}

@Suite("The agent's clock")
struct AgentClockTests {
    @Test("A clock a year off opens as long as its signs of life are fresh", arguments: [-365, 0, 365])
    func skewed(days: Int) throws {
        let house = try House()
        house.skew = .seconds(days * 86_400)
        try house.staff()
        try house.live()
        #expect(try house.tap().verdict == .open)
        #expect(try house.tap(late: .seconds(11)).refusal == .tapTooOld)
        try house.rig.pass(.seconds(36))
        #expect(try house.tap().refusal == .clock)
        try house.live()
        #expect(try house.tap().verdict == .open)
    }

    @Test("A sign of life that was held up does not make an old tap look fresh")
    func heldUp() throws {
        let house = try House()
        try house.staff()
        try house.rig.pass(.seconds(10))
        try house.live(late: .seconds(20))
        #expect(try house.tap(late: .seconds(15)).refusal == .tapTooOld)
        #expect(try house.tap().verdict == .open)
    }

    @Test("Without a sign of life, or with a last will alone, nothing opens")
    func none() throws {
        let house = try House()
        try house.staff()
        try house.rig.pass(.seconds(40))
        house.rig.say("nagai/reader-agent/health/gate-1/life", try Life(.lost, at: house.rig.now).json())
        try house.rig.settle()
        #expect(try house.tap().refusal == .clock)
    }

    @Test("Behind the head of its stream a tap opens nothing")
    func behind() throws {
        let house = try House()
        try house.staff()
        let old = try house.agent.tap(at: house.rig.now).json()
        #expect(try house.tap().verdict == .open)
        house.rig.say(house.agent.topic, old)
        try house.rig.settle()
        #expect(try house.rig.said(.doorDecisions).last?.data.refusal == .notLive)
    }
}
