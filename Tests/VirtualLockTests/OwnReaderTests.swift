import Bus
import Contracts
import Seal
import Testing
import VirtualLock

/// A lock with a reader of its own, by Docs/locks.md, section 8: with the town away it opens for whom its lists name, when they say, and tells it later.
@Suite("A lock that decides alone")
struct OwnReaderTests {
    static let now = Instant(milliseconds: 1_795_215_600_000)
    static var seconds: Int64 { now.milliseconds / 1000 }
    static let card = PresentedCard(scheme: .cardApp, identifier: Array("K-000124".utf8), assurance: .proved)

    /// A change of a lock that would open, and the word it owes for it; `nil` opens.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        var windows: LeaseWindows? = .always
        var changed: LeaseWindows?
        var changesAreOlder = false
        var head: @Sendable (inout Lease) -> Void = { _ in }
        var assurance = Assurance.proved
        var clock = OwnReaderTests.now
        let refusal: Admission.Refusal?
    }

    static let slot = LeaseWindows([LeaseWindow(from: UInt32(seconds), to: UInt32(seconds + 60))])
    static let table = [
        Case(description: "a card that is listed", refusal: nil),
        Case(description: "a card that is not", windows: nil, refusal: .noRight),
        Case(description: "one that was taken off", changed: LeaseWindows.none, refusal: .noRight),
        Case(
            description: "one that was taken off before the list was made", changed: LeaseWindows.none, changesAreOlder: true, refusal: nil),
        Case(description: "one that was added", windows: nil, changed: .always, refusal: nil),
        Case(
            description: "one whose time was moved", windows: slot, changed: LeaseWindows([LeaseWindow(from: 0, to: 9)]), refusal: .notNow),
        Case(description: "the first second of its time", windows: slot, refusal: nil),
        Case(description: "the second before", windows: slot, clock: now - .milliseconds(1), refusal: .notNow),
        Case(description: "the last second", windows: slot, clock: now + .milliseconds(59_999), refusal: nil),
        Case(description: "the second its time ends", windows: slot, clock: now + .seconds(60), refusal: .notNow),
        Case(description: "the last second of the lease", clock: now + .milliseconds(7 * 86_400_000 - 1), refusal: nil),
        Case(description: "the second the lease ends", clock: now + .seconds(7 * 86_400), refusal: .expired),
        Case(description: "a clock two seconds behind", clock: now - .seconds(2), refusal: nil),
        Case(description: "a clock that is wrong", clock: now - .seconds(3), refusal: .clock),
        Case(description: "a clock of 1970", clock: .distantPast, refusal: .clock),
        Case(description: "a card that proves nothing", assurance: .read, refusal: .notProved),
        Case(description: "the same where the door says so", head: { $0.accepts = .read }, assurance: .read, refusal: nil),
        Case(description: "a lease for another door", head: { $0.aud = "hall" }, refusal: .noLease),
        Case(description: "one of another town", head: { $0.iss = "oguni/lock-controller" }, refusal: .noLease),
        Case(description: "the other part", head: { $0.part = .changes }, refusal: .noLease),
        Case(description: "another list than was signed", head: { $0.sum = String($0.sum.reversed()) }, refusal: .noLease),
    ]

    @Test("Of all cards, times and lists only those open that meet every condition; each other one gets its own word", arguments: table)
    func verdicts(_ one: Case) throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, one.windows.map { [$0: [rig.hash(Self.card)]] } ?? [:], head: one.head)
        if let changed = one.changed { rig.issue(.changes, one.changesAreOlder ? 99 : 101, [changed: [rig.hash(Self.card)]]) }
        try rig.settle()
        let card = PresentedCard(scheme: Self.card.scheme, identifier: Self.card.identifier, assurance: one.assurance)
        try rig.lock.present(card, now: one.clock)
        #expect(rig.decided == [one.refusal.map { .refuse($0) } ?? .open(seconds: 5)])
        #expect(try rig.reported(at: max(one.clock, Self.now)).last?.refusal == one.refusal)
    }

    @Test("A lease with a lower counter, or signed by another key, changes nothing")
    func stale() throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, [:])
        rig.issue(.cards, 99, [.always: [rig.hash(Self.card)]])
        rig.issue(.cards, 101, [.always: [rig.hash(Self.card)]], key: try SigningKey(seed: Array(1..<33)))
        try rig.settle()
        try rig.lock.present(Self.card, now: Self.now)
        #expect(rig.decided == [.refuse(.noRight)])
        #expect(rig.reader.held.cards?.head.cnt == 100 && rig.reader.refusedLeases == 2)
    }

    @Test("With power and network gone in between, the lists on the disk decide, and nothing on the disk is believed unsigned")
    func restored() throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, [.always: [rig.hash(Self.card)]])
        try rig.settle()
        try rig.restart(isReachable: false)
        try rig.lock.present(Self.card, now: Self.now)
        #expect(rig.decided == [.open(seconds: 5)])
        rig.disk[.cards] = rig.disk[.cards].map { $0.dropLast() + [$0[$0.count - 1] ^ 1] }
        try rig.restart(isReachable: false)
        try rig.lock.present(Self.card, now: Self.now)
        #expect(rig.decided == [.open(seconds: 5), .refuse(.noLease)])
    }

    @Test("The decision is on the disk before the bolt moves; if it cannot be, the bolt stays")
    func kept() throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, [.always: [rig.hash(Self.card)]])
        try rig.settle()
        rig.isDiskFull = true
        #expect(throws: LeaseRig.DiskFull.self) { try rig.lock.present(Self.card, now: Self.now) }
        #expect(rig.decided == [] && rig.reader.journal.isEmpty)
    }

    @Test(
        "What was decided with the network away is said, byte for byte, until it is answered; the oldest refusals give way, no opening does"
    )
    func reports() throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, [.always: [rig.hash(Self.card)]])
        try rig.settle()
        try rig.restart(isReachable: false)
        let strange = PresentedCard(scheme: .felica, identifier: Array(0..<8), assurance: .read)
        try rig.lock.present(Self.card, now: Self.now)
        for _ in 0..<600 { try rig.lock.present(strange, now: Self.now) }
        #expect(rig.reports.isEmpty && rig.reader.journal.openings.count == 1)
        #expect(rig.reader.journal.refusals.count == AdmissionJournal.limit)
        try rig.restart(isReachable: true)
        let first = rig.reports
        #expect(first.count == 1 + AdmissionJournal.limit)
        _ = try rig.lock.step(now: Self.now + .seconds(2))
        #expect(rig.reports == first + first)
        for report in try first.map({ try Envelope<Admission>(json: $0) }) { try rig.answer(report.id) }
        try rig.settle(at: Self.now + .seconds(3))
        #expect(rig.reader.journal.isEmpty)
    }

    @Test("Its life says which lists it holds and when they end")
    func life() throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, [:])
        rig.issue(.changes, 101, [:])
        try rig.settle()
        let counters = try #require(try rig.lives().last?.counters)
        #expect(counters[LeaseCounter.lease] == 100 && counters[LeaseCounter.changes] == 101)
        #expect(counters[LeaseCounter.expires] == Self.seconds + 7 * 86_400)
    }

    @Test("While token keys are being changed a card is known by either of its hashes")
    func twoKeys() throws {
        let rig = try LeaseRig()
        rig.issue(.cards, 100, [.always: [rig.hash(Self.card, key: 1)], slotLater: [rig.hash(Self.card, key: 0)]])
        try rig.settle()
        try rig.lock.present(Self.card, now: Self.now)
        #expect(rig.decided == [.open(seconds: 5)])
    }

    private var slotLater: LeaseWindows { LeaseWindows([LeaseWindow(from: UInt32(Self.seconds + 60), to: UInt32(Self.seconds + 90))]) }
}

