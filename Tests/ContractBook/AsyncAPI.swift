import Contracts

extension Book {
    /// The contract as an AsyncAPI 3.0.0 document: a channel a topic, an operation a writer, a message a payload.
    package var asyncAPI: JSON {
        [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Kazasu", "version": .text(Self.version),
                "description": "A town's tap bus over MQTT. Made from the Swift contract; see topics.md for the same as a page.",
                "license": ["name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"],
            ],
            "defaultContentType": "application/cloudevents+json",
            "servers": [
                "town": [
                    "host": "{host}:8883", "protocol": "secure-mqtt", "protocolVersion": "5",
                    "description":
                        "The town's broker. Nothing rests on MQTT 5: 3.1.1 will do. The client certificate's common name is the user and the client id.",
                    "variables": ["host": ["default": "localhost"]],
                    "security": [["$ref": "#/components/securitySchemes/certificate"]],
                ]
            ],
            "channels": .object(topics.map { .init(key: $0.key, value: channel($0)) }),
            "operations": .object(topics.flatMap { topic in topic.writers.map { operation(topic, by: $0) } }),
            "components": [
                "securitySchemes": ["certificate": ["type": "X509", "description": "Signed by the town's own authority."]],
                "messages": .object(messages),
            ],
        ]
    }

    private func channel(_ topic: BookTopic) -> JSON {
        [
            "address": .text(topic.address), "summary": .text(meaning(of: topic)),
            "messages": .object([.init(key: topic.schema, value: ["$ref": .text("#/components/messages/\(topic.schema)")])]),
            "parameters": .object(topic.parameters.map { .init(key: $0, value: ["description": .text(Self.parameters[$0] ?? $0)]) }),
            "x-class": .text(topic.kind.rawValue), "x-keyed": .flag(topic.isKeyed),
            "x-writers": .array(topic.writers.map { .text($0.rawValue) }),
            "x-readers": .array(topic.readers.map { .text($0.rawValue) }),
        ]
    }

    static let parameters = [
        "town": "The town's name.", "agent": "A reader-agent's instance, one machine.", "reader": "A reader of that agent.",
        "door": "A door of the town, which is also its lock's name.", "instance": "The program's instance; `main`.",
        "producer": "The instance of the program that keeps the journal; `main`.",
        "name": "The name of a desk, a registrar, a shelter desk or an operator.",
    ]

    private func operation(_ topic: BookTopic, by writer: Role) -> JSON.Member {
        var members: [JSON.Member] = [
            .init(key: "action", value: "send"), .init(key: "channel", value: ["$ref": .text("#/channels/\(topic.key)")]),
            .init(key: "title", value: .text("\(writer.rawValue) says it")),
            .init(
                key: "bindings",
                value: [
                    "mqtt": ["qos": .whole(topic.qos), "retain": .flag(topic.kind.isRetained), "bindingVersion": "0.2.0"]
                ]),
        ]
        if let answer = topics.first(where: { $0.address == topic.replyAddress }) {
            members.append(.init(key: "reply", value: ["channel": ["$ref": .text("#/channels/\(answer.key)")]]))
        }
        return .init(key: "\(writer.rawValue).says.\(topic.key)", value: .object(members))
    }

    private var messages: [JSON.Member] {
        topics.reduce(into: []) { messages, topic in
            guard !messages.contains(where: { $0.key == topic.schema }) else { return }
            messages.append(.init(key: topic.schema, value: message(topic)))
        }
    }

    private func message(_ topic: BookTopic) -> JSON {
        let file: JSON = ["$ref": .text("./schemas/\(topic.schema).json")]
        let (contentType, schema): (JSON, JSON) =
            switch topic.form {
            case .cloudEvent: ("application/cloudevents+json", around(file, topic))
            case .json: ("application/json", file)
            case .jws: ("application/jose", ["type": "string", "pattern": "^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){2}$"])
            case .jwsWithList: ("application/octet-stream", ["type": "string", "format": "binary"])
            case .text: ("text/plain", ["type": "string"])
            }
        var members: [JSON.Member] = [
            .init(key: "name", value: .text(topic.type)), .init(key: "contentType", value: contentType),
            .init(
                key: "payload",
                value: ["schemaFormat": "application/schema+json;version=draft-2020-12", "schema": schema]),
        ]
        if topic.form == .jws || topic.form == .jwsWithList { members.append(.init(key: "x-claims", value: file)) }
        return .object(members)
    }

    /// The envelope, and what it must hold beside the payload because of its class.
    private func around(_ data: JSON, _ topic: BookTopic) -> JSON {
        let required: [JSON] =
            switch topic.kind {
            case .event: ["epoch", "sequence"]
            case .reply: ["cause"]
            case .state, .command, .report, .feedback, .grant, .lease, .health, .journal, .ask, .batch: []
            }
        var around: [JSON.Member] = [
            .init(key: "properties", value: ["type": ["const": .text(topic.type)], "data": data])
        ]
        if !required.isEmpty { around.insert(.init(key: "required", value: .array(required)), at: 0) }
        return ["allOf": [["$ref": "./schemas/envelope.json"], .object(around)]]
    }
}
