import Bus
import Contracts
import Harness
import LockController
import Seal
import Store
import Testing

/// What a lock that decides alone is told, and when.
@Suite struct LeaseTests {
    private let ami = PersonID.person(1)
    private let old = TestTown.token(1)
    private let new = TestTown.token(2)

    @Test("A lease holds the cards with a right, by the hash of this door alone, each in its times")
    func contents() throws {
        let town = try LeaseTown()
        try town.tell(TestTown.card, old, new)
        try town.town.learn(LockView(ami, tokens: [old], groups: ["staff"]))
        try town.openGroup("staff", [new])
        _ = try town.town.book(10, 20)
        _ = try town.town.book(20, 30)
        _ = try town.town.book(60, 90, door: "hall")
        let seconds = TestTown.start.milliseconds / 1000
        // Slots that begin within a second begin with the next one.
        #expect(
            town.windows(of: TestTown.card)
                == [600, 1200].map { LeaseWindow(from: UInt32(seconds + $0 + 1), to: UInt32(seconds + $0 + 600)) })
        #expect(town.windows(of: old) == [.always] && town.windows(of: new) == [.always])
        #expect(town.windows(of: TestTown.token(3)) == nil)
        let head = try #require(town.cards?.head)
        #expect(head.aud == "gym" && head.iss == "nagai/lock-controller" && head.accepts == .proved && head.open == 5)
        #expect(head.exp - head.iat == 7 * 86_400)
        #expect(town.town.said(Lease.topic(in: TestTown.town, to: "hall", .cards)).isEmpty)
    }

    /// What takes a right away, each in its own way.
    enum Loss: CaseIterable { case lostCard, leftPerson, group, groupDoor, unlinked, mergedAway }

    @Test("Whatever takes a right away, it leaves in the same turn, in two kilobytes", arguments: Loss.allCases)
    func revoked(_ loss: Loss) throws {
        let town = try LeaseTown()
        try town.tell(old)
        if loss == .group { try town.openGroup("staff", [old]) } else { try town.openGroup("staff", []) }
        if loss != .group { try town.town.learn(LockView(ami, tokens: [old], groups: ["staff"])) }
        try town.renew()
        #expect(town.windows(of: old) == [.always] && town.changes == nil)
        switch loss {
        case .lostCard: try town.town.learn(LockView(ami, tokens: [], groups: ["staff"], barred: [old]))
        case .leftPerson: try town.town.learn(LockView(ami, tokens: [old], groups: []))
        case .group: try town.change(ChangeGroup(group: "staff", removeTokens: [old]))
        case .groupDoor: try town.change(ChangeGroup(group: "staff", removeDoors: ["gym"]))
        case .unlinked: try town.town.learn(LockView(ami, tokens: [], groups: ["staff"]))
        case .mergedAway: try town.town.learn(LockView(ami, into: .person(2)))
        }
        #expect(town.windows(of: old) == [])
        #expect(try #require(town.changes).bytes.count <= Lease.changesLimit)
        #expect(try #require(town.changes?.head.cnt) > #require(town.cards?.head.cnt))
    }

    @Test("A booking that is cancelled or moved leaves its old time in the same turn")
    func moved() throws {
        let town = try LeaseTown()
        try town.tell(TestTown.card)
        let half = 7 * 12 * 60
        let booking = try #require(try town.town.book(half + 10, half + 20).answer).booking
        try town.renew()
        #expect(town.windows(of: TestTown.card)?.count == 1)
        _ = try town.town.ask(.cancelBooking, CancelBooking(booking: booking.id), for: BookingAnswer.self)
        #expect(town.windows(of: TestTown.card) == [])
        _ = try town.town.book(half + 12, half + 14)
        #expect(town.windows(of: TestTown.card)?.map { $0.to - $0.from } == [119])
    }

    @Test("What begins after the lease is no news until the lease that covers it")
    func horizon() throws {
        let town = try LeaseTown()
        try town.tell(TestTown.card)
        let before = town.cards?.head.cnt
        let day = 24 * 60
        #expect(try town.town.book(8 * day, 8 * day + 60).accepted)
        #expect(town.cards?.head.cnt == before && town.changes == nil && town.windows(of: TestTown.card) == nil)
        town.town.now = town.town.now + .seconds(4 * 86_400)
        town.town.settle()
        #expect(town.windows(of: TestTown.card)?.count == 1)
    }

    @Test("At half its life a lease is issued anew, and without its changes")
    func renewal() throws {
        let town = try LeaseTown()
        try town.tell(old)
        try town.openGroup("staff", [old])
        let first = try #require(town.cards?.head)
        #expect(town.changes != nil)
        town.town.now = town.town.now + .seconds(7 * 43_200 - 60)
        town.town.settle()
        #expect(town.cards?.head == first)
        town.town.wait(.seconds(61))
        let second = try #require(town.cards?.head)
        #expect(second.cnt > first.cnt && second.exp >= first.exp + 7 * 43_200 - 1 && town.changes == nil)
        #expect(town.windows(of: old) == [.always])
    }

    @Test("Additions beyond two kilobytes wait a minute for a whole list; what takes a right away never waits")
    func overflow() throws {
        let town = try LeaseTown()
        let many = (0..<400).map { Self.token($0) }
        for token in many { try town.tell(token) }
        try town.openGroup("staff", [old])
        try town.tell(old)
        try town.renew()
        let list = try #require(town.cards?.head.cnt)
        try town.openGroup("staff", many)
        #expect(town.cards?.head.cnt == list)
        let told = many.count { town.windows(of: $0) == [.always] }
        #expect(told > 200 && told < 400)
        #expect(try #require(town.changes).bytes.count <= Lease.changesLimit)
        try town.change(ChangeGroup(group: "staff", removeTokens: [old]))
        #expect(town.windows(of: old) == nil || town.windows(of: old) == [])
        #expect(try #require(town.cards?.head.cnt) > list, "the changes have no room for it, so a whole list is issued at once")
        #expect(many.allSatisfy { town.windows(of: $0) == [.always] })
    }

    @Test("A whole list follows additions that had no room, a minute after the last one")
    func pause() throws {
        let town = try LeaseTown()
        let many = (0..<400).map { Self.token($0) }
        for token in many { try town.tell(token) }
        try town.renew()
        try town.openGroup("staff", many)
        town.town.wait(.seconds(58))
        #expect(!many.allSatisfy { town.windows(of: $0) == [.always] })
        town.town.wait(.seconds(3))
        #expect(many.allSatisfy { town.windows(of: $0) == [.always] } && town.changes == nil)
    }

    @Test("Counters only rise, over restarts, older copies of the disk and clocks that are set back")
    func counters() throws {
        let town = try LeaseTown()
        try town.tell(old)
        try town.openGroup("staff", [old])
        let backup = try town.town.disk.serialized()
        try town.change(ChangeGroup(group: "staff", removeTokens: [old]))
        town.town.now = town.town.now + .seconds(1)
        try town.town.restart(from: backup)
        try town.renew()
        town.town.now = town.town.now - .seconds(40 * 86_400)
        try town.change(ChangeGroup(group: "staff", removeTokens: [old]))
        town.town.settle()
        // At its start the older copy says again what it had said.
        let counts = town.all.map(\.head.cnt).reduce(into: [Int64]()) { if !$0.contains($1) { $0.append($1) } }
        #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 }, "\(counts)")
    }

    @Test("At each connect the broker is given the lists again, byte for byte")
    func birth() throws {
        let town = try LeaseTown()
        try town.tell(old)
        try town.openGroup("staff", [old])
        let (cards, changes, before) = (town.cards, town.changes, town.all.count)
        try town.town.restart()
        #expect(town.cards == cards && town.changes == changes && changes != nil && town.all.count == before + 2)
    }

    @Test("The state says how old is what the lock has, and which revocations it has not heard of")
    func age() throws {
        let town = try LeaseTown()
        try town.tell(old, new)
        try town.openGroup("staff", [old, new])
        try town.renew()
        let list = try #require(town.cards?.head)
        try town.lockHolds(list.cnt, nil, until: list.exp)
        try town.change(ChangeGroup(group: "staff", removeTokens: [old]))
        try town.lockHolds(list.cnt, town.changes?.head.cnt, until: list.exp)
        town.town.now = town.town.now + .seconds(1)
        try town.change(ChangeGroup(group: "staff", removeTokens: [new]))
        let state = try #require(try town.state())
        #expect(state.lease == list.cnt && state.held?.lease == list.cnt && state.held?.changes != state.changes)
        #expect(state.revoked == 2 && state.unaware == 1)
        try town.lockHolds(list.cnt, town.changes?.head.cnt, until: list.exp)
        #expect(try town.state()?.unaware == 0)
    }

    @Test("A list that its lock lacks is said again, once a minute, until the lock has it; one that is on its way is not")
    func resent() throws {
        let town = try LeaseTown()
        try town.tell(old)
        try town.openGroup("staff", [old])
        func said() -> Int { town.all.count }
        let list = try #require(town.cards?.head)
        let first = said()
        try town.lockHolds(0, nil, until: 0)
        #expect(said() == first)
        #expect(try town.state()?.held == nil)
        for _ in 0..<12 {
            town.town.wait(.seconds(10))
            try town.lockHolds(list.cnt, nil, until: list.exp)
        }
        #expect(said() == first + 4, "both lists, twice in two minutes")
        for _ in 0..<12 {
            town.town.wait(.seconds(10))
            try town.lockHolds(list.cnt, town.changes?.head.cnt, until: list.exp)
        }
        #expect(said() == first + 4)
    }

    @Test("What a lock decided alone is told once, under its own time, with the card it was")
    func admission() throws {
        let town = try LeaseTown()
        try town.tell(old)
        let late = town.town.now - .seconds(3 * 86_400)
        let report = Envelope(
            id: town.town.newID(), source: "/nagai/lock/gym", time: late,
            data: Admission(card: town.hash(old), result: .opened, lease: 7))
        for _ in 0..<3 {
            town.town.publish(Channel<Admission>.admissions.topic(in: TestTown.town, "gym"), try report.json())
            town.town.settle()
        }
        let events = try town.town.events(.doorAdmissions)
        #expect(events.count == 1 && events[0].time == late && events[0].data.token == old && events[0].data.lease == 7)
        let replies = town.town.said(Channel<Admission>.admissions.replyTopic(in: TestTown.town, to: "lock-gym"))
        #expect(replies.count == 3 && Set(replies).count == 1)
    }

    static func token(_ number: Int) -> Token {
        let letters = [number / 676, number / 26 % 26, number % 26].map { String(UnicodeScalar(UInt8(97 + $0))) }.joined()
        return Token("k1.bbbbbbbbbbbbbbbbbbbbbbb\(letters)")!
    }
}

