import Bus
import Contracts
import Harness
import Journal
import People
import Seal
import ServiceKit
import Store
import Testing

@testable import Analytics

/// The service on a virtual clock; agents, the directory, doors and desks are played by the test.
final class TestVisits {
    let rig: Rig<Analytics>
    let policy: VisitsPolicy
    private(set) var agents: [AgentID: FakeAgent]
    private var directory = FakeDirectory<VisitView>()
    private var others = FakeAgent("main", seed: 99)
    private let chance: Chance

    static let vault = Vault.forTests()
    static let desk: UserID = "desk-office"

    /// A gym with readers that say which way people go, a library with one at which they take turns, a hall where each card is a visit.
    static var policy: VisitsPolicy {
        var policy = VisitsPolicy()
        let week: [Weekday: [Schedule.Hours]] = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [540..<1260]) })
        var gym = Facility("gym", title: "市民体育館", places: ["gym", "pool"])
        (gym.counting, gym.schedule) = (.directions, Schedule("gym", week: week))
        var library = Facility("library", title: "図書館", places: ["library"])
        (library.counting, library.longestStay) = (.turns, .seconds(3 * 3600))
        policy.facilities = [gym, library, Facility("hall", title: "公民館", places: ["hall"])]
        return policy
    }

    init(_ policy: VisitsPolicy = TestVisits.policy, at now: Instant = Rig<Analytics>.morning, seed: UInt64 = 7) throws {
        self.policy = policy
        let gates: [AgentID] = ["gate-1", "gate-2", "gate-3"]
        let roster = Roster([
            .readerAgent: gates.map { $0.named() }, .residentDirectory: ["main"], .analytics: ["main"], .lockController: ["main"],
            .desk: ["office"], .reception: ["main"],
            .points: ["main"],
        ])
        agents = Dictionary(uniqueKeysWithValues: gates.enumerated().map { ($1, FakeAgent($1.named(), seed: seed &+ UInt64($0))) })
        chance = Chance(seed)
        rig = try Rig(Self.service(policy, chance), as: .analytics, "main", roster: roster, at: now, vault: Self.vault)
        try rig.settle()
    }

    private static func service(_ policy: VisitsPolicy, _ chance: Chance) -> Analytics {
        Analytics(policy: policy, vault: vault, draw: { chance.bytes($0) })
    }

    var now: Instant { rig.now }
    var service: Analytics { Self.service(policy, chance) }

    /// A new process on the same disk.
    func restart() throws {
        try rig.start(service)
        try rig.settle()
    }

    /// To a moment of this day, such as `"8:31"`, or of another one.
    func go(to time: String, day: CalendarDate? = nil) throws {
        rig.now = Self.moment(time, day: day ?? now.date())
        try rig.settle()
    }

    static func moment(_ time: String, day: CalendarDate = "2026-11-21") -> Instant {
        let parts = time.split(separator: ":").compactMap { Int64($0) }
        return Instant(startOf: day) + .seconds(parts[0] * 3600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0))
    }

    // MARK: What others say

    /// A card is held now, or was.
    @discardableResult
    func hold(
        _ card: Int, at place: PlaceID, _ direction: Direction? = nil, for purpose: String = "visit", when time: Instant? = nil,
        of agent: AgentID = "gate-1"
    ) throws -> Envelope<Tapped> {
        let tap = try held(card, at: place, direction, for: purpose, when: time, of: agent)
        try say(tap, of: agent)
        return tap
    }

    /// Held, and not said to anybody yet.
    func held(
        _ card: Int, at place: PlaceID, _ direction: Direction? = nil, for purpose: String = "visit", when time: Instant? = nil,
        of agent: AgentID = "gate-1", uptime: Int64? = nil
    ) throws -> Envelope<Tapped> {
        var tap = agents[agent]!.tap(
            .card(card), at: time ?? now, purpose: try #require(Purpose(purpose)), clock: uptime == nil ? .synced : .boot)
        (tap.data.direction, tap.data.place, tap.data.uptime) = (direction, place, uptime)
        return tap
    }

    func say(_ tap: Envelope<Tapped>, of agent: AgentID = "gate-1") throws {
        rig.say(agents[agent]!.topic, try tap.json())
        try rig.settle()
    }

    /// A machine that was up for so many milliseconds at a moment has learnt the time.
    func learnTime(_ agent: AgentID, _ moment: Instant, uptime: Int64) throws {
        let fake = agents[agent]!
        let event = Envelope(
            id: EventID.derived(ofType: ClockSet.type, identity: agent.text, at: moment), source: "/nagai/reader-agent/\(agent)",
            time: moment, position: StreamPosition(epoch: fake.epoch, number: 1), data: ClockSet(time: moment, uptime: uptime))
        rig.say(Channel.clockCorrections.topic(in: "nagai", agent.named()).description, try event.json())
        try rig.settle()
    }

    /// Somebody agreed to be counted: visitor `number` with card `number`; with no cards: agrees no more.
    func agree(_ number: Int, cards: [Int]? = nil, at time: Instant? = nil, _ change: (inout VisitView) -> Void = { _ in }) throws {
        var view = VisitView(.visitor(number))
        let cards = cards ?? [number]
        if !cards.isEmpty {
            view.tokens = cards.map { .card($0) }
            (view.ageBand, view.district, view.residency) = (40, "西町", .resident)
            change(&view)
        }
        rig.say(directory.topic.description, try directory.row(view, at: time ?? now).json())
        try rig.settle()
    }

    func open(_ door: DoorID, by means: DoorDecided.Means?, _ verdict: Verdict = .open(by: .group("club")), tap: EventID? = nil) throws {
        others.number += 1
        let data = DoorDecided(
            door: door, tap: tap ?? others.newID(at: now), agent: "gate-1", reader: "reader-1", means: means, verdict: verdict)
        let event = Envelope(
            id: others.newID(at: now), source: "/nagai/lock-controller/main", time: now,
            position: StreamPosition(epoch: others.epoch, number: others.number), data: data)
        rig.say(Channel.doorDecisions.topic(in: "nagai", "main").description, try event.json())
        try rig.settle()
    }

    @discardableResult
    func ask<Body: CommandBody>(_ channel: Channel<Body>, _ body: Body) throws -> Reply<Body.Answer> {
        var command = others.command(body, at: now)
        command.source = "/nagai/desk/\(Self.desk)"
        rig.say(channel.topic(in: "nagai", Self.desk.named()).description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: Self.desk).description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    func day(_ day: CalendarDate = "2026-11-21", of house: FacilityID = "gym") throws -> FacilityDay {
        try #require(ask(.showVisits, ShowVisits(day, facility: house)).answer?.facilities.first)
    }

    // MARK: What lies on the disk

    /// Every visit, without the pseudonyms: house by house and day by day, those of one person together.
    func visits() throws -> [String] {
        let rows = try rig.disk.read { (db: borrowing Transaction) throws in
            try db.all(
                """
                SELECT v.day, f.text, who, n, came, "left", marks, p.text, age, d.text, r.text FROM visit v JOIN word f ON f.id = facility
                JOIN word p ON p.id = purpose LEFT JOIN word d ON d.id = district LEFT JOIN word r ON r.id = residency ORDER BY 1, 2, 3, 4
                """
            ) { row in
                let time = { (column: Int32) in row.intIfPresent(column).map { Instant(milliseconds: $0).rfc3339() } ?? "?" }
                return (
                    key: "\(row.int(0)) \(row.text(1))", who: row.int(2),
                    text: "\(time(4))–\(time(5)) \(row.int(6)) "
                        + [7, 8, 9, 10].compactMap { row.textIfPresent($0) }.joined(separator: " ")
                )
            }
        }
        let people = Dictionary(grouping: rows) { "\($0.key) \($0.who)" }.values
        return people.map { "\($0[0].key): " + $0.map(\.text).joined(separator: ", ") }.sorted()
    }

    /// Under which pseudonyms visits lie, day by day.
    func pseudonyms(at house: String = "gym") throws -> [Int64: Set<Int64>] {
        let rows = try rig.disk.read { (db: borrowing Transaction) throws in
            try db.all("SELECT day, who FROM visit JOIN word ON word.id = facility WHERE text = ?", house) { ($0.int(0), $0.int(1)) }
        }
        return Dictionary(grouping: rows, by: \.0).mapValues { Set($0.map(\.1)) }
    }

    func number(_ sql: StaticString) throws -> Int64 {
        try rig.disk.read { (db: borrowing Transaction) throws in try db.first(sql) { $0.int(0) } } ?? 0
    }

    /// The states of a house, as they were told.
    func told(_ house: FacilityID) throws -> [FacilityToday] {
        let topic = Channel.facilitiesToday.topic(in: "nagai", house.named()).description
        return try rig.published.filter { $0.topic == topic }.map { try Envelope<FacilityToday>(json: $0.payload).data }
    }
}

extension VisitorID {
    static func visitor(_ number: Int) -> VisitorID { VisitorID((0..<10).map { UInt8(truncatingIfNeeded: number >> (8 * (9 - $0))) }) }
}

/// Draws the same bytes from the same seed.
private final class Chance: @unchecked Sendable {
    // One test, one thread.
    private var seeded: Seeded
    init(_ seed: UInt64) { seeded = Seeded(seed) }
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: seeded.next()) } }
}
