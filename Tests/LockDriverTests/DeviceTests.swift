import Contracts
import Testing

@testable import LockDriver

/// A device as the driver sees it, in a time of its own, kind by kind.
@Suite("A device from the shop")
struct DeviceTests {
    static let grant: EventID = .derivedForTest("grant")
    static let next: EventID = .derivedForTest("next")

    /// A device and the seconds since it was first heard of.
    struct Rig {
        let dialogue: Dialogue
        var device: Device
        var seconds: Int64 = 0
        var deeds: [Device.Deed] = []
        var now: Instant { Instant(milliseconds: 1000 * seconds) }

        /// - Parameter settled: it is there, locked, and has been for long enough.
        init(_ dialogue: Dialogue, settled: Bool = true) {
            self.dialogue = dialogue
            device = Device(dialogue.dialect)
            device.connected(at: now)
            guard settled else { return }
            say(dialogue.present + dialogue.locked, retained: true)
            wait(5)
            deeds = []
        }

        mutating func say(_ lines: [Dialogue.Line], retained: Bool = false) {
            for line in lines { deeds += device.hear(line.payload, on: line.topic, isRetained: retained, at: now) }
        }

        mutating func wait(_ some: Int64) {
            for _ in 0..<some {
                seconds += 1
                deeds += device.wake(at: now)
            }
        }

        mutating func open(_ grant: EventID = DeviceTests.grant) { deeds += device.open(grant, seconds: 5, at: now) }

        var sent: [String] {
            deeds.compactMap { if case .send(_, let payload) = $0 { String(decoding: payload, as: UTF8.self) } else { nil } }
        }
        var outcomes: [LockOutcome.Result] {
            deeds.compactMap { if case .conclude(_, let result) = $0 { result } else { nil } }
        }
        /// How long it is given.
        var patience: Int64 { dialogue.dialect.patience.components.seconds }
    }

    @Test("An order is sent once, opened when the device says so, and locked again after its time", arguments: Dialogue.all)
    func opens(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.open()
        #expect(rig.deeds == [.send(topic: dialogue.unlock.topic, payload: dialogue.unlock.payload)])
        rig.say(dialogue.moving)
        #expect(rig.outcomes == [])
        rig.say(dialogue.unlocked)
        #expect(rig.outcomes == [.opened] && rig.device.condition.bolt == .unlocked)
        rig.wait(4)
        #expect(rig.sent.count == 1)
        rig.wait(1)
        #expect(rig.sent == [dialogue.unlock.text, dialogue.lock.text])
        rig.say(dialogue.locked)
        rig.wait(120)
        #expect(rig.sent.count == 2 && rig.outcomes == [.opened] && !rig.device.standsOpen)
    }

    @Test("What the device says of itself in its own words is the condition the town is told", arguments: Dialogue.all)
    func condition(_ dialogue: Dialogue) {
        #expect(Rig(dialogue).device.condition == dialogue.condition ?? LockCondition(bolt: .locked))
    }

    @Test("A device that says it is stuck, or that it failed, is not told again", arguments: Dialogue.all.filter { !$0.jammed.isEmpty })
    func jammed(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.open()
        rig.say(dialogue.jammed)
        #expect(rig.outcomes == [.refused])
        rig.wait(120)
        #expect(rig.outcomes == [.refused] && rig.sent.filter { $0 == dialogue.unlock.text }.count == 1)
    }

    @Test("A device that says nothing in its time has failed, and is never told again", arguments: Dialogue.all)
    func silent(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.open()
        rig.wait(rig.patience - 1)
        #expect(rig.outcomes == [])
        rig.wait(1)
        #expect(rig.outcomes == [.refused])
        rig.wait(600)
        #expect(rig.outcomes == [.refused] && rig.sent == [dialogue.unlock.text])
    }

    @Test("A confirmation that comes late is told as well, and the door is locked at once", arguments: Dialogue.all)
    func late(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.open()
        rig.wait(rig.patience + 20)
        rig.say(dialogue.unlocked)
        rig.deeds += rig.device.wake(at: rig.now)
        #expect(rig.outcomes == [.refused, .opened] && rig.sent == [dialogue.unlock.text, dialogue.lock.text])
    }

