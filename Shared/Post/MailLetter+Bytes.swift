import Contracts
import Seal

extension MailLetter {
    /// The longest body that is sent, in bytes of UTF-8; a longer one is cut.
    package static let mostBytes = 256 * 1024

    /// The message as it goes over the wire (RFC 5322, RFC 2045), each line ended by CRLF. The same letter under the same key is the same bytes.
    /// - Parameter key: the delivery's; becomes the Message-ID, so that a letter sent twice can be told from two letters.
    package func bytes(key: String) -> [UInt8] {
        var lines: [String] = []
        func header(_ name: String, _ value: (Int) -> String) { lines.append("\(name): \(value(name.utf8.count + 2))") }
        header("Date") { _ in mailDate(date, offset) }
        header("From") { column in
            let name = EncodedWord.phrase(from.name, from: column)
            return name.isEmpty ? from.address.text : "\(name)\r\n <\(from.address.text)>"
        }
        header("To") { _ in to.text }
        if let replyTo { header("Reply-To") { _ in replyTo.text } }
        header("Subject") { EncodedWord.header(subject, from: $0) }
        header("Message-ID") { _ in "<\(key)@\(from.address.domain)>" }
        // Keeps holiday notices from answering (RFC 3834 §5).
        header("Auto-Submitted") { _ in "auto-generated" }
        if let unsubscribe, isPlainHTTPS(unsubscribe) {
            header("List-Unsubscribe") { _ in "\r\n <\(unsubscribe)>" }
            header("List-Unsubscribe-Post") { _ in "List-Unsubscribe=One-Click" }
        }
        header("MIME-Version") { _ in "1.0" }
        header("Content-Type") { _ in "text/plain; charset=utf-8" }
        let text = wireText(body, atMost: Self.mostBytes)
        header("Content-Transfer-Encoding") { _ in isPlain(text) ? "7bit" : "base64" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (isPlain(text) ? text : base64Lines(text))
    }
}

/// `Sat, 21 Nov 2026 08:00:00 +0900` (RFC 5322 §3.3).
private func mailDate(_ date: Instant, _ offset: UTCOffset) -> String {
    let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let day = date.date(offset)
    let written = Array(date.rfc3339(offset).utf8)
    func piece(_ range: Range<Int>) -> String { String(decoding: written[range], as: UTF8.self) }
    // The first of January 1970 was a Thursday.
    let since1970 = (Instant(startOf: day, .utc) - Instant(milliseconds: 0)).components.seconds / 86_400
    let weekday = Int(((since1970 + 4) % 7 + 7) % 7)
    return "\(weekdays[weekday]), \(day.day) \(months[day.month - 1]) \(piece(0..<4)) \(piece(11..<19)) \(piece(23..<26))\(piece(27..<29))"
}

/// Lines ended by CRLF, whatever ended them before, the last one too; without control characters but the tab.
private func wireText(_ body: String, atMost most: Int) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(body.utf8.count + 2)
    var last: UnicodeScalar = " "
    for scalar in body.unicodeScalars {
        guard text.count + 6 <= most else { break }
        switch scalar {
        case "\n" where last == "\r": break
        case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}": text += [0x0d, 0x0a]
        case "\t": text.append(0x09)
        default:
            if scalar.properties.generalCategory != .control { text += Array(String(scalar).utf8) }
        }
        last = scalar
    }
    if !text.isEmpty, text.last != 0x0a { text += [0x0d, 0x0a] }
    return text
}

/// ASCII in lines no server breaks (RFC 5322 §2.1.1).
private func isPlain(_ text: [UInt8]) -> Bool {
    text.allSatisfy { $0 < 0x80 } && text.split(separator: 0x0a).allSatisfy { $0.count <= 79 }
}

/// Lines of 76 letters (RFC 2045 §6.8).
private func base64Lines(_ text: [UInt8]) -> [UInt8] {
    let letters = Base64.encode(text)
    return stride(from: 0, to: letters.count, by: 76).flatMap { letters[$0..<min($0 + 76, letters.count)] + [0x0d, 0x0a] }
}

/// An address that can stand between angle brackets as it is.
private func isPlainHTTPS(_ url: String) -> Bool {
    url.hasPrefix("https://") && url.utf8.count <= 900 && url.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: ">") }
}
