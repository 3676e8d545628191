import Bus
import Contracts
import Glibc
import ServiceKit
import Sheets
import Testing

@testable import Kazasu

@Suite("The residents' counter of a town that runs")
struct TownHallTests {
    /// A town with its real broker and its real directory, a clerk at each of its two counters, and a hand with cards.
    private final class TownHall {
        let town: RunningTown
        /// Cards that are held, one each time a clerk asks for one, and held again until they are read.
        var cards: [Token] = []
        private(set) var out = ""
        private(set) var err = ""
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
                    registrars: [civil-affairs, second]
                    people:
                      lists:
                        residents:
                          says: residents
                          columns: { number: 番号, name: 氏名, reading: フリガナ, born: 生年月日, address: 住所 }
                    """
                }, options: ["--no-agents"])
            #expect(town.says("ready: "), "\(town.output)")
        }

        @discardableResult
        func run(_ words: String..., typing lines: [String] = []) -> ExitCode {
            (out, err) = ("", "")
            var lines = lines
            var console = Console.live
            console.out = { self.out += $0 }
            console.err = { self.err += $0 }
            console.read = { lines.isEmpty ? nil : lines.removeFirst() }
            console.isTerminal = false
            var isHeld = false
            console.progress = { text in
                guard text.hasPrefix("waiting for a card") else {
                    // The one in hand was read.
                    if isHeld { self.cards.removeFirst() }
                    isHeld = false
                    return
                }
                isHeld = !self.cards.isEmpty
                if isHeld { self.hold() }
            }
            return Kazasu(commands: Kazasu.commands, console: console).run(words + ["--town", town.town])
        }

        /// The ruling and the person that a command with `--json` has said.
        func answer() throws -> PersonAnswer { try Array(out.utf8).decoded() }

        private func hold() {
            taps += 1
            let now = wallClock()
            let tapped = Tapped(
                token: cards[0], scheme: .cardApp, assurance: .proved, reader: "reader-1", place: "town-hall", purpose: Purpose("enrol")!,
                clock: .synced)
            let envelope = Envelope(
                id: EventID(at: now, random: (0, UInt64(taps))), source: "/nagai/reader-agent/office", time: now,
                position: StreamPosition(epoch: Epoch("1795000000000-aaaa")!, number: taps), data: tapped)
            do { try town.say("agent-office", ("nagai/reader-agent/event/office/tap", try envelope.json())) } catch {
                Issue.record(error)
            }
        }
    }

    @Test("People are enrolled, get cards, become guardian and child, and everything done is told in their history")
    func ceremonies() throws {
        let hall = try TownHall()
        func enrol(_ name: String, _ reading: String, _ born: String) throws -> PersonID {
            let code = hall.run("person", "add", "--json", typing: ["name: \(name)", "reading: \(reading)", "born: \(born)"])
            #expect(code == .done, "\(hall.err)")
            return try hall.answer().person.person
        }
        let hanako = try enrol("長井 花子", "ナガイ ハナコ", "S29.3.1")
        let taro = try enrol("長井 太郎", "ながい たろう", "平成28年4月2日")
        #expect(hall.run("person", "add", typing: ["name: 長井 華子", "reading: ﾅｶﾞｲﾊﾅｺ", "born: 1954/3/1"]) == .refused, "the same once more")
        #expect(hall.err.contains(hanako.text), "\(hall.err)")

        // A card is linked only with the birth date that is said.
        hall.cards = [Sample.card, Sample.card]
        #expect(hall.run("card", "link", hanako.text, "--tap", "office/reader-1", typing: ["S29.3.2"]) == .refused)
        #expect(hall.err.contains("not the birth date of \(hanako)"), "\(hall.err)")
        #expect(hall.run("card", "link", hanako.text, "--tap", "office/reader-1", typing: ["S29.3.1"]) == .done, "\(hall.err)")
        hall.cards = [Sample.otherCard]
        #expect(hall.run("card", "link", taro.text, "--tap", "office/reader-1", "--json", typing: ["H28.4.2"]) == .done, "\(hall.err)")

        hall.cards = [Sample.card, Sample.otherCard]
        #expect(hall.run("relation", "guardian", "--tap", "office/reader-1") == .done, "\(hall.err)")
        hall.cards = [Sample.card]
        #expect(
            hall.run("consent", "give", "notifier", "school-gate", "--tap", "office/reader-1", "--wording", "2026-04") == .done,
            "\(hall.err)")
        #expect(hall.run("group", "join", "staff", hanako.text, taro.text) == .done, "\(hall.err)")
        let sheet = "\(hall.town.scratch.path)/staff.csv"
        #expect(hall.run("group", "members", "staff", "--csv", sheet, "--encoding", "cp932") == .done, "\(hall.err)")
        var rows = try SheetReader(try readWhole(sheet), encoding: .cp932)
        var names: [String] = []
        while let row = rows.next() { names.append(try row.get().cells[1]) }
        #expect(names.count == 2 && names.contains { $0.contains("花子") })
        #expect(hall.run("group", "members", "staff", "--csv", sheet) != .done && hall.err.contains("staff.csv"))
        #expect(hall.run("group", "leave", "staff", taro.text) == .done, "\(hall.err)")
        #expect(hall.run("group", "members", "staff") == .done)
        #expect(hall.out.contains("長井 花子") && !hall.out.contains("長井 太郎"), "\(hall.out)")
        #expect(hall.run("person", "find", typing: ["reading: ナガイ タロウ", "born: 2016-04-02"]) == .done)
        #expect(hall.out.contains("\(taro)") && !hall.out.contains("\(hanako)"), "\(hall.out)")

        // Another card in place of the one that was lost, and the old one is hers no more.
        let new = Token("k1.cccccccccccccccccccccccccc")!
        #expect(hall.run("card", "lost", hanako.text, "--why", "on the bus") == .done, "\(hall.err)")
        hall.cards = [new]
        #expect(
            hall.run("card", "replace", hanako.text, "--tap", "office/reader-1", "--why", "on the bus", typing: ["昭和29年3月1日"]) == .done,
            "\(hall.err)")
        #expect(hall.run("person", "show", hanako.text, "--why", "asked") == .done, "\(hall.err)")
        for text in [
            "replaced  My Number card", "works     My Number card", "this person is guardian of  長井 太郎", "given  notifier school-gate",
            "staff",
        ] {
            #expect(hall.out.contains(text), "\(text)\n\(hall.out)")
        }
        // Its agent runs nowhere, so what became of her cards there is missing; the others have told their part.
        #expect(hall.run("person", "history", hanako.text, "--why", "asked") == .unknown)
        #expect(hall.err.contains("reader-agent/office did not answer") && !hall.err.contains("lock-controller"), "\(hall.err)")
        for text in [
            "enrolled", "linked a card \(Sample.card)", "noted a card as lost", "replaced a card", "put into a group staff",
            "looked at the file",
        ] {
            #expect(hall.out.contains(text), "\(text)\n\(hall.out)")
        }
        #expect(hall.out.contains("by registrar-civil-affairs"), "\(hall.out)")
        #expect(!hall.town.output.contains { $0.contains("長井 ") || $0.contains("1954") }, "what the programs say names nobody")

        // Of all this the log has no word: neither names nor cards.
        let log = read("\(hall.town.scratch.path)/data/log/up.log")
        #expect(log.contains("resident-directory-main"))
        for secret in ["花子", "太郎", "華子", "ナガイ", "1954", Sample.card.text, Sample.otherCard.text, new.text, hanako.text, taro.text] {
            #expect(!log.contains(secret), "\(secret)")
        }
    }

    @Test("A wrong link is undone, a blank card's holder is merged with the real one, and who is erased is gone")
    func mistakes() throws {
        let hall = try TownHall()
        hall.run("person", "add", "--json", typing: ["name: 長井 花子", "reading: ナガイ ハナコ", "born: S29.3.1"])
        let hanako = try hall.answer().person.person
        hall.cards = [Sample.card]
        #expect(hall.run("person", "add", "--json", "--tap", "office/reader-1", typing: ["standing: provisional"]) == .done, "\(hall.err)")
        let blank = try hall.answer().person.person
        #expect(hall.run("person", "merge", blank.text, hanako.text, "--why", "it is her card", "--json") == .done, "\(hall.err)")
        let merge = try #require(try hall.answer().ruling)
        hall.cards = [Sample.card]
        #expect(hall.run("person", "find", "--tap", "office/reader-1") == .done, "\(hall.err)")
        #expect(hall.out.contains(hanako.text), "\(hall.out)")
        #expect(hall.run("person", "undo", merge.description, "--why", "it is not") == .done, "\(hall.err)")
        hall.cards = [Sample.card]
        #expect(hall.run("person", "find", "--tap", "office/reader-1") == .done, "\(hall.err)")
        #expect(hall.out.contains(blank.text), "\(hall.out)")

        let copy = hall.town.scratch.path + "/copy.json"
        #expect(hall.run("person", "export", hanako.text, "--why", "asked", "--to", copy) == .unknown, "\(hall.err)")
        #expect(read(copy).contains("長井 花子") && read(hall.town.scratch.path + "/copy.html").contains("重複登録の統合"))
        #expect(hall.run("person", "erase", hanako.text, "--why", "asked") == .done, "\(hall.err)")
        #expect(hall.out.contains("erased"), "\(hall.out)")
        #expect(hall.run("person", "find", typing: ["reading: ナガイ ハナコ", "born: 1954-03-01"]) == .done)
        #expect(hall.out == "nobody\n", "\(hall.out)")
    }

    @Test("The key that personal data lies under is changed while the town runs, and every file opens as before")
    func vaultKey() throws {
        let hall = try TownHall()
        hall.run("person", "add", "--json", typing: ["name: 長井 花子", "reading: ナガイ ハナコ", "born: S29.3.1"])
        let hanako = try hall.answer().person.person
        func restartDirectory() throws {
            let process = try #require(hall.town.process(of: "resident-directory-main"))
            kill(process, SIGKILL)
            #expect(eventually { hall.town.says("") && hall.town.process(of: "resident-directory-main") != process }, "\(hall.town.output)")
        }
        #expect(hall.run("vault", "add-key") == .done, "\(hall.err)")
        #expect(hall.run("vault", "retire", "1") == .refused, "\(hall.out)")
        try restartDirectory()
        #expect(
            eventually { hall.run("vault", "status", "--json") == .done && hall.out.contains("\"rowsUnderOlderKeys\":0,\"sealing\":2") })
        #expect(hall.run("vault", "retire", "1") == .done, "\(hall.err)")
        try restartDirectory()
        #expect(eventually { hall.run("vault", "status", "--json") == .done && hall.out.contains("\"keys\":[2]") })
        #expect(hall.run("person", "show", hanako.text, "--why", "asked") == .done, "\(hall.err)")
        #expect(hall.out.contains("長井 花子"), "\(hall.out)")
        #expect(hall.run("person", "find", typing: ["reading: ナガイ ハナコ", "born: S29.3.1"]) == .done)
        #expect(hall.out.contains(hanako.text), "by an index that did not change")
        #expect(hall.run("person", "tell-again", "--why", "put back") == .done, "\(hall.err)")
    }

    @Test("A list is handed over at one counter, approved at the other, and applied")
    func lists() throws {
        let hall = try TownHall()
        let path = hall.town.scratch.path + "/residents.csv"
        let rows = (1...400).map { "\($0),長井 \($0)子,ナガイ,S29.3.\($0 % 28 + 1),長井市栄町\($0)" }
        write((["番号,氏名,フリガナ,生年月日,住所"] + rows + ["401,長井 太郎,ナガイ,昭和65年1月1日,"]).joined(separator: "\r\n"), to: path)
        #expect(hall.run("import", path, "--list", "residents") == .done, "\(hall.err)")
        #expect(hall.out.contains("400 new, 1 not understood: line 402\n"), "\(hall.out)")
        #expect(hall.run("import", path, "--list", "residents", "--json") == .done, "once more is nothing")
        let review = try Array(hall.out.utf8).decoded(as: ListReview.self)
        #expect(review.stage == .ready && review.counts["new"] == 400)
        let id = review.id.description
        #expect(hall.run("import", "apply", id) == .refused, "not approved")
        #expect(hall.run("import", "approve", id) == .refused, "by whoever handed it over")
        #expect(hall.run("import", "approve", id, "--as", "second") == .done, "\(hall.err)")
        #expect(hall.run("import", "show", id, "--all", "--only", "new", "--json") == .done)
        #expect(try Array(hall.out.utf8).decoded(as: ListReview.self).lines.count == 400)
        #expect(hall.run("import", "apply", id) == .done, "\(hall.err)")
        #expect(hall.out.contains("401 rows: applied"), "\(hall.out)")
        #expect(hall.run("person", "find", "--list", "residents", typing: ["number: 317"]) == .done, "\(hall.err)")
        #expect(hall.out.contains("長井 317子"), "\(hall.out)")
    }
}
