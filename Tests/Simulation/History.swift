import Bus
import Contracts
import ServiceKit

/// One whole history from a seed.
package struct History {
    package let world: World
    /// What does not hold now that the town has come to rest, each in a sentence.
    package let wrong: [String]

    /// - Parameters:
    ///   - span: how long everything goes wrong. After it all is healed, and the town must come to rest.
    ///   - faults: `nil` draws them from the seed.
    package init(
        seed: UInt64, layout: Layout = .small, taps: Int = 60, over span: Duration = .seconds(120), faults: Faults? = nil
    ) throws {
        world = try World(seed: seed, layout: layout, faults: faults)
        try world.prepare()
        world.run(taps: taps, over: span)
        wrong = world.heal() ? try world.violations() : ["the town did not come to rest within 15 minutes"] + world.unrest
    }

    /// 50 readers, 500 taps, all faults.
    package static func morning(seed: UInt64, taps: Int = 500) throws -> History {
        try History(seed: seed, layout: .morning(taps: taps), taps: taps, over: .seconds(90))
    }

    /// 100,000 taps of a town of 30,000 in 24 hours, no faults.
    package static func day(seed: UInt64, taps: Int = 100_000) throws -> History {
        try History(seed: seed, layout: .day(), taps: taps, over: .seconds(86_400), faults: Faults.none)
    }

    package var accepted: Int { world.participant(ReaderAgentsInSimulation.self).accepted }
    /// By cards held over readers at doors.
    package var opened: Int { doors.reduce(0) { $0 + $1.opened.count } }
    private var doors: [LockMachine] { world.participant(LocksInSimulation.self).locks.filter { world.layout.doors.contains($0.door) } }
    /// Rows of journals that a disk put back has really lost.
    package var forgotten: Int { world.machines.reduce(0) { $0 + $1.forgotten.count } }

    /// Classes of topics on the bus, and those that were ever published retained.
    package var kindsPublished: Set<String> { Set(world.kinds.keys.map(\.rawValue)) }
    package var kindsRetained: Set<String> { Set(world.kinds.filter(\.value).keys.map(\.rawValue)) }
    /// How many events the auditor has.
    package func events() throws -> Int { try world.auditor.count() }
    package func violations() throws -> [String] { try world.violations() }
    package func comesToRest() -> Bool { world.heal() }

    /// The power of the whole town goes and comes.
    package func restartEverybody() {
        for machine in world.machines where machine.isUp { machine.crash(world) }
        world.advance(.seconds(8))
    }

    package var summary: String {
        "\(accepted) cards accepted, \(opened) doors opened, \(forgotten) rows lost with disks, \(world.published) messages, bus \(String(world.busHash, radix: 16))"
    }

    /// Everything a person needs to see why a seed fails.
    package func report(lines: Int = 60) -> String {
        (["seed \(world.seed) fails. Faults: \(world.faultsAtStart)", world.timeline(lines), ""] + wrong.prefix(10).map { "  \($0)" })
            .joined(
                separator: "\n")
    }

    /// How often doors stayed shut for which reason.
    package func refusals() throws -> [String: Int] {
        try world.auditor.heard(.doorDecisions).filter { world.layout.doors.contains($0.data.door) }.compactMap(\.data.refusal?.rawValue)
            .reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

extension World {
    /// - Returns: every invariant that does not hold, in a sentence.
    func violations() throws -> [String] {
        var wrong = self.wrong
        for participant in participants { wrong += try participant.violations(self) }
        // What a disk put back has lost is lost aloud, to everybody who could know.
        let forgotten = machines.flatMap(\.forgotten)
        for machine in machines { wrong += try machine.silentlyLost(forgotten) }
        for topic in broker.retained.keys.sorted() where Topic(topic)?.kind.isRetained != true && faultsAtStart.garbage == 0 {
            wrong.append("the broker retains \(topic)")
        }
        return wrong
    }
}
