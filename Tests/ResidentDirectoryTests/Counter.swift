import Bus
import Contracts
import Harness
import ResidentDirectory
import Seal
import ServiceKit
import Store
import Testing

/// A directory on a virtual clock, with a residents' counter and a reader for enrolment before it.
final class Counter {
    let rig: Rig<ResidentDirectory>
    private var agent = FakeAgent("office-1")
    private var clerk = FakeAgent("office-1", seed: 99)
    static let roster = Roster([
        .readerAgent: ["office-1"], .residentDirectory: ["main"], .registrar: ["civil", "tax"], .lockController: ["main"],
        .resident: ["page"],
    ])

    init(policy: PeoplePolicy = PeoplePolicy()) throws {
        rig = try Rig(Self.directory(policy), as: .residentDirectory, roster: Self.roster, vault: .forTests())
        try rig.settle()
    }

    static func directory(_ policy: PeoplePolicy = PeoplePolicy()) throws -> ResidentDirectory {
        ResidentDirectory(vault: Vault.forTests(), policy: policy)
    }

    /// Gives a command and has its answer.
    @discardableResult
    func ask<Body: CommandBody>(_ data: Body, on channel: Channel<Body>, as user: UserID = "registrar-civil") throws -> Reply<Body.Answer> {
        let command = clerk.command(data, at: rig.now)
        rig.say(channel.topic(in: "nagai", user.named()).description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: user).description
        let answers = rig.published.filter { $0.topic == topic }.compactMap { try? Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(answers.last { $0.cause == command.id }).data
    }

    /// Gives a command and does not wait.
    func say<Body: CommandBody>(_ data: Body, on channel: Channel<Body>, as user: UserID = "registrar-civil") {
        guard let json = try? clerk.command(data, at: rig.now).json() else { return }
        rig.say(channel.topic(in: "nagai", user.named()).description, json)
    }

    /// A card is held over the reader.
    func hold(
        _ token: Token, former: Token? = nil, purpose: Purpose = Purpose("enrol")!, ago: Duration = .zero
    ) throws -> EventID {
        var tap = agent.tap(token, at: rig.now - ago, purpose: purpose)
        tap.data.former = former
        rig.say(agent.topic, try tap.json())
        try rig.settle()
        return tap.id
    }

    func enrol(
        _ name: String = "長井 花子", _ reading: String = "ナガイ ハナコ", born: CalendarDate = CalendarDate("1954-03-01"),
        _ change: (inout PersonFacts) -> Void = { _ in }
    ) throws -> PersonID {
        var facts = PersonFacts()
        (facts.name, facts.reading, facts.born) = (name, reading, born)
        change(&facts)
        return try #require(try ask(PutPerson(nil, facts, evenIfSimilar: true), on: .putPerson).answer).person.person
    }

    /// Somebody with a card.
    func enrol(with token: Token, _ name: String = "長井 花子", born: CalendarDate = CalendarDate("1954-03-01")) throws -> PersonID {
        let person = try enrol(name, born: born)
        #expect(try ask(LinkCard(try hold(token), to: person, born: born), on: .linkCard).accepted)
        return person
    }

    func file(_ person: PersonID) throws -> PersonFile {
        try #require(try ask(ShowPerson(person, why: "test"), on: .showPerson).answer)
    }

    /// The newest view of a key.
    func view<View: EventBody>(_ channel: Channel<View>, _ key: some CustomStringConvertible) throws -> View? {
        try rig.said(channel).last { $0.subject == "\(key)" }?.data
    }

    func agree(_ person: PersonID, _ service: ServiceID, _ kind: Name<Consent>, given: Bool = true) throws {
        let consent = SetConsent(service, kind, given: given, person: person, wording: "2026-04", how: "paper")
        #expect(try ask(consent, on: .setConsent).accepted)
    }
}
