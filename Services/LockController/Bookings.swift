import Contracts
import Seal
import ServiceKit
import Store

/// Slots at doors: first come, first served, decided in the order the commands arrive.
extension LockController {
    private static let longest = Duration.seconds(31 * 86_400)

    func add(_ command: Envelope<AddBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        let wish = command.data
        guard has(wish.door) else {
            return .refuse("unknown-door", "There is no door \(wish.door). `kazasu door list` shows them.")
        }
        guard wish.from < wish.to, wish.to - wish.from <= Self.longest else {
            return .refuse("bad-times", "A booking ends after it begins, and after 31 days at the latest.")
        }
        guard wish.to > turn.now else { return .refuse("past", "The slot is over already.") }
        let persons = wish.persons ?? []
        guard (1...AddBooking.limit).contains(wish.tokens.count + persons.count) else {
            return .refuse("bad-tokens", "A booking is for at least one card or person, and at most \(AddBooking.limit) together.")
        }
        if let other = try overlap(wish.door, wish.from, wish.to, but: nil, in: turn) { return overlapping(other) }
        let booking = Booking(
            id: .derived(from: command.id, type: "booking"), door: wish.door, from: wish.from, to: wish.to,
            tokens: Set(wish.tokens).sorted(), persons: persons.isEmpty ? nil : Set(persons).sorted())
        try insert(booking, in: turn)
        return try rule(booking, .booked, command.id, in: turn)
    }

    /// Also while the slot runs: whoever is inside stays in, and the card keeps opening until the new end.
    func extend(_ command: Envelope<ExtendBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        guard var booking = try self.booking(command.data.booking, in: turn) else { return Self.unknown(command.data.booking) }
        guard booking.to > turn.now else { return .refuse("past", "The slot is over already. Book a new one.") }
        guard command.data.to > booking.from, command.data.to > turn.now, command.data.to - booking.from <= Self.longest else {
            return .refuse("bad-times", "The new end must lie ahead, after the beginning and within 31 days of it.")
        }
        if let other = try overlap(booking.door, booking.from, command.data.to, but: booking.id, in: turn) { return overlapping(other) }
        booking.to = command.data.to
        try turn.db.run("UPDATE booking SET ends = ? WHERE id = ?", booking.to.milliseconds, booking.id.bytes)
        return try rule(booking, .booked, command.id, in: turn)
    }

    func cancel(_ command: Envelope<CancelBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        guard let booking = try self.booking(command.data.booking, in: turn) else { return Self.unknown(command.data.booking) }
        try turn.db.run("UPDATE booking SET cancelled = 1 WHERE id = ?", booking.id.bytes)
        return try rule(booking, .cancelled, command.id, in: turn)
    }

    func list(_ command: Envelope<ListBookings>, in turn: borrowing Turn) throws -> Reply<BookingList> {
        let page = 50
        let after = try command.data.after.flatMap { id in
            try turn.db.first("SELECT starts FROM booking WHERE id = ?", id.bytes) { ($0.int(0), id.bytes) }
        }
        let rows = try turn.db.all(
            """
            SELECT id, door, starts, ends FROM booking WHERE NOT cancelled AND ends > ?1 AND starts < ?2 AND (?3 IS NULL OR door = ?3)
            AND (?4 IS NULL OR (starts, id) > (?4, ?5)) ORDER BY starts, id LIMIT ?6
            """, command.data.from.milliseconds, command.data.to.milliseconds, command.data.door?.text, after?.0, after?.1, page + 1
        ) { ($0.blob(0), $0.text(1), $0.int(2), $0.int(3)) }
        // All who are named in large bookings would not fit an answer fifty times over: the first ten of each tell them apart.
        let bookings = try rows.prefix(page).compactMap { id, door, starts, ends -> Booking? in
            guard let id = EventID(bytes: id), let door = DoorID(door) else { return nil }
            return try booking(
                id, at: door, from: Instant(milliseconds: starts), to: Instant(milliseconds: ends), naming: 10, in: turn)
        }
        return .accept(BookingList(bookings: bookings, more: rows.count > page))
    }

    // MARK: Parts

    func insert(_ booking: Booking, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT INTO booking (id, door, starts, ends) VALUES (?, ?, ?, ?)", booking.id.bytes, booking.door.text,
            booking.from.milliseconds,
            booking.to.milliseconds)
        for token in booking.tokens {
            try turn.db.run("INSERT INTO booking_token (token, booking) VALUES (?, ?)", token.text, booking.id.bytes)
        }
        for person in booking.persons ?? [] {
            try turn.db.run("INSERT INTO booking_person (person, booking) VALUES (?, ?)", person.text, booking.id.bytes)
        }
    }

    private func rule(
        _ booking: Booking, _ status: BookingChanged.Status, _ command: EventID, in turn: borrowing Turn
    ) throws -> Reply<BookingAnswer> {
        try turn.emit(
            BookingChanged(booking: booking, status: status, by: turn.actor), on: .bookings, cause: command, subject: booking.door.text)
        return .accept(BookingAnswer(booking: booking))
    }

    /// - Returns: `nil` for one that was cancelled, or never was.
    func booking(_ id: EventID, in turn: borrowing Turn) throws -> Booking? {
        let row = try turn.db.first("SELECT door, starts, ends FROM booking WHERE id = ? AND NOT cancelled", id.bytes) {
            (DoorID($0.text(0)), Instant(milliseconds: $0.int(1)), Instant(milliseconds: $0.int(2)))
        }
        guard let row, let door = row.0 else { return nil }
        return try booking(id, at: door, from: row.1, to: row.2, naming: AddBooking.limit, in: turn)
    }

    /// - Parameter limit: how many of those it is for are named, cards before persons.
    private func booking(
        _ id: EventID, at door: DoorID, from: Instant, to: Instant, naming limit: Int, in turn: borrowing Turn
    ) throws -> Booking {
        let tokens = try turn.db.all("SELECT token FROM booking_token WHERE booking = ? ORDER BY token LIMIT ?", id.bytes, limit) {
            Token($0.text(0))
        }.compactMap { $0 }
        let persons = try turn.db.all(
            "SELECT person FROM booking_person WHERE booking = ? ORDER BY person LIMIT ?", id.bytes, limit - tokens.count
        ) { PersonID($0.text(0)) }.compactMap { $0 }
        return Booking(id: id, door: door, from: from, to: to, tokens: tokens, persons: persons.isEmpty ? nil : persons)
    }

    private func overlap(_ door: DoorID, _ from: Instant, _ to: Instant, but own: EventID?, in turn: borrowing Turn) throws -> Booking? {
        let id = try turn.db.first(
            "SELECT id FROM booking WHERE door = ? AND NOT cancelled AND starts < ? AND ends > ? AND id IS NOT ? ORDER BY starts LIMIT 1",
            door.text,
            to.milliseconds, from.milliseconds, own?.bytes
        ) { EventID(bytes: $0.blob(0)) }
        return try (id ?? nil).flatMap { try booking($0, in: turn) }
    }

    private func overlapping(_ other: Booking) -> Reply<BookingAnswer> {
        .refuse(
            "overlap",
            "Door \(other.door) is booked from \(other.from.rfc3339()) to \(other.to.rfc3339()) (booking \(other.id)). Choose another slot."
        )
    }

    private static func unknown(_ id: EventID) -> Reply<BookingAnswer> {
        .refuse("unknown-booking", "There is no booking \(id), or it was cancelled. `kazasu booking list` shows them.")
    }
}
