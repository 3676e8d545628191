import Contracts
import Harness
import Post
import ServiceKit
import Store
import Testing

@testable import Notifier

/// What the town tells many: by whom, when, and what became of it.
@Suite struct MessageTests {
    @Test("A message goes to nobody until another desk than its author's has approved it, and then once to each")
    func approved() throws {
        let town = try TestNotices()
        for number in 1...5 { try town.learnResident(number) }
        try town.learnResident(6, agreed: [])
        #expect(try town.ask(.openMessage, TestNotices.draft()).answer?.message.stage == .draft)
        #expect(try town.decide(.approve, as: "notice-desk-hall").refusal == "second-person")
        try town.pass(.seconds(60))
        #expect(town.mails.isEmpty)
        #expect(try town.decide(.approve).answer?.message.approvedBy == "notice-desk-press")
        try town.pass(.seconds(60))
        #expect(town.mails.map(\.to).sorted() == (1...5).map(TestNotices.mail))
        #expect(town.mails.first?.subject == "夏祭り" && town.mails.first?.body == "土曜日です。")
        let told = try town.rig.said(.townMessages).map(\.data)
        #expect(told.map(\.message.stage) == [.draft, .approved, .sending, .sent])
        #expect(told.map(\.by) == ["notice-desk-hall", "notice-desk-press", nil, nil])
        #expect(told.last?.message.tally.sent == 5 && told.last?.message.tally.recipients == 5)
        #expect(try town.decide(.approve).refusal == "not-possible")
        #expect(try town.ask(.openMessage, TestNotices.draft()).refusal == "known-message")
    }

    @Test("Monitors see it first, as it will be, at any hour")
    func test() throws {
        let town = try TestNotices()
        try town.learnResident(1)
        try town.go(to: "22:00", step: .seconds(600))
        #expect(try town.ask(.openMessage, TestNotices.draft()).accepted)
        #expect(try town.decide(.test, as: "notice-desk-hall").accepted)
        #expect(try town.decide(.test, as: "notice-desk-hall").accepted)
        #expect(town.mails.map(\.to) == ["monitor@town.example", "monitor@town.example"])
        #expect(town.mails.first?.body == "土曜日です。")
        #expect(try town.message()?.tally.recipients == 0)
    }

    @Test("It leaves at its time, and at night in the morning")
    func scheduled() throws {
        let town = try TestNotices()
        try town.learnResident(1)
        var wish = TestNotices.draft()
        wish.at = town.now + .seconds(3 * 3600)
        try town.send(wish)
        try town.go(to: "10:59")
        #expect(town.mails.isEmpty)
        try town.go(to: "11:01")
        #expect(town.mails.count == 1)
        wish = TestNotices.draft("late")
        wish.at = town.now + .seconds(11 * 3600)
        try town.send(wish)
        try town.go(to: "23:00", step: .seconds(600))
        #expect(town.mails.count == 1)
        let tomorrow = try #require(town.now.date().adding(1))
        try town.go(to: "7:02", day: tomorrow, step: .seconds(60))
        #expect(town.mails.count == 2)
    }

    @Test("So many a second leave, also in the morning of what came at night", arguments: ["8:00", "23:00"])
    func rate(time: String) throws {
        var policy = TestNotices.policy
        policy.rate = 2
        let town = try TestNotices(policy)
        for number in 1...100 { try town.learnResident(number) }
        if time != "8:00" { try town.go(to: time, step: .seconds(600)) }
        try town.send(TestNotices.draft())
        if time != "8:00" {
            try town.pass(.seconds(7 * 3600 + 3590), step: .seconds(590))
            #expect(town.mails.isEmpty)
            try town.pass(.seconds(10), step: .seconds(1))
        }
        try town.pass(.seconds(10), step: .seconds(1))
        #expect((15...25).contains(town.mails.count), "\(town.mails.count)")
        try town.pass(.seconds(60), step: .seconds(1))
        #expect(town.mails.count == 100)
    }

