import Seal

extension Base32 {
    /// What an authenticator makes of the letters it is shown, in either case and with spaces between (RFC 4648, section 6).
    package static func bytes(_ letters: some StringProtocol) -> [UInt8]? {
        var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        for letter in letters.utf8 where letter != UInt8(ascii: " ") {
            guard let digit = alphabet.firstIndex(of: letter | 0x20) else { return nil }
            bits = bits << 5 | UInt32(digit)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
}
