import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Analytics

/// Who is who: within a month for those who agreed, within a day and a house for everybody else, and afterwards for nobody.
@Suite struct PseudonymTests {
    @Test("Neither a token nor the id of a visitor lies on the disk, also not of taps that wait for their time")
    func nothingOnDisk() throws {
        let town = try TestVisits()
        try town.agree(1)
        try town.hold(1, at: "gym", .in)
        try town.hold(2, at: "gym", .in)
        try town.say(try town.held(3, at: "gym", of: "gate-2", uptime: 5), of: "gate-2")
        #expect(try town.number("SELECT count(*) FROM unplaced") == 1)
        let disk = try town.rig.disk.serialized()
        #expect(Sniffer((1...3).map { Token.card($0).text }).found(in: disk).isEmpty)
        // The journal keeps which keys of a stream it has heard of: who agreed, and nothing beside that.
        let rest = try Database.inMemory(holding: disk)
        try rest.erase()
        #expect(try rest.write { db in try db.run("DELETE FROM keyed") } == 1)
        #expect(Sniffer([VisitorID.visitor(1).text]).found(in: try rest.serialized()).isEmpty)
        // The sniffer finds what does lie there.
        #expect(Sniffer(["西町"]).found(in: disk) == ["西町"])
    }

    @Test("Who agreed is one person on all days of a month, at all houses; everybody else is another one each day and at each house")
    func withinAMonth() throws {
        let town = try TestVisits()
        try town.agree(1)
        for day: CalendarDate in ["2026-11-21", "2026-11-22"] {
            try town.go(to: "9:00", day: day)
            for place: PlaceID in ["gym", "hall"] {
                for card in 1...2 { try town.hold(card, at: place, .in) }
            }
        }
        let (gym, hall) = (try town.pseudonyms(), try town.pseudonyms(at: "hall"))
        let all = [gym[20778]!, gym[20779]!, hall[20778]!, hall[20779]!]
        #expect(all.allSatisfy { $0.count == 2 })
        #expect(all.reduce(all[0]) { $0.intersection($1) }.count == 1)
        #expect(all.reduce(Set()) { $0.union($1) }.count == 5)
    }

    @Test("Two months of one person have nothing in common, and a month's key is gone when nothing of it can change any more")
    func twoMonths() throws {
        let town = try TestVisits()
        try town.agree(1)
        try town.go(to: "9:00", day: "2026-11-30")
        try town.hold(1, at: "hall")
        try town.go(to: "9:00", day: "2026-12-01")
        try town.hold(1, at: "hall")
        let who = try town.pseudonyms(at: "hall")
        #expect(who[20787]!.isDisjoint(with: who[20788]!))
        let november = try #require(try key(of: 2026 * 12 + 10, town))
        // Of 30 November until four o'clock of the next day.
        try town.go(to: "3:59", day: "2027-01-10")
        try town.rig.pass(.seconds(120), step: .seconds(61))
        #expect(try town.number("SELECT min(month) FROM month_key") == 2026 * 12 + 11)
        #expect(Sniffer([], numbers: ["key": november]).found(in: try town.rig.disk.serialized()).isEmpty)
        try town.go(to: "3:58", day: "2027-01-10")
        #expect(try town.visits().count == 2)
    }

    @Test("A key stays until the last tap of its month could still come")
    func keyStays() throws {
        let town = try TestVisits()
        try town.go(to: "9:00", day: "2026-11-30")
        try town.hold(1, at: "hall")
        try town.go(to: "3:00", day: "2027-01-10")
        try town.rig.pass(.seconds(61), step: .seconds(61))
        #expect(try town.number("SELECT min(month) FROM month_key") == 2026 * 12 + 10)
        try town.hold(1, at: "hall", when: TestVisits.moment("10:00", day: "2026-11-30"))
        #expect(try town.pseudonyms(at: "hall")[20787]?.count == 1 && town.visits().count == 1)
    }

    private func key(of month: Int64, _ town: TestVisits) throws -> [UInt8]? {
        let row = try town.rig.disk.read { (db: borrowing Transaction) throws in
            try db.first("SELECT row FROM month_key WHERE month = ?", month) { $0.blob(0) }
        }
        return try row.map { try TestVisits.vault.open($0, context: "month_key/\(month)") }
    }

