import Contracts
import HTTP
import Harness
import ServiceKit
import Testing

@testable import Portal

@Suite("What a shelter's desk shows, and for whom something may be done there")
struct DeskTests {
    @Test("A tap comes to the desk that has chosen its reader and is open, and to no other; the desk asks in its own name")
    func tap() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try stage.tap()
        #expect(try stage.given(.showEvacuee).isEmpty)
        try stage.openDesk()
        let opened = try #require(portal.rig.effects.compactMap { $0 as? Opened }.last)
        #expect(Set(opened.feeds.filter { !$0.hasPrefix("session/") }) == Set(["desk/sato/shelter-1/reader-1", "desk-counts/s01/ja"]))
        // What has changed since the page was made is not lost.
        #expect(String(decoding: opened.first, as: UTF8.self).contains("desk-counts") && opened.first.count > 50)
        try stage.tap(reader: "reader-2")
        try stage.tap(purpose: .door("gym"))
        try stage.tap(purpose: .shelter("s02"))
        #expect(try stage.given(.showEvacuee).isEmpty)
        let id = try stage.tap(7)
        let (user, command) = try portal.command(.showEvacuee)
        #expect(user == "shelter-desk-hq" && command.data == ShowEvacuee(.card(.card(7))))
        try stage.answer([.hanako, .taro])
        let piece = try #require(stage.pieces.last)
        for words in ["\(id)", "長井花子", "ナガイ ハナコ", "72歳", "支援措置：所在を誰にも伝えない", "長井太郎", "アレルギー 卵", "in-night"] {
            #expect(piece.contains(words), "\(words)")
        }
        #expect(
            try portal.looks() == [
                Looked(.person, account: "sato", by: "shelter-desk-hq", thing: "s01", person: EvacueeBrief.hanako.who.person)
            ])
    }

    @Test("The next tap takes away whoever stood there at once, and an answer that comes late is shown to nobody")
    func next() throws {
        let stage = try ShelterStage()
        try stage.openDesk()
        try stage.tap(1)
        let late = try stage.portal.command(.showEvacuee).1
        try stage.tap(2)
        #expect(stage.pieces.last?.contains("照会しています") == true)
        let page = EvacueePage(.hanako, household: [], history: [], lookUps: [])
        let reply = Envelope(
            id: EventID(high: 9, low: 9), source: "/nagai/shelter-registry/main", time: stage.portal.now, cause: late.id,
            data: Reply<EvacueePage>.accept(page))
        stage.portal.rig.say("nagai/shelter-registry/reply/shelter-desk-hq/evacuee-show", try reply.json())
        try stage.portal.rig.settle()
        #expect(stage.pieces.allSatisfy { !$0.contains("長井花子") })
    }

    @Test("Those who are ticked are checked in, and taken back on the same screen with a reason, each of them")
    func checkIn() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let screen = try stage.stand()
        #expect(try stage.act("in-car", screen, [.hanako, .taro]) == nil)
        let people = [EvacueeBrief.hanako.who, EvacueeBrief.taro.who]
        #expect(try portal.command(.noteStays).1.data == NoteStays(.in, people, at: "s01", kind: .car))
        try portal.reply(.accept(.of([.hanako, .taro])), on: .noteStays)
        #expect(portal.shown?.headers["Location"] == ShelterStage.path)
        try portal.get(ShelterStage.path, as: "sato")
        #expect(try portal.command(.showEvacuee).1.data == ShowEvacuee(EvacueeBrief.hanako.who))
        try stage.answer([.hanako, .taro])
        let page = try #require(portal.shown).text
        #expect(page.contains("2人を入所（車中泊）としました。") && page.contains("value=\"undo\""))
        try stage.act("undo", screen, [], [("reason", "wrong-person")])
        for note in [UInt64(2), 1] {
            #expect(try portal.command(.correctStay).1.data == CorrectStay(EventID(high: 1, low: note), reason: .wrongPerson))
            try portal.reply(.accept(.hanako), on: .correctStay)
        }
        #expect(portal.shown?.headers["Location"] == ShelterStage.path)
        try portal.get(ShelterStage.path, as: "sato")
        try stage.answer([.hanako, .taro])
        #expect(portal.shown?.text.contains("取り消しました（人違い）。") == true && portal.shown?.text.contains("value=\"undo\"") == false)
    }

    @Test("Nothing is done after two minutes, for the one before, or for somebody who was not shown; the screen clears itself")
    func expiry() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let first = try stage.stand()
        let stranger = EvacueeBrief.person("z", "誰か", "ダレカ")
        #expect(try stage.act("out", first, [.hanako, stranger])?.status == 403)
        #expect(try stage.act("needs:\(stranger.who)", first, [])?.status == 403)
        let second = try stage.stand()
        #expect(try stage.act("out", first, [.hanako])?.headers["Location"] == "\(ShelterStage.path)&said=late")
        try portal.rig.pass(.seconds(119))
        #expect(stage.pieces.last?.contains("長井花子") == true)
        try portal.rig.pass(.seconds(2))
        #expect(stage.pieces.last?.contains("カードをかざすか") == true)
        #expect(try stage.act("out", second, [.hanako])?.headers["Location"] == "\(ShelterStage.path)&said=late")
        #expect(try portal.get("\(ShelterStage.path)&said=late", as: "sato")?.text.contains("何も記録していません") == true)
        // Also where the act itself is the first that is heard after a pause.
        let third = try stage.stand()
        portal.rig.now = portal.now + .seconds(120)
        #expect(try stage.act("out", third, [.hanako])?.headers["Location"] == "\(ShelterStage.path)&said=late")
        #expect(try stage.given(.noteStays).isEmpty)
    }

    @Test("A refusal stands on the same screen, and who was ticked still is; without a tick nothing is sent; silence is said")
    func refusals() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        let screen = try stage.stand()
        #expect(try stage.act("away", screen, [])?.headers["Location"] == ShelterStage.path)
        #expect(try stage.given(.noteStays).isEmpty)
        try stage.act("away", screen, [.taro])
        try portal.reply(.refuse("elsewhere", "Shelter s01 is kept by the registry of west."), on: .noteStays)
        try portal.get(ShelterStage.path, as: "sato")
        try stage.answer([.hanako, .taro])
        let page = try #require(portal.shown).text
        #expect(page.contains("Shelter s01 is kept by the registry of west.") && page.contains("role=\"alert\""))
        #expect(
            page.contains("value=\"\(EvacueeBrief.taro.who)\" checked") && !page.contains("value=\"\(EvacueeBrief.hanako.who)\" checked"))
        try stage.act("away", screen, [.taro])
        try portal.rig.pass(.seconds(12))
        try portal.get(ShelterStage.path, as: "sato")
        try stage.answer([.hanako, .taro])
        #expect(portal.shown?.text.contains("応答がありません") == true)
    }

    @Test("Where something is handed out, who had it before is named, and the reader's own word stands on the screen")
    func handOut() throws {
        let stage = try ShelterStage()
        let portal = stage.portal
        try stage.supplies([Supply("water", stock: 5)], handOuts: [HandOut("water", at: "s01", each: 6)])
        let screen = try stage.stand()
        #expect(stage.pieces.last?.contains("hand:water") == true)
        let topic = Channel.shelterFeedback.topic(in: "nagai", "shelter-1").description
        let word = Envelope(
            id: EventID(high: 8, low: 8), source: "/nagai/shelter-registry/main", time: portal.now, cause: screen,
            data: ShelterFeedback(tap: screen, reader: "reader-1", signal: .receivedBefore))
        portal.rig.say(topic, try word.json())
        try portal.rig.settle()
        #expect(portal.said(on: "desk/sato/shelter-1/reader-1").last?.contains("受領済みです") == true)
        try stage.act("hand:water", screen, [.hanako, .taro])
        #expect(try portal.command(.handTo).1.data == HandTo("water", to: [EvacueeBrief.hanako.who, EvacueeBrief.taro.who], at: "s01"))
        try portal.reply(.accept(HandedTo([.init(.hanako, before: portal.now), .init(.taro, before: nil)])), on: .handTo)
        try portal.get(ShelterStage.path, as: "sato")
        try stage.answer([.hanako, .taro])
        let page = try #require(portal.shown).text
        #expect(page.contains("1人に渡しました。受領済み 1人には渡しません。") && page.contains("2026-11-21 08:00に受領済"))
    }

    @Test("A desk that nobody has open asks nothing after an hour; one that is open is told to load itself anew")
    func lease() throws {
        let stage = try ShelterStage()
        try stage.openDesk()
        try stage.portal.rig.pass(.seconds(3601), step: .seconds(60))
        #expect(stage.portal.said(on: "desk/sato/shelter-1/reader-1").last?.contains("event: page") == true)
        try stage.tap()
        #expect(try stage.given(.showEvacuee).isEmpty)
    }

    @Test("Names, readings and answers that are markup stay words, in the piece and in the page")
    func injection() throws {
        let stage = try ShelterStage()
        var hostile = EvacueeBrief.person("c", "<script>x</script>", "\"><img src=x>")
        (hostile.needs, hostile.district, hostile.town) = ([NeedAnswer("allergy", "<b>卵</b>")], "<i>", "'\"")
        try stage.stand([hostile])
        try stage.portal.get(ShelterStage.path, as: "sato")
        try stage.answer([hostile])
        for text in [try #require(stage.pieces.last), try #require(stage.portal.shown).text] {
            #expect(text.contains("&lt;script&gt;x") && !text.contains("<script>x") && !text.contains("<img") && !text.contains("<b>卵"))
        }
    }
}
