import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// One agent's taps. Their numbers go on, whoever carries them to a service.
final class TapStream {
    let agent: Instance
    private let purpose: Purpose
    private let epoch = Epoch(after: nil, now: wallClock(), random: 1)
    private var number: Int64 = 0
    private var random = SystemRandomNumberGenerator()

    init(_ agent: Instance, for purpose: Purpose) { (self.agent, self.purpose) = (agent, purpose) }

    func next(_ token: Token, at time: Instant) -> Envelope<Tapped> {
        number += 1
        return BenchTown.tap(by: agent, number: number, epoch: epoch, token: token, at: time, for: purpose, random: &random)
    }
}

/// Plays the residents' counter, the desk, the readers and the lock around the real programs.
final class Office {
    private static let clerk: UserID = "registrar-civil"
    private static let desk: UserID = "desk-office"
    private let stations: [UserID: Client]
    private let counter: (client: Client, taps: TapStream)
    private let gate: (client: Client, taps: TapStream)
    private let lock: Client
    private let watch: Client
    private var clients: [Client] { Array(stations.values) + [counter.client, gate.client, lock, watch] }
    private var random = SystemRandomNumberGenerator()
    private var livedAt: Int64 = 0
    /// Answers that nobody has taken yet, by their command.
    private var answers: [EventID: [UInt8]] = [:]
    private var grants = 0
    private var rulings: Set<EventID> = []

    init(_ broker: Broker, counter: TapStream, gate: TapStream) throws {
        stations = [
            Self.clerk: try broker.client(Self.clerk.text).connect(["\(BenchTown.town)/resident-directory/reply/\(Self.clerk)/+"]),
            Self.desk: try broker.client(Self.desk.text).connect(["\(BenchTown.town)/lock-controller/reply/\(Self.desk)/+"]),
        ]
        self.counter = (try broker.client("agent-\(counter.agent)").connect(), counter)
        self.gate = (try broker.client("agent-\(gate.agent)").connect(), gate)
        lock = try broker.client("lock-gym").connect([BenchTown.grants])
        watch = try broker.client("operator-watch").connect([Channel<PersonRuled>.persons.topic(in: BenchTown.town, "main").description])
        for station in stations.values {
            station.onMessage = { [unowned self] message in
                if let cause = (try? CauseAlone(json: message.payload))?.cause { answers[cause] = message.payload }
            }
        }
        lock.onMessage = { [unowned self] _ in grants += 1 }
        watch.onMessage = { [unowned self] message in
            if let id = (try? EnvelopeHeader(json: message.payload))?.id { rulings.insert(id) }
        }
    }

    func close() { for client in clients { client.close() } }

    func turn(_ milliseconds: Int32) throws {
        if monotonicMilliseconds() > livedAt + 10_000 {
            livedAt = monotonicMilliseconds()
            for (client, taps) in [counter, gate] {
                client.publish(BenchTown.life(of: taps.agent), try Life(.ready, at: wallClock()).json())
            }
        }
        wait(clients, milliseconds)
        for client in clients { client.turn() }
    }

    private func turn(for what: String, until done: () throws -> Bool) throws {
        let end = monotonicMilliseconds() + 300_000
        while try !done() {
            try turn(20)
            guard monotonicMilliseconds() < end else { throw Fatal("no \(what) within five minutes") }
        }
    }

    // MARK: Commands

    /// Sent again every two seconds, as a station does, until it is answered.
    func ask<Body: CommandBody>(_ data: Body, on channel: Channel<Body>) throws -> Body.Answer {
        let command = command(data)
        var sent: Int64 = 0
        try turn(for: "answer to \(Body.type)") {
            if monotonicMilliseconds() >= sent + 2000 {
                sent = monotonicMilliseconds()
                try send(command, on: channel)
            }
            return answers[command.id] != nil
        }
        return try answer(to: command)
    }

