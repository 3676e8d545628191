import Contracts

/// Somebody's entries, newest first, each with what was there of its purse thereafter: the ledger itself says it of each lot alone.
struct PointsHistory {
    struct Line {
        let entry: EntriesPage.Entry
        let balance: Int64
    }

    let lines: [Line]

    /// - Parameter lots: what was there once the newest entry was made.
    init(_ entries: [EntriesPage.Entry], lots: [PointsShown.Lot]) {
        var balances = lots.reduce(into: [PurseID: Int64]()) { $0[$1.purse, default: 0] += $1.amount }
        lines = entries.map { entry in
            let balance = balances[entry.account.purse, default: 0]
            // What is reserved, or free again, is there all the same.
            if entry.kind == .single || entry.kind == .post { balances[entry.account.purse] = balance - entry.amount }
            return Line(entry: entry, balance: balance)
        }
    }
}
