import Bus
import Contracts
import Harness
import ResidentDirectory
import Seal

/// Six people with a card each, and a day's commands about them of which none rests on another.
enum ToldDirectory: Told {
    static let role = Role.residentDirectory
    static let vault: Vault? = .forTests()

    static func service() throws -> ResidentDirectory { ResidentDirectory(vault: .forTests(), policy: PeoplePolicy()) }

    private static func message<Body: CommandBody>(_ command: Envelope<Body>, _ channel: Channel<Body>) throws -> Message {
        Message(topic: channel.topic(in: "nagai", "registrar-civil").description, payload: try command.json())
    }

    /// Each is enrolled with the card in hand.
    private static func enrolments(at now: Instant) throws -> (messages: [Message], persons: [PersonID]) {
        var (agent, clerk) = (FakeAgent("gate-1", seed: 3), FakeAgent("gate-1", seed: 4))
        var messages: [Message] = []
        var persons: [PersonID] = []
        for number in 0..<6 {
            let tap = agent.tap(.card(number), at: now, purpose: Purpose(kind: "enrol"))
            messages.append(Message(topic: agent.topic, payload: try tap.json()))
            var facts = PersonFacts()
            (facts.name, facts.needs) = ("長井 \(number)", ["insulin"])
            let command = clerk.command(PutPerson(nil, facts, tap: tap.id), at: now)
            messages.append(try message(command, .putPerson))
            persons.append(PersonID(sha256("\(command.id)\nperson")))
        }
        return (messages, persons)
    }

    static func beginning(at now: Instant) throws -> [Message] { try enrolments(at: now).messages }

    static func messages(at now: Instant) throws -> [Message] {
        let persons = try enrolments(at: now).persons
        var clerk = FakeAgent("gate-1", seed: 5)
        var messages: [Message] = []
        func say<Body: CommandBody>(_ data: Body, _ channel: Channel<Body>) throws {
            messages.append(try message(clerk.command(data, at: now), channel))
        }
        for (number, person) in persons.enumerated() {
            var (moved, reached) = (PersonFacts(), PersonFacts())
            (moved.address, moved.district) = ("栄町\(number)", "中央")
            reached.channels = [Reach(.mail, "\(number)@example.jp")]
            try say(PutPerson(person, moved), .putPerson)
            try say(PutPerson(person, reached), .putPerson)
            try say(SetConsent("shelter", "care-needs", given: true, person: person, wording: "1", how: "paper"), .setConsent)
            try say(SetConsent("notifier", "silence", given: true, person: person, wording: "1", how: "paper"), .setConsent)
            let next = persons[(number + 1) % persons.count]
            try say(Relate(.helper, person: person, to: next, why: "both asked"), .relate)
            if number % 2 == 0 { try say(MarkCard(.lost, card: .card(number), why: "lost"), .markCard) }
        }
        try say(ChangeMembers("club", add: Array(persons[..<3])), .changeMembers)
        try say(ChangeMembers("staff", add: Array(persons[2...])), .changeMembers)
        var agent = FakeAgent("gate-2", seed: 6)
        for number in 0..<6 {
            var tap = agent.tap(Token("k2" + Token.card(number).text.dropFirst(2)) ?? .card(number), at: now, purpose: .visit)
            tap.data.former = .card(number)
            messages.append(Message(topic: agent.topic, payload: try tap.json()))
        }
        return messages
    }

    static let facts: [StaticString] = [
        "SELECT view || ' ' || key || ' ' || hex(digest) FROM told ORDER BY 1",
        "SELECT hex(id) || ' ' || what || ' ' || person FROM ruling ORDER BY 1",
        "SELECT token || ' ' || person || ' ' || status FROM card ORDER BY 1",
        "SELECT person || ' ' || kind || ' ' || other FROM relation ORDER BY 1",
        "SELECT \"group\" || ' ' || person FROM member ORDER BY 1",
        "SELECT person || ' ' || service || ' ' || given FROM consent ORDER BY 1",
        "SELECT hex(outbox.id) FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/person' ORDER BY 1",
        "SELECT count(*) || ' dead' FROM dead_letter",
    ]
}
