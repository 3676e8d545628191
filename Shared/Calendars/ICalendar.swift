import Contracts

/// Reads an iCalendar file (RFC 5545): each VEVENT is a booking.
///
/// UID names it; LOCATION is the door, by name or title; DTSTART with DTEND or DURATION the slot; `STATUS:CANCELLED` takes it back; ATTENDEE
/// (`urn:kazasu:p-…`) and X-KAZASU-HOLDER say for whom; X-KAZASU-PAID whether it is paid. Repeating events are told, never half read.
struct ICalendar {
    private let reading: BookingReading
    private var zones: [String: UTCOffset] = [:]
    private(set) var found = ForeignBookings()

    init(_ bytes: [UInt8], _ reading: BookingReading) {
        self.reading = reading
        let lines = ContentLine.all(in: bytes)
        readZones(lines)
        var found = ForeignBookings()
        var event: [ContentLine] = []
        var depth: [String] = []
        for line in lines {
            switch line.name {
            case "BEGIN":
                depth.append(line.value.uppercased())
                if depth.last == "VEVENT" { event = [line] }
            case "END":
                if depth.last == "VEVENT" {
                    found.take(line: event.first?.number ?? line.number) { () throws(BookingFault) in try booking(event) }
                }
                _ = depth.popLast()
            // Alarms within an event have a DURATION of their own.
            default: if depth.last == "VEVENT" { event.append(line) }
            }
        }
        if let open = depth.last {
            let why = BookingFault(
                "the file ends within \(quoted(open)). Fetch it again, whole", ja: "ファイルが\(quoted(open))の途中で終わっています。もう一度書き出してください。")
            found.faults.append(.init(line: lines.last?.number ?? 1, why: why))
        } else if lines.first?.name != "BEGIN" {
            let why = BookingFault("the file does not begin with BEGIN:VCALENDAR", ja: "ファイルが BEGIN:VCALENDAR で始まっていません。")
            found.faults.append(.init(line: 1, why: why))
        }
        self.found = found
    }

    private func booking(_ event: [ContentLine]) throws(BookingFault) -> ForeignBooking {
        func value(_ name: String) -> ContentLine? { event.first { $0.name == name } }
        guard let line = event.first?.number, let uid = value("UID")?.text, !uid.isEmpty else {
            throw BookingFault("this event has no UID, so it could not be known again", ja: "UIDがないため、次に同じ予約だと分かりません。")
        }
        if let repeats = event.first(where: { ["RRULE", "RDATE", "RECURRENCE-ID"].contains($0.name) }) {
            throw BookingFault(
                "it repeats (\(repeats.name)). Let the booking system write each date as an event of its own",
                ja: "繰り返しの予定（\(repeats.name)）です。1回ごとの予定として書き出してください。")
        }
        if value("STATUS")?.value.uppercased() == "CANCELLED" { return ForeignBooking(line: line, id: uid, slot: nil) }
        guard let start = value("DTSTART") else { throw BookingFault("it has no DTSTART", ja: "開始（DTSTART）がありません。") }
        let from = try instant(start)
        let to: Instant
        if let end = value("DTEND") {
            to = try instant(end)
        } else if let length = value("DURATION") {
            guard let seconds = Self.seconds(length.value) else {
                throw BookingFault(
                    "DURATION \(quoted(length.value)) is none. Write it as PT1H30M",
                    ja: "長さ（DURATION）\(quoted(length.value))が読み取れません。PT1H30M のように書いてください。")
            }
            to = from + .seconds(seconds)
        } else {
            throw BookingFault("it has neither DTEND nor DURATION", ja: "終了（DTEND）も長さ（DURATION）もありません。")
        }
        guard let place = value("X-KAZASU-DOOR") ?? value("LOCATION") else {
            throw BookingFault("it has no LOCATION, which names the door", ja: "場所（LOCATION）がありません。扉・施設の名前が必要です。")
        }
        let urn = "urn:kazasu:"
        let holders = event.compactMap { line in
            switch line.name {
            case "X-KAZASU-HOLDER": line.text
            // An address of another kind is an invitation by mail, and nobody's card.
            case "ATTENDEE": line.value.lowercased().hasPrefix(urn) ? String(line.value.dropFirst(urn.count)) : nil
            default: nil
            }
        }.joined(separator: " ")
        let slot = try reading.slot(
            try reading.door(place.text), from, to, holders: holders, paid: try value("X-KAZASU-PAID").map(Self.paid))
        return ForeignBooking(line: line, id: uid, slot: slot)
    }

    private static func paid(_ line: ContentLine) throws(BookingFault) -> Bool {
        // BOOLEAN, RFC 5545 §3.3.2
        switch line.value.uppercased() {
        case "TRUE": true
        case "FALSE": false
        default:
            throw BookingFault(
                "X-KAZASU-PAID is \(quoted(line.value)), and may be TRUE or FALSE",
                ja: "X-KAZASU-PAID は TRUE か FALSE です（\(quoted(line.value))）。")
        }
    }

