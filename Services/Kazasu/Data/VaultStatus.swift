import Contracts

/// How it is with the keys that personal data lies under: those in the file, and what each process that keeps such data says of them.
struct VaultStatus: Encodable {
    struct Keeper: Encodable {
        /// `notifier main`
        let name: String
        /// The key it seals under; `nil` while it does not run.
        let sealing: Int?
        let rowsUnderOlderKeys: Int64?

        init(_ vitals: Vitals) {
            name = "\(vitals.role.rawValue) \(vitals.instance)"
            let counters = vitals.answers ? vitals.life?.counters : nil
            sealing = counters?[VaultCounter.key].map { Int($0) }
            rowsUnderOlderKeys = counters?[VaultCounter.left]
        }
    }

    /// In the file, rising.
    let keys: [Int]
    let keepers: [Keeper]

    private var newest: Int { keys.last ?? 0 }
    private var silent: Keeper? { keepers.first { $0.sealing == nil || $0.rowsUnderOlderKeys == nil } }
    private var behind: Keeper? { keepers.first { $0.sealing != newest } }
    private var left: Int64 { keepers.reduce(0) { $0 + ($1.rowsUnderOlderKeys ?? 0) } }

    /// Whether somebody knows of every database what lies under which key.
    var isKnown: Bool { silent == nil }

    var rows: [[String]] {
        [["keys", keys.map { "v\($0)" }.joined(separator: ", "), ""]]
            + keepers.map { keeper in
                [
                    keeper.name, keeper.sealing.map { "seals under v\($0)" } ?? "not known",
                    keeper.rowsUnderOlderKeys.map { "\($0) rows under older keys" } ?? "",
                ]
            }
    }

    /// What to do next.
    var advice: [String] {
        if let silent {
            return ["\(silent.name) does not run, and it alone knows what of its own lies under which key. Start the town: kazasu up"]
        }
        if let behind { return ["start \(behind.name) again: it seals under v\(newest) from then on"] }
        if left > 0 { return ["they are being sealed anew, some hundred a second"] }
        return keys.dropLast().map { "nothing lies under v\($0) any more: kazasu vault retire \($0)" }
    }

    /// Why a key cannot be retired now; `nil` when it can. What lies under a key that is gone is lost, whosever it is.
    func obstacle(to number: Int) -> String? {
        let known = keys.map { "v\($0)" }.joined(separator: ", ")
        guard keys.contains(number) else { return "there is no key v\(number) in the file. Keys: \(known)." }
        guard number != newest else { return "v\(number) is the newest key. Add another one first: kazasu vault add-key" }
        if let silent {
            return
                "\(silent.name) does not run, or not in this version, and it alone knows what of its own lies under which key. Start the town: kazasu up"
        }
        if let behind {
            return "\(behind.name) still seals under v\(behind.sealing ?? 0). Start it again, so that it seals under v\(newest)."
        }
        guard left == 0 else {
            return "\(left) rows still lie under older keys and would be lost. They are being sealed anew; see: kazasu vault status"
        }
        return nil
    }
}
