import Post

/// Calls that wait, those to one receiver in a lane of their own and only so many of them on the way at once: one that is slow keeps nobody else waiting.
struct Lanes {
    private struct Lane {
        var waiting = Queue<Parcel>()
        var running = 0
    }

    /// On the way at once in one lane.
    private let most: Int
    private var lanes: [String: Lane] = [:]
    /// Whose turn it is: the names of the lanes, in a circle. A town has few, so that none is ever taken out.
    private var turns = Queue<String>()
    private(set) var count = 0

    init(most: Int) { self.most = most }

    mutating func append(_ parcel: Parcel) {
        let name = Self.name(parcel)
        if lanes[name] == nil { turns.append(name) }
        lanes[name, default: Lane()].waiting.append(parcel)
        count += 1
    }

    /// The next parcel that may leave; `ended` is to be told when it has.
    mutating func popFirst() -> Parcel? {
        for _ in 0..<turns.count {
            guard let name = turns.popFirst() else { break }
            turns.append(name)
            guard let running = lanes[name]?.running, running < most, let parcel = lanes[name]?.waiting.popFirst() else { continue }
            lanes[name]?.running += 1
            count -= 1
            return parcel
        }
        return nil
    }

    mutating func ended(_ parcel: Parcel) {
        lanes[Self.name(parcel)]?.running -= 1
    }

    private static func name(_ parcel: Parcel) -> String {
        switch parcel.carrier {
        case .mail: "mail"
        case .line: "line"
        case .lineLogin: "line login"
        case .push: "push"
        case .webhook(let call): "webhook \(call.receiver)"
        }
    }
}
