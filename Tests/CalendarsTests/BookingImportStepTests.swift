import Contracts
import Testing

@testable import Calendars

@Suite("What an import of bookings asks, step by step")
struct BookingImportStepTests {
    private let person = PersonID("p-aaaaaaaaaaaaaaaa")!
    private let noon = Instant(rfc3339: "2026-11-21T12:00:00+09:00")!

    private func slot(_ hour: Int64) -> PutBooking.Slot {
        PutBooking.Slot(
            door: "gym", from: noon + .seconds(hour * 3600), to: noon + .seconds((hour + 1) * 3600), tokens: [], persons: [person])
    }

    private func booking(_ number: UInt64, _ slot: PutBooking.Slot, _ id: String) -> Booking {
        Booking(
            id: EventID(high: 1, low: number), door: slot.door, from: slot.from, to: slot.to, tokens: [], persons: [person],
            reference: BookingImport.reference(id, in: "web"))
    }

    @Test(
        "A slot that one which is gone leaves is asked for once more after it; in earnest the second answer counts",
        arguments: [true, false])
    func gone(isTrial: Bool) {
        let old = booking(7, slot(1), "old")
        let new = ForeignBooking(line: 2, id: "new", slot: slot(1))
        var work = BookingImport([new], of: "web", gone: [old], isTrial: isTrial, now: noon)
        #expect(work.next?.reference == BookingImport.reference("new", in: "web") && work.next?.trial == (isTrial ? true : nil))
        work.take(BookingPut(.taken, other: old))
        #expect(work.next?.reference == old.reference && work.next?.slot == nil)
        work.take(BookingPut(.cancelled, before: old))
        #expect(work.next?.reference == BookingImport.reference("new", in: "web"))
        work.take(isTrial ? BookingPut(.taken, other: old) : BookingPut(.new, booking: booking(8, slot(1), "new")))
        #expect(work.next == nil && work.lines.map(\.what) == [.new, .cancelled] && work.lines.map(\.line) == [2, nil])
    }

    @Test("What is over is asked of nobody, a refusal stands in its line, and what found its time taken twice is refused")
    func refusals() {
        let files = [
            ForeignBooking(line: 2, id: "past", slot: slot(-2)), ForeignBooking(line: 3, id: "closed", slot: slot(1)),
            ForeignBooking(line: 4, id: "taken", slot: slot(2)), ForeignBooking(line: 5, id: "never", slot: nil),
        ]
        var work = BookingImport(files, of: "web", isTrial: true, now: noon)
        work.take(refusal: "closed", "Door gym is closed.")
        let stranger = booking(9, slot(2), "stranger")
        work.take(BookingPut(.taken, other: stranger))
        work.take(BookingPut(.absent))
        work.take(BookingPut(.taken, other: stranger))
        #expect(work.next == nil && work.lines.map(\.what) == [.past, .refused, .refused, .absent])
        #expect(work.lines[2].news == .taken(slot(2), by: stranger, before: nil))
    }
}
