import Contracts
import Seal

/// A message to another system: signage, tablets, a school's own program.
package struct WebhookCall: Sendable, Equatable {
    /// The receiver's name in the settings, which have its address and secret.
    package var receiver: String
    /// JSON.
    package var body: [UInt8]

    package init(receiver: String, body: [UInt8]) {
        self.receiver = receiver
        self.body = body
    }

    /// Signed as Standard Webhooks 1.0.0 says ("Signature scheme"): any receiver checks it with a stock library, knows a repeat by its id, and an old copy by its time.
    package func call(key: String, to receiver: WebhookReceiver, at now: Instant) -> HTTPCall {
        let seconds = now.milliseconds / 1000
        let code = hmacSHA256(key: receiver.secret, message: Array("\(key).\(seconds).".utf8) + body)
        return HTTPCall(
            url: receiver.url,
            headers: [
                "Content-Type: application/json", "Webhook-Id: \(key)", "Webhook-Timestamp: \(seconds)",
                "Webhook-Signature: v1,\(Base64.text(code))",
            ], body: body)
    }

    package static func receipt(_ key: String, _ answer: HTTPAnswer) -> Receipt { answer.receipt(key, answer.outcome) }
}

/// A system that is told.
package struct WebhookReceiver: Sendable, CustomReflectable {
    package let url: String
    let secret: [UInt8]

    /// - Parameters:
    ///   - url: https; http to this machine alone.
    ///   - secret: 24 to 64 bytes, as the standard asks.
    package init?(url: String, secret: [UInt8]) {
        guard isSafe(url), (24...64).contains(secret.count) else { return nil }
        self.url = url
        self.secret = secret
    }

    package var customMirror: Mirror { Mirror(self, children: ["url": url]) }
}
