import CCrypto
import Synchronization

/// Keeps personal data unreadable on the disk: AES-256-GCM (NIST SP 800-38D) under keys of its own, and blind indexes to find again what is sealed.
///
/// ```
/// sealed: version 1 ‖ key number (2 bytes) ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)
/// ```
///
/// The newest key seals, all of them open. Nonces are drawn: SP 800-38D §8.3 allows 2^32 of them to a key, 130 a second for a year. Whoever writes
/// more than a billion rows adds a key long before.
package struct Vault: Sendable, CustomStringConvertible, CustomReflectable {
    /// The number of the key that seals.
    package let current: Int
    private let keys: [Int: SealingKey]
    private let indexes: IndexKeys
    private let nonce: @Sendable () -> [UInt8]

    package static let numbers = 1...65_535
    private static let version: UInt8 = 1
    private static let header = 3
    /// What sealing adds, in bytes.
    package static let overhead = header + SealingKey.nonceBytes + SealingKey.tagBytes

    /// - Parameters:
    ///   - index: 32 bytes, for blind indexes alone.
    ///   - keys: 32 bytes each, by number.
    ///   - nonce: 12 bytes that never come again under one key. A simulation gives its own.
    package init(
        index: [UInt8], keys: [Int: [UInt8]], nonce: @escaping @Sendable () -> [UInt8] = drawnNonce
    ) throws(SealError) {
        guard index.count == 32, keys.values.allSatisfy({ $0.count == 32 }) else {
            throw .malformed(what: "a vault's secret", expected: "32 bytes")
        }
        guard let newest = keys.keys.max(), keys.keys.allSatisfy(Self.numbers.contains) else {
            throw .malformed(what: "a vault", expected: "at least one key, and numbers from 1 to 65535")
        }
        var ready: [Int: SealingKey] = [:]
        for (number, secret) in keys { ready[number] = try SealingKey(secret) }
        current = newest
        self.keys = ready
        indexes = IndexKeys(hmacSHA256(key: Array("kazasu blind index".utf8), message: index))
        self.nonce = nonce
    }

    /// - Parameter context: where it belongs, `person/p-…`: sealed for one row, it does not open in another.
    package func seal(_ bytes: [UInt8], context: String) -> [UInt8] {
        guard let key = keys[current] else { preconditionFailure("a vault has its newest key") }
        let header = [Self.version, UInt8(current >> 8), UInt8(current & 0xff)]
        return key.seal(bytes, associated: Array(context.utf8), nonce: nonce(), behind: header)
    }

    /// - Throws: `SealError.missingKey` with the number, or that it is damaged, was sealed for another context, or was never sealed.
    package func open(_ sealed: [UInt8], context: String) throws(SealError) -> [UInt8] {
        guard let number = Self.keyNumber(of: sealed) else { throw .damaged(context: context) }
        guard let key = keys[number] else { throw .missingKey(number: number) }
        guard let bytes = key.open(sealed, behind: Self.header, associated: Array(context.utf8)) else { throw .damaged(context: context) }
        return bytes
    }

    /// Whether it lies under a key that is not the newest.
    package func needsRotation(_ sealed: [UInt8]) -> Bool { Self.keyNumber(of: sealed) != current }

    /// The key something lies under; nil for what no vault has sealed.
    package static func keyNumber(of sealed: [UInt8]) -> Int? {
        guard sealed.count >= overhead, sealed[0] == version else { return nil }
        return Int(sealed[1]) << 8 | Int(sealed[2])
    }

    /// The same 16 bytes for the same value and purpose, so that a sealed value can be looked up. They say nothing without the vault but which rows
    /// are equal, and stay as they are when keys come and go: HMAC-SHA256 under a key of the purpose's own (HKDF, RFC 5869).
    /// - Parameter purpose: a word of the program; the key of each is kept.
    package func blindIndex(_ value: [UInt8], for purpose: String) -> [UInt8] {
        Array(indexes.key(for: purpose).code(value).prefix(16))
    }

    /// The numbers of its keys, rising.
    package var keyNumbers: [Int] { keys.keys.sorted() }

    /// Names the keys and hides the secrets, so that no log line can spill them.
    package var description: String {
        "vault of key\(keys.count == 1 ? "" : "s") \(keyNumbers.map { "v\($0)" }.joined(separator: ", "))"
    }
    package var customMirror: Mirror { Mirror(self, children: ["keys": keyNumbers]) }
}

/// The keys of the indexes, each made when it is asked for first.
private final class IndexKeys: Sendable {
    /// What they are made of (PRK of RFC 5869).
    private let base: [UInt8]
    private let made = Mutex<[String: HMACKey]>([:])

    init(_ base: [UInt8]) { self.base = base }

    func key(for purpose: String) -> HMACKey {
        made.withLock { made in
            if let key = made[purpose] { return key }
            let key = HMACKey(hkdfExpand(base, info: Array(purpose.utf8)))
            made[purpose] = key
            return key
        }
    }
}

/// A nonce from libcrypto's generator, of which one call costs as much as sealing a row does: so several hundred are drawn at a time.
///
/// A forked process would draw the same ones again. Ours never fork without exec, which leaves nothing of them.
@Sendable package func drawnNonce() -> [UInt8] {
    drawn.withLock { drawn in
        if drawn.count < SealingKey.nonceBytes {
            do { drawn = try randomBytes(4096) } catch { preconditionFailure("\(error)") }
        }
        defer { drawn.removeLast(SealingKey.nonceBytes) }
        return Array(drawn.suffix(SealingKey.nonceBytes))
    }
}

/// What was drawn and is not used yet.
private let drawn = Mutex<[UInt8]>([])
