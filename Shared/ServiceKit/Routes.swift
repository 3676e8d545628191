import Bus
import Contracts
import Journal

/// Which reading takes which topic. Topics are parsed once.
final class Routes {
    enum Route {
        case reading(Reading, Stream)
        case heads(Topic)
        case ask(consumer: Program, Topic)
        case batch(Topic)
        /// Not of this town, not five segments, or nothing we read.
        case none
        /// What this process said itself, given back by the broker.
        case own
    }

    /// A topic we read, and what the host would otherwise put together for each message on it.
    final class Stream {
        let topic: Topic
        let text: String
        /// What an event on it must name as its source.
        let source: String
        /// Whether the town lists the instance that owns it.
        let isListed: Bool

        init(_ topic: Topic, identity: Identity) {
            self.topic = topic
            text = topic.description
            source = Address(topic.owner, topic.entity.named()).source(in: topic.town)
            isListed = identity.lists(topic)
        }
    }

    let subscriptions: [Subscription]
    private let readings: [Key: Reading]
    private let identity: Identity
    private var known: [String: Route] = [:]

    struct Key: Hashable {
        let kind: TopicClass
        let owner: Program
        let name: TopicName
    }

    init(_ reads: [Reading], identity: Identity) {
        self.identity = identity
        let town = identity.town
        let me = identity.address
        var filters = Set(
            reads.map { Subscription(filter: $0.filter(town, me.instance), qos: $0.kind == .health ? 0 : $0.kind.qos) })
        var readings: [Key: Reading] = [:]
        for reading in reads {
            // The last level of the filter is the name as it stands in our topics, addressee included.
            let name = TopicName(reading.filter(town, me.instance).split(separator: "/").last ?? "") ?? reading.name
            let key = Key(kind: reading.kind, owner: reading.owner, name: name)
            // The second would silence the first.
            precondition(readings[key] == nil, "\(reading.owner) \(reading.kind) \(name) is read twice")
            readings[key] = reading
        }
        self.readings = readings
        for producer in Set(reads.filter { $0.kind == .event }.map(\.owner)) {
            filters.insert(Subscription(filter: "\(town)/\(producer)/journal/+/heads", qos: 1))
            filters.insert(Subscription(filter: "\(town)/\(producer)/batch/+/\(me.name)", qos: 1))
        }
        if Contract.producers.contains(where: { $0.program == me.program }) {
            filters.insert(Subscription(filter: "\(town)/+/ask/+/\(me.name)", qos: 0))
        }
        subscriptions = filters.sorted { $0.filter < $1.filter }
    }

    func route(_ text: String) -> Route {
        if let found = known[text] { return found }
        let found = find(text)
        // Only topics a town has; somebody inventing topics cannot fill the memory.
        if known.count > 50_000 { known = [:] }
        known[text] = found
        return found
    }

    func reading(_ topic: Topic) -> Reading? { readings[Key(kind: topic.kind, owner: topic.owner, name: topic.name)] }

    private func find(_ text: String) -> Route {
        guard let topic = Topic(text), topic.town == identity.town else { return .none }
        if topic.owner == identity.address.program, topic.entity == identity.address.instance.named(),
            topic.kind == .event || topic.kind == .journal
        {
            return .own
        }
        switch topic.kind {
        case .journal: return topic.name == "heads" ? .heads(topic) : .none
        case .ask: return topic.name == identity.address.name ? .ask(consumer: topic.owner, topic) : .none
        case .batch: return topic.name == identity.address.name ? .batch(topic) : .none
        default: return reading(topic).map { .reading($0, Stream(topic, identity: identity)) } ?? .none
        }
    }
}
