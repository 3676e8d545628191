import Contracts

/// A program of the town or of somebody else that is told things, such as a sign in a hall.
package typealias WebhookID = Name<WebhookKind>

extension Town {
    /// By which ways messages leave. Secrets lie in files of their own.
    package struct Post: Hashable, Sendable {
        package var mail: Mail?
        /// Whether the town has an account at LINE.
        package var line = false
        /// The channel at which residents sign in to link theirs; its secret is in `keys/line-login.secret`.
        package var lineLogin: String?
        package var push: Push?
        package var webhooks: [Webhook] = []

        package init() {}

        package struct Mail: Hashable, Sendable {
            package enum Encryption: String, Sendable, CaseIterable { case starttls, tls, none }

            package var server: String
            package var port: Int
            package var encryption = Encryption.starttls
            /// With the password in `keys/mail.password`.
            package var user: String?
            package var from: String
            /// As recipients see it: the town's title if absent.
            package var name: String?
            /// Where mails that come back go.
            package var bounces: String?
            /// The certificate of the authority to believe; the system's if absent.
            package var authority: String?
            package var connections = 4
        }

        package struct Push: Hashable, Sendable {
            /// Whom a push service writes to in case of trouble: `mailto:it@nagai.example` (RFC 8292 §2.1).
            package var contact: String
        }

        package struct Webhook: Hashable, Sendable {
            package var id: WebhookID
            package var url: String
        }
    }
}

private enum MailKey: String, Setting { case server, port, encryption, user, from, name, bounces, authority, connections }
private enum LineKey: String, Setting { case login }
private enum PushKey: String, Setting { case contact }
private enum WebhookKey: String, Setting { case url }

extension Draft {
    static let mostWebhooks = 200

    func mail(_ value: Value) -> Town.Post.Mail? {
        guard let settings = value.section(MailKey.self) else { return nil }
        let server = settings.required(.server, example: "smtp.nagai.example")?.parsed(
            "a mail server, such as smtp.nagai.example.", by: hostName)
        let from = settings.required(.from, example: "oshirase@nagai.example").flatMap(mailAddress)
        guard let server, let from else { return nil }
        var mail = Town.Post.Mail(server: server, port: 587, from: from)
        mail.encryption = settings.optional(.encryption)?.choice() ?? mail.encryption
        if mail.encryption == .tls { mail.port = 465 }
        mail.port = settings.optional(.port)?.number(in: 1...65535) ?? mail.port
        if mail.encryption == .none, !["localhost", "127.0.0.1", "::1"].contains(server) {
            settings.optional(.encryption)?.isWrong("starttls or tls: none is for a mail server on this machine alone.")
        }
        mail.user = settings.optional(.user)?.text(atMost: 100, "the user's name at the mail server")
        mail.name = settings.optional(.name)?.title()
        mail.bounces = settings.optional(.bounces).flatMap(mailAddress)
        mail.authority = settings.optional(.authority)?.text(atMost: 300, "the path of a certificate").map {
            $0.hasPrefix("/") ? $0 : folder + $0
        }
        mail.connections = settings.optional(.connections)?.number(in: 1...32) ?? mail.connections
        return mail
    }

    /// `true`, or `{ login: "1234567890" }`.
    func line(_ value: Value) -> (isOn: Bool, login: String?) {
        guard case .mapping = value.node.content else { return (value.flag() ?? false, nil) }
        let login = value.section(LineKey.self)?.required(.login, example: "\"1234567890\"")?.parsed(
            "the channel ID of a LINE Login channel, which has digits alone, such as \"1234567890\"."
        ) { text in (1...20).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit) ? text : nil }
        return (true, login)
    }

    func push(_ value: Value) -> Town.Post.Push? {
        guard let settings = value.section(PushKey.self) else { return nil }
        return settings.required(.contact, example: "\"mailto:it@nagai.example\"")?.parsed(
            "a mail address or a page, as \"mailto:it@nagai.example\" or \"https://nagai.example/\"."
        ) { text in
            (text.hasPrefix("mailto:") || text.hasPrefix("https://")) && text.utf8.count <= 200 ? Town.Post.Push(contact: text) : nil
        }
    }

    func webhooks(_ value: Value) -> [Town.Post.Webhook] {
        parts(value, "webhook", atMost: Self.mostWebhooks, WebhookID.self).compactMap { id, _, value in
            guard let settings = value.section(WebhookKey.self) else { return nil }
            let url = settings.required(.url, example: "https://sign.nagai.example/kazasu")?.parsed(
                "an address that begins with https://, or with http://127.0.0.1 for a program on this machine."
            ) { text in
                let isFine = text.hasPrefix("https://") || text.hasPrefix("http://127.0.0.1:")
                return isFine && text.utf8.count <= 1000 && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? text : nil
            }
            return url.map { Town.Post.Webhook(id: id, url: $0) }
        }
    }

    /// One that can be written to is found out when it is; here a mistake in typing is.
    func mailAddress(_ value: Value) -> String? {
        value.parsed("a mail address, such as office@nagai.example.") { text in
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            let isFine = parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && text.utf8.count <= 254
            return isFine && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? text : nil
        }
    }
}
