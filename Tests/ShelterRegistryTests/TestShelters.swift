import Bus
import Contracts
import Harness
import People
import Seal
import ServiceKit
import ShelterRegistry
import Testing

/// One registry on a virtual clock, and everybody else played by the test: agents, the directory, desks.
final class TestShelters {
    let rig: Rig<ShelterRegistry>
    private(set) var agent: FakeAgent
    private var directory = FakeDirectory<ShelterView>()
    private let service: (Vault) -> ShelterRegistry
    private let seed: UInt64

    /// The island keeps `hall-…` and `h1`; the town keeps the rest.
    static let keepers = ShelterKeepers(islands: ["hall": ["h1"], "east": ["e1"]])

    init(_ instance: Instance = "main", seed: UInt64 = 7, questions: [NeedID] = []) throws {
        var rules = ShelterRegistry.Rules()
        rules.questions = questions
        rules.agents = ["gate-1": ["s01", "s02"]]
        let roster = Roster([
            .readerAgent: ["gate-1", "gate-2", "gate-3"], .residentDirectory: ["main"], .shelterRegistry: ["main", "hall", "east"],
            .shelterDesk: ["hq", "east"], .resident: ["page"],
        ])
        service = { [rules] in ShelterRegistry(vault: $0, name: instance, keepers: Self.keepers, rules: rules) }
        self.seed = seed
        let vault = Vault.forTests(seed: seed)
        rig = try Rig(service(vault), as: .shelterRegistry, instance, roster: roster, vault: vault)
        agent = FakeAgent(instance == "main" ? "gate-1" : instance == "hall" ? "gate-2" : "gate-3", seed: seed)
        try rig.settle()
    }

    static func island(_ name: Instance = "hall") throws -> TestShelters { try TestShelters(name, seed: name == "hall" ? 11 : 13) }

    var now: Instant { rig.now }

    /// It starts again with these keys of its vault.
    func restart(keys: ClosedRange<Int>) throws {
        let vault = Vault.forTests(seed: seed, keys: keys)
        rig.vault = vault
        try rig.start(service(vault))
        try rig.settle()
    }

    func command<Body: Payload>(_ body: Body) -> Envelope<Body> {
        var command = agent.command(body, at: now)
        command.source = "/nagai/shelter-desk/hq"
        return command
    }

    // MARK: What others say

    /// A card is held at a shelter, now or some seconds ago.
    @discardableResult
    func hold(
        _ card: Int, at shelter: ShelterID, _ direction: Direction? = nil, ago seconds: Int64 = 0, clock: ClockQuality = .synced,
        former: Token? = nil
    ) throws -> Envelope<Tapped> {
        var tap = agent.tap(.card(card), at: now - .seconds(seconds), purpose: .shelter(shelter), clock: clock)
        tap.data.direction = direction
        tap.data.former = former
        rig.say(agent.topic, try tap.json())
        try rig.settle()
        return tap
    }

    func learn(
        _ number: Int, cards: [Int], name: String? = nil, household: HouseholdID? = nil, into: PersonID? = nil, isProtected: Bool? = nil,
        _ more: (inout ShelterView) -> Void = { _ in }
    ) throws {
        var view = ShelterView(.person(number), into: into)
        if into == nil { view.tokens = cards.map { .card($0) } }
        (view.name, view.household, view.isProtected, view.district) = (name ?? "住民\(number)", household, isProtected, "宮前")
        more(&view)
        rig.say(directory.topic.description, try directory.row(view, at: now).json())
        try rig.settle()
    }

    @discardableResult
    func ask<Body: CommandBody>(
        _ channel: Channel<Body>, _ body: Body, as user: UserID = "shelter-desk-hq"
    ) throws -> Reply<Body.Answer> {
        let command = command(body)
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: user).description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    func add(_ shelter: ShelterID, day: Int? = nil, night: Int? = nil, opens: Bool = true, drill: Bool = false) throws {
        var described = Shelter(shelter, title: "第一中学校")
        described.capacity = Shelter.Capacity(day: day, night: night)
        #expect(try ask(.putShelter, PutShelter(described)).accepted)
        if opens { #expect(try ask(.runShelter, RunShelter(shelter, .open, drill: drill)).accepted) }
    }

    @discardableResult
    func note(
        _ step: StayNoted.Step, _ who: Evacuee..., at shelter: ShelterID, kind: StayKind? = nil, when: Instant? = nil
    ) throws
        -> Reply<StaysNoted>
    {
        try ask(.noteStays, NoteStays(step, who, at: shelter, kind: kind, when: when))
    }

    func pass(_ span: Duration) throws { try rig.pass(span, step: .seconds(1)) }

    // MARK: What it says

    func headcount(_ shelter: ShelterID) throws -> Int? { try occupancy(shelter)?.headcount }

    /// As anybody on the broker sees it two seconds later.
    func occupancy(_ shelter: ShelterID) throws -> Occupancy? {
        try pass(.seconds(2))
        let topic = Channel<Occupancy>.occupancy.topic(in: "nagai", shelter.named()).description
        return try rig.published.last { $0.topic == topic }.map { try Envelope<Occupancy>(json: $0.payload).data }
    }

    /// Where somebody was said to be last.
    func whereabouts(_ who: Evacuee) throws -> Whereabouts? { try rig.said(.whereabouts).last { $0.subject == who.description }?.data }

    func show(_ who: Evacuee) throws -> EvacueePage { try #require(ask(.showEvacuee, ShowEvacuee(who)).answer) }

    func roster(_ shelter: ShelterID, drill: Bool = false) throws -> [EvacueeBrief] {
        try #require(ask(.listRoster, ListRoster(of: shelter, drill: drill)).answer).entries
    }

    /// Every event this registry has said for others, as the line would carry it.
    func told() -> [Outgoing] {
        rig.published.filter { $0.topic.hasPrefix("nagai/shelter-registry/event/") && !$0.topic.hasSuffix("/whereabouts") }
    }
}
