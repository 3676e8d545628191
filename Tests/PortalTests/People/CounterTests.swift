import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("What a residents' counter shows of a card that is held, and for how long")
struct CounterTests {
    @Test("A card at the reader for enrolment comes to the counter that has chosen it and is open, asked for in its own name")
    func tap() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        try stage.hold()
        #expect(try stage.given(.findPersons).isEmpty)
        try stage.open()
        try portal.get("/events/people/ja/\(CounterStage.reader)", as: "tanaka")
        let opened = try #require(portal.rig.effects.compactMap { $0 as? Opened }.last)
        #expect(opened.feeds.filter { !$0.hasPrefix("session/") } == ["people/tanaka/\(CounterStage.reader)"])
        try stage.hold(reader: "reader-1")
        try stage.hold(purpose: .door("gym"))
        #expect(try stage.given(.findPersons).isEmpty && stage.pieces().isEmpty)
        let tap = try stage.hold()
        #expect(stage.pieces().last?.contains("照会しています") == true)
        let (user, command) = try portal.command(.findPersons)
        #expect(user == "registrar-civil" && command.data.tap == tap)
        try stage.holder(.hana)
        let piece = try #require(stage.pieces().last)
        for words in ["長井花&lt;子&gt;", "ナガイ ハナコ", "昭和29年3月1日生", "form=\\\"open\\\" name=\\\"tap\\\" value=\\\"\(tap)\\\""] {
            #expect(piece.contains(words), "\(words): \(piece)")
        }
        #expect(try portal.looks() == [Looked(.person, account: "tanaka", by: "registrar-civil", person: PersonBrief.hana.person)])
        #expect(stage.pieces(of: "mori").isEmpty)
    }

    @Test("The next card takes the former away at once, an answer that comes late is shown to nobody, and after a minute nothing is left")
    func next() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        try stage.open()
        try stage.hold(1)
        let late = try portal.command(.findPersons).1
        try stage.hold(2)
        let reply = Envelope(
            id: EventID(high: 9, low: 9), source: "/nagai/resident-directory/main", time: portal.now, cause: late.id,
            data: Reply<PersonList>.accept(PersonList([.hana], more: false)))
        portal.rig.say("nagai/resident-directory/reply/registrar-civil/person-find", try reply.json())
        try portal.rig.settle()
        #expect(stage.pieces().allSatisfy { !$0.contains("長井花") })
        try stage.holder(nil)
        #expect(stage.pieces().last?.contains("だれのものでもないカードです") == true)
        try portal.rig.pass(.seconds(59))
        #expect(stage.pieces().last?.contains("だれのものでもないカードです") == true)
        try portal.rig.pass(.seconds(2))
        #expect(stage.pieces().last?.contains("カードをかざすと、ここに出ます") == true)
    }

    @Test("A page that is loaded while a card is held asks for its holder anew; the directory's silence and its no are said in words")
    func reload() throws {
        let stage = try CounterStage()
        try stage.open()
        try stage.hold()
        try stage.holder(.hana)
        try stage.open()
        try stage.holder(.hana)
        #expect(stage.portal.shown?.text.contains("長井花&lt;子&gt;") == true)
        try stage.open()
        try stage.portal.reply(.refuse("old-tap", "The card was held more than a minute ago."), on: .findPersons)
        #expect(stage.portal.shown?.text.contains("カードをもう一度かざしてください") == true)
        try stage.open()
        try stage.portal.rig.pass(.seconds(11))
        #expect(stage.portal.shown?.text.contains("応答がありません") == true)
    }

    @Test("Whoever chooses another reader has left the one before, and nobody is asked for in their name there")
    func moved() throws {
        let stage = try CounterStage()
        try stage.open()
        try stage.open("/ja/people?reader=gate-1/reader-3")
        try stage.hold()
        #expect(try stage.given(.findPersons).isEmpty)
        try stage.hold(reader: "reader-3")
        #expect(try stage.given(.findPersons).count == 1)
    }

    @Test("Whoever has gone home hears of no card any more")
    func signedOut() throws {
        let stage = try CounterStage()
        try stage.open()
        try stage.portal.post("/ja/staff/sign-out", as: "tanaka")
        try stage.hold()
        #expect(try stage.given(.findPersons).isEmpty)
    }

    @Test("Somebody is looked for by what a clerk knows, and nothing of it stands in an address")
    func find() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        func find(_ fields: (String, String)...) throws -> Response? {
            try portal.post("/ja/people/find", [("reader", CounterStage.reader)] + fields, as: "tanaka")
        }
        #expect(try find(("by", "birth"), ("reading", "ナガイ"), ("born", "きのう"))?.status == 422)
        #expect(try find(("by", "birth"), ("reading", "ナガイ"))?.status == 422)
        #expect(try stage.given(.findPersons).isEmpty)
        _ = try find(("by", "number"), ("list", "residents"), ("number", "123"))
        let byNumber = try portal.command(.findPersons).1.data
        #expect(byNumber.list == "residents" && byNumber.number == "123")
        _ = try find(("by", "birth"), ("reading", "ナガイハナコ"), ("born", "S29.3.1"))
        let search = try portal.command(.findPersons).1.data
        #expect(search.reading == "ナガイハナコ" && search.born == "1954-03-01")
        try portal.reply(.accept(PersonList([.hana], more: true)), on: .findPersons)
        #expect(try portal.command(.findPersons).1.data.after == PersonBrief.hana.person)
        try portal.reply(.accept(PersonList([.kenta], more: false)), on: .findPersons)
        let page = try #require(portal.shown).text
        #expect(page.contains("2人見つかりました") && page.contains("長井花&lt;子&gt;") && page.contains("value=\"\(PersonBrief.kenta.person)\""))
        #expect(page.contains("閲覧 田中（tanaka）") && !page.contains("checked"))
        #expect(try portal.looks().count == 2)
    }

    @Test("Nobody else sees a counter, by its pages, its forms or its feed")
    func strangers() throws {
        let stage = try CounterStage()
        for path in ["/ja/people", "/ja/people/new", "/ja/people/guardian", "/ja/people/file/\(PersonFile.linked)", "/events/people/ja"] {
            #expect(try stage.portal.get(path, as: "suzuki")?.status == 403)
            #expect(try stage.portal.get(path)?.status == 303)
        }
        for path in ["/ja/people/find", "/ja/people/open", "/ja/people/new", "/ja/people/exchange"] {
            #expect(try stage.portal.post(path, as: "suzuki")?.status == 403)
        }
        #expect(try stage.portal.get("/ja/staff", as: "tanaka")?.text.contains("住民窓口") == true)
        #expect(try stage.portal.get("/ja/staff", as: "suzuki")?.text.contains("住民窓口") == false)
    }
}