/// A town whose door `gym` decides alone, and what its lock would hold.
final class LeaseTown {
    let town: TestTown
    private let key: DoorKey
    private let group: GroupID = "staff"

    init() throws {
        town = try TestTown(leaseAt: "gym")
        key = try TokenKey(number: 1, secret: Array(repeating: 1, count: 32)).doorKey("gym")
    }

    func hash(_ token: Token) -> CardHash { key.hash(scheme: "card-app", identifier: Array(token.text.utf8)) }

    /// An agent has seen the cards for the first time.
    func tell(_ tokens: Token...) throws {
        for token in tokens {
            let hashes = LeaseHashes(token: token, hashes: [DoorHash(door: "gym", hash: hash(token))])
            try town.sayOfAgent(hashes, on: .leaseHashes)
        }
    }

    func change(_ change: ChangeGroup) throws { #expect(try town.ask(.changeGroup, change, for: GroupSummary.self).accepted) }

    func openGroup(_ group: GroupID, _ tokens: [Token]) throws {
        try change(ChangeGroup(group: group, addTokens: tokens, addDoors: ["gym"]))
    }

    /// Half the life of the lease goes by.
    func renew() throws {
        town.now = town.now + .seconds(7 * 43_200)
        town.settle()
        #expect(changes == nil)
    }

    /// All lists of the door that were ever said.
    var all: [SignedLease] {
        town.heard.compactMap { message in
            Lease.Part.allCases.lazy.compactMap { part in
                message.topic == Lease.topic(in: TestTown.town, to: "gym", part).description ? self.read(message.payload, part) : nil
            }.first
        }
    }

    var cards: SignedLease? { town.said(Lease.topic(in: TestTown.town, to: "gym", .cards)).last.flatMap { read($0, .cards) } }
    var changes: SignedLease? { town.said(Lease.topic(in: TestTown.town, to: "gym", .changes)).last.flatMap { read($0, .changes) } }

    private func read(_ bytes: [UInt8], _ part: Lease.Part) -> SignedLease? {
        SignedLease(bytes, part: part, for: "gym", of: TestTown.town, keys: [town.key.kid: town.key.verifyingKey])
    }

    /// What a lock with the newest lists knows of a card.
    func windows(of token: Token) -> [LeaseWindow]? {
        (changes?.list.windows(of: hash(token)) ?? cards?.list.windows(of: hash(token)))?.windows
    }

    func lockHolds(_ lease: Int64, _ changes: Int64?, until end: Int64) throws {
        var counters = [LeaseCounter.lease: lease, LeaseCounter.expires: end]
        counters[LeaseCounter.changes] = changes
        town.publish(.life(of: Address("lock", "gym"), in: TestTown.town), try Life(.ready, at: town.now, counters: counters).json())
        town.settle()
    }

    func state() throws -> LeaseState? {
        try town.said(Channel.leases.topic(in: TestTown.town, "gym")).last.map { try Envelope<LeaseState>(json: $0).data }
    }
}
