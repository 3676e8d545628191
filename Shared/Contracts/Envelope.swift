/// CloudEvents 1.0 in structured JSON mode (CloudEvents specification 1.0.2, JSON event format 1.0.2): UTF-8, compact, keys sorted, at most 32 KiB.
package struct Envelope<Body: Payload>: Sendable {
    package static var limit: Int { 32 * 1024 }

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

extension Envelope: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: EnvelopeKey.self)
        guard try fields.decode(String.self, forKey: .specversion) == "1.0" else {
            throw DecodingError.dataCorruptedError(forKey: .specversion, in: fields, debugDescription: "not CloudEvents 1.0")
        }
        let type = try fields.decode(String.self, forKey: .type)
        guard type == Self.type else {
            throw DecodingError.dataCorruptedError(forKey: .type, in: fields, debugDescription: "type is \(type), expected \(Self.type)")
        }
        id = try fields.decode(EventID.self, forKey: .id)
        source = try fields.decode(String.self, forKey: .source)
        // A URI reference (RFC 3986) has no blank, quote or backslash, and so it is written again as it is.
        guard !source.isEmpty,
            source.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { throw DecodingError.dataCorruptedError(forKey: .source, in: fields, debugDescription: "not a URI reference") }
        subject = try fields.decodeIfPresent(String.self, forKey: .subject)
        time = try fields.decode(Instant.self, forKey: .time)
        cause = try fields.decodeIfPresent(EventID.self, forKey: .cause)
        expires = try fields.decodeIfPresent(Instant.self, forKey: .expires)
        position = try StreamPosition(from: fields)
        data = try fields.decode(Body.self, forKey: .data)
    }

    package static var type: String { "jp.kazasu.\(Body.type).v1" }

    package init(json: [UInt8]) throws { self = try json.decoded() }
}

/// What can be known of an event whose payload cannot be read: enough to count its number as handled.
package struct EnvelopeHeader: Decodable {
    package let id: EventID?
    package let position: StreamPosition?

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: EnvelopeKey.self)
        id = try? fields.decode(EventID.self, forKey: .id)
        position = try? StreamPosition(from: fields)
    }
}

extension StreamPosition {
    fileprivate init?(from fields: KeyedDecodingContainer<EnvelopeKey>) throws {
        guard let epoch = try fields.decodeIfPresent(Epoch.self, forKey: .epoch) else { return nil }
        // CloudEvents' Sequence extension writes numbers as text.
        guard let number = Int64(try fields.decode(String.self, forKey: .sequence)), (1...Self.largest).contains(number) else {
            throw DecodingError.dataCorruptedError(
                forKey: .sequence, in: fields, debugDescription: "not a whole number from 1 to 2^53 in quotes")
        }
        self.init(epoch: epoch, number: number)
    }
}

package enum EnvelopeKey: String, CodingKey {
    case cause, data, epoch, expires, id, sequence, source, specversion, subject, time, type
}

extension Envelope {
    /// The bytes on the wire. The outer object is written by hand because its keys are always these, in this order.
    package func json(_ offset: UTCOffset = .japan) throws -> [UInt8] {
        let data = try data.json()
        var out = [UInt8]()
        out.reserveCapacity(data.count + 384)
        out.append(UInt8(ascii: "{"))
        if let cause { out.append(key: "\"cause\":\"", plain: cause.description) }
        out += "\"data\":".utf8
        out += data
        out.append(UInt8(ascii: ","))
        if let position { out.append(key: "\"epoch\":\"", plain: position.epoch.text) }
        if let expires { out.append(key: "\"expires\":\"", plain: expires.rfc3339(offset)) }
        out.append(key: "\"id\":\"", plain: id.description)
        if let position { out.append(key: "\"sequence\":\"", plain: String(position.number)) }
        out.append(key: "\"source\":\"", plain: source)
        out += "\"specversion\":\"1.0\",".utf8
        if let subject {
            out += "\"subject\":".utf8
            out += try subject.json()
            out.append(UInt8(ascii: ","))
        }
        out.append(key: "\"time\":\"", plain: time.rfc3339(offset))
        out.append(key: "\"type\":\"", plain: Self.type)
        out[out.count - 1] = UInt8(ascii: "}")
        return out
    }
}

extension [UInt8] {
    /// Appends `"key":"value",` for a value that needs no escaping.
    fileprivate mutating func append(key: StaticString, plain value: String) {
        key.withUTF8Buffer { append(contentsOf: $0) }
        append(contentsOf: value.utf8)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ","))
    }

    package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try Value(from: JSONReading(text: JSONText(self), index: 0))
    }
}

extension Encodable {
    /// Compact JSON with sorted keys: the same value is the same bytes, in every process.
    package func json() throws -> [UInt8] { try JSONWriting.bytes(of: self) }
}
