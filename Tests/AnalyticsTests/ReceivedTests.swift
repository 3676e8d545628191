import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Analytics

/// Receptions say who was received without a card; nobody types it again.
@Suite struct ReceivedTests {
    private func say(
        _ stage: ReceptionChanged.Stage, byName: Int = 0, byTicket: Int = 0, paper: Int = 0, late: Int = 0, byCard: Int = 0,
        at moment: Instant? = nil, _ town: TestVisits
    ) throws {
        var count = ReceptionCount("ballot", stage, at: moment ?? town.now)
        (count.byName, count.byTicket, count.paper, count.late, count.byCard) = (byName, byTicket, paper, late, byCard)
        count.accepted = byName + byTicket + byCard
        let state = Envelope(
            id: EventID.derived(ofType: ReceptionCount.type, identity: "ballot", at: town.now), source: "/nagai/reception/main",
            time: town.now, data: count)
        town.rig.say(Channel.receptionCounts.topic(in: "nagai", "ballot").description, try state.json())
        try town.rig.settle()
    }

    private func received(_ town: TestVisits, _ month: Month = "2026-11") throws -> Int? {
        let first = MonthCount.number(of: month.first)
        return try town.rig.disk.read { (db: borrowing Transaction) throws in
            try town.service.received(from: first, before: first + month.days.count, in: db)["ballot"]
        }
    }

    @Test("Of a reception the newest number holds: by name, by ticket and on paper, less the cards that became known too late")
    func newest() throws {
        let town = try TestVisits()
        try town.go(to: "9:00")
        try say(.open, byName: 3, byCard: 40, town)
        #expect(try received(town) == 3)
        try town.go(to: "10:00")
        try say(.open, byName: 4, byTicket: 2, paper: 12, late: 5, byCard: 60, town)
        #expect(try received(town) == 13)
        // Heard again after a start, and one that was said before it.
        try town.restart()
        try say(.open, byName: 4, byTicket: 2, paper: 12, late: 5, byCard: 60, town)
        try say(.open, byName: 3, byCard: 40, at: TestVisits.moment("9:00"), town)
        #expect(try received(town) == 13)
        // Somebody was taken back.
        try town.go(to: "11:00")
        try say(.open, byName: 3, byTicket: 2, paper: 12, late: 5, byCard: 60, town)
        #expect(try received(town) == 12)
    }

    @Test("A reception of several days is counted by what each day added; paper counted after its end belongs to its last day")
    func days() throws {
        let town = try TestVisits()
        try town.go(to: "9:00", day: "2026-11-29")
        try say(.open, byName: 10, town)
        try town.go(to: "9:00", day: "2026-11-30")
        try say(.open, byName: 25, town)
        try town.go(to: "9:00", day: "2026-12-01")
        try say(.closed, byName: 25, paper: 7, town)
        #expect(try received(town) == 32 && received(town, "2026-12") == nil)
        #expect(try town.number("SELECT total - before FROM received ORDER BY day DESC LIMIT 1") == 22)
        try say(.open, byName: 30, paper: 7, town)
        #expect(try received(town) == 32 && received(town, "2026-12") == 5)
    }

    @Test("A clock that was ahead does not keep later numbers from being heard, and what is no longer kept is not counted anew")
    func clocks() throws {
        let town = try TestVisits()
        try say(.open, byName: 3, at: TestVisits.moment("9:00", day: "2027-11-21"), town)
        try town.go(to: "12:00")
        try say(.open, byName: 5, town)
        #expect(try received(town) == 5)
        let other = try TestVisits()
        try say(.closed, byName: 5, at: TestVisits.moment("9:00", day: "2025-01-21"), other)
        #expect(try other.number("SELECT count(*) FROM received") == 0)
    }
}
