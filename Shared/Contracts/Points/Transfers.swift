/// What a ledger does with a transfer (TigerBeetle, docs/reference/transfer.md).
package enum TransferKind: String, Codable, Sendable, CaseIterable { case single, pending, post, void, expire }

/// A transfer was made: one link of the ledger's chain, told to whoever keeps watch over it. The envelope's time is when what it follows from happened.
package struct Transferred: EventBody {
    package static let type = "transfer"

    package var amount: Int64
    package var code: TransferCode
    package var credit: Account
    package var debit: Account
    /// Of this link and so of everything before it: SHA-256, its first 16 bytes in base64url.
    package var digest: String
    package var kind: TransferKind
    /// Its place in the ledger.
    package var number: Int64
    /// What it follows from: a tap, a command.
    package var origin: EventID?
    /// The transfer that is resolved.
    package var resolves: EventID?

    package init(
        _ number: Int64, _ kind: TransferKind, from debit: Account, to credit: Account, _ amount: Int64, for code: TransferCode,
        origin: EventID?, resolves: EventID?, digest: String
    ) {
        (self.number, self.kind, self.debit, self.credit, self.amount) = (number, kind, debit, credit, amount)
        (self.code, self.origin, self.resolves, self.digest) = (code, origin, resolves, digest)
    }
}

extension Transferred {
    package func write(to line: inout JSONLine) throws {
        line.open()
        line.member("amount", amount)
        line.member("code", code)
        line.member("credit", credit)
        line.member("debit", debit)
        line.member("digest", plain: digest)
        line.member("kind", kind)
        line.member("number", number)
        if let origin { line.member("origin", origin) }
        if let resolves { line.member("resolves", resolves) }
        line.close()
    }
}

extension Channel where Body == Transferred {
    package static var transfers: Self { Self(of: "points", named: "transfer") }
}
