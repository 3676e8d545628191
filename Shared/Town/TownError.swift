/// Why there is no town: the sentences go to a person as they are.
package enum TownError: Error, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// `count` is more than the faults kept if there were very many.
    case faulty(path: String, faults: [Fault], count: Int)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason): return "\(path) cannot be read: \(reason)"
        case .faulty(let path, let faults, let count):
            var lines = faults.map { $0.described(in: path) }
            if count > faults.count { lines.append("Only the first \(faults.count) are shown.") }
            if count > 1 { lines.append("\(path) has \(count) mistakes; nothing of it is used until they are mended.") }
            return lines.joined(separator: "\n")
        }
    }
}
