/// An address mail can be sent to over any relay (RFC 5321 §4.1.2), in ASCII.
package struct MailAddress: Sendable, Hashable {
    /// In front of the `@`, as people write it.
    package let local: String
    /// Behind the `@`, in lower case.
    package let domain: String

    package init(_ text: String) throws(MailAddressError) {
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { throw .noAt }
        let local = String(text[..<at])
        let domain = String(text[text.index(after: at)...])
        guard local.utf8.allSatisfy({ $0 < 0x80 }) else { throw .foreignLetters(in: "in front of the @") }
        guard domain.utf8.allSatisfy({ $0 < 0x80 }) else { throw .foreignLetters(in: "behind the @") }
        guard (1...64).contains(local.utf8.count) else { throw .wrongLength }
        guard local.utf8.allSatisfy({ isAtomLetter($0) || $0 == UInt8(ascii: ".") }) else { throw .wrongLetter }
        guard Self.isDomain(domain) else { throw .wrongDomain }
        self.local = local
        self.domain = domain.lowercased()
    }

    /// As it stands in an envelope and a header.
    ///
    /// Japanese telephone companies gave out addresses such as `a..b.@example.ne.jp`, which no standard allows; in quotes they are allowed (RFC 5321 §4.1.2, Quoted-string)
    /// and mean the same.
    package var text: String {
        let isDotAtom = local.utf8.first != dot && local.utf8.last != dot && !local.contains("..")
        return isDotAtom ? "\(local)@\(domain)" : "\"\(local)\"@\(domain)"
    }

    /// Two or more labels of letters, digits and hyphens (RFC 1123 §2.1), 255 octets at most; or one for a relay that delivers at home, `localhost`.
    private static func isDomain(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.split(separator: dot, omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { isWordLetter($0) && $0 != UInt8(ascii: "_") }
            }
    }
}

private let dot = UInt8(ascii: ".")

/// `atext` of RFC 5322 §3.2.3.
private func isAtomLetter(_ byte: UInt8) -> Bool { isWordLetter(byte) || "!#$%&'*+/=?^`{|}~".utf8.contains(byte) }

/// Why a text is no address. The sentence does not repeat it: it may end in a log.
package enum MailAddressError: Error, Equatable, Sendable, CustomStringConvertible {
    case noAt
    case wrongLength
    case wrongLetter
    case wrongDomain
    case foreignLetters(in: String)

    package var description: String {
        switch self {
        case .noAt: "A mail address has an @ in it, such as taro@example.jp; this one has none."
        case .wrongLength: "In front of the @ of a mail address stand 1 to 64 characters."
        case .wrongLetter: "A mail address holds a space, a quote or another character that cannot stand in front of the @."
        case .wrongDomain: "Behind the @ of a mail address stands a domain such as example.jp."
        case .foreignLetters(let place):
            "A mail address has letters \(place) that are not ASCII, which few mail servers take (RFC 6531). Ask for an address in plain letters."
        }
    }
}
