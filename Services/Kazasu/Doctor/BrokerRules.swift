import Contracts

/// Settings of the broker without which a town is slow, forgets, or lets strangers in: mosquitto.conf(5).
///
/// `kazasu up` writes them all at each start. What differs was changed by hand, or the broker is somebody else's.
enum BrokerRules {
    private enum Wish {
        case word(String)
        /// What Mosquitto takes when nothing is said stands second.
        case least(Int64, otherwise: Int64)
        case most(Int64, otherwise: Int64)
    }

    private static let wishes: [(name: String, wish: Wish)] = [
        ("set_tcp_nodelay", .word("true")), ("max_inflight_messages", .least(1000, otherwise: 20)),
        // 0, no limit, ends connections in Mosquitto 2.0.11.
        ("max_queued_messages", .least(1_000_000, otherwise: 1000)), ("max_queued_bytes", .least(16 << 20, otherwise: 0)),
        // A batch has 96 KiB, and 0 would be no limit.
        ("max_packet_size", .least(128 << 10, otherwise: 0)), ("max_packet_size", .most(16 << 20, otherwise: 0)),
        ("persistence", .word("true")), ("autosave_interval", .most(60, otherwise: 1800)), ("require_certificate", .word("true")),
        ("use_identity_as_username", .word("true")), ("allow_anonymous", .word("false")), ("per_listener_settings", .word("false")),
    ]

    /// One sentence for all that is not as it should be. Of a setting that is there for each listener the first is the one for our own users.
    static func problems(in file: String) -> [Problem] {
        var said: [Substring: String] = [:]
        for line in file.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2, said[parts[0]] == nil { said[parts[0]] = String(parts[1]).trimmed }
        }
        let wrong = wishes.compactMap { name, wish -> String? in
            let value = said[name[...]]
            switch wish {
            case .word(let word):
                let isDefault = value == nil && name == "per_listener_settings"
                return value == word || isDefault ? nil : "\(name) is \(value ?? "not set"), not \(word)"
            case .least(let least, let otherwise):
                let number = value.map { Int64($0) ?? 0 } ?? otherwise
                return number >= least ? nil : "\(name) is \(number), below \(least)"
            case .most(let most, let otherwise):
                let number = value.map { Int64($0) ?? 0 } ?? otherwise
                return number <= most ? nil : "\(name) is \(number), above \(most)"
            }
        }
        return wrong.isEmpty ? [] : [Problem(.amber, "broker-settings", "mosquitto.conf: \(wrong.joined(separator: "; ")).")]
    }
}
