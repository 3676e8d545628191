import Bus
import Contracts
import HTTP
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

/// The portal on a virtual clock; services, browsers and readers are played by the test.
final class TestPortal {
    let rig: Rig<Portal>
    private let policy: PortalPolicy
    private var registry = FakeAgent("main", seed: 5)
    private var ticket: UInt64 = 0
    private var chance = Seeded(11)

    static let vault = Vault.forTests()
    static let origin = "https://kazasu.nagai.example"

    static var policy: PortalPolicy {
        var policy = PortalPolicy(listen: "127.0.0.1:8480", origin: origin)
        policy.accounts = [
            PortalPolicy.Account(
                "sato", title: "佐藤", stations: [PortalPolicy.Station(.shelterDesk, "hq"), PortalPolicy.Station(.noticeDesk, "hall")]),
            PortalPolicy.Account("suzuki", title: "鈴木", stations: [PortalPolicy.Station(.desk, "office")]),
        ]
        policy.kiosks = [PortalPolicy.Kiosk("lobby", at: ReaderPlace(agent: "gate-1", reader: "reader-1"))]
        return policy
    }

    static var facts: TownFacts {
        var facts = TownFacts(title: "長井市", offset: .japan)
        facts.facilities = [("gym", "市民体育館")]
        facts.visits.facilities = [Facility("gym", title: "市民体育館", places: ["gym"])]
        var visits = Indicator("gym-visits", title: "体育館の来館", .visits)
        (visits.facility, visits.baseline, visits.goal) = ("gym", 900, 1500)
        facts.visits.indicators = [visits, Indicator("cards", title: "カード受付の割合", .cardShare)]
        facts.lines = [("loop", "市内循環")]
        facts.questions = [("allergy", "アレルギー"), ("wheelchair", "車いす")]
        return facts
    }

    init(
        policy: PortalPolicy = TestPortal.policy, facts: TownFacts = TestPortal.facts, capabilities: Capabilities = Capabilities(),
        at now: Instant = Rig<Portal>.morning
    ) throws {
        let roster = Roster(
            [
                .readerAgent: ["gate-1", "shelter-1"], .shelterRegistry: ["main"], .notifier: ["main"], .analytics: ["main"],
                .lockController: ["main"], .reception: ["main"], .points: ["main"], .portal: ["main"], .shelterDesk: ["hq"],
                .noticeDesk: ["hall"], .desk: ["office"], .operator: ["it-1"], .residentDirectory: ["main"], .resident: ["page"],
            ], capabilities: capabilities, spokenFor: policy.spokenFor)
        self.policy = policy
        rig = try Rig(Self.portal(policy, facts), as: .portal, roster: roster, at: now, vault: Self.vault)
        try rig.settle()
    }

    private static func portal(_ policy: PortalPolicy, _ facts: TownFacts) -> Portal {
        Portal(
            policy: policy, town: facts, vault: vault, files: Files(),
            signIn: SignIn(policy: policy, cost: Scrypt.Cost(logN: 1, r: 1, p: 1)), draw: { [UInt8](repeating: 7, count: $0) })
    }

    /// The town's file says something else since.
    func restart(with facts: TownFacts) throws {
        try rig.start(Self.portal(policy, facts))
        try rig.settle()
    }

    var now: Instant { rig.now }

    // MARK: A browser

    /// Asks for a page; `nil` while a service has not answered.
    @discardableResult
    func get(
        _ target: String, as account: AccountID? = nil, with cookie: String? = nil, headers: [String: String] = [:]
    ) throws -> Response? {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let query = parts.count > 1 ? Request(path: "/", headers: [:], body: Array(parts[1].utf8)).form : [:]
        return try ask(Request(path: parts[0], query: query, headers: headers), with: try cookie ?? account.map { try self.cookie(of: $0) })
    }

    /// Sends a form as the page's own script-free button does.
    @discardableResult
    func post(
        _ path: String, _ fields: [(String, String)] = [], as account: AccountID? = nil, with cookie: String? = nil,
        headers: [String: String] = [:]
    ) throws -> Response? {
        let cookie = try cookie ?? account.map { try self.cookie(of: $0) }
        let token = cookie.flatMap { SessionSecret($0)?.formToken }
        let own = token.map { [("csrf", $0)] } ?? []
        let body = (own + fields).map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
        let usual = ["content-type": "application/x-www-form-urlencoded", "origin": Self.origin]
        return try ask(
            Request(method: "POST", path: path, headers: usual.merging(headers) { _, given in given }, body: Array(body.utf8)), with: cookie
        )
    }

    func ask(_ request: Request, with cookie: String?) throws -> Response? {
        var request = request
        if let cookie { request.headers["cookie"] = "\(SessionSecret.cookie)=\(cookie)" }
        ticket += 1
        try rig.settle([Visit(ticket: ticket, request, drawn: (0..<64).map { _ in UInt8(truncatingIfNeeded: chance.next()) })])
        finishErrands()
        return answer(to: ticket)
    }

    private var cookies: [AccountID: String] = [:]