    @Test("What is taken back midway does not leave any more, and it is known to whom it went")
    func withdrawn() throws {
        var policy = TestNotices.policy
        policy.rate = 10
        let town = try TestNotices(policy)
        for number in 1...400 { try town.learnResident(number) }
        try town.send(TestNotices.draft())
        try town.pass(.seconds(5), step: .seconds(1))
        #expect(try town.decide(.withdraw, as: "notice-desk-hall").accepted)
        let left = town.mails.count
        #expect((30...100).contains(left), "\(left)")
        try town.pass(.seconds(600), step: .seconds(10))
        #expect(town.mails.count == left)
        let tally = try #require(try town.message()?.tally)
        #expect(tally.sent == left && tally.withdrawn == 400 - left && tally.queued == 0)
        #expect(try town.message()?.stage == .withdrawn)
    }

    @Test("Sent again it goes to those alone whom it did not reach and nobody has told, under the same name")
    func resent() throws {
        let town = try TestNotices()
        for number in 1...400 { try town.learnResident(number) }
        town.answer = { parcel in
            guard case .mail(let letter) = parcel.carrier else { return .accepted }
            return letter.to.text.hasPrefix("p7") ? .refused : .accepted
        }
        try town.send(TestNotices.draft())
        try town.pass(.seconds(120), step: .seconds(10))
        var tally = try #require(try town.message()?.tally)
        #expect(tally.failed == 11 && tally.sent == 389)
        let failed = try town.ask(.listDeliveries, ListDeliveries(person: .person(7))).answer?.deliveries.first?.id
        #expect(try town.ask(.followUp, FollowUp(try #require(failed))).accepted)
        town.forget()
        town.answer = { _ in .accepted }
        #expect(try town.decide(.resend, as: "notice-desk-hall").accepted)
        try town.pass(.seconds(120), step: .seconds(10))
        #expect(Set(town.mails.map(\.to)) == Set((70...79).map(TestNotices.mail)) && town.mails.count == 10)
        tally = try #require(try town.message()?.tally)
        #expect(tally.failed == 0 && tally.sent == 399 && tally.followedUp == 1 && tally.recipients == 400)
        #expect(try town.decide(.resend).refusal == "nothing-failed")
    }

    @Test("Killed in the midst of it: nobody is told twice, and nobody is left out", arguments: [1, 3, 4])
    func killed(turns: Int) throws {
        let town = try TestNotices()
        for number in 1...700 { try town.learnResident(number) }
        #expect(try town.ask(.openMessage, TestNotices.draft()).accepted)
        try town.sayOnly(.decideMessage, DecideMessage(.approve, "festival"), as: "notice-desk-press")
        for _ in 0..<turns { _ = try town.rig.host.step(now: town.now) }
        #expect(try town.deliveries() < 700)
        try town.restart()
        try town.pass(.seconds(300), step: .seconds(5))
        #expect(town.mails.count == 700 && Set(town.mails.map(\.to)).count == 700)
    }

    @Test("Each reads it in the own language if there is one, and links stand at the end")
    func languages() throws {
        let town = try TestNotices()
        for (number, language) in [(1, nil), (2, "en"), (3, "pt-BR"), (4, "vi")] as [(Int, String?)] {
            try town.learnResident(number) { $0.language = language }
        }
        var wish = TestNotices.draft()
        wish.texts["en"] = NoticeText(subject: "Festival", body: "On {name} Saturday.")
        wish.texts["pt"] = NoticeText(subject: "Festa", body: "No sábado.")
        wish.links = ["https://town.example/matsuri"]
        try town.send(wish)
        try town.pass(.seconds(60))
        let mails = Dictionary(uniqueKeysWithValues: town.mails.map { ($0.to, "\($0.subject)|\($0.body)") })
        #expect(mails[TestNotices.mail(1)] == "夏祭り|土曜日です。\n\n詳しくは: https://town.example/matsuri")
        #expect(mails[TestNotices.mail(2)] == "Festival|On {name} Saturday.\n\nMore: https://town.example/matsuri")
        #expect(mails[TestNotices.mail(3)]?.hasPrefix("Festa|") == true)
        #expect(mails[TestNotices.mail(4)]?.hasPrefix("夏祭り|") == true)
    }

