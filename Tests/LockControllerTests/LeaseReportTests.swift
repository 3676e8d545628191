import Contracts
import Testing

/// What comes of openings that a lock has decided alone.
@Suite struct LeaseReportTests {
    private let card = TestTown.token(1)

    @Test("A booking by which a lock let somebody in alone is no no-show; one that nobody used is")
    func used() throws {
        let town = try LeaseTown()
        try town.tell(card)
        let slots = try [(10, 20), (20, 30)].map { try #require(town.town.book($0, $1, tokens: [card]).answer).booking }
        let report = Envelope(
            id: town.town.newID(), source: "/nagai/lock/gym", time: town.town.minute(15),
            data: Admission(card: town.hash(card), result: .opened, lease: 7))
        town.town.now = town.town.minute(40)
        town.town.publish(Channel<Admission>.admissions.topic(in: TestTown.town, "gym"), try report.json())
        town.town.settle()
        let wish = ListBookings(door: "gym", from: town.town.minute(0), to: town.town.minute(60), unused: true)
        #expect(try town.town.ask(.listBookings, wish, for: BookingList.self).answer?.bookings.map(\.id) == [slots[1].id])
    }
}
