/// What a driver says outside the town's tree. An order is never retained and never queued; what others have retained there can be removed.
enum Saying: Equatable {
    case order(topic: String, [UInt8])
    case emptiness(topic: String)
    /// For whoever looks, now or later.
    case notice(topic: String, [UInt8])

    /// Seconds after which the broker drops an order it could not hand over.
    static let orderLife: UInt32 = 2

    var topic: String {
        switch self {
        case .order(let topic, _), .emptiness(let topic), .notice(let topic, _): topic
        }
    }

    var payload: [UInt8] {
        switch self {
        case .order(_, let payload), .notice(_, let payload): payload
        case .emptiness: []
        }
    }

    var isRetained: Bool {
        switch self {
        case .order: false
        case .emptiness, .notice: true
        }
    }

    /// At most once: a broker keeps such a message for nobody who is away.
    var qos: Int32 { isRetained ? 1 : 0 }
    var expiry: UInt32? { isRetained ? nil : Self.orderLife }
}