    @Test("What is no message is refused: too long, without a text everybody reads, with hidden characters, with links that are none")
    func refused() throws {
        let town = try TestNotices()
        func refusal(_ change: (inout OpenMessage) -> Void) throws -> String? {
            var wish = TestNotices.draft()
            change(&wish)
            return try town.ask(.openMessage, wish).refusal
        }
        func text(_ subject: String, _ body: String) -> [String: NoticeText] { ["ja": NoticeText(subject: subject, body: body)] }
        #expect(try refusal { $0.texts = ["en": NoticeText(subject: "a", body: "b")] } == "no-text")
        #expect(try refusal { $0.texts = text("a", String(repeating: "あ", count: 5400)) } == "too-long")
        #expect(try refusal { $0.texts = text("a\nb", "c") } == "bad-title")
        #expect(try refusal { $0.texts = text("", "c") } == "bad-title")
        #expect(try refusal { $0.texts = text("a", "c\u{1B}[2J") } == "bad-text")
        #expect(try refusal { $0.texts = text("a", "c\u{202E}d") } == "bad-text")
        #expect(try refusal { $0.texts["../etc"] = NoticeText(subject: "a", body: "b") } == "bad-language")
        #expect(try refusal { $0.links = ["http://town.example"] } == "bad-link")
        #expect(try refusal { $0.links = ["https://town.example/ a"] } == "bad-link")
        #expect(try refusal { $0.links = Array(repeating: "https://town.example", count: 6) } == "too-many")
        #expect(try refusal { $0.at = town.now + .seconds(400 * 86_400) } == "bad-time")
        #expect(try refusal { $0.audience.school = "nowhere" } == "unknown-school")
        #expect(try refusal { $0.audience.schoolClass = "3-2" } == "bad-audience")
        #expect(try refusal { $0.audience.districts = [] } == "bad-audience")
        #expect(try town.ask(.listMessages, ListMessages()).answer?.messages.isEmpty == true)
        #expect(try town.decide(.approve).refusal == "unknown-message")
    }

    @Test("A school's own station writes to its own school alone, and sees its own messages alone")
    func desks() throws {
        let town = try TestNotices()
        let east = Audience.of { $0.school = "east" }
        #expect(try town.ask(.openMessage, TestNotices.draft(), as: "notice-desk-east").refusal == "not-yours")
        #expect(
            try town.ask(.openMessage, TestNotices.draft("club", to: .of { $0.school = "club" }), as: "notice-desk-east").refusal
                == "not-yours")
        #expect(try town.ask(.openMessage, TestNotices.draft("east", to: east), as: "notice-desk-east").accepted)
        #expect(try town.ask(.openMessage, TestNotices.draft()).accepted)
        #expect(try town.decide(.approve, as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.decide(.withdraw, as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.ask(.listMessages, ListMessages(), as: "notice-desk-east").answer?.messages.map(\.id) == ["east"])
        #expect(try town.ask(.listMessages, ListMessages(message: "festival"), as: "notice-desk-east").refusal == "not-yours")
        let wish = CountAudience(Audience(), "town-events", .ordinary)
        #expect(try town.ask(.countAudience, wish, as: "notice-desk-east").refusal == "not-yours")
    }

    @Test("Messages are listed from the newest, page by page, and their texts lie sealed")
    func listed() throws {
        let town = try TestNotices()
        for number in 1...25 {
            #expect(try town.ask(.openMessage, TestNotices.draft(TownMessageID("m\(number)")!)).accepted)
            if number.isMultiple(of: 2) { try town.pass(.seconds(1)) }
        }
        var (seen, after, pages) = ([TownMessageID](), TownMessageID?.none, 0)
        while let page = try town.ask(.listMessages, ListMessages(after: after)).answer {
            seen += page.messages.map(\.id)
            (after, pages) = (page.messages.last?.id, pages + 1)
            if !page.more { break }
        }
        #expect(seen.count == 25 && Set(seen).count == 25 && pages == 3 && seen.last == "m1")
        #expect(Sniffer(["土曜日です。"]).found(in: try town.rig.disk.serialized()).isEmpty)
    }
}
