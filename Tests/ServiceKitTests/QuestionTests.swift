import Bus
import Contracts
import Testing

@testable import ServiceKit

struct QuestionTests {
    static let replies = "nagai/lock-controller/reply/desk-office/booking-add"

    /// A clerk asks for a slot of ten minutes.
    private func command(_ bench: Bench, expires: Duration = .seconds(30), door: DoorID = "gym") throws -> Message {
        let data = AddBooking(door: door, from: bench.now, to: bench.now + .seconds(600), tokens: [])
        let envelope = Envelope(
            id: EventID(high: 1_795_000_000_000 << 16, low: 9), source: "/nagai/desk/office", time: bench.now, expires: bench.now + expires,
            data: data)
        return Message(topic: Channel.addBooking.topic(in: town, "desk-office").description, payload: try envelope.json())
    }

    private func answers(_ bench: Bench) throws -> [Reply<BookingAnswer>] {
        try bench.transport.sent(on: Self.replies).map { try Envelope<Reply<BookingAnswer>>(json: $0.payload).data }
    }

    @Test("A command that comes after its time is refused as expired and not obeyed")
    func expired() throws {
        let bench = try connectedBench()
        try bench.give(try command(bench, expires: .milliseconds(-1)))
        #expect(try answers(bench).map(\.refusal) == ["expired"])
        #expect(bench.host.service.bookings == 0)
    }

    @Test("A command sent again is obeyed once and answered with the same bytes, also by the next process and after its time")
    func again() throws {
        let bench = try connectedBench()
        let message = try command(bench)
        try bench.give(message, message)
        let first = bench.transport.sent(on: Self.replies).map(\.payload)
        #expect(first.count == 2 && first[0] == first[1])
        #expect(try answers(bench).allSatisfy(\.accepted))
        #expect(bench.host.service.bookings == 1)

        bench.now = bench.now + .seconds(3600)
        try bench.restart()
        try bench.connect()
        try bench.give(message)
        #expect(bench.transport.sent(on: Self.replies).map(\.payload) == [first[0]])
        #expect(bench.host.service.bookings == 0)
    }

    @Test("Another command under a used id is refused as same-id")
    func sameID() throws {
        let bench = try connectedBench()
        try bench.give(try command(bench), try command(bench, door: "pool"))
        #expect(try answers(bench).map(\.refusal) == [nil, "same-id"])
        #expect(bench.host.service.bookings == 1)
    }

    @Test("The actor is who the broker vouches for: segment 4 of the topic, whatever the message says of itself")
    func actor() throws {
        let bench = try connectedBench()
        var message = try command(bench)
        message.topic = Channel.addBooking.topic(in: town, "desk-library").description
        try bench.give(message)
        #expect(try bench.text("SELECT by_user FROM booked") == ["desk-library"])
        #expect(bench.transport.sent(on: "nagai/lock-controller/reply/desk-library/booking-add").count == 1)
    }

    @Test("A lock's report is answered where the lock listens, and counted once")
    func report() throws {
        let bench = try connectedBench()
        let envelope = Envelope(
            id: tapID(3), source: "/nagai/lock/gym", time: bench.now - .seconds(9999), data: LockOutcome(grant: tapID(1), result: .opened))
        let message = Message(topic: Channel.lockOutcomes.topic(in: town, "gym").description, payload: try envelope.json())
        try bench.give(message)
        try bench.give(message)
        #expect(bench.transport.sent(on: "nagai/lock-controller/reply/lock-gym/outcome").count == 2, "late is no reason to refuse a report")
        #expect(bench.host.service.reports == 1)
    }

    @Test("A retained command is nobody's wish of now: it is not obeyed")
    func retained() throws {
        let bench = try connectedBench()
        var message = try command(bench)
        message.isRetained = true
        try bench.give(message)
        #expect(bench.host.service.bookings == 0)
        #expect(try bench.count("SELECT count(*) FROM dead_letter") == 1)
    }
}
