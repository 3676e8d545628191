import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("Enrolling, and what takes two cards, at the residents' counter")
struct CeremonyTests {
    private let form = [
        ("reader", CounterStage.reader), ("name", "長井 花子"), ("reading", "ナガイ ハナコ"), ("born", "S29.3.1"), ("languages", "ja, pt-BR"),
        ("phone", "0238-00-0000"), ("protected", "1"), ("sex", "female"), ("residency", "resident"), ("standing", "registered"),
    ]

    @Test("The form is filled in first, then the card is held, and both go together")
    func enrol() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        try stage.open("/ja/people/new?reader=\(CounterStage.reader)")
        try portal.post("/ja/people/new", form + [("act", "card")], as: "tanaka")
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("value=\"長井 花子\"") == true)
        let tap = try stage.hold()
        try stage.holder(nil)
        try portal.post("/ja/people/new", form + [("act", "card"), ("tap", "\(tap)")], as: "tanaka")
        let wish = try portal.command(.putPerson).1.data
        #expect(
            wish.tap == tap && wish.facts.born == "1954-03-01" && wish.facts.languages == ["ja", "pt-BR"] && wish.facts.isProtected == true)
        #expect(wish.facts.channels == [Reach(.phone, "0238-00-0000")] && wish.standing == .registered && wish.evenIfSimilar == nil)
        try portal.reply(.accept(PersonAnswer(.hana)), on: .putPerson)
        let path = try #require(portal.shown?.headers["Location"])
        try stage.showFile(path)
        #expect(portal.shown?.text.contains("登録しました。") == true)
        #expect(try portal.command(.showPerson).1.data == ShowPerson(PersonBrief.hana.person, why: "新規登録の確認"))
    }

    @Test("Whoever is similar is shown beside the form, and is enrolled all the same once a clerk has made sure")
    func similar() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        try portal.post("/ja/people/new", form + [("act", "bare")], as: "tanaka")
        #expect(try portal.command(.putPerson).1.data.tap == nil)
        try portal.reply(.refuse("similar", "Somebody of this reading and birth date is known."), on: .putPerson)
        let search = try portal.command(.findPersons).1.data
        #expect(search.reading == "ナガイ ハナコ" && search.born == "1954-03-01")
        try stage.holder(.hana)
        let page = try #require(portal.shown)
        #expect(page.status == 422 && page.text.contains("長井花&lt;子&gt;") && page.text.contains("name=\"even\""))
        #expect(page.text.contains("value=\"S29.3.1\"") && page.text.contains("name=\"protected\" value=\"1\" checked"))
        try portal.post("/ja/people/new", form + [("act", "bare"), ("even", "1")], as: "tanaka")
        #expect(try portal.command(.putPerson).1.data.evenIfSimilar == true)
    }

    @Test("What cannot be read, what the directory refuses and its silence leave the form as it was filled in")
    func faults() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        var odd = form
        odd[3] = ("born", "S99.9.9<b>")
        try portal.post("/ja/people/new", odd + [("act", "bare")], as: "tanaka")
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("value=\"S99.9.9&lt;b&gt;\"") == true)
        #expect(portal.shown?.text.contains("<b>") == false)
        #expect(try stage.given(.putPerson).isEmpty)
        try portal.post("/ja/people/new", form + [("act", "bare")], as: "tanaka")
        try portal.reply(.refuse("bad-facts", "The birth date lies ahead."), on: .putPerson)
        #expect(portal.shown?.text.contains("入力内容に誤りがあります") == true && portal.shown?.text.contains("長井 花子") == true)
        try portal.post("/ja/people/new", form + [("act", "bare")], as: "tanaka")
        try portal.rig.pass(.seconds(11))
        #expect(portal.shown?.status == 504)
    }

    @Test("A guardian's card and then the child's: the screen says which is next, names both, and only then the relation is made")
    func guardian() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        let page = "/ja/people/guardian?reader=\(CounterStage.reader)"
        // What was held on another page is no step of it.
        try stage.open()
        try stage.hold(9)
        try stage.open(page)
        #expect(portal.shown?.text.contains("id=\"step-1\" class=\"card\" aria-current=\"step\"") == true)
        let first = try stage.hold(1)
        try stage.holder(.hana)
        #expect(stage.pieces().last?.contains("id=\\\"step-2\\\" class=\\\"card\\\" aria-current=\\\"step\\\"") == true)
        // The same card again is the same step.
        let again = try stage.hold(1)
        try stage.holder(.hana)
        let second = try stage.hold(2)
        try stage.holder(.hana)
        try stage.holder(.kenta)
        let piece = try #require(stage.pieces().last)
        #expect(piece.contains("長井花&lt;子&gt;") && piece.contains("長井健太") && !piece.contains("disabled"))
        func act(_ one: EventID, _ two: EventID) throws {
            let cards = [("card-1", "\(one)"), ("card-2", "\(two)"), ("act", "do")]
            try portal.post("/ja/people/guardian", [("reader", CounterStage.reader)] + cards, as: "tanaka")
        }
        try act(first, second)
        #expect(try stage.given(.relate).isEmpty)
        try act(again, second)
        #expect(try portal.command(.relate).1.data == Relate(.guardian, tap: again, toTap: second))
        try portal.reply(.refuse("too-far-apart", "More than a minute apart."), on: .relate)
        try stage.holder(.hana)
        try stage.holder(.kenta)
        #expect(portal.shown?.status == 422 && portal.shown?.text.contains("1分以上空きました") == true)
        try act(again, second)
        try portal.reply(.accept(PersonAnswer(.kenta)), on: .relate)
        #expect(portal.shown?.headers["Location"] == "\(CounterStage.page)&said=guardian")
        #expect(stage.pieces().last?.contains("id=\\\"step-1\\\" class=\\\"card\\\" aria-current") == true)
    }

    @Test("Of two cards a third begins anew, a minute ends both, and the old and the new one are exchanged in that order")
    func exchange() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        try stage.open("/ja/people/exchange?reader=\(CounterStage.reader)")
        for card in [1, 2, 3] { try stage.hold(card) }
        try stage.holder(.hana)
        #expect(stage.pieces().last?.contains("name=\\\"card-2\\\"") == false)
        try portal.rig.pass(.seconds(61))
        #expect(stage.pieces().last?.contains("name=\\\"card-1\\\"") == false)
        let (old, new) = (try stage.hold(1), try stage.hold(4))
        let cards = [("reader", CounterStage.reader), ("card-1", "\(old)"), ("card-2", "\(new)"), ("act", "do")]
        try portal.post("/ja/people/exchange", cards, as: "tanaka")
        #expect(try portal.command(.replaceCard).1.data == ReplaceCard(new: new, old: old))
        try portal.post("/ja/people/exchange", [("reader", CounterStage.reader), ("act", "again")], as: "tanaka")
        #expect(portal.shown?.headers["Location"] == "/ja/people/exchange?reader=\(CounterStage.reader)")
    }
}
