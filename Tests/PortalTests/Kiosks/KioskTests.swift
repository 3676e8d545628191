import Bus
import Contracts
import HTTP
import Harness
import ServiceKit
import Testing

@testable import Portal

@Suite("What a kiosk shows")
struct KioskTests {
    @Test("A door that opens and one that stays shut differ in words, sign and sound, and say why with readings")
    func doors() throws {
        let lobby = try KioskStage()
        try lobby.door(try lobby.tap())
        #expect(
            lobby.face.contains("said granted") && lobby.face.contains("data-sound=\\\"granted\\\"") && lobby.face.contains("<rt>ひら</rt>"))
        try lobby.portal.rig.pass(.seconds(1))
        try lobby.door(try lobby.tap(), .refused, .tooEarly)
        #expect(lobby.face.contains("said refused") && lobby.face.contains("data-sound=\\\"refused\\\"") && lobby.face.contains("予約"))
        #expect(lobby.said("en").last?.contains("The booking has not begun yet") == true)
    }

    @Test("Shelters, receptions and points say theirs; of one tap all of it stands on one screen")
    func parts() throws {
        let lobby = try KioskStage()
        let first = try lobby.tap()
        try lobby.say(PointsFeedback(tap: first, reader: "reader-1", signal: .earned, amount: 12), on: .pointsFeedback)
        #expect(lobby.face.contains("12") && lobby.face.contains("said granted"))
        try lobby.door(first)
        // The door is the larger news, and the same sound is not heard twice.
        #expect(lobby.said("en").last?.contains("<h1>The door opens</h1>") == true && lobby.said("en").last?.contains("earned 12") == true)
        #expect(!lobby.face.contains("data-sound"))
        try lobby.portal.rig.pass(.seconds(1))
        try lobby.say(ShelterFeedback(tap: try lobby.tap(), reader: "reader-1", signal: .out), on: .shelterFeedback)
        #expect(lobby.face.contains("said out"))
        try lobby.portal.rig.pass(.seconds(1))
        try lobby.say(ReceptionFeedback(tap: try lobby.tap(), reader: "reader-1", .repeated), on: .receptionFeedback)
        #expect(lobby.said("en").last?.contains("checked in before") == true)
    }

    @Test("A screen ends when its time is over, by the server's own word")
    func timeIsOver() throws {
        let lobby = try KioskStage()
        try lobby.door(try lobby.tap())
        try lobby.portal.rig.pass(.seconds(7))
        #expect(lobby.face.contains("said granted"))
        try lobby.portal.rig.pass(.seconds(2))
        #expect(lobby.face.contains("class=\\\"idle\\\""))
        let count = lobby.said().count
        try lobby.portal.rig.pass(.seconds(60))
        #expect(lobby.said().count == count)
    }

    @Test("A screen ends with the next card, whether or not anybody has an answer to it; what is said late of the one before is not shown")
    func nextCard() throws {
        let lobby = try KioskStage()
        let first = try lobby.tap()
        try lobby.door(first)
        try lobby.portal.rig.pass(.seconds(1))
        let second = try lobby.tap()
        #expect(lobby.face.contains("class=\\\"idle\\\""))
        let count = lobby.said().count
        try lobby.say(PointsFeedback(tap: first, reader: "reader-1", signal: .earned, amount: 12), on: .pointsFeedback)
        #expect(lobby.said().count == count)
        try lobby.door(second)
        #expect(lobby.face.contains("said granted"))
    }

    @Test("Another reader, another agent and a tap of long ago are none of its business")
    func others() throws {
        let lobby = try KioskStage()
        try lobby.door(try lobby.tap(reader: "reader-2"), reader: "reader-2")
        let tap = try lobby.tap()
        try lobby.say(Feedback(tap: tap, reader: "reader-1", signal: .opened), on: .doorFeedback, to: "shelter-1")
        try lobby.portal.rig.pass(.seconds(11))
        try lobby.door(tap)
        #expect(lobby.said().isEmpty)
    }

    @Test("Nothing on the feed tells one card from another, and whoever opens the page later sees the idle face, which no cache keeps")
    func privacy() throws {
        let lobby = try KioskStage()
        let tap = try lobby.tap()
        try lobby.door(tap)
        let all = ["ja", "easy", "en"].flatMap { lobby.said($0) }
        #expect(all.count == 3 && all.allSatisfy { !$0.contains(tap.description) && !$0.contains("k1.") })
        let screen = try lobby.pair()
        let page = try #require(try lobby.portal.get("/ja/kiosk/lobby", headers: screen))
        #expect(page.text.contains("class=\"idle\"") && page.text.contains("カードをかざしてください") && !page.text.contains("class=\"said"))
        // Without a word of its own an answer is `no-store`.
        #expect(page.headers["Cache-Control"] == nil)
        try lobby.portal.get("/events/kiosk/lobby/ja", headers: screen)
        let opened = try #require(lobby.portal.rig.effects.compactMap { $0 as? Opened }.last)
        #expect(opened.feeds.filter { !$0.hasPrefix("session/") } == ["kiosk/lobby/ja"] && opened.first.isEmpty)
    }

    @Test("A kiosk the town's file does not name is no page, and no feed")
    func unknown() throws {
        let lobby = try KioskStage()
        #expect(try lobby.portal.get("/ja/kiosk/cellar")?.status == 404)
        #expect(try lobby.portal.get("/events/kiosk/cellar/ja")?.status == 404)
        #expect(try lobby.portal.get("/events/kiosk/lobby/fr")?.status == 404)
    }

    @Test("In whatever order answers and taps come, what is shown is of the newest tap", arguments: 0..<50 as Range<UInt64>)
    func anyOrder(seed: UInt64) throws {
        var chance = Seeded(seed)
        let taps = (0..<4).map { EventID(at: Instant(milliseconds: 1_795_215_600_000 + Int64($0) * 500), random: (0, UInt64($0))) }
        let now = Instant(milliseconds: 1_795_215_603_000)
        var (screen, newest): (KioskScreen?, EventID?) = (nil, nil)
        for _ in 0..<12 {
            let tap = taps[Int(chance.next() % 4)]
            let isAnswer = chance.next() % 3 > 0
            let answer = Feedback(tap: tap, reader: "reader-1", signal: .opened)
            screen =
                (isAnswer ? .after(answer, as: \.door, shown: screen, at: now) : .after(tap, shown: screen)) ?? screen
            newest = max(newest ?? tap, tap)
            #expect(screen?.tap == newest && screen?.door.map { $0.tap == newest } != false)
            if isAnswer && tap == newest { #expect(screen?.lines.count == 1) }
        }
    }
}
