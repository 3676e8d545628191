import Bus
import Contracts
import Glibc
import ServiceKit
import Town

@testable import Kazasu

/// A resident directory that answers from a script, and the reader on the counter in front of it.
final class PaperDirectory: Wire {
    /// The commands that came, by the names of their topics, in order.
    private(set) var asked: [String] = []
    /// Cards that are held over the reader, one row each time the clerk asks for a card.
    var cards: [[Token]] = []
    var purpose: Purpose = Purpose("enrol")!
    private var bodies: [(name: String, json: [UInt8])] = []
    private var answers: [String: (Outgoing) throws -> [UInt8]] = [:]
    private var events: [BusEvent] = [.connected(session: false)]

    /// The processes that run, and what they say of cards and taps; one that says nothing is silent.
    var processes: [Address] = [
        Address("reader-agent", "office"), Address("lock-controller", "main"), Address("resident-directory", "main"),
    ]
    var uses: (_ process: String, FindUses) -> Reply<Uses>? = { _, _ in .accept(Uses([])) }
    /// What the directory says of itself, and what others do.
    var counters: [String: Int64] = [:]
    var others: [Program: [String: Int64]] = [:]
    /// What is wrong with the agent.
    var troubles: [Problem] = []

    /// From now on, what comes on this channel is answered so.
    func answer<Body: CommandBody>(_ channel: Channel<Body>, _ reply: @escaping (Body) -> Reply<Body.Answer>) {
        answers[channel.name.text] = { outgoing in
            let command = try Envelope<Body>(json: outgoing.payload)
            let id = EventID(at: command.time, random: (1, command.id.low))
            return try Envelope(
                id: id, source: "/nagai/resident-directory/main", time: command.time, cause: command.id, data: reply(command.data)
            )
            .json()
        }
    }

    /// The bodies of all commands on a channel.
    func commands<Body: CommandBody>(_ channel: Channel<Body>) throws -> [Body] {
        try bodies.filter { $0.name == channel.name.text }.map { try Envelope<Body>(json: $0.json).data }
    }

    /// Ids of the taps say which card it was: 1, 2, …
    static func tap(_ number: Int) -> EventID { EventID(high: 7, low: UInt64(number)) }
    private var taps = 0

    func holdCards(at time: Instant) {
        for card in cards.isEmpty ? [] : cards.removeFirst() {
            taps += 1
            let tapped = Tapped(
                token: card, scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "town-hall", purpose: purpose, clock: .synced)
            let envelope = Envelope(id: Self.tap(taps), source: "/nagai/reader-agent/office", time: time, data: tapped)
            events.append(.message(Message(topic: "nagai/reader-agent/event/office/tap", payload: (try? envelope.json()) ?? [])))
        }
    }

    var isConnected = false
    var interest: pollfd? { nil }
    var patience: Int64 { 1 }

    func receive(limit: Int) -> [BusEvent] {
        isConnected = true
        defer { events = [] }
        return events
    }
    func subscribe(_ subscriptions: [Subscription]) {}
    func publish(_ outgoing: Outgoing) -> Int32? {
        guard let topic = Topic(outgoing.topic) else { return nil }
        if topic.kind == .ask { return tellLives(and: outgoing) }
        if topic.owner == "uses" { return answerUses(outgoing, topic) }
        // What is for one of many has its name in front.
        let name = topic.name.text.split(separator: "--").last.map(String.init) ?? ""
        asked.append(name)
        bodies.append((name, outgoing.payload))
        if let answer = try? answers[name]?(outgoing) {
            let reply = Topic(town: topic.town, owner: topic.owner, kind: .reply, entity: topic.entity, name: topic.name)
            events.append(.message(Message(topic: reply.description, payload: answer)))
        }
        return Int32(asked.count)
    }
    func flush() {}
    func abandon() {}
    func close() {}

    /// What a broker keeps, and the message by which a session knows that it was all.
    private func tellLives(and probe: Outgoing) -> Int32 {
        for process in processes {
            let problems = process.program == "reader-agent" && !troubles.isEmpty ? troubles : nil
            let life = Life(
                problems == nil ? .ready : .amber, at: Clerk.now, problems: problems,
                counters: process.program == "resident-directory" ? counters : others[process.program])
            let topic = Topic.life(of: process, in: "nagai").description
            events.append(.message(Message(topic: topic, payload: (try? life.json()) ?? [], isRetained: true)))
        }
        events.append(.message(Message(topic: probe.topic, payload: probe.payload)))
        return 1
    }

    private func answerUses(_ outgoing: Outgoing, _ topic: Topic) -> Int32 {
        guard let question = try? Envelope<FindUses>(json: outgoing.payload), let reply = uses(topic.name.text, question.data) else {
            return 1
        }
        let answer = Envelope(
            id: EventID(at: question.time, random: (2, question.id.low)), source: "/nagai/x/y", time: question.time, cause: question.id,
            data: reply)
        let back = Topic(town: topic.town, owner: topic.owner, kind: .reply, entity: topic.entity, name: topic.name)
        events.append(.message(Message(topic: back.description, payload: (try? answer.json()) ?? [])))
        return 1
    }
}

/// A clerk at the residents' counter: types commands and answers, holds cards over the reader, and reads what is said.
final class Clerk {
    let directory = PaperDirectory()
    let scratch = Scratch()
    private(set) var out = ""
    private(set) var err = ""
    let path: String
    /// Called with each thing that is said beside the answer.
    var heard: (String) -> Void = { _ in }
    static let now = Sample.at + .seconds(3600)

    /// - Parameters:
    ///   - more: further parts of the town's file.
    ///   - users: others who have certificates.
    init(registrars: String = "[civil-affairs, second]", more: String = "", users: [String] = []) {
        path = scratch.path + "/town.yaml"
        let text = """
            town: nagai
            title: 長井市
            agents:
              office:
                readers:
                  reader-1: { device: "Virtual", place: town-hall, purpose: enrol }
            registrars: \(registrars)
            \(more)
            """
        write(text, to: path)
        mkdir(scratch.path + "/data", 0o700)
        mkdir(scratch.path + "/data/certificates", 0o700)
        for user in ["registrar-civil-affairs", "registrar-second"] + users {
            for ending in ["pem", "key"] { write("", to: "\(scratch.path)/data/certificates/\(user).\(ending)") }
        }
    }

    /// Runs a command. `typing` is what stands on standard input, which is a terminal if `atTerminal`.
    func run(_ words: String..., typing lines: [String] = [], atTerminal: Bool = false) -> ExitCode {
        run(all: words, typing: lines, atTerminal: atTerminal)
    }

    func run(all words: [String], typing lines: [String] = [], atTerminal: Bool = false) -> ExitCode {
        (out, err) = ("", "")
        var lines = lines
        var console = Console.live
        console.out = { self.out += $0 }
        console.err = { text in
            self.err += text
            self.heard(text)
            if text.contains("hold ") { self.directory.holdCards(at: Self.now) }
        }
        console.progress = { _ in }
        console.now = { Self.now }
        console.read = { lines.isEmpty ? nil : lines.removeFirst() }
        console.isTerminal = atTerminal
        console.connect = { _ in self.directory }
        return Kazasu(commands: Kazasu.commands, console: console).run(words + ["--town", path])
    }
}
