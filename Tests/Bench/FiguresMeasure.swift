import Analytics
import Bus
import Contracts
import Glibc
import Seal
import ServiceKit
import Store

/// What the figures of a month cost: those of a town of thirty thousand whose cards are held twenty million times a year.
enum FiguresMeasure {
    private static let month: Month = "2026-10"
    private static let visits = 850_000
    private static let people = 30_000
    private static let town: TownID = "bench"

    static func run(folder: String, report: inout Report) throws {
        for (rows, columns) in [(200, 12), (200, 31), (500, 31)] {
            let start = nanoseconds()
            let withheld = withhold(rows: rows, columns: columns)
            report.add(
                "figures: a table of \(rows) × \(columns) made safe, \(withheld) cells withheld", Double(nanoseconds() - start) / 1e9, "s",
                asked: columns == 12 ? "≤ 2" : "")
        }
        for houses in [40, 500] { try make(houses: houses, folder: folder, report: &report) }
    }

    /// A month made by the service.
    private static func make(houses: Int, folder: String, report: inout Report) throws {
        let disk = try Database(path: "\(folder)/figures-\(houses).sqlite")
        var clock = Instant(startOf: "2026-11-02")
        let broker = InMemoryBroker(random: { 0 })
        var random = SystemRandomNumberGenerator()
        let roster = Roster([.readerAgent: ["gate-1"], .residentDirectory: ["main"], .analytics: ["main"], .desk: ["office"]])
        var policy = VisitsPolicy()
        policy.funnels = [Funnel("fit", title: "健康", steps: [Purpose(kind: "class"), Purpose(kind: "visit")])]
        let vault = try Vault(index: [UInt8](repeating: 1, count: 32), keys: [1: [UInt8](repeating: 2, count: 32)])
        let transport = InMemoryTransport(broker, client: "analytics-main")
        let identity = Identity(
            town: town, role: .analytics, instance: "main", offset: .japan, version: "bench", roster: roster)
        let host = try Host(
            Analytics(policy: policy, vault: vault), identity: identity, database: disk, transport: transport, vault: vault, now: clock,
            random: { random.next() }, log: say)
        try fill(disk, houses: houses)
        for _ in 0..<20 { _ = try host.step(now: clock) }
        report.add("figures: plain scan of a month of \(houses) houses, \(visits) visits", try scan(disk), "s")

        clock = Instant(startOf: "2026-11-05")
        var (longest, start, turns) = (0.0, nanoseconds(), 0)
        while try disk.read({ (db: borrowing Transaction) throws in try db.first("SELECT 1 FROM figures") { _ in true } }) == nil {
            let before = nanoseconds()
            _ = try host.step(now: clock)
            longest = max(longest, Double(nanoseconds() - before) / 1e6)
            turns += 1
            guard turns < 10_000 else { throw Fatal("no figures after 10,000 turns") }
        }
        report.add(
            "figures: all of the month made, \(houses) houses, \(turns) turns", Double(nanoseconds() - start) / 1e9, "s", asked: "≤ 20")
        report.add("the same, \(houses) houses: the longest turn", longest, "ms", asked: "≤ 50")

        var answered = 0
        broker.onPublish = { if $0.topic.contains("/reply/") { answered += 1 } }
        start = nanoseconds()
        for name in FigureTable.Name.allCases {
            let ask = Envelope(
                id: EventID(at: clock, random: (random.next(), random.next())), source: "/\(town)/desk/desk-office", time: clock,
                expires: clock + .seconds(30), data: ShowTable(name, month))
            broker.inject(Message(topic: Channel<ShowTable>.showTable.topic(in: town, "desk-office").description, payload: try ask.json()))
            for _ in 0..<3 { _ = try host.step(now: clock) }
        }
        guard answered == FigureTable.Name.allCases.count else { throw Fatal("\(answered) answers instead of one a table") }
        report.add(
            "figures: a table of \(houses) houses asked for", Double(nanoseconds() - start) / 1e6 / Double(answered), "ms", asked: "≤ 2,000"
        )
    }

    /// A third of the cells small.
    private static func withhold(rows: Int, columns: Int) -> Int {
        let below = drawing()
        let values = (0..<rows).map { _ in (0..<columns).map { _ in below(3) == 0 ? below(5) : 5 + below(60) } }
        let counts = Counts(
            rows: (0..<rows).map { "\($0)" }, columns: (0..<columns).map { "\($0)" }, values: values,
            isSmall: values.map { $0.map { (1..<5).contains($0) } })
        guard case .withheld(let cells) = Withholding.of(counts, enough: 5) else { return 0 }
        return cells.joined().count { $0 }
    }

    private static func drawing() -> (Int) -> Int {
        var seed: UInt64 = 1
        return { bound in
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(bound))
        }
    }

    /// Busy houses and quiet ones, half of the people agreed to be counted.
    private static func fill(_ disk: Database, houses: Int) throws {
        let words =
            (0..<houses).map { "house-\($0)" } + [
                "visit", "class:yoga", "event:go", "desk", "西町", "東町", "本町", "川原", "resident", "commuter",
            ]
        let first = Int(Instant(startOf: month.first, .utc).milliseconds / 86_400_000)
        let below = drawing()
        try disk.write { (db: borrowing Transaction) throws in
            for (number, word) in words.enumerated() { try db.run("INSERT INTO word (id, text) VALUES (?, ?)", number + 1, word) }
            for n in 0..<visits {
                let (person, day, house) = (below(people), below(31), min(below(houses), below(houses)))
                let isAgreed = person % 2 == 0
                let who = isAgreed ? person : person + day * 1_000_003 + house * 37_000_003
                let came = Int64(first + day) * 86_400_000 + Int64(below(12)) * 3_600_000
                try db.run(
                    """
                    INSERT INTO visit (day, facility, who, n, came, "left", marks, purpose, age, district, residency)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, first + day, house + 1, who, n, came, came + Int64(below(180)) * 60_000, isAgreed ? 1 : 0, houses + 1 + below(4),
                    isAgreed ? person % 9 * 10 : nil, isAgreed ? houses + 5 + person / 9 % 4 : nil,
                    isAgreed ? houses + 9 + (person % 10 == 0 ? 1 : 0) : nil)
            }
        }
    }

    /// Reads the same rows and does nothing with them.
    private static func scan(_ disk: Database) throws -> Double {
        let start = nanoseconds()
        let rows = try disk.read { (db: borrowing Transaction) throws in
            try db.all("SELECT day, facility, who, came, marks, purpose, age, district, residency FROM visit", read: { $0.int(3) }).count
        }
        guard rows == visits else { throw Fatal("\(rows) visits instead of \(visits)") }
        return Double(nanoseconds() - start) / 1e9
    }
}
