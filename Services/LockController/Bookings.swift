import Contracts
import Seal
import ServiceKit
import Store

/// Slots at doors: first come, first served, decided in the order the commands arrive.
extension LockController {
    private static let longest = Duration.seconds(31 * 86_400)

    func add(_ command: Envelope<AddBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        let wish = command.data
        let slot = PutBooking.Slot(
            door: wish.door, from: wish.from, to: wish.to, tokens: wish.tokens, persons: wish.persons, paid: wish.paid)
        if let objection = objection(to: slot, in: turn) { return objection.reply() }
        if let other = try overlap(wish.door, wish.from, wish.to, but: nil, in: turn) { return Self.overlapping(other) }
        let booking = Booking(.derived(from: command.id, type: "booking"), slot)
        try write(booking, in: turn)
        return try rule(booking, .booked, command.id, in: turn)
    }

    /// Also while the slot runs: whoever is inside stays in, and the card keeps opening until the new end.
    func extend(_ command: Envelope<ExtendBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        guard var booking = try self.booking(command.data.booking, in: turn) else { return Self.unknown(command.data.booking) }
        guard booking.to > turn.now else { return .refuse("past", "The slot is over already. Book a new one.") }
        guard command.data.to > booking.from, command.data.to > turn.now, command.data.to - booking.from <= Self.longest else {
            return .refuse("bad-times", "The new end must lie ahead, after the beginning and within 31 days of it.")
        }
        if let closed = closed(booking.door, from: booking.to, to: command.data.to, in: turn) { return closed.reply() }
        if let other = try overlap(booking.door, booking.from, command.data.to, but: booking.id, in: turn) {
            return Self.overlapping(other)
        }
        booking.to = command.data.to
        try turn.db.run("UPDATE booking SET ends = ? WHERE id = ?", booking.to.milliseconds, booking.id.bytes)
        return try rule(booking, .booked, command.id, in: turn)
    }

    func cancel(_ command: Envelope<CancelBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        guard let booking = try self.booking(command.data.booking, in: turn) else { return Self.unknown(command.data.booking) }
        return try withdraw(booking, command.id, in: turn)
    }

    func list(_ command: Envelope<ListBookings>, in turn: borrowing Turn) throws -> Reply<BookingList> {
        let page = 50
        let after = try command.data.after.flatMap { id in
            try turn.db.first("SELECT starts FROM booking WHERE id = ?", id.bytes) { ($0.int(0), id.bytes) }
        }
        let rows = try turn.db.all(
            """
            SELECT id, door, starts, ends, paid, reference, opened FROM booking WHERE NOT cancelled AND ends > ?1 AND starts < ?2 AND (?3 IS NULL OR door = ?3)
            AND (?4 IS NULL OR (starts, id) > (?4, ?5)) AND (?7 IS NULL OR reference GLOB ?7) AND (NOT ?8 OR opened IS NULL AND ends <= ?9)
            ORDER BY starts, id LIMIT ?6
            """, command.data.from.milliseconds, command.data.to.milliseconds, command.data.door?.text, after?.0, after?.1, page + 1,
            command.data.system.map { "\($0)/*" }, command.data.unused == true, turn.now.milliseconds, read: Booking.init)
        // All who are named in large bookings would not fit an answer fifty times over: the first ten of each tell them apart.
        let bookings = try rows.prefix(page).map { try named($0, atMost: 10, in: turn) }
        return .accept(BookingList(bookings: bookings, more: rows.count > page))
    }

    // MARK: Parts

    func rule(
        _ booking: Booking, _ status: BookingChanged.Status, _ command: EventID, in turn: borrowing Turn
    ) throws -> Reply<BookingAnswer> {
        try markCards(of: booking, in: turn)
        try turn.emit(
            BookingChanged(booking: booking, status: status, by: turn.actor), on: .bookings, cause: command, subject: booking.door.text)
        try audit(.booking, command, at: booking.door, why: "\(status.rawValue) \(booking.id)", by: turn.actor, in: turn)
        return .accept(BookingAnswer(booking: booking))
    }

