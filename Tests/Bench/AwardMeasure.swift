import Contracts
import Glibc
import Launch
import ServiceKit
import Town

/// What taps cost the service of points: the real program with TLS and ACL.
enum AwardMeasure {
    private static let persons = 20_000
    /// Days on which everybody comes once.
    private static let days = 3
    private static let spends = 2000

    static func run(folder: String, programs: String, rate: Double, report: inout Report) throws {
        let file = "\(folder)/points.yaml"
        let broker = try Broker(of: PointsTown.load(at: file), in: "\(folder)/points")
        defer { broker.stop() }
        guard let data = broker.secure else { throw Fatal("the broker of a town is a secure one") }
        let hall = try PointsHall(broker)
        defer { hall.close() }
        let points = try Child(["\(programs)/points", "--town", file, "--data", data.root, "--port", "\(broker.port)"])
        defer { points.stop() }
        try hall.turn(for: "sign of life") { hall.isReady }
        try hall.introduce(persons)
        // After the views, so when it has given all of them are known.
        let now = wallClock()
        _ = try hall.rate(of: [hall.visit(persons - 1, at: PointsTown.time(of: days * persons, persons: persons, at: now))])
        try award(hall, points, at: now, rate: rate, report: &report)
        try spend(hall, report: &report)
        report.add("points: resident after it", points.resident, "MB")
    }

    private static func award(_ hall: PointsHall, _ points: Child, at now: Instant, rate: Double, report: inout Report) throws {
        var rates: [Double] = []
        let processor = points.processor
        for day in 0..<days {
            let taps = try (0..<persons).map { person in
                try hall.visit(person, at: PointsTown.time(of: day * persons + person, persons: persons, at: now))
            }
            rates.append(try hall.rate(of: taps))
        }
        report.add(
            "points: durable awards for taps, TLS and ACL, the middle of \(days) × \(persons)", Percentiles(rates).p50, "/s", floor: rate,
            floorName: "/s broker, plain", asked: "≥ 15,000")
        report.add("the same: processor time of one", (points.processor - processor) * 1e6 / Double(days * persons), "µs")
    }

    private static func spend(_ hall: PointsHall, report: inout Report) throws {
        let quiet = try hall.spend(by: 0..<spends, perSecond: 200)
        report.add("points: card at a till → payment told, 200/s, p50", quiet.p50, "ms")
        report.add("the same, p99", quiet.p99, "ms", asked: "≤ 5")
        var busy = Percentiles([])
        try hall.verify { busy = try hall.spend(by: spends..<2 * spends, perSecond: 200) }
        report.add("the same while the ledger is checked slice after slice, p50", busy.p50, "ms")
        report.add("the same, p99", busy.p99, "ms", asked: "≤ 5")
        report.add("the same: slices checked meanwhile", Double(hall.slices), "")
        let check = try hall.verify()
        report.add(
            "points: all of the ledger checked over the bus, a million transfers", check.whole * 1e3 / Double(check.transfers), "s",
            asked: "≤ 10")
        report.add("the same: the last slice, with all accounts", check.last, "ms")
    }
}
