import Bus
import Contracts
import Glibc
import ServiceKit
import Sheets
import Testing

@testable import Kazasu

@Suite("The points of a town that runs")
final class PointsTownTests {
    private let town: RunningTown
    private let recorder = Recorder()
    /// Cards that are held, one each time somebody is asked for one, and held again until they are read.
    private var cards: [Token] = []
    private var taps: Int64 = 0

    init() throws {
        town = try RunningTown(
            { port in
                """
                town: nagai
                title: 長井市
                broker: { host: localhost, port: \(port) }
                agents:
                  office:
                    readers:
                      reader-1: { device: "Virtual", place: town-hall, purpose: enrol }
                      reader-2: { device: "Virtual", place: town-hall, purpose: points }
                      reader-3: { device: "Virtual", place: bakery, purpose: "shop:bakery" }
                registrars: [civil-affairs]
                points-desks: [chamber, second]
                points:
                  purses:
                    points: { title: ながいポイント, expires: 24 months, gifts-per-day: 500 }
                  shops:
                    bakery: { title: パン工房, fee: 1.5% }
                """
            }, options: ["--no-agents"])
        #expect(town.says("ready: "), "\(town.output)")
    }

    private func run(_ words: String..., typing lines: [String] = []) -> (code: ExitCode, out: String, err: String) {
        (recorder.out, recorder.err, recorder.input) = ("", "", lines)
        var console = recorder.console()
        var isHeld = false
        console.progress = { text in
            guard text.hasPrefix("waiting for a card") else {
                // The one in hand was read.
                if isHeld { self.cards.removeFirst() }
                isHeld = false
                return
            }
            isHeld = !self.cards.isEmpty
            if isHeld { self.hold(self.cards[0], text.contains("reader-1") ? ("reader-1", "enrol") : ("reader-2", "points")) }
        }
        let code = Kazasu(commands: Kazasu.commands, console: console).run(words + ["--town", town.town])
        return (code, recorder.out, recorder.err)
    }

    private func hold(_ card: Token, _ reader: (id: ReaderID, purpose: String), paying charge: TapCharge? = nil) {
        taps += 1
        let now = wallClock()
        var tapped = Tapped(
            token: card, scheme: .cardApp, assurance: .proved, reader: reader.id, place: "town-hall", purpose: Purpose(reader.purpose)!,
            clock: .synced)
        tapped.charge = charge
        let envelope = Envelope(
            id: EventID(at: now, random: (0, UInt64(taps))), source: "/nagai/reader-agent/office", time: now,
            position: StreamPosition(epoch: Epoch("1795000000000-aaaa")!, number: taps), data: tapped)
        do { try town.say("agent-office", ("nagai/reader-agent/event/office/tap", try envelope.json())) } catch { Issue.record(error) }
    }

