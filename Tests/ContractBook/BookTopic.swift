import Contracts

/// One topic of the published contract: a row of `Contract`, or what journals, lives and locks have beside the rows.
package struct BookTopic {
    /// How the bytes are to be read.
    package enum Form: String {
        /// CloudEvents 1.0 in structured JSON around the schema's `data`.
        case cloudEvent = "cloudevent"
        case json
        /// JWS compact around the schema's claims.
        case jws
        /// The same on the first line, and after it a list in bytes that a claim names by its digest.
        case jwsWithList = "jws-list"
        case text
    }

    /// With its parameters in braces: `{town}/reader-agent/event/{agent}/tap`.
    package let address: String
    package let kind: TopicClass
    package let form: Form
    /// The CloudEvents type, or what stands for it: `jp.kazasu.tap.v1`, `life`.
    package let type: String
    /// The payload's schema, the name of its file without `.json`.
    package let schema: String
    package let shape: Shape
    package let writers: [Role]
    package let readers: [Role]
    /// Where the answer goes; its address.
    package var replyAddress: String?
    /// A compacted stream, whose key is the envelope's subject.
    package var isKeyed = false
    /// Who asks or is answered, where others ask the same at a topic of their own.
    var asker: Role?
    /// Decodes a message and writes it again; both ways ours.
    package let rewritten: ([UInt8]) throws -> [UInt8]

    /// `reader-agent.event.tap`, `desk.ask.reader-agent`: names the topic within the contract, without its parameters.
    package var key: String {
        let parts = address.split(separator: "/")
        let name = parts[4].split(separator: "{").first.map { $0.hasSuffix("--") ? $0.dropLast(2) : $0 } ?? ""
        let last = parts[4].split(separator: "}").last.map { $0.hasPrefix("--") ? $0.dropFirst(2) : $0 } ?? ""
        let owner = parts[1].hasPrefix("{") ? "any" : String(parts[1])
        let own = asker.map { "\($0.rawValue)-" } ?? ""
        return "\(owner).\(parts[2]).\(own)\(parts[4].hasPrefix("{") ? last : name)"
    }

    /// The probe is about what the broker keeps, and it keeps nothing that was sent with 0.
    package var qos: Int { form == .text ? 1 : Int(kind.qos) }

    package var parameters: [String] {
        address.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { String($0.prefix { $0 != "}" }) }
    }
}

extension BookTopic {
    /// What the machinery says as plain JSON.
    private static func plain<Body: Codable>(
        _ body: Body.Type, _ kind: TopicClass, _ address: String, from writer: Role, to readers: [Role]
    ) throws -> Self {
        let type = String(describing: body).lowercased()
        return Self(
            address: address, kind: kind, form: .json, type: type, schema: type, shape: try Shape(of: body), writers: [writer],
            readers: readers, rewritten: { try $0.decoded(as: body).json() })
    }

    private static func event<Body: Payload>(
        _ body: Body.Type, named schema: String, at address: String, from writer: Role, to readers: [Role], answeredAt reply: String? = nil
    ) throws -> Self {
        Self(
            address: address, kind: Body.kind, form: .cloudEvent, type: Envelope<Body>.type, schema: schema, shape: try Shape(of: body),
            writers: [writer], readers: readers, replyAddress: reply, rewritten: { try Envelope<Body>(json: $0).json() })
    }

    /// The topics of one row: its own and, where it asks, the one of the answer.
    static func topics(of row: ContractRow) throws -> [Self] {
        let name = row.namesInstance ? "{\(row.kind == .state ? "reader" : "agent")}--\(row.name)" : row.name.text
        let entity =
            switch row.kind {
            case .event, .report: row.owner == "lock" ? "{door}" : row.writer.instance
            case .state: row.writer == .readerAgent ? "{agent}" : row.readers == [.home] ? "{home}" : "{door}"
            case .feedback: "{agent}"
            case .command, .reply, .grant, .lease, .health, .journal, .ask, .batch:
                "\(row.writer.rawValue)-\(row.writer.isStation ? "{name}" : row.writer.instance)"
            }
        let address = "{town}/\(row.owner)/\(row.kind.rawValue)/\(entity)/\(name)"
        guard let question = row.body as? any QuestionBody.Type else {
            var topic = try event(row.body, named: row.word, at: address, from: row.writer, to: row.readers)
            topic.isKeyed = row.isKeyed
            return [topic]
        }
        // A device's user carries its kind in front; whoever answers owns the topic of the answer.
        let asker = row.kind == .report ? "\(row.owner)-\(entity)" : entity
        return try row.readers.flatMap { reader in
            let answer = "{town}/\(reader.program)/reply/\(asker)/\(name)"
            return [
                try event(row.body, named: row.word, at: address, from: row.writer, to: [reader], answeredAt: answer),
                try reply(to: question, named: "reply-\(row.word)", at: answer, from: reader, to: row.writer),
            ]
        }
    }

    private static func reply<Question: QuestionBody>(
        to question: Question.Type, named schema: String, at address: String, from writer: Role, to reader: Role
    ) throws -> Self {
        try event(Reply<Question.Answer>.self, named: schema, at: address, from: writer, to: [reader])
    }

    /// What every process answers, under an owner of its own that is called as the question is.
    private static func askedOfAll<Question: QuestionBody>(_ question: Question.Type) throws -> [Self] {
        let askers = Contract.askedOfAll.filter { $0.owner.text == question.type }.map(\.asker)
        return try askers.flatMap { asker in
            try Contract.producers.flatMap { process in
                let name = "\(asker.rawValue)-{name}/\(process.program)--\(process.instance)"
                let answer = "{town}/\(question.type)/reply/\(name)"
                var topics = [
                    try event(
                        question, named: "\(question.type).v1", at: "{town}/\(question.type)/command/\(name)", from: asker, to: [process],
                        answeredAt: answer),
                    try reply(to: question, named: "reply-\(question.type).v1", at: answer, from: process, to: asker),
                ]
                for index in topics.indices where asker != askers.first { topics[index].asker = asker }
                return topics
            }
        }
    }

    /// Lives, journals, orders to locks.
    static func machinery() throws -> [Self] {
        var topics: [Self] = []
        topics.append(
            Self(
                address: "{town}/lock-controller/grant/{door}/\(Grant.topicName)", kind: .grant, form: .jws, type: Grant.type,
                schema: "grant", shape: try Shape(of: Grant.self), writers: [.lockController], readers: [.lock],
                rewritten: { try $0.decoded(as: Grant.self).json() }))
        for part in Lease.Part.allCases {
            topics.append(
                Self(
                    address: "{town}/lock-controller/lease/{door}/\(part.topicName)", kind: .lease, form: .jwsWithList, type: Lease.type,
                    schema: "lease-head", shape: try Shape(of: Lease.self), writers: [.lockController], readers: [.lock],
                    rewritten: { try $0.decoded(as: Lease.self).json() }))
        }
        for role in Role.allCases where role.hasLife {
            let readers = Role.allCases.filter { Contract.livesRead(by: $0).contains(role) }
            topics.append(try plain(Life.self, .health, "{town}/\(role.program)/health/\(role.instance)/life", from: role, to: readers))
        }
        topics += try askedOfAll(Upkeep.self) + askedOfAll(FindUses.self)
        for producer in Contract.producers {
            let consumers = Contract.consumers(of: producer)
            topics.append(
                try plain(
                    Heads.self, .journal, "{town}/\(producer.program)/journal/\(producer.instance)/heads", from: producer, to: consumers))
            for consumer in consumers {
                // Two parameters of one address have two names.
                let asked = producer.instance == consumer.instance ? "{producer}" : producer.instance
                let (asks, answers) = ("\(consumer.program)/ask/\(consumer.instance)", "\(producer.program)/batch/\(asked)")
                var ask = try plain(Ask.self, .ask, "{town}/\(asks)/\(producer.program)--\(asked)", from: consumer, to: [producer])
                let batch = "{town}/\(answers)/\(consumer.program)--\(consumer.instance)"
                ask.replyAddress = batch
                topics.append(ask)
                topics.append(
                    Self(
                        address: batch, kind: .batch, form: .json, type: "batch", schema: "batch", shape: try Shape(of: BatchHeader.self),
                        writers: [producer], readers: [consumer],
                        rewritten: { json in
                            let batch = try Batch.read(json)
                            return try Batch.json(batch.header, events: batch.events)
                        }))
            }
        }
        for role in Role.allCases where role.connects {
            topics.append(
                Self(
                    address: "{town}/\(role.program)/ask/\(role.instance)/session-probe", kind: .ask, form: .text, type: "session-probe",
                    schema: "session-probe", shape: .text, writers: [role], readers: [role], rewritten: { $0 }))
        }
        return topics
    }
}

extension ContractRow {
    /// `tap.v1` of `jp.kazasu.tap.v1`
    var word: String { type.split(separator: ".").dropFirst(2).joined(separator: ".") }
}

extension Role {
    /// What names one of its processes in a topic. There is one instance of each service in a town, called `main`.
    var instance: String {
        switch self {
        case .readerAgent: "{agent}"
        case .lock, .keypad: "{door}"
        case .desk, .registrar, .shelterDesk, .pointsDesk, .noticeDesk, .receptionDesk, .resident, .operator: "{name}"
        case .home: "{home}"
        case .till: "{shop}"
        default: "{instance}"
        }
    }
}
