import Contracts
import Store
import Testing

@testable import LockController

@Suite("A door's audit and its batteries")
struct AuditTests {
    private func audit(_ town: TestTown, _ door: DoorID = "gym") throws -> [AuditLine] {
        var lines: [AuditLine] = []
        var more = true
        while more {
            let place = lines.last.map { AuditPlace(at: $0.at, id: $0.id) }
            let wish = ListAudit(door: door, from: TestTown.start - .seconds(60), to: town.now + .seconds(60), after: place)
            let page = try #require(try town.ask(.listAudit, wish, for: AuditPage.self).answer)
            lines += page.lines
            more = page.more
        }
        return lines
    }

    @Test("Each line says who, why, what came of it and who commanded; a known card is its person, another the beginning of its token")
    func lines() throws {
        let town = try TestTown()
        let person = PersonID("p-7k3mq2x5t4w2vbza")!
        try town.learn(LockView(person, tokens: [TestTown.token(1)]))
        let booking = try #require(try town.book(-10, 600, tokens: [TestTown.card, TestTown.token(1)]).answer).booking
        try town.agentLives()
        try town.tell(LockCondition(contact: .open, exit: true))
        try town.tell(LockCondition(contact: .closed))
        let opened = try town.hold()
        _ = try town.report(opened.id)
        try town.hold(token: TestTown.token(1))
        try town.hold(token: TestTown.token(2))
        let lines = try audit(town)
        #expect(lines.map(\.what.rawValue).sorted() == ["booking", "open", "open", "opened", "refuse"])
        #expect(lines.first { $0.what == .booking }?.by == "desk-office")
        #expect(lines.first { $0.what == .booking }?.why == "booked \(booking.id)")
        let first = try #require(lines.first { $0.id == opened.id })
        #expect(first.who == "k1.aaaaaaaa…" && first.why == "booking \(booking.id)" && first.outcome == .opened)
        #expect(lines.contains { $0.who == person.text && $0.what == .open && $0.outcome == nil })
        #expect(lines.first { $0.what == .refuse }?.why == "no-right")
        #expect(lines.first { $0.what == .opened }?.why == "exit")
        #expect(lines.allSatisfy { !"\($0)".contains(TestTown.card.text) })
    }

    @Test("Pages follow each other without a hole and without a repeat, also where many lines have one moment")
    func pages() throws {
        let town = try TestTown()
        try town.disk.write { db in
            for number in 0..<450 {
                try db.run(
                    "INSERT INTO audit (door, at, id, what, why) VALUES ('gym', ?, ?, 'refuse', 'no-right')",
                    TestTown.start.milliseconds + Int64(number / 130), EventID(high: UInt64(number % 7), low: UInt64(number)).bytes)
            }
        }
        let lines = try audit(town)
        #expect(lines.count == 450 && Set(lines.map(\.id)).count == 450)
        // The lines of its parts, one behind the other, are the lines of the whole.
        var beside: [AuditLine] = []
        for part in ListAudit(door: "gym", from: TestTown.start, to: TestTown.start + .milliseconds(5)).parts(3) {
            var wish: ListAudit? = part
            while let question = wish {
                let page = try #require(try town.ask(.listAudit, question, for: AuditPage.self).answer)
                beside += page.lines
                wish = question.behind(page)
            }
        }
        #expect(beside == lines)
        #expect(lines.map(\.at) == lines.map(\.at).sorted())
        #expect(try audit(town, "hall").isEmpty)
    }

    @Test("What is older than the town keeps it is gone, a little at a time, and answers are not kept either")
    func kept() throws {
        let town = try TestTown()
        _ = try town.book(-10, 600)
        try town.agentLives()
        try town.hold()
        let before = try town.disk.read { try $0.first("SELECT count(*) FROM reply") { $0.int(0) } }
        #expect(try audit(town).count == 2)
        #expect(try town.disk.read { try $0.first("SELECT count(*) FROM reply") { $0.int(0) } } == before)
        town.now = town.now + .seconds(91 * 86_400)
        town.wait(.seconds(61))
        #expect(try audit(town).isEmpty)
    }

    private func trend(_ percents: [Int], days: Int = 2) -> BatteryTrend? {
        BatteryTrend(
            door: "gym",
            readings: percents.enumerated().map {
                BatteryReading(at: TestTown.start + .seconds($0.offset * days * 86_400), percent: $0.element)
            })
    }

    @Test("A straight fall ends where the line does; of too few readings, or a level one, nothing is said")
    func batteries() {
        #expect(trend([100, 98, 96, 94, 92])?.daysLeft == 92)
        #expect(trend([100, 98, 96, 94])?.daysLeft == nil)
        #expect(trend([100, 98, 96, 94, 92], days: 1)?.daysLeft == nil)
        #expect(trend([90, 90, 90, 90, 90, 90])?.daysLeft == nil)
        #expect(trend([5, 4, 3, 2, 1, 0])?.daysLeft == 0)
        #expect(trend([]) == nil)
    }

    @Test("A battery that was changed begins a line of its own")
    func changed() throws {
        let fresh = try #require(trend([30, 20, 10, 100, 99, 98, 97, 96]))
        #expect(fresh.from == 100 && fresh.readings == 5 && fresh.daysLeft == 192)
    }

    @Test("A desk is told of each battery")
    func told() throws {
        let town = try TestTown()
        for percent in [80, 79, 78] {
            try town.tell(LockCondition(battery: percent))
            town.wait(.seconds(1))
        }
        try town.tell(LockCondition(battery: 55), door: "hall")
        let list = try #require(try town.ask(.listBatteries, ListBatteries(months: 6), for: BatteryList.self).answer)
        #expect(list.batteries.map(\.door) == ["gym", "hall"] && list.batteries.map(\.percent) == [78, 55] && !list.more)
        #expect(list.batteries.map(\.daysLeft) == [nil, nil])
    }
}
