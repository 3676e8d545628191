import Glibc
import Simulation
import Testing

/// Again, alone: `SEED=8271 swift test --filter Town`.
@Suite struct Town {
    static let seeds: ClosedRange<UInt64> = getenv("SEED").flatMap { UInt64(String(cString: $0)) }.map { $0...$0 } ?? 1...100

    @Test("Whatever breaks, the town comes to rest and every tap is accounted for once", arguments: seeds)
    func comesToRest(seed: UInt64) throws {
        let (world, wrong) = try history(seed: seed)
        #expect(wrong.isEmpty, "seed \(seed), faults: \(world.faultsAtStart)\n\(world.timeline)")
    }

    @Test("When nothing breaks, every card that has a right opens its door and no other does")
    func opensDoors() throws {
        let (world, wrong) = try history(seed: 7, faults: Faults.none)
        #expect(wrong.isEmpty)
        #expect(world.accepted == 60)
        let refusals = try world.refusals()
        #expect(world.opened == 30, "refused: \(refusals)")
    }

    @Test("The same seed is the same history, message for message")
    func isDeterministic() throws {
        let (first, _) = try history(seed: 42)
        let (second, _) = try history(seed: 42)
        #expect(first.busHash == second.busHash)
        #expect(first.published > 100)
        let (other, _) = try history(seed: 43)
        #expect(first.busHash != other.busHash)
    }
}
