import Contracts

/// What the JSON of a type looks like.
package indirect enum Shape: Equatable {
    case text
    /// Text that a regular expression describes.
    case form(pattern: String)
    /// One of a closed list of words.
    case words(type: String, [Word])
    case whole
    case number
    case flag
    case list(Shape)
    /// An object whose keys are data.
    case map(Shape)
    case record(type: String, [Field])

    package struct Word: Equatable {
        /// The name of the enum's case.
        let name: String
        let text: String
    }

    package struct Field: Equatable {
        let name: String
        let shape: Shape
        let isRequired: Bool
    }
}

/// A type that the recorder cannot see through.
package struct Unrecordable: Error, CustomStringConvertible { package let description: String }

extension Shape {
    /// Found out by letting the type decode itself from a decoder that makes up whatever it is asked for: what the compiler made of the type's
    /// properties is what is recorded.
    package init<Value: Decodable>(of type: Value.Type) throws { self = try imagine(type).shape }
}

private func imagine<Value: Decodable>(_ type: Value.Type) throws -> (value: Value, shape: Shape) {
    if let (json, shape) = try plain(type) { return (try Array(json.utf8).decoded(), shape) }
    let recorder = Recorder(type: nameOf(type))
    let value = try Value(from: recorder)
    return (value, .record(type: recorder.type, recorder.fields))
}

/// Types that stand for one value or many alike: a JSON text of theirs, and their shape.
private func plain(_ type: any Decodable.Type) throws -> (json: String, shape: Shape)? {
    switch type {
    case is String.Type: return ("\"\"", .text)
    case is Int.Type, is Int64.Type: return ("0", .whole)
    case is Double.Type: return ("0", .number)
    case is Bool.Type: return ("false", .flag)
    case let form as any WrittenAsText.Type: return ("\"\(form.sample)\"", .form(pattern: form.pattern))
    case let list as any ListOf.Type: return ("[]", .list(try shape(list.element)))
    case let map as any MapOf.Type: return ("{}", .map(try shape(map.value)))
    case let closed as any CaseIterable.Type:
        guard let words = words(closed), let first = words.first else { return nil }
        return ("\"\(first.text)\"", .words(type: nameOf(type), words))
    default: return nil
    }
}

private func shape(_ type: any Decodable.Type) throws -> Shape { try Shape(of: type) }

private func words<Closed: CaseIterable>(_ type: Closed.Type) -> [Shape.Word]? {
    let words = type.allCases.compactMap { value in
        ((value as? any RawRepresentable)?.rawValue as? String).map { Shape.Word(name: "\(value)", text: $0) }
    }
    return words.count == type.allCases.count ? words : nil
}

/// `Tapped`, `CardRefused.Reason`: without the module and without type parameters.
private func nameOf(_ type: any Any.Type) -> String {
    String(reflecting: type).prefix { $0 != "<" }.split(separator: ".").dropFirst().joined(separator: ".")
}

private protocol ListOf { static var element: any Decodable.Type { get } }
extension Array: ListOf where Element: Decodable { fileprivate static var element: any Decodable.Type { Element.self } }
private protocol MapOf { static var value: any Decodable.Type { get } }
extension Dictionary: MapOf where Key == String, Value: Decodable { fileprivate static var value: any Decodable.Type { Value.self } }

private final class Recorder: Decoder {
    let type: String
    var fields: [Shape.Field] = []
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(type: String) { self.type = type }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Fields(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw Unrecordable(description: "\(type) decodes itself from a list; only arrays do so in a contract")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw Unrecordable(
            description: "\(type) is one value in JSON. Let it say which: WrittenAsText for a text, CaseIterable for a list of words")
    }

    func record<Value: Decodable>(_ type: Value.Type, _ key: String, isRequired: Bool) throws -> Value {
        let (value, shape) = try imagine(type)
        fields.append(Shape.Field(name: key, shape: shape, isRequired: isRequired))
        return value
    }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: Recorder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    // A type that asks these decides by what is there, which a schema cannot say.
    func contains(_ key: Key) -> Bool { preconditionFailure("\(recorder.type) asks whether \(key.stringValue) is there") }
    func decodeNil(forKey key: Key) throws -> Bool { preconditionFailure("\(recorder.type) asks whether \(key.stringValue) is null") }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try recorder.record(type, key.stringValue, isRequired: true)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try recorder.record(type, key.stringValue, isRequired: false)
    }

    // The protocol has bodies of its own for these.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try recorder.record(type, key.stringValue, isRequired: false)
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try recorder.record(type, key.stringValue, isRequired: false)
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try recorder.record(type, key.stringValue, isRequired: false)
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try recorder.record(type, key.stringValue, isRequired: false) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try recorder.record(type, key.stringValue, isRequired: false)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        throw Unrecordable(description: "contracts nest types, not containers")
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw Unrecordable(description: "contracts nest types, not containers")
    }
    func superDecoder() throws -> any Decoder { throw Unrecordable(description: "contracts have no classes") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw Unrecordable(description: "contracts have no classes") }
}
