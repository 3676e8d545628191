import Contracts
import Journal
import Store
import Testing

@Suite("What a restored producer has lost is said aloud, and what it says again is known")
struct RestoredTests {
    private static let topic = InboxTests.topic

    @Test("Put back to a copy from before its first event, it has lost everything it had said, and nothing it had deleted after its time")
    func beforeTheFirst() throws {
        let db = try Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        var inbox = try db.write { try Inbox(in: $0) }
        let (old, new) = (InboxTests.epochs[0], InboxTests.epochs[1])
        for number in 1...9 { inbox.handle(StreamPosition(epoch: old, number: Int64(number)), on: Self.topic) }
        // Numbers go on: what was deleted after its time lies below what is left.
        #expect(inbox.learn([Segment(epoch: new, first: 10, last: 12)], on: Self.topic).isEmpty)
        #expect(inbox.learn([Segment(epoch: new, first: 4, last: 12)], on: Self.topic) == [Segment(epoch: old, first: 4, last: 9)])
        #expect(inbox.learn([Segment(epoch: new, first: 4, last: 13)], on: Self.topic).isEmpty, "said once")
    }

    @Test("Put back to an older copy and silent since, a producer has lost its tail as well: its heads name the life it is in")
    func silent() throws {
        let db = try Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        var inbox = try db.write { try Inbox(in: $0) }
        let (first, second, third) = (InboxTests.epochs[0], InboxTests.epochs[1], InboxTests.epochs[2])
        for number in 1...5 { inbox.handle(StreamPosition(epoch: first, number: Int64(number)), on: Self.topic) }
        for number in 6...7 { inbox.handle(StreamPosition(epoch: second, number: Int64(number)), on: Self.topic) }
        #expect(inbox.learn([Segment(epoch: first, first: 1, last: 5)], life: first, on: Self.topic).isEmpty, "heads of an earlier life")
        let lost = inbox.learn([Segment(epoch: first, first: 1, last: 3)], life: third, on: Self.topic)
        #expect(lost == [Segment(epoch: second, first: 4, last: 7), Segment(epoch: first, first: 4, last: 5)])
        #expect(inbox.learn([Segment(epoch: first, first: 1, last: 3)], life: third, on: Self.topic).isEmpty, "said once")
        var other = try db.write { try Inbox(in: $0) }
        other.handle(StreamPosition(epoch: first, number: 1), on: Self.topic)
        #expect(other.learn([], life: second, on: Self.topic) == [Segment(epoch: first, first: 1, last: 1)], "it knows of nothing at all")
    }

    @Test("A segment whose end alone was seen, and which its producer does not know any more, is lost from its beginning")
    func gone() throws {
        let db = try Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        var inbox = try db.write { try Inbox(in: $0) }
        let (some, none) = (InboxTests.epochs[0], InboxTests.epochs[1])
        for epoch in [some, none] { inbox.handle(StreamPosition(epoch: epoch, number: 17), on: Self.topic) }
        #expect(inbox.close(0...16, of: some, on: Self.topic).isEmpty, "what its producer had deleted was never ours to lose")
        #expect(inbox.close(0...16, of: none, on: Self.topic, isGone: true) == [1...16])
    }

    @Test("The id of a machine that had started without the time is remembered as long as any other")
    func withoutTime() throws {
        let db = try Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        let now = Instant(milliseconds: 1_795_215_600_000)
        let ids = [Instant(milliseconds: 1_000_000_000_000), now - .seconds(401 * 86_400), now].map { EventID(at: $0, random: (1, 1)) }
        try db.write { db in
            for id in ids { #expect(try Seen.note(id, digest: 1, in: db) == .new) }
            try Seen.purge(before: now - .seconds(400 * 86_400), in: db)
            #expect(try ids.map { try Seen.note($0, digest: 1, in: db) } == [.repeat, .new, .repeat])
        }
    }
}