/// A lock with a reader on a broker in memory, and what it did.
final class LeaseRig {
    struct DiskFull: Error {}

    let broker = InMemoryBroker(random: { 1 })
    private(set) var lock: VirtualLock!
    private(set) var reader: OwnReader!
    private var transport: InMemoryTransport!
    private let key: SigningKey
    private let doorKeys: [DoorKey]
    var disk: [Lease.Part: [UInt8]] = [:]
    private var journal = AdmissionJournal()
    var isDiskFull = false
    private(set) var decided: [LeaseVerdict] = []
    private(set) var reports: [[UInt8]] = []
    private var said: [Outgoing] = []
    private var drawn: UInt64 = 0

    init() throws {
        key = try SigningKey(seed: Array(0..<32))
        doorKeys = try [2, 1].map { try TokenKey(number: $0, secret: Array(repeating: UInt8($0), count: 32)).doorKey("gym") }
        let topic = Channel<Admission>.admissions.topic(in: "nagai", "gym").description
        broker.onPublish = { [unowned self] in
            said.append($0)
            if $0.topic == topic { reports.append($0.payload) }
        }
        try restart(isReachable: true)
    }

    func restart(isReachable: Bool) throws {
        transport?.abandon()
        transport = InMemoryTransport(broker, client: "lock-gym", clean: true)
        transport.isReachable = isReachable
        reader = OwnReader(
            keys: doorKeys, journal: journal, keepLease: { [unowned self] in disk[$0] = $1 },
            keepJournal: { [unowned self] in
                if isDiskFull { throw DiskFull() }
                journal = $0
            }, didDecide: { [unowned self] verdict, _, _ in decided.append(verdict) })
        for (part, bytes) in disk { reader.restore(bytes, part: part, at: "gym", of: "nagai", keys: [key.kid: key.verifyingKey]) }
        lock = VirtualLock(
            town: "nagai", door: "gym", keys: [key.verifyingKey], memory: LockMemory(), reader: reader, transport: transport,
            random: { [unowned self] in
                drawn += 1
                return drawn
            }, keep: { _ in }, didJudge: { _, _ in })
        try settle()
    }

