import Post
import Testing

@Suite("What came back")
struct BounceTests {
    let path: ReturnPath

    init() throws { path = ReturnPath(try MailAddress("bounce@town.example")) }

    /// The form of RFC 3464 Appendix E, as Postfix writes it.
    private func report(
        to: String = "bounce+01JD8X5Z3Q4Y6W7V8T9SABCDEF@town.example",
        type: String = "multipart/report; report-type=delivery-status;\n\tboundary=\"AB/C.1\"",
        fields: String =
            "Final-Recipient: rfc822; hanako@example.jp\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown"
    ) -> String {
        """
        Received: by mail.town.example; Sat, 21 Nov 2026 08:03:02 +0900
        From: MAILER-DAEMON@mail.town.example (Mail Delivery System)
        Subject: Undelivered Mail Returned to Sender
        To: \(to)
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: \(type)

        This is a MIME-encapsulated message.

        --AB/C.1
        Content-Description: Notification
        Content-Type: text/plain; charset=us-ascii

        Status: 5.7.7 stands here for people and is not read.

        --AB/C.1
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.town.example
        Arrival-Date: Sat, 21 Nov 2026 08:03:00 +0900

        \(fields)

        --AB/C.1
        Content-Type: text/rfc822-headers

        Status: 5.9.9
        --AB/C.1--

        """
    }

    private func bounce(_ text: String, recipient: String? = nil) -> String? {
        guard let bounce = Bounce(Array(text.utf8), to: path, recipient: recipient) else { return nil }
        return "\(bounce.key) \(bounce.status) \(bounce.isPermanent)"
    }

    @Test("A report names its delivery by the address it went to, and says what the machines' part says")
    func reads() {
        #expect(bounce(report()) == "01JD8X5Z3Q4Y6W7V8T9SABCDEF 5.1.1 true")
        #expect(bounce(report().replacing("\n", with: "\r\n")) == "01JD8X5Z3Q4Y6W7V8T9SABCDEF 5.1.1 true")
        #expect(bounce(report(to: "<BOUNCE+k1@Town.Example>")) == "k1 5.1.1 true")
        #expect(bounce(report(to: "undisclosed"), recipient: "bounce+k2@town.example") == "k2 5.1.1 true")
        #expect(bounce(report(to: "undisclosed\nDelivered-To: bounce+k3@town.example")) == "k3 5.1.1 true")
        #expect(bounce(report(type: "multipart/report; boundary=AB/C.1; report-type=delivery-status")) != nil)
    }

    @Test(
        "A delay is no end, a full mailbox neither, and of several the one that failed counts",
        arguments: [
            ("Action: delayed\nStatus: 4.4.1", "4.4.1 false"), ("Action: failed\nStatus: 5.2.2", "5.2.2 false"),
            ("Action: failed\nStatus: 4.4.7 (timed out)", "4.4.7 false"),
            ("Action: relayed\nStatus: 2.0.0\n\nAction: failed\nStatus: 5.7.1", "5.7.1 true"),
            ("ACTION: Failed\nSTATUS:5.1.10", "5.1.10 true"),
        ])
    func verdicts(fields: String, expected: String) {
        #expect(bounce(report(fields: fields))?.hasSuffix(expected) == true)
    }

    @Test("Answers of people, holiday notices, reports on others' letters and noise are none")
    func others() {
        for text in [
            "", "\n\n\n", "Subject: thanks\nTo: bounce+k1@town.example\n\nStatus: 5.1.1\n", report(to: "office@town.example"),
            report(to: "bounce@town.example"),
            report(to: "bounce+@town.example"), report(to: "bounce+k1@other.example"), report(to: "bounce+../x@town.example"),
            report(fields: "Status: 5.1"),
            report(fields: "Action: failed"), report(type: "multipart/mixed; boundary=\"AB/C.1\""), report(type: "multipart/report"),
            report(type: "multipart/report; boundary="), report(type: "multipart/report; boundary=\"\""),
        ] { #expect(bounce(text) == nil) }
    }

    @Test("Cut anywhere, or with any byte changed, it is read or it is not, and never more")
    func mangled() {
        let whole = Array(report().utf8)
        for end in whole.indices { _ = Bounce(Array(whole[..<end]), to: path) }
        for place in whole.indices {
            var changed = whole
            changed[place] = changed[place] ^ 0x80
            if let bounce = Bounce(changed, to: path) { #expect(bounce.status.count <= 7 && bounce.key.count <= 48) }
        }
        let endless =
            "Content-Type: multipart/report; boundary=x\nTo: bounce+k@town.example\n\n" + String(repeating: "--x\n", count: 1_000_000)
        #expect(bounce(endless) == nil)
    }
}
