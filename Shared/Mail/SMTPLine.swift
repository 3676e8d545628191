import CCurl
import Contracts
import Glibc
import Post

/// One connection to the mail server. curl opens it: name, TCP, greeting, TLS, login. Then letters go over it, one after the other.
final class SMTPLine {
    let easy: Easy
    /// -1 until it is open.
    private(set) var socket: Int32 = -1
    private(set) var letter: Waiting?
    /// When patience ends, in milliseconds of the monotonic clock.
    private(set) var deadline: Int64
    private(set) var carried = 0
    private let relay: MailRelay
    private var session = SMTPSession()
    private var replies = SMTPReplies()
    private var out: [UInt8] = []
    private var sent = 0
    private var answered = false

    /// A letter on its way, or waiting for it.
    struct Waiting {
        let key: String
        let envelope: SMTPSession.Envelope
        /// Whether an old connection turned out to be dead under it once.
        var isSecondTry = false
    }

    /// What happened on a line.
    enum Event {
        case receipt(Receipt)
        /// The line was dead before the letter was begun: it is to be tried on another one.
        case again(Waiting)
        /// The line is of no more use.
        case over
    }

    init(_ relay: MailRelay, _ settings: PostSettings) {
        self.relay = relay
        easy = Easy(url: relay.url, protocols: "smtp,smtps", settings: settings)
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        easy.set(CURLOPT_TIMEOUT_MS, Int(settings.connectTimeout.milliseconds))
        if relay.encryption == .startTLS { easy.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let user = relay.user, let password = relay.password {
            easy.set(CURLOPT_USERNAME, user)
            easy.set(CURLOPT_PASSWORD, password)
        }
        deadline = monotonic() + settings.connectTimeout.milliseconds + 1000
    }

    var isOpen: Bool { socket >= 0 }
    var isIdle: Bool { isOpen && session.step == .idle && letter == nil && out.isEmpty && carried < relay.lettersEach }
    var wantsToWrite: Bool { sent < out.count }

    /// curl is done with opening it.
    /// - Returns: false if there is no connection after all.
    func open() -> Bool {
        guard curl_get_socket(easy.handle, &socket) == CURLE_OK, socket >= 0 else { return false }
        deadline = monotonic() + relay.idleTimeout.milliseconds
        return true
    }

    func take(_ letter: Waiting) -> [Event] {
        self.letter = letter
        answered = false
        deadline = monotonic() + relay.answerTimeout.milliseconds
        return write(session.begin(letter.envelope)) ? [] : lost("the connection was lost")
    }

    /// Reads and writes what can be.
    func go() -> [Event] {
        var events: [Event] = []
        if wantsToWrite, !write([]) { return lost("the connection was lost") }
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            var count = 0
            let code = curl_easy_recv(easy.handle, &chunk, chunk.count, &count)
            if code == CURLE_AGAIN { return events }
            guard code == CURLE_OK, count > 0 else { return events + lost("the connection was lost") }
            replies.append(chunk[..<count])
            do {
                while let reply = try replies.next() {
                    let more = hear(reply)
                    events += more
                    if case .over? = more.last { return events }
                }
            } catch { return events + lost("the server said something that is no SMTP") }
        }
    }

    /// Nothing came in time.
    func expire() -> [Event] { letter == nil && isOpen ? leave() : lost("no answer in time") }

    /// Says farewell without waiting for an answer (RFC 5321 §4.1.1.10 would have us wait; a loop with doors and children in it does not).
    func leave() -> [Event] {
        _ = write(Array("QUIT\r\n".utf8))
        return [.over]
    }

    private func hear(_ reply: SMTPReply) -> [Event] {
        // A server that has had enough of a connection says so when it is used again.
        if reply.code == 421, carried > 0, !answered { return lost("the server closed the connection") }
        answered = true
        let move = session.hear(reply)
        var events: [Event] = []
        if let outcome = move.outcome, let letter {
            let detail = outcome == .accepted ? "" : "SMTP \(reply.code) \(reply.text)"
            events.append(.receipt(Receipt(key: letter.key, outcome, code: reply.code, detail: detail)))
            self.letter = nil
            carried += 1
        }
        if move.isOver || !write(move.send) { return events + lost("the server closed the connection") }
        if letter == nil, carried >= relay.lettersEach, session.step == .idle { return events + leave() }
        let patience = letter == nil ? relay.idleTimeout : session.step == .text ? relay.finalTimeout : relay.answerTimeout
        deadline = monotonic() + patience.milliseconds
        return events
    }

    /// - Returns: false if the connection is dead.
    private func write(_ bytes: [UInt8]) -> Bool {
        out += bytes
        while sent < out.count {
            var count = 0
            let code = out.withUnsafeBytes { curl_easy_send(easy.handle, $0.baseAddress.map { $0 + sent }, out.count - sent, &count) }
            if code == CURLE_AGAIN { return true }
            guard code == CURLE_OK else { return false }
            sent += count
        }
        out = []
        sent = 0
        return true
    }

    private func lost(_ why: String) -> [Event] {
        guard let letter else { return [.over] }
        self.letter = nil
        // A connection that had served before may have been closed while it had nothing to do.
        if carried > 0, !answered, !letter.isSecondTry {
            return [.again(Waiting(key: letter.key, envelope: letter.envelope, isSecondTry: true)), .over]
        }
        let outcome = session.outcomeOfLoss(allSent: !wantsToWrite) ?? .deferred(retryAfter: nil)
        return [.receipt(Receipt(key: letter.key, outcome, detail: "SMTP: \(why)")), .over]
    }
}