    private func enrol(_ name: String, _ born: String, _ card: Token) throws -> String {
        #expect(
            run("person", "add", "--json", typing: ["name: \(name)", "reading: \(name)", "born: \(born)"]).code == .done, "\(recorder.err)")
        let person = try Array(recorder.out.utf8).decoded(as: PersonAnswer.self).person.person.text
        cards = [card]
        #expect(run("card", "link", person, "--tap", "office/reader-1", typing: [born]).code == .done, "\(recorder.err)")
        return person
    }

    @Test(
        "Points are given, passed on, spent, paid back, taken back and settled, and the ledger adds up; a list is paid once, by two people")
    func day() throws {
        let hanako = try enrol("ながいはなこ", "S29.3.1", Sample.card)
        let taro = try enrol("ながいたろう", "H28.4.2", Sample.otherCard)
        #expect(
            run("points", "award", hanako, "1,000", "points", "--why", "volunteer-day").out.hasPrefix("given: 1,000 ポイント"),
            "\(recorder.err)")
        cards = [Sample.card]
        #expect(run("points", "balance", "--tap", "office/reader-2").out.contains("ながいポイント  1,000 ポイント"), "\(recorder.err)")
        cards = [Sample.card, Sample.otherCard]
        let gift = run("points", "give", "300", "points", "--from", "office/reader-2", "--to", "office/reader-2")
        #expect(gift.code == .done && gift.out.contains("there are 700 ポイント"), "\(gift)")
        cards = [Sample.card, Sample.otherCard]
        let much = run("points", "give", "300", "points", "--from", "office/reader-2", "--to", "office/reader-2")
        #expect(much.code == .refused && much.err.contains("gives 500 a day at most"), "\(much)")

        // What the till has asked goes with the tap.
        hold(Sample.card, ("reader-3", "shop:bakery"), paying: TapCharge(450))
        #expect(eventually { run("till", "list", "--json").out.contains(#""paid":450"#) }, "\(recorder.out) \(recorder.err)")
        let payment = try #require(try Array(recorder.out.utf8).decoded(as: PaymentsPage.self).payments.first)
        #expect(payment.person == nil && payment.parts.allSatisfy { $0.account == nil }, "a shop is told of nobody")
        #expect(run("till", "refund", payment.id.description, "50").out.contains("50 yen paid back"), "\(recorder.err)")
        let settled = run("points", "settle", "shop/bakery", "--from", wallClock().day(.japan), "--to", wallClock().day(.japan))
        #expect(settled.out.contains("400 yen, fee 6 yen, payable 394 yen"), "\(settled)")

        let history = run("points", "history", hanako, "--all")
        let lines = history.out.split(separator: "\n").dropFirst().map(String.init)
        #expect(lines.count == 4, "\(history)")
        for (line, says) in zip(lines, ["paid back by パン工房", "paid at パン工房", "gift to \(taro)", "awarded: volunteer-day"]) {
            #expect(line.contains(says), "\(line)")
        }
        #expect(lines.compactMap { $0.split(separator: " ").last } == ["300", "250", "700", "1,000"], "\(history)")

        let list = town.scratch.path + "/people.csv"
        write("person,amount\r\n\(hanako),\r\n\(taro),50\r\n\(taro),\r\np-aaaaaaaaaaaaaaaa,\r\n", to: list)
        func open(_ id: String) -> (code: ExitCode, out: String, err: String) {
            run(
                "points", "campaign", "open", id, "--title", "応援", "--benefit", "support", "--amount", "100", "--purse", "points", "--list",
                list)
        }
        #expect(open("spring").out.contains("2 new, 1 repeat, 1 unknown; 150 ポイント in all"), "\(recorder.err)")
        #expect(run("points", "campaign", "approve", "spring").err.contains("--as second"))
        #expect(run("points", "campaign", "approve", "spring", "--as", "second").out.contains("2 paid"), "\(recorder.err)")
        #expect(open("again").out.contains("0 new, 3 repeats, 1 unknown; 0 ポイント in all"), "\(recorder.err)")
        #expect(run("points", "history", taro).out.contains("campaign: 応援"), "\(recorder.out)")
        #expect(run("points", "campaign", "reverse", "spring").code == .done, "\(recorder.err)")
        #expect(
            run("points", "campaign", "approve", "spring", "--as", "second").out.contains("2 taken back, 0 had spent it"), "\(recorder.out)"
        )

        let balances = town.scratch.path + "/balances.csv"
        write("番号,種類,金額,有効期限\r\n\(hanako),ながいポイント,\"1,200\",令和19年3月31日\r\n\(taro),points,30,\r\n", to: balances)
        #expect(run("points", "import", balances).code == .done, "\(recorder.err)")
        #expect(run("points", "import", balances, "--approve", "--as", "second").code == .done, "\(recorder.out) \(recorder.err)")
        #expect(run("points", "import", balances).out.contains("1,200 ポイント  1,200 ポイント  0"), "\(recorder.out)")
        #expect(run("points", "balance", hanako).out.contains("1,500 ポイント"), "\(recorder.out)")

        let notes = town.scratch.path + "/ledger.txt"
        for _ in 0..<2 { #expect(run("points", "verify", "--noted", notes).out.hasPrefix("nothing is wrong"), "\(recorder.out)") }
        #expect(run("points", "reverse", "1", "--why", "wrong-person").code == .refused && recorder.err.contains("spent already"))
        #expect(town.says("ready: "), "nothing was started again: \(town.output)")
    }
}
