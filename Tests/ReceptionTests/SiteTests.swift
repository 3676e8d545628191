import Bus
import Contracts
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Reception

/// A reception of the town and one at a site where station `s` stands, with a line between them that is cut, and carries things twice and in any order.
@Suite struct SiteTests {
    @Test("Whoever comes to a site while the line is cut is received at once, and the town counts them when it hears")
    func cutOff() throws {
        let (town, site) = try TestReception.both(.conflict)
        try site.hold(2, at: "gate-2")
        #expect(try site.feedback() == [.accepted] && site.rulings().map(\.number) == [ReceptionRuling.firstOwn])
        let second = try #require(try site.receive(as: "south") { $0.ticket = "T-3" }.answer)
        #expect(second.ruling.number == ReceptionRuling.firstOwn + 1 && second.row?.name == "平野 一郎" && second.count.accepted == 2)
        #expect(try town.count().accepted == 0)
        try TestReception.exchange(town, site)
        let rulings = try town.rulings()
        #expect(rulings.map(\.outcome) == [.accepted, .accepted] && rulings.map(\.number) == [1, 2] && rulings.map(\.row) == [2, 3])
        #expect(rulings.map(\.origin?.site) == ["east", "east"] && rulings.map(\.station) == ["s", "s"] && rulings[1].way == .ticket)
        let siteMoment = try site.rulings()[0].at
        #expect(rulings[1].by == "reception-desk-south" && rulings[0].at == siteMoment)
        try TestReception.agree(town, site)
        // Now by the town's numbers, and nobody is told a second time.
        #expect(try site.receive(as: "south") { $0.row = 2 }.answer?.ruling.first?.number == 1)
        #expect(try town.feedback().isEmpty)
    }

    @Test("What a site has heard it answers by: received at the town is received before")
    func heard() throws {
        let (town, site) = try TestReception.both(.conflict)
        try town.hold(1)
        try TestReception.exchange(town, site)
        try site.pass(.seconds(60))
        try site.hold(1, at: "gate-2")
        let ruling = try #require(try site.rulings().last)
        #expect(ruling.outcome == .repeated && ruling.first?.number == 1 && ruling.first?.station == "n")
        #expect(try site.receive(as: "south") { $0.name = "長井 太郎" }.answer?.ruling.outcome == .accepted)
    }

    @Test(
        "Received at both while the line was cut: a conflict that stays open until the town's desk settles it, and both agree",
        arguments: ReceptionConflict.Verdict.allCases)
    func twice(verdict: ReceptionConflict.Verdict) throws {
        let (town, site) = try TestReception.both(.conflict)
        try site.hold(1, at: "gate-2")
        try town.hold(1)
        try TestReception.exchange(town, site)
        #expect(try town.rulings().map(\.outcome) == [.accepted, .conflict] && town.count().conflicts == 1)
        #expect(try town.conflicts().last?.second.station == "s" && site.count().conflicts == 1 && site.count().accepted == 1)
        #expect(try town.ask(.settleConflict, SettleConflict(verdict, 2, in: "ballot")).accepted)
        try TestReception.exchange(town, site)
        try TestReception.agree(town, site)
        #expect(try site.count().conflicts == 0 && site.count().accepted == (verdict == .neither ? 0 : 1))
        try site.pass(.seconds(60))
        try site.hold(1, at: "gate-2")
        #expect(try site.rulings().last?.outcome == (verdict == .neither ? .accepted : .repeated))
    }

