/// The name of a card application (ISO 7816-4, 12.2.3) that a tap may select.
///
/// The applications of the My Number card that hold the 12 digits, the face, or keys bound to a PIN cannot be spelled here.
package struct AID: Hashable, Sendable {
    package let bytes: [UInt8]

    /// 5 to 16 bytes. The card also selects by the beginning of a name, so whatever begins like a forbidden name, or is the
    /// beginning of one, is refused as well.
    package init?(_ bytes: [UInt8]) {
        guard (5...16).contains(bytes.count), !Self.isForbidden(bytes) else { return nil }
        self.bytes = bytes
    }

    /// Hexadecimal digits, as in a configuration: `F04B415A415355 01`, blanks allowed.
    package init?(hexadecimal text: String) {
        guard let bytes = Self.bytes(hexadecimal: text) else { return nil }
        self.init(bytes)
    }

    /// Whether a name is, begins like, or begins one of the applications a tap never touches; for a configuration's error.
    package static func isForbidden(_ bytes: [UInt8]) -> Bool {
        forbidden.contains { $0.starts(with: bytes) || bytes.starts(with: $0) }
    }

    /// Bytes from pairs of hexadecimal digits with blanks between; nil for anything else.
    package static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }.map { hexDigit($0) }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexDigit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static let forbidden: [[UInt8]] = [
        // Public key authentication (公的個人認証, JPKI): certificates whose serial numbers the law fences.
        [0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
        // Common card (共通カード): a stable serial number readable without a PIN, made for tracking if one lets it.
        [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00],
        // Resident register (住基).
        [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01],
        // Face of the card (券面事項確認): photo, and a picture of the 12 digits.
        [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02],
        // Input assistance (券面事項入力補助): the 12 digits themselves, name, address, birth date.
        [0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08],
        // GlobalPlatform's issuer domain, in which the card tells its serial data.
        [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00],
    ]
}
