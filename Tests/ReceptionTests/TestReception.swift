import Bus
import Contracts
import Harness
import People
import Seal
import ServiceKit
import Store
import Testing

@testable import Reception

/// The service on a virtual clock; agents, the directory and the desks are played by the test.
final class TestReception {
    let rig: Rig<Reception>
    var agents: [AgentID: FakeAgent] = [:]
    /// Gives commands their ids.
    private var clerk = FakeAgent(seed: 9)
    private var directory = FakeDirectory<ReceptionView>()
    static let vault = Vault.forTests()
    let service: Reception

    /// A ballot with a list, a talk for fifty without one, a fair that counts each coming.
    static func policy(_ whenCutOff: ReceptionTerms.WhenCutOff = .central) -> ReceptionsPolicy {
        var policy = ReceptionsPolicy()
        policy.desks = ["north", "south"]
        let stations = [
            ReceptionTerms.Station("n", agents: ["gate-1"], desks: ["north"]), .init("s", agents: ["gate-2"], desks: ["south"]),
        ]
        var ballot = ReceptionTerms("ballot", title: "投票受付")
        (ballot.hasList, ballot.stations, ballot.whenCutOff) = (true, stations, whenCutOff)
        var talk = ReceptionTerms("talk", title: "健康講座")
        (talk.takesWalkIns, talk.capacity, talk.stations) = (true, 3, stations)
        var course = ReceptionTerms("course", title: "陶芸教室")
        (course.hasList, course.takesWalkIns, course.whenCutOff) = (true, true, whenCutOff)
        var fair = ReceptionTerms("fair", title: "産業祭")
        (fair.takesWalkIns, fair.isOnceOnly) = (true, false)
        policy.receptions = [ballot, talk, course, fair]
        return policy
    }

    /// - Parameters:
    ///   - name: the town's one, or that of a site at which station `s` stands.
    ///   - site: whether the town has that site.
    init(
        _ whenCutOff: ReceptionTerms.WhenCutOff = .central, at name: Instance = "main", withSite site: Bool = false, opens: Bool = true,
        disk: Database? = nil
    ) throws {
        let (isSite, vault) = (name != "main", name == "main" ? Self.vault : Vault.forTests(seed: 11))
        let roster = Roster([
            .readerAgent: isSite ? ["gate-2"] : ["gate-1", "gate-2"], .residentDirectory: ["main"],
            .reception: site ? ["main", "east"] : ["main"], .receptionDesk: ["north", "south"],
        ])
        service = Reception(policy: Self.policy(whenCutOff), vault: vault, name: name, agentsOfSites: site && !isSite ? ["gate-2"] : [])
        rig = try Rig(service, as: .reception, name, roster: roster, disk: disk, vault: vault)
        for (id, seed) in [("gate-1", 7), ("gate-2", 8)] as [(AgentID, UInt64)] { agents[id] = FakeAgent(id.named(), seed: seed) }
        try rig.settle()
        for number in 1...6 { try learn(number, cards: [number]) }
        guard opens, !isSite else { return }
        for id in ["ballot", "talk", "course", "fair"] as [ReceptionID] {
            #expect(try ask(.decideReception, DecideReception(.open, id)).accepted)
        }
        try pass(.seconds(3600))
    }

    var now: Instant { rig.now }

    /// Killed, and started again on its disk.
    func restart() throws {
        try rig.start(service)
        try rig.settle()
    }

    // MARK: What others say

    /// - Parameter ago: seconds before now, as of an agent that was cut off.
    @discardableResult
    func hold(
        _ card: Int, for reception: ReceptionID = "ballot", ago seconds: Int64 = 0, at agent: AgentID = "gate-1",
        clock: ClockQuality = .synced, change: (inout Tapped) -> Void = { _ in }
    ) throws -> Envelope<Tapped> {
        let purpose = Purpose(kind: "event", thing: reception.named())
        var reader = try #require(agents[agent])
        var tap = reader.tap(.card(card), at: now - .seconds(seconds), purpose: purpose, clock: clock)
        agents[agent] = reader
        change(&tap.data)
        rig.say("nagai/reader-agent/event/\(agent)/tap", try tap.json())
        try rig.settle()
        return tap
    }

    func learn(_ number: Int, cards: [Int], into: PersonID? = nil) throws {
        let view = ReceptionView(.person(number), tokens: into == nil ? cards.map { .card($0) } : nil, into: into)
        rig.say(directory.topic.description, try directory.row(view, at: now).json())
        try rig.settle()
    }

    func ask<Body: CommandBody>(
        _ channel: Channel<Body>, _ body: Body, as desk: Instance = "north"
    ) throws -> Reply<Body.Answer> {
        let user = Role.receptionDesk.user(desk)
        var command = clerk.command(body, at: now)
        command.source = "/nagai/reception-desk/\(desk)"
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: user).description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    /// Rows 1 to 4 are persons 1 to 4 with tickets T-1 to T-4; row 5 is a person without a card.
    @discardableResult
    func expect(_ id: ReceptionID = "ballot", _ rows: [AddExpected.Row] = TestReception.rows) throws -> [ExpectedAdded.Line] {
        try #require(try ask(.addExpected, AddExpected(rows, to: id)).answer).lines
    }

    static var rows: [AddExpected.Row] {
        let names = ["長井 花子", "長井 太郎", "平野 一郎", "長井 花子", "置賜 次郎"]
        let readings = ["ナガイ ハナコ", "ナガイ タロウ", "ヒラノ イチロウ", "ナガイ ハナコ", "オキタマ ジロウ"]
        return names.indices.map { index in
            var row = AddExpected.Row(
                index + 2, name: names[index], reading: readings[index], person: index < 4 ? .person(index + 1) : nil,
                ticket: "T-\(index + 1)")
            row.station = index % 2 == 0 ? "n" : "s"
            return row
        }
    }

    func receive(_ id: ReceptionID = "ballot", as desk: Instance = "north", _ change: (inout Receive) -> Void) throws -> Reply<Received> {
        var wish = Receive(in: id)
        change(&wish)
        return try ask(.receive, wish, as: desk)
    }

    func pass(_ span: Duration) throws { try rig.pass(span, step: .seconds(600)) }

    // MARK: What it says

    /// Of this one, not of the other end of the line.
    private func said<Body: Payload>(_ channel: Channel<Body>) throws -> [Body] {
        try rig.said(channel).filter { $0.source == "/nagai/reception/\(service.name)" }.map(\.data)
    }

    func rulings() throws -> [ReceptionRuling] { try said(.receptionRulings) }
    func outcomes() throws -> [ReceptionRuling.Outcome] { try rulings().map(\.outcome) }
    func feedback() throws -> [ReceptionRuling.Outcome] { try rig.said(.receptionFeedback).map(\.data.outcome) }
    func conflicts() throws -> [ReceptionConflict] { try said(.receptionConflicts) }

    func count(_ id: ReceptionID = "ballot") throws -> ReceptionCount {
        try #require(try rig.said(.receptionCounts).map(\.data).last { $0.reception == id })
    }
}
