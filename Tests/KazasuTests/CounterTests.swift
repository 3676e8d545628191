import Contracts
import Testing

@testable import Kazasu

@Suite("At the residents' counter")
struct CounterTests {
    private let clerk = Clerk()
    private var directory: PaperDirectory { clerk.directory }

    init() {
        directory.answer(.showPerson) { .accept(Sample.file($0.person ?? Sample.hanako)) }
        directory.answer(.findPersons) {
            .accept(PersonList([Sample.brief($0.tap == PaperDirectory.tap(3) ? Sample.taro : Sample.hanako)], more: false))
        }
        let answer = PersonAnswer(Sample.brief(Sample.hanako), ruling: Sample.ruling)
        directory.answer(.putPerson) { _ in .accept(answer) }
        directory.answer(.linkCard) { _ in .accept(answer) }
        directory.answer(.replaceCard) { _ in .accept(answer) }
        directory.answer(.markCard) { _ in .accept(answer) }
        directory.answer(.relate) { _ in .accept(answer) }
        directory.answer(.setConsent) { _ in .accept(answer) }
        directory.answer(.mergePersons) { _ in .accept(answer) }
        directory.answer(.undoRuling) { _ in .accept(answer) }
        directory.answer(.changeMembers) { .accept(MembersAnswer($0.group, members: 3)) }
        directory.cards = [[Sample.card], [Sample.otherCard]]
    }

    @Test("A town without one says how it gets one, and a name that is none names those there are")
    func registrars() {
        let other = Clerk(registrars: "[]")
        #expect(other.run("group", "members", "staff") == .refused)
        #expect(other.err.contains("registrars: [civil-affairs]"), "\(other.err)")
        #expect(clerk.run("group", "members", "staff", "--as", "office") == .refused)
        #expect(clerk.err.contains("there is no registrar office. Registrars: civil-affairs, second."), "\(clerk.err)")
    }