    @Test("What is taken back at the town may be received again at the site")
    func takenBack() throws {
        let (town, site) = try TestReception.both(.conflict)
        try site.hold(2, at: "gate-2")
        try TestReception.exchange(town, site)
        for (step, desk) in [(.propose, "north"), (.agree, "south")] as [(ReverseReceived.Step, Instance)] {
            let wish = ReverseReceived(step, 1, in: "ballot", why: step == .propose ? "wrong-person" : nil)
            #expect(try town.ask(.reverseReceived, wish, as: desk).accepted)
        }
        try TestReception.exchange(town, site)
        #expect(try site.count().accepted == 0 && site.count().reversed == 1)
        try site.pass(.seconds(60))
        try site.hold(2, at: "gate-2")
        #expect(try site.rulings().last?.outcome == .accepted)
        try TestReception.exchange(town, site)
        try TestReception.agree(town, site)
    }

    @Test("In a partition a site receives the rows of its own station: nobody else's, and nobody's")
    func partition() throws {
        let (town, site) = try TestReception.both(.partition)
        var ownerless = AddExpected.Row(9, name: "新顔 四郎", person: .person(6), ticket: "T-9")
        ownerless.station = nil
        try town.expect("ballot", [ownerless])
        try TestReception.exchange(town, site)
        for card in [1, 2, 6] { try site.hold(card, at: "gate-2") }
        #expect(try site.outcomes() == [.elsewhere, .accepted, .elsewhere] && site.rulings()[0].rowStation == "n")
        #expect(try site.feedback() == [.elsewhere, .accepted, .elsewhere])
        // The town's desk may receive whom no station has; the site's row only against its better knowledge.
        #expect(try town.receive { $0.ticket = "T-9" }.answer?.ruling.outcome == .accepted)
        #expect(try town.receive { $0.row = 2 }.answer?.ruling.outcome == .elsewhere)
        #expect(try town.receive { ($0.row, $0.override) = (2, true) }.answer?.ruling.outcome == .accepted)
        try TestReception.exchange(town, site)
        #expect(try town.count().conflicts == 1)
        try TestReception.agree(town, site)
    }

    @Test("Where the town alone decides a site rules on nothing: cards are the town's, and its desk is told what to do instead")
    func central() throws {
        let (town, site) = try TestReception.both(.central)
        #expect(try site.rig.disk.read { try $0.first("SELECT count(*) FROM expected") { $0.int(0) } } == 0)
        try site.hold(1, at: "gate-2")
        #expect(try site.rulings().isEmpty && site.feedback().isEmpty)
        #expect(try site.receive(as: "south") { $0.row = 1 }.refusal == "town-alone")
        #expect(try site.ask(.findExpected, FindExpected("長井 花子", in: "ballot"), as: "south").refusal == "town-alone")
        #expect(try site.ask(.listReceptions, ListReceptions(), as: "south").answer?.counts == [])
        #expect(try site.rig.said(.receptionCounts).isEmpty)
        try town.hold(1, at: "gate-2")
        #expect(try town.rulings().map(\.station) == ["s"] && town.feedback() == [.accepted])
        // Paper is counted where it was written.
        #expect(try site.ask(.countPaper, CountPaper(7, in: "ballot"), as: "south").accepted)
        try TestReception.exchange(town, site)
        #expect(try town.count().paper == 7)
    }

    @Test("The town leaves the cards of a site's readers to the site, and takes those of all others")
    func oneRuler() throws {
        let (town, _) = try TestReception.both(.conflict)
        try town.hold(1, at: "gate-2")
        try town.hold(2)
        #expect(try town.rulings().map(\.row) == [2])
    }

    @Test("Lists, stages, taking back and settling are the town's: a site's desk is told where to say it")
    func elsewhere() throws {
        let (town, site) = try TestReception.both(.conflict)
        try site.hold(2, at: "gate-2")
        let number = ReceptionRuling.firstOwn
        #expect(try site.ask(.decideReception, DecideReception(.close, "ballot"), as: "south").refusal == "elsewhere")
        #expect(try site.ask(.addExpected, AddExpected(TestReception.rows, to: "ballot"), as: "south").refusal == "elsewhere")
        #expect(try site.ask(.settleConflict, SettleConflict(.first, number, in: "ballot"), as: "south").refusal == "elsewhere")
        let wish = ReverseReceived(.propose, number, in: "ballot", why: "wrong-person")
        #expect(try site.ask(.reverseReceived, wish, as: "south").refusal == "elsewhere")
        // Nobody is received before the site has heard that it was opened; what it does before it hears of the end counts.
        #expect(try town.ask(.decideReception, DecideReception(.close, "ballot")).accepted)
        try site.hold(4, at: "gate-2")
        try TestReception.exchange(town, site)
        #expect(try town.count().accepted == 2)
        try site.hold(3, at: "gate-2")
        #expect(try site.rulings().last?.outcome == .closed)
        try TestReception.agree(town, site)
    }

