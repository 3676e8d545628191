/// CloudEvents 1.0 in structured JSON mode (CloudEvents specification 1.0.2, JSON event format 1.0.2): UTF-8, compact, keys sorted, at most 32 KiB.
package struct Envelope<Body: Payload>: Sendable {
    package static var limit: Int { 32 * 1024 }

    /// Commands only: it was obeyed before, and is given again to a service that was put back from a copy and may not know of it. It is then judged neither
    /// by its `expires` nor by the age of its id, but by whether that id was ever obeyed.
    package var again = false
    package var id: EventID
    /// `/nagai/reader-agent/gate-1`
    package var source: String
    /// What the event is about, when the topic does not already say it.
    package var subject: String?
    /// When it happened in the world.
    package var time: Instant
    package var cause: EventID?
    /// The place in its stream; events only.
    package var position: StreamPosition?
    /// Commands only: after this moment the answer is a refusal.
    package var expires: Instant?
    package var data: Body

    package init(
        id: EventID, source: String, subject: String? = nil, time: Instant, cause: EventID? = nil, position: StreamPosition? = nil,
        expires: Instant? = nil, data: Body
    ) {
        self.id = id
        self.source = source
        self.subject = subject
        self.time = time
        self.cause = cause
        self.position = position
        self.expires = expires
        self.data = data
    }
}

/// Number `number` of the segment `epoch` of a topic.
package struct StreamPosition: Hashable, Sendable {
    /// 2^53: more than any stream will have, and a sum of gaps stays a number.
    package static let largest: Int64 = 1 << 53

    package var epoch: Epoch
    package var number: Int64

    package init(epoch: Epoch, number: Int64) {
        self.epoch = epoch
        self.number = number
    }
}

extension Envelope: Equatable {}

extension Envelope {
    package static var type: String { "jp.kazasu.\(Body.type).v1" }

    package init(json: [UInt8]) throws {
        let fields = try JSONObject(json)
        guard try fields.string("specversion") == "1.0" else { throw fields.fault("specversion", "not CloudEvents 1.0") }
        let type = try fields.string("type")
        guard Self.isType(type) else { throw fields.fault("type", "type is \(type), expected \(Self.type)") }
        id = try fields.value("id")
        source = try fields.string("source")
        // A URI reference (RFC 3986) has no blank, quote or backslash, and so it is written again as it is.
        guard !source.isEmpty,
            source.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { throw fields.fault("source", "not a URI reference") }
        subject = try fields.stringIfPresent("subject")
        time = try fields.value("time")
        cause = try fields.valueIfPresent("cause")
        expires = try fields.valueIfPresent("expires")
        again = try fields.boolIfPresent("again") ?? false
        position = try StreamPosition(fields)
        data = try fields.read("data") { try Body.read($0) }
    }

    /// Without putting the expected type together for each event.
    private static func isType(_ text: String) -> Bool {
        let (letters, word) = (text.utf8, Body.type.utf8)
        return letters.count == word.count + 13 && letters.starts(with: "jp.kazasu.".utf8) && letters.dropFirst(10).starts(with: word)
            && letters.suffix(3).elementsEqual(".v1".utf8)
    }
}

/// What can be known of an event whose payload cannot be read: enough to count its number as handled.
package struct EnvelopeHeader {
    package let id: EventID?
    package let position: StreamPosition?
    package let subject: String?

    package init(json: [UInt8]) throws {
        let fields = try JSONObject(json)
        id = try? fields.value("id")
        subject = try? fields.stringIfPresent("subject")
        position = try? StreamPosition(fields)
    }
}

extension StreamPosition {
    fileprivate init?(_ fields: JSONObject) throws {
        guard let epoch: Epoch = try fields.valueIfPresent("epoch") else { return nil }
        // CloudEvents' Sequence extension writes numbers as text.
        guard let number = Int64(try fields.string("sequence")), (1...Self.largest).contains(number) else {
            throw fields.fault("sequence", "not a whole number from 1 to 2^53 in quotes")
        }
        self.init(epoch: epoch, number: number)
    }
}

extension Envelope {
    /// The bytes on the wire: the keys are always these, in this order.
    package func json(_ offset: UTCOffset = .japan) throws -> [UInt8] {
        var line = JSONLine(capacity: 640)
        line.open()
        if again { line.member("again", true) }
        if let cause { line.member("cause", cause) }
        line.key("data")
        try data.write(to: &line)
        line.comma()
        if let position { line.member("epoch", position.epoch) }
        if let expires { line.member("expires", expires, offset) }
        line.member("id", id)
        if let position { line.member("sequence", quoted: position.number) }
        line.member("source", plain: source)
        line.member("specversion", plain: "1.0")
        if let subject { try line.member("subject", text: subject) }
        line.member("time", time, offset)
        line.member("type", plain: Self.type)
        line.close()
        return line.bytes
    }
}

/// A command's bytes when it is given again: the same ones behind a mark, so that both have the same content.
package enum GivenAgain {
    private static let mark = Array(#"{"again":true,"#.utf8)

    package static func marked(_ command: [UInt8]) -> [UInt8] { mark + command.dropFirst() }

    /// As it was given first.
    package static func unmarked(_ command: [UInt8]) -> [UInt8] {
        command.starts(with: mark) ? [UInt8(ascii: "{")] + command.dropFirst(mark.count) : command
    }
}

extension [UInt8] {
    package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try Value(from: JSONReading(text: JSONText(self), index: 0))
    }
}

extension Encodable {
    /// Compact JSON with sorted keys: the same value is the same bytes, in every process.
    package func json() throws -> [UInt8] { try JSONWriting.bytes(of: self) }
}
