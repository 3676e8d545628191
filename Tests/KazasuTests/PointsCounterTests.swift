import Contracts
import Sheets
import Testing

@testable import Kazasu

@Suite("At a counter for points")
struct PointsCounterTests {
    private let clerk = PointsSample.clerk()
    private var service: PaperDirectory { clerk.directory }
    private let hanako = Sample.hanako

    init() {
        service.answer(.showPoints) { _ in
            .accept(
                PointsShown(
                    Sample.hanako,
                    [
                        PointsShown.Lot("points", 320, held: 20, expires: "2026-12-31"),
                        PointsShown.Lot("points", 1000, expires: "2027-03-31"),
                        PointsShown.Lot("stamps", 4, expires: nil),
                    ]))
        }
        service.answer(.movePoints) { .accept(PointsMoved(Sample.hanako, [41, 42], balance: 1320 + $0.amount)) }
        service.answer(.givePoints) { _ in .accept(PointsMoved(Sample.hanako, [43], balance: 1220)) }
    }

    @Test("A balance is told by purse in the town's words, with what expires next first; columns align in Japanese too")
    func balance() throws {
        #expect(clerk.run("points", "balance", hanako.text) == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                PURSE           BALANCE         RESERVED  EXPIRES
                ながいポイント  1,320 ポイント  20        320 expire on 2026-12-31, 1,000 on 2027-03-31
                乗車スタンプ    4 個            -         4 never

                """)
        #expect(clerk.run("points", "balance", hanako.text, "--lang", "ja", "--at", "2026-11-20 12:00") == .done)
        #expect(clerk.out.contains("ながいポイント  1,320ポイント  20    2026-12-31まで 320、2027-03-31まで 1,000\n"), "\(clerk.out)")
        let asked = try service.commands(.showPoints)
        #expect(asked[0] == ShowPoints(PointsHolder(hanako)))
        #expect(asked[1].at == Instant(rfc3339: "2026-11-20T12:00:00+09:00"))
        #expect(clerk.run("points", "balance") == .usage && clerk.err.contains("who?"))
    }

    @Test("The card that is held says whose balance it is; at a reader for something else it says nothing")
    func tapped() throws {
        service.cards = [[Sample.card], [Sample.card]]
        #expect(clerk.run("points", "balance", "--tap", "office/reader-1", "--json") == .done, "\(clerk.err)")
        #expect(try service.commands(.showPoints) == [ShowPoints(PointsHolder(tap: PaperDirectory.tap(1)))])
        service.purpose = Purpose("enrol")!
        #expect(clerk.run("points", "balance", "--tap", "office/reader-1") == .refused)
        #expect(clerk.err.contains("kazasu reader purpose office/reader-1 points"), "\(clerk.err)")
    }

    @Test("Each entry of a history says why, and what was there of the purse thereafter")
    func history() throws {
        let issue = Account("points", .issue, "town")
        let entries = [
            PointsSample.entry(9, 50, issue, "volunteer-day"), PointsSample.entry(8, -300, Account("points", .shop, "bakery"), "payment"),
            PointsSample.entry(7, 5, issue, "parent-child", .pending),
            PointsSample.entry(6, 1000, Account("points", .programme, "spring-2027"), "spring-2027"),
            PointsSample.entry(5, 10, issue, "gym-visit", place: "civic-gym"),
        ]
        service.answer(.listEntries) { ask in
            let some = ask.before == nil ? Array(entries.prefix(2)) : Array(entries.suffix(3))
            return .accept(EntriesPage(Sample.hanako, some, more: ask.before == nil))
        }
        service.answer(.listCampaigns) { _ in .accept(CampaignsPage([PointsSample.campaign(.paid)], more: false)) }
        #expect(clerk.run("points", "history", hanako.text, "--all") == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                NUMBER  WHEN              WHY                      PURSE           AMOUNT  BALANCE
                9       2026-11-21 08:15  awarded: volunteer-day   ながいポイント  +50     1,320
                8       2026-11-21 08:15  paid at パン工房         ながいポイント  -300    1,270
                7       2026-11-21 08:15  親子で参加 (reserved)    ながいポイント  +5      1,570
                6       2026-11-21 08:15  campaign: 生活応援       ながいポイント  +1,000  1,570
                5       2026-11-21 08:15  体育館に来た, civic-gym  ながいポイント  +10     570

                """)
        #expect(try service.commands(.listEntries).map(\.before) == [nil, 8])
        #expect(try service.commands(.showPoints).last?.at == entries[0].at, "as it was once the newest entry was made")

