import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import ServiceKit
import Store
import Town

/// What taps cost the statistics: twenty houses, a town of people of whom a third agreed to be counted; the real program with TLS and ACL.
final class VisitsMeasure {
    private static let people = 30_000
    private static let agreed = 10_000
    private static let houses = 20
    /// Each person comes to so many houses and leaves them.
    private static let rounds = 4
    private static let live: PlaceID = "live"
    /// Taps a second while it is measured how far the live number is behind, and how many of them are at that house.
    private static let pace = (all: 2000, live: 100)
    private static let gates = (all: BenchTown.gate(1), live: BenchTown.gate(2))
    private static let desk: UserID = "desk-office"

    private let (directory, gate, liveGate, desk, watch): (Client, Client, Client, Client, Client)
    private var clients: [Client] { [directory, gate, liveGate, desk, watch] }
    private let taps = TapStream(gates.all, for: Purpose(kind: "visit"))
    private let liveTaps = TapStream(gates.live, for: Purpose(kind: "visit"))
    private var random = SystemRandomNumberGenerator()
    private var answers = 0
    private var isReady = false
    /// When each tap at the live house was published, and how long it took until the number told had it.
    private var published: [UInt64] = []
    private var behind: [Double] = []

    static func run(folder: String, programs: String, rate: Double, report: inout Report) throws {
        let file = "\(folder)/visits.yaml"
        let broker = try Broker(of: VisitsTown.load(at: file, houses: houses, live: live, gates: gates), in: "\(folder)/visits")
        defer { broker.stop() }
        guard let data = broker.secure else { throw Fatal("the broker of a town is a secure one") }
        let measure = try VisitsMeasure(broker)
        let service = try Child(["\(programs)/analytics", "--town", file, "--data", data.root, "--port", "\(broker.port)"])
        try measure.introduce()
        try measure.pair(service, rate: rate, &report)
        try measure.follow(&report)
        report.add("analytics: resident after it", service.resident, "MB")
        service.stop()
        for client in measure.clients { client.close() }
        try weigh(data.state(of: Address("analytics", "main")), &report)
    }

    private init(_ broker: Broker) throws {
        let town = BenchTown.town
        let life = Topic.life(of: Address("analytics", "main"), in: town).description
        let today = Channel<FacilityToday>.facilitiesToday.topic(in: town, Self.live.named()).description
        directory = try broker.client("resident-directory-main").connect()
        gate = try broker.client("agent-\(Self.gates.all)").connect()
        liveGate = try broker.client("agent-\(Self.gates.live)").connect()
        desk = try broker.client(Self.desk.text).connect([Channel<ShowVisits>.showVisits.replyTopic(in: town, to: Self.desk).description])
        watch = try broker.client("operator-watch").connect([life, today])
        desk.onMessage = { [unowned self] _ in answers += 1 }
        watch.onMessage = { [unowned self] message in
            guard message.topic == today else { return isReady = true }
            guard let visits = try? Envelope<FacilityToday>(json: message.payload).data.visits else { return }
            let now = nanoseconds()
            while behind.count < min(visits, published.count) { behind.append(Double(now - published[behind.count]) / 1e6) }
        }
    }

    private func turn(for what: String, until done: () throws -> Bool) throws {
        let end = monotonicMilliseconds() + 120_000
        while try !done() {
            wait(clients, 2)
            for client in clients { client.turn() }
            guard monotonicMilliseconds() < end else { throw Fatal("no \(what) within two minutes") }
        }
    }

    /// The directory tells of those who agreed; when a question behind it is answered, all of them are known.
    private func introduce() throws {
        try turn(for: "sign of life") { isReady }
        let epoch = Epoch(after: nil, now: wallClock(), random: 1)
        let topic = Channel<VisitView>.visitView.topic(in: BenchTown.town, "main").description
        for person in 0..<Self.agreed {
            var view = VisitView(VisitorID((0..<10).map { UInt8(truncatingIfNeeded: person >> (8 * (9 - $0))) }))
            (view.tokens, view.ageBand, view.residency) = ([BenchTown.token(person)], person % 9 * 10, .resident)
            view.district = "第\(person % 30)区"
            let event = Envelope(
                id: EventID(at: wallClock(), random: (random.next(), random.next())),
                source: Address("resident-directory", "main").source(in: BenchTown.town), subject: view.visitor.text, time: wallClock(),
                position: StreamPosition(epoch: epoch, number: Int64(person + 1)), data: view)
            directory.publish(topic, try event.json())
            if directory.waiting >= 500 { try turn(for: "acknowledgement of the views") { directory.waiting == 0 } }
        }
        try turn(for: "acknowledgement of the views") { directory.waiting == 0 }
        try ask()
    }

    /// Asks for an empty day and waits: what was published before is counted by then.
    private func ask() throws {
        let (before, now) = (answers, wallClock())
        let question = Envelope(
            id: EventID(at: now, random: (random.next(), random.next())), source: "/bench/desk/office", time: now,
            expires: now + .seconds(120), data: ShowVisits((now - .seconds(100 * 86_400)).date()))
        desk.publish(Channel<ShowVisits>.showVisits.topic(in: BenchTown.town, Self.desk.named()).description, try question.json())
        desk.transport.flush()
        try turn(for: "answer") { answers > before }
    }

