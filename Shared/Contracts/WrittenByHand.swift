/// An answer that may have hundreds of lines: read and written without the boxes of `Codable`, which would take most of the time. Both say the same, byte for byte.
package protocol WrittenByHand: Codable {
    static func read(_ json: JSONReading) throws -> Self
    func write(to line: inout JSONLine) throws
}

extension Reply {
    package static func read(_ json: JSONReading) throws -> Self {
        guard let byHand = Answer.self as? any WrittenByHand.Type else { return try Self(from: json) }
        let fields = try JSONObject(json)
        return Self(
            accepted: try fields.bool("accepted"), answer: try fields.readIfPresent("answer") { try byHand.read($0) } as? Answer,
            refusal: try fields.stringIfPresent("refusal"), text: try fields.stringIfPresent("text"))
    }

    package func write(to line: inout JSONLine) throws {
        guard let answer = answer as? any WrittenByHand else { return line.raw(try json()) }
        line.open()
        line.member("accepted", accepted)
        line.key("answer")
        try answer.write(to: &line)
        line.comma()
        if let refusal { try line.member("refusal", text: refusal) }
        if let text { try line.member("text", text: text) }
        line.close()
    }
}
