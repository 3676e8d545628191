import Contracts
import Harness
import Post
import Store
import Testing

@testable import Notifier

/// Somebody has held no card for too long.
@Suite struct SilenceTests {
    @Test(
        "The family is told first, the association six hours later, the office on the next day, each once; all of them hear when a card is held"
    )
    func escalates() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        try town.live(to: "7:50", onDay: 1)
        #expect(town.mails.isEmpty)
        try town.live(to: "8:10", onDay: 1)
        #expect(town.mails.map(\.to) == ["daughter@mail.example"])
        #expect(town.mails.first?.body.contains("長井 ハナさんのカードが1日間使われていません（最後は11月21日(土) 8:00）") == true)
        try town.live(to: "13:50", onDay: 1)
        #expect(town.mails.count == 1)
        try town.live(to: "14:20", onDay: 1)
        #expect(town.mails.map(\.to).last == "neighbour@mail.example")
        try town.live(to: "8:20", onDay: 2)
        #expect(town.mails.map(\.to) == ["daughter@mail.example", "neighbour@mail.example", "office@town.example"])
        try town.live(to: "20:00", onDay: 2)
        #expect(town.mails.count == 3 && town.watch(1)?.stage == .office)
        town.forget()
        try town.hold(1, at: "gym-gate")
        #expect(town.mails.map(\.to).sorted() == ["daughter@mail.example", "neighbour@mail.example", "office@town.example"])
        #expect(town.mails.allSatisfy { $0.subject == "【見守り】カードが使われました" })
        #expect(try town.silences().map(\.outcome) == [.family, .association, .office, .seen])
        #expect(town.watch(1)?.stage == .quiet)
    }

    @Test("Whoever holds a card now and then raises no alarm, and their days are counted from the last one")
    func seen() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 3)
        for day in [2, 4] {
            try town.live(to: "18:00", onDay: day)
            try town.hold(1, at: "gym-gate")
        }
        try town.live(to: "17:50", onDay: 7)
        #expect(town.mails.isEmpty)
        try town.live(to: "18:10", onDay: 7)
        #expect(town.mails.count == 1)
    }

    @Test("A card that was held before the alarm and becomes known after it ends it; one that changes nothing of it does not")
    func late() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 2)
        let old = try town.held(1, at: "gym-gate", ago: -3600)
        try town.live(to: "12:00", onDay: 1)
        let newer = try town.held(1, at: "gym-gate")
        try town.live(to: "9:30", onDay: 2, butFor: ["gym-gate"])
        #expect(town.mails.count == 1, "nobody knew of the readers at the gym")
        try town.say(old, of: "gym-gate")
        #expect(town.watch(1)?.stage == .family, "it was two days ago, too")
        try town.say(newer, of: "gym-gate")
        #expect(town.watch(1)?.stage == .quiet && town.watch(1)?.last == newer.time)
        #expect(try town.silences().map(\.outcome) == [.family, .seen])
    }

    @Test("Nothing is told of at night; what was to be told in the morning is not told if somebody has been there")
    func night() throws {
        let town = try TestNotices()
        try town.live(to: "23:00", onDay: 0)
        try town.watchOver(1, days: 1)
        try town.live(to: "6:50", onDay: 2)
        #expect(town.mails.isEmpty)
        try town.live(to: "7:10", onDay: 2)
        #expect(town.mails.map(\.to) == ["daughter@mail.example"])
        try town.live(to: "13:20", onDay: 2)
        #expect(town.mails.count == 2)

        let other = try TestNotices(Self.quick)
        try other.live(to: "20:30", onDay: 0)
        try other.watchOver(1, days: 1)
        try other.live(to: "23:00", onDay: 1)
        #expect(other.mails.map(\.to) == ["daughter@mail.example"], "the association's time came at half past nine")
        other.forget()
        #expect(try other.ask(.acknowledgeSilence, AcknowledgeSilence(.person(1), words: "お元気です")).accepted)
        try other.live(to: "7:30", onDay: 2)
        #expect(other.mails.map(\.to) == ["daughter@mail.example"])
        #expect(other.mails.first?.body.contains("お元気です") == true)
    }

    /// The association hears after an hour.
    private static var quick: NoticesPolicy {
        var policy = TestNotices.policy
        policy.silence.associationAfter = .seconds(3600)
        return policy
    }

    @Test("Visited, fine: it counts from now, everybody who was alarmed hears it, and what was found lies sealed and is for desks")
    func acknowledged() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        try town.live(to: "9:00", onDay: 1)
        town.forget()
        let reply = try town.ask(.acknowledgeSilence, AcknowledgeSilence(.person(1), words: "畑においででした"))
        #expect(reply.answer?.watch.stage == .seenTo && reply.answer?.watch.words == "畑においででした")
        #expect(town.mails.map(\.subject) == ["【見守り】訪問して確認しました"])
        let told = try #require(try town.silences().last)
        #expect(told.outcome == .seenTo && told.by == "notice-desk-hall")
        #expect(Sniffer(["畑においででした"]).found(in: try town.rig.disk.serialized()).isEmpty)
        town.forget()
        try town.live(to: "8:50", onDay: 2)
        #expect(town.mails.isEmpty)
        try town.live(to: "9:10", onDay: 2)
        #expect(town.mails.count == 1, "a new alarm")
    }

    @Test("Where a stage has nobody who can be told, the next one is told at once")
    func nobody() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1, family: false)
        try town.watchOver(11, days: 1, family: false, neighbour: false)
        try town.live(to: "8:10", onDay: 1)
        #expect(town.mails.map(\.to).sorted() == ["neighbour@mail.example", "office@town.example"])
        #expect(Set(try town.silences().map { "\($0.person == .person(1)) \($0.outcome)" }) == ["true association", "false office"])
    }

    @Test("In hospital nobody is missed; after that the days are counted from the first one at home")
    func paused() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        let home = try #require(town.now.date().adding(3))
        #expect(try town.ask(.putWatch, PutWatch(.person(1), pauseUntil: home)).answer?.watch.stage == .paused)
        try town.live(to: "23:00", onDay: 3)
        #expect(town.mails.isEmpty && town.watch(1)?.stage == .quiet)
        try town.live(to: "7:10", onDay: 4)
        #expect(town.mails.count == 1)
    }

    @Test("Who is in hospital, or watched over no more, is not told of in the morning either")
    func takenBack() throws {
        let town = try TestNotices(Self.quick)
        try town.live(to: "20:30", onDay: 0)
        for number in [1, 11] { try town.watchOver(number, days: 1) }
        try town.live(to: "23:00", onDay: 1)
        #expect(town.mails.count == 2)
        let home = try #require(town.now.date().adding(20))
        #expect(try town.ask(.putWatch, PutWatch(.person(1), pauseUntil: home)).accepted)
        #expect(try town.ask(.putWatch, PutWatch(.person(11), end: true)).accepted)
        try town.live(to: "9:00", onDay: 2)
        #expect(town.mails.count == 2, "the association was to hear of both at seven")
    }

    @Test("Where places are named, a card held elsewhere does not count")
    func places() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1, places: ["gym-gate"])
        try town.live(to: "7:00", onDay: 1)
        try town.hold(1, at: "club-gate")
        try town.live(to: "8:10", onDay: 1)
        #expect(town.mails.count == 1)
        try town.hold(1, at: "club-gate")
        #expect(town.watch(1)?.stage == .family)
        try town.hold(1, at: "gym-gate")
        #expect(town.watch(1)?.stage == .quiet)
    }

    @Test("Who was found to be somebody else is watched over as before, and an alarm ends under either name")
    func merged() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        try town.live(to: "8:10", onDay: 1)
        #expect(town.mails.count == 1)
        try town.learn(1) { $0.into = .person(5) }
        try town.learnElder(5, cards: [1, 5])
        try town.live(to: "14:20", onDay: 1)
        #expect(town.mails.map(\.to).last == "neighbour@mail.example")
        town.forget()
        try town.hold(5, at: "gym-gate")
        #expect(town.mails.map(\.to).sorted() == ["daughter@mail.example", "neighbour@mail.example"])
        #expect(try town.ask(.listWatches, ListWatches(person: .person(5))).answer?.watches.first?.stage == .quiet)
    }

    @Test("Only of whom a card is known can be watched over, by a desk of the town, for days that make sense")
    func refused() throws {
        let town = try TestNotices()
        #expect(try town.ask(.putWatch, PutWatch(.person(1))).refusal == "unknown-person")
        try town.watchOver(1, days: 3)
        #expect(try town.ask(.putWatch, PutWatch(.person(1), days: 0)).refusal == "bad-days")
        #expect(try town.ask(.putWatch, PutWatch(.person(1), days: 61)).refusal == "bad-days")
        #expect(try town.ask(.putWatch, PutWatch(.person(1), pauseUntil: "2099-01-01")).refusal == "bad-date")
        #expect(try town.ask(.putWatch, PutWatch(.person(1)), as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.ask(.listWatches, ListWatches(), as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.ask(.acknowledgeSilence, AcknowledgeSilence(.person(1), words: "a\nb")).refusal == "bad-words")
        #expect(try town.ask(.acknowledgeSilence, AcknowledgeSilence(.person(2), words: "")).refusal == "not-watched")
        #expect(try town.ask(.putWatch, PutWatch(.person(1), end: true)).answer?.isOver == true)
        #expect(try town.ask(.putWatch, PutWatch(.person(1), end: true)).refusal == "not-watched")
        #expect(try town.rig.said(.watches).map(\.data.ended) == [nil, true])
    }

    @Test("Those with an alarm are listed, and all if asked for, page by page")
    func listed() throws {
        let town = try TestNotices()
        try town.watchOver(1, days: 1)
        for number in 100..<130 { try town.watchOver(number, days: 9, family: false, neighbour: false) }
        try town.live(to: "8:10", onDay: 1)
        #expect(try town.ask(.listWatches, ListWatches()).answer?.watches.map(\.person) == [.person(1)])
        let first = try #require(try town.ask(.listWatches, ListWatches(all: true)).answer)
        let rest = try #require(try town.ask(.listWatches, ListWatches(all: true, after: first.watches.last?.person)).answer)
        #expect(first.more && !rest.more && first.watches.count + rest.watches.count == 31)
        #expect(Set((first.watches + rest.watches).map(\.person)).count == 31)
    }

    @Test("In whatever order cards become known, when and where somebody was seen is the same", arguments: 0..<10)
    func fold(seed: UInt64) throws {
        var chance = Seeded(seed)
        func rows(_ order: (inout [Int]) -> Void) throws -> [String] {
            let town = try TestNotices(seed: 7)
            try town.watchOver(1, days: 30)
            town.rig.now = town.now + .seconds(3 * 86_400 + 43_200)
            let gates: [AgentID] = ["gym-gate", "club-gate", "bus-1"]
            let taps = try (0..<9).map { (gates[$0 % 3], try town.held(1, at: gates[$0 % 3], ago: Int64($0 * $0) * 3000)) }
            var places = Array(0..<9)
            order(&places)
            for place in places { try town.say(taps[place].1, of: taps[place].0) }
            let transaction = try town.rig.disk.begin()
            return try transaction.all("SELECT agent, first, last FROM watch_gate ORDER BY agent") {
                "\($0.text(0)) \($0.int(1)) \($0.int(2))"
            }
                + transaction.all("SELECT month, days FROM watch_month") { "\($0.int(0)) \($0.int(1))" }
                + transaction.all("SELECT last, due, stage FROM watch") { "\($0.int(0)) \($0.int(1)) \($0.text(2))" }
        }
        #expect(try rows { _ in } == rows { $0.shuffle(using: &chance) })
    }
}
