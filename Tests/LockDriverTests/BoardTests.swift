import Bus
import Contracts
import Testing
import Town

@testable import LockDriver

/// What Home Assistant is told of doors, and what it may ask; in memory.
@Suite("Doors for Home Assistant")
struct BoardTests {
    static let now = Instant(milliseconds: 1_795_215_600_000)

    static func door(_ id: DoorID, _ shown: Town.Shown?) -> Town.Door {
        var door = Town.Door(id: id)
        door.homeAssistant = shown
        door.title = "扉 \(id)"
        return door
    }

    let board = Board(town: "nagai", doors: [door("gym", .operate), door("hall", .show), door("pool", nil)])

    func controller(_ state: Life.State) throws -> Message {
        Message(topic: "nagai/lock-controller/health/main/life", payload: try Life(state, at: Self.now).json())
    }

    func state(_ door: DoorID, _ lock: DoorState.Lock, _ outcome: DoorOutcome.Result? = nil) throws -> Message {
        let state = DoorState(
            at: Self.now, maxAge: 86_400, lock: lock, lastOutcome: outcome, lastOutcomeAt: outcome.map { _ in Self.now })
        let envelope = Envelope(id: .derivedForTest("state"), source: "/nagai/lock-controller/main", time: Self.now, data: state)
        return Message(topic: "nagai/lock-controller/state/\(door)/door", payload: try envelope.json(), isRetained: true)
    }

    func said(at now: Instant = now, device: Device? = nil) -> [String: String] {
        let news = board.news(at: now) { _ in device }
        #expect(news.allSatisfy { $0.isRetained && $0.expiry == nil })
        return Dictionary(news.map { ($0.topic, String(decoding: $0.payload, as: UTF8.self)) }, uniquingKeysWith: { $1 })
    }

    @Test("Each door it may see is announced once, with topics it has rights to, and is away until the town says otherwise")
    func announced() throws {
        let first = said()
        #expect(
            first.keys.sorted() == [
                "homeassistant/lock/nagai/gym/config", "homeassistant/lock/nagai/hall/config", "kazasu-doors/gym/availability",
                "kazasu-doors/hall/availability",
            ])
        let config = try #require(first["homeassistant/lock/nagai/gym/config"])
        for part in [
            "\"command_topic\":\"kazasu-doors/gym/set\"", "\"name\":\"扉 gym\"", "\"unique_id\":\"kazasu-nagai-gym\"",
            "\"optimistic\":false",
        ] {
            #expect(config.contains(part), "\(config)")
        }
        #expect(first["kazasu-doors/gym/availability"] == "offline" && said().isEmpty)
        _ = board.hear(try controller(.ready), at: Self.now)
        _ = board.hear(try state("gym", .ready), at: Self.now)
        #expect(said() == ["kazasu-doors/gym/state": "LOCKED", "kazasu-doors/gym/availability": "online"])
        _ = board.hear(try controller(.lost), at: Self.now)
        #expect(said()["kazasu-doors/gym/availability"] == "offline")
    }

    @Test("A door without a sensor is unlocked for its time after it was opened")
    func opened() throws {
        _ = board.hear(try controller(.ready), at: Self.now)
        _ = board.hear(try state("gym", .ready, .opened), at: Self.now)
        #expect(said()["kazasu-doors/gym/state"] == "UNLOCKED")
        #expect(said(at: Self.now + .seconds(4)).isEmpty)
        #expect(said(at: Self.now + .seconds(5))["kazasu-doors/gym/state"] == "LOCKED")
    }

    @Test("A door with a driver is as its device says, and away with it", arguments: Dialogue.all.filter { $0.kind == "home-assistant" })
    func device(_ dialogue: Dialogue) throws {
        _ = board.hear(try controller(.ready), at: Self.now)
        _ = board.hear(try state("gym", .ready), at: Self.now)
        var rig = DeviceTests.Rig(dialogue)
        #expect(said(device: rig.device)["kazasu-doors/gym/state"] == "LOCKED")
        rig.say(dialogue.jammed)
        #expect(said(device: rig.device)["kazasu-doors/gym/state"] == "JAMMED")
        rig.say(dialogue.away)
        #expect(said(device: rig.device)["kazasu-doors/gym/availability"] == "offline")
    }

    @Test("Its wish counts at a door it may operate, said now, in that one word")
    func wishes() {
        func hear(_ door: String, _ word: String, retained: Bool = false) -> [Saying] {
            board.hear(Message(topic: "kazasu-doors/\(door)/set", payload: Array(word.utf8), isRetained: retained), at: Self.now)
        }
        for (door, word) in [("hall", "UNLOCK"), ("pool", "UNLOCK"), ("gym", "LOCK"), ("gym", ""), ("gym", "unlock")] {
            #expect(hear(door, word) == [])
        }
        #expect(board.takeWishes().isEmpty)
        #expect(hear("gym", "UNLOCK", retained: true) == [.emptiness(topic: "kazasu-doors/gym/set")])
        #expect(board.takeWishes().isEmpty)
        #expect(hear("gym", "UNLOCK") == [])
        #expect(board.takeWishes() == ["gym"] && board.takeWishes().isEmpty)
    }

    @Test("A door that is shown no more is taken away, and all is said again when Home Assistant or the broker starts")
    func again() {
        let gone = Message(topic: "homeassistant/lock/nagai/pool/config", payload: Array("{}".utf8), isRetained: true)
        let kept = Message(topic: "homeassistant/lock/nagai/gym/config", payload: Array("{}".utf8), isRetained: true)
        #expect(board.hear(gone, at: Self.now) == [.emptiness(topic: gone.topic)] && board.hear(kept, at: Self.now) == [])
        let first = said()
        _ = board.hear(Message(topic: "homeassistant/status", payload: Array("online".utf8)), at: Self.now)
        #expect(said() == first)
        board.forget()
        #expect(said() == first)
    }

    @Test("An order is never retained and dies with its seconds; nothing else is an order")
    func orders() {
        let order = Saying.order(topic: "a/set", [1])
        #expect(!order.isRetained && order.qos == 0 && order.expiry == 2)
        #expect(Saying.emptiness(topic: "a/set").isRetained && Saying.emptiness(topic: "a/set").payload.isEmpty)
    }
}