    @Test("A walk-in's name stays at the site that has taken it down, also after the town has given its number")
    func walkIn() throws {
        let (town, site) = try TestReception.both(.conflict, list: "course")
        let received = try #require(try site.receive("course", as: "south") { ($0.walkIn, $0.name) = (true, "飛び入り 三郎") }.answer)
        #expect(received.ruling.walkIn == true)
        try TestReception.exchange(town, site)
        func came(_ place: TestReception) throws -> [Attendance] {
            try #require(try place.ask(.listAttendance, ListAttendance(of: "course"), as: "south").answer).entries
        }
        #expect(try came(site).map(\.name) == ["飛び入り 三郎"] && came(site).map(\.number) == [1])
        #expect(try came(town).map(\.name) == [nil] && came(town).map(\.walkIn) == [true])
        let sniffer = Sniffer(["三郎"])
        #expect(try sniffer.found(in: town.rig.disk.serialized()) == [] && sniffer.found(in: site.rig.disk.serialized()) == [])
    }

    @Test("Names are told to sites in one stream, which lies sealed at both ends; without a site nobody is told")
    func names() throws {
        let (town, site) = try TestReception.both(.conflict)
        let sniffer = Sniffer(["花子", "ハナコ", "置賜", "ジロウ"])
        #expect(try sniffer.found(in: town.rig.disk.serialized()) == [] && sniffer.found(in: site.rig.disk.serialized()) == [])
        let events = town.rig.published.filter { $0.topic.contains("/event/") && !sniffer.found(in: $0.payload).isEmpty }
        #expect(Set(events.map(\.topic)) == ["nagai/reception/event/main/expected-view"])
        let alone = try TestReception(.conflict)
        try alone.expect()
        #expect(try alone.rig.said(.expectedView).isEmpty)
    }

    @Test("A year after it was closed neither end names anybody, nor is anybody told to a site that comes later")
    func forgotten() throws {
        let (town, site) = try TestReception.both(.conflict)
        try site.hold(2, at: "gate-2")
        try TestReception.exchange(town, site)
        #expect(try town.ask(.decideReception, DecideReception(.close, "ballot")).accepted)
        try TestReception.exchange(town, site)
        for place in [town, site] {
            try place.rig.pass(.seconds(366 * 86_400), step: .seconds(30 * 86_400))
            try place.rig.pass(.seconds(2 * 86_400), step: .seconds(86_400))
            let left = try place.rig.disk.read { (db: borrowing Transaction) throws in
                try db.first(
                    "SELECT (SELECT count(*) FROM expected) + (SELECT count(*) FROM entry) + (SELECT count(*) FROM untold WHERE kind <> 'stages')"
                ) {
                    $0.int(0)
                }
            }
            #expect(left == 0)
        }
        let told = try town.rig.disk.read { (db: borrowing Transaction) throws in
            try db.first(
                "SELECT count(*) FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/expected-view' OR topic LIKE '%/received-view'"
            ) { $0.int(0) }
        }
        #expect(told == 0)
    }

