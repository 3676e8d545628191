import Contracts
import Harness
import LockController
import Store
import Testing

/// Doors that open for persons, with whichever card is theirs.
@Suite struct PersonRightTests {
    private let ami = PersonID.person(1)
    private let ben = PersonID.person(2)
    private let provisional = PersonID.person(3)
    private let old = TestTown.token(1)
    private let new = TestTown.token(2)

    private func town() throws -> TestTown {
        let town = try TestTown()
        try town.agentLives()
        return town
    }

    @Test("A booking for a person is answered, told as an event, and opens for each of their cards and for no other")
    func booked() throws {
        let town = try town()
        try town.learn(LockView(ami, tokens: [old, new]))
        try town.learn(LockView(ben, tokens: [TestTown.card]))
        let booking = try #require(try town.book(0, 30, tokens: [], persons: [ami, ami]).answer).booking
        #expect(booking.persons == [ami] && booking.tokens == [])
        #expect(try town.events(.bookings).last?.data.booking == booking)
        #expect(try town.hold(token: old).data.right == .booking(booking.id))
        #expect(try town.hold(token: new).data.right == .booking(booking.id))
        #expect(try town.hold().data.refusal == .noRight)
        #expect(try town.hold(door: "hall", token: old).data.refusal == .noRight)
    }

    @Test("After a card was replaced the new one opens the booked door at once and the old one is refused")
    func replaced() throws {
        let town = try town()
        try town.learn(LockView(ami, tokens: [old], groups: ["staff"]))
        let booking = try #require(try town.book(0, 30, tokens: [], persons: [ami]).answer).booking
        _ = try town.ask(.changeGroup, ChangeGroup(group: "staff", addDoors: ["hall"]), for: GroupSummary.self)
        #expect(try town.hold(token: old).data.verdict == .open && town.hold(token: new).data.refusal == .noRight)
        try town.learn(LockView(ami, tokens: [new], groups: ["staff"]))
        #expect(try town.hold(token: new).data.right == .booking(booking.id))
        #expect(try town.hold(door: "hall", token: new).data.right == .group("staff"))
        #expect(try town.hold(token: old).data.refusal == .noRight && town.hold(door: "hall", token: old).data.refusal == .noRight)
    }

    @Test("A card reported lost opens nothing, not by a booking or a group of its own either, until it is found")
    func lost() throws {
        let town = try town()
        try town.learn(LockView(ami, tokens: [old, new]))
        #expect(try town.book(0, 30, tokens: [old], persons: [ami]).accepted)
        _ = try town.ask(.changeGroup, ChangeGroup(group: "staff", addTokens: [old], addDoors: ["hall"]), for: GroupSummary.self)
        #expect(try town.hold(token: old).data.verdict == .open && town.hold(door: "hall", token: old).data.verdict == .open)
        try town.learn(LockView(ami, tokens: [new], barred: [old]))
        #expect(try town.hold(token: old).data.refusal == .noRight && town.hold(door: "hall", token: old).data.refusal == .noRight)
        #expect(try town.hold(token: new).data.verdict == .open)
        try town.learn(LockView(ami, tokens: [old, new]))
        #expect(try town.hold(token: old).data.verdict == .open)
    }

    @Test("A booking is made before the directory speaks of the person, and opens when it does")
    func early() throws {
        let town = try town()
        #expect(try town.book(0, 30, tokens: [], persons: [ami]).accepted)
        #expect(try town.hold(token: new).data.refusal == .noRight)
        try town.learn(LockView(ami, tokens: [new]))
        #expect(try town.hold(token: new).data.verdict == .open)
    }

    @Test("A booking made for somebody who was found to be another opens for that other, until the merge is undone")
    func merged() throws {
        let town = try town()
        try town.learn(LockView(provisional, tokens: [old]))
        try town.learn(LockView(ami, tokens: [new]))
        let booking = try #require(try town.book(0, 30, tokens: [], persons: [provisional]).answer).booking
        #expect(try town.hold(token: new).data.refusal == .noRight)
        try town.learn(LockView(provisional, into: ben))
        try town.learn(LockView(ben, into: ami))
        try town.learn(LockView(ami, tokens: [old, new]))
        #expect(try town.hold(token: new).data.right == .booking(booking.id))
        #expect(try town.hold(token: old).data.right == .booking(booking.id))
        try town.learn(LockView(provisional, tokens: [old]))
        try town.learn(LockView(ami, tokens: [new]))
        #expect(try town.hold(token: new).data.refusal == .noRight)
        #expect(try town.hold(token: old).data.right == .booking(booking.id))
    }

    @Test("A group opens for the directory's members and for the cards that were put in, and its other doors stay shut")
    func groups() throws {
        let town = try town()
        let change = ChangeGroup(group: "staff", addTokens: [TestTown.card], addDoors: ["gym"])
        _ = try town.ask(.changeGroup, change, for: GroupSummary.self)
        try town.learn(LockView(ami, tokens: [new], groups: ["cleaners", "staff"]))
        #expect(try town.hold(token: new).data.right == .group("staff") && town.hold().data.right == .group("staff"))
        #expect(try town.hold(door: "hall", token: new).data.refusal == .noRight)
        try town.learn(LockView(ami, tokens: [new], groups: ["cleaners"]))
        #expect(try town.hold(token: new).data.refusal == .noRight)
    }

