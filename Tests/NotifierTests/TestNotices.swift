import Bus
import Contracts
import Harness
import People
import Post
import Seal
import ServiceKit
import Store
import Testing

@testable import Notifier

/// The service on a virtual clock; agents, the directory, desks and whoever carries messages are played by the test.
final class TestNotices {
    let rig: Rig<Notifier>
    private(set) var agents: [AgentID: FakeAgent]
    private var directory = FakeDirectory<NoticeView>()
    /// How carriers answer: to a parcel, by its way; accepted if nothing is said. `nil` for no answer yet.
    var answer: (Parcel) -> Outcome? = { _ in .accepted }
    /// Whom LINE names for a code.
    var signedIn: (LineLogin) -> String? = { _ in nil }
    /// Everything that was handed over, in order.
    private(set) var parcels: [Parcel] = []
    let policy: NoticesPolicy
    /// Agents that say every few seconds up to when they have written everything down.
    var speaking: Set<AgentID> = []
    private var seen = 0

    static let vault = Vault.forTests()
    private var others = FakeAgent("others", seed: 99)

    /// Two schools with a gate each, a club, an office.
    static var policy: NoticesPolicy {
        var policy = NoticesPolicy()
        policy.contacts = [
            Contact("town-hall", title: "役場", channels: [Reach(.mail, "office@town.example")]),
            Contact("east-office", title: "東小職員室", channels: [Reach(.mail, "east@school.example")]),
            Contact("driver", title: "運転手", channels: [Reach(.mail, "driver@bus.example")]),
            Contact("monitor", title: "確認用", channels: [Reach(.mail, "monitor@town.example")]),
        ]
        policy.office = ["town-hall"]
        policy.monitors = ["monitor"]
        policy.desks = [NoticeDesk("hall"), NoticeDesk("press"), NoticeDesk("east", schools: ["east"])]
        policy.homes = ["home-1"]
        policy.drivers = ["blue": ["driver"]]
        policy.titles = ["blue": "青バス"]
        var week: [Weekday: [Schedule.Hours]] = [:]
        for day in [Weekday.monday, .tuesday, .wednesday, .thursday, .friday, .saturday] { week[day] = [510..<930] }
        var east = School("east", title: "東小学校", schedule: Schedule("school", week: week, onHolidays: .closed), gates: ["east-gate"])
        east.office = ["east-office"]
        var club = School("club", title: "学童クラブ", schedule: Schedule("club", week: week), gates: ["club-gate"])
        (club.group, club.expects) = ("club", false)
        var nursery = School("nursery", title: "ひまわり園", schedule: Schedule("nursery", week: week), gates: ["nursery-gate"])
        nursery.isForCollectors = true
        policy.schools = [east, club, nursery]
        return policy
    }

    init(_ policy: NoticesPolicy = TestNotices.policy, seed: UInt64 = 7, sender: Notifier.Sender = TestNotices.sender) throws {
        self.policy = policy
        let gates: [AgentID] = ["east-gate", "club-gate", "nursery-gate", "gym-gate", "bus-1"]
        let roster = Roster([
            .readerAgent: gates.map { $0.named() }, .residentDirectory: ["main"], .notifier: ["main"], .shelterRegistry: ["main"],
            .points: ["main"], .lockController: ["main"], .noticeDesk: policy.desks.map { $0.id.named() }, .home: ["home-1"],
            .resident: ["page"],
        ])
        agents = Dictionary(uniqueKeysWithValues: gates.enumerated().map { ($1, FakeAgent($1.named(), seed: seed &+ UInt64($0))) })
        rig = try Rig(
            Notifier(policy: policy, vault: Self.vault, sender: sender), as: .notifier, "main", roster: roster, vault: Self.vault)
        try settle()
    }

    static var sender: Notifier.Sender {
        let town = try! MailAddress("oshirase@town.example")
        var sender = Notifier.Sender(
            town: "長井市", mailbox: Mailbox(name: "長井市", town), returnPath: ReturnPath(try! MailAddress("bounce@town.example")),
            ways: [.mail, .line, .push, .webhook, .home])
        sender.hasLineLogin = true
        return sender
    }

    var now: Instant { rig.now }

    /// A new process on the same disk.
    func restart() throws {
        try rig.start(Notifier(policy: policy, vault: Self.vault, sender: Self.sender))
        seen = rig.effects.count
        try settle()
    }

    /// Lets carriers answer until nothing is left to say.
    func settle() throws {
        try rig.settle()
        while seen < rig.effects.count {
            let new = rig.effects[seen...].compactMap { ($0 as? Handover)?.parcel }
            seen = rig.effects.count
            parcels += new
            let receipts = new.compactMap { parcel -> Receipt? in
                guard let outcome = answer(parcel) else { return nil }
                var receipt = Receipt(key: parcel.key, outcome)
                if case .lineLogin(let login) = parcel.carrier { receipt.user = signedIn(login) }
                return receipt
            }
            try rig.settle(receipts)
        }
    }

    func pass(_ span: Duration, step: Duration = .seconds(5)) throws {
        let end = now + span
        while now < end {
            try rig.pass(min(step, end - now), step: step)
            try settle()
            for agent in speaking.sorted() { try sayHeads(of: agent, at: now - .seconds(5)) }
        }
    }

    /// To a moment of this day, such as `"8:31"`, or of a later one.
    func go(to time: String, day: CalendarDate? = nil, step: Duration = .seconds(30)) throws {
        let parts = time.split(separator: ":").compactMap { Int64($0) }
        let start = Instant(startOf: day ?? now.date())
        let end = start + .seconds(parts[0] * 3600 + parts[1] * 60)
        try pass(end - now, step: step)
    }