    /// DATE-TIME in its three forms, RFC 5545 §3.3.5; one without a zone is by the town's clock.
    private func instant(_ line: ContentLine) throws(BookingFault) -> Instant {
        let text = line.value
        let digits = Array(text.utf8)
        guard digits.count == 15 || digits.count == 16 && digits[15] == UInt8(ascii: "Z"), digits[8] == UInt8(ascii: "T"),
            digits.enumerated().allSatisfy({ $0.offset == 8 || $0.offset == 15 || (48...57).contains($0.element) })
        else {
            throw BookingFault(
                "\(line.name) \(quoted(text)) is no time of a day. Write it as 20261121T180000",
                ja: "\(line.name) \(quoted(text))は日時として読み取れません。20261121T180000 のように書いてください。")
        }
        func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        var offset = reading.offset
        if digits.count == 16 {
            offset = .utc
        } else if let zone = line.parameter("TZID") {
            guard let known = Self.japan.contains(zone) ? .japan : zones[zone] else {
                throw BookingFault(
                    "the time zone \(quoted(zone)) has no single distance from UTC in this file",
                    ja: "時間帯\(quoted(zone))の時差がこのファイルでは定まりません。")
            }
            offset = known
        }
        let date = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
        guard let instant = Instant(rfc3339: date) else {
            throw BookingFault("\(line.name) \(quoted(text)) is no time of the calendar", ja: "\(line.name) \(quoted(text))という日時は暦にありません。")
        }
        return instant - .seconds(offset.minutes * 60)
    }

    private static let japan: Set<String> = ["Asia/Tokyo", "Japan", "Tokyo Standard Time"]

    /// Zones with one distance from UTC all year, as Japan's; others would need their rules.
    private mutating func readZones(_ lines: [ContentLine]) {
        var (name, offsets): (String?, Set<String>) = (nil, [])
        for line in lines {
            switch (line.name, line.value.uppercased()) {
            case ("BEGIN", "VTIMEZONE"): (name, offsets) = (nil, [])
            case ("TZID", _): name = line.text
            case ("TZOFFSETTO", _): offsets.insert(line.value)
            case ("END", "VTIMEZONE"):
                guard let name, offsets.count == 1, let text = offsets.first, text.utf8.count >= 5 else { continue }
                zones[name] = UTCOffset("\(text.prefix(3)):\(text.dropFirst(3).prefix(2))")
            default: break
            }
        }
    }

    /// `P1D`, `PT1H30M`, `P2W`; RFC 5545 §3.3.6.
    static func seconds(_ text: String) -> Int? {
        var (total, number, isTime): (Int, Int?, Bool) = (0, nil, false)
        guard text.hasPrefix("P") || text.hasPrefix("+P") else { return nil }
        for letter in text.drop(while: { $0 == "+" }).dropFirst() {
            if let digit = letter.wholeNumberValue {
                number = (number ?? 0) * 10 + digit
                guard number ?? 0 < 100_000 else { return nil }
            } else if letter == "T" {
                guard !isTime, number == nil else { return nil }
                isTime = true
            } else {
                let units: [Character: Int] = isTime ? ["H": 3600, "M": 60, "S": 1] : ["W": 7 * 86_400, "D": 86_400]
                guard let count = number, let unit = units[letter] else { return nil }
                total += count * unit
                number = nil
            }
        }
        return number == nil && total > 0 ? total : nil
    }
}

/// One line of an iCalendar file, put together again where it was folded (RFC 5545 §3.1).
struct ContentLine {
    /// In capitals.
    let name: String
    let parameters: [String: String]
    let value: String
    /// The first of its lines in the file.
    let number: Int

    func parameter(_ name: String) -> String? { parameters[name] }

    /// The value as TEXT, RFC 5545 §3.3.11.
    var text: String {
        var text = ""
        var isEscaped = false
        for letter in value {
            if isEscaped {
                text.append(letter == "n" || letter == "N" ? "\n" : letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else {
                text.append(letter)
            }
        }
        return text
    }

    static func all(in bytes: [UInt8]) -> [ContentLine] {
        var unfolded: [(number: Int, bytes: [UInt8])] = []
        // Cut as bytes: a fold may stand within a character.
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t"), !unfolded.isEmpty {
                unfolded[unfolded.count - 1].bytes += line.dropFirst()
            } else if !line.isEmpty {
                unfolded.append((index + 1, Array(line)))
            }
        }
        return unfolded.compactMap { ContentLine(String(decoding: $0.bytes, as: UTF8.self), number: $0.number) }
    }

    /// `NAME;PARAMETER=value;OTHER="va:lue":VALUE`
    private init?(_ line: String, number: Int) {
        var parts = [""]
        var isQuoted = false
        var value: Substring?
        for index in line.indices where value == nil {
            switch line[index] {
            case "\"": isQuoted.toggle()
            case ";" where !isQuoted: parts.append("")
            case ":" where !isQuoted: value = line[line.index(after: index)...]
            default: parts[parts.count - 1].append(line[index])
            }
        }
        guard let value else { return nil }
        self.number = number
        self.value = String(value)
        name = parts[0].uppercased()
        parameters = Dictionary(
            parts.dropFirst().compactMap { part in
                part.firstIndex(of: "=").map { (part[..<$0].uppercased(), String(part[part.index(after: $0)...])) }
            }, uniquingKeysWith: { first, _ in first })
    }
}
