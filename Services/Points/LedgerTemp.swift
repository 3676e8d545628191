import Contracts
import Store

package struct HistoryLine {
    let n: Int64, account: Account, other: Account, amount: Int64, kind: Transfer.Move.Kind, code: TransferCode, cause: EventID?
    let moment: Instant, at: Instant, balance: Int64
}
package struct VerifiedSlice { let through: Int64, head: [UInt8], fault: String? }
package struct VerifiedAccounts { let count: Int64, fault: String? }
extension Ledger {
    static func lots(
        of holder: Name<HolderKind>, purse: PurseID?, in db: borrowing Transaction
    ) throws -> [(account: Account, balance: Balance)] {
        try db.all(
            "SELECT id, purse, kind, holder, expires, debits_pending, debits_posted, credits_pending, credits_posted FROM account WHERE holder = ? AND kind = 'person' AND (?2 IS NULL OR purse = ?2)",
            holder.text, purse?.text, read: AccountRow.init
        ).map { ($0.account, $0.balance) }
    }
    static func history(of holder: Name<HolderKind>, before: Int64?, limit: Int, in db: borrowing Transaction) throws -> [HistoryLine] {
        []
    }
    static func verify(after: Int64, head: [UInt8], limit: Int, in db: borrowing Transaction) throws -> VerifiedSlice {
        VerifiedSlice(through: 0, head: [], fault: nil)
    }
    static func verifyAccounts(in db: borrowing Transaction) throws -> VerifiedAccounts { VerifiedAccounts(count: 0, fault: nil) }
}
