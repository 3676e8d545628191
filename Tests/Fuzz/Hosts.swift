import Bus
import Contracts
import Harness
import LockController
import ReaderAgent
import Seal
import ServiceKit
import Store

extension FuzzTarget {
    /// A whole lock-controller that hears anything on any topic, and afterwards decides an honest tap as if nothing had been.
    static let lockController = FuzzTarget(name: "lock-controller") { bytes in
        let rig = try hear(bytes, controller, as: .lockController, "main", on: controllerDisk)
        var agent = FakeAgent(seed: 99)
        agent.epoch = lastEpoch
        let tap = agent.tap(.card(1), at: rig.now)
        rig.say(agent.topic, try tap.json())
        try rig.settle()
        let decisions = try rig.said(.doorDecisions)
        try must(decisions.filter { $0.cause == tap.id }.count == 1, "an honest tap is decided \(decisions.count) times: \(bytes.shown)")
        let opened = Set(decisions.filter { $0.data.verdict == .open }.map(\.id))
        let grants = rig.published.filter { $0.topic.contains("/grant/") }
        try must(grants.count == opened.count, "\(grants.count) grants for \(opened.count) doors opened: \(bytes.shown)")
        return decisions.count > 1
    }

    /// A whole reader-agent that hears anything, and afterwards turns an honest card into a tap.
    static let readerAgent = FuzzTarget(name: "reader-agent") { bytes in
        let rig = try hear(bytes, agent, as: .readerAgent, "gate-1", on: agentDisk)
        let card = IdentifiedCard(
            reader: "reader-1", token: .card(1), scheme: .cardApp, assurance: .proved, at: rig.now, uptime: 1000, clock: .synced)
        try rig.settle([.identified(card)])
        let taps = try rig.said(.taps)
        try must(taps.count == 1, "an honest card is \(taps.count) taps: \(bytes.shown)")
        return try !rig.said(.purposes).isEmpty
    }

    /// Lines in pairs: a topic, and what is said there. The service hears them one after the other and comes to rest.
    private static func hear<S: Service>(
        _ bytes: [UInt8], _ service: S, as role: Role, _ instance: Instance, on disk: [UInt8]
    ) throws -> Rig<S> {
        let rig = try Rig(service, as: role, instance, roster: roster, disk: .inMemory(holding: disk))
        try rig.settle()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for at in stride(from: 0, to: min(lines.count - 1, 40), by: 2) {
            rig.say(String(decoding: lines[at], as: UTF8.self), Array(lines[at + 1]))
            try rig.settle()
        }
        // Long enough for gaps to be asked for, orders to end and silent locks to be given up.
        try rig.pass(.seconds(45), step: .seconds(15))
        return rig
    }

    private static let roster = Roster([
        .readerAgent: ["gate-1"], .lockController: ["main"], .lock: ["gym", "hall"], .desk: ["office"], .operator: ["watch"],
    ])
    private static let controller: LockController = {
        guard let key = try? SigningKey(seed: [UInt8](repeating: 7, count: 32)) else { preconditionFailure("32 bytes are a key") }
        let doors = [Door(id: "gym", accepts: .proved, openFor: .seconds(5)), Door(id: "hall", accepts: .read, openFor: .seconds(3))]
        return LockController(doors: doors, seal: GrantSeal(key))
    }()
    private static let agent = ReaderAgent(
        readers: [AgentReader(id: "reader-1", place: "hall", purpose: .door("gym"))], doubleTap: { _ in .zero }, journalLimit: 1000,
        boot: "fuzzed")

    // Tables already made: most of an input's time would go into that.
    private static let controllerDisk = disk(of: controller, as: .lockController, "main")
    private static let agentDisk = disk(of: agent, as: .readerAgent, "gate-1")

    private static func disk<S: Service>(of service: S, as role: Role, _ instance: Instance) -> [UInt8] {
        do { return try Rig(service, as: role, instance, roster: roster).disk.serialized() } catch { preconditionFailure("\(error)") }
    }

    /// Later than any an input can spell, so that the honest tap is the newest of its stream.
    private static let lastEpoch: Epoch = {
        guard let epoch = Epoch("9999999999999-zzzz") else { preconditionFailure("13 digits and 4 letters are an epoch") }
        return epoch
    }()
}
