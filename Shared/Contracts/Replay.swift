/// The heads of a producer's streams, retained: what a consumer compares with what it has.
package struct Heads: Codable, Sendable, Equatable {
    /// The watermark: every event with `time` ≤ this is numbered in here.
    package var at: Instant
    /// The producer's present life: all that it said in earlier ones, and still has, is in `segments`.
    package var epoch: Epoch?
    /// By topic, oldest first.
    package var segments: [String: [Segment]]

    package init(at: Instant, epoch: Epoch? = nil, segments: [String: [Segment]]) {
        self.at = at
        self.epoch = epoch
        self.segments = segments
    }
}

/// Numbers `first...last` of one topic, written in one life of the producer.
package struct Segment: Codable, Sendable, Equatable {
    package var epoch: Epoch
    package var first: Int64
    package var last: Int64
    /// The oldest of the lives that were folded into this one, where there were too many to list. Each event keeps the epoch it was said under.
    package var since: Epoch?

    package init(epoch: Epoch, first: Int64, last: Int64, since: Epoch? = nil) {
        self.epoch = epoch
        self.first = first
        self.last = last
        self.since = since
    }
}

/// "Send me these numbers." One in flight a stream.
package struct Ask: Codable, Sendable, Equatable {
    package var epoch: Epoch
    package var from: Int64
    package var to: Int64
    package var topic: String

    package init(topic: String, epoch: Epoch, from: Int64, to: Int64) {
        self.topic = topic
        self.epoch = epoch
        self.from = from
        self.to = to
    }
}

/// What stands before the events of a batch. All of `from...to` is answered: what is not among the events does not exist (any more).
package struct BatchHeader: Codable, Sendable, Equatable {
    /// At most this many events in a batch …
    package static let limit = 500
    /// … and this many bytes; AWS IoT Core carries 128 KiB.
    package static let bytes = 96 * 1024

    package enum Answer: String, Codable, Sendable, CaseIterable {
        case events
        /// The producer does not know this segment.
        case gone
        /// The contract does not let this consumer read the topic.
        case denied
    }

    package var answer: Answer
    package var epoch: Epoch
    package var from: Int64
    package var to: Int64
    package var topic: String

    package init(_ answer: Answer, topic: String, epoch: Epoch, from: Int64, to: Int64) {
        self.answer = answer
        self.topic = topic
        self.epoch = epoch
        self.from = from
        self.to = to
    }
}

extension Topic {
    package static func heads(of producer: Address, in town: TownID) -> Self {
        Self(town: town, owner: producer.program, kind: .journal, entity: producer.instance.named(), name: "heads")
    }

    package static func ask(from consumer: Address, to producer: Address, in town: TownID) -> Self {
        Self(town: town, owner: consumer.program, kind: .ask, entity: consumer.instance.named(), name: producer.name)
    }

    package static func batch(from producer: Address, to consumer: Address, in town: TownID) -> Self {
        Self(town: town, owner: producer.program, kind: .batch, entity: producer.instance.named(), name: consumer.name)
    }

    package static func life(of program: Address, in town: TownID) -> Self {
        Self(town: town, owner: program.program, kind: .health, entity: program.instance.named(), name: "life")
    }

    /// Where a process tries at its start whether the broker keeps sessions. Written and read by that process alone, never retained.
    package static func probe(of program: Address, in town: TownID) -> Self {
        Self(town: town, owner: program.program, kind: .ask, entity: program.instance.named(), name: "session-probe")
    }
}
