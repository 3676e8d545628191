import Calendars
import Contracts
import Seal
import Sheets
import Town

extension Operand where Value == String {
    fileprivate static var file: Self { Self("FILE", expected: "the path of a file of bookings") { $0.isEmpty ? nil : $0 } }
}

extension Option where Value == Name<BookingSystem> {
    fileprivate static var system: Self {
        Self("--system", "NAME", "the booking system the file comes from (default: web)", expected: "a name such as web") { Name($0) }
    }
}

extension Option where Value == Day {
    fileprivate static var firstDay: Self {
        Self("--from", "DAY", "the first day (default: 30 days ago)", expected: Day.expected) { Day($0) }
    }
    fileprivate static var lastDay: Self { Self("--to", "DAY", "the last day (default: today)", expected: Day.expected) { Day($0) } }
}

extension Flag {
    fileprivate static var complete: Self {
        Self("--complete", "cancel what that system booked before and the file does not name any more")
    }
    fileprivate static var evenIfMany: Self { Self("--even-if-many", "also when that is more than half of what it had booked") }
    fileprivate static var not: Self { Self("--not", "it is not paid: its cards open nothing") }
}

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var bookingImport: Command {
        Command(
            "booking import", "FILE", count: 1...1, summary: "take over bookings from another system: iCalendar or CSV",
            options: [Option<Name<BookingSystem>>.system.shape, Flag.apply.shape, Flag.complete.shape, Flag.evenIfMany.shape]
                + [Option.card.shape, Option.person.shape] + family,
            details: """
                The same file twice changes nothing. A booking is known again by its UID or number: moved there, it is moved here.
                iCalendar: LOCATION is a door's name or title, ATTENDEE:urn:kazasu:p-… or X-KAZASU-HOLDER says for whom, X-KAZASU-PAID:FALSE keeps it shut.
                CSV: columns 予約番号, 施設, 日付, 開始, 終了, 利用者 and, if there are such, 支払 and 状態; also id, door, date, from, to, holder, paid, status.
                Examples:
                  kazasu booking import bookings.ics
                  kazasu booking import 予約.csv --system sports --complete --apply
                """
        ) { arguments, console in
            let path = try arguments.operand(0, .file)
            let system = try arguments.optional(.system) ?? "web"
            let station = try Station(arguments, console)
            let found = try read(path, arguments, station)
            guard !found.bookings.isEmpty || found.faults.isEmpty else { throw Failure.refused(faults(found, path, "Nothing was read.")) }
            let isComplete = arguments.has(.complete)
            if isComplete, !found.faults.isEmpty {
                throw Failure.refused(
                    faults(found, path, "With --complete a line that is not understood would count as cancelled, so nothing was done."))
            }
            let desk = try station.desk()
            let work = BookingImporting(system: system, bookings: found.bookings, desk: desk)
            func run(isTrial: Bool) throws -> [BookingImport.Line] {
                try work.run(isTrial: isTrial, isComplete: isComplete, now: console.now()) {
                    console.progress("\($0) of \(found.bookings.count) bookings")
                }
            }
            var lines = try run(isTrial: true)
            console.progress("")
            let gone = lines.count { $0.line == nil }
            let kept = lines.count { $0.what == .same || $0.what == .changed }
            guard gone < 2 || gone <= kept || arguments.has(.evenIfMany) else {
                throw Failure.refused("\(gone) bookings would be cancelled, more than half. Is the file whole? If so, add --even-if-many.")
            }
            if arguments.has(.apply) {
                lines = try run(isTrial: false)
                console.progress("")
            }
            try show(lines, found, station.town.offset, arguments, console)
            let isClean = found.faults.isEmpty && !lines.contains { $0.what == .refused }
            return isClean ? .done : .refused
        }
    }

    package static var bookingPaid: Command {
        Command(
            "booking paid", "ID", count: 1...1, summary: "say that a booking is paid, or with --not that it is not",
            options: [Flag.not.shape] + family, details: "A booking that is not paid opens nothing. One of which nobody has said so opens."
        ) { arguments, console in
            let id = try arguments.operand(0, .booking)
            let station = try Station(arguments, console)
            let isPaid = !arguments.has(.not)
            let booking = try station.desk().ask(MarkPaid(id, paid: isPaid), on: .markPaid, for: BookingAnswer.self).booking
            if arguments.has(.json) { try console.json(booking) } else { console.line("\(isPaid ? "paid" : "not paid"): booking \(id)") }
            return .done
        }
    }

    package static var bookingNoShows: Command {
        Command(
            "booking no-shows", summary: "bookings that are over and never opened their door (無断キャンセル)",
            options: [
                Option<Day>.firstDay.shape, Option<Day>.lastDay.shape, Option.door.shape, Option<String>.csv.shape,
                Option<SheetEncoding>.encoding.shape,
            ] + family, details: "Whoever came in with somebody else, or by a key, is in this list too: ask before you reproach."
        ) { arguments, console in
            let (door, station) = (try arguments.optional(.door), try Station(arguments, console))
            if let door { try station.check(door) }
            let offset = station.town.offset
            let today = (Day(console.now().day(offset)) ?? Day.first).start(offset)
            let from = try arguments.optional(.firstDay)?.start(offset) ?? today - .seconds(30 * 86_400)
            let to = (try arguments.optional(.lastDay)?.start(offset) ?? today) + .seconds(86_400)
            guard from < to else { throw Failure.usage("--from lies behind --to") }
            let desk = try station.desk()
            let bookings = try desk.bookings(door: door, from: from, to: to, unused: true)
            try desk.noteSilentSites(of: door)
            if arguments.has(.json) {
                try console.json(bookings)
                return .done
            }
            let rows = bookings.map { booking in
                [
                    booking.from.day(offset), booking.door.text, String(booking.from.minute(offset).suffix(5)), booking.end(offset),
                    ((booking.persons ?? []).map(\.text) + booking.tokens.map(\.text)).joined(separator: " "), booking.id.description,
                ]
            }
            if let path = try arguments.optional(.csv) {
                let encoding = try arguments.optional(.encoding) ?? .utf8
                let bytes: [UInt8]
                do throws(SheetError) {
                    bytes = try writeSheet(header: ["日付", "扉", "開始", "終了", "利用者", "予約ID"], rows: rows, as: encoding)
                } catch { throw Failure.refused(error.description) }
                do throws(SealError) { try SecretFile.create(path, bytes) } catch { throw Failure.refused("\(error)") }
                console.line("written: \(path), \(rows.count) bookings")
            } else if rows.isEmpty {
                console.line("every booking from \(from.day(offset)) on has opened its door")
            } else {
                console.out(table([["DAY", "DOOR", "FROM", "TO", "FOR", "ID"]] + rows))
            }
            return .done
        }
    }

    // MARK: Parts

    private static func read(_ path: String, _ arguments: Arguments, _ station: Station) throws -> ForeignBookings {
        let bytes = try ListFile.bytes(of: path)
        let town = station.town
        let reading = BookingReading(
            doors: town.doors.map { ($0.id, $0.title) }, offset: town.offset, tokens: try arguments.all(.card),
            persons: try arguments.all(.person), nearest: { nearest(to: $0, among: $1) })
        do throws(BookingFault) { return try reading.bookings(in: bytes) } catch { throw Failure.refused("\(path): \(error.text)") }
    }

    private static func faults(_ found: ForeignBookings, _ path: String, _ consequence: String) -> String {
        let more = found.faults.count > 20 ? ["… and \(found.faults.count - 20) more"] : []
        return
            (["\(path): \(found.faults.count) of its bookings are not understood. \(consequence)"]
            + found.faults.prefix(20).map(\.description) + more).joined(separator: "\n  ")
    }

    private static func show(
        _ lines: [BookingImport.Line], _ found: ForeignBookings, _ offset: UTCOffset, _ arguments: Arguments, _ console: Console
    ) throws {
        if arguments.has(.json) { return try console.json(lines.map { ImportReport($0, offset) }) }
        let told = lines.filter { ![.same, .past, .absent].contains($0.what) }
        if !told.isEmpty {
            console.out(
                table(told.map { [$0.line.map { "line \($0)" } ?? "not in the file", $0.what.rawValue, $0.sentence(offset)] }) + "\n")
        }
        for fault in found.faults.prefix(20) { console.note(fault.description) }
        if found.faults.count > 20 { console.note("… and \(found.faults.count - 20) more that are not understood") }
        let kinds: [BookingImport.Line.What] = [.new, .changed, .same, .cancelled, .refused, .past]
        var counts = kinds.compactMap { kind -> String? in
            let count = lines.count { $0.what == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        if !found.faults.isEmpty { counts.append("\(found.faults.count) not understood") }
        console.line(counts.isEmpty ? "the file names no bookings" : counts.joined(separator: ", "))
        if !arguments.has(.apply), told.contains(where: { $0.what != .refused }) {
            console.note("nothing was changed yet. To do it: --apply")
        }
    }
}
