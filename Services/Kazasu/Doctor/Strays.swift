import Bus
import Contracts
import Launch
import Town

/// What the broker keeps and nobody answers for: of instances that the town's file does not name, and of users whose rights were taken.
///
/// It stays until the broker forgets it, and whoever reads it takes it for the truth.
struct Strays {
    let town: Town
    let revoked: Set<UserID>

    /// What an operator may read of what is kept.
    static func filters(of town: TownID) -> [String] {
        [TopicClass.state, .health, .journal].map { "\(town)/+/\($0.rawValue)/+/+" }
    }

    func problems(among kept: [Message], now: Instant) -> [Problem] {
        let found = kept.filter(\.isRetained).compactMap { message in word(of: message, now).map { "\(message.topic) (\($0))" } }.sorted()
        guard !found.isEmpty else { return [] }
        let more = found.count > 5 ? " and \(found.count - 5) more" : ""
        return [Problem(.amber, "stray", "The broker keeps what nobody answers for: \(found.prefix(5).joined(separator: ", "))\(more).")]
    }

    private func word(of message: Message, _ now: Instant) -> String? {
        guard let topic = Topic(message.topic) else { return "no topic of the contract" }
        guard let writer = writer(of: topic) else { return "not in the contract" }
        guard let instance = instance(of: topic, writer) else {
            return town.door(topic.entity.named()) == nil && topic.isOfDoor ? "no such door in the town's file" : nil
        }
        if revoked.contains(writer.user(instance)) { return "rights taken" }
        guard !town.roster.instances[writer, default: []].contains(instance) else { return nil }
        guard topic.kind == .health, let life = try? message.payload.decoded(as: Life.self) else { return "not in the town's file" }
        let days = (now - life.at).milliseconds / 86_400_000
        return "not in the town's file\(days > 0 ? ", \(days) days old" : "")"
    }

    private func writer(of topic: Topic) -> Role? {
        switch topic.kind {
        case .health: Role(rawValue: topic.owner.text).flatMap { $0.hasLife ? $0 : nil }
        case .journal: Contract.producers.first { $0.program == topic.owner }
        default:
            Contract.rows.first { row in
                guard row.kind == topic.kind, row.owner == topic.owner else { return false }
                return row.namesInstance ? topic.name.text.hasSuffix("--\(row.name)") : row.name == topic.name
            }?.writer
        }
    }

    /// Whose it is by its topic; `nil` where segment 4 names a thing.
    private func instance(of topic: Topic, _ writer: Role) -> Instance? {
        let isInstance = topic.kind != .state || topic.owner == Role.readerAgent.program
        return isInstance ? topic.entity.named() : nil
    }
}

extension Topic {
    fileprivate var isOfDoor: Bool { kind == .state && owner == Role.lockController.program && (name == "door" || name == "lease") }
}
