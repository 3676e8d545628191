import Contracts
import Seal

/// A file of bookings on its way to lock-controller: each is put as it stands there, and what was named before and is not any more is cancelled.
///
/// It decides what is asked next and what an answer means. Whoever has the line to the service asks.
package struct BookingImport: Sendable {
    /// What became of a booking, or would.
    package struct Line: Equatable, Sendable {
        package enum What: String, Codable, Sendable { case new, changed, same, cancelled, absent, refused, past }

        package enum News: Equatable, Sendable {
            case past(PutBooking.Slot)
            /// By the service, with its sentence; without a slot what is cancelled there.
            case refused(PutBooking.Slot?, word: String, text: String)
            case taken(PutBooking.Slot, by: Booking, before: Booking?)
            /// In a trial: it is taken now, and will be free once the others are where the file has them.
            case room(PutBooking.Slot, before: Booking?)
            case put(BookingPut)
            /// The file does not name it any more.
            case gone(Booking)
        }

        /// In the file; absent for a booking that the file does not name any more.
        package let line: Int?
        package let news: News

        package var what: What {
            switch news {
            case .past: .past
            case .refused, .taken: .refused
            case .room(_, let before): before == nil ? .new : .changed
            case .put(let put): What(rawValue: put.what.rawValue) ?? .refused
            case .gone: .cancelled
            }
        }

        package var booking: EventID? {
            switch news {
            case .past, .refused: nil
            case .taken(_, _, let before), .room(_, let before): before?.id
            case .put(let put): (put.booking ?? put.before)?.id
            case .gone(let booking): booking.id
            }
        }
    }

    private enum Item {
        case file(ForeignBooking)
        case gone(Booking, BookingReference)
    }

    private let system: Name<BookingSystem>
    private let isTrial: Bool
    /// Still to be asked for, the next one last.
    private var rest: [Item] = []
    /// A slot may be wanted by one booking and left by another one further down: so what found it taken is said once more after all others.
    private var waiting: [ForeignBooking] = []
    private var isSecondRound = false
    /// Where the others will be, which a trial has to remember for itself.
    private var left: [EventID: Booking?] = [:]
    private var found: [Line] = []

    /// - Parameter gone: bookings of that system that the file does not name, and that are to be cancelled.
    package init(_ bookings: [ForeignBooking], of system: Name<BookingSystem>, gone: [Booking] = [], isTrial: Bool, now: Instant) {
        (self.system, self.isTrial) = (system, isTrial)
        for booking in bookings {
            if let slot = booking.slot, slot.to <= now {
                found.append(Line(line: booking.line, news: .past(slot)))
            } else {
                rest.append(.file(booking))
            }
        }
        rest += gone.compactMap { booking in booking.reference.map { .gone(booking, $0) } }
        rest.reverse()
    }

    package static func reference(_ id: String, in system: Name<BookingSystem>) -> BookingReference {
        guard let reference = BookingReference(system, digest: Hex.text(Array(sha256(id).prefix(16)))) else {
            preconditionFailure("half a digest has 32 hexadecimal digits")
        }
        return reference
    }

    /// What is to be asked next; `nil` when all has been answered.
    package var next: PutBooking? {
        switch rest.last {
        case .file(let booking): PutBooking(Self.reference(booking.id, in: system), booking.slot, trial: isTrial)
        case .gone(_, let reference): PutBooking(reference, nil, trial: isTrial)
        case nil: nil
        }
    }

    /// What the file changes, line by line, those that only stand in the town last.
    package var lines: [Line] { found.sorted { ($0.line ?? Int.max) < ($1.line ?? Int.max) } }

    package mutating func take(_ put: BookingPut) {
        switch rest.popLast() {
        case .gone(let booking, _):
            left.updateValue(nil, forKey: booking.id)
            found.append(Line(line: nil, news: .gone(booking)))
        case .file(let booking):
            if let known = put.before, put.what == .changed || put.what == .cancelled { left[known.id] = put.booking }
            if put.what == .taken, !isSecondRound {
                waiting.append(booking)
            } else {
                found.append(Line(line: booking.line, news: news(of: put, for: booking)))
            }
        case nil: break
        }
        goOn()
    }

    package mutating func take(refusal word: String, _ text: String) {
        switch rest.popLast() {
        case .gone: found.append(Line(line: nil, news: .refused(nil, word: word, text: text)))
        case .file(let booking): found.append(Line(line: booking.line, news: .refused(booking.slot, word: word, text: text)))
        case nil: break
        }
        goOn()
    }

    private mutating func goOn() {
        guard rest.isEmpty, !isSecondRound else { return }
        isSecondRound = true
        rest = waiting.reversed().map(Item.file)
    }

    private func news(of put: BookingPut, for booking: ForeignBooking) -> Line.News {
        guard put.what == .taken, let other = put.other, let slot = booking.slot else { return .put(put) }
        let makesRoom =
            isTrial && left[other.id].map { $0.map { $0.door != slot.door || $0.from >= slot.to || $0.to <= slot.from } ?? true } == true
        return makesRoom ? .room(slot, before: put.before) : .taken(slot, by: other, before: put.before)
    }
}
