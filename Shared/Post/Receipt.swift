import Contracts

/// What came of a parcel.
package struct Receipt: Sendable, Equatable {
    /// The parcel's.
    package var key: String
    package var outcome: Outcome
    /// The reply code of SMTP or the status of HTTP, if there was an answer.
    package var code: Int?
    /// One line for the office, of at most 200 characters; names no address and no secret.
    package private(set) var detail: String
    /// LINE's id of whoever has signed in there.
    package var user: String?

    package init(key: String, _ outcome: Outcome, code: Int? = nil, detail: String = "") {
        self.key = key
        self.outcome = outcome
        self.code = code
        self.detail = withoutAddresses(detail)
    }
}

/// How a carrier answered, in the words a delivery goes on with.
package enum Outcome: Sendable, Equatable {
    /// The carrier has it, and answers for it from now on.
    case accepted
    /// Not now; the carrier may have said when it is worth another try.
    case deferred(retryAfter: Duration?)
    /// Not this message, for good; the address may be fine.
    case refused
    /// The address is dead: nothing sent there will ever arrive.
    case unreachable
    /// Our account has none left: another message fares no better until it is topped up.
    case quota
    /// The whole message was sent and no answer came: it may have arrived.
    case unknown
}

/// On one line, at most 200 characters, whatever looks like an address or holds a secret's length of letters taken out.
///
/// Servers repeat the address in their answers, a push service's URL is as good as a password, and this line is shown and logged.
func withoutAddresses(_ text: String) -> String {
    let words = harmless(text).split(whereSeparator: { $0 == " " || $0 == "\u{FFFD}" }).map { word in
        word.contains("@") || word.contains("://") || word.utf8.count > 60 ? "…" : word
    }
    return String(words.joined(separator: " ").prefix(200))
}
