import Contracts
import HTTP
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

/// A town whose residents have pages; directory, notifier and points are played by the test.
extension TestPortal {
    static let hanako = PersonID("p-7k3mq2x5t4w2vbza")!
    static let kenta = PersonID("p-7k3mq2x5t4w2vbaa")!

    static func family(at now: Instant = Rig<Portal>.morning, _ change: (inout TownFacts) -> Void = { _ in }) throws -> TestPortal {
        var (policy, facts) = (Self.policy, Self.facts)
        policy.isForResidents = true
        policy.kiosks[0].showsCodes = true
        facts.schools = [TownFacts.School("east", title: "東小学校", gates: [])]
        facts.purses = [("town", "ながいコイン", "ポイント")]
        facts.processes = [
            Address("reader-agent", "gate-1"), Address("resident-directory", "main"), Address("notifier", "main"),
            Address("points", "main"),
            Address("portal", "main"),
        ]
        facts.pushKey = "BKey"
        change(&facts)
        return try TestPortal(policy: policy, facts: facts, at: now)
    }

    /// Asks for a link, as everybody does, and hands back what the notifier was told to send.
    func link(of person: PersonID = TestPortal.hanako, in tongue: String = "ja") throws -> String {
        try post("/\(tongue)/family/ask", [("reading", "ナガイ ハナコ"), ("born", "1985-04-01")])
        try reply(.accept(OwnEntered([person])), on: .enterOwn)
        return try command(.letIn).1.data.link
    }

    /// Comes in by a link.
    func enter(_ person: PersonID = TestPortal.hanako) throws -> String {
        let text = String(try #require(try link(of: person).split(separator: "#").last))
        let begun = try #require(try post("/ja/family/in", [("link", text)]))
        return try #require(begun.cookieValue)
    }

    /// Comes in by a kiosk's code and the birth date.
    func enterByCard() throws -> String {
        try post("/ja/family/code", [("code", try kioskCode(.card(1))), ("born", "1985-04-01")])
        try reply(.accept(OwnEntered([TestPortal.hanako])), on: .enterOwn)
        return try #require(shown?.cookieValue)
    }

    func count(_ sql: StaticString) throws -> Int64 { try rig.disk.read { try $0.first(sql) { $0.int(0) } } ?? -1 }

    /// A code that a kiosk shows to whoever holds this card.
    func kioskCode(_ token: Token, _ byte: UInt8 = 0xA5) throws -> String {
        let signIn = rig.host.service.signIn
        return try rig.disk.write { db throws in
            try signIn.kioskCode(for: token, bytes: [byte, 0, 1, 2, byte], at: now, in: db)
        }
    }
}
