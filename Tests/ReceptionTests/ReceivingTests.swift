import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Reception

/// Cards, tickets and names at several stations: one accepts, all know.
@Suite struct ReceivingTests {
    @Test("A card is received at one station, and the other one says when and where that was")
    func once() throws {
        let town = try TestReception()
        try town.expect()
        try town.hold(1)
        try town.pass(.seconds(600))
        try town.hold(1, at: "gate-2")
        let rulings = try town.rulings()
        #expect(rulings.map(\.outcome) == [.accepted, .repeated] && rulings.map(\.station) == ["n", "s"])
        #expect(rulings[0].number == 1 && rulings[0].row == 1 && rulings[0].person == .person(1) && rulings[0].rowStation == "n")
        #expect(rulings[1].first == .init(1, at: rulings[0].at, "n") && rulings[1].number == nil)
        #expect(try town.feedback() == [.accepted, .repeated])
        #expect(try town.count().accepted == 1 && town.count().byCard == 1 && town.count().expected == 5)
    }

    @Test("A held card is one coming, and the lamp stays green")
    func held() throws {
        let town = try TestReception()
        try town.expect()
        for _ in 0..<3 {
            try town.hold(1)
            try town.rig.pass(.seconds(5))
        }
        #expect(try town.outcomes() == [.accepted] && town.feedback() == [.accepted, .accepted, .accepted])
    }

    @Test("By ticket as a scanner or a clerk writes it, by name, by reading and by row: it is the same person, once")
    func desks() throws {
        let town = try TestReception()
        try town.expect()
        let first = try #require(try town.receive { $0.ticket = "Ｔ－ 3" }.answer)
        #expect(first.ruling.outcome == .accepted && first.ruling.way == .ticket && first.ruling.by == "reception-desk-north")
        #expect(first.row?.name == "平野 一郎" && first.count.accepted == 1 && first.count.byTicket == 1)
        let second = try #require(try town.receive(as: "south") { $0.name = "ひらの いちろう" }.answer)
        #expect(second.ruling.outcome == .repeated && second.ruling.first?.station == "n" && second.ruling.first?.number == 1)
        for change in [{ $0.row = 3 }, { $0.person = .person(3) }, { $0.name = "平野一郎" }] as [(inout Receive) -> Void] {
            #expect(try town.receive("ballot", change).answer?.ruling.outcome == .repeated)
        }
        try town.hold(3)
        #expect(try town.rulings().last?.outcome == .repeated)
        #expect(try town.receive { $0.name = "長井花子" }.refusal == "several")
        #expect(try town.receive { $0.ticket = "T-9" }.answer?.ruling.outcome == .notListed)
        #expect(try town.receive { ($0.row, $0.ticket) = (1, "T-1") }.refusal == "no-holder")
        #expect(try town.receive { $0.row = 77 }.refusal == "unknown-row")
        #expect(try town.receive { $0.person = .person(77) }.refusal == "unknown-person")
        #expect(try town.count().accepted == 1)
    }

    @Test("Unknown cards and people who are not listed are turned away; where walk-ins are taken, they are counted as such")
    func walkIns() throws {
        let town = try TestReception()
        try town.expect()
        try town.expect("course")
        try town.hold(99)
        try town.hold(6)
        try town.hold(6, for: "course")
        try town.hold(6, for: "course", at: "gate-2")
        #expect(try town.outcomes() == [.unknownCard, .notListed, .accepted, .repeated])
        #expect(try town.receive("course") { ($0.walkIn, $0.name) = (true, "飛び入り 三郎") }.answer?.ruling.outcome == .accepted)
        #expect(try town.receive { $0.walkIn = true }.answer?.ruling.outcome == .notListed)
        let count = try town.count("course")
        #expect(count.accepted == 2 && count.walkIns == 2 && count.byCard == 1 && count.byName == 1)
    }