    @Test("A consent that is withdrawn leaves visits that are nobody's, and of which no two belong together")
    func withdrawn() throws {
        let town = try TestVisits()
        try town.agree(1)
        for day: CalendarDate in ["2026-11-29", "2026-12-01"] {
            for (time, way) in [("9:00", Direction.in), ("10:00", .out), ("11:00", .in)] {
                try town.go(to: time, day: day)
                for place: PlaceID in ["gym", "hall"] { try town.hold(1, at: place, place == "gym" ? way : nil) }
            }
        }
        let before = try town.visits()
        #expect(before.count == 4 && before.allSatisfy { $0.contains("西町") })
        try town.agree(1, cards: [])
        let after = try town.visits()
        #expect(after.count == 4 && after.allSatisfy { !$0.contains("西町") && !$0.contains("40") && !$0.contains("resident") })
        #expect(
            try town.number("SELECT count(*) FROM visit WHERE marks & 1") == 0 && town.number("SELECT count(DISTINCT who) FROM visit") == 4)
        #expect(try town.number("SELECT count(*) FROM visit") == 10 && town.number("SELECT count(*) FROM known") == 0)
        // The taps belong to the visits still: one that is made anew stays as it is.
        #expect(
            try town.number("SELECT count(*) FROM tap WHERE NOT EXISTS (SELECT 1 FROM visit v WHERE v.who = tap.who AND v.day = tap.day)")
                == 0)
        try town.hold(1, at: "library")
        #expect(try town.number("SELECT count(*) FROM visit WHERE age IS NOT NULL") == 0)
    }

    @Test("Whoever agrees in the middle of a visit came once; what was on the days before stays nobody's")
    func agreesMeanwhile() throws {
        let town = try TestVisits()
        try town.hold(1, at: "library", when: town.now - .seconds(86_400))
        try town.hold(1, at: "library")
        try town.rig.pass(.seconds(600), step: .seconds(600))
        try town.agree(1)
        try town.rig.pass(.seconds(600), step: .seconds(600))
        try town.hold(1, at: "library")
        #expect(
            try town.visits() == [
                "20777 library: 2026-11-20T08:00:00.000+09:00–2026-11-20T11:00:00.000+09:00 2 visit",
                "20778 library: 2026-11-21T08:00:00.000+09:00–2026-11-21T08:20:00.000+09:00 1 visit 40 西町 resident",
            ])
        try town.hold(1, at: "library", when: town.now - .seconds(86_400))
        #expect(try town.number("SELECT count(*) FROM visit WHERE day = 20777 AND marks & 1") == 0)
    }

    @Test("Cards come and go with the newest word of the directory; a card under the former token is the same card")
    func cards() throws {
        let town = try TestVisits()
        try town.agree(1, cards: [1, 2])
        try town.hold(1, at: "hall")
        try town.hold(2, at: "hall", when: town.now + .seconds(-600))
        try town.agree(1, cards: [2, 3])
        try town.hold(1, at: "library")
        var tap = try town.held(9, at: "library", when: town.now - .seconds(1200))
        tap.data.former = .card(3)
        try town.say(tap)
        #expect(try town.pseudonyms(at: "hall")[20778]?.count == 1)
        #expect(try town.number("SELECT count(*) FROM visit WHERE marks & 1") == 3 && town.number("SELECT count(*) FROM visit") == 4)
        // While keys are changed some agents know both tokens and some one of them.
        try town.hold(5, at: "gym", .in)
        try town.rig.pass(.seconds(120), step: .seconds(60))
        var leaves = try town.held(6, at: "gym", .out)
        leaves.data.former = .card(5)
        try town.say(leaves)
        #expect(try town.day().visits == 1 && town.day().medianStay == 2)
    }

    @Test("What the directory says of a visitor under another name is refused, and nothing is known of whom it cannot be read")
    func garbled() throws {
        let town = try TestVisits()
        var directory = FakeDirectory<VisitView>()
        var view = VisitView(.visitor(1))
        view.tokens = [.card(1)]
        let row = directory.row(view, filedUnder: VisitorID.visitor(2).text, at: town.now)
        town.rig.say(directory.topic.description, try row.json())
        try town.rig.settle()
        #expect(try town.number("SELECT count(*) FROM known") == 0 && town.number("SELECT count(*) FROM dead_letter") == 1)
        town.rig.say(directory.topic.description, try directory.row(view, at: town.now).json())
        try town.rig.settle()
        #expect(try town.number("SELECT count(*) FROM known") == 1)
        let next = String(decoding: try directory.row(view, at: town.now).json(), as: UTF8.self).replacing(
            "\"visitor\":\"", with: "\"visitor\":\"?")
        town.rig.say(directory.topic.description, Array(next.utf8))
        try town.rig.settle()
        #expect(try town.number("SELECT count(*) FROM known") == 0)
    }

    @Test("A newer key of the vault seals anew what lies under the old one")
    func newerKey() throws {
        let town = try TestVisits()
        try town.agree(1)
        try town.hold(1, at: "hall")
        try town.say(try town.held(3, at: "gym", of: "gate-2", uptime: 5), of: "gate-2")
        let vault = Vault.forTests(keys: 1...2)
        town.rig.vault = vault
        try town.rig.start(Analytics(policy: town.policy, vault: vault))
        try town.rig.pass(.seconds(5))
        let rows = try town.rig.disk.read { (db: borrowing Transaction) throws in
            try db.all("SELECT row FROM known UNION ALL SELECT row FROM month_key UNION ALL SELECT row FROM unplaced") { $0.blob(0) }
        }
        #expect(rows.count == 3 && rows.allSatisfy { Vault.keyNumber(of: $0) == 2 })
        try town.hold(1, at: "gym", .in)
        try town.learnTime("gate-2", town.now, uptime: 60_000)
        #expect(try town.number("SELECT count(DISTINCT who) FROM visit WHERE marks & 1") == 1)
        #expect(try town.number("SELECT count(*) FROM visit") == 3)
    }
}