    @Test("Of whom nothing is known nothing opens but what the card itself may do", arguments: [true, false])
    func unknown(isRestored: Bool) throws {
        let town = try town()
        _ = try town.ask(.changeGroup, ChangeGroup(group: "staff", addDoors: ["gym"]), for: GroupSummary.self)
        try town.learn(LockView(ben, tokens: [TestTown.card]))
        try town.learn(LockView(ami, tokens: [old, new], groups: ["staff"]))
        _ = try town.book(0, 30, tokens: [], persons: [ami])
        let own = try #require(try town.book(0, 30, door: "hall", tokens: [new]).answer).booking
        #expect(try town.hold(token: old).data.verdict == .open)
        if isRestored { try town.restoreDirectory(to: 1) } else { try town.mislearn(LockView(ami, tokens: [old])) }
        #expect(try town.hold(token: old).data.refusal == .noRight && town.hold(token: new).data.refusal == .noRight)
        #expect(try town.hold(door: "hall", token: new).data.right == .booking(own.id))
        try town.restart()
        try town.agentLives()
        #expect(try town.hold(token: old).data.refusal == .noRight)
        try town.learn(LockView(ami, tokens: [old]))
        #expect(try town.hold(token: old).data.verdict == .open)
    }

    @Test("An earlier slot of the card and a later one of the person are told apart by the time of the tap")
    func bothSlots() throws {
        let town = try town()
        try town.learn(LockView(ami, tokens: [new]))
        _ = try town.book(1, 2, tokens: [], persons: [ami])
        let first = try #require(try town.book(0, 1, tokens: [new]).answer).booking
        #expect(try town.hold(token: new).data.right == .booking(first.id))
        town.wait(.seconds(121))
        try town.agentLives()
        #expect(try town.hold(token: new).data.refusal == .tooLate)
        #expect(try town.book(0, 2, door: "hall", tokens: [], persons: [ami]).refusal == "past")
    }

    @Test("A booking for nobody and one for too many are refused")
    func refusals() throws {
        let town = try town()
        let crowd = (0..<AddBooking.limit).map { PersonID.person($0) }
        #expect(try town.book(0, 30, tokens: [], persons: []).refusal == "bad-tokens")
        #expect(try town.book(0, 30, tokens: [TestTown.card], persons: crowd).refusal == "bad-tokens")
        let largest = try town.book(0, 30, tokens: (0..<250).map { TestTown.token($0) }, persons: Array(crowd.prefix(250)))
        #expect(largest.answer?.booking.persons?.count == 250)
    }

    @Test("An extended booking keeps its persons, a list names ten of all who are in it, a cancelled one opens nothing")
    func kept() throws {
        let town = try town()
        try town.learn(LockView(ami, tokens: [new]))
        let wish = try town.book(0, 1, tokens: (0..<4).map { TestTown.token(10 + $0) }, persons: (1...20).map { .person($0) })
        let booking = try #require(wish.answer).booking
        let extend = ExtendBooking(booking: booking.id, to: town.minute(5))
        #expect(try town.ask(.extendBooking, extend, for: BookingAnswer.self).answer?.booking.persons == booking.persons)
        let list = ListBookings(door: nil, from: town.minute(0), to: town.minute(9))
        let named = try #require(try town.ask(.listBookings, list, for: BookingList.self).answer?.bookings.first)
        #expect(named.tokens.count == 4 && named.persons == (1...6).map { .person($0) })
        #expect(try town.hold(token: new).data.verdict == .open)
        _ = try town.ask(.cancelBooking, CancelBooking(booking: booking.id), for: BookingAnswer.self)
        #expect(try town.hold(token: new).data.refusal == .noRight)
    }

    @Test("A desk of the version before, which knows no persons, is understood, and answered as it expects")
    func olderDesk() throws {
        let town = try town()
        let wish = AddBooking(door: "gym", from: town.minute(0), to: town.minute(30), tokens: [TestTown.card])
        let command = try town.command(wish).json()
        #expect(!String(decoding: command, as: UTF8.self).contains("persons"))
        town.publish(Channel<AddBooking>.addBooking.topic(in: TestTown.town, "desk-office"), command)
        town.settle()
        let answer = try #require(town.said(Channel<AddBooking>.addBooking.replyTopic(in: TestTown.town, to: "desk-office")).last)
        #expect(!String(decoding: answer, as: UTF8.self).contains("persons"))
        #expect(try town.hold().data.verdict == .open)
    }

    @Test("Who had booked what is forgotten after ninety days, persons too")
    func forgotten() throws {
        let town = try town()
        _ = try town.book(0, 30, tokens: [], persons: [ami])
        func kept() throws -> Int64? { try town.disk.read { try $0.first("SELECT count(*) FROM booking_person") { $0.int(0) } } }
        #expect(try kept() == 1)
        town.now = town.now + .seconds(91 * 86_400)
        town.wait(.seconds(61))
        #expect(try kept() == 0)
    }
}
