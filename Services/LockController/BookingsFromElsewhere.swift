import Contracts
import Seal
import ServiceKit
import Store

/// Bookings that another system makes. That system says how each stands, as often as it likes; what it says becomes a booking like others.
extension LockController {
    func put(_ command: Envelope<PutBooking>, in turn: borrowing Turn) throws -> Reply<BookingPut> {
        let wish = command.data
        let id = try turn.db.first("SELECT id FROM booking WHERE reference = ?", wish.reference.description) { EventID(bytes: $0.blob(0)) }
        let known = try (id ?? nil).flatMap { try self.booking($0, in: turn) }
        let before = try known.map { try named($0, atMost: 10, in: turn) }
        guard let slot = wish.slot else {
            guard let known else { return .accept(BookingPut(.absent)) }
            if wish.trial != true { _ = try withdraw(known, command.id, in: turn) }
            return .accept(BookingPut(.cancelled, before: before))
        }
        // The first to name it gives it its id, for good: cancelled there and booked again, it is the same booking.
        var booking = Booking((id ?? nil) ?? .derived(from: command.id, type: "booking"), slot, reference: wish.reference)
        booking.opened = known?.opened
        // Where the other system does not say, what a clerk here has marked holds.
        booking.paid = slot.paid ?? known?.paid
        if booking == known { return .accept(BookingPut(.same, before: before, booking: before)) }
        if let objection = objection(to: slot, in: turn) { return objection.reply() }
        if let other = try overlap(slot.door, slot.from, slot.to, but: booking.id, in: turn) {
            return .accept(BookingPut(.taken, before: before, other: other))
        }
        if wish.trial != true {
            try write(booking, in: turn)
            // Whoever it is not for any more is told as well.
            try known.map { try markCards(of: $0, in: turn) }
            _ = try rule(booking, .booked, command.id, in: turn)
        }
        (booking.tokens, booking.persons) = Self.first(10, booking)
        return .accept(BookingPut(known == nil ? .new : .changed, before: before, booking: booking))
    }

    func withdraw(_ booking: Booking, _ command: EventID, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        try turn.db.run("UPDATE booking SET cancelled = 1 WHERE id = ?", booking.id.bytes)
        return try rule(booking, .cancelled, command, in: turn)
    }

    func mark(_ command: Envelope<MarkPaid>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        guard var booking = try self.booking(command.data.booking, in: turn) else { return Self.unknown(command.data.booking) }
        booking.paid = command.data.paid
        try turn.db.run("UPDATE booking SET paid = ? WHERE id = ?", command.data.paid, booking.id.bytes)
        return try rule(booking, .booked, command.id, in: turn)
    }

    /// A booking opened its door. Only the first time tells who came at all; a site may tell of it after a later one.
    func use(_ booking: EventID, of door: DoorID, at moment: Instant, in turn: borrowing Turn) throws {
        try turn.db.run(
            "UPDATE booking SET opened = ?1 WHERE id = ?2 AND door = ?3 AND (opened IS NULL OR opened > ?1)", moment.milliseconds,
            booking.bytes, door.text)
    }

    private static func first(_ limit: Int, _ booking: Booking) -> ([Token], [PersonID]?) {
        let tokens = Array(booking.tokens.prefix(limit))
        return (tokens, booking.persons.map { Array($0.prefix(limit - tokens.count)) }.flatMap { $0.isEmpty ? nil : $0 })
    }
}
