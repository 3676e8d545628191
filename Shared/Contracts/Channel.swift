/// What an envelope carries.
package protocol Payload: Codable, Sendable, Equatable {
    /// The word in the middle of `jp.kazasu.tap.v1`. It never depends on a verdict.
    static var type: String { get }
    /// `Codable` says how a payload looks. What comes and goes by the hundred thousand does the same by hand, many times as fast.
    static func read(_ json: JSONReading) throws -> Self
    func write(to line: inout JSONLine) throws
    /// The class of the topics it is found on, and so how it is carried. It belongs to the type: what is an event cannot be published as a state,
    /// and nothing but a state is retained.
    static var kind: TopicClass { get }
}

extension Payload {
    package static func read(_ json: JSONReading) throws -> Self { try Self(from: json) }
    package func write(to line: inout JSONLine) throws { line.raw(try json()) }
}

/// A journaled fact.
package protocol EventBody: Payload {}
/// The latest whole snapshot of a thing.
package protocol StateBody: Payload {}
/// What is answered with a `Reply<Answer>`.
package protocol QuestionBody: Payload {
    associatedtype Answer: Codable & Sendable & Equatable
}
/// Asks for something.
package protocol CommandBody: QuestionBody {}
/// What a device without a journal says.
package protocol ReportBody: QuestionBody {}
/// What the person at a reader should see and hear of their tap: seconds of life, no names.
package protocol FeedbackBody: Payload {
    var tap: EventID { get }
}

extension EventBody { package static var kind: TopicClass { .event } }
extension StateBody { package static var kind: TopicClass { .state } }
extension CommandBody { package static var kind: TopicClass { .command } }
extension ReportBody { package static var kind: TopicClass { .report } }
extension FeedbackBody { package static var kind: TopicClass { .feedback } }

/// A row of the contract: the topics of one kind in every town, with the payload found there.
///
/// The type parameter keeps a publisher from putting anything else on them, and its class alone says whether the broker retains it.
package struct Channel<Body: Payload>: Hashable, Sendable {
    package var kind: TopicClass { Body.kind }
    package let owner: Program
    package let name: TopicName
    /// Programs with many instances put the addressee before the name of a command: `gate-1--purpose-set`.
    package let namesInstance: Bool
    /// A compacted stream: the newest event of each subject is kept for ever, what it replaces is deleted.
    package let isKeyed: Bool

    package init(
        of owner: Program, named name: TopicName, toOneOfMany namesInstance: Bool = false, keyed isKeyed: Bool = false
    ) {
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
