import Contracts

/// What a browser gives a page: `{"endpoint":…,"keys":{"auth":…,"p256dh":…}}` (W3C Push API, `PushSubscription.toJSON`).
private struct SubscriptionFile: Codable {
    struct Keys: Codable { let auth, p256dh: String }

    let endpoint: String
    let keys: Keys
}

func readSubscription(_ path: String) throws -> PushSubscription {
    guard let file = try? ListFile.bytes(of: path).decoded(as: SubscriptionFile.self) else {
        throw Failure.refused("\(path) is no subscription as a browser gives it: JSON with endpoint and keys.")
    }
    return PushSubscription(endpoint: file.endpoint, p256dh: file.keys.p256dh, auth: file.keys.auth)
}
