import Contracts
import Harness
import Journal
import Store
import Testing

/// What a consumer knows of one segment, as sets: slow, and plainly right.
struct Model {
    var handled: [Epoch: Set<Int64>] = [:]
    /// The highest number seen or heard of.
    var top: [Epoch: Int64] = [:]
    /// The lowest number that counts; 0 until the producer has said where it begins.
    var floor: [Epoch: Int64] = [:]

    mutating func handle(_ epoch: Epoch, _ number: Int64) -> Bool {
        // A stream that is seen from its number 1 on has nothing below it.
        if top[epoch] == nil { floor[epoch] = number == 1 ? 1 : 0 }
        let isNew = !handled[epoch, default: []].contains(number) && number >= floor[epoch, default: 0]
        handled[epoch, default: []].insert(number)
        top[epoch] = max(top[epoch, default: 0], number)
        return isNew
    }

    mutating func learn(_ segment: Segment) {
        // Nothing is known of it: it begins where the producer says.
        if top[segment.epoch] == nil { floor[segment.epoch] = segment.first }
        top[segment.epoch] = max(top[segment.epoch, default: 0], segment.last)
    }

    func missing(_ epoch: Epoch) -> [Int64] {
        guard let top = top[epoch] else { return [] }
        let low = floor[epoch, default: 0]
        return low > top ? [] : (low...top).filter { !handled[epoch, default: []].contains($0) }
    }
}

@Suite("The consumer's inbox")
struct InboxTests {
    static let topic = "nagai/reader-agent/event/gate-1/tap"
    static let epochs = ["1795200000000-aaaa", "1795200000001-aaaa", "1795200000002-aaaa"].map { Epoch($0)! }

    private func open() throws -> (Database, Inbox) {
        let db = try Database.inMemory()
        try db.migrate("journal", JournalSchema.migrations)
        return (db, try db.write { try Inbox(in: $0) })
    }

    /// All numbers in gaps, taken out one gap after another.
    private func missing(_ inbox: Inbox) -> [Epoch: [Int64]] {
        var inbox = inbox
        var found: [Epoch: [Int64]] = [:]
        while let gap = inbox.gaps(of: Self.topic) {
            found[gap.epoch, default: []] += Array(gap.range)
            _ = inbox.close(gap.range, of: gap.epoch, on: Self.topic)
        }
        return found
    }

    @Test("In any order, with repeats, heads, batches and restarts, the inbox misses what the model misses", arguments: 0..<30)
    func model(seed: UInt64) throws {
        for history in 0..<10 {
            var chance = Seeded(seed * 10 + UInt64(history))
            var (db, inbox) = try open()
            var model = Model()
            for _ in 0..<60 {
                let index = chance.below(3)
                let epoch = Self.epochs[index]
                switch chance.below(10) {
                case 0...5:
                    // Numbers go on over segments.
                    let number = Int64(25 * index + 1 + chance.below(25))
                    let isNew = model.handle(epoch, number)
                    #expect(
                        inbox.handle(StreamPosition(epoch: epoch, number: number), on: Self.topic) == isNew,
                        "seed \(seed), history \(history)")
                case 6, 7:
                    // The newest segment only: a head never takes numbers back here.
                    let known = max(model.top[Self.epochs[2]] ?? 0, 51)
                    let segment = Segment(
                        epoch: Self.epochs[2], first: 51 + Int64(chance.below(Int(known) - 50)), last: known + Int64(chance.below(6)))
                    model.learn(segment)
                    #expect(inbox.learn([segment], on: Self.topic).isEmpty)
                case 8:
                    guard let gap = inbox.gaps(of: Self.topic) else { continue }
                    let last = gap.range.lowerBound + Int64(chance.below(gap.range.count))
                    for number in gap.range.lowerBound...last { _ = model.handle(gap.epoch, number) }
                    let lost = inbox.close(gap.range.lowerBound...last, of: gap.epoch, on: Self.topic)
                    #expect(lost.map { Array($0) }.joined().allSatisfy { (gap.range.lowerBound...last).contains($0) && $0 > 0 })
                default:
                    try db.write { try inbox.save(in: $0) }
                    inbox = try db.write { try Inbox(in: $0) }
                }
                let found = missing(inbox)
                for epoch in Self.epochs { #expect(found[epoch] ?? [] == model.missing(epoch), "seed \(seed), history \(history)") }
                #expect(inbox.missing == Int64(found.values.reduce(0) { $0 + $1.count }))
            }
            withExtendedLifetime(db) {}
            db = try Database.inMemory()
        }
    }

    @Test("What lies below the producer's floor at first sight was never ours to lose")
    func floor() throws {
        var (_, inbox) = try open()
        #expect(inbox.learn([Segment(epoch: Self.epochs[0], first: 100, last: 120)], on: Self.topic).isEmpty)
        #expect(missing(inbox) == [Self.epochs[0]: Array(100...120)])
        var (_, live) = try open()
        live.handle(StreamPosition(epoch: Self.epochs[0], number: 5), on: Self.topic)
        #expect(missing(live) == [Self.epochs[0]: Array(0...4)])
        #expect(live.close(0...0, of: Self.epochs[0], on: Self.topic).isEmpty)
    }

