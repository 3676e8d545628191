import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Reception

/// Lists of those who are expected: nothing lost, nothing twice, nothing readable on the disk.
@Suite struct ListTests {
    @Test("Each line is answered: new, known, a ticket or a person twice, no card known; a trial changes nothing")
    func verdicts() throws {
        let town = try TestReception()
        let dry = try #require(try town.ask(.addExpected, AddExpected(TestReception.rows, to: "ballot", dry: true)).answer)
        #expect(dry.lines.map(\.verdict) == Array(repeating: .new, count: 5))
        #expect(try town.count().expected == 0)
        #expect(try town.expect().map(\.row) == [1, 2, 3, 4, 5])
        #expect(try town.expect().map(\.verdict) == Array(repeating: .known, count: 5))
        var rows = [
            AddExpected.Row(7, name: "長井 花江", ticket: "t-1"), .init(8, name: "長井 花江", ticket: "T-1"),
            .init(9, name: "長井 花江", person: .person(2)), .init(10, name: "新顔 四郎", person: .person(77)), .init(11, name: "新顔 四郎"),
        ]
        rows[4].station = "west"
        let lines = try town.expect("ballot", rows)
        #expect(lines.map(\.verdict) == [.new, .ticketTwice, .personTwice, .withoutCard, .unknownStation])
        #expect(lines.map(\.row) == [6, 1, 2, 7, nil] && lines.map(\.line) == [7, 8, 9, 10, 11])
        #expect(try town.count().expected == 7)
        // Their card becomes known later.
        try town.learn(77, cards: [77])
        try town.hold(77)
        #expect(try town.rulings().last?.row == 7)
    }

    @Test("Somebody is found by the whole name or its reading, as it is written with spaces or without")
    func found() throws {
        let town = try TestReception()
        try town.expect()
        func find(_ name: String) throws -> [Int] {
            try #require(try town.ask(.findExpected, FindExpected(name, in: "ballot")).answer).rows.map(\.row)
        }
        #expect(try find("長井花子") == [1, 4] && find("ながい はなこ") == [1, 4] && find("オキタマジロウ") == [5] && find("長井") == [])
        try town.hold(4)
        let rows = try #require(try town.ask(.findExpected, FindExpected("長井 花子", in: "ballot")).answer).rows
        #expect(rows.map { $0.first?.number } == [nil, 1] && rows.map(\.ticket) == ["T-1", "T-4"] && rows.map(\.station) == ["n", "s"])
    }

    @Test("A list has its limits, and a reception without one takes none")
    func limits() throws {
        let town = try TestReception()
        let row = AddExpected.Row(2, name: "長井 花子")
        #expect(try town.ask(.addExpected, AddExpected([row], to: "talk")).refusal == "no-list")
        let many = Array(repeating: row, count: AddExpected.most + 1)
        #expect(try town.ask(.addExpected, AddExpected(many, to: "ballot")).refusal == "too-many")
        #expect(try town.ask(.addExpected, AddExpected([.init(2, name: "花\u{7}子")], to: "ballot")).refusal == "bad-text")
        #expect(try town.ask(.addExpected, AddExpected([.init(2, name: "花子", ticket: "　")], to: "ballot")).refusal == "bad-ticket")
        #expect(try town.count().expected == 0)
    }

    @Test("Who came, with names for a certificate, page after page; and the hand-over of a day in numbers")
    func reports() throws {
        let town = try TestReception(.conflict)
        try town.expect()
        try town.expect("course")
        try town.hold(1)
        try town.hold(2, at: "gate-2")
        try town.pass(.seconds(3600))
        _ = try town.receive { $0.ticket = "T-3" }
        try town.hold(2, ago: 1800)
        _ = try town.ask(.reverseReceived, ReverseReceived(.propose, 1, in: "ballot", why: "wrong-person"))
        _ = try town.ask(.countPaper, CountPaper(4, in: "ballot"))
        let page = try #require(try town.ask(.listAttendance, ListAttendance(of: "ballot")).answer)
        #expect(page.title == "投票受付" && page.entries.map(\.name) == ["長井 花子", "長井 太郎", "平野 一郎"] && !page.more)
        #expect(page.entries.map(\.way) == [.card, .card, .ticket] && page.entries.map(\.number) == [1, 2, 3])
        let one = try #require(try town.ask(.listAttendance, ListAttendance(of: "ballot", number: 3)).answer)
        #expect(one.entries.map(\.ticket) == ["T-3"])
        #expect(try town.ask(.listAttendance, ListAttendance(of: "ballot", number: 8)).refusal == "unknown-number")
        _ = try town.receive("course") { ($0.walkIn, $0.name) = (true, "飛び入り 三郎") }
        #expect(try town.ask(.listAttendance, ListAttendance(of: "course")).answer?.entries.map(\.name) == ["飛び入り 三郎"])

        let sheet = try #require(try town.ask(.showHandOver, ShowHandOver(of: "ballot")).answer)
        #expect(sheet.hours.map(\.count) == [1, 1, 1] && sheet.hours.map(\.station) == ["n", "s", "n"] && !sheet.isCut)
        #expect(sheet.hours.map { ($0.hour - TestReception.nine) } == [.zero, .zero, .seconds(3600)])
        #expect(sheet.paper.map(\.count) == [4] && sheet.reversals.map(\.number) == [1] && sheet.conflicts.map(\.second.number) == [4])
        #expect(sheet.count.total == 7 && sheet.count.cardsPerThousand == 286)
        #expect(try town.ask(.showHandOver, ShowHandOver(of: "ballot", on: "2026-11-20")).answer?.hours == [])
    }

