import Contracts
import Seal

/// A message to a browser (RFC 8030), which alone can read it (RFC 8291).
package struct WebPushMessage: Sendable, Equatable {
    package var subscription: WebPushSubscription
    /// What the page's service worker is handed; at most `WebPush.mostBytes`.
    package var payload: [UInt8]
    /// How long the push service keeps it for a browser that is away.
    package var keepFor: Duration
    package var urgency: Urgency
    /// A later message of the same topic takes the place of one that waits: at most 32 letters of base64url.
    package var topic: String?

    /// How much a device that saves its battery should care (RFC 8030 §5.3).
    package enum Urgency: String, Sendable {
        case veryLow = "very-low"
        case low, normal, high
    }

    package init(
        _ subscription: WebPushSubscription, payload: [UInt8], keepFor: Duration, urgency: Urgency = .normal, topic: String? = nil
    ) {
        self.subscription = subscription
        self.payload = payload
        self.keepFor = keepFor
        self.urgency = urgency
        self.topic = topic
    }

    /// Sealed and signed anew for each try.
    package func call(from sender: PushSender, at now: Instant) throws(SealError) -> HTTPCall {
        guard let origin = subscription.origin else {
            throw .malformed(what: "the endpoint of a push subscription", expected: "an https address of a push service")
        }
        let token = try sender.key.authorization(audience: origin, subject: sender.subject, expires: now + .seconds(12 * 3600))
        var headers = [
            "Authorization: \(token)", "Content-Encoding: aes128gcm", "Content-Type: application/octet-stream",
            "TTL: \(max(0, keepFor.milliseconds / 1000))", "Urgency: \(urgency.rawValue)",
        ]
        if let topic, (1...32).contains(topic.utf8.count), topic.utf8.allSatisfy(isWordLetter) { headers.append("Topic: \(topic)") }
        return HTTPCall(url: subscription.endpoint, headers: headers, body: try WebPush.seal(payload, for: subscription.keys))
    }

    /// RFC 8030 §5 and §7.3: 404 or 410, the subscription is over.
    package static func receipt(_ key: String, _ answer: HTTPAnswer) -> Receipt {
        answer.receipt(key, answer.status == 404 ? .unreachable : answer.outcome)
    }
}

/// What a browser gives a page that may push to it: `PushSubscription.toJSON()` (W3C Push API).
package struct WebPushSubscription: Sendable, Equatable, CustomReflectable {
    /// The push service's address for this browser: as good as a password.
    package let endpoint: String
    package let keys: WebPushKeys
    /// `https://push.example`, or nil for anything a push service would not give.
    let origin: String?

    package init(endpoint: String, keys: WebPushKeys) {
        self.endpoint = endpoint
        self.keys = keys
        origin = Self.origin(of: endpoint)
    }

    /// Whether it is at the port of https.
    package var isAtUsualPort: Bool {
        guard let authority = origin?.dropFirst("https://".count) else { return false }
        return !authority.contains(":") || authority.hasSuffix(":443")
    }

    /// The endpoint comes from a stranger's browser, so it is read narrowly: https, a name or an address, perhaps a port, no user and no other letters than addresses have.
    private static func origin(of endpoint: String) -> String? {
        let scheme = "https://"
        guard endpoint.hasPrefix(scheme), endpoint.utf8.count <= 2048,
            endpoint.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) })
        else { return nil }
        let authority = endpoint.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, authority.utf8.allSatisfy({ isWordLetter($0) || ".:".utf8.contains($0) }) else { return nil }
        return scheme + authority.lowercased()
    }

    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Who the town is to push services.
package struct PushSender: Sendable {
    let key: VAPIDKey
    /// `mailto:` or `https:`, for the push service's staff when something goes wrong.
    let subject: String

    package init(_ key: VAPIDKey, subject: String) {
        self.key = key
        self.subject = subject
    }
}
