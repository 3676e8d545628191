import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Analytics

/// The service with a town's visits in its tables, on a virtual clock.
final class TestFigures {
    let rig: Rig<Analytics>
    private var agent = FakeAgent()
    private let policy: VisitsPolicy

    /// When November's figures are made: its last day of visits ends at four, and then three days.
    static let closing = Instant(startOf: "2026-12-04") + .seconds(4 * 3600)

    init(_ policy: VisitsPolicy = VisitsPolicy()) throws {
        self.policy = policy
        let roster = Roster([.readerAgent: ["gate-1"], .residentDirectory: ["main"], .analytics: ["main"], .desk: ["office"]])
        rig = try Rig(
            Analytics(policy: policy, vault: .forTests()), as: .analytics, roster: roster, at: Self.closing - .seconds(600),
            vault: .forTests())
        try rig.settle()
    }

    func restart() throws { try rig.start(Analytics(policy: policy, vault: .forTests())) }

    /// In place of all visits before.
    /// - Parameter order: in which the rows are written.
    func fill(_ town: FiguresTown, salt: UInt64 = 0, order: (Int, Int) -> Bool = { $0 < $1 }) throws {
        let visits = town.visits(salt: salt)
        try rig.disk.write { (db: borrowing Transaction) throws in
            try db.run("DELETE FROM visit")
            for (number, text) in town.words {
                try db.run("INSERT OR IGNORE INTO word (id, text) VALUES (?, ?)", number, text)
            }
            for n in visits.indices.sorted(by: order) {
                let visit = visits[n]
                try db.run(
                    """
                    INSERT INTO visit (day, facility, who, n, came, "left", marks, purpose, age, district, residency)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, visit.day, visit.house, visit.who, n, visit.came, visit.left, visit.marks, visit.purpose, visit.age,
                    visit.district, visit.residency)
            }
            try db.run("DELETE FROM ride")
            try db.run("DELETE FROM rider")
            for (n, ride) in town.rides(salt: salt).enumerated() {
                let id = EventID(at: .distantPast, random: (0, UInt64(n))).bytes
                try db.run(
                    "INSERT INTO ride (id, day, line, hour, void, epoch, n) VALUES (?, ?, ?, ?, 0, '', 0)", id, ride.day, ride.line,
                    ride.hour)
                try db.run(
                    "INSERT INTO rider (tap, day, line, who, agreed) VALUES (?, ?, ?, ?, ?)", id, ride.day, ride.line, ride.who,
                    ride.isAgreed ? 1 : 0)
            }
        }
    }

    func noteLate(_ visits: Int) throws {
        try rig.disk.write { (db: borrowing Transaction) throws in
            try db.run("INSERT OR REPLACE INTO late (month, visits) VALUES (?, ?)", FiguresTown.month.number, visits)
        }
    }

    /// Goes on until the figures that are due are made.
    func close() throws { try rig.pass(.seconds(900), step: .seconds(60)) }

    func ask<Body: CommandBody>(_ channel: Channel<Body>, _ body: Body) throws -> Reply<Body.Answer> {
        var command = agent.command(body, at: rig.now)
        command.source = "/nagai/desk/desk-office"
        rig.say(channel.topic(in: "nagai", "desk-office").description, try command.json())
        try rig.settle()
        let topic = channel.replyTopic(in: "nagai", to: "desk-office").description
        let replies = try rig.published.filter { $0.topic == topic }.map { try Envelope<Reply<Body.Answer>>(json: $0.payload) }
        return try #require(replies.last { $0.cause == command.id }).data
    }

    func tables(revision: Int? = nil) throws -> [FigureTable.Name: FigureTable] {
        var tables: [FigureTable.Name: FigureTable] = [:]
        for name in FigureTable.Name.allCases {
            tables[name] = try #require(try ask(.showTable, ShowTable(name, FiguresTown.month, revision: revision)).answer).table
        }
        return tables
    }

    func summary(revision: Int? = nil) throws -> MonthSummary {
        try #require(try ask(.showSummary, ShowSummary(FiguresTown.month, revision: revision)).answer).summary
    }
}
