import Contracts
import Harness
import ServiceKit
import Testing

@testable import ReaderAgent

@Suite("What a card is called at doors that decide alone")
struct LeaseTests {
    private func hashes(_ number: Int, _ doors: DoorID...) -> LeaseHashes {
        LeaseHashes(
            token: .card(number), hashes: doors.enumerated().map { DoorHash(door: $1, hash: CardHash(value: UInt64(100 * number + $0))) })
    }

    private func hold(_ gate: Gate, _ leases: [LeaseHashes]) throws {
        gate.uptime += 5000
        try gate.rig.settle([gate.card(leases: leases)])
    }

    @Test("It is told once, with the card's first tap, and again when those doors change")
    func once() throws {
        let gate = try Gate()
        for _ in 0..<3 { try hold(gate, [hashes(1, "gym")]) }
        #expect(try gate.rig.said(.leaseHashes).map(\.data) == [hashes(1, "gym")])
        #expect(try gate.rig.said(.leaseHashes).first?.cause == gate.taps.first?.id)
        for _ in 0..<3 { try hold(gate, [hashes(1, "gym", "hall")]) }
        #expect(try gate.rig.said(.leaseHashes).map(\.data) == [hashes(1, "gym"), hashes(1, "gym", "hall")])
        try gate.rig.start(Gate.agent())
        try gate.rig.settle()
        gate.rig.forgetWhatWasSaid()
        try hold(gate, [hashes(1, "gym", "hall")])
        #expect(try gate.taps.count == 1 && gate.rig.said(.leaseHashes).isEmpty)
    }

    @Test("While token keys are being changed it is told of both tokens")
    func twoTokens() throws {
        let gate = try Gate()
        for _ in 0..<2 { try hold(gate, [hashes(1, "gym"), hashes(2, "gym")]) }
        #expect(try gate.rig.said(.leaseHashes).map(\.data) == [hashes(1, "gym"), hashes(2, "gym")])
    }

    @Test("After a fortnight it is told again, so that whoever has lost it learns it")
    func again() throws {
        let gate = try Gate()
        try hold(gate, [hashes(1, "gym")])
        try gate.rig.pass(.seconds(13 * 86_400), step: .seconds(86_400))
        try hold(gate, [hashes(1, "gym")])
        #expect(try gate.rig.said(.leaseHashes).count == 1)
        try gate.rig.pass(.seconds(2 * 86_400), step: .seconds(86_400))
        try hold(gate, [hashes(1, "gym")])
        #expect(try gate.rig.said(.leaseHashes).count == 2)
    }

    @Test("A town without such doors says nothing of them")
    func none() throws {
        let gate = try Gate()
        try hold(gate, [])
        #expect(try gate.taps.count == 1 && gate.rig.said(.leaseHashes).isEmpty)
    }
}
