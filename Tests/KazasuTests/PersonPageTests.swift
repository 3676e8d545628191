import Contracts
import Glibc
import Testing

@testable import Kazasu

@Suite("A person's page")
struct PersonPageTests {
    private let clerk = Clerk()

    private static func file() -> PersonFile {
        var file = Sample.file(Sample.hanako)
        file.facts.address = "長井市<栄町>1-1"
        file.facts.name = "長井 花子 & Co \u{1B}[2J"
        file.relations = [RelationFile(.guardian, Sample.taro, isOfThisPerson: true, name: "長井 太郎", since: Sample.at)]
        file.consents = [Consent("notifier", "school-gate", given: true, wording: "2026-04", how: "tap", at: Sample.at)]
        file.views = ["lock-view": "{\"groups\":[\"staff\",\"gym\"],\"person\":\"p-x\"}", "odd": "no json"]
        file.history = [
            RulingFile(EventID(high: 3, low: 3), .looked, at: Sample.at + .seconds(60), by: "registrar-second", why: "asked"),
            RulingFile(EventID(high: 2, low: 2), .linked, at: Sample.at, by: "registrar-civil-affairs"),
        ]
        return file
    }

    @Test("stands for all that is known, the kana under the name, in time order")
    func text() {
        clerk.directory.answer(.showPerson) { _ in .accept(Self.file()) }
        #expect(clerk.run("person", "show", Sample.hanako.text, "--why", "asked") == .done, "\(clerk.err)")
        let lines = clerk.out.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "長井 花子 & Co \u{FFFD}[2J" && lines[1] == "ナガイ ハナコ", "\(clerk.out)")
        for line in [
            "  born       1954-03-01 昭和29年3月1日, 72 years", "  works  My Number card  2026-11-21 08:15–  \(Sample.card)",
            "  this person is guardian of  長井 太郎  \(Sample.taro)  2026-11-21 08:15", "  lock-view  groups: staff gym, person: p-x",
            "  odd        no json",
            "  given  notifier school-gate  2026-11-21 08:15  tap  wording 2026-04",
        ] { #expect(lines.contains(line), "\(line)\n\(clerk.out)") }
        #expect(lines[lines.count - 3].hasPrefix("  2026-11-21 08:15  linked a card       by registrar-civil-affairs"), "\(clerk.out)")
        #expect(
            lines[lines.count - 2].hasPrefix("  2026-11-21 08:16  looked at the file  by registrar-second         asked"), "\(clerk.out)")
        #expect(clerk.run("person", "show", Sample.hanako.text, "--why", "asked", "--lang", "ja") == .done)
        #expect(clerk.out.contains("本人が保護者") && clerk.out.contains("マイナンバーカード") && !clerk.out.contains("guardian"), "\(clerk.out)")
    }

    @Test("is asked for with a reason, by the person's id or the person's card")
    func asked() throws {
        clerk.directory.answer(.showPerson) { _ in .accept(Self.file()) }
        clerk.directory.cards = [[Sample.card]]
        #expect(clerk.run("person", "show", Sample.hanako.text) == .usage)
        #expect(clerk.run("person", "show", "--why", "asked") == .usage)
        #expect(clerk.run("person", "show", Sample.hanako.text, "--tap", "office/reader-1", "--why", "asked") == .usage)
        #expect(clerk.run("person", "history", "--tap", "office/reader-1", "--why", "asked") == .done, "\(clerk.err)")
        #expect(try clerk.directory.commands(.showPerson) == [ShowPerson(tap: PaperDirectory.tap(1), why: "asked")])
    }

    @Test("of a long history is fetched to its end")
    func pages() throws {
        clerk.directory.answer(.showPerson) { look in
            var file = Self.file()
            file.history = [file.history[look.after == nil ? 0 : 1]]
            file.more = look.after == nil
            return .accept(file)
        }
        #expect(clerk.run("person", "history", Sample.hanako.text, "--why", "asked") == .done, "\(clerk.err)")
        #expect(clerk.out.split(separator: "\n").count == 2, "\(clerk.out)")
    }

    @Test("is written for its owner alone, as JSON and as a page without a tag that somebody's address brought in, and replaces nothing")
    func export() throws {
        clerk.directory.answer(.showPerson) { _ in .accept(Self.file()) }
        let (json, page) = (clerk.scratch.path + "/copy.json", clerk.scratch.path + "/copy.html")
        #expect(clerk.run("person", "export", Sample.hanako.text, "--why", "asked", "--to", json) == .done, "\(clerk.err)")
        let copy = try Array(read(json).utf8).decoded(as: Copy.self)
        var file = Self.file()
        file.history = []
        #expect(copy.file == file && copy.history.entries.compactMap(\.ruling) == Self.file().history.reversed())
        let html = read(page)
        #expect(html.contains("<h1><ruby>長井 花子 &amp; Co \u{FFFD}[2J<rt>ナガイ ハナコ</rt></ruby></h1>"), "\(html)")
        #expect(html.contains("長井市&lt;栄町&gt;1-1") && html.contains("長井市 登録情報の写し") && html.contains("本人が保護者"), "\(html)")
        for path in [json, page] {
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
        let asked = clerk.directory.asked.count
        #expect(clerk.run("person", "export", Sample.hanako.text, "--why", "asked", "--to", json) == .refused)
        #expect(clerk.err.contains("copy.json exists") && clerk.directory.asked.count == asked)
    }

    /// What a program reads of a history.
    private struct History: Decodable {
        struct Entry: Decodable {
            let at: Instant
            let keptUntil: Instant?
            let process: String?
            let ruling: RulingFile?
            let use: Use?
        }
        let entries: [Entry]
        let silent: [String]
    }
    private struct Copy: Decodable {
        let file: PersonFile
        let history: History
    }

    /// A card that was lost, one that was taken away again, and what became of a tap with each; one tap is older than the card was theirs.
    private func play() {
        var file = Self.file()
        file.cards = [
            CardFile(Sample.card, .cardApp, .lost, since: Sample.at, until: Sample.at + .seconds(120)),
            CardFile(Sample.otherCard, .felica, .unlinked, since: Sample.at, until: Sample.at + .seconds(120)),
        ]
        clerk.directory.answer(.showPerson) { _ in .accept(file) }
        func tap(_ token: Token, _ seconds: Int) -> EventID {
            EventID(at: Sample.at + .seconds(seconds), random: (0, token == Sample.card ? 1 : 2))
        }
        clerk.directory.uses = { process, question in
            switch (process, question.tokens?.first, question.taps) {
            case ("reader-agent--office", let token?, _):
                return .accept(
                    Uses(
                        [600, 30, -600].map {
                            Use(
                                Tapped.type, of: tap(token, $0), at: Sample.at + .seconds($0), keptUntil: Sample.at + .seconds(30 * 86_400),
                                place: "town-hall", purpose: Purpose("visit")!, about: "reader-1")
                        }))
            case ("lock-controller--main", nil, let taps?): return .accept(Uses(taps.map { Use(Use.read, of: $0, at: $0.time) }))
            default: return .accept(Uses([]))
            }
        }
    }

    @Test("and history are one: what was decided, who looked, and who has used the cards while they were the person's, each with its end")
    func history() throws {
        play()
        #expect(clerk.run("person", "history", Sample.hanako.text, "--why", "asked") == .done, "\(clerk.err)")
        let lines = clerk.out.split(separator: "\n").map(String.init)
        #expect(
            lines.map { $0.split(separator: " ").joined(separator: " ") } == [
                "2026-11-21 08:15 linked a card by registrar-civil-affairs kept until 2036-11-18 \(EventID(high: 2, low: 2))",
                "2026-11-21 08:15 card read by reader-agent/office town-hall, a visit kept until 2026-12-21",
                "2026-11-21 08:15 took note of the tap by lock-controller town-hall, a visit end not known yet",
                "2026-11-21 08:15 card read by reader-agent/office town-hall, a visit kept until 2026-12-21",
                "2026-11-21 08:15 took note of the tap by lock-controller town-hall, a visit end not known yet",
                "2026-11-21 08:16 looked at the file by registrar-second asked kept until 2036-11-18 \(EventID(high: 3, low: 3))",
                "2026-11-21 08:25 card read by reader-agent/office town-hall, a visit kept until 2026-12-21",
                "2026-11-21 08:25 took note of the tap by lock-controller town-hall, a visit end not known yet",
            ], "\(clerk.out)")
        #expect(clerk.run("person", "history", Sample.hanako.text, "--why", "asked", "--lang", "ja") == .done)
        #expect(clerk.out.contains("2026-12-21まで保存") && clerk.out.contains("保存期限未定") && clerk.out.contains("カード読取"), "\(clerk.out)")
        #expect(clerk.run("person", "history", Sample.hanako.text, "--why", "asked", "--json") == .done)
        let history = try Array(clerk.out.utf8).decoded(as: History.self)
        #expect(history.entries.map(\.at) == history.entries.map(\.at).sorted() && history.silent == [])
        #expect(history.entries.compactMap(\.use).count == 6 && history.entries.compactMap(\.ruling).count == 2)
        #expect(history.entries.allSatisfy { ($0.keptUntil != nil) == ($0.use?.what != Use.read) })
    }

    @Test("names whoever does not tell what became of the cards, on the screen, in the copy and by its exit code")
    func silent() throws {
        play()
        clerk.directory.processes.removeFirst()
        #expect(clerk.run("person", "history", Sample.hanako.text, "--why", "asked") == .unknown)
        #expect(clerk.err.contains("reader-agent/office did not answer: its part is missing"), "\(clerk.err)")
        let path = clerk.scratch.path + "/copy.json"
        #expect(clerk.run("person", "export", Sample.hanako.text, "--why", "asked", "--to", path) == .unknown, "\(clerk.err)")
        #expect(try Array(read(path).utf8).decoded(as: Copy.self).history.silent == ["reader-agent/office"])
        clerk.directory.processes.insert(Address("reader-agent", "office"), at: 0)
        let whole = clerk.scratch.path + "/whole.json"
        #expect(clerk.run("person", "export", Sample.hanako.text, "--why", "asked", "--to", whole) == .done, "\(clerk.err)")
        #expect(read(clerk.scratch.path + "/whole.html").contains("<td>カード読取</td>"))
        #expect(try Array(read(whole).utf8).decoded(as: Copy.self).history.entries.contains { $0.use?.place == "town-hall" })
    }

    @Test("that was erased tells what is gone, and what stays and why")
    func erased() throws {
        clerk.directory.answer(.showPerson) { _ in .accept(Self.file()) }
        clerk.directory.answer(.erasePerson) { _ in .accept(Erased(gone: ["cards": 2], kept: ["rulings": "until 2031-11-21, the law"])) }
        #expect(clerk.run("person", "erase", Sample.hanako.text, "--why", "asked", typing: ["n"], atTerminal: true) == .refused)
        #expect(try clerk.directory.commands(.erasePerson) == [])
        #expect(clerk.run("person", "erase", Sample.hanako.text, "--why", "asked") == .done)
        #expect(clerk.out == "erased  cards    2\nkept    rulings  until 2031-11-21, the law\n", "\(clerk.out)")
    }
}
