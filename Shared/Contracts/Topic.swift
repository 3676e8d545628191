/// The third segment of a topic: what kind of message lives there, and so how it is carried.
package enum TopicClass: String, Sendable, CaseIterable {
    case event, state, command, reply, grant, lease, report, feedback, health, journal, ask, batch

    /// Whether the broker keeps the last message. It follows from the class, so an event, a command or a grant cannot be retained.
    package var isRetained: Bool {
        switch self {
        case .state, .lease, .health, .journal: true
        case .event, .command, .reply, .grant, .report, .feedback, .ask, .batch: false
        }
    }

    /// At least once, or at most once for what a later message makes up for.
    package var qos: Int32 {
        switch self {
        case .feedback, .ask: 0
        case .event, .state, .command, .reply, .grant, .lease, .report, .health, .journal, .batch: 1
        }
    }
}

package enum ProgramKind {}
package enum EntityKind {}
package enum TopicNameKind {}
/// `reader-agent`, `lock-controller`, `lock`, …
package typealias Program = Name<ProgramKind>
/// The fourth segment: an instance, a thing, a device or an actor.
package typealias Entity = Name<EntityKind>
package typealias TopicName = Name<TopicNameKind>

/// `{town}/{owner}/{class}/{entity}/{name}`, always five segments.
package struct Topic: Hashable, Sendable, CustomStringConvertible {
    package let town: TownID
    package let owner: Program
    package let kind: TopicClass
    package let entity: Entity
    package let name: TopicName

    package init(town: TownID, owner: Program, kind: TopicClass, entity: Entity, name: TopicName) {
        self.town = town
        self.owner = owner
        self.kind = kind
        self.entity = entity
        self.name = name
    }

    package init?(_ text: String) {
        var text = text
        guard let topic = text.withUTF8({ Self(utf8: $0) }) else { return nil }
        self = topic
    }

    private init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { UnsafeBufferPointer(rebasing: $0) }
        guard parts.count == 5, let town = TownID(utf8: parts[0]), let owner = Program(utf8: parts[1]),
            let kind = TopicClass(rawValue: String(decoding: parts[2], as: UTF8.self)), let entity = Entity(utf8: parts[3]),
            let name = TopicName(utf8: parts[4])
        else { return nil }
        self.init(town: town, owner: owner, kind: kind, entity: entity, name: name)
    }

    /// Made for each message: pieces added to one text cost a third of an interpolation.
    package var description: String {
        var text = ""
        text.reserveCapacity(80)
        for (place, part) in [town.text, owner.text, kind.rawValue, entity.text, name.text].enumerated() {
            if place > 0 { text += "/" }
            text += part
        }
        return text
    }
}

/// One running program as journals and replays name it.
package struct Address: Hashable, Sendable, CustomStringConvertible {
    package let program: Program
    package let instance: Instance

    package init(_ program: Program, _ instance: Instance) {
        self.program = program
        self.instance = instance
    }

    /// `reader-agent--gate-1`
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        // An instance may begin or end with anything a name may, so the first double dash divides.
        guard bytes.count > 3, let cut = (1..<bytes.count - 2).first(where: { bytes[$0] == 45 && bytes[$0 + 1] == 45 }),
            let program = Program(String(decoding: bytes[..<cut], as: UTF8.self)),
            let instance = Instance(String(decoding: bytes[(cut + 2)...], as: UTF8.self))
        else { return nil }
        self.init(program, instance)
    }

    package var description: String { program.text + "--" + instance.text }
    package var name: TopicName { TopicName(description)! }
    package func source(in town: TownID) -> String { "/\(town)/\(program)/\(instance)" }
}
