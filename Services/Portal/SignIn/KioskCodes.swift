import Contracts
import ServiceKit

/// Whoever holds a card at a kiosk is shown eight letters.
extension SignIn {
    /// Bytes that `kioskCode` wants.
    package static let codeBytes = 5
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// - Parameter bytes: `codeBytes` of them, which nobody can guess.
    /// - Returns: what the kiosk shows, `7K3MQX2A`.
    package func kioskCode(for token: Token, bytes: [UInt8], in turn: borrowing Turn) throws -> String {
        precondition(bytes.count >= Self.codeBytes, "a code takes \(Self.codeBytes) random bytes")
        let number = bytes.prefix(Self.codeBytes).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return String((0..<8).reversed().map { Self.alphabet[Int(number >> UInt64(5 * $0) & 31)] })
    }
}
