/// The identity of an event: 48 bits of time and 80 more bits, written as a ULID (26 characters of Crockford's base32, time-ordered).
///
/// Only roots (a tap, an operator's command) draw the 80 bits; every other id is derived from its cause, so that whoever decides the same thing twice names it the same.
package struct EventID: Hashable, Sendable, Comparable, WrittenAsText {
    package static var form: String { "an event id: 26 characters, a ULID" }
    package static var pattern: String { "^[0-7][0-9A-HJKMNP-TV-Z]{25}$" }
    package static var sample: String { "00000000000000000000000000" }
    /// The 48-bit time and the first 16 of the 80 bits.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter random: 80 bits, of which `high`'s lower 16 and all of `low` are used.
    package init(at time: Instant, random: (high: UInt16, low: UInt64)) {
        self.init(high: UInt64(truncatingIfNeeded: time.milliseconds) << 16 | UInt64(random.high), low: random.low)
    }

    /// When the root of this event's chain of causes happened, by its maker's clock.
    package var time: Instant { Instant(milliseconds: Int64(high >> 16)) }

    package static func < (a: Self, b: Self) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }

    // ULID specification, section "Encoding": 10 characters of time, 16 of randomness, most significant first.
    package init?(_ text: some StringProtocol) { self.init(letters: text.utf8) }
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) { self.init(letters: bytes) }

    private init?(letters: some Sequence<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in letters {
            let digit = Self.digits[Int(byte)]
            guard digit < 32, count > 0 || digit < 8, count < 26 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(digit)
            count += 1
        }
        guard count == 26 else { return nil }
        self.init(high: high, low: low)
    }

    package var description: String { String(unsafeUninitializedCapacity: 26) { spell(in: $0.baseAddress!) } }

    package func write(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 26) { text in
            _ = spell(in: text.baseAddress!)
            out.append(contentsOf: text)
        }
    }

    private func spell(in text: UnsafeMutablePointer<UInt8>) -> Int {
        var (high, low) = (high, low)
        Self.alphabet.withUTF8Buffer { alphabet in
            var place = 25
            while place >= 0 {
                text[place] = alphabet[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
                place -= 1
            }
        }
        return 26
    }

    /// Sixteen bytes, big-endian, so that they sort as the ids do.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for place in 0..<8 {
                buffer[place] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(place)))
                buffer[place + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(place)))
            }
            count = 16
        }
    }

    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: number(bytes[0..<8]), low: number(bytes[8..<16]))
    }

    private static var alphabet: StaticString { "0123456789ABCDEFGHJKMNPQRSTVWXYZ" }
    private static let digits: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for value in 0..<32 { table[Int(alphabet.utf8Start[value])] = UInt8(value) }
        return table
    }()
}

/// One life of a producer's journal: `1795227986241-k3f9`, thirteen digits of milliseconds and four random characters. Later lives compare greater.
package struct Epoch: Hashable, Sendable, Comparable, WrittenAsText {
    package static var form: String { "an epoch: 13 digits, -, 4 characters" }
    package static var pattern: String { "^[0-9]{13}-[0-9a-z]{4}$" }
    package static var sample: String { "0000000000001-0000" }
    package let milliseconds: Int64
    /// The four characters, most significant first, so that numbers compare as the characters do.
    private let tail: UInt32

    package init?(_ text: String) {
        var text = text
        guard let epoch = text.withUTF8({ Self(utf8: $0) }) else { return nil }
        self = epoch
    }

    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 18, bytes[13] == UInt8(ascii: "-"), let milliseconds = decimal(bytes[..<13]),
            bytes[14...].allSatisfy({ (48...57).contains($0) || (97...122).contains($0) })
        else { return nil }
        self.milliseconds = Int64(milliseconds)
        tail = bytes[14...].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The epoch of a start at `now`, later than `last` whatever the clock says.
    package init(after last: Epoch?, now: Instant, random: UInt64) {
        milliseconds = max((last?.milliseconds ?? 0) + 1, max(now.milliseconds, 1))
        let letters = String(random % 1_679_616, radix: 36)
        tail = (String(repeating: "0", count: 4 - letters.count) + letters).utf8.reduce(0) { $0 << 8 | UInt32($1) }
    }

    package var text: String { String(unsafeUninitializedCapacity: 18) { spell(in: $0) } }
    package var description: String { text }

    package func write(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 18) { text in
            _ = spell(in: text)
            out.append(contentsOf: text)
        }
    }

    private func spell(in text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        Contracts.spell(milliseconds, in: text[..<13])
        text[13] = UInt8(ascii: "-")
        for place in 0..<4 { text[14 + place] = UInt8(truncatingIfNeeded: tail >> (24 - 8 * UInt32(place))) }
        return 18
    }

    package static func < (a: Self, b: Self) -> Bool {
        a.milliseconds != b.milliseconds ? a.milliseconds < b.milliseconds : a.tail < b.tail
    }
}
