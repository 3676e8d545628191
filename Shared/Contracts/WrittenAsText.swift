/// A value that JSON knows as text, and that refuses text which is not one of its values.
package protocol WrittenAsText: Codable, CustomStringConvertible {
    init?(_ text: String)
    /// The same from its bytes: for what comes by the hundred thousand, without making a text of it first.
    init?(utf8 bytes: UnsafeBufferPointer<UInt8>)
    /// How its text looks, for whoever wrote another one.
    static var form: String { get }
    /// The same for programs: a regular expression (ECMA-262) that each of its texts matches, and one of them.
    static var pattern: String { get }
    static var sample: String { get }
    /// Appends the text as UTF-8. No value of ours has a character that JSON escapes.
    func write(to out: inout [UInt8])
}

extension WrittenAsText {
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(text)
    }

    package func write(to out: inout [UInt8]) { out.append(contentsOf: description.utf8) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not \(Self.form)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