    private func tap(_ person: Int, at place: PlaceID, _ stream: TapStream, at time: Instant) throws -> [UInt8] {
        var tap = stream.next(BenchTown.token(person), at: time)
        tap.data.place = place
        return try tap.json()
    }

    /// Everybody comes to a house, leaves it and goes on to the next.
    private func pair(_ service: Child, rate: Double, _ report: inout Report) throws {
        let (now, topic) = (wallClock(), BenchTown.taps(of: Self.gates.all))
        var said: [[UInt8]] = []
        for half in 0..<Self.rounds * 2 {
            for person in 0..<Self.people {
                let time = now - .seconds((Self.rounds * 2 - half) * 1200) + .milliseconds(person)
                said.append(try tap(person, at: VisitsTown.house((person + half / 2) % Self.houses), taps, at: time))
            }
        }
        let (start, processor) = (nanoseconds(), service.processor)
        var sent = 0
        try turn(for: "acknowledgement of the taps") {
            while sent < said.count, gate.waiting < 256 {
                gate.publish(topic, said[sent])
                sent += 1
            }
            gate.transport.flush()
            return sent == said.count && gate.waiting == 0
        }
        try ask()
        report.add(
            "analytics: durable taps into visits and live counts, TLS and ACL", Double(said.count) * 1e9 / Double(nanoseconds() - start),
            "/s",
            floor: rate, floorName: "/s broker, plain", asked: "≥ 15,000")
        report.add("the same: processor time of one", (service.processor - processor) * 1e6 / Double(said.count), "µs")
    }

    /// How far the number of a house is behind, in a town that is busy all the while.
    private func follow(_ report: inout Report) throws {
        let (start, count) = (nanoseconds(), 10 * Self.pace.all)
        for sent in 0..<count {
            let isLive = sent % (Self.pace.all / Self.pace.live) == 0
            let (stream, agent, client) = isLive ? (liveTaps, Self.gates.live, liveGate) : (taps, Self.gates.all, gate)
            let place = isLive ? Self.live : VisitsTown.house(sent % Self.houses)
            // Cards that were not held before.
            let bytes = try tap(Self.people + sent, at: place, stream, at: wallClock())
            if isLive { published.append(nanoseconds()) }
            client.publish(BenchTown.taps(of: agent), bytes)
            client.transport.flush()
            try turn(for: "its turn") { nanoseconds() >= start + UInt64(sent + 1) * 1_000_000_000 / UInt64(Self.pace.all) }
        }
        try turn(for: "number that has all of them") { behind.count == published.count }
        let percentiles = Percentiles(behind)
        report.add("analytics: tap → in the live number of the house, \(Self.pace.all)/s, p50", percentiles.p50, "ms")
        report.add("the same, p99", percentiles.p99, "ms", asked: "≤ 1,000")
    }

    /// All that was counted, as it lies on the disk: ids, taps, visits.
    private static func weigh(_ path: String, _ report: inout Report) throws {
        let disk = try Database(path: path)
        try disk.truncateLog()
        let taps = try disk.read { try $0.first("SELECT count(*) FROM tap") { $0.int(0) } } ?? 0
        guard taps == Int64(people * rounds * 2 + 10 * pace.all) else { throw Fatal("\(taps) taps lie on the disk: some are missing") }
        var file = stat()
        guard stat(path, &file) == 0 else { throw Fatal("\(path) is not there") }
        report.add("analytics: disk a tap, in its first forty days", Double(file.st_size) / Double(taps), "bytes", asked: "≤ 150")
        let bytes = try disk.read { (db: borrowing Transaction) throws in
            try db.first("SELECT sum(pgsize) FROM dbstat WHERE name IN ('tap', 'unplaced')") { Double($0.int(0)) }
        }
        if let bytes { report.add("the same, later", (Double(file.st_size) - bytes) / Double(taps), "bytes", asked: "≤ 150") }
    }
}

/// The houses whose visits are measured, counted each way in turn.
private enum VisitsTown {
    static func house(_ number: Int) -> PlaceID { PlaceID("house-\(number)")! }

    static func load(at path: String, houses: Int, live: PlaceID, gates: (all: Instance, live: Instance)) throws -> Town {
        // The taps of the last hours are of one day, at whatever hour they are measured.
        let hour = (wallClock() - Instant(startOf: wallClock().date())).milliseconds / 3_600_000
        let facilities = (0..<houses).map { number in
            "    \(house(number)): { title: 館\(number), places: [\(house(number))], counting: \(number % 4 == 0 ? "arrivals" : "turns")\(number % 2 == 0 ? ", schedule: open" : "") }"
        }
        let text = """
            town: bench
            double-tap: { default: 0s }
            agents:
              \(gates.all): { readers: { reader-1: { device: Bench, place: \(house(0)), purpose: visit } } }
              \(gates.live): { readers: { reader-1: { device: Bench, place: \(live), purpose: visit } } }
            schedules: { open: { hours: { mon-sun: "09:00-21:00" } } }
            desks: [office]
            operators: [watch]
            visits:
              day-starts: "\(hour < 3 ? "12:00" : "00:00")"
              facilities:
            \(facilities.joined(separator: "\n"))
                \(live): { title: 館, places: [\(live)] }
            """
        try Array(text.utf8).write(to: path)
        return try Town.load(path: path)
    }
}
