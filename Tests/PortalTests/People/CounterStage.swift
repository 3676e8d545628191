import Contracts
import HTTP
import Harness
import ServiceKit
import Testing

@testable import Portal

/// Tanaka's counter for residents, with a reader before it; the directory is played by the test.
final class CounterStage {
    let portal: TestPortal
    private var agent = FakeAgent("gate-1", seed: 9)
    static let reader = "gate-1/reader-2"
    static let page = "/ja/people?reader=\(reader)"

    init(_ capabilities: Capabilities = Capabilities()) throws {
        var (policy, facts) = (TestPortal.policy, TestPortal.facts)
        policy.accounts += [
            PortalPolicy.Account("tanaka", title: "田中", stations: [PortalPolicy.Station(.registrar, "civil")]),
            PortalPolicy.Account("mori", title: "森", stations: [PortalPolicy.Station(.registrar, "tax")]),
        ]
        facts.enrolmentReaders = [ReaderPlace(agent: "gate-1", reader: "reader-2")]
        facts.lists = ["residents"]
        portal = try TestPortal(policy: policy, facts: facts, capabilities: capabilities)
    }

    /// Tanaka has the page before them.
    func open(_ path: String = CounterStage.page) throws { try portal.get(path, as: "tanaka") }

    @discardableResult
    func hold(_ card: Int = 1, purpose: Purpose = Purpose("enrol")!, reader: ReaderID = "reader-2") throws -> EventID {
        let tap = agent.tap(.card(card), at: portal.now, purpose: purpose, reader: reader)
        portal.rig.say(agent.topic, try tap.json())
        try portal.rig.settle()
        return tap.id
    }

    /// The directory says whose the card is that was asked for last.
    func holder(_ brief: PersonBrief?) throws {
        if let brief {
            try portal.reply(.accept(PersonList([brief], more: false)), on: .findPersons)
        } else {
            try portal.reply(.refuse("unknown-card", "The card belongs to nobody yet."), on: .findPersons)
        }
    }

    func pieces(of account: AccountID = "tanaka") -> [String] { portal.said(on: "people/\(account)/\(Self.reader)") }

    /// Opens Hanako's file, and gives its path.
    func openFile() throws -> String {
        try portal.post(
            "/ja/people/open", [("reader", Self.reader), ("person", "\(PersonBrief.hana.person)"), ("why", "住所の確認")], as: "tanaka")
        let path = try #require(portal.shown?.headers["Location"])
        try showFile(path)
        return path
    }

    func showFile(_ path: String, _ file: PersonFile = .hana) throws {
        try portal.get(path, as: "tanaka")
        try portal.reply(.accept(file), on: .showPerson)
    }

    /// Sends a form of the file. Its path without what the address remembers.
    @discardableResult
    func act(_ path: String, _ fields: [(String, String)]) throws -> Response? {
        try portal.post(String(path.prefix { $0 != "?" }), [("reader", Self.reader)] + fields, as: "tanaka")
    }

    func given<Body: CommandBody>(_ channel: Channel<Body>) throws -> [Body] { try portal.rig.said(channel).map(\.data) }
}

extension PersonBrief {
    static func of(_ letter: String, _ name: String, _ reading: String) -> Self {
        var facts = PersonFacts()
        (facts.name, facts.reading, facts.born) = (name, reading, "1954-03-01")
        return PersonBrief(PersonID("p-" + String(repeating: letter, count: 16))!, facts, .resident, .registered, cards: 1)
    }

    static let hana = of("a", "長井花<子>", "ナガイ ハナコ")
    static let kenta = of("b", "長井健太", "ナガイ ケンタ")
}

extension PersonFile {
    static let linked = EventID(high: 7, low: 7)

    static var hana: Self {
        var facts = PersonFacts()
        (facts.name, facts.reading, facts.born, facts.isProtected) = ("長井花<子>", "ナガイ ハナコ", "1954-03-01", true)
        facts.address = "<b>栄町</b>1-1"
        let since = Instant(milliseconds: 1_795_000_000_000)
        var file = PersonFile(PersonBrief.hana.person, facts, .resident, .registered, since: since)
        file.cards = [
            CardFile(.card(1), .felica, .active, since: since), CardFile(.card(2), .felica, .replaced, since: since, until: since),
        ]
        file.relations = [RelationFile(.guardian, PersonBrief.kenta.person, isOfThisPerson: true, name: "長井健太", since: since)]
        file.history = [
            RulingFile(EventID(high: 9, low: 9), .looked, at: since, by: "registrar-civil", why: "住所の確認"),
            RulingFile(linked, .linked, at: since, by: "registrar-civil", of: Token.card(1).text),
        ]
        return file
    }
}
