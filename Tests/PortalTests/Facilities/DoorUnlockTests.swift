import Bus
import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("A door opened from a page")
struct DoorUnlockTests {
    private let decision = EventID(at: Rig<Portal>.morning, random: (3, 4))

    private func portal(_ capabilities: Capabilities = Capabilities()) throws -> TestPortal {
        var facts = TestPortal.facts
        facts.doors = [TownFacts.Door("gym", title: "<体育館>")]
        return try TestPortal(facts: facts, capabilities: capabilities)
    }

    private func say(_ portal: TestPortal, _ lock: DoorState.Lock = .ready, _ outcome: DoorOutcome.Result? = nil) throws {
        var state = DoorState(at: portal.now, maxAge: 600, lock: lock, lastDecision: outcome.map { _ in decision }, lastOutcome: outcome)
        state.life = .locked
        try portal.state(state, on: .doors, of: "gym")
    }

    private func isOrdered(_ portal: TestPortal) -> Bool { portal.rig.published.contains { $0.topic.hasSuffix("/door-unlock") } }

    @Test("takes two steps: the door as it is now with the question why, and then the order")
    func twoSteps() throws {
        let portal = try portal()
        try say(portal)
        let page = try #require(try portal.get("/ja/doors/gym/unlock", as: "suzuki")).text
        #expect(page.contains("<strong>施錠</strong>") && page.contains("<input id=\"reason\" name=\"reason\" value=\"\" maxlength=\"200\""))
        #expect(page.contains("&lt;体育館&gt;を開ける</button>") && !page.contains("<体育館>"))
        #expect(!isOrdered(portal), "nothing is ordered by looking")
        #expect(try portal.post("/ja/doors/gym/unlock", [("reason", "配送 <b>")], as: "suzuki") == nil)
        let given = try portal.command(.unlockDoor)
        #expect(given.user == "desk-office" && given.1.data == UnlockDoor(door: "gym", reason: "配送 <b>"))
        try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        #expect(portal.shown?.status == 303 && portal.shown?.headers["Location"] == "/ja/doors/gym/orders/\(decision)")
    }

    @Test("is told as what the lock has said of that order, also to the page that waits, and of no other")
    func outcome() throws {
        let portal = try portal()
        try say(portal)
        func page() throws -> String { try #require(try portal.get("/en/doors/gym/orders/\(decision)", as: "suzuki")).text }
        #expect(try page().contains("<p id=\"order-\(decision)\" class=\"notice warn\" role=\"status\"><strong>the order is given"))
        portal.rig.forgetWhatWasSaid()
        try say(portal, .ready, .opened)
        #expect(portal.said(on: "doors/en").contains { $0.contains("order-\(decision)") && $0.contains("opened") })
        #expect(try page().contains("class=\"notice good\" role=\"status\"><strong>opened</strong>"))
        try say(portal, .ready, .noAnswer)
        #expect(try page().contains("class=\"notice bad\" role=\"status\"><strong>no answer from the lock</strong>"))
        let other = EventID(at: portal.now, random: (9, 9))
        #expect(try portal.get("/en/doors/gym/orders/\(other)", as: "suzuki")?.text.contains("has not answered yet") == true)
        try portal.rig.pass(.seconds(61))
        #expect(try portal.get("/en/doors/gym/orders/\(other)", as: "suzuki")?.text.contains("kazasu door audit") == true)
        #expect(try portal.get("/en/doors/gym/orders/nonsense", as: "suzuki")?.status == 404)
        #expect(try portal.get("/en/doors/attic/unlock", as: "suzuki")?.status == 404)
    }

    @Test("A refusal stands above the form with what was typed; a service that is silent may have obeyed")
    func refused() throws {
        let portal = try portal()
        try say(portal, .lost)
        try portal.post("/ja/doors/gym/unlock", [("reason", "\"配送\"")], as: "suzuki")
        try portal.reply(.refuse("lock-lost", "The lock of door gym is not heard of."), on: .unlockDoor)
        let page = try #require(portal.shown)
        #expect(page.status == 422 && page.text.contains("錠と通信できないため") && page.text.contains("value=\"&quot;配送&quot;\""))
        try portal.post("/ja/doors/gym/unlock", [("reason", "配送")], as: "suzuki")
        try portal.rig.pass(.seconds(11))
        #expect(portal.shown?.status == 504)
    }

    @Test("A station that does the work of every day alone is not offered it, and gives no order")
    func stations() throws {
        let portal = try portal(Capabilities(["desk-office": [.clerk]]))
        #expect(try portal.get("/ja/doors/gym/unlock", as: "suzuki")?.status == 403)
        #expect(try portal.post("/ja/doors/gym/unlock", [("reason", "配送")], as: "suzuki")?.status == 403)
        #expect(!isOrdered(portal))
    }
}
