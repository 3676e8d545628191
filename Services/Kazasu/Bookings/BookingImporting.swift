import Calendars
import Contracts

/// Takes a file of bookings over, at a desk.
struct BookingImporting {
    let system: Name<BookingSystem>
    let bookings: [ForeignBooking]
    let desk: Desk

    /// - Parameter isComplete: whether a booking to come that is not in the file is over.
    func run(isTrial: Bool, isComplete: Bool, now: Instant, progress: (Int) -> Void) throws -> [BookingImport.Line] {
        var work = BookingImport(bookings, of: system, gone: isComplete ? try missing(from: now) : [], isTrial: isTrial, now: now)
        var count = 0
        while let wish = work.next {
            count += 1
            if count % 20 == 0 { progress(count) }
            switch try desk.outcome(of: wish, on: .putBooking, for: BookingPut.self) {
            case .unknown:
                throw Failure.unknown("lock-controller has not answered. Give the same file again: what is done already stays as it is")
            case .refused(let word, let text): work.take(refusal: word, text)
            case .accepted(let put): work.take(put)
            }
        }
        return work.lines
    }

    /// Bookings of that system that are still to begin and that the file does not name.
    private func missing(from now: Instant) throws -> [Booking] {
        let named = Set(bookings.map { BookingImport.reference($0.id, in: system) })
        return try desk.bookings(from: now, to: now + .seconds(400 * 86_400), system: system).filter { booking in
            booking.from > now && booking.reference.map { !named.contains($0) } ?? false
        }
    }
}

/// A line of an import as `--json` has it.
struct ImportReport: Encodable {
    let what: BookingImport.Line.What
    let line: Int?
    let booking: EventID?
    let sentence: String

    init(_ line: BookingImport.Line, _ offset: UTCOffset) {
        (what, self.line, booking, sentence) = (line.what, line.line, line.booking, line.sentence(offset))
    }
}

extension BookingImport.Line {
    func sentence(_ offset: UTCOffset) -> String {
        func words(_ door: DoorID, _ from: Instant, _ to: String) -> String { "\(door) \(from.minute(offset))–\(to)" }
        func words(_ booking: Booking) -> String { words(booking.door, booking.from, booking.end(offset)) }
        func words(_ slot: PutBooking.Slot) -> String { words(slot.door, slot.from, slot.to.minute(offset)) }
        switch news {
        case .past(let slot): return "\(words(slot)) is over"
        case .refused(let slot, _, let text): return "\(slot.map(words) ?? "it"): \(text)"
        case .taken(let slot, let other, _): return "\(words(slot)): taken by booking \(other.id), \(words(other))"
        case .room(let slot, let before): return (before.map { "\(words($0)) → " } ?? "") + words(slot)
        case .gone(let booking): return words(booking)
        case .put(let put):
            guard let booking = put.booking ?? put.before else { return "was never booked here" }
            guard put.what == .changed, let before = put.before else { return words(booking) }
            var changes: [String] = []
            if (before.door, before.from, before.to) != (booking.door, booking.from, booking.to) {
                changes.append("\(words(before)) → \(words(booking))")
            }
            if (before.tokens, before.persons) != (booking.tokens, booking.persons) {
                changes.append("for \(before.holders(.en)) → \(booking.holders(.en))")
            }
            if before.paid != booking.paid {
                changes.append(booking.paid == true ? "paid" : booking.paid == false ? "not paid" : "nothing due")
            }
            return changes.isEmpty ? "\(words(booking)), for others than before" : changes.joined(separator: "; ")
        }
    }
}

extension Desk {
    /// All bookings that overlap `from ..< to`, page after page.
    func bookings(
        door: DoorID? = nil, from: Instant, to: Instant, system: Name<BookingSystem>? = nil, unused: Bool? = nil
    ) throws -> [Booking] {
        var bookings: [Booking] = []
        var page = BookingList(bookings: [], more: true)
        while page.more {
            page = try ask(
                ListBookings(door: door, from: from, to: to, after: bookings.last?.id, system: system, unused: unused), on: .listBookings,
                for: BookingList.self)
            // An answer with nothing in it has nothing after it.
            if page.bookings.isEmpty { page.more = false }
            bookings += page.bookings
        }
        return bookings
    }
}
