import Contracts
import Seal
import Town

/// A file of bookings on its way to lock-controller: each is put as it stands there, and what was named before and is not any more is cancelled.
struct BookingImport {
    let system: Name<BookingSystem>
    let bookings: [ForeignBooking]
    let desk: Desk
    let offset: UTCOffset
    var isTrial = true

    struct Line: Encodable, Equatable {
        enum What: String, Encodable { case new, changed, same, cancelled, absent, refused, past }

        let what: What
        /// In the file; absent for a booking that the file does not name any more.
        let line: Int?
        let booking: EventID?
        let sentence: String
    }

    /// What the file changes, line by line, those that only stand in the town last.
    /// - Parameter isComplete: whether a booking to come that is not in the file is over.
    func run(isComplete: Bool, now: Instant, progress: (Int) -> Void) throws -> [Line] {
        var lines: [Line] = []
        // A slot may be wanted by one booking and left by another one further down: so what found it taken is said once more after all others.
        var waiting: [ForeignBooking] = []
        // Where the others will be, which a trial has to remember for itself.
        var left: [EventID: Booking?] = [:]
        for (count, booking) in bookings.enumerated() {
            if count % 20 == 19 { progress(count + 1) }
            let answer = try put(booking, now: now)
            if case .put(let put) = answer, let known = put.before, put.what == .changed || put.what == .cancelled {
                left[known.id] = put.booking
            }
            if case .put(let put) = answer, put.what == .taken {
                waiting.append(booking)
            } else {
                lines.append(line(booking, answer, left))
            }
        }
        for booking in isComplete ? try missing(from: now) : [] {
            guard let reference = booking.reference else { continue }
            _ = try desk.ask(PutBooking(reference, nil, trial: isTrial), on: .putBooking, for: BookingPut.self)
            left.updateValue(nil, forKey: booking.id)
            lines.append(Line(what: .cancelled, line: nil, booking: booking.id, sentence: words(booking)))
        }
        for booking in waiting { lines.append(line(booking, try put(booking, now: now), left)) }
        return lines.sorted { ($0.line ?? Int.max) < ($1.line ?? Int.max) }
    }

    private enum Answer {
        case past
        case refused(String)
        case put(BookingPut)
    }

    private func put(_ booking: ForeignBooking, now: Instant) throws -> Answer {
        if let slot = booking.slot, slot.to <= now { return .past }
        switch try desk.outcome(of: PutBooking(reference(booking.id), booking.slot, trial: isTrial), on: .putBooking, for: BookingPut.self)
        {
        case .unknown:
            throw Failure.unknown("lock-controller has not answered. Give the same file again: what is done already stays as it is")
        case .refused(_, let text): return .refused(text)
        case .accepted(let put): return .put(put)
        }
    }

    private func line(_ booking: ForeignBooking, _ answer: Answer, _ left: [EventID: Booking?]) -> Line {
        let wish = booking.slot.map(words) ?? "it"
        func line(_ what: Line.What, _ id: EventID?, _ sentence: String) -> Line {
            Line(what: what, line: booking.line, booking: id, sentence: sentence)
        }
        switch answer {
        case .past: return line(.past, nil, "\(wish) is over")
        case .refused(let text): return line(.refused, nil, "\(wish): \(text)")
        case .put(let put):
            guard put.what == .taken, let other = put.other, let slot = booking.slot else {
                return line(Line.What(rawValue: put.what.rawValue) ?? .same, (put.booking ?? put.before)?.id, sentence(put))
            }
            let makesRoom =
                isTrial
                && left[other.id].map { $0.map { $0.door != slot.door || $0.from >= slot.to || $0.to <= slot.from } ?? true } == true
            guard makesRoom else { return line(.refused, put.before?.id, "\(wish): taken by booking \(other.id), \(words(other))") }
            return line(put.before == nil ? .new : .changed, put.before?.id, (put.before.map { "\(words($0)) → " } ?? "") + wish)
        }
    }

    /// Bookings of that system that are still to begin and that the file does not name.
    private func missing(from now: Instant) throws -> [Booking] {
        let named = Set(bookings.map { reference($0.id) })
        return try desk.bookings(from: now, to: now + .seconds(400 * 86_400), system: system).filter { booking in
            booking.from > now && booking.reference.map { !named.contains($0) } ?? false
        }
    }

    private func reference(_ id: String) -> BookingReference {
        guard let reference = BookingReference(system, digest: Hex.text(Array(sha256(id).prefix(16)))) else {
            preconditionFailure("half a digest has 32 hexadecimal digits")
        }
        return reference
    }

    // MARK: Words

    private func sentence(_ put: BookingPut) -> String {
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

    private func words(_ booking: Booking) -> String { "\(booking.door) \(booking.from.minute(offset))–\(booking.end(offset))" }

    private func words(_ slot: PutBooking.Slot) -> String {
        "\(slot.door) \(slot.from.minute(offset))–\(slot.to.minute(offset))"
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
