import Contracts

/// How it is with the keys that personal data lies under: those in the file, and what the directory says of them.
struct VaultStatus: Encodable {
    /// In the file, rising.
    let keys: [Int]
    /// The one the directory seals under; `nil` while it does not run.
    let sealing: Int?
    let rowsUnderOlderKeys: Int64?

    init(_ keys: [Int], _ life: Life?) {
        self.keys = keys
        sealing = life?.counters?[VaultCounter.key].map { Int($0) }
        rowsUnderOlderKeys = life?.counters?[VaultCounter.left]
    }

    private var newest: Int { keys.last ?? 0 }

    var rows: [[String]] {
        [
            ["keys", keys.map { "v\($0)" }.joined(separator: ", ")],
            ["sealing", sealing.map { "v\($0)" } ?? "not known"],
            ["rows under older keys", rowsUnderOlderKeys.map { "\($0)" } ?? "not known"],
        ]
    }

    /// What to do next.
    var advice: [String] {
        guard let sealing, let left = rowsUnderOlderKeys else {
            return ["resident-directory does not run, and it alone knows what lies under which key. Start the town: kazasu up"]
        }
        if sealing != newest { return ["start resident-directory again: it seals under v\(newest) from then on"] }
        if left > 0 { return ["they are being sealed anew, some hundred a second"] }
        return keys.dropLast().map { "nothing lies under v\($0) any more: kazasu vault retire \($0)" }
    }

    /// Why a key cannot be retired now; `nil` when it can.
    func obstacle(to number: Int) -> String? {
        let known = keys.map { "v\($0)" }.joined(separator: ", ")
        guard keys.contains(number) else { return "there is no key v\(number) in the file. Keys: \(known)." }
        guard number != newest else { return "v\(number) is the newest key. Add another one first: kazasu vault add-key" }
        guard let sealing, let left = rowsUnderOlderKeys else {
            return "resident-directory does not say what lies under which key. Is it of this version? See: kazasu health"
        }
        guard sealing == newest else {
            return "resident-directory still seals under v\(sealing). Start it again, so that it seals under v\(newest)."
        }
        guard left == 0 else {
            return "\(left) rows still lie under older keys and would be lost. They are being sealed anew; see: kazasu vault status"
        }
        return nil
    }
}
