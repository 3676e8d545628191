import Bus
import Contracts
import HTTP
import Harness
import Seal
import ServiceKit
import Store
import Testing

@testable import Portal

@Suite("A form that is sent twice")
struct SentFormTests {
    private let decision = EventID(at: Rig<Portal>.morning, random: (3, 4))
    private let path = "/ja/doors/gym/unlock"

    private func portal() throws -> TestPortal {
        var facts = TestPortal.facts
        facts.doors = [TownFacts.Door("gym", title: "体育館")]
        return try TestPortal(facts: facts)
    }

    /// What stands hidden in the form of a page that is drawn now.
    private func once(_ portal: TestPortal, with cookie: String? = nil) throws -> String {
        let page = try #require(try portal.get(path, as: "suzuki", with: cookie)).text
        let field = try #require(page.split(separator: "<form id=\"unlock\"").last?.firstRange(of: "name=\"once\" value=\""))
        return String(page[field.upperBound...].prefix { $0 != "\"" })
    }

    private func send(_ portal: TestPortal, _ once: String, _ reason: String = "配送", with cookie: String? = nil) throws {
        try portal.post(path, [("reason", reason), ("once", once)], as: "suzuki", with: cookie)
    }

    /// The orders that have left, each as often as it did.
    private func orders(_ portal: TestPortal) -> [[UInt8]] {
        portal.rig.published.filter { $0.topic.hasSuffix("/command/desk-office/door-unlock") }.map(\.payload)
    }

    private func ids(_ portal: TestPortal) throws -> [EventID] {
        try orders(portal).map { try Envelope<UnlockDoor>(json: $0).id }.reduce(into: []) { ids, id in
            if !ids.contains(id) { ids.append(id) }
        }
    }

    private func answered(_ portal: TestPortal) -> [Response] {
        portal.rig.effects.compactMap { ($0 as? Answered)?.response }.filter { $0.headers["Location"]?.contains("/orders/") == true }
    }

    @Test("before the door has answered is one order, and both who wait are shown what became of it")
    func doubleClick() throws {
        let portal = try portal()
        let once = try once(portal)
        try send(portal, once)
        try send(portal, once)
        #expect(orders(portal).count == 1)
        try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        #expect(answered(portal).count == 2 && Set(answered(portal).map { $0.headers["Location"] }).count == 1)
    }

    @Test("in the very turn in which the answer comes is answered too")
    func sameTurn() throws {
        let portal = try portal()
        let once = try once(portal)
        try send(portal, once)
        let id = try #require(try ids(portal).first)
        let answer = Envelope(
            id: EventID(at: portal.now, random: (9, 9)), source: "/nagai/lock-controller/main", time: portal.now, cause: id,
            data: Reply<UnlockAnswer>.accept(UnlockAnswer(decision: decision)))
        portal.rig.say("nagai/lock-controller/reply/desk-office/door-unlock", try answer.json())
        try send(portal, once)
        if portal.shown == nil {
            try portal.pass(.seconds(3))
            try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        }
        #expect(portal.shown?.status == 303 && portal.rig.host.service.errands.open.isEmpty)
        #expect(try ids(portal).count == 1)
    }

    @Test("later, also by a portal that was started again meanwhile, is the same order to the byte: whoever obeyed it says what was said")
    func reload() throws {
        let portal = try portal()
        let once = try once(portal)
        try send(portal, once)
        try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        try portal.rig.pass(.seconds(300))
        try send(portal, once)
        var facts = TestPortal.facts
        facts.doors = [TownFacts.Door("gym", title: "体育館")]
        try portal.restart(with: facts)
        try portal.rig.pass(.seconds(60))
        try send(portal, once)
        #expect(orders(portal).count >= 3 && Set(orders(portal)).count == 1)
        try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        #expect(Set(answered(portal).map { $0.headers["Location"] }) == ["/ja/doors/gym/orders/\(decision)"])
    }

    @Test("to which nobody has answered asks again what became of it")
    func silence() throws {
        let portal = try portal()
        let once = try once(portal)
        try send(portal, once)
        try portal.pass(.seconds(11))
        #expect(portal.shown?.status == 504)
        try send(portal, once)
        #expect(try ids(portal).count == 1)
        try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        #expect(portal.shown?.status == 303)
    }

    @Test("with something else in it, from another drawing of the page, or without saying which, is another order")
    func another() throws {
        let portal = try portal()
        let first = try once(portal)
        let second = try once(portal)
        #expect(first != second && first.utf8.count == 22)
        try send(portal, first)
        try send(portal, first, "家族が待っている")
        try send(portal, second)
        try send(portal, "")
        try send(portal, "")
        #expect(try ids(portal).count == 5)
    }

    @Test("by another session, which has come by it, is an order of that session's own")
    func stolen() throws {
        let portal = try portal()
        let once = try once(portal)
        let other = SessionSecret([UInt8](repeating: 9, count: SessionSecret.bytes))
        try portal.rig.disk.write { db throws in
            try db.run(
                "INSERT INTO session (id, account, made, seen) VALUES (?, 'suzuki', ?2, ?2)", other.id.bytes, portal.now.milliseconds)
        }
        try send(portal, once)
        try send(portal, once, with: Base64URL.text([UInt8](repeating: 9, count: SessionSecret.bytes)))
        #expect(try ids(portal).count == 2)
    }

    @Test("after a refusal is a new try: what was in the way may be gone")
    func refused() throws {
        let portal = try portal()
        let once = try once(portal)
        try send(portal, once)
        try portal.reply(.refuse("lock-lost", "The lock of door gym is not heard of."), on: .unlockDoor)
        #expect(portal.shown?.status == 422)
        try send(portal, once)
        #expect(try ids(portal).count == 2)
    }

    @Test("does not stay on the disk for longer than a session lasts, and says nothing of what was typed")
    func kept() throws {
        let portal = try portal()
        try send(portal, try once(portal), "長井花子さんが待っている")
        try portal.reply(.accept(UnlockAnswer(decision: decision)), on: .unlockDoor)
        #expect(try portal.count("SELECT count(*) FROM sent_form") == 1)
        #expect(!String(decoding: try portal.rig.disk.serialized(), as: UTF8.self).contains("長井花子"))
        portal.rig.now = portal.now + .seconds(86_401)
        try portal.rig.pass(.seconds(120), step: .seconds(30))
        #expect(try portal.count("SELECT count(*) FROM sent_form") == 0)
    }
}
