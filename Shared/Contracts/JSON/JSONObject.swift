/// The members of one JSON object, found by name without the boxes of `Decoder`: for what comes by the hundred thousand.
///
/// Errors are the ones `Decodable` types give, so a dead letter reads the same whichever way its reason was found.
package struct JSONObject {
    let text: JSONText
    private let first: Int
    private let end: Int

    package init(_ bytes: [UInt8]) throws { try self.init(JSONReading(text: JSONText(bytes), index: 0)) }

    init(_ value: JSONReading) throws {
        guard value.node.kind == .object else { throw value.mismatch("an object") }
        text = value.text
        first = value.index + 1
        end = Int(value.node.next)
    }

    /// The last member of that name: RFC 8259 leaves repeated names open, and one rule is enough. `null` is no value.
    package func member(_ name: StaticString) -> JSONReading? {
        let length = name.utf8CodeUnitCount
        let wanted = name.utf8Start
        let found: Int? = text.nodes.withUnsafeBufferPointer { nodes in
            text.bytes.withUnsafeBufferPointer { bytes in
                var found: Int?
                var at = first
                while at < end {
                    let node = nodes[at]
                    if node.kind == .string {
                        let start = Int(node.start)
                        if Int(node.end) - start == length, bytes[start] == wanted[0] {
                            var same = 1
                            while same < length, bytes[start + same] == wanted[same] { same += 1 }
                            if same == length { found = at + 1 }
                        }
                    } else if (try? text.string(at)) == name.description {
                        found = at + 1
                    }
                    at = Int(nodes[at + 1].next)
                }
                return found
            }
        }
        guard let found, text.nodes[found].kind != .null else { return nil }
        return JSONReading(text: text, index: found)
    }

    private func need<Value>(_ name: StaticString, _ read: (JSONReading) throws -> Value) throws -> Value {
        guard let member = member(name) else {
            throw DecodingError.keyNotFound(
                JSONKey(name), DecodingError.Context(codingPath: [], debugDescription: "\"\(name)\" is missing"))
        }
        return try at(name, member, read)
    }

    private func at<Value>(_ name: StaticString, _ member: JSONReading, _ read: (JSONReading) throws -> Value) throws -> Value {
        do { return try read(member) } catch DecodingError.dataCorrupted(let context) {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [JSONKey(name)] + context.codingPath, debugDescription: context.debugDescription))
        }
    }

    package func string(_ name: StaticString) throws -> String { try need(name) { try $0.string() } }

    package func stringIfPresent(_ name: StaticString) throws -> String? {
        try readIfPresent(name) { try $0.string() }
    }

    package func value<Value: WrittenAsText>(_ name: StaticString) throws -> Value { try need(name) { try $0.word() } }

    package func valueIfPresent<Value: WrittenAsText>(_ name: StaticString) throws -> Value? {
        try readIfPresent(name) { try $0.word() }
    }

    /// A word of a closed list.
    package func word<Word: RawRepresentable<String>>(_ name: StaticString) throws -> Word { try need(name) { try $0.listed() } }

    package func wordIfPresent<Word: RawRepresentable<String>>(_ name: StaticString) throws -> Word? {
        try readIfPresent(name) { try $0.listed() }
    }

    package func integerIfPresent<Number: FixedWidthInteger>(_ name: StaticString) throws -> Number? {
        try readIfPresent(name) { try $0.integer(Number.self) }
    }

    package func bool(_ name: StaticString) throws -> Bool { try need(name) { try $0.bool() } }

    package func boolIfPresent(_ name: StaticString) throws -> Bool? {
        try readIfPresent(name) { try $0.bool() }
    }

    package func list<Value>(_ name: StaticString, _ read: (JSONReading) throws -> Value) throws -> [Value] {
        try need(name) { try $0.elements(read) }
    }

    func readIfPresent<Value>(_ name: StaticString, _ read: (JSONReading) throws -> Value) throws -> Value? {
        guard let member = member(name) else { return nil }
        return try at(name, member, read)
    }

    /// A member that is rare enough to be read as any other type is.
    package func decodeIfPresent<Value: Decodable>(_ name: StaticString) throws -> Value? {
        try readIfPresent(name) { try Value(from: $0) }
    }

    func fault(_ name: StaticString, _ words: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [JSONKey(name)], debugDescription: words))
    }

    func read<Value>(_ name: StaticString, _ read: (JSONReading) throws -> Value) throws -> Value { try need(name, read) }
}

extension JSONReading {
    fileprivate func word<Value: WrittenAsText>() throws -> Value {
        // Nearly every value stands there as it is. Of one that does not, or is wrong, the long way says what is wrong.
        if node.kind == .string, let value = text.bytes(index, { Value(utf8: $0) }) { return value }
        guard let value = try Value(string()) else { throw mismatch(Value.form) }
        return value
    }

    fileprivate func listed<Word: RawRepresentable<String>>() throws -> Word {
        let text = try string()
        guard let word = Word(rawValue: text) else { throw mismatch("a known word") }
        return word
    }
}

/// Where in a message something was wrong.
struct JSONKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: StaticString) { stringValue = name.description }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
