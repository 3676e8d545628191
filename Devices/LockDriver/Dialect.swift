import Contracts

/// How one kind of device speaks MQTT: the topics it has, and what stands in them. Nothing of it is signed, so whoever may write a command topic
/// opens the door: the broker lets the driver alone do that.
package struct Dialect: Sendable {
    /// Draws the bolt, or closes the relay that does. It is told for how many seconds; most devices cannot use that.
    package let unlock: Command
    package let lock: Command
    /// All of these must say that it is there.
    package let presence: [Presence]
    package let reports: [Report]
    /// What its own user may do at the broker.
    package let rights: [AccessLine]
    /// How long it may take to say that the bolt has moved.
    package var patience = Duration.seconds(5)
    /// Whether it says that it is there only when it connects, so that hearing it once more means that it was away.
    package var greetsOnce = true
    /// What it keeps on its own command topic and does not obey.
    package var harmless: Set<String> = []

    package var commandTopics: [String] { unlock.topic == lock.topic ? [unlock.topic] : [unlock.topic, lock.topic] }

    /// Everything it says something on, each topic once.
    package var spokenTopics: [String] {
        (presence.map(\.topic) + reports.map(\.topic)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension Dialect {
    package struct Command: Sendable {
        package let topic: String
        private let text: @Sendable (Int) -> String

        init(_ topic: String, _ payload: String) { self.init(topic) { _ in payload } }

        init(_ topic: String, _ payload: @escaping @Sendable (_ seconds: Int) -> String) {
            self.topic = topic
            text = payload
        }

        package func payload(seconds: Int) -> [UInt8] { Array(text(seconds).utf8) }
    }

    /// Where it says whether it is there: a word of its own, and the same from the broker as its last will.
    package struct Presence: Sendable {
        package let topic: String
        let path: [String]
        let online: String

        init(_ topic: String, at path: [String] = [], online: String) {
            (self.topic, self.path, self.online) = (topic, path, online)
        }

        func isOnline(_ payload: [UInt8]) -> Bool { (word(at: path, in: payload) ?? word(at: [], in: payload)) == online }
    }

    /// Where it says something of itself, and what the words there mean. Words that are not listed say nothing.
    package struct Report: Sendable {
        package let topic: String
        private let path: [String]
        private let meaning: @Sendable (String) -> Fact?

        init(_ topic: String, at path: [String] = [], _ words: [String: Fact]) {
            self.init(topic, at: path) { words[$0] }
        }

        init(_ topic: String, at path: [String] = [], meaning: @escaping @Sendable (String) -> Fact?) {
            (self.topic, self.path, self.meaning) = (topic, path, meaning)
        }

        func fact(in payload: [UInt8]) -> Fact? { word(at: path, in: payload).flatMap(meaning) }
    }
}

/// Something a device says of itself.
package enum Fact: Equatable, Sendable {
    case bolt(LockCondition.Bolt)
    case contact(LockCondition.Contact)
    /// Percent.
    case battery(Int)
    case batteryIsLow(Bool)
    case tamper(Bool)
    /// It could not do what it was told last.
    case failed

    static func percent(_ word: String) -> Fact? {
        Double(word).flatMap { (0...100).contains($0) ? .battery(Int($0.rounded())) : nil }
    }
}

/// The word that stands in a payload: all of it, or the member of a JSON object that the path leads to.
func word(at path: [String], in payload: [UInt8]) -> String? {
    guard !path.isEmpty else { return String(validating: payload, as: UTF8.self) }
    guard var value = try? payload.decoded(as: AnyValue.self) else { return nil }
    for name in path {
        guard case .members(let members) = value, let member = members[name] else { return nil }
        value = member
    }
    guard case .word(let word) = value else { return nil }
    return word
}

/// Some value of JSON whose form is another project's business. Lists say nothing to us.
private enum AnyValue: Decodable {
    case word(String)
    case members([String: AnyValue])
    case other

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Key.self) {
            let found = members.allKeys.compactMap { key in (try? members.decode(AnyValue.self, forKey: key)).map { (key.stringValue, $0) }
            }
            self = .members(Dictionary(found, uniquingKeysWith: { $1 }))
            return
        }
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .word(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .word(flag ? "true" : "false")
        } else if let number = try? value.decode(Int64.self) {
            self = .word("\(number)")
        } else if let number = try? value.decode(Double.self) {
            self = .word("\(number)")
        } else {
            self = .other
        }
    }
}
