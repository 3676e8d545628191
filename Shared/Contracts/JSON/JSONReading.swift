/// Reads `Decodable` values out of a `JSONText`. Only what our contracts use: objects, arrays, texts, numbers, truth values.
package struct JSONReading: Decoder {
    let text: JSONText
    let index: Int
    package var codingPath: [any CodingKey] { [] }
    package var userInfo: [CodingUserInfoKey: Any] { [:] }

    var node: JSONText.Node { text.nodes[index] }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard node.kind == .object else { throw mismatch("an object") }
        return KeyedDecodingContainer(Members(reading: self))
    }

    package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard node.kind == .array else { throw mismatch("a list") }
        return Elements(reading: self, next: index + 1)
    }

    package func singleValueContainer() throws -> any SingleValueDecodingContainer { Scalar(reading: self) }

    func mismatch(_ wanted: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "\(wanted) is expected at byte \(node.start)"))
    }

    // MARK: Scalars

    func string() throws -> String {
        guard node.kind == .string || node.kind == .escapedString else { throw mismatch("a text") }
        return try text.string(index)
    }

    func bool() throws -> Bool {
        switch node.kind {
        case .yes: return true
        case .no: return false
        default: throw mismatch("true or false")
        }
    }

    func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard node.kind == .number, let value = Value(digits) else { throw mismatch("a whole number of \(Value.bitWidth) bits") }
        return value
    }

    func double() throws -> Double {
        guard node.kind == .number, let value = Double(digits), value.isFinite else { throw mismatch("a number") }
        return value
    }

    func elements<Value>(_ read: (JSONReading) throws -> Value) throws -> [Value] {
        guard node.kind == .array else { throw mismatch("a list") }
        var values: [Value] = []
        var at = index + 1
        while at < Int(node.next) {
            values.append(try read(JSONReading(text: text, index: at)))
            at = Int(text.nodes[at].next)
        }
        return values
    }

    private var digits: String { String(decoding: text.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self) }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reading: JSONReading
    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        var keys: [Key] = []
        forEach { key, _ in if let name = try? reading.text.string(key), let key = Key(stringValue: name) { keys.append(key) } }
        return keys
    }

    private func forEach(_ body: (_ key: Int, _ value: Int) -> Void) {
        let nodes = reading.text.nodes
        var at = reading.index + 1
        while at < Int(reading.node.next) {
            body(at, at + 1)
            at = Int(nodes[at + 1].next)
        }
    }

    /// The last member of that name: RFC 8259 leaves repeated names open, and one rule is enough.
    private func find(_ key: Key) -> JSONReading? {
        var name = key.stringValue
        let end = Int(reading.node.next)
        var found: Int?
        name.withUTF8 { wanted in
            reading.text.nodes.withUnsafeBufferPointer { nodes in
                reading.text.bytes.withUnsafeBufferPointer { bytes in
                    var at = reading.index + 1
                    while at < end {
                        let node = nodes[at]
                        if node.kind == .string, Int(node.end - node.start) == wanted.count,
                            wanted.elementsEqual(UnsafeBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)]))
                        {
                            found = at + 1
                        } else if node.kind == .escapedString, (try? reading.text.string(at)) == key.stringValue {
                            found = at + 1
                        }
                        at = Int(nodes[at + 1].next)
                    }
                }
            }
        }
        return found.map { JSONReading(text: reading.text, index: $0) }
    }

    private func need(_ key: Key) throws -> JSONReading {
        guard let found = find(key), found.node.kind != .null else {
            throw DecodingError.keyNotFound(
                key, DecodingError.Context(codingPath: [], debugDescription: "\"\(key.stringValue)\" is missing"))
        }
        return found
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { find(key).map { $0.node.kind == .null } ?? true }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try need(key).bool() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try need(key).string() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try need(key).double() }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { Float(try need(key).double()) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try need(key).integer(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try need(key).integer(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try need(key).integer(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try need(key).integer(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try need(key).integer(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try need(key).integer(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try need(key).integer(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try need(key).integer(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try need(key).integer(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try need(key).integer(type) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let reading = try need(key)
        do { return try Value(from: reading) } catch DecodingError.dataCorrupted(let context) {
            // The key tells where; it is known here and nowhere below.
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [key] + context.codingPath, debugDescription: context.debugDescription))
        }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try need(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try need(key).unkeyedContainer() }
    func superDecoder() throws -> any Decoder { reading }
    func superDecoder(forKey key: Key) throws -> any Decoder { try need(key) }
}

private struct Elements: UnkeyedDecodingContainer {
    let reading: JSONReading
    var next: Int
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    var isAtEnd: Bool { next >= Int(reading.node.next) }

    private mutating func take() throws -> JSONReading {
        guard !isAtEnd else { throw reading.mismatch("another element") }
        defer {
            next = Int(reading.text.nodes[next].next)
            currentIndex += 1
        }
        return JSONReading(text: reading.text, index: next)
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, reading.text.nodes[next].kind == .null else { return false }
        _ = try take()
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try take().bool() }
    mutating func decode(_ type: String.Type) throws -> String { try take().string() }
    mutating func decode(_ type: Double.Type) throws -> Double { try take().double() }
    mutating func decode(_ type: Float.Type) throws -> Float { Float(try take().double()) }
    mutating func decode(_ type: Int.Type) throws -> Int { try take().integer(type) }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try take().integer(type) }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try take().integer(type) }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try take().integer(type) }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try take().integer(type) }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try take().integer(type) }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try take().integer(type) }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try take().integer(type) }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try take().integer(type) }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try take().integer(type) }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: take()) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try take().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try take().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try take() }
}

private struct Scalar: SingleValueDecodingContainer {
    let reading: JSONReading
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { reading.node.kind == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try reading.bool() }
    func decode(_ type: String.Type) throws -> String { try reading.string() }
    func decode(_ type: Double.Type) throws -> Double { try reading.double() }
    func decode(_ type: Float.Type) throws -> Float { Float(try reading.double()) }
    func decode(_ type: Int.Type) throws -> Int { try reading.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try reading.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try reading.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try reading.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try reading.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try reading.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try reading.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try reading.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try reading.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try reading.integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: reading) }
}
