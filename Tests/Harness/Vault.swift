import Seal
import Synchronization

extension Vault {
    /// Secrets and nonces follow from the seed, so that a history repeats itself; and so it protects nothing. Key `n` of one seed is always the same.
    package static func forTests(seed: UInt64 = 1, keys numbers: ClosedRange<Int> = 1...1) -> Vault {
        let drawing = Drawing(Seeded(seed))
        let keys = numbers.map { ($0, bytes(32, from: Seeded(seed &* 1_000_003 &+ UInt64($0)))) }
        do {
            return try Vault(
                index: bytes(32, from: Seeded(seed)), keys: Dictionary(uniqueKeysWithValues: keys),
                nonce: { drawing.seeded.withLock { seeded in (0..<12).map { _ in UInt8(truncatingIfNeeded: seeded.next()) } } })
        } catch { preconditionFailure("\(error)") }
    }

    private static func bytes(_ count: Int, from seeded: Seeded) -> [UInt8] {
        var seeded = seeded
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: seeded.next()) }
    }

    private final class Drawing: Sendable {
        let seeded: Mutex<Seeded>
        init(_ seeded: Seeded) { self.seeded = Mutex(seeded) }
    }
}
