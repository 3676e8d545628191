/// base64url without padding (RFC 4648 §5, RFC 7515 §2).
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values = reverse(alphabet)

    package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        pack(Array(bytes), bits: 6, alphabet: alphabet)
    }

    package static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: encode(bytes), as: UTF8.self) }

    /// Strict: nil for padding, white space, foreign letters, an impossible length or trailing bits that are not zero,
    /// so each value has exactly one form and a changed letter never passes unseen.
    package static func decode(_ letters: some Collection<UInt8>) -> [UInt8]? {
        guard letters.count % 4 != 1 else { return nil }
        return unpack(letters, bits: 6, values: values)
    }
}

/// base64 with its padding (RFC 4648 §4), as mail and HTTP want it.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let letters = pack(Array(bytes), bits: 6, alphabet: alphabet)
        return letters + [UInt8](repeating: UInt8(ascii: "="), count: (4 - letters.count % 4) % 4)
    }

    package static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: encode(bytes), as: UTF8.self) }
}

/// base32 without padding (RFC 4648 §6), in lower case because tokens are read and typed by people.
package enum Base32 {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] { pack(Array(bytes), bits: 5, alphabet: alphabet) }

    package static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: encode(bytes), as: UTF8.self) }
}

/// base16 (RFC 4648 §8), written in lower case, read in both.
package enum Hex {
    private static let alphabet = Array("0123456789abcdef".utf8)
    private static let values: [UInt8] = {
        var values = reverse(alphabet)
        for (value, letter) in "ABCDEF".utf8.enumerated() { values[Int(letter)] = UInt8(10 + value) }
        return values
    }()

    package static func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: pack(Array(bytes), bits: 4, alphabet: alphabet), as: UTF8.self)
    }

    /// Nil for an odd number of digits or anything that is no digit.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count % 2 == 0 else { return nil }
        return unpack(text.utf8, bits: 4, values: values)
    }
}

private let foreign: UInt8 = 255

/// The value of each letter; `foreign` for all others.
private func reverse(_ alphabet: [UInt8]) -> [UInt8] {
    var values = [UInt8](repeating: foreign, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
}

/// Cuts the bytes into groups of `bits`, most significant first; the last group is filled with zero bits.
private func pack(_ bytes: [UInt8], bits: Int, alphabet: [UInt8]) -> [UInt8] {
    let length = (bytes.count * 8 + bits - 1) / bits
    let mask = UInt32(1 << bits) - 1
    return alphabet.withUnsafeBufferPointer { alphabet in
        [UInt8](unsafeUninitializedCapacity: length) { letters, count in
            var pending: UInt32 = 0
            var held = 0
            for byte in bytes {
                pending = pending << 8 | UInt32(byte)
                held += 8
                while held >= bits {
                    held -= bits
                    letters[count] = alphabet[Int(pending >> UInt32(held) & mask)]
                    count += 1
                }
            }
            if held > 0 {
                letters[count] = alphabet[Int(pending << UInt32(bits - held) & mask)]
                count += 1
            }
        }
    }
}

/// The inverse of `pack`; nil for a foreign letter or left-over bits that are not zero.
private func unpack(_ letters: some Collection<UInt8>, bits: Int, values: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count * bits / 8)
    var pending: UInt32 = 0
    var held = 0
    for letter in letters {
        let value = values[Int(letter)]
        guard value != foreign else { return nil }
        pending = pending << UInt32(bits) | UInt32(value)
        held += bits
        if held >= 8 {
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(held)))
        }
    }
    guard pending & (1 << UInt32(held) - 1) == 0 else { return nil }
    return bytes
}
