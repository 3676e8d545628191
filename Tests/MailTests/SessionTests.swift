import Post
import Testing

@testable import Mail

@Suite("The part of SMTP that moves letters")
struct SessionTests {
    private let letter = SMTPSession.Envelope(from: "a@b.jp", to: "c@d.jp", text: Array("Subject: x\r\n\r\n.hidden\r\n..\r\nno end".utf8))

    /// What a session sends in answer to these codes, and what it says of the letter.
    private func play(_ codes: Int...) -> (sent: [String], outcomes: [Outcome?], session: SMTPSession, isOver: Bool) {
        var session = SMTPSession()
        var sent = [String(decoding: session.begin(letter), as: UTF8.self)]
        var outcomes: [Outcome?] = []
        var isOver = false
        for code in codes {
            let move = session.hear(SMTPReply(code: code, text: "x"))
            sent.append(String(decoding: move.send, as: UTF8.self))
            outcomes.append(move.outcome)
            isOver = isOver || move.isOver
        }
        return (sent, outcomes, session, isOver)
    }

    @Test("A letter that is taken: four answers, dots in front of lines doubled")
    func taken() {
        let played = play(250, 250, 354, 250)
        #expect(
            played.sent == [
                "MAIL FROM:<a@b.jp>\r\n", "RCPT TO:<c@d.jp>\r\n", "DATA\r\n", "Subject: x\r\n\r\n..hidden\r\n...\r\nno end\r\n.\r\n", "",
            ])
        #expect(played.outcomes == [nil, nil, nil, .accepted])
        #expect(played.session.step == .idle && !played.isOver)
    }

    @Test("A recipient refused: the transaction is given up in words before the next letter")
    func refused() {
        let played = play(250, 551, 250)
        #expect(played.sent.last == "" && played.sent[2] == "RSET\r\n")
        #expect(played.outcomes == [nil, .unreachable, nil])
        #expect(played.session.step == .idle && !played.isOver)
    }

    @Test(
        "Answers that fit no question end the connection, and the letter is tried again",
        arguments: [[354], [250, 354], [250, 250, 250], [421], [250, 421]])
    func strange(codes: [Int]) {
        var session = SMTPSession()
        _ = session.begin(letter)
        let moves = codes.map { session.hear(SMTPReply(code: $0, text: "x")) }
        #expect(moves.last == SMTPSession.Move(outcome: .deferred(retryAfter: nil), isOver: true))
    }

    @Test("Lost before the whole text has left, it may be tried again; lost after, it may have arrived")
    func lost() {
        let deferred = Outcome.deferred(retryAfter: nil)
        #expect(play(250, 250).session.outcomeOfLoss(allSent: true) == deferred)
        #expect(play(250, 250, 354).session.outcomeOfLoss(allSent: false) == deferred)
        #expect(play(250, 250, 354).session.outcomeOfLoss(allSent: true) == .unknown)
        #expect(play(250, 250, 354, 250).session.outcomeOfLoss(allSent: true) == nil)
    }

    @Test("Replies are cut out of what arrives however it is cut, and what is none is noticed")
    func replies() throws {
        let bytes = Array("250-mail.test\r\n250-SIZE 1000\r\n250 OK\r\n550 5.1.1 gone\r\n354\r\n".utf8)
        for size in 1...bytes.count {
            var replies = SMTPReplies()
            var codes: [Int] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                replies.append(bytes[start..<min(start + size, bytes.count)])
                while let reply = try replies.next() { codes.append(reply.code) }
            }
            #expect(codes == [250, 550, 354])
        }
        for noise in ["HTTP/1.1 400 Bad Request\r\n", "99 x\r\n", "\r\n", String(repeating: "x", count: 5000)] {
            var replies = SMTPReplies()
            replies.append(noise.utf8)
            #expect(throws: SMTPReplies.Unreadable.self, "\(noise.prefix(20))") { try replies.next() }
        }
    }

    @Test("A status is believed only if it is one and fits the code")
    func statuses() {
        #expect(SMTPReply(code: 550, text: "5.1.1 gone").status == "5.1.1")
        #expect(SMTPReply(code: 450, text: "5.1.1 gone").status == nil)
        #expect(SMTPReply(code: 550, text: "1.2.3.4 is blocked").status == nil)
        #expect(SMTPReply(code: 550, text: "5.7.26 unauthenticated").outcome(aboutRecipient: true) == .refused)
    }

    @Test("A relay elsewhere without encryption is refused, with the way out")
    func settings() throws {
        #expect(throws: PostError.self) { try MailRelay(host: "smtp.example.jp", port: 25, encryption: .none) }
        #expect(throws: PostError.self) { try MailRelay(host: "smtp.example.jp/x", port: 25, encryption: .startTLS) }
        #expect(throws: PostError.self) { try MailRelay(host: "smtp.example.jp", port: 0, encryption: .startTLS) }
        #expect(throws: PostError.self) { try MailRelay(host: "smtp.example.jp", port: 587, encryption: .startTLS, user: "x") }
        #expect(try MailRelay(host: "::1", port: 25, encryption: .none).url == "smtp://[::1]:25/localhost")
    }
}
