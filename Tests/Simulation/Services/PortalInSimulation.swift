import Bus
import Contracts
import Harness
import Portal
import Seal
import ServiceKit
import Store

/// The town's pages, and a clerk who books there. What a page has promised is there, once; what it says of places is what was said of them; and nobody has
/// seen a week's bookings without a line about it.
final class PortalInSimulation: Participant {
    let portal: ServiceMachine<Portal>
    let clerk: PageClerk

    static var policy: PortalPolicy {
        var policy = PortalPolicy(listen: "127.0.0.1:8480", origin: "https://kazasu.nagai.example")
        policy.accounts = [PortalPolicy.Account(PageClerk.account, title: "佐藤", stations: [PageClerk.station])]
        return policy
    }

    init(joining world: World) throws {
        let vault = Vault.forTests(seed: world.seed &+ 4)
        var facts = TownFacts(title: "長井市", offset: .japan)
        facts.doors = world.layout.townDoors.map { TownFacts.Door($0, title: $0.text) }
        // One thread plays the whole town.
        nonisolated(unsafe) let shared = world.shared
        // What a process keeps in its memory dies with it.
        let made = { [facts] in
            Portal(
                policy: Self.policy, town: facts, vault: vault, files: Files(),
                signIn: SignIn(policy: Self.policy, cost: Scrypt.Cost(logN: 1, r: 1, p: 1)),
                draw: { count in (0..<count).map { _ in UInt8(truncatingIfNeeded: shared.next()) } })
        }
        portal = try ServiceMachine(
            made(), identity: world.identity(.portal, "main"), broker: world.broker, vault: vault, renewed: made)
        clerk = PageClerk(portal)
        guard world.layout.hasExtras else { return }
        portal.skew = world.drawnSkew(world.faults.townSkew)
        portal.onEffects = { [unowned self] _, effects in
            for effect in effects {
                if let answered = effect as? Answered { clerk.hear(answered) }
                if let done = effect as? ErrandDone { portal.service.finish(done) }
            }
        }
        world.add(portal)
    }

    static var witnessed: [Reading] { [witness(.looks)] }

    func prepare(_ world: World) { portal.keepBackup() }

    func happen(_ number: Int, in world: World) {
        if world.layout.hasExtras { clerk.work(in: world) }
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) { clerk.hear(outgoing) }

    // MARK: What must hold

    func violations(_ world: World) throws -> [String] {
        guard world.layout.hasExtras else { return [] }
        return try bookings(world) + looks(world) + shelters(world) + occupancy(world)
    }

    /// Booked once is booked once, whatever was repeated on the way, and it stays booked: what a controller has forgotten it is told again.
    private func bookings(_ world: World) throws -> [String] {
        let controller = world.participant(LockControllerInSimulation.self).controller
        guard portal.isWhole, controller.clones == 0, let door = world.layout.townDoors.first else { return [] }
        let kept = try controller.disk.read { db in
            try db.all("SELECT starts, count(*) FROM booking WHERE door = ? GROUP BY starts", door.text) {
                (Instant(milliseconds: $0.int(0)), Int($0.int(1)))
            }
        }
        let counts = Dictionary(uniqueKeysWithValues: kept)
        return clerk.bookings.sorted { $0.key < $1.key }.compactMap { from, outcome in
            let count = counts[from] ?? 0
            let mayBe: ClosedRange<Int> =
                switch outcome {
                case .booked: 1...1
                case .refused: 0...0
                case .unknown: 0...1
                }
            return mayBe.contains(count) ? nil : "the page says of the booking at \(from.rfc3339()): \(outcome), and there are \(count)"
        }
    }

    private func looks(_ world: World) throws -> [String] {
        guard portal.isWhole else { return [] }
        let noted = try world.auditor.heard(.looks).count { $0.data.at == .bookings }
        return noted < clerk.looks ? ["a week was shown \(clerk.looks) times, and noted \(noted) times"] : []
    }

    /// What the pages know of each place, as it was heard.
    private func known(_ kind: String) throws -> [String: [UInt8]] {
        let rows = try portal.disk.read {
            try $0.all("SELECT thing, body FROM snapshot WHERE kind = ?", kind) { ($0.text(0), $0.blob(1)) }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private func shelters(_ world: World) throws -> [String] {
        let registries = world.participant(SheltersInSimulation.self).registries
        guard portal.clones == 0, registries.allSatisfy(\.isWhole) else { return [] }
        var told: [String: [UInt8]] = [:]
        for row in try registries.flatMap({ try $0.journal() }) where Topic(row.topic)?.name == Channel.shelters.name {
            let data = try Envelope<ShelterChanged>(json: row.event).data
            told[data.shelter.id.text] = try data.json()
        }
        return Self.differences(told, try known("shelter"), "shelter")
    }

    private func occupancy(_ world: World) throws -> [String] {
        world.sayStatesAnew(world.participant(SheltersInSimulation.self).registries[0])
        // A number that was lost on its way is said again within half a minute, which is longer than it takes to come to rest.
        if world.faultsAtStart.drop > 0 { world.advance(.seconds(31)) }
        var said: [String: [UInt8]] = [:]
        for (topic, payload) in world.broker.retained {
            guard let topic = Topic(topic), topic.kind == .state, topic.name == Channel.occupancy.name else { continue }
            said[topic.entity.text] = try Envelope<Occupancy>(json: payload).data.json()
        }
        return Self.differences(said, try known("occupancy"), "occupancy")
    }

    private static func differences(_ told: [String: [UInt8]], _ known: [String: [UInt8]], _ what: String) -> [String] {
        Set(told.keys).union(known.keys).sorted().filter { told[$0] != known[$0] }.map { thing in
            func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nothing" }
            return "the pages have of the \(what) of \(thing): \(text(known[thing])), and was told: \(text(told[thing]))"
        }
    }
}
