import Contracts

/// What a shelter-registry says of its shelters: numbered rows, of each shelter the newest one counting.
package struct FakeRegistry {
    private var epoch = Epoch("1795200000000-ssss")!
    private var number: Int64 = 0
    private var segments: [Segment] = []

    package init() {}

    package var topic: Topic { Channel.shelters.topic(in: "nagai", "main") }

    /// - Parameters:
    ///   - subject: of which the row says it is; the shelter in it, unless the registry is mistaken.
    ///   - since: the moment of the row, unless the shelter is described anew.
    package mutating func row(
        _ shelter: ShelterID, _ stage: ShelterRun.Stage, drill: Bool = false, until: Instant? = nil, since: Instant? = nil,
        filedUnder subject: String? = nil, at time: Instant
    ) -> Envelope<ShelterChanged> {
        number += 1
        let run = ShelterRun(stage, since: since ?? time, by: "shelter-desk-hq", drill: drill, until: until)
        return Envelope(
            id: EventID(at: time, random: (UInt16(truncatingIfNeeded: number), UInt64(epoch.milliseconds))),
            source: "/nagai/shelter-registry/main", subject: subject ?? shelter.text, time: time,
            position: StreamPosition(epoch: epoch, number: number), data: ShelterChanged(Shelter(shelter, title: "第一中学校"), run))
    }

    /// It starts again on a copy that ends with its `last`th row, and says so.
    package mutating func restored(to last: Int64, at now: Instant) -> Heads {
        segments.append(Segment(epoch: epoch, first: (segments.last?.last ?? 0) + 1, last: last))
        epoch = Epoch(after: epoch, now: now, random: 1)
        number = last
        return Heads(at: now, segments: [topic.description: segments + [Segment(epoch: epoch, first: last + 1, last: last + 1)]])
    }
}