    func settle(at now: Instant = OwnReaderTests.now) throws { for _ in 0..<20 { _ = try lock.step(now: now) } }

    func hash(_ card: PresentedCard, key: Int = 0) -> CardHash {
        doorKeys[key].hash(scheme: card.scheme.rawValue, identifier: card.identifier)
    }

    func issue(
        _ part: Lease.Part, _ count: Int64, _ cards: [LeaseWindows: [CardHash]], key other: SigningKey? = nil,
        head change: (inout Lease) -> Void = { _ in }
    ) {
        let seconds = OwnReaderTests.seconds
        let lease = try? SignedLease(LeaseList(packing: cards), signedWith: other ?? key) { sum in
            var head = Lease(
                part, iss: "nagai/lock-controller", aud: "gym", cnt: count, iat: seconds, exp: seconds + 7 * 86_400, accepts: .proved,
                open: 5, sum: sum)
            change(&head)
            return head
        }
        broker.inject(Message(topic: Lease.topic(in: "nagai", to: "gym", part).description, payload: lease?.bytes ?? []))
    }

    func reported(at now: Instant) throws -> [Admission] {
        try settle(at: now)
        return try reports.map { try Envelope<Admission>(json: $0).data }
    }

    func answer(_ report: EventID) throws {
        let answer = Envelope(
            id: report, source: "/nagai/lock-controller/main", time: OwnReaderTests.now, cause: report, data: Reply<Done>.accept(Done()))
        broker.inject(
            Message(
                topic: Channel<Admission>.admissions.replyTopic(in: "nagai", to: "lock-gym").description, payload: try answer.json()))
    }

    func lives() throws -> [Life] { try said.filter { $0.topic.hasSuffix("/life") }.map { try $0.payload.decoded() } }
}
