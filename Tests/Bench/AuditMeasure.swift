import Bus
import Contracts
import Glibc
import LockController
import ServiceKit
import Store

/// What it costs to ask who was at a door: a year of it, 200 decisions a day, every second one an opening that its lock has reported.
struct AuditMeasure {
    private static let days = 365
    private static let decisionsPerDay = 200
    private static let desk = "desk-office"
    private let start = wallClock() - .seconds(days * 86_400)
    private let client: Client

    static func run(folder: String, me: String, report: inout Report) throws {
        let broker = try Broker(plainIn: folder)
        defer { broker.stop() }
        let path = "\(folder)/audit.sqlite"
        let measure = try AuditMeasure(broker)
        try measure.fill(path)
        let child = try Child([me, "serve", "\(broker.port)", path])
        defer { child.stop() }
        // The first answer waits for the service to start.
        _ = try measure.lines(from: measure.start, days: 1)
        let processor = child.processor
        let year = try measure.timed(days: days + 1)
        report.add("audit of a door: a year, \(year.lines) lines, asked in pages", year.milliseconds, "ms", asked: "≤ 200")
        report.add("the same: processor time of lock-controller", (child.processor - processor) * 1000, "ms")
        report.add("the same: a month of it", try measure.timed(days: 30).milliseconds, "ms")
        report.add("the same: a day of it", try measure.timed(days: 1).milliseconds, "ms")
        measure.client.close()
    }

    private init(_ broker: Broker) throws {
        client = Client(Self.desk, port: broker.port, tls: nil, clean: true)
        try client.connect([Channel<ListAudit>.listAudit.replyTopic(in: BenchTown.town, to: UserID(Self.desk)!).description])
    }

    private func fill(_ path: String) throws {
        let disk = try Database(path: path)
        try disk.migrate("lock-controller", LockController.migrations)
        let booking = EventID(high: 1, low: 1)
        try disk.write { db in
            for number in 0..<Self.days * Self.decisionsPerDay {
                let at = start + .seconds(number * 86_400 / Self.decisionsPerDay)
                let id = EventID(at: at, random: (0, UInt64(number)))
                let isOpen = number % 2 == 0
                try db.run(
                    "INSERT INTO audit (door, at, id, what, who, why) VALUES (?, ?, ?, ?, ?, ?)", BenchTown.door.text, at.milliseconds,
                    id.bytes, isOpen ? "open" : "refuse", "p-7k3mq2x5t4w2vbza", isOpen ? "booking \(booking)" : "no-right")
                guard isOpen else { continue }
                try db.run(
                    "INSERT INTO opening (count, decision, door, tap, due, result) VALUES (?, ?, ?, ?, ?, 'opened')", number + 1,
                    id.bytes, BenchTown.door.text, id.bytes, at.milliseconds)
            }
        }
    }

    private func timed(days: Int) throws -> (milliseconds: Double, lines: Int) {
        let before = ContinuousClock.now
        let lines = try lines(from: start - .seconds(1), days: days)
        return (Double((ContinuousClock.now - before).milliseconds), lines)
    }

    /// Asks page after page, what is behind the first one in parts side by side, as a desk does.
    private func lines(from: Instant, days: Int) throws -> Int {
        let wish = ListAudit(door: BenchTown.door, from: from, to: from + .seconds(days * 86_400))
        var count = 0
        var rest: [ListAudit] = []
        try ask([wish]) { wish, page in
            count += page.lines.count
            rest = wish.behind(page).map { $0.parts(4) } ?? []
            return nil
        }
        try ask(rest) { wish, page in
            count += page.lines.count
            return wish.behind(page)
        }
        return count
    }

    /// Asks all at once, and after each answer what follows from it.
    private func ask(_ wishes: [ListAudit], next: @escaping (ListAudit, AuditPage) -> ListAudit?) throws {
        var random = SystemRandomNumberGenerator()
        let topic = Channel<ListAudit>.listAudit.topic(in: BenchTown.town, Entity(Self.desk)!).description
        var open: [EventID: (wish: ListAudit, bytes: [UInt8])] = [:]
        func send(_ wish: ListAudit) {
            let now = wallClock()
            let id = EventID(at: now, random: (random.next(), random.next()))
            let command = Envelope(id: id, source: "/bench/desk/office", time: now, expires: now + .seconds(30), data: wish)
            guard let bytes = try? command.json() else { preconditionFailure("a question for an audit has a JSON form") }
            open[id] = (wish, bytes)
            client.publish(topic, bytes)
        }
        client.onMessage = { message in
            guard let reply = try? Envelope<Reply<AuditPage>>(json: message.payload), let cause = reply.cause,
                let asked = open.removeValue(forKey: cause), let page = reply.data.answer
            else { return }
            if let wish = next(asked.wish, page) { send(wish) }
        }
        for wish in wishes { send(wish) }
        let end = monotonicMilliseconds() + 20_000
        var again = monotonicMilliseconds() + 500
        while !open.isEmpty {
            if monotonicMilliseconds() >= again {
                for asked in open.values { client.publish(topic, asked.bytes) }
                again += 500
            }
            wait([client], 50)
            client.turn()
            guard monotonicMilliseconds() < end else { throw Fatal("nobody answers for the audit") }
        }
    }
}
