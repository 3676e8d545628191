/// The pseudonym of a card: `k`, the number of the token key it was made under, a dot and 26 characters of base32, as in `k1.…`. Agents make it; the identifier behind it never leaves the agent.
package struct Token: Hashable, Sendable, WrittenAsText, Comparable {
    package static var form: String { "a token: k<number>.<26 characters of base32>" }
    package static var pattern: String { #"^k[1-9][0-9]{0,2}\.[a-z2-7]{26}$"# }
    package static var sample: String { "k1.aaaaaaaaaaaaaaaaaaaaaaaaaa" }
    package let text: String

    /// `k`, the key's number (1–999), a dot, 26 characters of RFC 4648 base32 in lower case.
    package init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].first == UInt8(ascii: "k"), (2...4).contains(parts[0].count), parts[1].count == 26,
            parts[0].dropFirst().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            parts[0].dropFirst().first != UInt8(ascii: "0"),
            parts[1].allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains($0)
            })
        else { return nil }
        self.text = String(text)
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}
