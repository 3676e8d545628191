import Bus
import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import ShelterRegistry
import Store
import Town

/// What an evening of twenty-six shelters costs their registry: the real program with TLS and ACL; and what an island brings home.
enum ShelterMeasure {
    static func run(folder: String, me: String, programs: String, report: inout Report) throws {
        let file = "\(folder)/shelters.yaml"
        try ShelterTown.write(to: file)
        let broker = try Broker(of: Town.load(path: file), in: "\(folder)/shelters")
        defer { broker.stop() }
        guard let data = broker.secure else { throw Fatal("the broker of a town is a secure one") }
        let registry = try Child(["\(programs)/shelter-registry", "--town", file, "--data", data.root, "--port", "\(broker.port)"])
        defer { registry.stop() }
        let hall = try ShelterHall(broker)
        defer { hall.close() }
        try open(hall, registry, &report)
        let came = try pace(hall, &report)
        try burst(hall, registry, came, &report)
        try missing(hall, registry, &report)
        try island(folder: folder, me: me, &report)
    }

    /// Everybody is known, every shelter open.
    private static func open(_ hall: ShelterHall, _ registry: Child, _ report: inout Report) throws {
        for shelter in ShelterTown.shelters {
            var described = Shelter(shelter, title: "避難所 \(shelter)")
            described.capacity = Shelter.Capacity(day: 1500, night: 1000)
            _ = try hall.ask(PutShelter(described), on: .putShelter)
            _ = try hall.ask(RunShelter(shelter, .open), on: .runShelter)
        }
        let start = nanoseconds()
        try hall.introduce(ShelterTown.persons)
        guard let list = PeopleList("district/\(ShelterTown.district)") else { throw Fatal("a district is a list") }
        // Asked seldom, since each answer takes time that the views want.
        while try hall.ask(ListMissing(of: list), on: .listMissing).missing < ShelterTown.persons { hall.rest(.seconds(1)) }
        report.add("shelter-registry: a new view of \(ShelterTown.persons) persons", Double(nanoseconds() - start) / 1e9, "s")
        report.add("the same: processor time", registry.processor, "s")
        report.add("the same: resident after it", registry.resident, "MB")
    }

    /// As people come: a thousand small shelters' taps a minute and the large one's.
    private static func pace(_ hall: ShelterHall, _ report: inout Report) throws -> Int {
        hall.asksForNames = true
        hall.forget()
        let taps = ShelterTown.taps().prefix(400)
        for tap in taps {
            try hall.hold(tap.person, at: tap.shelter)
            hall.rest(.milliseconds(50))
        }
        try hall.turn(for: "name of everybody") { hall.names.count == taps.count }
        let names = Percentiles(hall.names)
        report.add("20 taps/s: card → named at the desk, p50", names.p50, "ms")
        report.add("the same, p99", names.p99, "ms", asked: "≤ 300")
        hall.rest(.seconds(2))
        report.add("the same: the number of people behind the notes, at most", hall.delays.max() ?? 0, "ms", asked: "≤ 1,000")
        hall.asksForNames = false
        return taps.count
    }

    /// The rest of the hour, as fast as it goes.
    private static func burst(_ hall: ShelterHall, _ registry: Child, _ came: Int, _ report: inout Report) throws {
        hall.forget()
        let all = ShelterTown.taps()
        let taps = all.dropFirst(came)
        let (memory, processor, start) = (registry.resident, registry.processor, nanoseconds())
        for (sent, tap) in taps.enumerated() {
            try hall.hold(tap.person, at: tap.shelter)
            // Never so many that the broker drops some.
            while hall.waiting >= 500 || sent - hall.notes > 5000 { hall.turn(1) }
        }
        try hall.turn(for: "note of every tap") { hall.notes >= taps.count }
        let seconds = Double(nanoseconds() - start) / 1e9
        var places: [Int: Int] = [:]
        for tap in all { places[tap.person] = tap.shelter }
        let expected = Dictionary(grouping: places.values) { ShelterTown.shelters[$0] }.mapValues(\.count)
        let noted = nanoseconds()
        try hall.turn(for: "right number everywhere") { hall.headcounts == expected }
        report.add("\(taps.count) taps at 26 shelters, noted and told", Double(taps.count) / seconds, "/s", asked: "≥ 21")
        report.add("the same: processor time of a tap", (registry.processor - processor) * 1000 / Double(taps.count), "ms")
        report.add("the same: the numbers behind the notes, p99", Percentiles(hall.delays).p99, "ms", asked: "≤ 1,000")
        report.add("the same: every number right after the last note", Double(nanoseconds() - noted) / 1e6, "ms", asked: "≤ 1,000")
        report.add("the same: notes lost", Double(taps.count - hall.notes), "", asked: "0")
        report.add("the same: growth of shelter-registry", registry.resident - memory, "MB")
    }

