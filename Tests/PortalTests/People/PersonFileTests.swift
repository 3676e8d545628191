import Bus
import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("A person's file at the residents' counter")
struct PersonFileTests {
    private let hana = PersonBrief.hana.person

    @Test("It is opened with a reason, under an address that names nobody, for the one who opened it")
    func open() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        #expect(try portal.post("/ja/people/open", [("person", "\(hana)")], as: "tanaka")?.status == 422)
        let path = try stage.openFile()
        #expect(!path.contains(hana.text) && path.hasSuffix("?reader=\(CounterStage.reader)"))
        #expect(try portal.command(.showPerson).1.data == ShowPerson(hana, why: "住所の確認"))
        let page = try #require(portal.shown).text
        for words in ["長井花&lt;子&gt;", "72歳", "支援措置対象", "&lt;b&gt;栄町", "保護者", "FeliCaカード", "閲覧 田中（tanaka）", "住所の確認"] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(page.split(separator: "</title>").first?.contains("長井花") == false)
        for date in ["昭和29年", "S29", "1954"] { #expect(!page.contains(date), "the forms below ask for it as the person says it") }
        #expect(try portal.looks().last == Looked(.person, account: "tanaka", by: "registrar-civil", person: hana))
        #expect(try portal.get(path, as: "mori")?.headers["Location"]?.hasSuffix("said=late") == true)
        #expect(try portal.get(path, as: "suzuki")?.status == 403)
    }

