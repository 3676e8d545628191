import Contracts
import Glibc
import Launch
import People
import ServiceKit
import Store
import Town

/// What a town of fifty thousand costs its directory and those who follow it: the real programs, with TLS and ACL.
struct PeopleMeasure {
    private let folder: String
    private let programs: String
    private let broker: Broker
    private let town: Town
    private let data: DataFolder
    private let counter = TapStream(PeopleTown.counter, for: Purpose("enrol")!)
    private let gate = TapStream(BenchTown.agent, for: .door(BenchTown.door))
    private var townFile: String { "\(folder)/people.yaml" }

    static func run(folder: String, programs: String, report: inout Report) throws {
        let measure = try PeopleMeasure(folder: folder, programs: programs)
        defer { measure.broker.stop() }
        try measure.importing(&report)
        let residents = try CardIssue.run(measure.town, data: measure.data, taps: measure.counter)
        try measure.following(residents, &report)
        try measure.asking(&report)
    }

    private init(folder: String, programs: String) throws {
        (self.folder, self.programs) = (folder, programs)
        try PeopleTown.write(to: "\(folder)/people.yaml")
        town = try Town.load(path: "\(folder)/people.yaml")
        broker = try Broker(of: town, in: "\(folder)/people")
        guard let data = broker.secure else { throw Fatal("the broker of a town is a secure one") }
        self.data = data
    }

    private func start(_ program: String) throws -> Child {
        try Child(["\(programs)/\(program)", "--town", townFile, "--data", data.root, "--port", "\(broker.port)"])
    }

    // MARK: The register comes in

    /// As a clerk does it: `kazasu import`, another one's approval, `kazasu import apply`. Meanwhile somebody at the counter gets a card.
    private func importing(_ report: inout Report) throws {
        let file = "\(folder)/residents.csv"
        try PeopleTown.register().write(to: file)
        let directory = try start("resident-directory")
        defer { directory.stop() }
        let office = try Office(broker, counter: counter, gate: gate)
        defer { office.close() }
        let born: CalendarDate = "1954-03-01"
        let waiting = try (0..<20).map { try office.enrol("waiting \($0)", born: born).person.person }
        var links: [Double] = []
        func atTheCounter() throws {
            for _ in 0..<10 { try office.turn(20) }
            let number = links.count
            links.append(try office.link(BenchTown.token(2_000_000 + number), to: waiting[number % waiting.count], born: born))
        }

        let first = try hand(file, office)
        _ = try kazasu(["import", "approve", "\(first.list)", "--as", "tax"], office)
        let apply = try kazasu(["import", "apply", "\(first.list)"]) {
            if links.count < 300 { try atTheCounter() } else { try office.turn(20) }
        }
        let said = try seconds { try office.drain() }
        guard apply.review.counts["done"] == PeopleTown.persons else { throw Fatal("not everybody was applied: \(apply.review.counts)") }
        report.add("\(PeopleTown.persons) residents: handed over and compared", first.seconds, "s")
        report.add("the same: applied, and said to every service", apply.seconds + said, "s")
        report.add("the same: processor time of resident-directory", directory.processor, "s")
        report.add("the same, together", first.seconds + apply.seconds + said, "s", asked: "≤ 60")
        report.add("a clerk's link meanwhile, command to answer, p50", Percentiles(links).p50, "ms")
        report.add("the same, the longest of \(links.count)", links.max() ?? 0, "ms", asked: "≤ 100")
        report.add("resident-directory: resident after it", directory.resident, "MB", asked: "≤ 60")
        report.add("the same, at most", directory.peak, "MB", asked: "≤ 60")

        let second = try hand(file, office)
        guard second.same == PeopleTown.persons else { throw Fatal("the same register again is not the same") }
        _ = try kazasu(["import", "approve", "\(second.list)", "--as", "tax"], office)
        let again = try kazasu(["import", "apply", "\(second.list)"], office)
        report.add("the same register again: handed over and compared", second.seconds, "s")
        report.add("the same: applied", again.seconds, "s")
    }