        let path = clerk.scratch.path + "/history.csv"
        #expect(clerk.run("points", "history", hanako.text, "--csv", path) == .done, "\(clerk.err)")
        let bytes = try readWhole(path)
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        var sheet = try SheetReader(bytes)
        #expect(sheet.header == ["番号", "日時", "内容", "種類", "増減", "残高"])
        #expect(try sheet.next()?.get().cells == ["9", "2026-11-21 08:15", "付与:volunteer-day", "ながいポイント", "'+50", "1,320"])
    }

    @Test("Before something moves the clerk sees what and for whom, and a no moves nothing; afterwards how it is taken back")
    func award() throws {
        let words = ["points", "award", hanako.text, "1,000", "points", "--why", "volunteer-day", "--expires", "2027-03-31"]
        func run(_ more: [String] = [], typing: [String]) -> ExitCode { clerk.run(all: words + more, typing: typing, atTerminal: true) }
        #expect(run(typing: ["n"]) == .refused)
        #expect(clerk.err.contains("\(hanako) has 1,320 ポイント of ながいポイント"), "\(clerk.err)")
        #expect(clerk.err.contains("award 1,000 ポイント of ながいポイント, volunteer-day, for this person?"), "\(clerk.err)")
        #expect(try service.commands(.movePoints) == [])
        #expect(run(typing: ["y"]) == .done)
        #expect(clerk.out == "given: 1,000 ポイント, \(hanako); there are 2,320 ポイント of ながいポイント now\n", "\(clerk.out)")
        #expect(clerk.err.contains("kazasu points reverse 41 --why CODE") && clerk.err.contains("kazasu points reverse 42"), "\(clerk.err)")
        #expect(
            try service.commands(.movePoints) == [
                MovePoints(.award, 1000, of: "points", PointsHolder(hanako), why: "volunteer-day", expires: "2027-03-31")
            ])
        #expect(clerk.run("points", "take", hanako.text, "5", "point", "--why", "x") == .refused)
        #expect(clerk.err.contains("there is no purse point in this town. Did you mean points?"), "\(clerk.err)")
        #expect(clerk.run("points", "award", hanako.text, "0", "points", "--why", "x") == .usage)
        #expect(clerk.run("points", "award", "5", "points", "--why", "x") == .usage && clerk.err.contains("who?"))
    }

    @Test("The card in hand is given to, by its tap; with a person beside it nobody is")
    func awardByCard() throws {
        service.cards = [[Sample.card]]
        #expect(clerk.run("points", "take", "11", "points", "--tap", "office/reader-1", "--why", "mistake") == .done, "\(clerk.err)")
        #expect(
            try service.commands(.movePoints) == [
                MovePoints(.take, 11, of: "points", PointsHolder(tap: PaperDirectory.tap(1)), why: "mistake")
            ])
        #expect(clerk.run("points", "take", hanako.text, "1", "points", "--tap", "office/reader-1", "--why", "x") == .usage)
    }

    @Test("A gift needs two cards; the same card twice does not count")
    func give() throws {
        service.cards = [[Sample.card], [Sample.card, Sample.otherCard]]
        #expect(
            clerk.run("points", "give", "100", "points", "--from", "office/reader-1", "--to", "office/reader-1") == .done, "\(clerk.err)")
        #expect(
            try service.commands(.givePoints) == [GivePoints(100, of: "points", from: PaperDirectory.tap(1), to: PaperDirectory.tap(3))])
        #expect(clerk.err.contains("hold the giver's card over") && clerk.err.contains("hold the other person's card over"), "\(clerk.err)")
    }

    @Test("An exchange says what it takes and gives, as often as it is wanted; one that is none is refused here")
    func exchange() throws {
        service.answer(.exchangePoints) { _ in .accept(PointsMoved(Sample.hanako, [50, 51], balance: 2)) }
        let words = ["points", "exchange", "free-delivery", hanako.text, "--times", "2"]
        #expect(clerk.run(all: words, typing: ["y"], atTerminal: true) == .done, "\(clerk.err)")
        #expect(clerk.err.contains("take 10 個 of 乗車スタンプ, give 2 枚 of 食事券?"), "\(clerk.err)")
        #expect(try service.commands(.exchangePoints) == [ExchangePoints("free-delivery", PointsHolder(hanako), times: 2)])
        #expect(clerk.run("points", "exchange", "free", hanako.text) == .refused && clerk.err.contains("there is no exchange free"))
    }

    @Test("A rule is tried to its end, over last month unless told otherwise, and adds up")
    func tryOut() throws {
        service.answer(.tryRule) { ask in
            var tried = RuleTried()
            (tried.amount, tried.awards, tried.people, tried.taps, tried.capped) = (1000, 100, 40, 150, 7)
            tried.next = ask.after == nil ? "p-m" : nil
            return .accept(tried)
        }
        #expect(clerk.run("points", "try", "gym-visit") == .done, "\(clerk.err)")
        let asked = try service.commands(.tryRule)
        #expect(asked.map(\.after) == [nil, "p-m"])
        #expect(
            asked[1].from == Instant(rfc3339: "2026-10-01T00:00:00+09:00")
                && asked[1].until == Instant(rfc3339: "2026-11-01T00:00:00+09:00"))
        #expect(clerk.out.contains("would have paid 2,000 ポイント to 80 people, 200 times\n300 taps"), "\(clerk.out)")
        #expect(clerk.out.contains("14 more would have been paid but for a cap"), "\(clerk.out)")
        #expect(clerk.run("points", "try", "gym-visit", "--from", "2026-01-01", "--to", "2026-01-01") == .done)
        #expect(clerk.err.contains("taps are kept for 62 days: those before 2026-09-20"), "\(clerk.err)")
        #expect(("2027-03-01" as CalendarDate).monthBefore == "2027-02-01"..."2027-02-28")
        #expect(("2027-01-31" as CalendarDate).monthBefore == "2026-12-01"..."2026-12-31")
    }

    @Test("Attendance is confirmed until there is no more of it")
    func confirm() throws {
        var left = 3
        service.answer(.confirmAttendance) { _ in
            left -= 1
            return .accept(AttendanceConfirmed(500, 2500, more: left > 0))
        }
        let words = ["points", "confirm", "parent-child", "--from", "2026-11-21 08:00", "--to", "2026-11-21 12:00", "--refuse"]
        #expect(clerk.run(all: words, typing: ["y"], atTerminal: true) == .done, "\(clerk.err)")
        #expect(clerk.out == "given up: 7,500 ポイント, 1,500 taps\n", "\(clerk.out)")
        let asked = try service.commands(.confirmAttendance)
        #expect(asked.count == 3 && asked.allSatisfy { $0.refuse == true && $0.from < $0.until })
    }

    @Test("Rules are sentences that can be checked, with a worked example under each cap, in both languages")
    func rules() throws {
        #expect(clerk.run("points", "rules") == .done, "\(clerk.err)")
        #expect(
            clerk.out == """
                gym-visit  体育館に来た
                  gives 10 ポイント of ながいポイント for a card held at a reader for a visit
                  only at civic-gym
                  30 ポイント in place of 10 ポイント: in hours of weekend (Sat, Sun 00:00–24:00; national holidays like Sundays)
                  at most once a day
                  at most 3 times a week, Monday to Sunday
                  for example: three taps at one place on each day from Monday to Sunday, of somebody to whom it has never given, at no other amount, are given 3 × 10 = 30 ポイント
                parent-child  親子で参加
                  gives 5 ポイント of ながいポイント for a card held at a reader for any event
                  only to those entitled to parent
                  only together: somebody entitled to child holds a card at the same place, at most 10 min before or after
                  only where gym-visit (体育館に来た) has given on the same day
                  reserved, and given once staff have confirmed the attendance
                  DRAFT: pays nothing yet; kazasu points try shows what it would pay
                  for example: three taps at one place on each day from Monday to Sunday, of somebody to whom it has never given, are given 21 × 5 = 105 ポイント

                """)
        #expect(clerk.run("points", "rules", "gym-visit", "--lang", "ja") == .done)
        #expect(clerk.out.contains("1日1回まで\n") && clerk.out.contains("3回×10=30ポイント"), "\(clerk.out)")
        #expect(clerk.run("points", "rules", "gym-vist") == .refused && clerk.err.contains("Did you mean"), "\(clerk.err)")
    }

    @Test("A run is over for its line and vehicle; anybody still on board changes the exit code")
    func endRun() throws {
        service.answer(.endRun) {
            .accept(RunEnded($0.line, of: $0.agent, at: Sample.at, aboard: $0.agent == "bus-1" ? 0 : 2, by: "points-desk-chamber"))
        }
        #expect(
            clerk.run("ride", "end", "line-1", "bus-1") == .done && clerk.out.hasPrefix("bus-1  市内循環線: run over, 0 had"), "\(clerk.out)")
        #expect(clerk.run("ride", "end", "line-1", "bus-2") == .refused)
        #expect(clerk.run("ride", "end", "line-2", "bus-1") == .refused && clerk.err.contains("Did you mean line-1?"), "\(clerk.err)")
    }

    @Test("A town without a desk for points says how it gets one, and families of commands have families")
    func stations() {
        let other = Clerk()
        #expect(other.run("points", "campaign", "list") == .refused && other.err.contains("points-desks: [chamber]"), "\(other.err)")
        #expect(clerk.run("points", "campaign") == .usage)
        #expect(clerk.err.contains("points campaign needs one more word: open, show, list, approve, discard, reverse."), "\(clerk.err)")
        #expect(clerk.run("points", "campaign", "opn") == .usage && clerk.err.contains("Did you mean open?"), "\(clerk.err)")
        #expect(clerk.run("points", "blance") == .usage && clerk.err.contains("Did you mean balance?"), "\(clerk.err)")
    }
}
