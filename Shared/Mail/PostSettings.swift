import Contracts
import Post

/// Who carries what, and how much of it at once.
package struct PostSettings: Sendable {
    package var mail: MailRelay?
    package var line: LineAccount?
    package var lineLogin: LineLoginChannel?
    package var push: PushSender?
    /// By the names that calls give.
    package var webhooks: [String: WebhookReceiver]
    /// A PEM file of the authorities to believe; nil: the system's.
    package var authority: String?
    /// How many letters are kept in hand, waiting and under way; and as many other parcels.
    package var room = 2000
    /// Connections at once, those of mail among them; of the others a quarter at the most is one receiver's.
    package var connections = 64
    /// Until a connection is greeted, encrypted and logged in.
    package var connectTimeout: Duration = .seconds(15)
    /// A whole call over HTTP.
    package var callTimeout: Duration = .seconds(30)
    /// Push services at any port of any address: for tests alone. Endpoints come from strangers, and this machine's neighbours are none of theirs.
    package var pushesAnywhere = false

    package init(
        mail: MailRelay? = nil, line: LineAccount? = nil, lineLogin: LineLoginChannel? = nil, push: PushSender? = nil,
        webhooks: [String: WebhookReceiver] = [:], authority: String? = nil
    ) {
        self.mail = mail
        self.line = line
        self.lineLogin = lineLogin
        self.push = push
        self.webhooks = webhooks
        self.authority = authority
    }
}

/// The mail server that takes all letters and passes them on.
package struct MailRelay: Sendable, CustomReflectable {
    package enum Encryption: String, Sendable {
        /// STARTTLS (RFC 3207), without which nothing is sent; port 587.
        case startTLS = "starttls"
        /// TLS from the first byte (RFC 8314 §3.3); port 465.
        case implicit = "tls"
        /// To a server on this machine alone.
        case none
    }

    package let host: String
    package let port: Int
    package let encryption: Encryption
    let user: String?
    let password: String?
    /// Our own name in EHLO.
    package var name = "localhost"
    package var connections = 4
    /// After so many letters a connection is closed and another one opened: many servers allow a hundred.
    package var lettersEach = 100
    /// For each answer but the last; RFC 5321 §4.5.3.2 has minutes.
    package var answerTimeout: Duration = .seconds(120)
    /// After the end of the text. Shorter than the ten minutes of RFC 5321 §4.5.3.2.6 means letters that arrive twice.
    package var finalTimeout: Duration = .seconds(600)
    /// A connection without work.
    package var idleTimeout: Duration = .seconds(60)

    package init(host: String, port: Int, encryption: Encryption, user: String? = nil, password: String? = nil) throws(PostError) {
        guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy({ isHostLetter($0) }), (1...65535).contains(port) else {
            throw PostError(
                "The mail server \(quoted(host)) port \(port) is none: give a name such as smtp.example.jp, and a port such as 587.")
        }
        guard encryption != .none || ["localhost", "127.0.0.1", "::1"].contains(host) else {
            throw PostError("Mail to \(host) would leave unencrypted. Use starttls or tls; none is for a mail server on this machine.")
        }
        guard (user == nil) == (password == nil) else {
            throw PostError("The mail server \(host) needs a user and a password, or neither.")
        }
        self.host = host
        self.port = port
        self.encryption = encryption
        self.user = user
        self.password = password
    }

    var url: String {
        "\(encryption == .implicit ? "smtps" : "smtp")://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(name)"
    }

    package var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}

private func isHostLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
        true
    default: false
    }
}

/// What is wrong with the settings or the machine, in a sentence.
package struct PostError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
