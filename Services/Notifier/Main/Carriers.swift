import Contracts
import Launch
import Mail
import Notifier
import Post
import Seal
import ServiceKit
import Town

extension PostSettings {
    /// What the town's file says, with the secrets that lie beside its keys.
    init(_ post: Town.Post, in folder: DataFolder) throws {
        self.init()
        connections = Notifier.mostAtOnce
        if let mail = post.mail {
            let password = try mail.user.map { _ in try Self.line(of: folder.mailPassword, "the mail server's password") }
            guard let encryption = MailRelay.Encryption(rawValue: mail.encryption.rawValue) else {
                throw Fatal("\(mail.encryption.rawValue) is no way to encrypt mail.")
            }
            var relay = try MailRelay(host: mail.server, port: mail.port, encryption: encryption, user: mail.user, password: password)
            relay.connections = mail.connections
            // Together shorter than the time after which a delivery counts as lost with its process, and is handed over again.
            (relay.answerTimeout, relay.finalTimeout) = (.seconds(20), .seconds(100))
            self.mail = relay
            authority = mail.authority
        }
        if post.line {
            line = LineAccount(token: try Self.line(of: folder.lineToken, "the channel access token of the town's LINE account"))
            guard line != nil else { throw Fatal("\(folder.lineToken) holds no token: one line of letters and digits.") }
        }
        if let login = post.lineLogin {
            lineLogin = LineLoginChannel(
                id: login, secret: try Self.line(of: folder.lineLoginSecret, "the channel secret of the town's LINE Login channel"))
            guard lineLogin != nil else {
                throw Fatal("\(folder.lineLoginSecret) holds no channel secret: one line of letters and digits.")
            }
        }
        if let push = post.push { self.push = PushSender(try VAPIDKey.load(file: folder.pushKey), subject: push.contact) }
        for webhook in post.webhooks {
            let path = folder.webhookSecret(webhook.id.text)
            let text = try Self.line(of: path, "the secret that webhook \(webhook.id) is signed with")
            guard let secret = webhookSecret(text), let receiver = WebhookReceiver(url: webhook.url, secret: secret) else {
                throw Fatal("\(path) holds no secret: whsec_ and 24 to 64 bytes in base64.")
            }
            webhooks[webhook.id.text] = receiver
        }
    }

    private static func line(of path: String, _ what: String) throws -> String {
        let bytes: [UInt8]
        do throws(SealError) { bytes = try SecretFile.read(path, atMost: 4096) } catch {
            throw Fatal("\(error) Put \(what) into it, on one line, readable by its owner alone (chmod 600).")
        }
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        guard !text.isEmpty else { throw Fatal("\(path) is empty. Put \(what) into it, on one line.") }
        return text
    }
}

/// Between the notifier and its post office. A mail server that is slow may have a letter longer than the notifier waits: asked once more to send what is
/// still under way, it sends nothing twice.
final class PostCounter {
    private let office: PostOffice
    private var underWay: Set<String> = []

    init(_ office: PostOffice) { self.office = office }

    var descriptor: Int32 { office.descriptor }

    func take(_ parcel: Parcel) {
        if underWay.insert(parcel.key).inserted { office.hand(parcel) }
    }

    func receipts() -> [Receipt] {
        let receipts = office.drain()
        for receipt in receipts { underWay.remove(receipt.key) }
        return receipts
    }
}

/// `whsec_` and base64, as Standard Webhooks writes a secret.
private func webhookSecret(_ text: String) -> [UInt8]? {
    guard text.hasPrefix("whsec_") else { return nil }
    let letters = text.utf8.dropFirst("whsec_".utf8.count).prefix { $0 != UInt8(ascii: "=") }
    return Base64URL.decode(letters.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 })
}

extension Notifier.Sender {
    init(_ town: Town) throws {
        let post = town.post
        var ways: Set<Carriage> = [.home]
        if post.mail != nil { ways.insert(.mail) }
        if post.line { ways.insert(.line) }
        if post.push != nil { ways.insert(.push) }
        if !post.webhooks.isEmpty { ways.insert(.webhook) }
        let title = town.title ?? town.name.text
        self.init(
            town: title, mailbox: try post.mail.map { Mailbox(name: $0.name ?? title, try MailAddress($0.from)) },
            returnPath: try post.mail?.bounces.map { ReturnPath(try MailAddress($0)) }, ways: ways)
        hasLineLogin = post.lineLogin != nil
    }
}
