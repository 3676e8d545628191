/// The pseudonym of a card: `k`, the number of the token key it was made under, a dot and 26 characters of base32, as in `k1.…`. Agents make it; the identifier behind it never leaves the agent.
package struct Token: Hashable, Sendable, WrittenAsText, Comparable {
    package static var form: String { "a token: k<number>.<26 characters of base32>" }
    package static var pattern: String { #"^k[1-9][0-9]{0,2}\.[a-z2-7]{26}$"# }
    package static var sample: String { "k1.aaaaaaaaaaaaaaaaaaaaaaaaaa" }
    package let text: String

    /// `k`, the key's number (1–999), a dot, 26 characters of RFC 4648 base32 in lower case.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let token = text.withUTF8({ Self(utf8: $0) }) else { return nil }
        self = token
    }

    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard (29...31).contains(bytes.count) else { return nil }
        let digits = 1..<bytes.count - 27
        guard bytes[0] == UInt8(ascii: "k"), bytes[1] != UInt8(ascii: "0"),
            bytes[digits].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            bytes[digits.upperBound] == UInt8(ascii: "."),
            bytes[(digits.upperBound + 1)...].allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
            })
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}