    @Test("Told again after the town was put back, a site knows all it had to forget")
    func toldAgain() throws {
        let (town, site) = try TestReception.both(.conflict)
        try town.hold(1)
        try TestReception.exchange(town, site)
        let before = try town.rig.said(.expectedView).count
        #expect(try town.ask(.tellReceptionsAgain, TellAgain(why: "put back")).accepted)
        #expect(try town.rig.said(.expectedView).count == before + 5)
        try TestReception.exchange(town, site)
        try TestReception.agree(town, site)
        // Of what cannot be read nothing is known, until it is told anew.
        func garbled<Body: EventBody>(_ channel: Channel<Body>) throws {
            var row = try #require(try town.rig.said(channel).last { $0.subject?.hasPrefix("ballot") == true })
            row.position?.number += 1
            let text = String(decoding: try row.json(), as: UTF8.self).replacing("\"reception\":", with: "\"deception\":")
            site.rig.say(channel.topic(in: "nagai", "main").description, Array(text.utf8))
            try site.rig.settle()
        }
        try garbled(.expectedView)
        try garbled(.receivedView)
        #expect(try site.count().expected == 4 && site.count().accepted == 0)
        try garbled(.stageView)
        #expect(try site.count().stage == .planned)
        for _ in 0..<2 { #expect(try town.ask(.tellReceptionsAgain, TellAgain(why: "put back")).accepted) }
        try TestReception.exchange(town, site)
        try TestReception.agree(town, site)
        #expect(try site.count().expected == 5 && site.count().stage == .open)
        #expect(try site.ask(.tellReceptionsAgain, TellAgain(why: "put back"), as: "south").refusal == "elsewhere")
        #expect(try TestReception(.conflict).ask(.tellReceptionsAgain, TellAgain(why: "put back")).refusal == "no-sites")
    }

    @Test("A minute after the town's last word a person can see it, and people are received all the same")
    func silence() throws {
        let (_, site) = try TestReception.both(.conflict)
        try site.rig.pass(.seconds(30))
        try site.rig.pass(.seconds(120))
        #expect(try site.rig.life().problems?.map(\.code).contains("no-town") == true)
    }

    // MARK: Histories

    /// A town and a site that receive for hours, are killed, and hear of each other now and then, late and in any order.
    private func history(_ mode: ReceptionTerms.WhenCutOff, seed: UInt64, overrides: Bool = false) throws -> (TestReception, TestReception)
    {
        var chance = Seeded(seed)
        let (town, site) = try TestReception.both(mode)
        var (atTown, atSite) = (0, 0)
        for _ in 0..<24 {
            switch chance.below(8) {
            case 0, 1: try town.hold(1 + chance.below(5))
            case 2, 3: try site.hold(1 + chance.below(5), at: "gate-2")
            case 4:
                let row = 1 + chance.below(5)
                _ = try site.receive(as: "south") { ($0.row, $0.override) = (row, overrides ? true : nil) }
            case 5:
                let number = 1 + chance.below(4)
                _ = try town.ask(.reverseReceived, ReverseReceived(.propose, number, in: "ballot", why: "wrong-person"))
                _ = try town.ask(.reverseReceived, ReverseReceived(.agree, number, in: "ballot"), as: "south")
                for conflict in try town.conflicts() where conflict.verdict == nil && chance.oneIn(3) {
                    let verdict = ReceptionConflict.Verdict.allCases[chance.below(3)]
                    _ = try town.ask(.settleConflict, SettleConflict(verdict, conflict.second.number, in: "ballot"))
                }
            case 6: try chance.oneIn(2) ? town.restart() : site.restart()
            default:
                if chance.oneIn(2) {
                    atTown = try TestReception.carry(from: town, after: atTown, to: site, &chance)
                } else {
                    atSite = try TestReception.carry(from: site, after: atSite, to: town, &chance)
                }
            }
            for place in [town, site] { try place.pass(.seconds(61)) }
        }
        for _ in 0..<3 {
            _ = try TestReception.carry(from: site, after: 0, to: town, &chance)
            _ = try TestReception.carry(from: town, after: 0, to: site, &chance)
        }
        return (town, site)
    }

    @Test(
        "Whatever they heard and when: nobody stands twice, each second reception is a conflict, and both agree",
        arguments: 0..<24 as Range<UInt64>)
    func anyOrder(seed: UInt64) throws {
        let (town, site) = try history(.conflict, seed: seed)
        try TestReception.agree(town, site)
        // Whom a station has let in is lost nowhere: each has a number of the town's.
        let done = try site.rulings().compactMap(\.number)
        #expect(try Set(town.rulings().compactMap(\.origin?.number)) == Set(done))
        let standing = try TestReception.entries(town).filter { $0.hasSuffix("standing") }.compactMap {
            $0.split(separator: " ").dropFirst().first
        }
        #expect(Set(standing).count == standing.count)
        let accepted = try town.rulings().count { $0.outcome == .accepted }
        let conflicts = try town.rulings().count { $0.outcome == .conflict }
        #expect(
            try Set(town.conflicts().map(\.second.number)).count == conflicts && accepted + conflicts == TestReception.entries(town).count)
    }

