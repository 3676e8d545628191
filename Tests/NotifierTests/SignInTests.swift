import Bus
import Contracts
import Harness
import Journal
import Post
import Seal
import ServiceKit
import Store
import Testing

@testable import Notifier

/// The link by which somebody opens their own page: to the addresses of the register alone, soon or never, and kept no longer than that.
@Suite struct SignInTests {
    private let page: UserID = "resident-page"
    private let link = "https://kazasu.town.example/ja/family?link=abcdefgh"
    private let line = "U0123456789abcdef0123456789abcdef"

    private func letIn(_ town: TestNotices, _ person: Int = 2, link: String? = nil) throws -> Reply<WaysToReach> {
        try town.ask(.letIn, LetIn(.person(person), link: link ?? self.link), as: page)
    }

    /// The links of all notices as they lie in the database.
    private func kept(_ town: TestNotices) throws -> [String?] {
        try town.rig.disk.read { (db: borrowing Transaction) throws in
            try db.all("SELECT id, row FROM notice ORDER BY id") { ($0.blob(0), $0.blob(1)) }.map { id, row in
                let values: News.Values = try TestNotices.vault.open(row, context: "notice/\(try #require(EventID(bytes: id)))").decoded()
                return values.link
            }
        }
    }

    @Test("It leaves at once at any hour, in the words of whoever it is for, and is kept no longer")
    func leaves() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        try town.learn(3) { ($0.channels, $0.language) = ([Reach(.line, line)], "en") }
        try town.go(to: "23:30", step: .seconds(600))
        #expect(try letIn(town).answer == WaysToReach(.person(2), ways: [.mail]))
        #expect(town.mails.map(\.to) == ["parent2@mail.example"] && town.mails.first?.subject == "【長井市】わたしのページへの入り口")
        #expect(town.mails.first?.body.contains("\n\(link)\n") == true)
        #expect(try letIn(town, 3).answer?.ways == [.line])
        guard case .line(let push)? = town.parcels.last?.carrier else { throw Restless() }
        #expect(push.to == line && push.text.hasPrefix("長井市: your own page\n") && push.text.contains("\n\(link)\n"))
        #expect(try town.ended().map(\.outcome) == [.sent, .sent] && town.ended().map(\.word) == [.signIn, .signIn])
        #expect(try kept(town) == [nil, nil])
    }

    @Test("It stands in nothing that is said or logged, and not readable on the disk")
    func secret() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        town.answer = { _ in nil }
        #expect(try letIn(town).accepted)
        #expect(try town.ask(.listDeliveries, ListDeliveries(person: .person(2))).answer?.deliveries.map(\.word) == [.signIn])
        #expect(try kept(town) == [link], "it is under way")
        let word = "abcdefgh"
        let said = town.rig.published.filter { !$0.topic.contains("/command/") }
        #expect(!said.isEmpty && said.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains(word) })
        #expect(town.rig.log.allSatisfy { !$0.contains(word) })
        #expect(!String(decoding: try town.rig.disk.serialized(), as: UTF8.self).contains(word))
    }

    @Test("It goes by mail or LINE alone: no browser, no screen, no device at home shows it, whatever else reaches the person")
    func ways() throws {
        let town = try TestNotices()
        try town.learn(2) { $0.channels = [Reach(.webhook, "hall"), Reach(.mail, "parent2@mail.example")] }
        let push = PushSubscription(endpoint: "https://push.example/1", p256dh: OwnNoticesTests.p256dh, auth: OwnNoticesTests.auth)
        #expect(try town.ask(.subscribe, Subscribe(.person(2), push: push)).accepted)
        #expect(try town.ask(.subscribe, Subscribe(.person(2), home: "home-1")).accepted)
        #expect(try letIn(town).answer?.ways == [.mail])
        #expect(town.parcels.count == 1 && town.mails.map(\.to) == ["parent2@mail.example"])
        #expect(try town.rig.said(.homeNotices).allSatisfy { $0.data.notices.isEmpty })
        town.answer = { _ in .deferred(retryAfter: nil) }
        #expect(try letIn(town).accepted)
        try town.pass(.seconds(1200), step: .seconds(10))
        #expect(town.mails.count == town.parcels.count, "also where the mail server is away")
        #expect(try town.ended().last?.outcome == .late, "it is tried to the end")
    }

    @Test("Who has neither mail nor LINE that works is refused, and nothing waits for an address")
    func noAddress() throws {
        let town = try TestNotices()
        try town.learn(2) { $0.channels = [Reach(.phone, "0238-00-0000")] }
        #expect(try letIn(town, 2).refusal == "no-address" && letIn(town, 99).refusal == "no-address")
        try town.learnGuardian(3)
        town.answer = { _ in .unreachable }
        #expect(try letIn(town, 3).accepted)
        #expect(try town.ended().map(\.outcome) == [.failed])
        #expect(try letIn(town, 3).refusal == "no-address", "the address is known not to work")
        #expect(try kept(town) == [nil])
    }

    @Test(
        "What is no link to a page is sent to nobody",
        arguments: ["javascript:alert(1)", "https://", "https://a.example/b c", "", "http://evil.example/x"])
    func badLink(link: String) throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        #expect(try letIn(town, link: link).refusal == "bad-link")
        #expect(town.parcels.isEmpty)
    }

    @Test("Three an hour for one person; others have their own three, and after the hour there are three again")
    func tooMany() throws {
        let town = try TestNotices()
        for person in 2...3 { try town.learnGuardian(person) }
        for _ in 1...3 { #expect(try letIn(town).accepted) }
        #expect(try letIn(town).refusal == "too-many")
        #expect(try letIn(town, 3).accepted && town.mails.count == 4)
        try town.pass(.seconds(3601), step: .seconds(60))
        #expect(try letIn(town).accepted)
    }

    @Test("What has not left within a quarter of an hour never leaves, and the link is gone")
    func late() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        town.answer = { _ in .deferred(retryAfter: nil) }
        #expect(try letIn(town).accepted)
        try town.pass(.seconds(880), step: .seconds(10))
        let tries = town.parcels.count
        #expect(try town.ended().isEmpty && tries > 1)
        town.answer = { _ in .accepted }
        try town.pass(.seconds(3600), step: .seconds(10))
        #expect(town.parcels.count == tries)
        #expect(try town.ended().map(\.outcome) == [.late] && kept(town) == [nil])
    }

    @Test("A mail that comes back is not sent on without its link, and after a copy was put back nothing is sent again")
    func notAgain() throws {
        let town = try TestNotices()
        try town.learn(2) { $0.channels = [Reach(.mail, "parent2@mail.example"), Reach(.line, line)] }
        #expect(try letIn(town).accepted)
        let sent = try #require(try town.ask(.listDeliveries, ListDeliveries(person: .person(2))).answer?.deliveries.first)
        #expect(try town.ask(.noteBounce, NoteBounce(sent.id, status: "4.2.2", isPermanent: false)).accepted)
        try town.pass(.seconds(60))
        #expect(try town.parcels.count == 1 && town.ended().map(\.outcome) == [.sent, .late])

        town.answer = { _ in nil }
        #expect(try letIn(town).accepted)
        let (copy, moment) = (try town.rig.disk.serialized(), town.now)
        town.answer = { _ in .accepted }
        try town.pass(.seconds(30))
        let count = town.parcels.count
        try town.rig.replaceDisk(with: copy)
        try Restored(at: town.now, copied: moment).note(in: town.rig.disk)
        try town.restart()
        try town.pass(.seconds(300))
        #expect(try town.parcels.count == count && town.ended().last?.outcome == .late)
        #expect(try town.rig.life().problems?.isEmpty != false, "nobody has to look at it")
    }
}
