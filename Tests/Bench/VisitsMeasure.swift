import Analytics
import Bus
import Contracts
import Glibc
import Mosquitto
import Seal
import ServiceKit
import Store

/// What taps cost the statistics: twenty houses, a town of people of whom a third agreed to be counted; the service in a process of its own, over a broker.
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

    private let (directory, gate, desk, watch): (Client, Client, Client, Client)
    private var clients: [Client] { [directory, gate, desk, watch] }
    private let taps = TapStream(gates.all, for: Purpose(kind: "visit"))
    private let liveTaps = TapStream(gates.live, for: Purpose(kind: "visit"))
    private var random = SystemRandomNumberGenerator()
    private var answers = 0
    private var isReady = false
    /// When each tap at the live house was published, and how long it took until the number told had it.
    private var published: [UInt64] = []
    private var behind: [Double] = []

    static func run(folder: String, me: String, rate: Double, report: inout Report) throws {
        try Vault.create(at: "\(folder)/visits.key")
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let measure = try VisitsMeasure(broker)
        let service = try Child([me, "visits", "\(broker.port)", folder])
        try measure.introduce()
        try measure.pair(service, rate: rate, &report)
        try measure.follow(&report)
        report.add("analytics: resident after it", service.resident, "MB")
        service.stop()
        for client in measure.clients { client.close() }
        try weigh("\(folder)/visits.sqlite", &report)
    }

    private init(_ broker: Broker) throws {
        let town = BenchTown.town
        let life = Topic.life(of: Address("analytics", "main"), in: town).description
        let today = Channel<FacilityToday>.facilitiesToday.topic(in: town, Self.live.named()).description
        directory = try broker.client("resident-directory-main").connect()
        gate = try broker.client("agent-\(Self.gates.all)").connect()
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
            "analytics: durable taps into visits and live counts", Double(said.count) * 1e9 / Double(nanoseconds() - start), "/s",
            floor: rate, floorName: "/s broker", asked: "≥ 15,000")
        report.add("the same: processor time of one", (service.processor - processor) * 1e6 / Double(said.count), "µs")
    }

    /// How far the number of a house is behind, in a town that is busy all the while.
    private func follow(_ report: inout Report) throws {
        let (start, count) = (nanoseconds(), 10 * Self.pace.all)
        for sent in 0..<count {
            let isLive = sent % (Self.pace.all / Self.pace.live) == 0
            let (stream, agent) = isLive ? (liveTaps, Self.gates.live) : (taps, Self.gates.all)
            let place = isLive ? Self.live : VisitsTown.house(sent % Self.houses)
            // Cards that were not held before.
            let bytes = try tap(Self.people + sent, at: place, stream, at: wallClock())
            if isLive { published.append(nanoseconds()) }
            gate.publish(BenchTown.taps(of: agent), bytes)
            gate.transport.flush()
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

    /// `bench visits PORT FOLDER`
    static func serve(port: Int, folder: String) throws {
        let vault = try Vault.load(file: "\(folder)/visits.key")
        let roster = Roster([
            .readerAgent: [gates.all, gates.live], .residentDirectory: ["main"], .analytics: ["main"], .desk: ["office"],
            .operator: ["watch"],
        ])
        let identity = Identity(
            town: BenchTown.town, role: .analytics, instance: "main", offset: .japan, version: "bench", roster: roster)
        try BenchTown.serve(
            Analytics(policy: VisitsTown.policy(houses: houses, live: live), vault: vault), identity, port: port,
            database: "\(folder)/visits.sqlite", vault: vault)
    }
}

/// The houses whose visits are measured, counted each way in turn.
private enum VisitsTown {
    static func house(_ number: Int) -> PlaceID { PlaceID("house-\(number)")! }

    static func policy(houses: Int, live: PlaceID) -> VisitsPolicy {
        var policy = VisitsPolicy()
        // The taps of the last hours are of one day, at whatever hour they are measured.
        let minute = Int((wallClock() - Instant(startOf: wallClock().date())).milliseconds / 60_000)
        policy.dayStarts = (minute + 720) % 1440
        let hours = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [540..<1260]) })
        policy.facilities = (0..<houses).map { number in
            var facility = Facility(house(number).named(), title: "館\(number)", places: [house(number)])
            facility.counting = number % 4 == 0 ? .arrivals : .turns
            if number % 2 == 0 { facility.schedule = Schedule("open", week: hours) }
            return facility
        }
        policy.facilities.append(Facility(live.named(), title: "館", places: [live]))
        return policy
    }
}
