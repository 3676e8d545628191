import Contracts
import Seal
import ServiceKit
import Store

/// The ledger is computed anew, a slice at a time, so that nobody at a reader waits for it.
extension Points {
    /// Transfers at once: some two milliseconds, and so long a card at a till waits at the most. A larger slice would hardly make the whole quicker.
    package static let slice = 250

    package func flaw(in db: borrowing Transaction) throws -> String? { try Ledger.verify(in: db).fault }

    func verify(_ command: Envelope<VerifyLedger>, in turn: borrowing Turn) throws -> Reply<LedgerVerified> {
        let wish = command.data
        let newest = try Ledger.newest(in: turn.db)
        guard (0...newest).contains(wish.after) else {
            return .refuse("unknown-transfer", "The ledger ends with transfer \(newest), before \(wish.after).")
        }
        let digest = wish.digest.flatMap { Base64URL.decode(Array($0.utf8)) } ?? []
        let slice = try Ledger.verify(after: wish.after, head: digest, limit: Self.slice, in: turn.db)
        var verified = LedgerVerified(through: slice.through, of: newest, digest: Base64URL.text(slice.head), fault: slice.fault)
        if verified.fault == nil, slice.through == newest {
            let accounts = try Ledger.verifyAccounts(in: turn.db)
            (verified.fault, verified.accounts) = (accounts.fault, accounts.count)
        }
        return .accept(verified)
    }
}
