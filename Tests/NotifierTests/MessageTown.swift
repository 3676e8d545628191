import Contracts
import Harness
import Post
import Store

@testable import Notifier

extension TestNotices {
    /// Somebody with a mail address who agreed to hear of the town's events.
    func learnResident(
        _ number: Int, agreed: [NoticeKind] = ["town-events"], district: String? = nil, verified: Bool? = nil,
        _ change: (inout NoticeView) -> Void = { _ in }
    ) throws {
        try learn(number) { view in
            view.channels = [Reach(.mail, Self.mail(number))]
            (view.agreed, view.district, view.isVerified) = (agreed.isEmpty ? nil : agreed, district, verified)
            change(&view)
        }
    }

    static func mail(_ number: Int) -> String { "p\(number)@mail.example" }

    static func draft(
        _ id: TownMessageID = "festival", _ tier: TownMessage.Tier = .ordinary, to audience: Audience = Audience()
    ) -> OpenMessage {
        OpenMessage(id, "town-events", tier, to: audience, texts: ["ja": NoticeText(subject: "夏祭り", body: "土曜日です。")])
    }

    /// Drawn up by one desk and approved by another.
    func send(_ wish: OpenMessage) throws {
        guard try ask(.openMessage, wish).accepted, try decide(.approve, wish.message).accepted else { throw Restless() }
    }

    func decide(
        _ decision: DecideMessage.Decision, _ id: TownMessageID = "festival", as user: UserID = "notice-desk-press"
    ) throws -> Reply<MessageChanged> { try ask(.decideMessage, DecideMessage(decision, id), as: user) }

    func message(_ id: TownMessageID = "festival") throws -> TownMessage? {
        try ask(.listMessages, ListMessages(message: id)).answer?.messages.first
    }

    /// Says something without letting the service come to rest.
    func sayOnly<Body: CommandBody>(_ channel: Channel<Body>, _ body: Body, as user: UserID) throws {
        var agent = FakeAgent("gym-gate", seed: 4711)
        var command = agent.command(body, at: now)
        command.source = "/nagai/notice-desk/\(user)"
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
    }

    func deliveries() throws -> Int {
        try rig.disk.read { try $0.first("SELECT count(*) FROM delivery") { Int($0.int(0)) } } ?? 0
    }

    func tally(_ change: (inout TownMessage.Tally) -> Void) -> TownMessage.Tally {
        var tally = TownMessage.Tally()
        change(&tally)
        return tally
    }

    func count(_ wish: OpenMessage) throws -> [Int] {
        var (sums, after) = ([0, 0, 0], PersonID?.none)
        repeat {
            guard let page = try ask(.countAudience, CountAudience(wish.audience, wish.kind, wish.tier, after: after)).answer else {
                throw Restless()
            }
            sums = zip(sums, [page.recipients, page.declined, page.unreachable]).map(+)
            after = page.next
        } while after != nil
        return sums
    }
}

extension Audience {
    static func of(_ change: (inout Audience) -> Void) -> Audience {
        var audience = Audience()
        change(&audience)
        return audience
    }
}