    @Test("A partition has no conflict in any order, as long as no desk overrides it", arguments: 0..<12 as Range<UInt64>)
    func partitions(seed: UInt64) throws {
        let (town, site) = try history(.partition, seed: seed)
        try TestReception.agree(town, site)
        #expect(try town.conflicts().isEmpty && town.rulings().allSatisfy { $0.outcome != .conflict })
        #expect(try site.rulings().allSatisfy { $0.number == nil || $0.rowStation == "s" })
        try TestReception.agree(history(.partition, seed: seed, overrides: true))
    }
}

extension TestReception {
    /// A town that has told its site the list of a reception, which is open.
    static func both(_ mode: ReceptionTerms.WhenCutOff, list: ReceptionID = "ballot") throws -> (town: TestReception, site: TestReception) {
        let (town, site) = (try TestReception(mode, withSite: true), try TestReception(mode, at: "east", withSite: true))
        try town.expect(list)
        site.rig.now = town.rig.now
        try site.rig.settle()
        try exchange(town, site)
        return (town, site)
    }

    /// Carries what one has said, from some message on, to the other.
    static func carry(from one: TestReception, after count: Int, to other: TestReception, _ chance: inout Seeded) throws -> Int {
        let all = one.rig.published.filter { $0.topic.hasPrefix("nagai/reception/event/\(one.service.name)/") }
        for message in all.dropFirst(count).shuffled(using: &chance) {
            other.rig.say(message.topic, message.payload)
            if chance.oneIn(5) { other.rig.say(message.topic, message.payload) }
        }
        try other.rig.settle()
        return all.count
    }

    /// The line holds until both know all.
    static func exchange(_ town: TestReception, _ site: TestReception) throws {
        var chance = Seeded(1)
        for _ in 0..<2 {
            _ = try carry(from: site, after: 0, to: town, &chance)
            _ = try carry(from: town, after: 0, to: site, &chance)
        }
    }

    /// Everybody received, as a place has it: number, who, when, where and how they stand.
    static func entries(_ place: TestReception) throws -> [String] {
        try place.rig.disk.read {
            try $0.all(
                "SELECT number, coalesce('row/' || row, person, number), at, station, way, walk_in, stage FROM entry ORDER BY reception, number"
            ) { row in
                (0..<7).map { row.text(Int32($0)) }.joined(separator: " ")
            }
        }
    }

    static func agree(_ places: (town: TestReception, site: TestReception)) throws { try agree(places.town, places.site) }

    /// Both have the same people and the same numbers.
    static func agree(_ town: TestReception, _ site: TestReception) throws {
        #expect(try entries(town) == entries(site))
        var (one, other) = (try town.count(), try site.count())
        // Cards that came too late are counted where they were held, and by the town; the moment is each one's own.
        (one.at, one.late) = (other.at, 0)
        other.late = 0
        #expect(one == other)
    }
}