    @Test("A restored producer's lost tail is named: rows stay, gaps above it close")
    func orphaned() throws {
        var (_, inbox) = try open()
        for number in Int64(1)...10 { inbox.handle(StreamPosition(epoch: Self.epochs[0], number: number), on: Self.topic) }
        let orphans = inbox.learn(
            [Segment(epoch: Self.epochs[0], first: 1, last: 7), Segment(epoch: Self.epochs[1], first: 8, last: 8)], on: Self.topic)
        #expect(orphans == [Segment(epoch: Self.epochs[0], first: 8, last: 10)])
        #expect(missing(inbox)[Self.epochs[1]] == [8])
        #expect(
            inbox.learn(
                [Segment(epoch: Self.epochs[0], first: 1, last: 7), Segment(epoch: Self.epochs[1], first: 8, last: 8)], on: Self.topic
            ).isEmpty)
    }

    @Test("A segment between two that the producer lists, and does not list, has vanished with its gaps above what is listed")
    func vanished() throws {
        var (_, inbox) = try open()
        for number in [Int64(5), 7] { inbox.handle(StreamPosition(epoch: Self.epochs[1], number: number), on: Self.topic) }
        let orphans = inbox.learn(
            [Segment(epoch: Self.epochs[0], first: 1, last: 4), Segment(epoch: Self.epochs[2], first: 5, last: 6)], on: Self.topic)
        #expect(orphans == [Segment(epoch: Self.epochs[1], first: 5, last: 7)])
        #expect(missing(inbox)[Self.epochs[1]] == Array(0...4), "what lies below is asked for")
    }

    @Test(
        "What a copy of the producer has written beside it is named when the copy has gone, though its numbers lie below those that are listed"
    )
    func copied() throws {
        var (_, inbox) = try open()
        for number in Int64(1)...5 { inbox.handle(StreamPosition(epoch: Self.epochs[0], number: number), on: Self.topic) }
        inbox.handle(StreamPosition(epoch: Self.epochs[1], number: 6), on: Self.topic)
        let listed = [Segment(epoch: Self.epochs[0], first: 1, last: 9), Segment(epoch: Self.epochs[2], first: 10, last: 10)]
        #expect(inbox.learn(listed, on: Self.topic) == [Segment(epoch: Self.epochs[1], first: 1, last: 6)])
        #expect(missing(inbox) == [Self.epochs[0]: Array(6...9), Self.epochs[2]: [10]])
        #expect(inbox.learn(listed, on: Self.topic).isEmpty)
        // The copy came as far as the producer itself.
        var (_, even) = try open()
        even.handle(StreamPosition(epoch: Self.epochs[1], number: 9), on: Self.topic)
        #expect(even.learn(listed, on: Self.topic) == [Segment(epoch: Self.epochs[1], first: 1, last: 9)])
        #expect(even.learn(listed, on: Self.topic).isEmpty)
        // Of lives that were folded into one that is listed, nothing has gone.
        var (_, other) = try open()
        other.handle(StreamPosition(epoch: Self.epochs[1], number: 6), on: Self.topic)
        #expect(other.learn([Segment(epoch: Self.epochs[2], first: 1, last: 9, since: Self.epochs[0])], on: Self.topic).isEmpty)
    }

    @Test("An event is at the head unless a newer number or a newer segment is known")
    func head() throws {
        var (_, inbox) = try open()
        func at(_ epoch: Int, _ number: Int64) -> Bool {
            inbox.isAtHead(Self.topic, StreamPosition(epoch: Self.epochs[epoch], number: number))
        }
        #expect(at(0, 1))
        inbox.handle(StreamPosition(epoch: Self.epochs[0], number: 5), on: Self.topic)
        #expect(!at(0, 4) && at(0, 5) && at(0, 6))
        _ = inbox.learn([Segment(epoch: Self.epochs[1], first: 6, last: 6)], on: Self.topic)
        #expect(!at(0, 9) && at(1, 6))
    }

    @Test("Asks start after a second, go on ever more rarely up to a minute, and stop with the last gap")
    func asks() throws {
        var (_, inbox) = try open()
        inbox.handle(StreamPosition(epoch: Self.epochs[0], number: 5), on: Self.topic)
        var asks = Asks()
        var now = Instant(milliseconds: 0)
        var times: [Int64] = []
        while now.milliseconds < 400_000 {
            let due = asks.due(at: now, for: inbox, jitter: { 0 })
            #expect(due.count <= 1)
            if let ask = due.first {
                #expect(ask == Ask(topic: Self.topic, epoch: Self.epochs[0], from: 0, to: 4))
                times.append(now.milliseconds / 1000)
            }
            now = now + .seconds(1)
        }
        #expect(times == [1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363])
        asks.answered(Self.topic, at: now)
        #expect(asks.due(at: now, for: inbox, jitter: { 0 }).count == 1)
        _ = inbox.close(0...4, of: Self.epochs[0], on: Self.topic)
        #expect(asks.due(at: now + .seconds(600), for: inbox, jitter: { 0 }).isEmpty)
        #expect(asks.next == nil)
    }
}
