import Bus
import Contracts
import Glibc
import Mosquitto
import ServiceKit

/// Plays the directory, the readers of all shelters and one desk around the real registry.
final class ShelterHall {
    private let directory: Client
    private let desk: Client
    private let gates: [(client: Client, taps: TapStream)]
    private let clients: [Client]
    private var random = SystemRandomNumberGenerator()
    private var answers: [EventID: [UInt8]] = [:]
    /// Whether the desk asks who it is that has come.
    var asksForNames = false
    private var held: [Token: UInt64] = [:]
    private var asked: [EventID: Token] = [:]
    /// Milliseconds from the card to the name.
    private(set) var names: [Double] = []
    private(set) var notes = 0
    private var untold: [ShelterID: UInt64] = [:]
    /// Milliseconds from a note to the number that counts it.
    private(set) var delays: [Double] = []
    private(set) var headcounts: [ShelterID: Int] = [:]

    init(_ broker: Broker) throws {
        let town = BenchTown.town
        directory = try broker.client("resident-directory-main").connect()
        desk = try broker.client(ShelterTown.desk.text).connect([
            "\(town)/shelter-registry/reply/\(ShelterTown.desk)/+", Channel<StayNoted>.stayNotes.topic(in: town, "main").description,
            Channel<Occupancy>.occupancy.filter(in: town),
        ])
        gates = try ShelterTown.shelters.enumerated().map { index, shelter in
            let agent = BenchTown.gate(index + 1)
            return (try broker.client("agent-\(agent)").connect(), TapStream(agent, for: .shelter(shelter)))
        }
        clients = [directory, desk] + gates.map(\.client)
        desk.onMessage = { [unowned self] message in
            do { try hear(message) } catch { preconditionFailure("\(message.topic) cannot be read: \(error)") }
        }
    }

    func close() { for client in clients { client.close() } }

    private func hear(_ message: Message) throws {
        if message.topic.hasSuffix("/stay-note") {
            let said = try Envelope<StayNoted>(json: message.payload).data
            notes += 1
            untold[said.shelter] = untold[said.shelter] ?? nanoseconds()
            guard asksForNames, case .card(let token) = said.who else { return }
            asked[try send(ShowEvacuee(said.who), on: .showEvacuee)] = token
        } else if message.topic.hasSuffix("/occupancy") {
            guard let shelter = Topic(message.topic).map({ $0.entity.named() as ShelterID }) else { return }
            headcounts[shelter] = try Envelope<Occupancy>(json: message.payload).data.headcount
            if let since = untold.removeValue(forKey: shelter) { delays.append(Double(nanoseconds() - since) / 1e6) }
        } else if let cause = try JSONObject(message.payload).valueIfPresent("cause") as EventID? {
            guard let token = asked.removeValue(forKey: cause) else { return answers[cause] = message.payload }
            let page = try Envelope<Reply<EvacueePage>>(json: message.payload).data.answer
            guard page?.brief.name != nil, let start = held.removeValue(forKey: token) else { throw Fatal("nobody is named by \(token)") }
            names.append(Double(nanoseconds() - start) / 1e6)
        }
    }

    // MARK: Time goes on

    func turn(_ milliseconds: Int32) {
        wait(clients, milliseconds)
        for client in clients { client.turn() }
    }

    func turn(for what: String, until done: () throws -> Bool) throws {
        let end = monotonicMilliseconds() + 300_000
        while try !done() {
            turn(5)
            guard monotonicMilliseconds() < end else { throw Fatal("no \(what) within five minutes") }
        }
    }

    func rest(_ span: Duration) {
        let end = monotonicMilliseconds() + span.milliseconds
        while monotonicMilliseconds() < end { turn(Int32(max(1, min(20, end - monotonicMilliseconds())))) }
    }

    func forget() { (names, delays, notes) = ([], [], 0) }

    // MARK: What is said

    @discardableResult
    private func send<Body: CommandBody>(_ body: Body, on channel: Channel<Body>) throws -> EventID {
        let now = wallClock()
        let command = Envelope(
            id: EventID(at: now, random: (random.next(), random.next())), source: "/bench/shelter-desk/hq", time: now,
            expires: now + .seconds(300), data: body)
        desk.publish(channel.topic(in: BenchTown.town, ShelterTown.desk.named()).description, try command.json())
        desk.transport.flush()
        return command.id
    }

    func ask<Body: CommandBody>(_ body: Body, on channel: Channel<Body>) throws -> Body.Answer {
        let id = try send(body, on: channel)
        try turn(for: "answer to \(Body.type)") { answers[id] != nil }
        guard let bytes = answers.removeValue(forKey: id), let answer = try Envelope<Reply<Body.Answer>>(json: bytes).data.answer else {
            throw Fatal("\(Body.type) is refused")
        }
        return answer
    }

    /// The views of everybody, as a directory tells them that says them for the first time.
    func introduce(_ persons: Int) throws {
        let epoch = Epoch(after: nil, now: wallClock(), random: 1)
        let topic = Channel<ShelterView>.shelterView.topic(in: BenchTown.town, "main").description
        for number in 0..<persons {
            let (view, now) = (ShelterTown.view(of: number), wallClock())
            let row = Envelope(
                id: EventID(at: now, random: (random.next(), random.next())),
                source: Address("resident-directory", "main").source(in: BenchTown.town), subject: view.person.text, time: now,
                position: StreamPosition(epoch: epoch, number: Int64(number + 1)), data: view)
            directory.publish(topic, try row.json())
            while directory.waiting >= 500 { turn(5) }
        }
    }

    func hold(_ person: Int, at shelter: Int) throws {
        let (gate, token) = (gates[shelter], BenchTown.token(person))
        held[token] = asksForNames ? nanoseconds() : nil
        gate.client.publish(BenchTown.taps(of: gate.taps.agent), try gate.taps.next(token, at: wallClock()).json())
        gate.client.transport.flush()
    }

    /// Taps the broker has not acknowledged.
    var waiting: Int { gates.reduce(0) { $0 + $1.client.waiting } }
}
