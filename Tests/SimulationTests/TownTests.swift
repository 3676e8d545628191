import Glibc
import Simulation
import Testing

/// Again, alone: `SEED=8271 swift test --filter TownTests`.
@Suite("A simulated town")
struct TownTests {
    static let seeds: ClosedRange<UInt64> = getenv("SEED").flatMap { UInt64(String(cString: $0)) }.map { $0...$0 } ?? 1...40

    @Test("Whatever breaks, the town comes to rest and every tap is accounted for once", arguments: seeds)
    func comesToRest(seed: UInt64) throws {
        let history = try History(seed: seed)
        #expect(history.wrong.isEmpty, "\(history.report())")
    }

    @Test("When nothing breaks, every card that has a right opens its door and no other does")
    func opensDoors() throws {
        let history = try History(seed: 7, layout: Layout(), faults: Faults.none)
        #expect(history.wrong.isEmpty)
        #expect(history.accepted == 60)
        let refusals = try history.refusals()
        #expect(Set(refusals.keys).isSubset(of: ["no-right", "too-early", "too-late"]), "\(refusals)")
        #expect(history.opened + refusals.values.reduce(0, +) == 60)
        #expect(history.opened >= 30, "members alone are half of them")
    }

    @Test("When the token key is changed in the middle of the day, every card still opens what it has a right to")
    func newTokenKey() throws {
        var faults = Faults.none
        faults.newTokenKey = true
        let history = try History(seed: 7, layout: Layout(), faults: faults)
        #expect(history.wrong.isEmpty, "\(history.report())")
        #expect(history.accepted == 60)
        let refusals = try history.refusals()
        #expect(Set(refusals.keys).isSubset(of: ["no-right", "too-early", "too-late"]), "\(refusals)")
        #expect(history.opened + refusals.values.reduce(0, +) == 60)
        // The second half of the cards was admitted under the former key alone.
        #expect(history.opened >= 30)
    }

    @Test("A day's traffic: nothing is published retained but states, leases, lives and heads")
    func day() throws {
        let history = try History.day(seed: 1, taps: 500)
        #expect(history.wrong.isEmpty, "\(history.report())")
        #expect(history.accepted == 500)
        #expect(history.kindsRetained == ["state", "lease", "health", "journal"])
        #expect(history.kindsPublished.isSuperset(of: ["event", "grant", "report", "reply", "feedback", "command"]))
    }

    @Test("Restarted a hundred times, no service says anything new")
    func restarts() throws {
        let history = try History(seed: 3, layout: Layout(), faults: Faults.none)
        // Somebody may stand in a door at the end of the day, which is shut behind them a moment later.
        #expect(history.comesToRest())
        let before = try history.events()
        for _ in 0..<100 { history.restartEverybody() }
        #expect(history.comesToRest())
        #expect(before > 60)
        #expect(try history.events() == before)
        #expect(try history.violations() == [])
    }

    @Test("The same seed is the same history, message for message, in two processes")
    func isDeterministic() throws {
        let first = try History(seed: 42)
        let second = try run("--seed", "42")
        #expect(second.contains("bus \(String(first.world.busHash, radix: 16))"), "\(second.suffix(400))")
        #expect(first.world.published > 100)
        #expect(try History(seed: 43).world.busHash != first.world.busHash)
    }

    /// What the program `simulate` says.
    private func run(_ arguments: String...) throws -> String {
        // It lies beside the tests.
        let folder = String(cString: realpath("/proc/self/exe", nil)!).split(separator: "/").dropLast().joined(separator: "/")
        let beside = #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/.build/debug/simulate"
        let program = [folder + "/simulate", beside].map { "/" + $0 }.first { access($0, X_OK) == 0 }
        let command = ([try #require(program)] + arguments).joined(separator: " ")
        let pipe = try #require(popen(command, "r"))
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
