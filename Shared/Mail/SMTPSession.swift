import Post

/// How letters move over a connection to a mail server that is greeted, encrypted and logged in already: MAIL, RCPT, DATA (RFC 5321 §3.3).
///
/// A value that is told what the server said and answers with what to send. curl opens the connection; this part of SMTP it does only while it
/// blocks (curl/curl#8555), and a post office has other things to carry meanwhile.
struct SMTPSession {
    enum Step: Equatable { case idle, sender, recipient, data, text, reset }

    private(set) var step = Step.idle
    private var letter = Envelope(from: "", to: "", text: [])

    /// A letter as the server is given it.
    struct Envelope: Equatable {
        var from: String
        var to: String
        var text: [UInt8]
    }

    /// What follows from a reply.
    struct Move: Equatable {
        var send: [UInt8] = []
        /// What came of the letter.
        var outcome: Outcome?
        /// Nothing more can be sent over this connection.
        var isOver = false
    }

    /// - Returns: what to send first.
    mutating func begin(_ letter: Envelope) -> [UInt8] {
        precondition(step == .idle, "one letter after the other")
        self.letter = letter
        step = .sender
        return command("MAIL FROM:<\(letter.from)>")
    }

    mutating func hear(_ reply: SMTPReply) -> Move {
        // The server closes the connection, whatever it was asked (RFC 5321 §3.8).
        if reply.code == 421 { return Move(outcome: isCarrying ? .deferred(retryAfter: nil) : nil, isOver: true) }
        switch (step, reply.code) {
        case (.sender, 200..<300): return go(.recipient, command("RCPT TO:<\(letter.to)>"))
        case (.recipient, 200..<300): return go(.data, command("DATA"))
        case (.data, 354): return go(.text, stuffed(letter.text))
        case (.text, _): return end(reply, aboutRecipient: true)
        case (.sender, 400..<600): return end(reply, aboutRecipient: false)
        // The transaction that was begun has to be given up in words.
        case (.recipient, 400..<600): return reset(after: end(reply, aboutRecipient: true))
        case (.data, 400..<600): return reset(after: end(reply, aboutRecipient: false))
        case (.reset, 200..<300): return go(.idle, [])
        default: return Move(outcome: isCarrying ? .deferred(retryAfter: nil) : nil, isOver: true)
        }
    }

    /// What came of the letter if the connection is lost now; nil if there is none.
    /// - Parameter allSent: whether everything that was to be sent has left.
    func outcomeOfLoss(allSent: Bool) -> Outcome? {
        guard isCarrying else { return nil }
        return step == .text && allSent ? .unknown : .deferred(retryAfter: nil)
    }

    var isCarrying: Bool { step != .idle && step != .reset }

    private mutating func go(_ next: Step, _ bytes: [UInt8]) -> Move {
        step = next
        return Move(send: bytes)
    }

    private mutating func end(_ reply: SMTPReply, aboutRecipient: Bool) -> Move {
        step = .idle
        return Move(outcome: reply.outcome(aboutRecipient: aboutRecipient))
    }

    private mutating func reset(after move: Move) -> Move {
        step = .reset
        return Move(send: command("RSET"), outcome: move.outcome)
    }
}

private func command(_ text: String) -> [UInt8] { Array(text.utf8) + [0x0d, 0x0a] }

/// With a dot in front of each line that begins with one, and the line that ends the text (RFC 5321 §4.5.2).
private func stuffed(_ text: [UInt8]) -> [UInt8] {
    let dot = UInt8(ascii: ".")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count + 8)
    var isStart = true
    for byte in text {
        if isStart, byte == dot { bytes.append(dot) }
        bytes.append(byte)
        isStart = byte == 0x0a
    }
    if !isStart { bytes += [0x0d, 0x0a] }
    return bytes + [dot, 0x0d, 0x0a]
}