    @Test("A card that is held opens its holder's file, and without one it is said that one has to be held")
    func byCard() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        let fields = [("reader", CounterStage.reader), ("why", "紛失の相談")]
        #expect(try portal.post("/ja/people/open", fields, as: "tanaka")?.text.contains("先にカードをかざしてください") == true)
        try stage.open()
        let tap = try stage.hold()
        #expect(try portal.post("/ja/people/open", fields, as: "tanaka")?.text.contains("もう一度押してください") == true)
        let path = try #require(try portal.post("/ja/people/open", fields + [("tap", "\(tap)")], as: "tanaka")?.headers["Location"])
        try stage.showFile(path)
        #expect(try portal.command(.showPerson).1.data == ShowPerson(tap: tap, why: "紛失の相談"))
        // The next time the person is meant, whatever the card is said to be.
        try portal.get(path, as: "tanaka")
        #expect(try portal.command(.showPerson).1.data == ShowPerson(hana, why: "紛失の相談"))
    }

    @Test("A card is given by the card that is held and the birth date as it was said; of another card or a late one nothing is sent")
    func link() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        let path = try stage.openFile()
        let first = try stage.hold(5)
        let tap = try stage.hold(6)
        try stage.holder(nil)
        for wrong in [("tap", ""), ("tap", "\(first)")] {
            try stage.act(path, [("act", "link"), ("born", "S29.3.1"), wrong])
            try portal.reply(.accept(.hana), on: .showPerson)
            try stage.holder(nil)
            #expect(portal.shown?.status == 422 && portal.shown?.text.contains("value=\"S29.3.1\"") == true)
        }
        #expect(try stage.given(.linkCard).isEmpty)
        try stage.act(path, [("act", "link"), ("born", "S29.3.1"), ("tap", "\(tap)")])
        #expect(try portal.command(.linkCard).1.data == LinkCard(tap, to: hana, born: "1954-03-01"))
        try portal.reply(.refuse("wrong-person", "This is not the birth date."), on: .linkCard)
        try portal.reply(.accept(.hana), on: .showPerson)
        try stage.holder(nil)
        #expect(portal.shown?.text.contains("前の人のファイルではありませんか") == true)
        try stage.act(path, [("act", "link"), ("born", "S29.3.1"), ("tap", "\(tap)")])
        try portal.reply(.accept(PersonAnswer(.hana, ruling: PersonFile.linked)), on: .linkCard)
        #expect(portal.shown?.headers["Location"] == path)
        #expect(stage.pieces().last?.contains("カードをかざすと") == true)
        try stage.showFile(path)
        #expect(portal.shown?.text.contains("カードを登録しました") == true)
    }

    @Test("Cards are replaced and marked, relations ended, consents noted and a link taken back, each with what it needs")
    func acts() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        let path = try stage.openFile()
        let tap = try stage.hold(6)
        let held = ("tap", "\(tap)")
        try stage.act(path, [("act", "replace"), ("card", "\(Token.card(1))"), ("born", "1954-03-01"), ("why", "破損"), held])
        let replace = ReplaceCard(new: tap, person: hana, oldCard: .card(1), born: "1954-03-01", why: "破損")
        #expect(try portal.command(.replaceCard).1.data == replace)
        try stage.act(path, [("act", "mark"), ("card", "\(Token.card(1))"), ("status", "lost"), ("why", "バスで紛失")])
        #expect(try portal.command(.markCard).1.data == MarkCard(.lost, card: .card(1), why: "バスで紛失"))
        let kenta = PersonBrief.kenta.person
        try stage.act(path, [("act", "part"), ("kind", "guardian"), ("one", "\(hana)"), ("other", "\(kenta)"), ("why", "成人")])
        #expect(try portal.command(.relate).1.data == Relate(.guardian, person: hana, to: kenta, why: "成人", ends: true))
        let consent = [("act", "consent"), ("kind", "notifier school-gate"), ("wording", "2026-04"), ("given", "1")]
        try stage.act(path, consent + [("how", "tap"), held])
        let said = SetConsent("notifier", "school-gate", given: true, person: hana, tap: tap, wording: "2026-04", how: "tap")
        #expect(try portal.command(.setConsent).1.data == said)
        try stage.act(path, consent + [("how", "paper")])
        #expect(try portal.command(.setConsent).1.data.tap == nil)
        try stage.act(path, [("act", "undo"), ("ruling", "\(PersonFile.linked)"), ("why", "人違い")])
        #expect(try portal.command(.undoRuling).1.data == UndoRuling(PersonFile.linked, why: "人違い"))
    }

    @Test(
        "What lacks something, or is about others than the file, is not sent",
        arguments: [
            [("act", "mark"), ("card", "k1.aaaaaaaaaaaaaaaaaaaaaaaaaa"), ("status", "lost")],
            [("act", "undo"), ("ruling", "x"), ("why", "y")],
            [("act", "part"), ("kind", "family"), ("one", "p-cccccccccccccccc"), ("other", "p-dddddddddddddddd"), ("why", "z")],
            [("act", "consent"), ("kind", "school"), ("wording", "1"), ("how", "paper")], [("act", "erase")],
        ])
    func wrong(fields: [(String, String)]) throws {
        let stage = try CounterStage()
        let path = try stage.openFile()
        stage.portal.rig.forgetWhatWasSaid()
        try stage.act(path, fields)
        try stage.portal.reply(.accept(.hana), on: .showPerson)
        #expect(stage.portal.shown?.status == 422 && stage.portal.shown?.text.contains("id=\"fault\"") == true)
        #expect(stage.portal.rig.published.allSatisfy { !$0.topic.contains("/command/") || $0.topic.hasSuffix("/person-show") })
    }

    @Test("It closes itself after ten minutes, or at once where the clerk says so; the page that still shows it is told")
    func closing() throws {
        let stage = try CounterStage()
        let portal = stage.portal
        let first = try stage.openFile()
        #expect(try stage.act(first, [("act", "close")])?.headers["Location"]?.hasSuffix("said=closed") == true)
        #expect(try stage.act(first, [("act", "undo")])?.headers["Location"]?.hasSuffix("said=late") == true)
        let second = try stage.openFile()
        try portal.rig.pass(.seconds(595))
        #expect(stage.pieces().allSatisfy { !$0.contains("event: page") })
        try portal.rig.pass(.seconds(10))
        #expect(stage.pieces().last?.contains("event: page") == true)
        #expect(try portal.get(second, as: "tanaka")?.headers["Location"]?.hasSuffix("said=late") == true)
    }

    @Test("Who may not take back is told so and sees no button")
    func capabilities() throws {
        for (capability, isThere) in [(Capability.clerk, false), (.lead, true)] {
            let stage = try CounterStage(Capabilities(["registrar-civil": [capability]]))
            _ = try stage.openFile()
            let page = try #require(stage.portal.shown).text
            #expect(page.contains("value=\"undo\"") == isThere && page.contains("別の担当者が行います") != isThere)
        }
    }
}
