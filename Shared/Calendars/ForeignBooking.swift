import Contracts

/// A booking as a file of another system says it.
package struct ForeignBooking: Equatable, Sendable {
    /// Where it stands in the file.
    package let line: Int
    /// The other system's own name for it, whatever it looks like.
    package let id: String
    /// Absent when it is cancelled.
    package let slot: PutBooking.Slot?
}

/// A file of bookings, with what in it could not be understood.
package struct ForeignBookings: Sendable {
    package var bookings: [ForeignBooking] = []
    package var faults: [Fault] = []

    package struct Fault: Equatable, Sendable, CustomStringConvertible {
        package let line: Int
        package let why: BookingFault

        package var text: String { why.text }
        package var description: String { "line \(line): \(text)" }
    }

    mutating func take(line: Int, _ read: () throws(BookingFault) -> ForeignBooking) {
        do throws(BookingFault) {
            let booking = try read()
            if let twin = bookings.first(where: { $0.id == booking.id }) {
                throw BookingFault(
                    "the booking \(quoted(booking.id)) stands in line \(twin.line) too", ja: "予約\(quoted(booking.id))は\(twin.line)行目にもあります。"
                )
            }
            bookings.append(booking)
        } catch { faults.append(Fault(line: line, why: error)) }
    }
}

/// Why a booking in a file is not understood, in both languages.
package struct BookingFault: Error, Equatable, Sendable {
    package let text: String
    package let japanese: String

    init(_ text: String, ja japanese: String) { (self.text, self.japanese) = (text, japanese) }
}

/// How a file's words for doors, holders and days become the town's.
package struct BookingReading: Sendable {
    /// Names and titles of the town's doors.
    private let doors: [String: DoorID]
    let offset: UTCOffset
    /// For bookings that name nobody.
    private let tokens: [Token]
    private let persons: [PersonID]
    /// The known word that is meant by one that is not, if any is near.
    private let nearest: @Sendable (_ word: String, _ known: [String]) -> String?

    package init(
        doors: [(id: DoorID, title: String?)], offset: UTCOffset, tokens: [Token] = [], persons: [PersonID] = [],
        nearest: @escaping @Sendable (_ word: String, _ known: [String]) -> String? = { _, _ in nil }
    ) {
        self.doors = Dictionary(
            doors.flatMap { door in [(door.id.text, door.id)] + (door.title.map { [($0.trimmed, door.id)] } ?? []) },
            uniquingKeysWith: { first, _ in first })
        (self.offset, self.tokens, self.persons, self.nearest) = (offset, tokens, persons, nearest)
    }

    /// A file as it is, iCalendar or CSV.
    package func bookings(in bytes: [UInt8]) throws(BookingFault) -> ForeignBookings {
        let text = Array(bytes.drop { [0xEF, 0xBB, 0xBF, 0x0D, 0x0A].contains($0) })
        return text.starts(with: "BEGIN:VCALENDAR".utf8) ? ICalendar(text, self).found : try BookingSheet(bytes, self).found
    }

    func door(_ text: String) throws(BookingFault) -> DoorID {
        let text = text.trimmed
        guard let door = doors[text] else {
            let near = nearest(text, doors.keys.sorted())
            throw BookingFault(
                "\(quoted(text)) is neither the name nor the title of a door.\(near.map { " Did you mean \(quoted($0))?" } ?? "")",
                ja: "\(quoted(text))という扉・施設はありません。\(near.map { "\(quoted($0))ではありませんか。" } ?? "")")
        }
        return door
    }

    /// Ids of persons and tokens of cards, separated by spaces, commas or semicolons.
    func slot(_ door: DoorID, _ from: Instant, _ to: Instant, holders: String, paid: Bool?) throws(BookingFault) -> PutBooking.Slot {
        guard from < to else {
            throw BookingFault(
                "it ends (\(to.minute(offset))) before it begins (\(from.minute(offset)))",
                ja: "終了（\(to.minute(offset))）が開始（\(from.minute(offset))）より前です。")
        }
        var (tokens, persons): ([Token], [PersonID]) = ([], [])
        for word in holders.split(whereSeparator: { " ,;\u{3000}、".contains($0) }) {
            if let person = PersonID(word) {
                persons.append(person)
            } else if let token = Token(word) {
                tokens.append(token)
            } else {
                throw BookingFault(
                    "\(quoted(String(word))) is neither a person's id (p-…) nor a card's token (k1.…)",
                    ja: "\(quoted(String(word)))は住民番号(p-…)でもカード(k1.…)でもありません。")
            }
        }
        if tokens.isEmpty, persons.isEmpty { (tokens, persons) = (self.tokens, self.persons) }
        guard !tokens.isEmpty || !persons.isEmpty else {
            throw BookingFault(
                "nobody is named for it. Let the booking system keep people's ids (p-…), or name somebody for all that name nobody: --person or --card",
                ja: "利用者の記載がありません。予約システムに住民番号(p-…)を持たせるか、記載のない予約の利用者を指定してください。")
        }
        return PutBooking.Slot(door: door, from: from, to: to, tokens: tokens, persons: persons.isEmpty ? nil : persons, paid: paid)
    }
}

extension String {
    /// Without white space at both ends, full-width spaces included.
    var trimmed: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}

extension Instant {
    /// `2026-11-21 08:00`
    fileprivate func minute(_ offset: UTCOffset) -> String {
        let text = rfc3339(offset)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }
}
