import Contracts
import Town

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var bookingAdd: Command {
        Command(
            "booking add", "DOOR", count: 1...1, summary: "book a door for the holders of some cards, or for persons",
            options: [Option.from.shape, Option.to.shape, Option.card.shape, Option.tap.shape, Option.person.shape] + family,
            details: """
                Examples:
                  kazasu booking add gym --from 18:00 --to 18:30 --tap office/reader-1
                  kazasu booking add gym --from "2026-11-21 18:00" --to "2026-11-21 20:00" --card k1.… --card k1.…
                  kazasu booking add gym --from 18:00 --to 18:30 --person p-…
                """
        ) { arguments, console in
            let door = try arguments.operand(0, .door)
            let (from, to) = (try arguments.required(.from), try arguments.required(.to))
            let persons = try arguments.all(.person)
            let isForCards = try !arguments.all(.card).isEmpty || !arguments.all(.tap).isEmpty
            guard isForCards || !persons.isEmpty else {
                throw Failure.usage(
                    "for whom? Add --tap AGENT/READER and hold the card over that reader, or --card TOKEN, or --person PERSON.")
            }
            let station = try Station(arguments, console)
            try station.check(door)
            let (start, end) = (from.instant(now: console.now(), station.town.offset), to.instant(now: console.now(), station.town.offset))
            guard start < end else {
                throw Failure.usage(
                    "the slot ends (\(end.minute(station.town.offset))) before it begins. A slot over midnight needs its days.")
            }
            let desk = try station.desk()
            let tokens = try isForCards ? cards(arguments, desk.session) : []
            let wish = AddBooking(door: door, from: start, to: end, tokens: tokens, persons: persons.isEmpty ? nil : persons)
            let answer = try desk.ask(wish, on: .addBooking, for: BookingAnswer.self)
            try report(answer.booking, "booked", arguments, station, console)
            return .done
        }
    }

    package static var bookingExtend: Command {
        Command(
            "booking extend", "ID", count: 1...1, summary: "move the end of a booking, also while it runs",
            options: [Option.to.shape] + family
        ) { arguments, console in
            let id = try arguments.operand(0, .booking)
            let to = try arguments.required(.to)
            let station = try Station(arguments, console)
            let end = to.instant(now: console.now(), station.town.offset)
            let answer = try station.desk().ask(ExtendBooking(booking: id, to: end), on: .extendBooking, for: BookingAnswer.self)
            try report(answer.booking, "changed", arguments, station, console)
            return .done
        }
    }

    package static var bookingCancel: Command {
        Command("booking cancel", "ID", count: 1...1, summary: "take a booking back", options: family) { arguments, console in
            let id = try arguments.operand(0, .booking)
            let station = try Station(arguments, console)
            let answer = try station.desk().ask(CancelBooking(booking: id), on: .cancelBooking, for: BookingAnswer.self)
            try report(answer.booking, "cancelled", arguments, station, console)
            return .done
        }
    }

    package static var bookingList: Command {
        Command(
            "booking list", summary: "the bookings of the next 14 days, or of one day",
            options: [Option.door.shape, Option.day.shape] + family
        ) { arguments, console in
            let door = try arguments.optional(.door)
            let day = try arguments.optional(.day)
            let station = try Station(arguments, console)
            if let door { try station.check(door) }
            let offset = station.town.offset
            let from = day?.start(offset) ?? Day(console.now().day(offset))?.start(offset) ?? console.now()
            let to = from + .seconds(86_400 * (day == nil ? 14 : 1))
            let bookings = try station.desk().bookings(door: door, from: from, to: to)
            if arguments.has(.json) {
                try console.json(bookings)
            } else if bookings.isEmpty {
                console.line("no bookings from \(from.minute(offset)) to \(to.minute(offset))")
            } else {
                let rows = bookings.map { [$0.door.text, $0.from.minute(offset), $0.end(offset), holders($0), $0.id.description] }
                console.out(table([["DOOR", "FROM", "TO", "FOR", "ID"]] + rows))
            }
            return .done
        }
    }

    /// The cards of `--card` and, one after another, of `--tap`.
    /// - Parameter alsoFormer: whether a card is also meant under the former token key: what is taken from it must not live on there.
    static func cards(_ arguments: Arguments, _ session: Session, alsoFormer: Bool = false) throws -> [Token] {
        var tokens = try arguments.all(.card)
        let taps = try arguments.all(.tap)
        guard !tokens.isEmpty || !taps.isEmpty else {
            throw Failure.usage("for which card? Add --tap AGENT/READER and hold it over that reader, or --card TOKEN.")
        }
        for place in taps {
            let tap = try session.nextTap(at: place)
            tokens.append(tap.token)
            if alsoFormer, let former = tap.former { tokens.append(former) }
        }
        return tokens.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// A list's answer names ten cards and persons of a booking at most.
    private static func holders(_ booking: Booking) -> String {
        booking.tokens.count + (booking.persons?.count ?? 0) >= 10 ? "10 or more" : booking.holders(.en)
    }

    private static func report(_ booking: Booking, _ what: String, _ arguments: Arguments, _ station: Station, _ console: Console) throws {
        if arguments.has(.json) { return try console.json(booking) }
        let offset = station.town.offset
        console.line("\(what): door \(booking.door), \(booking.from.minute(offset)) to \(booking.end(offset)), booking \(booking.id)")
    }
}

extension Booking {
    /// The end without its day where that is the day of the beginning.
    func end(_ offset: UTCOffset) -> String {
        to.day(offset) == from.day(offset) ? String(to.minute(offset).dropFirst(11)) : to.minute(offset)
    }

    /// `2 cards, 1 person`
    func holders(_ language: Language) -> String {
        let (cards, persons) = (tokens.count, persons?.count ?? 0)
        let parts = [
            cards > 0 ? Phrase("\(cards) card\(cards == 1 ? "" : "s")", "\(cards)枚") : nil,
            persons > 0 ? Phrase("\(persons) person\(persons == 1 ? "" : "s")", "\(persons)名") : nil,
        ]
        return parts.compactMap { $0?[language] }.joined(separator: Phrase(", ", "・")[language])
    }
}
