import Contracts
import People

/// What a directory says to one service: numbered rows, of each person the newest one counting.
package struct FakeDirectory<View: PersonView> {
    package private(set) var epoch = Epoch("1795200000000-dddd")!
    package private(set) var number: Int64 = 0
    private var segments: [Segment] = []

    package init() {}

    package var topic: Topic { View.channel.topic(in: "nagai", "main") }

    /// - Parameter subject: of whom the row says it is; the person in it, unless the directory is mistaken.
    package mutating func row(_ view: View, filedUnder subject: String? = nil, at time: Instant) -> Envelope<View> {
        number += 1
        return Envelope(
            id: EventID(at: time, random: (UInt16(truncatingIfNeeded: number), UInt64(epoch.milliseconds))),
            source: "/nagai/resident-directory/main", subject: subject ?? view.person.text, time: time,
            position: StreamPosition(epoch: epoch, number: number), data: view)
    }

    /// A row about a person that nobody can read.
    package func garbled(_ row: Envelope<View>) throws -> [UInt8] {
        Array(String(decoding: try row.json(), as: UTF8.self).replacing(#""person":"p-"#, with: #""person":"?-"#).utf8)
    }

    /// It starts again on a copy that ends with its `last`th row, and says so.
    package mutating func restored(to last: Int64, at now: Instant) -> Heads {
        segments.append(Segment(epoch: epoch, first: (segments.last?.last ?? 0) + 1, last: last))
        epoch = Epoch(after: epoch, now: now, random: 1)
        number = last
        return Heads(at: now, segments: [topic.description: segments + [Segment(epoch: epoch, first: last + 1, last: last + 1)]])
    }
}

extension PersonID {
    /// The `number`th person of a test.
    package static func person(_ number: Int) -> PersonID { PersonID((0..<10).map { UInt8(truncatingIfNeeded: number >> (8 * (9 - $0))) }) }
}