    @Test("A person is enrolled from a form, and the card that is held becomes theirs")
    func add() throws {
        #expect(
            clerk.run(
                "person", "add", "--tap", "office/reader-1", "--even-if-similar",
                typing: ["name: 長井 花子", "reading: ナガイ ハナコ", "born: S29.3.1"])
                == .done, "\(clerk.err)")
        let command = try #require(try directory.commands(.putPerson).first)
        #expect(command.person == nil && command.tap == PaperDirectory.tap(1) && command.evenIfSimilar == true)
        #expect(command.facts == Sample.facts("長井 花子", "ナガイ ハナコ", born: "1954-03-01"))
        #expect(clerk.out.contains("enrolled: 長井 花子 (ナガイ ハナコ), born 1954-03-01 昭和29年3月1日, \(Sample.hanako)"), "\(clerk.out)")
    }

    @Test("An empty form enrols nobody")
    func addNobody() {
        #expect(clerk.run("person", "add", typing: ["name:"]) == .refused)
        #expect(directory.asked == [])
    }

    @Test("Before a change the clerk sees who it is, and a no sends nothing")
    func confirmation() throws {
        let words = ["group", "join", "staff", Sample.hanako.text]
        #expect(clerk.run(words[0], words[1], words[2], words[3], typing: [""], atTerminal: true) == .refused)
        #expect(clerk.err.contains("長井 花子 (ナガイ ハナコ), born 1954-03-01 昭和29年3月1日"), "\(clerk.err)")
        #expect(clerk.err.hasSuffix("kazasu: nothing was changed.\n"), "\(clerk.err)")
        #expect(try directory.commands(.changeMembers) == [])
        #expect(clerk.run(words[0], words[1], words[2], words[3], typing: ["y"], atTerminal: true) == .done)
        #expect(clerk.run(words[0], words[1], words[2], words[3], "--yes", atTerminal: true) == .done)
        #expect(try directory.commands(.changeMembers) == Array(repeating: ChangeMembers("staff", add: [Sample.hanako]), count: 2))
        #expect(clerk.out == "joined: group staff has 3 members\n")
    }

    @Test("A change says only what is on the form")
    func change() throws {
        #expect(clerk.run("person", "change", Sample.hanako.text, typing: ["住所: 長井市栄町1-1", "needs: -"]) == .done, "\(clerk.err)")
        var facts = PersonFacts()
        (facts.address, facts.needs) = ("長井市栄町1-1", [])
        #expect(try directory.commands(.putPerson) == [PutPerson(Sample.hanako, facts)])
    }

    @Test("The birth date is asked for before anything of the file is shown")
    func link() throws {
        #expect(
            clerk.run(
                "card", "link", Sample.hanako.text, "--tap", "office/reader-1", typing: ["3月1日", "昭和29年3月1日", "yes"], atTerminal: true)
                == .done,
            "\(clerk.err)")
        #expect(try directory.commands(.linkCard) == [LinkCard(PaperDirectory.tap(1), to: Sample.hanako, born: Sample.born)])
        let question = try #require(clerk.err.firstRange(of: "birth date, as the person says it")?.lowerBound)
        let name = try #require(clerk.err.firstRange(of: "長井")?.lowerBound)
        let card = try #require(clerk.err.firstRange(of: "hold the card")?.lowerBound)
        #expect(question < name && name < card, "\(clerk.err)")
        #expect(clerk.err.contains("kazasu person undo \(Sample.ruling)"))
    }

    @Test("A card at a reader that is there for something else is nobody's")
    func otherPurpose() throws {
        directory.purpose = Purpose("visit")!
        #expect(clerk.run("card", "link", Sample.hanako.text, "--tap", "office/reader-1") == .refused)
        #expect(clerk.err.contains("office/reader-1 is for visit now"), "\(clerk.err)")
        #expect(try directory.commands(.linkCard) == [])
    }

    @Test("A guardian's and a child's card make the relation; the same card twice does not")
    func guardian() throws {
        directory.cards = [[Sample.card], [Sample.card, Sample.otherCard]]
        #expect(clerk.run("relation", "guardian", "--tap", "office/reader-1") == .done, "\(clerk.err)")
        #expect(try directory.commands(.relate) == [Relate(.guardian, tap: PaperDirectory.tap(1), toTap: PaperDirectory.tap(3))])
        let mother = try #require(clerk.err.firstRange(of: "花子")?.lowerBound)
        let child = try #require(clerk.err.firstRange(of: "太郎")?.lowerBound)
        #expect(mother < child)
    }

    @Test("An old card and a new one replace each other in one go")
    func replaceBoth() throws {
        #expect(clerk.run("card", "replace", "--old", "office/reader-1", "--tap", "office/reader-1") == .done, "\(clerk.err)")
        #expect(try directory.commands(.replaceCard) == [ReplaceCard(new: PaperDirectory.tap(2), old: PaperDirectory.tap(1))])
    }

    @Test("Without the old card it is the person's only one, with the birth date and a reason")
    func replaceLost() throws {
        #expect(
            clerk.run("card", "replace", Sample.hanako.text, "--tap", "office/reader-1", "--why", "lost", typing: ["1954-03-01"]) == .done,
            "\(clerk.err)")
        #expect(
            try directory.commands(.replaceCard) == [
                ReplaceCard(
                    new: PaperDirectory.tap(1), person: Sample.hanako, oldCard: Sample.card, born: Sample.born, why: "lost")
            ])
    }

    @Test("Which card is lost is not guessed where there are several")
    func severalCards() throws {
        directory.answer(.showPerson) { _ in
            var file = Sample.file(Sample.hanako)
            file.cards.append(CardFile(Sample.otherCard, .felica, .active, since: Sample.at))
            return .accept(file)
        }
        #expect(clerk.run("card", "lost", Sample.hanako.text, "--why", "x") == .refused)
        #expect(clerk.err.contains("several such cards") && clerk.err.contains("\(Sample.otherCard)  works  FeliCa card"), "\(clerk.err)")
        #expect(clerk.run("card", "lost", Sample.hanako.text, "--why", "x", "--card", Sample.otherCard.text) == .done, "\(clerk.err)")
        #expect(clerk.run("card", "activate", Sample.hanako.text, "--why", "x") == .refused)
        #expect(clerk.err.contains("no such card (suspended, lost)"), "\(clerk.err)")
        #expect(clerk.run("card", "unlink", "--tap", "office/reader-1", "--why", "y") == .done, "\(clerk.err)")
        #expect(
            try directory.commands(.markCard) == [
                MarkCard(.lost, card: Sample.otherCard, why: "x"), MarkCard(.unlinked, tap: PaperDirectory.tap(1), why: "y"),
            ])
    }

    @Test("A consent by a card that is held says so itself; one on paper names the person")
    func consents() throws {
        #expect(
            clerk.run("consent", "give", "notifier", "school-gate", "--tap", "office/reader-1", "--wording", "2026-04") == .done,
            "\(clerk.err)")
        #expect(clerk.run("consent", "withdraw", "shelter", "care-needs", Sample.hanako.text, "--wording", "2026-04") == .usage)
        #expect(
            clerk.run("consent", "withdraw", "shelter", "care-needs", Sample.hanako.text, "--wording", "2026-04", "--how", "paper") == .done
        )
        #expect(
            try directory.commands(.setConsent) == [
                SetConsent("notifier", "school-gate", given: true, tap: PaperDirectory.tap(1), wording: "2026-04", how: "tap"),
                SetConsent("shelter", "care-needs", given: false, person: Sample.hanako, wording: "2026-04", how: "paper"),
            ])
        #expect(clerk.run("consent", "give", "notifier", "school-gate", "--wording", "2026-04") == .usage, "nobody")
    }

    @Test("A merge shows both, asks for a reason, and says how it is taken back")
    func merge() throws {
        #expect(clerk.run("person", "merge", Sample.taro.text, Sample.hanako.text) == .usage, "without a reason")
        #expect(
            clerk.run("person", "merge", Sample.taro.text, Sample.hanako.text, typing: ["the same person", "y"], atTerminal: true) == .done,
            "\(clerk.err)")
        #expect(try directory.commands(.mergePersons) == [MergePersons(Sample.taro, into: Sample.hanako, why: "the same person")])
        #expect(clerk.err.contains("太郎") && clerk.err.contains("花子") && clerk.err.contains("person undo \(Sample.ruling)"))
        #expect(clerk.run("person", "undo", Sample.ruling.description, "--why", "a mistake") == .done)
        #expect(try directory.commands(.undoRuling) == [UndoRuling(Sample.ruling, why: "a mistake")])
    }

    @Test("A key is retired only when it is meant, and its cards are counted first")
    func retireKey() throws {
        directory.answer(.retireTokenKey) { _ in .accept(RetiredKey(followed: 812, stranded: 9)) }
        #expect(clerk.run("card", "retire-key", "1") == .done)
        #expect(clerk.out == "known under a newer key  812\nwould work no more       9\n", "\(clerk.out)")
        #expect(clerk.run("card", "retire-key", "1", "--really") == .done)
        #expect(try directory.commands(.retireTokenKey) == [RetireTokenKey(1, dry: true), RetireTokenKey(1, dry: false)])
        #expect(clerk.run("card", "retire-key", "0") == .usage)
    }

    @Test("Looking takes one thing at a time, reads a birth date as it is written, and goes through all pages")
    func find() throws {
        directory.answer(.findPersons) { search in
            .accept(PersonList([Sample.brief(search.after == nil ? Sample.hanako : Sample.taro)], more: search.after == nil))
        }
        #expect(clerk.run("person", "find", "--group", "staff", "--household") == .usage)
        #expect(clerk.run("person", "find", typing: ["reading: ナガイ ハナコ", "born: S29.3.1"]) == .done, "\(clerk.err)")
        let lines = clerk.out.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].contains("長井 花子  ナガイ ハナコ  1954-03-01 昭和29年3月1日"), "\(clerk.out)")
        let first = try #require(try directory.commands(.findPersons).first)
        #expect(first.reading == "ナガイ ハナコ" && first.born == Sample.born)
        #expect(clerk.run("person", "find", "--list", "residents", "--json", typing: ["番号: 0012"]) == .done)
        #expect(clerk.out.hasPrefix("[{\"born\":\"1954-03-01\""))
        let third = try #require(try directory.commands(.findPersons).dropFirst(2).first)
        #expect(third.list == "residents" && third.number == "0012" && third.reading == nil)
    }

    @Test("A refusal of the directory is its own sentence, and changes the exit code")
    func refused() {
        directory.answer(.linkCard) { _ in .refuse("wrong-person", "The birth date is another one.") }
        #expect(clerk.run("card", "link", Sample.hanako.text, "--tap", "office/reader-1", typing: ["1954-03-02"]) == .refused)
        #expect(clerk.err.hasSuffix("kazasu: The birth date is another one.\n"), "\(clerk.err)")
    }
}
