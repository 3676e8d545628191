import Bus
import Contracts
import Journal
import Seal
import ServiceKit
import Store

/// One service on a broker in this process, with a disk that survives its crashes and a clock that only moves when it is told to.
package final class Rig<S: Service> {
    package let broker: InMemoryBroker
    package private(set) var disk: Database
    package private(set) var host: Host<S>!
    package private(set) var transport: InMemoryTransport!
    package var now: Instant
    package private(set) var effects: [any Effect] = []
    package private(set) var log: [String] = []
    /// Everything the broker was handed, whoever said it.
    package private(set) var published: [Outgoing] = []
    private let identity: Identity
    /// What the next start is given.
    package var vault: Vault?
    private var chance = Seeded(1)

    package init(
        _ service: S, as role: Role, _ instance: Instance = "main", roster: Roster, version: String = "1", at now: Instant = Rig.morning,
        disk: Database? = nil, vault: Vault? = nil
    ) throws {
        self.now = now
        self.vault = vault
        self.disk = try disk ?? Database.inMemory()
        broker = InMemoryBroker(random: { 0 })
        identity = Identity(town: "nagai", role: role, instance: instance, offset: .japan, version: version, roster: roster)
        broker.onPublish = { [unowned self] in published.append($0) }
        try start(service)
    }

    /// 2026-11-21T08:00:00+09:00
    package static var morning: Instant { Instant(milliseconds: 1_795_215_600_000) }

    /// A new process on the same disk; the old one, if any, dies as if its power were cut.
    package func start(_ service: S, version: String? = nil, via other: (any Transport)? = nil) throws {
        transport?.abandon()
        host = nil
        transport = InMemoryTransport(broker, client: identity.user.text)
        let identity = Identity(
            town: identity.town, role: Role(rawValue: identity.address.program.text)!, instance: identity.address.instance, offset: .japan,
            version: version ?? identity.version, roster: identity.roster)
        host = try Host(
            service, identity: identity, database: disk, transport: other ?? transport, vault: vault, now: now,
            random: { [unowned self] in chance.next() },
            log: { [unowned self] in log.append($0) }, perform: { [unowned self] in effects.append($0) })
    }

    /// The disk as it was before: an older copy was put back.
    package func replaceDisk(with bytes: [UInt8]) throws {
        transport?.abandon()
        host = nil
        disk = try Database.inMemory(holding: bytes)
    }

    /// Lets the host work until it wants to be called later than now.
    package func settle(_ inputs: [S.Input] = []) throws {
        var inputs = inputs
        for _ in 0..<10_000 {
            let wake = try host.step(now: now, inputs: inputs)
            inputs = []
            if wake > now, !broker.hasWaiting(identity.user.text) || !host.isConnected { return }
        }
        throw Restless()
    }

    /// Time goes on in steps of at most `step`, with the host at work.
    package func pass(_ span: Duration, step: Duration = .seconds(1)) throws {
        let end = now + span
        while now < end {
            now = min(now + step, end)
            try settle()
        }
    }

    /// Says something as if another client had.
    package func say(_ topic: String, _ payload: [UInt8]) { broker.inject(Message(topic: topic, payload: payload)) }

    package func forgetWhatWasSaid() {
        published = []
        effects = []
        log = []
    }

    /// The envelopes said on the topics of one channel, in order.
    package func said<Body: Payload>(_ channel: Channel<Body>) throws -> [Envelope<Body>] {
        try published.filter { topicMatches($0.topic, filter: channel.filter(in: "nagai")) }.map { try Envelope<Body>(json: $0.payload) }
    }

    /// The last life this process has said.
    package func life() throws -> Life {
        let topic = Topic.life(of: identity.address, in: "nagai").description
        guard let last = published.last(where: { $0.topic == topic }) else { throw Restless() }
        return try last.payload.decoded()
    }

    package func heads() throws -> Heads {
        let topic = Topic.heads(of: identity.address, in: "nagai").description
        guard let last = published.last(where: { $0.topic == topic }) else { throw Restless() }
        return try last.payload.decoded()
    }
}

/// The host never came to rest, or has said nothing of the kind.
package struct Restless: Error { package init() {} }
