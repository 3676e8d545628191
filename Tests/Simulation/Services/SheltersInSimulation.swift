import Bus
import Contracts
import Harness
import People
import Seal
import ServiceKit
import ShelterRegistry
import Store

/// The town's registry of shelters and, where there is a site, that of an island whose line is cut for long. People hold cards at shelters, and two receptions
/// note who comes and goes: nobody is at two places, nobody is forgotten, every number is that of the people, and who must not be found is not.
final class SheltersInSimulation: Participant {
    /// The town's first.
    let registries: [ServiceMachine<ShelterRegistry>]
    private(set) var receptions: [ShelterReception] = []
    private let brokers: [InMemoryBroker]
    private let clerks: Clerks
    /// Of whom anybody was told anything.
    private var told: Set<Evacuee> = []

    init(joining world: World) throws {
        clerks = world.participant(ResidentDirectoryInSimulation.self).clerks
        brokers = [world.broker] + (world.station.map { [$0.broker] } ?? [])
        let islands: [Instance: Set<ShelterID>] = world.station == nil ? [:] : [Station.name: Station.shelters]
        let keepers = ShelterKeepers(islands: islands)
        registries = try zip([.main] + islands.keys, brokers).map { name, broker in
            let vault = Vault.forTests(seed: world.seed &+ UInt64(name == .main ? 1 : 2))
            var rules = ShelterRegistry.Rules()
            for reader in world.layout.shelterReaders {
                rules.agents[world.layout.agents[reader.agent].named(), default: []].insert(reader.shelter)
            }
            return try ServiceMachine(
                ShelterRegistry(vault: vault, name: name, keepers: keepers, rules: rules), identity: world.identity(.shelterRegistry, name),
                broker: broker,
                vault: vault)
        }
        for registry in registries {
            registry.skew = world.drawnSkew(world.faults.townSkew)
            world.add(registry)
        }
        guard world.layout.hasExtras else { return }
        receptions = [ShelterReception(registries[0], ["s01", "s02", "s03"], Desk("hq", as: .shelterDesk), clerks)]
        guard let station = world.station else { return }
        // A laptop that was switched off for long.
        if world.faults.skew > 0, world.happens(0.5) { registries[1].skew = .seconds(world.happens(0.5) ? 3600 : -3600) }
        let desk = Desk("refuge", as: .shelterDesk, at: station.broker)
        receptions.append(ShelterReception(registries[1], ["refuge", "school-tent"], desk, clerks))
    }

    static var witnessed: [Reading] { [witness(.stayNotes), witness(.stayCorrections)] }

    // MARK: The day

