import Contracts
import Testing

@Suite("The list of a lease")
struct LeaseListTests {
    @Test("30,000 cards fit in 256 KiB with room for 10,000 more, and each is found in its times")
    func size() throws {
        let cards = (0..<30_000).map { CardHash(value: UInt64($0) &* 0x9e37_79b9_7f4a_7c15) }
        let slots = (0..<200).map { LeaseWindows([LeaseWindow(from: UInt32(1000 * $0), to: UInt32(1000 * $0 + 900))]) }
        var lists: [LeaseWindows: [CardHash]] = [:]
        for (number, card) in cards.enumerated() { lists[slots[number % slots.count], default: []].append(card) }
        let list = LeaseList(packing: lists)
        #expect(list.count == 30_000 && list.bytes.count + 60_000 < Lease.limit)
        let read = try #require(LeaseList(list.bytes))
        #expect(cards.enumerated().allSatisfy { read.windows(of: $1) == slots[$0 % slots.count] })
        #expect(read.windows(of: CardHash(value: 7)) == nil)
    }

    @Test("What is not exactly a list is none: cut anywhere, or with a byte too many")
    func malformed() {
        let windows = LeaseWindows([LeaseWindow(from: 1, to: 2), LeaseWindow(from: 5, to: 9)])
        let bytes = LeaseList(packing: [windows: [CardHash(value: 1), CardHash(value: 2)], .none: [CardHash(value: 3)]]).bytes
        #expect(bytes.count == 6 + 6 + 22 + 12)
        // One cut lies between two sections, and nothing at all is a list too.
        #expect((0..<bytes.count).count { LeaseList(Array(bytes[..<$0])) != nil } == 2)
        for more in 1..<6 { #expect(LeaseList(bytes + Array(repeating: 0, count: more)) == nil) }
        #expect(LeaseList([0, 1, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0, 0]) == nil, "a time that ends as it begins")
        #expect(LeaseList([0, 0, 255, 255, 255, 255]) == nil, "more cards than bytes")
    }

    @Test("Times that touch are one, and the whole seconds inside a time are neither earlier nor later than it")
    func windows() {
        let joined = LeaseWindows([LeaseWindow(from: 5, to: 9), LeaseWindow(from: 1, to: 3), LeaseWindow(from: 3, to: 4)])
        #expect(joined.windows == [LeaseWindow(from: 1, to: 4), LeaseWindow(from: 5, to: 9)])
        #expect(joined.covers(LeaseWindows([LeaseWindow(from: 2, to: 4)])) && !joined.covers(LeaseWindows([LeaseWindow(from: 3, to: 6)])))
        #expect(joined.between(4, 6).windows == [LeaseWindow(from: 5, to: 9)] && joined.between(9, 20).isEmpty)
        #expect(LeaseWindow(Instant(milliseconds: 1001), Instant(milliseconds: 3999)) == LeaseWindow(from: 2, to: 3))
        #expect(LeaseWindow(Instant(milliseconds: 1001), Instant(milliseconds: 2999)) == nil)
    }

    @Test("A hash is written as 12 hexadecimal digits and read back; nothing else is one")
    func hashes() {
        for value in [0, 1, 0x0123_4567_89ab, 1 << 48 - 1] as [UInt64] {
            let hash = CardHash(value: value)
            #expect(CardHash(hash.description) == hash && hash.description.utf8.count == 12)
        }
        for text in ["", "0123456789a", "0123456789abc", "0123456789AB", "+12345678901", "g00000000000"] { #expect(CardHash(text) == nil) }
    }
}
