import Contracts

/// A mail of plain text to one recipient. `bytes(key:)` makes of it what is sent.
package struct MailLetter: Sendable, Equatable {
    package var from: Mailbox
    package var to: MailAddress
    package var subject: String
    package var body: String
    package var date: Instant
    package var offset: UTCOffset
    /// Where bounces go; nil: to the sender's own address.
    package var returnPath: ReturnPath?
    package var replyTo: MailAddress?
    /// An https address at which the recipient can have it stopped with one click (RFC 2369, RFC 8058).
    package var unsubscribe: String?

    package init(
        from: Mailbox, to: MailAddress, subject: String, body: String, date: Instant, offset: UTCOffset = .japan,
        returnPath: ReturnPath? = nil, replyTo: MailAddress? = nil, unsubscribe: String? = nil
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.body = body
        self.date = date
        self.offset = offset
        self.returnPath = returnPath
        self.replyTo = replyTo
        self.unsubscribe = unsubscribe
    }

    /// The sender in the envelope (RFC 5321 §4.4), to whom a bounce goes.
    package func sender(key: String) -> MailAddress { returnPath?.address(key: key) ?? from.address }
}

/// Who a mail is from: a name as people read it, and the address.
package struct Mailbox: Sendable, Equatable {
    package var name: String
    package var address: MailAddress

    package init(name: String, _ address: MailAddress) {
        self.name = name
        self.address = address
    }
}
