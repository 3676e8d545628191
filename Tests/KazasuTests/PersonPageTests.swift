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
        #expect(try Array(read(json).utf8).decoded(as: PersonFile.self) == Self.file())
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
