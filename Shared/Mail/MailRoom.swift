import CCurl
import Glibc
import Post

/// The letters and the connections to the mail server they go over: few, kept, and each used for many.
final class MailRoom {
    private let relay: MailRelay
    private let settings: PostSettings
    private let multi: Multi
    private var waiting = Queue<SMTPLine.Waiting>()
    private var opening: [UnsafeMutableRawPointer: SMTPLine] = [:]
    private var open: [Int32: SMTPLine] = [:]
    private var receipts: [Receipt] = []
    /// After a connection could not be opened beside others: no more of them until then.
    private var pause: Int64 = 0

    init(_ relay: MailRelay, _ settings: PostSettings, _ multi: Multi) {
        self.relay = relay
        self.settings = settings
        self.multi = multi
    }

    deinit {
        for line in open.values { _ = line.leave() }
        for line in Array(open.values) + Array(opening.values) { multi.remove(line.easy.handle) }
    }

    var inHand: Int { waiting.count + open.values.count { $0.letter != nil } }
    var connections: Int { open.count + opening.count }

    /// When patience with a connection ends next, in milliseconds of the monotonic clock.
    var due: Int64? { open.values.map(\.deadline).min() }

    func take(_ key: String, _ letter: MailLetter) {
        let envelope = SMTPSession.Envelope(from: letter.sender(key: key).text, to: letter.to.text, text: letter.bytes(key: key))
        waiting.append(SMTPLine.Waiting(key: key, envelope: envelope))
    }

    /// curl is done with opening a connection.
    /// - Returns: false if it was none of ours.
    func opened(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> Bool {
        guard let line = opening.removeValue(forKey: easy) else { return false }
        if result == CURLE_OK, line.open() {
            open[line.socket] = line
            multi.watch(line.socket, EPOLLIN.rawValue)
            // Reading once ties the connection to its handle again: curl would otherwise count it among those it may close.
            finish(line, line.go())
            return true
        }
        let code = line.easy.number(CURLINFO_RESPONSE_CODE)
        multi.remove(easy)
        pause = monotonic() + 5000
        guard open.isEmpty, opening.isEmpty else { return true }
        // Nobody else is coming for them.
        let detail = "SMTP: \(describe(result))" + (code >= 400 ? " (\(code))" : "")
        while let letter = waiting.popFirst() {
            receipts.append(Receipt(key: letter.key, .deferred(retryAfter: nil), code: code >= 400 ? code : nil, detail: detail))
        }
        return true
    }

    /// - Returns: false if the socket is none of ours.
    func happened(on socket: Int32) -> Bool {
        guard let line = open[socket] else { return false }
        finish(line, line.go())
        return true
    }

    /// Gives letters to connections, and opens more of them for what is left.
    func go() {
        let now = monotonic()
        for line in open.values where line.deadline <= now { finish(line, line.expire()) }
        for line in open.values where line.isIdle {
            guard let letter = waiting.popFirst() else { return }
            finish(line, line.take(letter))
        }
        let wanted = min(waiting.count, relay.connections - open.count) - opening.count
        guard wanted > 0, now >= pause || connections == 0 else { return }
        for _ in 0..<wanted {
            let line = SMTPLine(relay, settings)
            opening[line.easy.handle] = line
            multi.add(line.easy.handle)
        }
    }

    func collect() -> [Receipt] {
        defer { receipts = [] }
        return receipts
    }

    private func finish(_ line: SMTPLine, _ events: [SMTPLine.Event]) {
        for event in events {
            switch event {
            case .receipt(let receipt): receipts.append(receipt)
            case .again(let letter): waiting.putBack(letter)
            case .over:
                open[line.socket] = nil
                multi.unwatch(line.socket)
                multi.remove(line.easy.handle)
                return
            }
        }
        multi.watch(line.socket, EPOLLIN.rawValue | (line.wantsToWrite ? EPOLLOUT.rawValue : 0))
    }
}
