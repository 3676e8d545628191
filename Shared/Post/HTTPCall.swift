/// A POST that is ready to leave.
package struct HTTPCall: Sendable, Equatable {
    package var url: String
    /// `Name: value`; none has a line end in it.
    package var headers: [String]
    package var body: [UInt8]

    package init(url: String, headers: [String], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What came back.
package struct HTTPAnswer: Sendable, Equatable {
    package var status: Int
    package var retryAfter: Duration?
    /// The first 4 KiB.
    package var body: [UInt8]

    package init(status: Int, retryAfter: Duration? = nil, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.body = body
    }

    /// What the status says by itself (RFC 9110 §15). A redirection is refused, not followed: it could lead anywhere.
    var outcome: Outcome {
        switch status {
        case 200..<300: .accepted
        case 410: .unreachable
        case 408, 425, 429, 500...: .deferred(retryAfter: retryAfter)
        default: .refused
        }
    }

    var text: String { String(decoding: body.prefix(200), as: UTF8.self) }

    /// For the office: the status, and the first words of what was said with it.
    func receipt(_ key: String, _ outcome: Outcome) -> Receipt {
        Receipt(key: key, outcome, code: status, detail: outcome == .accepted ? "" : "HTTP \(status) \(text)")
    }
}

/// Whether secrets may leave for there: https, or http to this machine.
func isSafe(_ url: String) -> Bool {
    let safe = ["https://", "http://127.0.0.1:", "http://127.0.0.1/", "http://[::1]:", "http://[::1]/"]
    return safe.contains { url.hasPrefix($0) } && url.utf8.allSatisfy { (0x21...0x7e).contains($0) }
}
