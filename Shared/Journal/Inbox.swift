import Contracts
import Store

/// The consumer's half: which numbers of which segments are handled, and which are missing.
///
/// A repeat is known by its id; numbers only find holes, and nothing waits behind one. Segments are kept in memory and written back by `save`;
/// after a rollback the owner makes a new `Inbox`.
package struct Inbox {
    private var topics: [String: [Epoch: Track]] = [:]
    private var touched: Set<Key> = []
    /// Topics with at least one gap.
    package private(set) var gapped: Set<String> = []

    private struct Key: Hashable {
        let topic: String
        let epoch: Epoch
    }

    struct Track: Equatable {
        var next: Int64
        /// The newest number the producer has spoken of.
        var head: Int64
        var gaps: [ClosedRange<Int64>] = []
        /// Whether the table has gaps of this segment, perhaps others by now.
        var hasStoredGaps = false
    }

    package init(in db: borrowing Transaction) throws {
        for (topic, epoch, next, head) in try db.all(
            "SELECT topic, epoch, next, head FROM inbox", read: { ($0.text(0), $0.text(1), $0.int(2), $0.int(3)) })
        {
            if let epoch = Epoch(epoch) { topics[topic, default: [:]][epoch] = Track(next: next, head: head) }
        }
        for (topic, epoch, first, last) in try db.all(
            "SELECT topic, epoch, first, last FROM inbox_gap ORDER BY topic, epoch, first",
            read: { ($0.text(0), $0.text(1), $0.int(2), $0.int(3)) })
        {
            guard let epoch = Epoch(epoch) else { continue }
            topics[topic]?[epoch]?.gaps.append(first...last)
            topics[topic]?[epoch]?.hasStoredGaps = true
            gapped.insert(topic)
        }
    }

    /// Whether this number is the newest its producer has spoken of, so that an event that came live is not an old one late.
    package func isAtHead(_ topic: String, _ position: StreamPosition) -> Bool {
        guard let tracks = topics[topic] else { return true }
        if let newer = tracks.keys.max(), newer > position.epoch { return false }
        return position.number >= tracks[position.epoch]?.head ?? 0
    }

    /// - Returns: whether this number was not handled before.
    @discardableResult
    package mutating func handle(_ position: StreamPosition, on topic: String) -> Bool {
        var track = topics[topic]?[position.epoch] ?? Track(next: 0, head: 0)
        let number = position.number
        var isNew = true
        if number >= track.next {
            // At first sight everything below is a gap from 0: what the producer has of it is asked for, what it has not was never ours to lose.
            if number > max(track.next, 1) { track.add(track.next...number - 1) }
            track.next = number + 1
            track.head = max(track.head, number)
        } else {
            isNew = track.remove(number...number) > 0
        }
        put(track, topic, position.epoch)
        return isNew
    }

    /// The same for an event that was asked for. A producer that started often has folded its oldest segments into one and answers for all of them under
    /// its epoch; what this consumer never knew under an epoch of its own stays so.
    package mutating func handle(_ position: StreamPosition, askedAs epoch: Epoch, on topic: String) -> Bool {
        guard epoch != position.epoch else { return handle(position, on: topic) }
        let isNew = handle(StreamPosition(epoch: epoch, number: position.number), on: topic)
        return topics[topic]?[position.epoch] == nil ? isNew : handle(position, on: topic)
    }

    /// Forgets segments without a gap that ended before `limit` and that their producer lists no more: what came in them is known by its id, as long as
    /// it may be said again.
    package mutating func forget(before limit: Instant, listed: [Segment], on topic: String, in db: borrowing Transaction) throws {
        guard let oldest = listed.map(\.epoch).min(), let tracks = topics[topic], tracks.keys.contains(where: { $0 < oldest }) else {
            return
        }
        let epochs = tracks.keys.sorted()
        // A segment ended when the next one began.
        for (epoch, next) in zip(epochs, epochs.dropFirst())
        where epoch < oldest && next.milliseconds < limit.milliseconds && tracks[epoch]?.gaps.isEmpty ?? false {
            topics[topic]?[epoch] = nil
            touched.remove(Key(topic: topic, epoch: epoch))
            try db.run("DELETE FROM inbox WHERE topic = ? AND epoch = ?", topic, epoch.text)
            try db.run("DELETE FROM inbox_gap WHERE topic = ? AND epoch = ?", topic, epoch.text)
        }
    }

    /// Learns which numbers exist.
    /// - Parameter life: the producer's present one, where it says so; then what it said in earlier ones is closed, though it has said nothing since.
    /// - Returns: ranges that were applied here and that a restored producer no longer has.
    package mutating func learn(_ segments: [Segment], life: Epoch? = nil, on topic: String) -> [Segment] {
        var orphaned = vanish(segments, life, on: topic)
        for (index, segment) in segments.enumerated()
        where segment.first >= 0 && segment.last >= segment.first && segment.last <= StreamPosition.largest {
            var track = topics[topic]?[segment.epoch] ?? Track(next: segment.first, head: 0)
            let isClosed = index < segments.count - 1 || life.map { segment.epoch < $0 } ?? false
            if segment.last >= track.next {
                track.add(track.next...segment.last)
                track.next = segment.last + 1
            } else if isClosed, segment.last < track.next - 1 {
                orphaned.append(Segment(epoch: segment.epoch, first: segment.last + 1, last: track.next - 1))
                track.remove(segment.last + 1...track.next - 1)
                track.next = segment.last + 1
            }
            track.head = max(track.head, segment.last)
            put(track, topic, segment.epoch)
        }
        return orphaned
    }

    /// Segments we know before one that the producer lists, and which it does not list. Numbers go on over segments, so what it has deleted after its
    /// time lies below what it lists; the rest was written before it was restored to an older copy.
    private mutating func vanish(_ segments: [Segment], _ life: Epoch?, on topic: String) -> [Segment] {
        guard let tracks = topics[topic], let newest = [segments.last?.epoch, life].compactMap({ $0 }).max() else { return [] }
        let first = segments.first?.first ?? 1
        let gone = tracks.keys.filter { epoch in epoch < newest && !segments.contains { $0.epoch == epoch } }
        return gone.sorted().compactMap { epoch in
            guard var track = tracks[epoch] else { return nil }
            let before = segments.last { ($0.since ?? $0.epoch) <= epoch }
            let below = before?.last ?? first - 1
            let last = track.next - 1
            if let before, before.epoch < epoch, last >= 1, last < before.last || last == before.last && track.head == last {
                // A later life's numbers begin behind the end of an earlier one: a copy of the producer has written them, and nobody has them now. One that
                // ends where the earlier one does, and went further once, was said to have vanished before.
                track.remove(0...last)
                track.next = 1
                put(track, topic, epoch)
                return Segment(epoch: epoch, first: 1, last: last)
            }
            guard last > below else { return nil }
            // Said once: from here on it ends where the producer's memory does. What is missing below is asked for: if it was written by another life of
            // the producer than the one that came back, the answer is that it is gone.
            track.remove(below + 1...last)
            track.next = below + 1
            put(track, topic, epoch)
            return Segment(epoch: epoch, first: below + 1, last: last)
        }
    }

    /// The numbers of a batch's range are all answered: what has not come does not exist.
    /// - Parameter isGone: the producer does not know the segment any more. Then nobody can say where it began, and all that lay in it is missing.
    /// - Returns: numbers that must have existed, since others of their segment had been seen below them.
    package mutating func close(
        _ range: ClosedRange<Int64>, of epoch: Epoch, on topic: String, isGone: Bool = false
    ) -> [ClosedRange<Int64>] {
        guard var track = topics[topic]?[epoch] else { return [] }
        let missing = track.gaps.compactMap { $0.overlaps(range) ? $0.clamped(to: range) : nil }.compactMap { gap in
            gap.lowerBound > 0 ? gap : isGone && gap.upperBound > 0 ? 1...gap.upperBound : nil
        }
        track.remove(range)
        put(track, topic, epoch)
        return missing
    }

    /// The topics on which something was heard or is known to be.
    package var known: [String] { topics.keys.sorted() }

    /// The oldest gap of each topic that has one.
    package func gaps(of topic: String) -> (epoch: Epoch, range: ClosedRange<Int64>)? {
        guard let tracks = topics[topic] else { return nil }
        for epoch in tracks.keys.sorted() {
            if let gap = tracks[epoch]?.gaps.first { return (epoch, gap) }
        }
        return nil
    }

    package var missing: Int64 {
        gapped.reduce(0) { sum, topic in
            sum + (topics[topic] ?? [:]).values.reduce(0) { $0 + $1.gaps.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 } }
        }
    }

    private mutating func put(_ track: Track, _ topic: String, _ epoch: Epoch) {
        guard topics[topic]?[epoch] != track else { return }
        topics[topic, default: [:]][epoch] = track
        touched.insert(Key(topic: topic, epoch: epoch))
        if !track.gaps.isEmpty {
            gapped.insert(topic)
        } else if gapped.contains(topic), topics[topic]?.values.allSatisfy(\.gaps.isEmpty) ?? true {
            gapped.remove(topic)
        }
    }

    /// Call before every commit.
    package mutating func save(in db: borrowing Transaction) throws {
        for key in touched {
            guard let track = topics[key.topic]?[key.epoch] else { continue }
            try db.run(
                """
                INSERT INTO inbox (topic, epoch, next, head) VALUES (?, ?, ?, ?)
                ON CONFLICT (topic, epoch) DO UPDATE SET next = excluded.next, head = excluded.head
                """, key.topic, key.epoch.text, track.next, track.head)
            guard track.hasStoredGaps || !track.gaps.isEmpty else { continue }
            try db.run("DELETE FROM inbox_gap WHERE topic = ? AND epoch = ?", key.topic, key.epoch.text)
            topics[key.topic]?[key.epoch]?.hasStoredGaps = !track.gaps.isEmpty
            for gap in track.gaps {
                try db.run(
                    "INSERT INTO inbox_gap (topic, epoch, first, last) VALUES (?, ?, ?, ?)", key.topic, key.epoch.text, gap.lowerBound,
                    gap.upperBound)
            }
        }
        touched = []
    }
}

extension Inbox.Track {
    /// Gaps are found upwards, so a new one lies behind all others, but for what a restored producer wrote again.
    mutating func add(_ gap: ClosedRange<Int64>) {
        remove(gap)
        let index = gaps.firstIndex { $0.lowerBound > gap.lowerBound } ?? gaps.endIndex
        gaps.insert(gap, at: index)
    }

    /// - Returns: how many numbers were in a gap.
    @discardableResult
    mutating func remove(_ range: ClosedRange<Int64>) -> Int64 {
        guard !gaps.isEmpty else { return 0 }
        var removed: Int64 = 0
        gaps = gaps.flatMap { gap -> [ClosedRange<Int64>] in
            guard gap.overlaps(range) else { return [gap] }
            let inside = gap.clamped(to: range)
            removed += inside.upperBound - inside.lowerBound + 1
            var rest: [ClosedRange<Int64>] = []
            if gap.lowerBound < inside.lowerBound { rest.append(gap.lowerBound...inside.lowerBound - 1) }
            if inside.upperBound < gap.upperBound { rest.append(inside.upperBound + 1...gap.upperBound) }
            return rest
        }
        return removed
    }
}