    /// Headquarters asks who of thirty thousand has not come.
    private static func missing(_ hall: ShelterHall, _ registry: Child, _ report: inout Report) throws {
        guard let list = PeopleList("district/\(ShelterTown.district)") else { throw Fatal("a district is a list") }
        let processor = registry.processor
        var times: [Double] = []
        for _ in 0..<50 {
            let start = nanoseconds()
            let page = try hall.ask(ListMissing(of: list), on: .listMissing)
            times.append(Double(nanoseconds() - start) / 1e6)
            guard page.here + page.missing == ShelterTown.persons else { throw Fatal("not everybody is counted: \(page)") }
        }
        report.add("who of \(ShelterTown.persons) has not come, p50", Percentiles(times).p50, "ms", asked: "≤ 100")
        report.add("the same, the longest of \(times.count)", times.max() ?? 0, "ms")
        report.add("the same: processor time of each", (registry.processor - processor) * 1000 / Double(times.count), "ms")
    }

    // MARK: An island

    private static let offline = 5000
    private static let refuge: ShelterID = "refuge"

    /// All that an island has noted while nobody heard it, until the town has the right number.
    private static func island(folder: String, me: String, _ report: inout Report) throws {
        try Vault.create(at: "\(folder)/vault.key")
        try fill("\(folder)/registry-hall.sqlite", vault: try Vault.load(file: "\(folder)/vault.key"))
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let topic = Channel<Occupancy>.occupancy.topic(in: BenchTown.town, refuge.named()).description
        let watch = try broker.client("watch").connect([topic])
        defer { watch.close() }
        var counts: [String: Int] = [:]
        watch.onMessage = { message in
            if let said = try? Envelope<Occupancy>(json: message.payload) { counts[said.source] = said.data.headcount }
        }
        func run(_ instance: Instance) throws -> (child: Child, seconds: Double) {
            let child = try Child([me, "registry", instance.text, "\(broker.port)", folder])
            let source = Address("shelter-registry", instance).source(in: BenchTown.town)
            let end = monotonicMilliseconds() + 120_000
            while counts[source] != offline {
                wait([watch], 20)
                watch.turn()
                guard monotonicMilliseconds() < end else { throw Fatal("\(instance) knows of \(counts[source] ?? 0) people") }
            }
            return (child, Double(nanoseconds() - child.started) / 1e9)
        }
        let there = try run("hall")
        defer { there.child.stop() }
        let town = try run("main")
        defer { town.child.stop() }
        report.add("\(offline) notes of an island, from its journal to the town's number", town.seconds, "s", asked: "≤ 10")
        report.add("the same: the town's registry, resident", town.child.resident, "MB")
    }

    /// The island's days alone: everything was said at its own broker, and nobody else was there.
    private static func fill(_ path: String, vault: Vault) throws {
        let hand = Hand()
        var random = SystemRandomNumberGenerator()
        let host = try Host(
            service("hall", vault), identity: identity("hall"), database: Database(path: path), transport: hand, vault: vault,
            now: wallClock(), random: { random.next() }, log: { _ in })
        let now = wallClock()
        func command<Body: CommandBody>(_ body: Body, on channel: Channel<Body>) throws {
            let command = Envelope(
                id: EventID(at: now, random: (random.next(), random.next())), source: "/bench/shelter-desk/hq", time: now,
                expires: now + .seconds(60), data: body)
            hand.give(channel.topic(in: BenchTown.town, "shelter-desk-hq").description, try command.json())
        }
        try command(PutShelter(Shelter(refuge, title: "避難所")), on: .putShelter)
        try command(RunShelter(refuge, .open), on: .runShelter)
        let taps = TapStream(BenchTown.agent, for: .shelter(refuge))
        for part in 0..<offline / 100 {
            for number in part * 100..<(part + 1) * 100 {
                hand.give(BenchTown.taps, try taps.next(BenchTown.token(number), at: now).json())
            }
            while try host.step(now: wallClock()) <= wallClock() {}
        }
    }

    private static func service(_ instance: Instance, _ vault: Vault) -> ShelterRegistry {
        ShelterRegistry(vault: vault, name: instance, keepers: ShelterKeepers(islands: ["hall": [refuge]]))
    }

    private static func identity(_ instance: Instance) -> Identity {
        let roster = Roster([
            .readerAgent: [BenchTown.agent], .residentDirectory: ["main"], .shelterRegistry: ["main", "hall"], .shelterDesk: ["hq"],
        ])
        return Identity(town: BenchTown.town, role: .shelterRegistry, instance: instance, offset: .japan, version: "bench", roster: roster)
    }

    /// `bench registry INSTANCE PORT FOLDER`
    static func serve(_ instance: Instance, port: Int, folder: String) throws {
        let vault = try Vault.load(file: "\(folder)/vault.key")
        try BenchTown.serve(
            service(instance, vault), identity(instance), port: port, database: "\(folder)/registry-\(instance).sqlite", vault: vault)
    }
}
