import Contracts
import Town

/// A booking as a file of another system says it.
struct ForeignBooking: Equatable {
    /// Where it stands in the file.
    let line: Int
    /// The other system's own name for it, whatever it looks like.
    let id: String
    /// Absent when it is cancelled.
    let slot: PutBooking.Slot?
}

/// A file of bookings, with what in it could not be understood.
struct ForeignBookings {
    var bookings: [ForeignBooking] = []
    var faults: [Fault] = []

    struct Fault: Equatable, CustomStringConvertible {
        let line: Int
        let text: String

        var description: String { "line \(line): \(text)" }
    }

    mutating func take(line: Int, _ read: () throws(BookingFault) -> ForeignBooking) {
        do throws(BookingFault) {
            let booking = try read()
            if let twin = bookings.first(where: { $0.id == booking.id }) {
                throw BookingFault("the booking \(quoted(booking.id)) stands in line \(twin.line) too")
            }
            bookings.append(booking)
        } catch { faults.append(Fault(line: line, text: error.text)) }
    }
}

/// Why a booking in a file is not understood.
struct BookingFault: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// How a file's words for doors, holders and days become the town's.
struct BookingReading {
    /// Names and titles of the town's doors.
    let doors: [String: DoorID]
    let offset: UTCOffset
    /// For bookings that name nobody.
    var tokens: [Token] = []
    var persons: [PersonID] = []

    func door(_ text: String) throws(BookingFault) -> DoorID {
        let text = text.trimmed
        guard let door = doors[text] else {
            let near = nearest(to: text, among: doors.keys.sorted()).map { " Did you mean \(quoted($0))?" } ?? ""
            throw BookingFault("\(quoted(text)) is neither the name nor the title of a door.\(near)")
        }
        return door
    }

    /// Ids of persons and tokens of cards, separated by spaces, commas or semicolons.
    func slot(_ door: DoorID, _ from: Instant, _ to: Instant, holders: String, paid: Bool?) throws(BookingFault) -> PutBooking.Slot {
        guard from < to else { throw BookingFault("it ends (\(to.minute(offset))) before it begins (\(from.minute(offset)))") }
        var (tokens, persons): ([Token], [PersonID]) = ([], [])
        for word in holders.split(whereSeparator: { " ,;\u{3000}、".contains($0) }) {
            if let person = PersonID(word) {
                persons.append(person)
            } else if let token = Token(word) {
                tokens.append(token)
            } else {
                throw BookingFault("\(quoted(String(word))) is neither a person's id (p-…) nor a card's token (k1.…)")
            }
        }
        if tokens.isEmpty, persons.isEmpty { (tokens, persons) = (self.tokens, self.persons) }
        guard !tokens.isEmpty || !persons.isEmpty else {
            throw BookingFault("nobody is named for it. Let the booking system keep people's ids (p-…), or add --person or --card for all")
        }
        return PutBooking.Slot(door: door, from: from, to: to, tokens: tokens, persons: persons.isEmpty ? nil : persons, paid: paid)
    }
}
