import CCrypto

/// scrypt (RFC 7914): a key of what a person remembers, made so that each guess at it costs memory and time.
package enum Scrypt {
    /// How much, in the letters of RFC 7914: 128 · N · r bytes of memory, p times.
    package struct Cost: Equatable, Sendable {
        /// N as a power of two.
        package let logN: Int
        package let r: Int
        package let p: Int

        package init(logN: Int, r: Int, p: Int) { (self.logN, self.r, self.p) = (logN, r, p) }

        /// 16 MiB and 50 to 60 ms on the machine this was measured on, where 2^15 took 120: meanwhile the loop that asks stands still.
        package static let signIn = Cost(logN: 14, r: 8, p: 1)

        /// What libcrypto sets aside.
        fileprivate var memory: UInt64 { UInt64(128 * r * (1 << logN + p + 2)) }
    }

    /// 32 bytes.
    package static func key(of password: String, salt: [UInt8], _ cost: Cost) throws(SealError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: 32)
        let (n, r, p) = (UInt64(1) << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p))
        guard EVP_PBE_scrypt(password, password.utf8.count, salt, salt.count, n, r, p, cost.memory, &key, key.count) == 1 else {
            throw libraryError("make a key of a password")
        }
        return key
    }
}

/// What is kept of a password: enough to know it again, and nothing it could be read from.
package struct PasswordHash: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    package let cost: Scrypt.Cost
    private let salt: [UInt8]
    private let key: [UInt8]

    package static let saltBytes = 16
    /// A text may not ask for more, 256 MiB.
    private static let highest = Scrypt.Cost(logN: 18, r: 8, p: 16)

    private init(_ cost: Scrypt.Cost, _ salt: [UInt8], _ key: [UInt8]) { (self.cost, self.salt, self.key) = (cost, salt, key) }

    /// - Parameter salt: 16 bytes, drawn for this one.
    package init(of password: String, salt: [UInt8], _ cost: Scrypt.Cost) throws(SealError) {
        precondition(salt.count == Self.saltBytes, "a password's salt has 16 bytes")
        self.init(cost, salt, try Scrypt.key(of: password, salt: salt, cost))
    }

    /// Of no password, and as much work to compare with as one of somebody.
    package static func ofNobody(_ cost: Scrypt.Cost) -> PasswordHash {
        PasswordHash(cost, [UInt8](repeating: 0, count: saltBytes), [UInt8](repeating: 0, count: 32))
    }

    /// PHC string format: `$scrypt$ln=14,r=8,p=1$SALT$KEY`, in base64 without padding. Each hash has one form alone.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, let salt = Base64.bytes(unpadded: parts[3]), let key = Base64.bytes(unpadded: parts[4]) else { return nil }
        let numbers = parts[2].split(separator: ",").compactMap { Int($0.drop { $0 != "=" }.dropFirst()) }
        guard numbers.count == 3, (1...Self.highest.logN).contains(numbers[0]), (1...Self.highest.r).contains(numbers[1]),
            (1...Self.highest.p).contains(numbers[2]), salt.count == Self.saltBytes, key.count == 32
        else { return nil }
        self.init(Scrypt.Cost(logN: numbers[0], r: numbers[1], p: numbers[2]), salt, key)
        guard self.text == text else { return nil }
    }

    package var text: String {
        "$scrypt$ln=\(cost.logN),r=\(cost.r),p=\(cost.p)$\(Base64.unpadded(salt))$\(Base64.unpadded(key))"
    }

    package func matches(_ password: String) throws(SealError) -> Bool {
        constantTimeEqual(try Scrypt.key(of: password, salt: salt, cost), key)
    }

    /// Of the same password at another cost.
    package func anew(_ password: String, _ cost: Scrypt.Cost) throws(SealError) -> PasswordHash {
        try PasswordHash(of: password, salt: salt, cost)
    }

    /// Hides what guesses could be tried on, so that no log line can spill it.
    package var description: String { "a password's hash" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Base64 {
    /// Without padding, as age and the PHC string format write it.
    static func unpadded(_ bytes: [UInt8]) -> String { String(text(bytes).prefix { $0 != "=" }) }

    /// Strict, as `Base64URL.decode` is.
    static func bytes(unpadded text: some StringProtocol) -> [UInt8]? {
        guard !text.contains("-"), !text.contains("_") else { return nil }
        let url = text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        return Base64URL.decode(Array(String(url).utf8))
    }
}
