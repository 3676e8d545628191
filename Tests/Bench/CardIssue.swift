import Bus
import Contracts
import Glibc
import Launch
import ResidentDirectory
import Seal
import ServiceKit
import Store
import Town

/// Gives everybody their cards on one day: the directory's own code on its own database, found, held and linked as at the counter, but on a bus in this process.
struct CardIssue {
    private let broker = InMemoryBroker(random: { 0 })
    private let host: Host<ResidentDirectory>
    private let bus: InMemoryTransport
    private let taps: TapStream
    private let clerk: UserID = "registrar-civil"
    private var now = wallClock()
    private var random = SystemRandomNumberGenerator()

    /// - Returns: the residents, in the order in which they got their cards. The database is free again.
    static func run(_ town: Town, data: DataFolder, taps: TapStream) throws -> [PersonBrief] {
        var issue = try CardIssue(town, data: data, taps: taps)
        return try issue.run()
    }

    private init(_ town: Town, data: DataFolder, taps: TapStream) throws {
        let vault = try Vault.load(file: data.vaultKey)
        let identity = Identity(
            town: town.name, role: .residentDirectory, instance: "main", offset: town.offset, version: Launch.version, roster: town.roster)
        let database = try Database(path: data.state(of: identity.address))
        var random = SystemRandomNumberGenerator()
        host = try Host(
            ResidentDirectory(vault: vault, policy: town.people), identity: identity, database: database,
            transport: InMemoryTransport(broker, client: identity.user.text), vault: vault, now: now, random: { random.next() },
            log: { _ in })
        bus = InMemoryTransport(broker, client: clerk.text)
        self.taps = taps
        _ = bus.receive(limit: 1)
        bus.subscribe([Subscription(filter: "\(town.name)/resident-directory/reply/\(clerk)/+", qos: 1)])
        // Before the directory has subscribed nobody hears the counter.
        try settle()
    }

    private mutating func run() throws -> [PersonBrief] {
        var residents: [PersonBrief] = []
        let step = 100
        for first in stride(from: 0, to: PeopleTown.households, by: step) {
            let people = try ask((first..<first + step).map(search), on: .findPersons).flatMap(\.persons)
            var links: [LinkCard] = []
            for (number, person) in people.enumerated() {
                for card in PeopleTown.cards(of: residents.count + number) {
                    let tap = taps.next(BenchTown.token(card), at: now)
                    publish(BenchTown.taps(of: taps.agent), try tap.json())
                    links.append(LinkCard(tap.id, to: person.person, born: person.born))
                }
            }
            try settle()
            _ = try ask(links, on: .linkCard)
            residents += people
        }
        host.stop(now: now)
        guard residents.count == PeopleTown.persons else { throw Fatal("\(residents.count) residents are found") }
        return residents
    }

    private func search(_ household: Int) -> FindPersons {
        var search = FindPersons()
        search.household = PeopleTown.number(ofHousehold: household)
        return search
    }

    /// - Returns: the answers, in the order of the commands.
    private mutating func ask<Body: CommandBody>(_ bodies: [Body], on channel: Channel<Body>) throws -> [Body.Answer] {
        var order: [EventID] = []
        for body in bodies {
            let command = Envelope(
                id: EventID(at: now, random: (random.next(), random.next())), source: "/bench/station", time: now,
                expires: now + .seconds(60), data: body)
            order.append(command.id)
            publish(channel.topic(in: BenchTown.town, clerk.named()).description, try command.json())
        }
        try settle()
        var answers: [EventID: Body.Answer] = [:]
        while case let events = bus.receive(limit: 1000), !events.isEmpty {
            for case .message(let message) in events {
                let reply = try Envelope<Reply<Body.Answer>>(json: message.payload)
                guard let cause = reply.cause, let answer = reply.data.answer else {
                    throw Fatal("\(Body.type) is refused: \(reply.data.text ?? "")")
                }
                answers[cause] = answer
            }
            bus.flush()
        }
        return try order.map { id in
            guard let answer = answers[id] else { throw Fatal("\(Body.type) is not answered") }
            return answer
        }
    }

    private func publish(_ topic: String, _ payload: [UInt8]) {
        _ = bus.publish(Outgoing(topic: topic, payload: payload, qos: 1, retain: false))
    }

    private mutating func settle() throws {
        bus.flush()
        now = now + .milliseconds(1)
        repeat { _ = try host.step(now: now) } while broker.hasWaiting(host.identity.user.text) || host.unsent > 0
    }
}
