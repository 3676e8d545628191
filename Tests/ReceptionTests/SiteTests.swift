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
}
