import Contracts
import Seal

/// A text to one user of the town's LINE account (LINE Messaging API reference, "Send push message").
package struct LinePush: Sendable, Equatable {
    /// The user's id: `U` and 32 hexadecimal digits.
    package var to: String
    /// At most 5,000 UTF-16 code units; a longer one is cut.
    package var text: String
    /// Arrives without a sound.
    package var isSilent: Bool

    package init(to: String, text: String, isSilent: Bool = false) {
        self.to = to
        self.text = text
        self.isSilent = isSilent
    }

    package func call(key: String, account: LineAccount) -> HTTPCall {
        let request = Request(messages: [Request.Text(text: cut(text, toUTF16: 5000))], notificationDisabled: isSilent, to: to)
        guard let body = try? request.json() else { preconditionFailure("two texts and a truth value can be written as JSON") }
        return HTTPCall(
            url: "\(account.base)/v2/bot/message/push",
            headers: [
                "Authorization: Bearer \(account.token)", "Content-Type: application/json", "X-Line-Retry-Key: \(Self.retryKey(key))",
            ], body: body)
    }

    /// Whether a text is a user's id.
    package static func isUser(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        let isHex = digits.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        return text.utf8.first == UInt8(ascii: "U") && digits.count == 32 && isHex
    }

    /// A UUID of version 8 (RFC 9562 §5.8) made of the key: the same delivery always asks under the same one, and LINE obeys once in 24 hours.
    package static func retryKey(_ key: String) -> String {
        var bytes = Array(sha256("kazasu line \(key)")[..<16])
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Array(Hex.text(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    /// LINE Messaging API reference, "Status codes" and "Error messages". Who has blocked the account is not told: LINE accepts and drops.
    package static func receipt(_ key: String, _ answer: HTTPAnswer) -> Receipt {
        let text = answer.text
        let outcome: Outcome =
            switch answer.status {
            // The same retry key was accepted before.
            case 409: .accepted
            case 400 where text.contains("Failed to send messages") || text.contains("'to'"): .unreachable
            // A token that has expired, or an account without this right, is mended by the office; the message is fine.
            case 401, 403: .deferred(retryAfter: nil)
            case 429 where text.contains("monthly limit"): .quota
            default: answer.outcome
            }
        return answer.receipt(key, outcome)
    }

    private struct Request: Encodable {
        let messages: [Text]
        let notificationDisabled: Bool
        let to: String

        struct Text: Encodable {
            let text: String
            var type = "text"
        }
    }
}

/// The town's account at LINE.
package struct LineAccount: Sendable, CustomReflectable {
    /// The channel access token.
    let token: String
    let base: String

    /// - Parameters:
    ///   - token: from a file of mode 0600; nil if it cannot stand in a header.
    ///   - base: where LINE is, without a slash at the end.
    package init?(token: String, base: String = "https://api.line.me") {
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), isSafe(base) else { return nil }
        self.token = token
        self.base = base
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Cut between characters, so that at most so many code units of UTF-16 are left, the ellipsis among them.
private func cut(_ text: String, toUTF16 most: Int) -> String {
    guard text.utf16.count > most else { return text }
    var kept = ""
    var count = 1
    for character in text {
        count += character.utf16.count
        guard count <= most else { break }
        kept.append(character)
    }
    return kept + "…"
}
