import Contracts

/// The whole published contract: every topic, and the schema of every payload.
package struct Book {
    /// Of the contract. Raised with each release of it.
    package static let version = "0.1.0"
    package static let dialect: JSON = "https://json-schema.org/draft/2020-12/schema"

    package let topics: [BookTopic]
    /// By the name of their file without `.json`, in the order of the topics.
    package let schemas: [(name: String, schema: JSON)]
    let comments: Comments

    package init(comments: Comments) throws {
        topics = try Contract.rows.flatMap(BookTopic.topics) + BookTopic.machinery()
        self.comments = comments
        var schemas: [(name: String, schema: JSON)] = [("envelope", Envelope<Tapped>.schema)]
        for topic in topics where topic.form != .text && !schemas.contains(where: { $0.name == topic.schema }) {
            var schema = JSON.object([
                .init(key: "$schema", value: Self.dialect), .init(key: "title", value: .text(topic.schema)),
            ])
            schema.append(comments.schema(of: topic.shape))
            if topic.kind == .batch { schema.insert(property: "events", Self.events) }
            schemas.append((topic.schema, schema))
        }
        self.schemas = schemas
    }

    /// `BatchHeader` ends where the journaled events begin: they are handed on byte for byte.
    private static let events: JSON = [
        "description": "The journaled events that still exist, byte for byte as they were said; none unless the answer is `events`.",
        "type": "array", "items": ["$ref": "envelope.json"],
    ]

    package func schema(_ name: String) -> JSON? { schemas.first { $0.name == name }?.schema }

    /// What a topic means to whoever reads it.
    package func meaning(of topic: BookTopic) -> String {
        switch topic.kind {
        case .reply: "The answer to `\(topic.schema.dropFirst(6).prefix { $0 != "." })`."
        case .batch: "The answer to an `ask`: all that still exists of the numbers asked for."
        case .ask where topic.form == .text: "Said once at a start, to try whether the broker keeps sessions."
        default: schema(topic.schema)?["description"]?.text ?? ""
        }
    }

    /// What is compared from release to release: no prose.
    package var release: JSON {
        [
            "version": .text(Self.version),
            "topics": .array(
                topics.map { topic in
                    [
                        "address": .text(topic.address), "class": .text(topic.kind.rawValue), "form": .text(topic.form.rawValue),
                        "type": .text(topic.type), "schema": .text(topic.schema), "retained": .flag(topic.kind.isRetained),
                        "keyed": .flag(topic.isKeyed),
                        "qos": .whole(topic.qos), "writers": .array(topic.writers.map { .text($0.rawValue) }),
                        "readers": .array(topic.readers.map { .text($0.rawValue) }),
                    ]
                }),
            "schemas": .object(schemas.map { .init(key: $0.name, value: $0.schema.without("description")) }),
        ]
    }
}

extension Envelope {
    /// What stands around every `data`. Written by hand, as the envelope itself is.
    static var schema: JSON {
        func text(_ description: String, _ pattern: String) -> JSON {
            ["description": .text(description), "type": "string", "pattern": .text(pattern)]
        }
        let name = Instance.pattern.dropFirst().dropLast()
        return [
            "$schema": Book.dialect, "title": "envelope",
            "description": "CloudEvents 1.0 in structured JSON: UTF-8, compact, keys sorted, at most 32 KiB.", "type": "object",
            "required": ["data", "id", "source", "specversion", "time", "type"],
            // Both or neither: a place in a stream.
            "dependentRequired": ["epoch": ["sequence"], "sequence": ["epoch"]],
            "properties": [
                "again": [
                    "description":
                        "Commands only: true when one that was obeyed is given again, under its id and with its data, to a service that was put back from a copy.",
                    "type": "boolean",
                ],
                "cause": text("The id of what this follows from; in a reply, of what is answered.", EventID.pattern),
                "data": ["description": "What the type says.", "type": "object"],
                "epoch": text("Which life of the producer's journal wrote it; events only.", Epoch.pattern),
                "expires": text("After this moment the answer is a refusal; commands only. 30 s after `time` if absent.", Instant.pattern),
                "id": text("A ULID. Said again, it is the same event.", EventID.pattern),
                "sequence": text("The number in its topic, in quotes, from 1 to 2^53; events only.", "^[1-9][0-9]{0,15}$"),
                "source": text("`/town/program/instance`", "^/\(name)/\(name)/\(name)$"),
                "specversion": ["const": "1.0"],
                "subject": ["description": "What it is about, when the topic does not already say it.", "type": "string"],
                "time": text("When it happened in the world.", Instant.pattern),
                "type": text("`jp.kazasu.`, the word, and the version of what `data` holds.", "^jp\\.kazasu\\.[a-z0-9-]+\\.v[1-9][0-9]*$"),
            ],
        ]
    }
}

extension Comments {
    /// JSON Schema of a shape. Members that it does not name are allowed: readers ignore what they do not know.
    package func schema(of shape: Shape, of field: String? = nil) -> JSON {
        let note = field.flatMap { self[$0] }
        func schema(_ type: JSON, note: String?, _ members: (String, JSON)...) -> JSON {
            let described = note.map { [JSON.Member(key: "description", value: .text($0))] } ?? []
            return .object(described + [.init(key: "type", value: type)] + members.map { .init(key: $0.0, value: $0.1) })
        }
        switch shape {
        case .text: return schema("string", note: note)
        case .form(let pattern): return schema("string", note: note, ("pattern", .text(pattern)))
        case .whole: return schema("integer", note: note)
        case .number: return schema("number", note: note)
        case .flag: return schema("boolean", note: note)
        case .list(let element): return schema("array", note: note, ("items", self.schema(of: element)))
        case .map(let value): return schema("object", note: note, ("additionalProperties", self.schema(of: value)))
        case .words(let type, let words):
            let meanings = words.compactMap { word in self["\(type).\(word.name)"].map { "`\(word.text)`: \($0)" } }
            let notes = ([note ?? self[type]].compactMap { $0 } + meanings).joined(separator: " ")
            return schema("string", note: notes.isEmpty ? nil : notes, ("enum", .array(words.map { .text($0.text) })))
        case .record(let type, let fields):
            return schema(
                "object", note: note ?? self[type], ("required", .array(fields.filter(\.isRequired).map { .text($0.name) })),
                (
                    "properties",
                    .object(fields.map { .init(key: $0.name, value: self.schema(of: $0.shape, of: "\(type).\($0.name)")) })
                ))
        }
    }
}

extension JSON {
    fileprivate mutating func append(_ other: JSON) { self = .object(members + other.members) }

    fileprivate mutating func insert(property name: String, _ schema: JSON) {
        self = .object(
            members.map { member in
                if member.key == "required" { return .init(key: "required", value: .array(member.value.elements + [.text(name)])) }
                guard member.key == "properties" else { return member }
                let properties = (member.value.members + [.init(key: name, value: schema)]).sorted { $0.key < $1.key }
                return .init(key: "properties", value: .object(properties))
            })
    }
}