    private func hand(_ file: String, _ office: Office) throws -> (seconds: Double, list: EventID, same: Int) {
        let (seconds, review) = try kazasu(["import", file, "--list", "residents"], office)
        guard review.stage == .ready else { throw Fatal("the list is \(review.stage.rawValue) and not ready") }
        return (seconds, review.id, review.counts["same"] ?? 0)
    }

    private func kazasu(_ words: [String], _ office: Office) throws -> (seconds: Double, review: ListReview) {
        try kazasu(words) { try office.turn(20) }
    }

    /// What a clerk types, and what happens until it is done.
    private func kazasu(_ words: [String], meanwhile: () throws -> Void) throws -> (seconds: Double, review: ListReview) {
        let output = "\(folder)/kazasu.out"
        let yes = words.count == 3 || words.contains("approve") ? ["--yes"] : []
        let child = try Child(
            ["\(programs)/kazasu"] + words + yes + ["--json", "--town", townFile, "--data", data.root, "--port", "\(broker.port)"],
            output: output)
        var code = child.ended()
        while code == nil {
            try meanwhile()
            code = child.ended()
        }
        let seconds = Double(nanoseconds() - child.started) / 1e9
        guard code == 0 else {
            throw Fatal("kazasu \(words.joined(separator: " ")): \(String(decoding: try [UInt8](file: "\(output).err"), as: UTF8.self))")
        }
        return (seconds, try [UInt8](file: output).decoded())
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = nanoseconds()
        try body()
        return Double(nanoseconds() - start) / 1e9
    }

    // MARK: Somebody follows

    /// A lock-controller that has never heard of anybody, until the door opens for whoever was written down last; and then for new cards.
    private func following(_ residents: [PersonBrief], _ report: inout Report) throws {
        let directory = try start("resident-directory")
        defer { directory.stop() }
        let office = try Office(broker, counter: counter, gate: gate)
        defer { office.close() }
        // Their views are written; nothing else keeps it busy.
        try office.drain()
        let guests = Array(residents.suffix(20))
        let controller = try start("lock-controller")
        defer { controller.stop() }
        let now = wallClock()
        let booking = AddBooking(
            door: BenchTown.door, from: now - .seconds(60), to: now + .seconds(3600), tokens: [], persons: guests.map(\.person))
        _ = try office.ask(booking, on: .addBooking)
        let complete = try office.enter(with: BenchTown.token(PeopleTown.cards - 1))
        report.add(
            "lock-controller: a new view of \(PeopleTown.persons) persons, \(PeopleTown.cards) cards",
            Double(complete - controller.started) / 1e9,
            "s", asked: "≤ 10")
        report.add("the same: resident after it", controller.resident, "MB")
        report.add("resident-directory with all cards: resident", directory.resident, "MB", asked: "≤ 60")
        let times = try guests.enumerated().map { index, guest in
            try office.linkAndEnter(BenchTown.token(3_000_000 + index), of: guest.person, born: guest.born)
        }
        report.add("a card is linked → the door opens for it, p50 of \(times.count)", Percentiles(times).p50, "ms", asked: "≤ 100")
        report.add("the same, the longest", times.max() ?? 0, "ms")
    }

    /// The view that was made, asked from within.
    private func asking(_ report: inout Report) throws {
        let database = try Database(path: data.state(of: Address("lock-controller", "main")))
        let (persons, cards) = try database.read { db in
            (
                try db.first("SELECT count(*) FROM view_person") { $0.int(0) } ?? 0,
                try db.first("SELECT count(*) FROM view_token") { $0.int(0) } ?? 0
            )
        }
        guard persons >= PeopleTown.persons, cards >= PeopleTown.cards else {
            throw Fatal("the view has \(persons) persons and \(cards) cards")
        }
        let count = 100_000
        let tokens = (0..<1000).map { BenchTown.token($0 * 7919 % PeopleTown.cards) }
        let start = nanoseconds()
        let found = try database.read { db in
            try (0..<count).reduce(0) { sum, index in try sum + (People<LockView>.person(of: tokens[index % 1000], in: db) == nil ? 0 : 1) }
        }
        let time = Double(nanoseconds() - start) / 1000 / Double(count)
        guard found == count else { throw Fatal("\(count - found) cards are nobody's") }
        report.add("whose card it is, of \(PeopleTown.cards)", time, "µs", asked: "≤ 20")
    }
}
