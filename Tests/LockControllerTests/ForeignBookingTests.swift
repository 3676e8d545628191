import Contracts
import LockController
import Testing

/// Bookings as another system says them, over the bus.
@Suite struct ForeignBookingTests {
    let town: TestTown
    let reference = BookingReference("web/0123456789abcdef0123456789abcdef")!

    init() throws { town = try TestTown() }

    private func slot(_ from: Int, _ to: Int, door: DoorID = "gym", tokens: [Token] = [TestTown.card], paid: Bool? = nil) -> PutBooking.Slot
    {
        PutBooking.Slot(door: door, from: town.minute(from), to: town.minute(to), tokens: tokens, paid: paid)
    }

    @discardableResult
    private func put(_ slot: PutBooking.Slot?, as reference: BookingReference? = nil, trial: Bool = false) throws -> Reply<BookingPut> {
        try town.ask(.putBooking, PutBooking(reference ?? self.reference, slot, trial: trial), for: BookingPut.self)
    }

    @Test("Said twice it is there once; said otherwise it is changed; cancelled and booked again it is the same booking")
    func life() throws {
        let first = try #require(try put(slot(0, 30)).answer)
        #expect(first.what == .new && first.booking?.reference == reference)
        #expect(try put(slot(0, 30)).answer?.what == .same)
        let moved = try #require(try put(slot(0, 60)).answer)
        #expect(moved.what == .changed && moved.before == first.booking && moved.booking?.to == town.minute(60))
        #expect(try put(nil).answer?.what == .cancelled && put(nil).answer?.what == .absent)
        let again = try #require(try put(slot(0, 30, tokens: [TestTown.token(1)])).answer)
        #expect(again.what == .new && again.booking?.id == first.booking?.id && again.booking?.tokens == [TestTown.token(1)])
        #expect(try town.events(.bookings).map(\.data.status) == [.booked, .booked, .cancelled, .booked])
        try town.agentLives()
        #expect(try town.hold(token: TestTown.token(1)).data.verdict == .open)
        #expect(try town.hold().data.refusal == .noRight)
    }

    @Test("A trial says what would happen, and nothing happens")
    func trial() throws {
        #expect(try put(slot(0, 30), trial: true).answer?.what == .new)
        #expect(try town.events(.bookings).isEmpty)
        try put(slot(0, 30))
        #expect(try put(slot(10, 30), trial: true).answer?.what == .changed && put(nil, trial: true).answer?.what == .cancelled)
        #expect(try town.events(.bookings).count == 1 && put(slot(0, 30)).answer?.what == .same)
    }

    @Test("It takes nobody's slot, its own it may move within")
    func overlaps() throws {
        #expect(try town.book(30, 60).accepted)
        let taken = try #require(try put(slot(0, 31)).answer)
        #expect(taken.what == .taken && taken.other?.from == town.minute(30))
        #expect(try put(slot(0, 30)).answer?.what == .new && put(slot(10, 20)).answer?.what == .changed)
        #expect(try put(slot(10, 20), as: BookingReference("other/0123456789abcdef0123456789abcdef")!).answer?.what == .taken)
        #expect(try put(slot(0, 30, door: "nowhere")).refusal == "unknown-door")
    }

    @Test(
        "A slot that is not paid opens nothing and says so; once it is marked as paid it opens, also when the other system is silent about it"
    )
    func unpaid() throws {
        let booking = try #require(try put(slot(0, 30, paid: false)).answer?.booking)
        try town.agentLives()
        #expect(try town.hold().data.rule == .unpaid)
        #expect(try town.ask(.markPaid, MarkPaid(booking.id, paid: true), for: BookingAnswer.self).answer?.booking.paid == true)
        #expect(try town.hold().data.right == .booking(booking.id))
        #expect(try put(slot(0, 30)).answer?.what == .same)
        #expect(try town.hold().data.verdict == .open)
        #expect(try put(slot(0, 30, paid: false)).answer?.what == .changed)
        #expect(try town.hold().data.rule == .unpaid)
    }

    @Test("Bookings that are over and opened nothing are found, those that opened or run are not")
    func unused() throws {
        let (used, empty) = (try #require(try put(slot(0, 1)).answer?.booking), try #require(try town.book(1, 2).answer).booking)
        _ = try town.book(2, 30)
        try town.agentLives()
        _ = try town.hold()
        func unused() throws -> [EventID] {
            let wish = ListBookings(door: nil, from: town.minute(-10), to: town.minute(60), unused: true)
            return try #require(try town.ask(.listBookings, wish, for: BookingList.self).answer).bookings.map(\.id)
        }
        #expect(try unused() == [])
        town.wait(.seconds(121))
        #expect(try unused() == [empty.id])
        let ofWeb = ListBookings(door: nil, from: town.minute(-10), to: town.minute(60), system: "web")
        let listed = try #require(try town.ask(.listBookings, ofWeb, for: BookingList.self).answer).bookings
        #expect(listed.map(\.id) == [used.id] && listed.first?.opened == TestTown.start)
    }
}