    // MARK: What others say

    @discardableResult
    func hold(
        _ card: Int, at agent: AgentID, for purpose: String = "school-gate", ago seconds: Int64 = 0, _ direction: Direction? = nil,
        place: PlaceID? = nil
    ) throws -> Envelope<Tapped> {
        let tap = try held(card, at: agent, for: purpose, ago: seconds, direction, place: place)
        try say(tap, of: agent)
        return tap
    }

    /// Held, and not said to anybody yet.
    func held(
        _ card: Int, at agent: AgentID, for purpose: String = "school-gate", ago seconds: Int64 = 0, _ direction: Direction? = nil,
        place: PlaceID? = nil
    ) throws -> Envelope<Tapped> {
        var tap = agents[agent]!.tap(.card(card), at: now - .seconds(seconds), purpose: try #require(Purpose(purpose)))
        tap.data.direction = direction
        tap.data.place = place ?? agent.named()
        return tap
    }

    func say(_ tap: Envelope<Tapped>, of agent: AgentID) throws {
        rig.say(agents[agent]!.topic, try tap.json())
        try settle()
    }

    /// An agent says what it has written down, and up to when.
    func sayHeads(of agent: AgentID, at moment: Instant? = nil) throws {
        let fake = agents[agent]!
        let segments = fake.number == 0 ? [:] : [fake.topic: [Segment(epoch: fake.epoch, first: 1, last: fake.number)]]
        let heads = Heads(at: moment ?? now, segments: segments)
        rig.say(Topic.heads(of: Address("reader-agent", agent.named()), in: "nagai").description, try heads.json())
        try settle()
    }

    /// What a producer other than agents and the directory says.
    private func say<Body: EventBody>(_ body: Body, on channel: Channel<Body>, subject: String? = nil) throws {
        others.number += 1
        let position = StreamPosition(epoch: others.epoch, number: others.number)
        let event = Envelope(
            id: others.newID(at: now), source: "/nagai/\(channel.owner)/main", subject: subject, time: now, position: position, data: body)
        rig.say(channel.topic(in: "nagai", "main").description, try event.json())
        try settle()
    }

    func shelter(_ person: Int, _ presence: Whereabouts.Presence, at shelter: ShelterID, since: Instant? = nil) throws {
        let who = Evacuee.person(.person(person))
        try say(Whereabouts(who, presence, at: shelter, kind: nil, since: since ?? now), on: .whereabouts, subject: who.description)
    }

    func item(for person: Int, _ status: LockerItemChanged.Status = .filled) throws {
        let item = LockerItem(
            id: others.newID(at: now), locker: "library", compartment: "box-1", number: ItemNumber("R-15"), state: .filled,
            tokens: [.card(person)],
            until: now + .seconds(86_400))
        try say(LockerItemChanged(item: item, status: status), on: .lockerItems)
    }

    func leftOnBoard(_ child: Int, alighted: Bool = false) throws {
        let tap = EventID.derived(ofType: "tap", identity: "\(child)", at: .distantPast)
        let boarded = RideEnd(tap, at: now - .seconds(1800), "school-stop")
        let alighted = alighted ? RideEnd(others.newID(at: now), at: now - .seconds(600), "town-stop") : nil
        try say(LeftOnBoard(.person(child), on: "blue", in: "bus-1", boarded: boarded, alighted: alighted), on: .leftOnBoard)
    }

    /// Somebody as the directory tells of them; person `number` has card `number` unless told otherwise.
    func learn(_ number: Int, cards: [Int]? = nil, _ change: (inout NoticeView) -> Void = { _ in }) throws {
        var view = NoticeView(.person(number))
        view.tokens = (cards ?? [number]).map { .card($0) }
        change(&view)
        if view.into != nil { view.tokens = nil }
        rig.say(directory.topic.description, try directory.row(view, at: now).json())
        try settle()
    }

    /// A guardian with a mail address.
    func learnGuardian(_ number: Int, agreed: [NoticeKind] = []) throws {
        try learn(number) {
            $0.channels = [Reach(.mail, "parent\(number)@mail.example")]
            $0.agreed = agreed.isEmpty ? nil : agreed
        }
    }

    /// A pupil of the east school whose guardians want to hear of the gate.
    func learnPupil(_ number: Int, called: String, school: String? = "東小学校", guardians: [Int], kinds: [NoticeKind] = [.schoolGate]) throws {
        try learn(number) {
            ($0.called, $0.school, $0.schoolClass) = (called, school, "3-2")
            $0.tell = guardians.map { .init(.person($0), as: .guardian, kinds: kinds) }
            $0.collectors = guardians.map { .person($0) }
            $0.guardians = $0.collectors
        }
    }

    @discardableResult
    func ask<Body: CommandBody>(
        _ channel: Channel<Body>, _ body: Body, as user: UserID = "notice-desk-hall"
    ) throws -> Reply<Body.Answer> {
        var command = agents["gym-gate"]!.command(body, at: now)
        command.source = "/nagai/notice-desk/\(user)"
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
        try settle()
        let topic = channel.replyTopic(in: "nagai", to: user).description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    // MARK: What was sent

    /// Mails in the order they left: to whom, about what, and what they say.
    var mails: [(to: String, subject: String, body: String)] {
        parcels.compactMap { parcel in
            guard case .mail(let letter) = parcel.carrier else { return nil }
            return (letter.to.text, letter.subject, letter.body)
        }
    }

    func forget() { parcels = [] }

    func ended() throws -> [DeliveryEnded] { try rig.said(.deliveries).map(\.data) }
    func silences() throws -> [SilenceRaised] { try rig.said(.silences).map(\.data) }
}
