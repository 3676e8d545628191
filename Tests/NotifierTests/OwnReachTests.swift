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

/// An address that somebody says is theirs is proved by digits that go there and nowhere else; the other addresses hear of what was changed.
@Suite struct OwnReachTests {
    private let page: UserID = "resident-page"
    private let reach = Reach(.mail, "new.address@mail.example")

    private func prove(_ town: TestNotices, _ person: Int = 2, at reach: Reach? = nil, code: String = "042917") throws -> Reply<Done> {
        try town.ask(.proveOwn, ProveOwn(.person(person), at: reach ?? self.reach, code: code), as: page)
    }

    private func tell(_ town: TestNotices, of reach: Reach, removed: Bool? = nil) throws {
        #expect(try town.ask(.tellOwnReach, TellOwnReach(.person(2), of: reach, removed: removed), as: page).accepted)
    }

    @Test("The digits go to that address alone, at any hour, and are kept no longer than it takes")
    func alone() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        try town.go(to: "23:30", step: .seconds(600))
        town.answer = { _ in nil }
        #expect(try prove(town).accepted)
        #expect(town.mails.map(\.to) == [reach.address] && town.mails[0].subject == "【長井市】メールアドレスの確認")
        #expect(town.mails[0].body.contains("\n042917\n"))
        for word in ["042917", "new.address"] {
            let said = town.rig.published.filter { !$0.topic.contains("/command/") }
            #expect(said.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains(word) })
            #expect(town.rig.log.allSatisfy { !$0.contains(word) })
            #expect(!String(decoding: try town.rig.disk.serialized(), as: UTF8.self).contains(word))
        }
        town.answer = { _ in .accepted }
        try town.pass(.seconds(300))
        #expect(try town.ended().map(\.word) == [.prove] && town.ended().map(\.outcome) == [.sent])
        let kept = try town.rig.disk.read { (db: borrowing Transaction) throws in
            try db.all("SELECT id, row FROM notice") { ($0.blob(0), $0.blob(1)) }.map { id, row -> News.Values in
                try TestNotices.vault.open(row, context: "notice/\(try #require(EventID(bytes: id)))").decoded()
            }
        }
        #expect(kept.count == 1 && kept.allSatisfy { $0.code == nil && $0.reach == nil })
    }

    @Test("An address that takes nothing is tried no other way, says nothing of the person's own, and may be proved later")
    func refused() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        town.answer = { _ in .unreachable }
        #expect(try prove(town).accepted)
        #expect(try town.parcels.count == 1 && town.ended().map(\.outcome) == [.failed])
        #expect(try town.rig.disk.read { try $0.first("SELECT count(*) FROM dead_address") { $0.int(0) } } == 0)
        town.answer = { _ in .accepted }
        #expect(try prove(town).accepted)
        #expect(try town.mails.map(\.to) == [reach.address, reach.address] && town.ended().last?.outcome == .sent)
    }

    @Test("What has not left within a quarter of an hour never leaves")
    func late() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        town.answer = { _ in .deferred(retryAfter: nil) }
        #expect(try prove(town).accepted)
        try town.pass(.seconds(1800), step: .seconds(10))
        #expect(try town.ended().map(\.outcome) == [.late] && town.mails.allSatisfy { $0.to == reach.address })
    }

    @Test(
        "What is no address is written to by nobody",
        arguments: [
            "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y", "a b@c.example", "<a@b.example>", "a@b.example,c@d.example",
            "",
        ])
    func badAddress(text: String) throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        #expect(try prove(town, at: Reach(.mail, text)).refusal == "bad-address" && town.parcels.isEmpty)
        #expect(try prove(town, at: Reach(.line, "U0123456789abcdef0123456789abcdef")).refusal == "bad-address")
    }

    @Test("Six digits and no other words are sent, to people who are known, and five times an hour to one of them")
    func bounds() throws {
        let town = try TestNotices()
        for person in 2...3 { try town.learnGuardian(person) }
        for code in ["12345", "1234567", "12345a", "１２３４５６", ""] { #expect(try prove(town, code: code).refusal == "bad-code") }
        #expect(try prove(town, 99).refusal == "unknown-person" && town.parcels.isEmpty)
        for number in 1...5 { #expect(try prove(town, at: Reach(.mail, "a\(number)@mail.example")).accepted) }
        #expect(try prove(town).refusal == "too-many" && prove(town, 3).accepted)
        try town.pass(.seconds(3601), step: .seconds(60))
        #expect(try prove(town).accepted)
    }

    @Test("Of a new address the others are told and not itself; one that was taken away is told too; each gets a message of its own")
    func others() throws {
        let town = try TestNotices()
        let line = Reach(.line, "U0123456789abcdef0123456789abcdef")
        try town.learn(2) { $0.channels = [Reach(.mail, "old@mail.example"), line, Reach(.phone, "0238-00-0000"), reach] }
        try tell(town, of: reach)
        #expect(town.mails.map(\.to) == ["old@mail.example"] && town.parcels.count == 2)
        #expect(town.mails[0].subject == "【長井市】お知らせの届け先が変わりました" && !town.mails[0].body.contains("@"))
        try town.learn(2) { $0.channels = [line, reach] }
        try tell(town, of: Reach(.mail, "old@mail.example"), removed: true)
        #expect(town.mails.map(\.to).suffix(2).sorted() == [reach.address, "old@mail.example"] && town.parcels.count == 5)
        #expect(try town.ended().allSatisfy { $0.word == .wayChanged && $0.outcome == .sent })
    }

    @Test("A desk proves nobody's address")
    func stations() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        #expect(try town.ask(.proveOwn, ProveOwn(.person(2), at: reach, code: "123456")).refusal == "not-yours")
        #expect(try town.ask(.tellOwnReach, TellOwnReach(.person(2), of: reach)).refusal == "not-yours")
    }
}
