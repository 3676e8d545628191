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

/// Somebody comes back from LINE with a code: LINE is asked once, and the page is told whom it has named.
@Suite struct OwnLineTests {
    private let page: UserID = "resident-page"
    private let user = "U4af4980629f8a1b2c3d4e5f60718293a"
    private let back = "https://kazasu.nagai.example/family/line/back"

    private func ask(
        _ town: TestNotices, _ person: Int = 2, code: String = "c0de-of-line", nonce: String = "n0nce"
    ) throws -> Reply<OwnLineAsked> {
        try town.ask(.askOwnLine, AskOwnLine(.person(person), code: code, nonce: nonce, redirect: back), as: page)
    }

    private func find(_ town: TestNotices, _ asked: EventID, _ person: Int = 2) throws -> Reply<OwnLine> {
        try town.ask(.findOwnLine, FindOwnLine(.person(person), asked: asked), as: page)
    }

    private func town() throws -> TestNotices {
        let town = try TestNotices()
        for person in 2...3 { try town.learnGuardian(person) }
        return town
    }

    @Test("LINE is asked once, with what the page was sent back with, and whom it names is told that page alone")
    func once() throws {
        let town = try town()
        town.signedIn = { $0.nonce == "n0nce" ? user : nil }
        let asked = try #require(try ask(town).answer?.asked)
        #expect(town.parcels.map(\.carrier) == [.lineLogin(LineLogin(code: "c0de-of-line", nonce: "n0nce", redirect: back))])
        #expect(try find(town, asked).answer?.user == user && find(town, asked).answer?.user == user)
        #expect(try find(town, asked, 3).refusal == "no-line", "somebody else's")
        #expect(try town.parcels.count == 1 && town.ended().isEmpty)
        for word in [user, "c0de-of-line", "n0nce"] {
            let said = town.rig.published.filter { !$0.topic.contains("/command/") && !$0.topic.hasSuffix("/own-line-found") }
            #expect(said.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains(word) })
            #expect(town.rig.log.allSatisfy { !$0.contains(word) })
            #expect(!String(decoding: try town.rig.disk.serialized(), as: UTF8.self).contains(word))
        }
    }

    @Test("Until LINE has answered the page is told to wait, and after a minute that nothing comes")
    func slow() throws {
        let town = try town()
        town.answer = { _ in nil }
        let asked = try #require(try ask(town).answer?.asked)
        try town.pass(.seconds(55))
        #expect(try find(town, asked).accepted && find(town, asked).answer?.user == nil)
        try town.pass(.seconds(10))
        #expect(try find(town, asked).refusal == "no-line")
    }

    @Test("A process that has died while LINE was asked does not send the code again")
    func restarted() throws {
        let town = try town()
        town.answer = { _ in nil }
        let asked = try #require(try ask(town).answer?.asked)
        (town.answer, town.signedIn) = ({ _ in .accepted }, { _ in user })
        try town.restart()
        try town.pass(.seconds(120))
        #expect(try town.parcels.count == 1 && find(town, asked).refusal == "no-line")
    }

    @Test(
        "Whatever LINE answers but a name is a no, at once", arguments: [Outcome.refused, .unknown, .deferred(retryAfter: nil), .accepted])
    func refused(outcome: Outcome) throws {
        let town = try town()
        town.answer = { _ in outcome }
        let asked = try #require(try ask(town).answer?.asked)
        #expect(try find(town, asked).refusal == "no-line" && town.parcels.count == 1)
        #expect(town.rig.log.contains { $0.contains("LINE named nobody") } && town.rig.log.allSatisfy { !$0.contains("c0de-of-line") })
    }

    @Test("What LINE has said is kept for a quarter of an hour, and that it was asked for an hour")
    func forgets() throws {
        let town = try town()
        town.signedIn = { _ in user }
        let asked = try #require(try ask(town).answer?.asked)
        try town.pass(.seconds(890), step: .seconds(30))
        #expect(try find(town, asked).answer?.user == user)
        try town.pass(.seconds(11))
        #expect(try find(town, asked).refusal == "no-line")
        try town.pass(.seconds(900), step: .seconds(30))
        func count(_ sql: StaticString) throws -> Int64? { try town.rig.disk.read { try $0.first(sql) { $0.int(0) } } }
        #expect(try count("SELECT count(*) FROM own_line") == 1 && count("SELECT count(*) FROM own_line WHERE user IS NOT NULL") == 0)
        try town.pass(.seconds(3600), step: .seconds(60))
        #expect(try count("SELECT count(*) FROM own_line") == 0)
    }

    @Test("Five times an hour for one person, for people who are known, in a town that has a channel, and for no desk")
    func bounds() throws {
        let town = try town()
        for text in ["", String(repeating: "a", count: 1001)] { #expect(try ask(town, code: text).refusal == "bad-code") }
        #expect(try ask(town, 99).refusal == "unknown-person" && town.parcels.isEmpty)
        for _ in 1...5 { #expect(try ask(town).accepted) }
        #expect(try ask(town).refusal == "too-many" && ask(town, 3).accepted && town.parcels.count == 6)
        try town.pass(.seconds(3601), step: .seconds(60))
        #expect(try ask(town).accepted)
        let wish = AskOwnLine(.person(2), code: "c", nonce: "n", redirect: back)
        #expect(try town.ask(.askOwnLine, wish).refusal == "not-yours")
        #expect(try town.ask(.findOwnLine, FindOwnLine(.person(2), asked: EventID(high: 1, low: 1))).refusal == "not-yours")
        let other = try TestNotices(sender: Notifier.Sender(town: "長井市", ways: [.line]))
        try other.learnGuardian(2)
        #expect(try ask(other).refusal == "no-line" && other.parcels.isEmpty)
    }

    @Test("Whoever is gone takes along what LINE has said of them")
    func gone() throws {
        let town = try town()
        town.signedIn = { _ in user }
        #expect(try ask(town).accepted)
        try town.learn(2) { $0.into = .person(3) }
        #expect(try town.rig.disk.read { try $0.first("SELECT count(*) FROM own_line") { $0.int(0) } } == 0)
    }
}
