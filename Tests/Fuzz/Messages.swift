import Contracts
import Journal

extension FuzzTarget {
    /// Envelopes with every payload of the contract, told apart by their `type` as topics do it on the bus.
    static let envelopes = FuzzTarget(name: "envelope") { bytes in
        let kinds =
            (try? bytes.decoded(as: TypeOnly.self)).flatMap { EnvelopeKind.all[$0.type] } ?? EnvelopeKind.all[Envelope<Tapped>.type] ?? []
        let header = try? EnvelopeHeader(json: bytes)
        return try kinds.reduce(false) { try $1.check(bytes, header) || $0 }
    }

    /// The messages that are plain JSON, and the claims of a grant.
    static let plainMessages = FuzzTarget(name: "plain") { bytes in
        let read = [
            try isStable(Heads.self, bytes), try isStable(Ask.self, bytes), try isStable(Life.self, bytes), try isStable(Grant.self, bytes),
        ]
        return read.contains(true)
    }

    static let batches = FuzzTarget(name: "batch") { bytes in
        guard let (header, events) = try? Batch.read(bytes) else { return false }
        let written = try Batch.json(header, events: events)
        guard let again = try? Batch.read(written) else {
            throw Broken("a batch was read, and not when it was written again: \(written.shown)")
        }
        try must(again.header == header && again.events == events, "a batch changes when it is written again: \(written.shown)")
        for event in events { _ = contentDigest(event) }
        return true
    }
}

private struct TypeOnly: Decodable { let type: String }

/// One payload of the contract, seen as bytes alone.
package struct EnvelopeKind: Sendable {
    let check: @Sendable ([UInt8], EnvelopeHeader?) throws -> Bool

    /// By `type`; replies have one name and several answers.
    package static let all: [String: [EnvelopeKind]] = {
        var kinds: [String: [EnvelopeKind]] = [:]
        var added: Set<ObjectIdentifier> = []
        func add<Body: Payload>(_ body: Body.Type) {
            guard added.insert(ObjectIdentifier(body)).inserted else { return }
            kinds[Envelope<Body>.type, default: []].append(EnvelopeKind(body))
        }
        func addAnswer<Question: QuestionBody>(to question: Question.Type) { add(Reply<Question.Answer>.self) }
        for row in Contract.rows {
            add(row.body)
            if let question = row.body as? any QuestionBody.Type { addAnswer(to: question) }
        }
        return kinds
    }()

    /// What is read is written and read again as the same; what is written is one text; its header is found without its payload; its place in the
    /// stream does not belong to its content.
    private init<Body: Payload>(_: Body.Type) {
        check = { bytes, header in
            guard let read = try? Envelope<Body>(json: bytes) else { return false }
            let written = try read.json()
            guard let again = try? Envelope<Body>(json: written) else {
                throw Broken("an envelope was read, and not when it was written again: \(written.shown)")
            }
            try must(again == read, "an envelope changes when it is written again: \(written.shown)")
            try must(try again.json() == written, "an envelope is written in two ways: \(written.shown)")
            try must(header?.id == read.id && header?.position == read.position, "the header says something else: \(bytes.shown)")
            guard let position = read.position else { return true }
            var moved = read
            moved.position = StreamPosition(epoch: position.epoch, number: position.number % StreamPosition.largest + 1)
            try must(contentDigest(try moved.json()) == contentDigest(written), "its number counts as its content: \(written.shown)")
            return true
        }
    }
}

private func isStable<Value: Codable & Equatable>(_: Value.Type, _ bytes: [UInt8]) throws -> Bool {
    guard let read = try? bytes.decoded(as: Value.self) else { return false }
    let written = try read.json()
    guard let again = try? written.decoded(as: Value.self) else {
        throw Broken("\(Value.self) was read, and not when it was written again: \(written.shown)")
    }
    try must(again == read, "\(Value.self) changes when it is written again: \(written.shown)")
    try must(try again.json() == written, "\(Value.self) is written in two ways: \(written.shown)")
    return true
}
