import Contracts
import Harness
import Testing

@testable import Notifier

/// The first of the month, at nine.
@Suite struct SilenceSummaryTests {
    @Test("The family hears on how many days a card was held last month, once, and the neighbour does not")
    func summary() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 9)
        try town.watchOver(11, days: 30, neighbour: false)
        for day in [0, 0, 2, 5] {
            try town.live(to: "18:00", onDay: day)
            try town.hold(1, at: "gym-gate")
        }
        try town.live(to: "8:50", onDay: 10)
        #expect(town.mails.isEmpty)
        try town.live(to: "9:10", onDay: 10)
        #expect(town.mails.map(\.to) == ["daughter@mail.example", "daughter@mail.example"])
        #expect(town.mails.first?.subject == "【見守り】11月のまとめ")
        #expect(town.mails.map(\.body).sorted().first?.contains("11月に0日使われました") == true, "of whom nothing was heard, too")
        #expect(town.mails.map(\.body).sorted().last?.contains("11月に3日使われました（最後は11月26日(木) 18:00）") == true)
        try town.restart()
        try town.live(to: "20:00", onDay: 10)
        #expect(town.mails.count == 2)
    }

    @Test("Who is watched over since this month, or in hospital, is not told of")
    func notYet() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 30)
        #expect(try town.ask(.putWatch, PutWatch(.person(1), pauseUntil: "2026-12-20")).accepted)
        try town.live(to: "8:00", onDay: 10)
        try town.watchOver(11, days: 30)
        try town.live(to: "9:30", onDay: 10)
        #expect(town.mails.isEmpty)
    }

    @Test("A clock that leaps into the next month tells nobody of it")
    func leaps() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 60)
        try town.live(to: "8:30", onDay: 0)
        town.rig.now = town.now + .seconds(12 * 86_400)
        try town.pass(.seconds(1200), step: .seconds(60))
        #expect(town.mails.isEmpty)
    }
}
