import Contracts
import HTTP
import Harness
import ServiceKit
import Store
import Testing

@testable import Portal

/// A town with a kiosk in its lobby, and whoever answers to cards held there.
final class KioskStage {
    let portal: TestPortal
    private var agent = FakeAgent("gate-1")
    private var chance = Seeded(3)

    init(_ change: (inout PortalPolicy) -> Void = { _ in }) throws {
        var policy = TestPortal.policy
        policy.accounts += ["ito", "mori"].map { PortalPolicy.Account($0, title: "\($0)", stations: []) }
        change(&policy)
        portal = try TestPortal(policy: policy)
    }

    /// One whose kiosk shows the holder's library card.
    static func library(_ change: (inout PortalPolicy) -> Void = { _ in }) throws -> KioskStage {
        try KioskStage { policy in
            policy.isForResidents = true
            policy.kiosks[0].library = PortalPolicy.LibraryCard("library", as: .codabar)
            change(&policy)
        }
    }

    // MARK: Screens

    /// What a browser sends that staff have just made a kiosk. Whoever has done so is signed out, and does no more in this test.
    func pair(_ kiosk: KioskID = "lobby", by account: AccountID = "ito", held: [String: String] = [:]) throws -> [String: String] {
        let before = held["cookie"].map { "; \($0)" } ?? ""
        let own = "\(SessionSecret.cookie)=\(try portal.cookie(of: account))"
        let token = try #require(SessionSecret(try portal.cookie(of: account))).formToken
        let answer = try #require(
            try portal.post("/ja/kiosk-setup", [("csrf", token), ("kiosk", kiosk.text)], headers: ["cookie": own + before]))
        #expect(answer.status == 303 && answer.headers["Location"] == "/ja/kiosk/\(kiosk)")
        return ["cookie": String(try #require(answer.cookies.first).prefix { $0 != ";" })]
    }

    // MARK: Cards

    /// A card is held; the portal hears of it.
    @discardableResult
    func tap(_ card: Int = 1, reader: ReaderID = "reader-1") throws -> EventID {
        let tap = agent.tap(.card(card), at: portal.now, reader: reader)
        try hear(tap)
        return tap.id
    }

    /// A card was held, of which the portal has not heard yet.
    func unheardTap(_ card: Int = 1) -> Envelope<Tapped> { agent.tap(.card(card), at: portal.now) }

    func hear(_ tap: Envelope<Tapped>) throws {
        portal.rig.say(agent.topic, try tap.json())
        try portal.rig.settle()
    }

    func say<Body: FeedbackBody>(_ data: Body, on channel: Channel<Body>, to agent: AgentID = "gate-1") throws {
        let envelope = Envelope(
            id: EventID(at: portal.now, random: (7, chance.next())), source: "/nagai/\(channel.owner)/main", time: portal.now,
            data: data)
        portal.rig.say(channel.topic(in: "nagai", agent.named()).description, try envelope.json())
        try portal.rig.settle()
    }

    func door(_ tap: EventID, _ signal: Feedback.Signal = .opened, _ reason: Refusal? = nil, reader: ReaderID = "reader-1") throws {
        try say(Feedback(tap: tap, reader: reader, signal: signal, reason: reason), on: .doorFeedback)
    }

    // MARK: The directory

    /// For which cards a number was asked, in order.
    func asked() throws -> [Envelope<FindCardNumber>] {
        var seen: Set<EventID> = []
        return try portal.rig.said(.findCardNumber).filter { seen.insert($0.id).inserted }
    }

    /// The directory answers, whenever that may be.
    func answer(_ reply: Reply<CardNumber>, to command: Envelope<FindCardNumber>? = nil) throws {
        let last = try asked().last
        let command = try #require(command ?? last)
        let envelope = Envelope(
            id: EventID(at: portal.now, random: (8, chance.next())), source: "/nagai/resident-directory/main", time: portal.now,
            cause: command.id, data: reply)
        portal.rig.say("nagai/resident-directory/reply/resident-page/card-number", try envelope.json())
        try portal.rig.settle()
        for done in portal.rig.effects.compactMap({ $0 as? ErrandDone }) { portal.rig.host.service.finish(done) }
    }

    func number(_ number: String) throws { try answer(.accept(CardNumber(number))) }

    // MARK: What is seen

    /// What was said to open pages.
    func said(_ tongue: String = "ja") -> [String] { portal.said(on: "kiosk/lobby/\(tongue)") }
    var face: String { said().last ?? "" }
    var isIdle: Bool { face.contains("class=\\\"idle\\\"") }
    func stays() -> Int? { face.split(separator: "data-stays=\\\"").dropFirst().first.flatMap { Int($0.prefix { $0 != "\\" }) } }
}
