import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("The doors of a town")
struct DoorPageTests {
    private let alarm = EventID(at: Instant(milliseconds: 1_795_215_600_000), random: (3, 4))

    private func portal() throws -> TestPortal {
        var facts = TestPortal.facts
        facts.doors = [TownFacts.Door("gym", title: "体育館"), TownFacts.Door("hall", title: "公民館")]
        return try TestPortal(facts: facts)
    }

    private func say(_ portal: TestPortal, _ life: DoorLifeChanged.Word, alarms: Int? = nil) throws {
        var state = DoorState(at: portal.now, maxAge: 60, lock: .ready)
        (state.life, state.lifeSince, state.battery, state.alarms) = (life, portal.now, 80, alarms)
        try portal.state(state, on: .doors, of: "gym")
    }

    private func page(_ portal: TestPortal, alarms: [DoorAlarm] = [], _ batteries: [BatteryTrend] = []) throws -> String {
        try portal.get("/ja/doors", as: "suzuki")
        try portal.reply(.accept(AlarmList(alarms: alarms, more: false)), on: .listAlarms)
        try portal.reply(.accept(BatteryList(batteries: batteries, more: false)), on: .listBatteries)
        return try #require(portal.shown).text
    }

    @Test("A door is shown as it was said last; one nobody has heard of, or not for long, is silent and not shut")
    func states() throws {
        let portal = try portal()
        try say(portal, .locked)
        let page = try page(portal)
        #expect(page.contains("<li id=\"door-gym\" class=\"card\" data-state=\"well\">") && page.contains("<strong>施錠</strong>"))
        #expect(page.contains("<li id=\"door-hall\" class=\"card\" data-state=\"silent\">"))
        portal.rig.forgetWhatWasSaid()
        try portal.rig.pass(.seconds(65))
        #expect(portal.said(on: "doors/ja").contains { $0.contains("data-state=\\\"silent\\\"") })
    }

    @Test("A door that is forced is told to open pages in the turn in which it is heard")
    func forced() throws {
        let portal = try portal()
        try say(portal, .forced, alarms: 1)
        let said = portal.said(on: "doors/en")
        #expect(said.count == 1 && said[0].contains("FORCED OPEN") && said[0].contains("data-state=\\\"trouble\\\""))
    }

    @Test("An alarm is acknowledged with a note; a note that is markup stays a note")
    func alarms() throws {
        let portal = try portal()
        var taken = DoorAlarm(id: alarm, door: "gym", kind: .heldOpen, raised: portal.now)
        #expect(try page(portal, alarms: [taken]).contains("<button>確認した</button>"))
        try portal.post("/ja/doors", [("alarm", "\(alarm)"), ("note", "<b>閉めた</b>")], as: "suzuki")
        #expect(try portal.command(.acknowledgeAlarm).1.data == AcknowledgeAlarm(alarm: alarm, note: "<b>閉めた</b>"))
        (taken.acknowledged, taken.by, taken.note) = (portal.now, "desk-office", "<b>閉めた</b>")
        try portal.reply(.accept(AlarmAnswer(alarm: taken)), on: .acknowledgeAlarm)
        #expect(portal.shown?.headers["Location"] == "/ja/doors#alarm-\(alarm)")
        let page = try page(portal, alarms: [taken])
        #expect(page.contains("「&lt;b&gt;閉めた&lt;/b&gt;」") && !page.contains("<button>確認した</button>"))
    }

    @Test("Batteries that will soon be empty are named")
    func batteries() throws {
        let portal = try portal()
        let weak = BatteryTrend(door: "gym", from: 40, since: portal.now, percent: 25, at: portal.now, readings: 9, daysLeft: 12)
        let well = BatteryTrend(door: "hall", from: 90, since: portal.now, percent: 88, at: portal.now, readings: 9, daysLeft: 300)
        let page = try page(portal, [weak, well])
        #expect(page.contains("体育館 25 % あと約12日") && !page.contains("公民館 88 %"))
    }

    @Test("Why a card is refused is said in words, and each right with its hours")
    func explained() throws {
        let portal = try portal()
        let token = Token.card(1)
        let form = try #require(try portal.get("/ja/doors/gym/explain", as: "suzuki")).text
        #expect(
            form.contains("<form class=\"screen\" method=\"post\" action=\"/ja/doors/gym/explain\">"),
            "whose card it is stands in no address")
        try portal.post("/ja/doors/gym/explain", [("holder", "\(token)"), ("at", "2026-11-21T18:00")], as: "suzuki")
        let wish = try portal.command(.explainDoor).1.data
        #expect(wish == ExplainDoor("gym", at: portal.now + .seconds(36_000), token: token))
        let right = Right.booking(alarm)
        let said = DoorExplanation(
            "gym", at: wish.at, .refuse(.noRight), rule: .unpaid, rights: [RightSaid(right, .unpaid, from: wish.at, to: wish.at)],
            holiday: nil, closure: nil)
        try portal.reply(.accept(said), on: .explainDoor)
        let page = try #require(portal.shown).text
        #expect(page.contains("開きません") && page.contains("使用料が未払いです") && page.contains("<td data-label=\"権利\">予約</td>"))
        #expect(try portal.looks().map(\.by) == ["desk-office"])
        let wrong = try portal.post("/ja/doors/gym/explain", [("holder", "<nonsense>"), ("at", "2026-11-21T18:00")], as: "suzuki")
        #expect(wrong?.status == 422 && wrong?.text.contains("value=\"&lt;nonsense&gt;\"") == true)
        #expect(try portal.post("/ja/doors/attic/explain", [("holder", "\(token)")], as: "suzuki")?.status == 404)
    }

    @Test("Whoever has no desk sees no doors and hears of none")
    func strangers() throws {
        let portal = try portal()
        for path in [
            "/ja/doors", "/ja/doors/gym/explain", "/ja/doors/gym/unlock", "/ja/doors/gym/orders/\(alarm)", "/events/doors/ja",
        ] {
            #expect(try portal.get(path, as: "sato")?.status == 403)
            #expect(try portal.get(path)?.status == 303)
        }
    }
}
