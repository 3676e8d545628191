/// A moment, in milliseconds since 1970-01-01T00:00:00Z without leap seconds.
package struct Instant: Hashable, Sendable, Comparable, WrittenAsText {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
    package static func + (a: Self, b: Duration) -> Self { Instant(milliseconds: a.milliseconds + b.milliseconds) }
    package static func - (a: Self, b: Duration) -> Self { Instant(milliseconds: a.milliseconds - b.milliseconds) }
    package static func - (a: Self, b: Self) -> Duration { .milliseconds(a.milliseconds - b.milliseconds) }

    package static let distantPast = Instant(milliseconds: 0)

    /// RFC 3339 is the form of every time in a contract.
    package static var form: String { "an RFC 3339 time with an offset" }
    // Which days a month has, the pattern leaves to the reader.
    package static var pattern: String {
        #"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"#
    }
    package static var sample: String { "1970-01-01T00:00:00Z" }
    package init?(_ text: some StringProtocol) { self.init(rfc3339: String(text)) }
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) { self.init(rfc3339: bytes) }
    package var description: String { rfc3339() }
    package func write(to out: inout [UInt8]) { write(to: &out, .japan) }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

/// A town's distance from UTC. Japan has had no summer time since 1951, so a fixed offset is exact.
package struct UTCOffset: Hashable, Sendable {
    package let minutes: Int

    package init?(minutes: Int) {
        guard (-14 * 60...14 * 60).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// `+09:00`
    package init?(_ text: String) {
        var text = text
        guard let offset = text.withUTF8({ Self($0[...]) }) else { return nil }
        self = offset
    }

    fileprivate init?(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        let start = bytes.startIndex
        guard bytes.count == 6, bytes[start + 3] == UInt8(ascii: ":"), let hours = decimal(bytes[start + 1...start + 2]),
            let rest = decimal(bytes[start + 4...start + 5]), rest < 60
        else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "+"): self.init(minutes: hours * 60 + rest)
        case UInt8(ascii: "-"): self.init(minutes: -(hours * 60 + rest))
        default: return nil
        }
    }

    package static let utc = UTCOffset(minutes: 0)!
    package static let japan = UTCOffset(minutes: 9 * 60)!
}

// RFC 3339 section 5.6, with a four-digit year; the calendar is the proleptic Gregorian one.
extension Instant {
    /// `2026-11-21T08:00:00.123+09:00`; milliseconds are always written.
    package func rfc3339(_ offset: UTCOffset = .japan) -> String {
        var text = [UInt8]()
        text.reserveCapacity(29)
        write(to: &text, offset)
        return String(decoding: text, as: UTF8.self)
    }

    func write(to text: inout [UInt8], _ offset: UTCOffset) {
        let local = milliseconds + Int64(offset.minutes) * 60_000
        let (days, inDay) = local.quotientAndRemainder(flooringBy: 86_400_000)
        let (year, month, day) = civil(days: days)
        let minutes = Int64(abs(offset.minutes))
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 29) { form in
            ("0000-00-00T00:00:00.000+00:00" as StaticString).withUTF8Buffer { _ = form.initialize(fromContentsOf: $0) }
            if offset.minutes < 0 { form[23] = UInt8(ascii: "-") }
            spell(year, in: form[0..<4])
            spell(month, in: form[5..<7])
            spell(day, in: form[8..<10])
            spell(inDay / 3_600_000, in: form[11..<13])
            spell(inDay / 60_000 % 60, in: form[14..<16])
            spell(inDay / 1000 % 60, in: form[17..<19])
            spell(inDay % 1000, in: form[20..<23])
            spell(minutes / 60, in: form[24..<26])
            spell(minutes % 60, in: form[27..<29])
            text.append(contentsOf: form)
        }
    }

    /// Years 1 to 9998 of UTC: moments outside could not be written again in every offset.
    private static let writable = days(year: 1, month: 1, day: 1) * 86_400_000..<days(year: 9999, month: 1, day: 1) * 86_400_000

    /// Accepts any offset and any number of fraction digits; what is finer than a millisecond is cut off.
    package init?(rfc3339 text: String) {
        var text = text
        guard let moment = text.withUTF8({ Self(rfc3339: $0) }) else { return nil }
        self = moment
    }

    private init?(rfc3339 b: UnsafeBufferPointer<UInt8>) {
        guard b.count >= 20, b[4] == UInt8(ascii: "-"), b[7] == UInt8(ascii: "-"), b[10] | 0x20 == UInt8(ascii: "t"),
            b[13] == UInt8(ascii: ":"), b[16] == UInt8(ascii: ":"),
            let year = decimal(b[0...3]), let month = decimal(b[5...6]), let day = decimal(b[8...9]),
            let hour = decimal(b[11...12]), let minute = decimal(b[14...15]), let second = decimal(b[17...18]),
            (1...12).contains(month), (1...daysIn(month: month, of: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var at = 19
        var fraction = 0
        if b[at] == UInt8(ascii: ".") {
            var scale = 100
            at += 1
            let start = at
            while at < b.count, let digit = decimal(b[at...at]) {
                fraction += digit * scale
                scale /= 10
                at += 1
            }
            guard at > start else { return nil }
        }
        guard at < b.count else { return nil }
        let offset: UTCOffset
        if b[at] | 0x20 == UInt8(ascii: "z"), at + 1 == b.count {
            offset = .utc
        } else {
            guard let parsed = UTCOffset(b[at...]) else { return nil }
            offset = parsed
        }
        let seconds = (hour * 60 + minute - offset.minutes) * 60 + second
        let milliseconds = days(year: year, month: month, day: day) * 86_400_000 + Int64(seconds) * 1000 + Int64(fraction)
        guard Self.writable.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

/// Days since 1970-01-01 of a civil date, and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
func days(year: Int, month: Int, day: Int) -> Int64 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = y.quotientAndRemainder(flooringBy: 400).quotient
    let yearOfEra = y - era * 400
    let dayOfYear = Int64((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(flooringBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
}

func daysIn(month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

func decimal(_ digits: some Sequence<UInt8>) -> Int? {
    var value = 0
    for byte in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
}

/// Fills in a number's digits, with zeros in front.
func spell(_ number: Int64, in digits: Slice<UnsafeMutableBufferPointer<UInt8>>) {
    var rest = number.magnitude
    var place = digits.endIndex
    while place > digits.startIndex {
        place -= 1
        digits.base[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    }
}

extension Int64 {
    func quotientAndRemainder(flooringBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
