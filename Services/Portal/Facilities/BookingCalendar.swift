import Contracts
import HTTP
import ServiceKit

extension Portal {
    /// A door's bookings for another calendar, from a week ago on for 90 days. Nobody is named in it.
    func bookingCalendar(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let door = try BookingView(call, call.request.query, town, at: turn.now).door
        let account = try account(of: call)
        let midnight = Instant(startOf: turn.now.date(offset), offset)
        return try askBookings(
            of: door.id, from: midnight - .seconds(7 * 86_400), to: midnight + .seconds(90 * 86_400), for: call, in: turn
        ) { bookings, turn in
            try noteLook(.export, by: account, as: .desk, thing: door.id.named(), in: turn)
            return .page(
                Response(
                    type: "text/calendar; charset=utf-8", headers: ["Content-Disposition": "attachment; filename=\"\(door.id).ics\""],
                    body: Calendar(door: door, host: host, at: turn.now).bytes(bookings)))
        }
    }

    /// The last part of the ids in a calendar (RFC 7986, 5.3, asks for ids that are nobody else's).
    private var host: String { policy.origin.split(separator: "/").last.map(String.init) ?? "kazasu" }
}

/// An iCalendar object (RFC 5545).
struct Calendar {
    let door: TownFacts.Door
    let host: String
    let at: Instant

    func bytes(_ bookings: [Booking]) -> [UInt8] {
        var lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kazasu//Portal//JA", "METHOD:PUBLISH"]
        for booking in bookings {
            lines += [
                "BEGIN:VEVENT", "UID:\(booking.id)@\(host)", "DTSTAMP:\(Self.utc(at))", "DTSTART:\(Self.utc(booking.from))",
                "DTEND:\(Self.utc(booking.to))", "SUMMARY:\(Self.text("予約 \(door.title)"))", "LOCATION:\(Self.text(door.title))",
                "STATUS:CONFIRMED", "END:VEVENT",
            ]
        }
        return (lines + ["END:VCALENDAR"]).flatMap(Self.folded)
    }

    /// `20261124T090000Z` (3.3.5, form 2).
    private static func utc(_ moment: Instant) -> String {
        moment.rfc3339(.utc).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// 3.3.11: what would end a value or a line is written otherwise; what no line may hold is left out.
    private static func text(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": out.append(contentsOf: ["\\", scalar])
            case "\n": out.append(contentsOf: "\\n".unicodeScalars)
            case "\u{0}"..."\u{1F}", "\u{7F}": continue
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// No line longer than 75 bytes, none cut within a character (3.1).
    private static func folded(_ line: String) -> [UInt8] {
        var out: [UInt8] = []
        var length = 0
        for scalar in line.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if length + bytes.count > 75 {
                out += [13, 10, 32]
                length = 1
            }
            out += bytes
            length += bytes.count
        }
        return out + [13, 10]
    }
}