    func prepare(_ world: World) throws {
        for reception in receptions { reception.prepare(world) }
        for registry in registries { registry.keepBackup() }
    }

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        if world.happens(0.6) {
            let (place, card) = (world.among(world.layout.shelterReaders), world.below(ShelterReception.cards))
            let agents = world.participant(ReaderAgentsInSimulation.self)
            agents.hold(card, at: place, in: world)
            while world.happens(world.faults.heldAgain) { agents.hold(card, at: place, in: world) }
        }
        for reception in receptions { reception.work(in: world) }
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) { listen(outgoing, world) }
    func hear(atSite outgoing: Outgoing, in world: World) { listen(outgoing, world) }

    private func listen(_ outgoing: Outgoing, _ world: World) {
        for reception in receptions { reception.hear(outgoing) }
        guard outgoing.topic.hasSuffix("/whereabouts"), let said = try? Envelope<Whereabouts>(json: outgoing.payload) else { return }
        told.insert(said.data.who)
        if said.data.presence != nil, let person = said.data.who.person, clerks.residents[person]?.isProtected == true {
            world.complain("it was said where \(person) is, who must not be found")
        }
    }

    // MARK: What must hold

    /// What registries will still do by themselves, but for rehearsals whose end is far off by a clock that was set back.
    var unrest: [String] {
        registries.flatMap { registry in
            let left = try? registry.disk.read {
                try $0.first(
                    """
                    SELECT (SELECT count(*) FROM doubtful) + (SELECT count(*) FROM shelter WHERE until <= ? OR emptied_by IS NOT NULL)
                    """, (registry.shown + .seconds(60)).milliseconds
                ) { $0.int(0) }
            }
            return left == 0 ? [] : ["\(registry.name) has \(left ?? -1) names to look at or shelters to empty"]
        }
    }

    func violations(_ world: World) throws -> [String] {
        // What a broker has forgotten or found again, and what a copy said, is said anew within half a minute.
        let faults = world.faultsAtStart
        if faults.brokerRestart + faults.staleHeads + faults.lostRetained + faults.clone > 0 { world.advance(.seconds(31)) }
        let told = try Census(journals: registries.map { ($0.identity.address.instance.text, try $0.journal()) })
        var wrong = try forgotten(told, world)
        for (registry, broker) in zip(registries, brokers) {
            try registry.disk.read { db in
                let known = try Census(in: db)
                // Where a disk was put back, others know what its registry does not know any more, and it may have ruled anew.
                if registries.allSatisfy(\.isWhole) { wrong += differences(known, told).map { "\(registry.name): \($0)" } }
                let stays = try known.stays(in: db)
                wrong += try differences(stays, Stay.all(in: db)).map { "\(registry.name): \($0)" }
                wrong += try headcounts(stays, broker, in: db).map { "\(registry.name): \($0)" }
            }
        }
        return try wrong + whereabouts()
    }

    private typealias Stay = Census.Stay

    /// Every check-in is somewhere: what a desk was told to be written down, and every card that was held at a shelter.
    private func forgotten(_ told: Census, _ world: World) throws -> [String] {
        let ids = Set(told.notes.map(\.id)).union(registries.flatMap(\.forgotten).map(\.id))
        let accepted = receptions.flatMap { $0.notes.subtracting(ids).sorted() }
        let causes = Set(
            try registries.flatMap { try $0.journal() }.filter { $0.topic.hasSuffix("/stay-note") }.compactMap {
                try Envelope<StayNoted>(json: $0.event).cause
            })
        let taps = try world.participant(ReaderAgentsInSimulation.self).tapsAtShelters().filter { !causes.contains($0.id) }
        return accepted.map { "note \($0) was accepted and is in no journal" } + taps.map { "tap \($0.id) at \($0.shelter) is no note" }
    }

    /// A registry has been told all that was said, and no more.
    private func differences(_ known: Census, _ told: Census) -> [String] {
        told.notes.subtracting(known.notes).map { "it never heard of \($0)" }
            + known.notes.subtracting(told.notes).map { "nobody said \($0)" }
            + told.corrections.symmetricDifference(known.corrections).map { "one side alone has \($0)" }
            + (told.into == known.into ? [] : ["guests are \(known.into), and were said to be \(told.into)"])
    }

    private func differences(_ reckoned: [Census.Name: [Stay]], _ found: Set<Stay>) -> [String] {
        let reckoned = Set(reckoned.values.joined())
        let open = Dictionary(grouping: found.filter { $0.ends == nil }) { Census.Name(who: $0.who, isDrill: $0.isDrill) }
        return reckoned.subtracting(found).map { "lacks \($0)" }
            + found.subtracting(reckoned).map { "has \($0), which follows from nothing" }
            + open.filter { $0.value.count > 1 }.map { "\($0.key.who) is at \($0.value.count) shelters" }
    }

    /// Whoever looks at the broker sees as many people as there are.
    private func headcounts(_ stays: [Census.Name: [Stay]], _ broker: InMemoryBroker, in db: borrowing Transaction) throws -> [String] {
        let shelters = try db.all("SELECT row FROM shelter") { try $0.blob(0).decoded(as: ShelterChanged.self) }
        return try shelters.compactMap { entry in
            let id = entry.shelter.id
            guard let retained = broker.retained["nagai/shelter-registry/state/\(id)/occupancy"] else { return "nothing is said of \(id)" }
            let said = try Envelope<Occupancy>(json: retained).data
            let inside = stays.values.joined().count {
                $0.shelter == id && $0.ends == nil && $0.kind.isInside && $0.isDrill == entry.run.isDrill
            }
            return said.headcount == inside && (said.condition == .closed) == (entry.run.stage == .closed)
                ? nil : "\(id) is said to be \(said.condition) with \(said.headcount), and is \(entry.run.stage) with \(inside)"
        }
    }

    /// The town tells where everybody is whom it knows and may tell of, and takes back what does not hold; an island tells nobody.
    private func whereabouts() throws -> [String] {
        let town = registries[0]
        let expected = try town.disk.read { db in
            try Census(in: db).stays(in: db).values.compactMap { stays -> Whereabouts? in
                guard let stay = stays.last, !stay.isDrill else { return nil }
                if let person = stay.who.person {
                    guard let view = try People<ShelterView>.view(of: person, in: db), view.isProtected != true else { return nil }
                }
                let presence: Whereabouts.Presence = stay.ends != nil ? .left : stay.isAway ? .away : .here
                return Whereabouts(stay.who, presence, at: stay.shelter, kind: stay.kind, since: stay.since)
            }
        }
        let now = Dictionary(uniqueKeysWithValues: expected.map { ($0.who, $0) })
        let rows = try registries.flatMap { try $0.journal() }.filter { $0.topic.hasSuffix("/whereabouts") }
        let said = try Dictionary(rows.map { try Envelope<Whereabouts>(json: $0.event).data }.map { ($0.who, $0) }) { $1 }
        // Whom a registry has told of and forgotten with its disk it does not know to take back.
        let people = town.isWhole ? told.union(now.keys) : Set(said.keys).union(now.keys)
        return people.filter { said[$0] != now[$0] ?? Whereabouts(nothingOf: $0) }.map {
            "of \($0) is said \(said[$0].map { "\($0)" } ?? "nothing"), and it is \(now[$0].map { "\($0)" } ?? "nothing")"
        }
    }
}

extension Layout {
    struct ShelterReader {
        let agent: Int
        let id: ReaderID
        let shelter: ShelterID
        let direction: Direction?
    }

    /// At two gates of the town and at the site's.
    var shelterReaders: [ShelterReader] {
        guard hasExtras, agentCount > 2 else { return [] }
        let town = [
            ShelterReader(agent: 1, id: "shelter", shelter: "s01", direction: .in),
            ShelterReader(agent: 1, id: "shelter-out", shelter: "s01", direction: .out),
            ShelterReader(agent: 2, id: "shelter", shelter: "s02", direction: nil),
        ]
        guard hasSite else { return town }
        return town + [
            ShelterReader(agent: agentCount, id: "refuge", shelter: "refuge", direction: .in),
            ShelterReader(agent: agentCount, id: "refuge-out", shelter: "refuge", direction: .out),
        ]
    }
}

extension Station {
    /// Those on the town's list; others are opened there on the spot.
    static let shelters: Set<ShelterID> = ["refuge"]
}
