import Bus
import Contracts
import Testing

@testable import LockDriver

/// The dialogues of the real projects, on a real broker with the generated settings, each device behind its own password.
@Suite("Devices of six kinds on a real broker", .serialized)
struct DialogueTests {
    @Test("open once for a grant, are locked again, and the town hears what they say of themselves", arguments: Dialogue.all)
    func opens(_ dialogue: Dialogue) throws {
        let town = try DrivenTown()
        let device = try town.connect(dialogue)
        try town.settle(dialogue, device)
        let grant = try town.grant(dialogue.door)
        #expect(try town.until { device.heard.map(\.topic) == [dialogue.unlock.topic] })
        #expect(device.heard.map(\.payload) == [dialogue.unlock.payload] && device.heard.allSatisfy { !$0.isRetained })
        #expect(town.outcomes(of: grant) == [])
        try town.say(dialogue.moving + dialogue.unlocked, by: device)
        #expect(try town.until { town.outcomes(of: grant) == [.opened] })
        device.forget()
        try town.advance(6)
        #expect(try town.until { device.heard.map(\.payload) == [dialogue.lock.payload] })
        try town.say(dialogue.locked, by: device)
        #expect(try town.until { town.conditions(of: dialogue.door).map(\.bolt) == [.locked, .unlocked, .locked] })
        #expect(town.conditions(of: dialogue.door).first == dialogue.condition ?? LockCondition(bolt: .locked))
        #expect(try town.until { town.life(dialogue.door)?.state == .ready })
    }

    @Test("that say they are stuck, or nothing, are not told again", arguments: Dialogue.all)
    func stuck(_ dialogue: Dialogue) throws {
        let town = try DrivenTown()
        let device = try town.connect(dialogue)
        try town.settle(dialogue, device)
        let grant = try town.grant(dialogue.door)
        #expect(try town.until { !device.heard.isEmpty })
        if dialogue.jammed.isEmpty { try town.advance(6) } else { try town.say(dialogue.jammed, by: device) }
        #expect(try town.until { town.outcomes(of: grant) == [.refused] })
        try town.advance(30)
        try town.barrier(device, dialogue)
        #expect(device.heard.filter { $0.payload == dialogue.unlock.payload }.count == 1)
    }

    @Test("that are away get nothing, then or later; the lock says so", arguments: Dialogue.all)
    func away(_ dialogue: Dialogue) throws {
        let town = try DrivenTown()
        // One that asks the broker to keep its messages, as many do.
        var device = try town.connect(dialogue, clean: false)
        try town.settle(dialogue, device)
        try town.say(dialogue.away, by: device, retain: true)
        device.cut()
        #expect(try town.until { !town.device(dialogue.door).isPresent })
        #expect(try town.until { town.life(dialogue.door)?.problems?.map(\.code) == ["device-away"] })
        let grant = try town.grant(dialogue.door)
        #expect(try town.until { town.outcomes(of: grant) == [.refused] })
        device = try town.connect(dialogue, clean: false)
        try town.settle(dialogue, device)
        try town.barrier(device, dialogue)
        #expect(!device.heard.contains { $0.payload == dialogue.unlock.payload })
        #expect(try town.until { town.life(dialogue.door)?.state == .ready })
    }

    @Test(
        "that break off in the middle of an order are not given it again; what they did is told when they are back", arguments: Dialogue.all
    )
    func brokenOff(_ dialogue: Dialogue) throws {
        let town = try DrivenTown()
        var device = try town.connect(dialogue)
        try town.settle(dialogue, device)
        let grant = try town.grant(dialogue.door)
        #expect(try town.until { !device.heard.isEmpty })
        device.cut()
        try town.advance(20)
        #expect(try town.until { town.outcomes(of: grant) == [.refused] })
        device = try town.connect(dialogue)
        // It had obeyed. What it says when it is back is its memory, and news.
        try town.say(dialogue.away + dialogue.present + dialogue.unlocked, by: device)
        #expect(try town.until { town.outcomes(of: grant) == [.refused, .opened] })
        try town.advance(6)
        #expect(try town.until { !device.heard.isEmpty })
        try town.barrier(device, dialogue)
        #expect(device.heard.map(\.payload) == [dialogue.lock.payload])
    }

    @Test("that start where somebody had left an order: it is removed, and told of", arguments: Dialogue.all)
    func junk(_ dialogue: Dialogue) throws {
        let town = try DrivenTown()
        // With the driver's own certificate: nobody else can.
        try town.meddle(as: "lock-driver-main", dialogue.unlock.topic, dialogue.unlock.payload, retain: true)
        let device = try town.connect(dialogue)
        try town.say(dialogue.away, by: device, retain: true)
        try town.say(dialogue.present, by: device, retain: true)
        #expect(try town.until { town.life(dialogue.door)?.problems?.contains { $0.code == "retained-order" } ?? false }, "\(town.log)")
        let next = try town.connect(dialogue)
        try town.barrier(next, dialogue)
        #expect(next.heard.filter { $0.isRetained }.isEmpty)
    }

    @Test("hear nothing of an order that was given to a driver before it was started again", arguments: Dialogue.all.prefix(1))
    func restarted(_ dialogue: Dialogue) throws {
        let town = try DrivenTown()
        let device = try town.connect(dialogue)
        try town.settle(dialogue, device)
        let grant = try town.grant(dialogue.door)
        #expect(try town.until { !device.heard.isEmpty })
        device.forget()
        try town.startDriver()
        #expect(try town.until { town.device(dialogue.door).isPresent })
        try town.advance(120)
        try town.barrier(device, dialogue)
        #expect(device.heard.isEmpty && town.outcomes(of: grant) == [])
    }
}
