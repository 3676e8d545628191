/// What an envelope carries.
package protocol Payload: Codable, Sendable, Equatable {
    /// The word in the middle of `jp.kazasu.tap.v1`. It never depends on a verdict.
    static var type: String { get }
    /// `Codable` says how a payload looks. What comes and goes by the hundred thousand does the same by hand, many times as fast.
    static func read(_ json: JSONReading) throws -> Self
    func write(to line: inout JSONLine) throws
}

extension Payload {
    package static func read(_ json: JSONReading) throws -> Self { try Self(from: json) }
    package func write(to line: inout JSONLine) throws { line.raw(try json()) }
}

/// A row of the contract: the topics of one kind in every town, with the payload found there.
///
/// The type parameter keeps a publisher from putting anything else on them, and the class alone says whether the broker retains it.
package struct Channel<Body: Payload>: Hashable, Sendable {
    package let kind: TopicClass
    package let owner: Program
    package let name: TopicName
    /// Programs with many instances put the addressee before the name of a command: `gate-1--purpose-set`.
    package let namesInstance: Bool
    /// A compacted stream: the newest event of each subject is kept for ever, what it replaces is deleted.
    package let isKeyed: Bool

    package init(
        _ kind: TopicClass, of owner: Program, named name: TopicName, toOneOfMany namesInstance: Bool = false, keyed isKeyed: Bool = false
    ) {
        self.kind = kind
        self.owner = owner
        self.name = name
        self.namesInstance = namesInstance
        self.isKeyed = isKeyed
    }

    package func topic(in town: TownID, _ entity: Entity, at instance: Instance? = nil) -> Topic {
        Topic(town: town, owner: owner, kind: kind, entity: entity, name: lastSegment(for: instance))
    }

    /// The subscription that finds all of them.
    package func filter(in town: TownID, at instance: Instance? = nil) -> String {
        "\(town)/\(owner)/\(kind.rawValue)/+/\(lastSegment(for: instance))"
    }

    /// Where the answer to a command or a report on this channel goes.
    package func replyTopic(
        in town: TownID, to asker: UserID, from answerer: Program = "lock-controller", at instance: Instance? = nil
    ) -> Topic {
        Topic(town: town, owner: kind == .command ? owner : answerer, kind: .reply, entity: asker.named(), name: lastSegment(for: instance))
    }

    package func lastSegment(for instance: Instance?) -> TopicName {
        guard namesInstance, let instance else { return name }
        return TopicName("\(instance)--\(name)") ?? name
    }
}
