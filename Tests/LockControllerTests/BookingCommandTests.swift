import Contracts
import LockController
import Seal
import Testing

/// Bookings as a desk makes them, over the bus.
@Suite struct BookingCommandTests {
    @Test("A booking is answered, told as an event and opens the door")
    func add() throws {
        let town = try TestTown()
        let reply = try town.book(0, 30)
        let booking = try #require(reply.answer).booking
        let event = try #require(try town.events(.bookings).last)
        #expect(reply.accepted && event.data.booking == booking && event.data.status == .booked && event.data.by == "desk-office")
        try town.agentLives()
        #expect(try town.hold().data.right == .booking(booking.id))
    }

    @Test("An overlap of one millisecond is refused, back-to-back slots are not")
    func overlaps() throws {
        let town = try TestTown()
        #expect(try town.book(30, 60).accepted)
        #expect(try town.book(0, 30).accepted)
        #expect(try town.book(60, 90).accepted)
        for (from, to) in [(0, 90), (40, 50), (29, 31), (59, 61), (30, 60)] {
            #expect(try town.book(from, to).refusal == "overlap", "\(from)…\(to)")
        }
        let late = AddBooking(door: "gym", from: town.minute(90) - .milliseconds(1), to: town.minute(120), tokens: [TestTown.card])
        #expect(try town.ask(.addBooking, late, for: BookingAnswer.self).refusal == "overlap")
        #expect(try town.book(0, 90, door: "hall").accepted)
    }

    @Test("What cannot be booked is refused with a word that says why")
    func refusals() throws {
        let town = try TestTown()
        #expect(try town.book(0, 30, door: "nowhere").refusal == "unknown-door")
        #expect(try town.book(30, 30).refusal == "bad-times")
        #expect(try town.book(0, 31 * 1440 + 1).refusal == "bad-times")
        #expect(try town.book(-60, 0).refusal == "past")
        #expect(try town.book(0, 30, tokens: []).refusal == "bad-tokens")
        #expect(try town.events(.bookings).isEmpty)
    }

    @Test("A running booking is extended and opens until its new end, never into the next one")
    func extend() throws {
        let town = try TestTown()
        let booking = try #require(try town.book(0, 1).answer).booking
        _ = try town.book(3, 4, tokens: [TestTown.token(1)])
        func extend(to end: Int) throws -> Reply<BookingAnswer> {
            try town.ask(.extendBooking, ExtendBooking(booking: booking.id, to: town.minute(end)), for: BookingAnswer.self)
        }
        town.wait(.seconds(59))
        #expect(try extend(to: 4).refusal == "overlap")
        #expect(try extend(to: 3).answer?.booking.to == town.minute(3))
        town.wait(.seconds(60))
        try town.agentLives()
        #expect(try town.hold().data.right == .booking(booking.id))
        town.wait(.seconds(61))
        try town.agentLives()
        #expect(try town.hold().data.refusal == .tooLate)
        #expect(try extend(to: 10).refusal == "past")
    }

    @Test("A cancelled booking opens nothing and frees its slot")
    func cancel() throws {
        let town = try TestTown()
        let booking = try #require(try town.book(0, 30).answer).booking
        let cancel = CancelBooking(booking: booking.id)
        #expect(try town.ask(.cancelBooking, cancel, for: BookingAnswer.self).accepted)
        #expect(try town.events(.bookings).map(\.data.status) == [.booked, .cancelled])
        try town.agentLives()
        #expect(try town.hold().data.refusal == .noRight)
        #expect(try town.ask(.cancelBooking, cancel, for: BookingAnswer.self).refusal == "unknown-booking")
        #expect(try town.book(0, 30, tokens: [TestTown.token(1)]).accepted)
    }

    @Test("Sixty bookings are listed as fifty and more, then ten")
    func paging() throws {
        let town = try TestTown()
        var made: [EventID] = []
        for index in 0..<60 { made.append(try #require(try town.book(index * 30, index * 30 + 30).answer).booking.id) }
        func list(after: EventID?) throws -> BookingList {
            let wish = ListBookings(door: "gym", from: town.minute(0), to: town.minute(1800), after: after)
            return try #require(try town.ask(.listBookings, wish, for: BookingList.self).answer)
        }
        let first = try list(after: nil)
        let second = try list(after: first.bookings.last?.id)
        #expect(first.bookings.count == 50 && first.more)
        #expect(second.bookings.count == 10 && !second.more)
        #expect((first.bookings + second.bookings).map(\.id) == made)
    }

    @Test("The same command twice is obeyed once and answered with the same bytes")
    func repeated() throws {
        let town = try TestTown()
        let command = town.command(AddBooking(door: "gym", from: town.minute(0), to: town.minute(30), tokens: [TestTown.card]))
        let topic = Channel<AddBooking>.addBooking.topic(in: TestTown.town, "desk-office")
        for _ in 0..<2 {
            town.publish(topic, try command.json())
            town.wait(.seconds(1))
        }
        try town.restart()
        town.publish(topic, try command.json())
        town.settle()
        let replies = town.said(Channel<AddBooking>.addBooking.replyTopic(in: TestTown.town, to: "desk-office"))
        #expect(replies.count == 3 && Set(replies).count == 1)
        #expect(try town.events(.bookings).count == 1)
        let other = AddBooking(door: "gym", from: town.minute(60), to: town.minute(90), tokens: [TestTown.card])
        town.publish(topic, try town.command(other, id: command.id).json())
        town.settle()
        let last = try #require(town.said(Channel<AddBooking>.addBooking.replyTopic(in: TestTown.town, to: "desk-office")).last)
        #expect(try Envelope<Reply<BookingAnswer>>(json: last).data.refusal == "same-id")
    }

    @Test("A command that comes after its time is refused")
    func expired() throws {
        let town = try TestTown()
        let command = town.command(AddBooking(door: "gym", from: town.minute(0), to: town.minute(30), tokens: [TestTown.card]))
        town.wait(.milliseconds(30_001))
        town.publish(Channel<AddBooking>.addBooking.topic(in: TestTown.town, "desk-office"), try command.json())
        town.settle()
        let reply = try #require(town.said(Channel<AddBooking>.addBooking.replyTopic(in: TestTown.town, to: "desk-office")).last)
        #expect(try Envelope<Reply<BookingAnswer>>(json: reply).data.refusal == "expired")
    }
}
