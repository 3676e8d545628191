/// A JSON object being written member by member, in the order of the names: for what leaves by the hundred thousand.
///
/// Values go as they are: they are words, names, ids, times and numbers, none of which JSON escapes. Anything else goes through `text`.
package struct JSONLine: ~Copyable {
    package private(set) var bytes: [UInt8]

    package init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func open() { bytes.append(UInt8(ascii: "{")) }
    package mutating func close() { end(with: UInt8(ascii: "}")) }
    package mutating func openList() { bytes.append(UInt8(ascii: "[")) }
    package mutating func closeList() { end(with: UInt8(ascii: "]")) }

    private mutating func end(with bracket: UInt8) {
        // The comma after the last member gives its place.
        if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
        bytes.append(bracket)
    }

    /// `"name":`, and the quote of a text behind it if there is one, in one piece.
    package mutating func key(_ name: StaticString, quote: Bool = false) {
        let length = name.utf8CodeUnitCount
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + 4) { piece in
            piece[0] = UInt8(ascii: "\"")
            for place in 0..<length { piece[place + 1] = name.utf8Start[place] }
            piece[length + 1] = UInt8(ascii: "\"")
            piece[length + 2] = UInt8(ascii: ":")
            piece[length + 3] = UInt8(ascii: "\"")
            bytes.append(contentsOf: piece[..<(quote ? length + 4 : length + 3)])
        }
    }

    package mutating func comma() { bytes.append(UInt8(ascii: ",")) }

    /// `"name":"value",`
    package mutating func member(_ name: StaticString, _ value: some WrittenAsText) {
        quoted(name) { value.write(to: &$0) }
    }

    package mutating func member(_ name: StaticString, _ word: some RawRepresentable<String>) {
        quoted(name) { $0.append(contentsOf: word.rawValue.utf8) }
    }

    package mutating func member(_ name: StaticString, plain value: String) {
        quoted(name) { $0.append(contentsOf: value.utf8) }
    }

    package mutating func member(_ name: StaticString, _ time: Instant, _ offset: UTCOffset) {
        quoted(name) { time.write(to: &$0, offset) }
    }

    package mutating func member(_ name: StaticString, quoted number: Int64) {
        quoted(name) { $0.append(decimal: number) }
    }

    package mutating func member(_ name: StaticString, _ number: Int64) {
        key(name)
        bytes.append(decimal: number)
        comma()
    }

    package mutating func member(_ name: StaticString, _ isSo: Bool) {
        key(name)
        bytes.append(contentsOf: (isSo ? "true" : "false").utf8)
        comma()
    }

    /// A text in which anything may stand.
    package mutating func member(_ name: StaticString, text: String) throws {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
            return try member(name, encoding: text)
        }
        member(name, plain: text)
    }

    /// Any value, escaped as JSON wants it.
    package mutating func member(_ name: StaticString, encoding value: some Encodable) throws {
        key(name)
        bytes += try value.json()
        comma()
    }

    /// Appends an encoded value.
    mutating func raw(_ json: [UInt8]) { bytes += json }

    private mutating func quoted(_ name: StaticString, _ write: (inout [UInt8]) -> Void) {
        key(name, quote: true)
        write(&bytes)
        bytes.append(UInt8(ascii: "\""))
        comma()
    }
}

extension [UInt8] {
    mutating func append(decimal number: Int64) {
        guard number != 0 else { return append(UInt8(ascii: "0")) }
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }
}