    private func command<Body: CommandBody>(_ data: Body) -> Envelope<Body> {
        let now = wallClock()
        return Envelope(
            id: EventID(at: now, random: (random.next(), random.next())), source: "/bench/station", time: now, expires: now + .seconds(300),
            data: data)
    }

    private func send<Body: CommandBody>(_ command: Envelope<Body>, on channel: Channel<Body>) throws {
        let user = channel.owner == "lock-controller" ? Self.desk : Self.clerk
        stations[user]?.publish(channel.topic(in: BenchTown.town, user.named()).description, try command.json())
        stations[user]?.transport.flush()
    }

    private func answer<Body: CommandBody>(to command: Envelope<Body>) throws -> Body.Answer {
        guard let bytes = answers.removeValue(forKey: command.id) else { throw Fatal("\(Body.type) is not answered") }
        let reply = try Envelope<Reply<Body.Answer>>(json: bytes).data
        guard let answer = reply.answer else { throw Fatal("\(Body.type) is refused: \(reply.text ?? "")") }
        return answer
    }

    // MARK: What a clerk and a resident do

    func enrol(_ name: String, born: CalendarDate) throws -> PersonAnswer {
        var facts = PersonFacts()
        (facts.name, facts.born) = (name, born)
        return try ask(PutPerson(nil, facts), on: .putPerson)
    }

    /// Everything the directory had to say before this moment has left it.
    func drain() throws {
        let last = try enrol("drain", born: "2000-01-01").ruling
        try turn(for: "ruling") { last.map(rulings.contains) ?? true }
    }

    /// A card is held over the counter's reader and becomes a person's.
    /// - Returns: milliseconds from the clerk's command to the answer.
    func link(_ token: Token, to person: PersonID, born: CalendarDate?) throws -> Double {
        let (command, start) = try beginLink(token, to: person, born: born)
        try turn(for: "answer to a link") { answers[command.id] != nil }
        let time = Double(nanoseconds() - start) / 1e6
        _ = try answer(to: command)
        return time
    }

    /// - Returns: milliseconds from the clerk's command until the door opens for the card, which is held over its reader every five milliseconds.
    func linkAndEnter(_ token: Token, of person: PersonID, born: CalendarDate?) throws -> Double {
        let (command, start) = try beginLink(token, to: person, born: born)
        let opened = try enter(with: token)
        let time = Double(opened - start) / 1e6
        try turn(for: "answer to a link") { answers[command.id] != nil }
        _ = try answer(to: command)
        return time
    }

    private func beginLink(_ token: Token, to person: PersonID, born: CalendarDate?) throws -> (command: Envelope<LinkCard>, start: UInt64)
    {
        let tap = counter.taps.next(token, at: wallClock())
        counter.client.publish(BenchTown.taps(of: counter.taps.agent), try tap.json())
        // The clerk's command must not overtake the tap.
        try turn(for: "acknowledgement") { counter.client.waiting == 0 }
        let command = command(LinkCard(tap.id, to: person, born: born))
        let start = nanoseconds()
        try send(command, on: .linkCard)
        return (command, start)
    }

    /// Holds a card over the door's reader until it opens.
    /// - Returns: when it did, in nanoseconds.
    func enter(with token: Token) throws -> UInt64 {
        let before = grants
        var next: UInt64 = 0
        var opened: UInt64 = 0
        try turn(for: "grant") {
            while grants == before, nanoseconds() < next { try turn(1) }
            opened = nanoseconds()
            guard grants == before else { return true }
            gate.client.publish(BenchTown.taps(of: gate.taps.agent), try gate.taps.next(token, at: wallClock()).json())
            next = nanoseconds() + 5_000_000
            return false
        }
        // What is still on its way opens the door as well, and none of it is the next card.
        for _ in 0..<10 { try turn(5) }
        return opened
    }
}

/// Of an answer: to which command.
private struct CauseAlone {
    let cause: EventID?
    init(json: [UInt8]) throws { cause = try JSONObject(json).valueIfPresent("cause") }
}