    /// Signs somebody in as they do it the first time: invited by a technician, with a password and a code of their app.
    func cookie(of account: AccountID) throws -> String {
        if let known = cookies[account] { return known }
        let command = registry.command(ChangeAccount(.invite, account), at: now)
        rig.say("nagai/portal/command/operator-it-1/account-change", try command.json())
        try rig.settle()
        let answer = try #require(rig.published.last { $0.topic == "nagai/portal/reply/operator-it-1/account-change" })
        let invitation = try #require(try Envelope<Reply<AccountAnswer>>(json: answer.payload).data.answer?.code)
        let who = [("account", account.text), ("invitation", invitation)]
        let page = try #require(try post("/ja/welcome", who + [("password", "sekai ichi no tap bus")])).text
        let typed = try #require(page.split(separator: "<code id=\"secret\">").last?.split(separator: "<").first)
        let codes = OneTimePassword(secret: try #require(Base32.bytes(typed)))
        let begun = try #require(try post("/ja/welcome/confirm", who + [("made", codes.code(OneTimePassword.step(at: now)))]))
        let value = try #require(begun.cookieValue)
        cookies[account] = value
        return value
    }

    /// What the last request was answered with in the end.
    var shown: Response? { answer(to: ticket) }

    private func answer(to ticket: UInt64) -> Response? {
        rig.effects.lazy.compactMap { $0 as? Answered }.last { $0.ticket == ticket }?.response
    }

    /// What was said to open pages, as the stream's bytes.
    func said(on feed: String) -> [String] {
        rig.effects.compactMap { $0 as? Said }.filter { $0.feed == feed }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Time goes on, second by second.
    func pass(_ span: Duration) throws {
        let end = now + span
        while now < end {
            try rig.pass(.seconds(1))
            finishErrands()
        }
    }

    private func finishErrands() {
        for done in rig.effects.compactMap({ $0 as? ErrandDone }) { rig.host.service.finish(done) }
    }

    /// Who looked at what, but for the signing in of this test.
    func looks() throws -> [Looked] { try rig.said(.looks).map(\.data).filter { $0.at != .signIn } }

    // MARK: Services

    /// The last command the portal has given on a channel.
    func command<Body: CommandBody>(_ channel: Channel<Body>) throws -> (user: String, Envelope<Body>) {
        let said = rig.published.last { topicMatches($0.topic, filter: channel.filter(in: "nagai")) }
        let outgoing = try #require(said, "no \(channel.name) was given")
        return (String(outgoing.topic.split(separator: "/")[3]), try Envelope<Body>(json: outgoing.payload))
    }

    /// The service answers the last command on a channel.
    func reply<Body: CommandBody>(_ reply: Reply<Body.Answer>, on channel: Channel<Body>) throws {
        let (user, command) = try command(channel)
        let envelope = Envelope(
            id: EventID(at: now, random: (0, chance.next())), source: "/nagai/\(channel.owner)/main", time: now, cause: command.id,
            data: reply)
        rig.say("nagai/\(channel.owner)/reply/\(user)/\(channel.name)", try envelope.json())
        try rig.settle()
        finishErrands()
    }

    /// A state of some service.
    func state<Body: StateBody>(_ data: Body, on channel: Channel<Body>, of thing: Entity) throws {
        let envelope = Envelope(
            id: EventID(at: now, random: (1, chance.next())), source: "/nagai/\(channel.owner)/main", time: now, data: data)
        rig.say(channel.topic(in: "nagai", thing).description, try envelope.json())
        try rig.settle()
    }

    private var registryNumber: Int64 = 0

    /// The registry describes a shelter.
    func shelter(
        _ id: ShelterID, _ title: String, _ stage: ShelterRun.Stage = .open, drill: Bool = false,
        _ change: (inout Shelter) -> Void = { _ in }
    ) throws {
        var shelter = Shelter(id, title: title)
        change(&shelter)
        registryNumber += 1
        let event = Envelope(
            id: EventID(at: now, random: (2, chance.next())), source: "/nagai/shelter-registry/main", subject: id.text, time: now,
            position: StreamPosition(epoch: Epoch("1795215600000-k3f9")!, number: registryNumber),
            data: ShelterChanged(shelter, ShelterRun(stage, since: now, by: "shelter-desk-hq", drill: drill)))
        rig.say(Channel.shelters.topic(in: "nagai", "main").description, try event.json())
        try rig.settle()
    }

    func occupancy(
        _ id: ShelterID, _ condition: Occupancy.Condition = .open, _ congestion: Occupancy.Congestion? = .free, headcount: Int = 0
    ) throws {
        try state(
            Occupancy(at: now, maxAge: 60, condition, headcount: headcount, congestion: congestion, heard: now, drill: false),
            on: .occupancy,
            of: id.named())
    }
}

extension Response {
    /// What the browser sends back of the first cookie it was given.
    var cookieValue: String? { cookies.first.map { String($0.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" }) } }
    var text: String { String(decoding: body, as: UTF8.self) }
}