    @Test("Names, tickets and birth dates lie sealed, and stand on the bus in what desks and the service say to each other alone")
    func sealed() throws {
        let town = try TestReception(.conflict)
        let born: CalendarDate = "1948-03-09"
        var rows = TestReception.rows
        rows[0].born = born
        rows[0].ticket = "TICKET-90210"
        try town.expect("ballot", rows)
        try town.hold(1)
        try town.hold(1, ago: 900, at: "gate-2")
        _ = try town.receive { $0.name = "置賜 次郎" }
        _ = try town.receive("course") { ($0.walkIn, $0.name) = (true, "飛び入り 三郎") }
        _ = try town.ask(.listAttendance, ListAttendance(of: "ballot"))
        let sniffer = Sniffer(["花子", "ハナコ", "置賜", "ジロウ", "三郎", "TICKET-90210", born.description])
        #expect(sniffer.found(in: try town.rig.disk.serialized()) == [])
        let elsewhere = town.rig.published.filter { !$0.topic.contains("/command/") && !$0.topic.contains("/reply/") }
        #expect(elsewhere.count > 10 && elsewhere.allSatisfy { sniffer.found(in: $0.payload) == [] })
        #expect(town.rig.log.allSatisfy { sniffer.found(in: Array($0.utf8)) == [] })
        #expect(!sniffer.found(in: town.rig.published.flatMap(\.payload)).isEmpty)
    }

    @Test("A year after it was closed nobody is named any more, and the numbers stay")
    func forgotten() throws {
        let town = try TestReception()
        try town.expect()
        try town.hold(1)
        #expect(try town.ask(.decideReception, DecideReception(.close, "ballot")).accepted)
        func rows() throws -> Int64? {
            try town.rig.disk.write { (db: borrowing Transaction) throws in
                try db.first("SELECT (SELECT count(*) FROM expected) + (SELECT count(*) FROM entry)") { $0.int(0) }
            }
        }
        try town.rig.pass(.seconds(364 * 86_400), step: .seconds(30 * 86_400))
        #expect(try rows() == 6)
        try town.rig.pass(.seconds(2 * 86_400), step: .seconds(86_400))
        #expect(try rows() == 0)
        #expect(try #require(try town.ask(.listReceptions, ListReceptions()).answer).counts[0].accepted == 1)
    }

    @Test("A newer key of the vault seals every row anew, and all is found as before")
    func keys() throws {
        let town = try TestReception()
        try town.expect()
        try town.expect("course")
        _ = try town.receive("course") { ($0.walkIn, $0.name) = (true, "飛び入り 三郎") }
        let newer = Vault.forTests(keys: 1...2)
        town.rig.vault = newer
        try town.rig.start(Reception(policy: TestReception.policy(), vault: newer))
        try town.rig.pass(.seconds(600), step: .seconds(10))
        let old = try town.rig.disk.write { (db: borrowing Transaction) throws in
            try db.first(
                "SELECT (SELECT count(*) FROM expected WHERE substr(sealed, 2, 2) < x'0002') + (SELECT count(*) FROM entry WHERE substr(sealed, 2, 2) < x'0002')"
            ) { $0.int(0) }
        }
        #expect(old == 0)
        #expect(try town.ask(.findExpected, FindExpected("長井花子", in: "ballot")).answer?.rows.map(\.row) == [1, 4])
        #expect(try town.ask(.listAttendance, ListAttendance(of: "course")).answer?.entries.map(\.name) == ["飛び入り 三郎"])
    }
}

extension TestReception {
    /// The hour in which the tests begin to receive.
    static var nine: Instant { Rig<Reception>.morning + .seconds(3600) }
}