    /// The booking, with all it is for; what there was under its id gives way.
    func write(_ booking: Booking, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            INSERT INTO booking (id, door, starts, ends, paid, reference) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET door = excluded.door, starts = excluded.starts, ends = excluded.ends, paid = excluded.paid, cancelled = 0
            """, booking.id.bytes, booking.door.text, booking.from.milliseconds, booking.to.milliseconds, booking.paid,
            booking.reference?.description)
        try turn.db.run("DELETE FROM booking_token WHERE booking = ?", booking.id.bytes)
        try turn.db.run("DELETE FROM booking_person WHERE booking = ?", booking.id.bytes)
        for token in booking.tokens {
            try turn.db.run("INSERT INTO booking_token (token, booking) VALUES (?, ?)", token.text, booking.id.bytes)
        }
        for person in booking.persons ?? [] {
            try turn.db.run("INSERT INTO booking_person (person, booking) VALUES (?, ?)", person.text, booking.id.bytes)
        }
    }

    func booking(_ id: EventID, in turn: borrowing Turn) throws -> Booking? {
        try turn.db.first(
            "SELECT id, door, starts, ends, paid, reference, opened FROM booking WHERE id = ? AND NOT cancelled", id.bytes,
            read: Booking.init
        ).map {
            try named($0, atMost: AddBooking.limit, in: turn)
        }
    }

    /// With those it is for, cards before persons.
    func named(_ booking: Booking, atMost limit: Int, in turn: borrowing Turn) throws -> Booking {
        var booking = booking
        booking.tokens = try turn.db.all(
            "SELECT token FROM booking_token WHERE booking = ? ORDER BY token LIMIT ?", booking.id.bytes, limit
        ) { Token($0.text(0)) }.compactMap { $0 }
        let persons = try turn.db.all(
            "SELECT person FROM booking_person WHERE booking = ? ORDER BY person LIMIT ?", booking.id.bytes, limit - booking.tokens.count
        ) { PersonID($0.text(0)) }.compactMap { $0 }
        booking.persons = persons.isEmpty ? nil : persons
        return booking
    }

    /// What stands against a slot, whatever else is booked.
    func objection(to slot: PutBooking.Slot, in turn: borrowing Turn) -> Objection? {
        guard has(slot.door) else {
            return Objection("unknown-door", "There is no door \(slot.door). `kazasu door list` shows them.")
        }
        if let locker = locker(with: slot.door) {
            return Objection(
                "compartment", "\(slot.door) is a compartment of locker \(locker). Put something in: kazasu locker put \(locker).")
        }
        guard slot.from < slot.to, slot.to - slot.from <= Self.longest else {
            return Objection("bad-times", "A booking ends after it begins, and after 31 days at the latest.")
        }
        guard slot.to > turn.now else { return Objection("past", "The slot is over already.") }
        guard (1...AddBooking.limit).contains(slot.tokens.count + (slot.persons ?? []).count) else {
            return Objection("bad-tokens", "A booking is for at least one card or person, and at most \(AddBooking.limit) together.")
        }
        return closed(slot.door, from: slot.from, to: slot.to, in: turn)
    }

    /// Another booking that has some of that time.
    func overlap(_ door: DoorID, _ from: Instant, _ to: Instant, but own: EventID?, in turn: borrowing Turn) throws -> Booking? {
        try turn.db.first(
            """
            SELECT id, door, starts, ends, paid, reference, opened FROM booking
            WHERE door = ? AND NOT cancelled AND starts < ? AND ends > ? AND id IS NOT ? ORDER BY starts LIMIT 1
            """, door.text, to.milliseconds, from.milliseconds, own?.bytes, read: Booking.init)
    }

    /// A slot that begins, goes on or ends on a day of closure would not open the door.
    private func closed(_ door: DoorID, from: Instant, to: Instant, in turn: borrowing Turn) -> Objection? {
        guard let plan = plannedDoor(door)?.plan, !plan.closures.isEmpty, from < to else { return nil }
        let last = (to - .milliseconds(1)).date(turn.identity.offset)
        var day: CalendarDate? = from.date(turn.identity.offset)
        while let date = day, date <= last {
            if let closure = plan.closure(on: date) {
                return Objection(
                    "closed", "Door \(door) is closed on \(date) (\(closure)). Choose other days, or open it with `kazasu door open`.")
            }
            day = date.adding(1)
        }
        return nil
    }

    private static func overlapping(_ other: Booking) -> Reply<BookingAnswer> {
        .refuse(
            "overlap",
            "Door \(other.door) is booked from \(other.from.rfc3339()) to \(other.to.rfc3339()) (booking \(other.id)). Choose another slot."
        )
    }

    static func unknown(_ id: EventID) -> Reply<BookingAnswer> {
        .refuse("unknown-booking", "There is no booking \(id), or it was cancelled. `kazasu booking list` shows them.")
    }
}

extension Booking {
    init(_ id: EventID, _ slot: PutBooking.Slot, reference: BookingReference? = nil) {
        let persons = slot.persons ?? []
        self.init(
            id: id, door: slot.door, from: slot.from, to: slot.to, tokens: Set(slot.tokens).sorted(),
            persons: persons.isEmpty ? nil : Set(persons).sorted(), paid: slot.paid, reference: reference)
    }

    /// A row of `id, door, starts, ends, paid, reference, opened`; whom it is for stands in other tables.
    init(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let door = DoorID(row.text(1)) else {
            preconditionFailure("a booking was written with an id and a door's name")
        }
        self.init(
            id: id, door: door, from: Instant(milliseconds: row.int(2)), to: Instant(milliseconds: row.int(3)), tokens: [],
            paid: row.intIfPresent(4).map { $0 == 1 }, reference: row.textIfPresent(5).flatMap { BookingReference($0) },
            opened: row.intIfPresent(6).map { Instant(milliseconds: $0) })
    }
}