    @Test("A full room: paper takes seats too")
    func full() throws {
        let town = try TestReception()
        for card in 1...2 { try town.hold(card, for: "talk") }
        #expect(try town.ask(.countPaper, CountPaper(1, in: "talk")).answer?.total == 3)
        try town.hold(3, for: "talk")
        #expect(try town.outcomes() == [.accepted, .accepted, .full])
        #expect(try town.ask(.countPaper, CountPaper(0, in: "talk"), as: "north").accepted)
        try town.hold(3, for: "talk")
        #expect(try town.rulings().last?.outcome == .accepted)
        #expect(try town.count("talk").cardsPerThousand == 1000)
        #expect(try town.ask(.countPaper, CountPaper(-1, in: "talk")).refusal == "bad-count")
        #expect(try town.ask(.countPaper, CountPaper(1, in: "talk", at: "west")).refusal == "unknown-station")
        #expect(try town.rig.said(.receptionPaper).map(\.data.count) == [1, 0])
    }

    @Test("A fair counts each coming, and a card on its way out is none")
    func eachTime() throws {
        let town = try TestReception()
        for _ in 0..<3 {
            try town.hold(1, for: "fair")
            try town.pass(.seconds(600))
            try town.hold(1, for: "fair", change: { $0.direction = .out })
        }
        #expect(try town.outcomes() == [.accepted, .accepted, .accepted] && town.count("fair").accepted == 3)
    }

    @Test("Nothing is received before a desk opens it; what is closed may open again; what was called off stays so")
    func stages() throws {
        let town = try TestReception(opens: false)
        try town.hold(1, for: "talk")
        func decide(_ decision: DecideReception.Decision) throws -> Reply<ReceptionCount> {
            try town.ask(.decideReception, DecideReception(decision, "talk"))
        }
        #expect(try decide(.close).refusal == "not-possible")
        #expect(try decide(.open).answer?.stage == .open && decide(.close).answer?.stage == .closed)
        try town.hold(1, for: "talk")
        #expect(try decide(.open).accepted)
        try town.hold(1, for: "talk")
        #expect(try decide(.cancel).answer?.stage == .cancelled && decide(.open).refusal == "not-possible")
        try town.hold(2, for: "talk")
        #expect(try town.outcomes() == [.closed, .closed, .accepted, .cancelled])
        #expect(try town.rig.said(.receptions).map(\.data.stage) == [.open, .closed, .open, .cancelled])
        let list = try #require(try town.ask(.listReceptions, ListReceptions()).answer)
        #expect(list.counts.map(\.reception) == ["ballot", "talk", "course", "fair"] && list.counts[1].stage == .cancelled && !list.more)
        #expect(try town.ask(.decideReception, DecideReception(.open, "tea")).refusal == "unknown-reception")
    }

    @Test("Two people who turn out to be one were received twice: a conflict, which a desk settles")
    func merged() throws {
        let town = try TestReception()
        try town.hold(1, for: "talk")
        try town.pass(.seconds(60))
        try town.hold(2, for: "talk", at: "gate-2")
        try town.learn(2, cards: [], into: .person(1))
        let conflict = try #require(try town.conflicts().last)
        #expect(conflict.first.number == 1 && conflict.second.number == 2 && conflict.verdict == nil)
        #expect(try town.count("talk").accepted == 1 && town.count("talk").conflicts == 1)
        try town.hold(1, for: "talk")
        #expect(try town.rulings().last?.outcome == .repeated)
    }

    @Test("Killed and started again it knows what it has decided; told the same tap again it decides nothing anew")
    func killed() throws {
        let town = try TestReception()
        try town.expect()
        let tap = try town.hold(1)
        let disk = try town.rig.disk.serialized()
        try town.rig.replaceDisk(with: disk)
        try town.rig.start(Reception(policy: TestReception.policy(), vault: TestReception.vault))
        town.rig.say("nagai/reader-agent/event/gate-1/tap", try tap.json())
        try town.pass(.seconds(60))
        try town.hold(1, at: "gate-2")
        #expect(Set(try town.rig.said(.receptionRulings).map(\.id)).count == 2)
        #expect(try town.count().accepted == 1 && town.count().stage == .open)
    }
}
