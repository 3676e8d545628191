/// Writes `Encodable` values as compact JSON with sorted keys: the same value is the same bytes, in every process.
final class JSONWriting: Encoder {
    fileprivate(set) var bytes: [UInt8] = []
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let writing = JSONWriting()
        writing.bytes.reserveCapacity(256)
        try writing.write(value)
        return writing.bytes
    }

    /// The members of the object being written, once it turns out to be one.
    private var members: [Member]?
    private var elements: Int?

    fileprivate struct Member {
        let key: String
        /// Where `"key":value` stands in `bytes`.
        let range: Range<Int>
    }

    func write(_ value: some Encodable) throws {
        let outer = (members, elements)
        members = nil
        elements = nil
        let start = bytes.count
        try value.encode(to: self)
        close(from: start)
        (members, elements) = outer
    }

    private func close(from start: Int) {
        if let members {
            let isSorted = zip(members, members.dropFirst()).allSatisfy { $0.key < $1.key }
            if !isSorted {
                let parts = members.sorted { $0.key < $1.key }.map { bytes[$0.range] }
                var sorted: [UInt8] = [UInt8(ascii: "{")]
                for (index, part) in parts.enumerated() {
                    if index > 0 { sorted.append(UInt8(ascii: ",")) }
                    sorted += part
                }
                bytes.replaceSubrange(start..., with: sorted)
            }
            bytes.append(UInt8(ascii: "}"))
        } else if elements != nil {
            bytes.append(UInt8(ascii: "]"))
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        bytes.append(UInt8(ascii: "{"))
        members = []
        return KeyedEncodingContainer(MembersWriting(writing: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        bytes.append(UInt8(ascii: "["))
        elements = 0
        return ElementsWriting(writing: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { ScalarWriting(writing: self) }

    // MARK: For the containers

    fileprivate func member(_ key: String, _ write: () throws -> Void) rethrows {
        if members?.isEmpty == false { bytes.append(UInt8(ascii: ",")) }
        let start = bytes.count
        text(key)
        bytes.append(UInt8(ascii: ":"))
        try write()
        members?.append(Member(key: key, range: start..<bytes.count))
    }

    fileprivate func element(_ write: () throws -> Void) rethrows {
        if elements ?? 0 > 0 { bytes.append(UInt8(ascii: ",")) }
        elements = (elements ?? 0) + 1
        try write()
    }

    fileprivate var elementCount: Int { elements ?? 0 }

    fileprivate func plain(_ text: String) { bytes += text.utf8 }

    fileprivate func number(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(value, EncodingError.Context(codingPath: [], debugDescription: "JSON has no such number"))
        }
        plain(value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : value.description)
    }

    /// RFC 8259 section 7: quotes, backslashes and control characters are escaped, nothing else.
    fileprivate func text(_ value: String) {
        var value = value
        value.withUTF8 { text in
            bytes.append(UInt8(ascii: "\""))
            // Nearly every text of ours goes as it is, in one piece.
            if text.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
                bytes.append(contentsOf: text)
            } else {
                for byte in text { escaped(byte) }
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 10: plain("\\n")
        case 13: plain("\\r")
        case 9: plain("\\t")
        case 0..<0x20:
            plain("\\u00")
            for half in [byte >> 4, byte & 15] { bytes.append(half < 10 ? 48 + half : 87 + half) }
        default: bytes.append(byte)
        }
    }
}

private struct MembersWriting<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let writing: JSONWriting
    var codingPath: [any CodingKey] { [] }

    private func plain(_ key: Key, _ value: some CustomStringConvertible) {
        writing.member(key.stringValue) { writing.plain(value.description) }
    }

    func encodeNil(forKey key: Key) throws { plain(key, "null") }
    func encode(_ value: Bool, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: String, forKey key: Key) throws { writing.member(key.stringValue) { writing.text(value) } }
    func encode(_ value: Double, forKey key: Key) throws { try writing.member(key.stringValue) { try writing.number(value) } }
    func encode(_ value: Float, forKey key: Key) throws { try encode(Double(value), forKey: key) }
    func encode(_ value: Int, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: Int8, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: Int16, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: Int32, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: Int64, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: UInt, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: UInt8, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: UInt16, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: UInt32, forKey key: Key) throws { plain(key, value) }
    func encode(_ value: UInt64, forKey key: Key) throws { plain(key, value) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try writing.member(key.stringValue) { try writing.write(value) }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        preconditionFailure("contracts nest types, not containers")
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        preconditionFailure("contracts nest types, not containers")
    }
    func superEncoder() -> any Encoder { preconditionFailure("contracts have no classes") }
    func superEncoder(forKey key: Key) -> any Encoder { preconditionFailure("contracts have no classes") }
}

private struct ElementsWriting: UnkeyedEncodingContainer {
    let writing: JSONWriting
    var codingPath: [any CodingKey] { [] }
    var count: Int { writing.elementCount }

    private func plain(_ value: some CustomStringConvertible) { writing.element { writing.plain(value.description) } }

    func encodeNil() throws { plain("null") }
    func encode(_ value: Bool) throws { plain(value) }
    func encode(_ value: String) throws { writing.element { writing.text(value) } }
    func encode(_ value: Double) throws { try writing.element { try writing.number(value) } }
    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) throws { plain(value) }
    func encode(_ value: Int8) throws { plain(value) }
    func encode(_ value: Int16) throws { plain(value) }
    func encode(_ value: Int32) throws { plain(value) }
    func encode(_ value: Int64) throws { plain(value) }
    func encode(_ value: UInt) throws { plain(value) }
    func encode(_ value: UInt8) throws { plain(value) }
    func encode(_ value: UInt16) throws { plain(value) }
    func encode(_ value: UInt32) throws { plain(value) }
    func encode(_ value: UInt64) throws { plain(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try writing.element { try writing.write(value) } }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
        preconditionFailure("contracts nest types, not containers")
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure("contracts nest types, not containers") }
    func superEncoder() -> any Encoder { preconditionFailure("contracts have no classes") }
}

private struct ScalarWriting: SingleValueEncodingContainer {
    let writing: JSONWriting
    var codingPath: [any CodingKey] { [] }

    func encodeNil() throws { writing.plain("null") }
    func encode(_ value: Bool) throws { writing.plain(value.description) }
    func encode(_ value: String) throws { writing.text(value) }
    func encode(_ value: Double) throws { try writing.number(value) }
    func encode(_ value: Float) throws { try writing.number(Double(value)) }
    func encode(_ value: Int) throws { writing.plain(value.description) }
    func encode(_ value: Int8) throws { writing.plain(value.description) }
    func encode(_ value: Int16) throws { writing.plain(value.description) }
    func encode(_ value: Int32) throws { writing.plain(value.description) }
    func encode(_ value: Int64) throws { writing.plain(value.description) }
    func encode(_ value: UInt) throws { writing.plain(value.description) }
    func encode(_ value: UInt8) throws { writing.plain(value.description) }
    func encode(_ value: UInt16) throws { writing.plain(value.description) }
    func encode(_ value: UInt32) throws { writing.plain(value.description) }
    func encode(_ value: UInt64) throws { writing.plain(value.description) }
    func encode<Value: Encodable>(_ value: Value) throws { try value.encode(to: writing) }
}
