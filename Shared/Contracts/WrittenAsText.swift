/// A value that JSON knows as text, and that refuses text which is not one of its values.
package protocol WrittenAsText: Codable, CustomStringConvertible {
    init?(_ text: String)
    /// How its text looks, for whoever wrote another one.
    static var form: String { get }
}

extension WrittenAsText {
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
