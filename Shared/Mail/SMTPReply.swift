import Post

/// One answer of a mail server (RFC 5321 §4.2).
struct SMTPReply: Equatable {
    let code: Int
    /// Its lines in one, without codes; bounded.
    let text: String
    /// `5.1.1`: the enhanced status (RFC 2034, RFC 3463), if the server gives any.
    let status: String?

    init(code: Int, text: String) {
        self.code = code
        let first = text.prefix { $0 != " " }
        let numbers = first.split(separator: ".", omittingEmptySubsequences: false)
        let isStatus = numbers.count == 3 && numbers.allSatisfy { (1...3).contains($0.utf8.count) && $0.allSatisfy(\.isNumber) }
        status = isStatus && numbers[0] == "\(code / 100)" ? String(first) : nil
        self.text = String(text.prefix(300))
    }

    /// What a refusal means for a letter.
    /// - Parameter isRecipient: whether it answers RCPT, or the text: about a recipient, not about us.
    func outcome(aboutRecipient isRecipient: Bool) -> Outcome {
        switch code {
        case 200..<300: return .accepted
        // Our login is missing or was not taken (RFC 4954 §6): the office is to look, the letter is fine.
        case 530, 534, 535, 538: return .deferred(retryAfter: nil)
        case 500..<600 where isRecipient: return isDeadAddress ? .unreachable : .refused
        case 500..<600: return .refused
        default: return .deferred(retryAfter: nil)
        }
    }

    /// RFC 3463 §3.2 and §3.3, RFC 7505 §4.2: no such mailbox, domain or form of address, mailbox moved or disabled. Without a status, RFC 5321 §4.2.3 has to do.
    private var isDeadAddress: Bool {
        guard let status else { return [550, 551, 553].contains(code) }
        return ["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.6", "5.1.10", "5.2.1"].contains(status)
    }
}

/// Cuts what arrives into replies.
struct SMTPReplies {
    /// A line and a reply longer than any server writes.
    private static let mostLine = 4096
    private static let mostLines = 128

    private var bytes: [UInt8] = []
    private var texts: [String] = []

    /// What came is no SMTP.
    struct Unreadable: Error {}

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// The next whole reply, if it is there.
    mutating func next() throws(Unreadable) -> SMTPReply? {
        while let end = bytes.firstIndex(of: 0x0a) {
            let line = bytes[..<end].last == 0x0d ? bytes[..<(end - 1)] : bytes[..<end]
            guard line.count >= 3, let code = Int(String(decoding: line.prefix(3), as: UTF8.self)), (200..<600).contains(code) else {
                throw Unreadable()
            }
            let isLast = line.count == 3 || line[3] != UInt8(ascii: "-")
            if texts.count < Self.mostLines { texts.append(String(decoding: line.dropFirst(4), as: UTF8.self)) }
            bytes.removeSubrange(...end)
            if isLast {
                defer { texts = [] }
                return SMTPReply(code: code, text: texts.joined(separator: " "))
            }
        }
        guard bytes.count <= Self.mostLine else { throw Unreadable() }
        return nil
    }
}