    @Test("Nothing is sent to a device that is away, or was never there", arguments: Dialogue.all)
    func away(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.say(dialogue.away)
        rig.open()
        var stranger = Rig(dialogue, settled: false)
        stranger.wait(60)
        stranger.open()
        for rig in [rig, stranger] { #expect(rig.sent == [] && rig.outcomes == [.refused]) }
    }

    @Test("Nothing is sent in the seconds after the device, or the driver, has connected", arguments: Dialogue.all)
    func quiet(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.say(dialogue.away + dialogue.present)
        rig.wait(4)
        rig.open()
        #expect(rig.sent == [] && rig.outcomes == [.refused])
        rig.wait(1)
        rig.open(Self.next)
        #expect(rig.sent == [dialogue.unlock.text])

        rig = Rig(dialogue)
        rig.device.disconnected()
        rig.open()
        rig.device.connected(at: rig.now)
        rig.say(dialogue.present + dialogue.locked, retained: true)
        rig.wait(4)
        rig.open(Self.next)
        #expect(rig.sent == [] && rig.outcomes == [.refused, .refused])
    }

    @Test("A word that a device says again when it comes back makes it new, though nobody saw it go", arguments: Dialogue.all)
    func rebooted(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.say(dialogue.present)
        rig.open()
        // Nuki Hub says it every half minute, and keeps its own first seconds quiet.
        #expect(rig.sent.isEmpty == (dialogue.kind != "nuki-hub"))
    }

    @Test("A retained order is removed and told of; what a device keeps there itself is left", arguments: Dialogue.all)
    func junk(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.say([dialogue.unlock], retained: true)
        #expect(rig.deeds.first == .clear(topic: dialogue.unlock.topic) && rig.device.retainedOrderFound != nil)
        rig.wait(3600)
        #expect(rig.device.retainedOrderFound == nil)
        rig.deeds = []
        if let harmless = dialogue.harmless { rig.say([harmless], retained: true) }
        // Our own orders, as the broker hands them back.
        rig.say([dialogue.unlock, dialogue.lock])
        #expect(rig.deeds == [])
    }

    @Test("What the broker, or a device just back, remembers confirms an order only if it is news", arguments: Dialogue.all)
    func remembered(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.say(dialogue.unlocked)
        rig.say(dialogue.locked)
        rig.open()
        rig.device.disconnected()
        rig.device.connected(at: rig.now)
        rig.say(dialogue.present + dialogue.locked, retained: true)
        #expect(rig.outcomes == [])
        rig.say(dialogue.unlocked, retained: true)
        #expect(rig.outcomes == [.opened])
        rig.wait(9)
        #expect(rig.sent == [dialogue.unlock.text, dialogue.lock.text])
    }

    @Test("The next person of a group keeps the door open until the later of the two ends", arguments: Dialogue.all)
    func group(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.open()
        rig.say(dialogue.unlocked)
        rig.wait(3)
        rig.open(Self.next)
        #expect(rig.outcomes == [.opened, .opened] && rig.sent.count == 2)
        rig.wait(4)
        #expect(rig.sent.count == 2)
        rig.wait(1)
        #expect(rig.sent.last == dialogue.lock.text)
    }

    @Test("A door that does not lock is told three times quickly, then now and then, and somebody hears of it", arguments: Dialogue.all)
    func open(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        rig.open()
        rig.say(dialogue.unlocked)
        rig.wait(5 + 2 * rig.patience)
        #expect(rig.sent.count == 4 && rig.device.standsOpen)
        rig.wait(29)
        #expect(rig.sent.count == 4)
        rig.wait(1)
        #expect(rig.sent.count == 5)
        rig.say(dialogue.locked)
        #expect(!rig.device.standsOpen)
    }

    @Test("A bolt is not thrown against the frame while the door stands open")
    func doorOpen() throws {
        let dialogue = try #require(Dialogue.all.first { $0.kind == "nuki-hub" })
        var rig = Rig(dialogue)
        rig.open()
        rig.say(dialogue.unlocked)
        func contact(_ word: String) {
            rig.deeds += rig.device.hear(Array(word.utf8), on: "nuki/lock/doorSensorState", isRetained: false, at: rig.now)
        }
        contact("doorOpened")
        rig.wait(60)
        #expect(rig.sent == ["unlock"])
        contact("doorClosed")
        rig.wait(1)
        #expect(rig.sent == ["unlock", "lock"])
    }

    @Test("Bytes that say nothing change nothing", arguments: Dialogue.all)
    func garbage(_ dialogue: Dialogue) {
        var rig = Rig(dialogue)
        let before = rig.device.condition
        for topic in dialogue.dialect.reports.map(\.topic) {
            for bytes in [[], [0xFF, 0xFE], Array("{".utf8), Array("[1]".utf8), Array("{\"state\":{\"state\":1},\"output\":[]}".utf8)] {
                rig.deeds += rig.device.hear(bytes, on: topic, isRetained: false, at: rig.now)
            }
        }
        #expect(rig.device.condition == before && rig.deeds == [])
    }
}

extension EventID {
    static func derivedForTest(_ name: String) -> EventID {
        EventID(at: Instant(milliseconds: 1_795_215_600_000), random: (0, UInt64(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })))
    }
}
