import Contracts
import Seal

/// A transfer as its digest sees it: one line of text, so that anybody can compute the chain anew with a few lines of any language.
///
/// Fields between tabs: number, id, debit account, credit account, amount, kind, number of the pending one, due, code, cause, moment, at; what is absent
/// is empty, times are milliseconds since 1970, and a line feed ends it. The digest is SHA-256 over the digest before (32 bytes; none before the first)
/// and the line.
struct ChainLine {
    var n: Int64
    var id: EventID
    /// Names of accounts.
    var debit: [UInt8]
    var credit: [UInt8]
    var amount: Int64
    var kind: Transfer.Move.Kind
    var pending: Int64?
    var due: Instant?
    var code: String
    var cause: EventID?
    var moment: Instant
    var at: Instant

    func hash(after last: [UInt8]) -> [UInt8] {
        var bytes = last
        bytes.reserveCapacity(400)
        bytes.field(n)
        bytes.field(id)
        bytes.field(debit)
        bytes.field(credit)
        bytes.field(amount)
        bytes.field(kind.rawValue)
        bytes.field(pending)
        bytes.field(due?.milliseconds)
        bytes.field(code.utf8)
        bytes.field(cause)
        bytes.field(moment.milliseconds)
        bytes.append(contentsOf: String(at.milliseconds).utf8)
        bytes.append(UInt8(ascii: "\n"))
        return sha256(bytes)
    }
}

/// Fields of a line, each with a tab behind it; what is absent is empty.
extension [UInt8] {
    mutating func field(_ text: some Collection<UInt8>) {
        append(contentsOf: text)
        append(UInt8(ascii: "\t"))
    }

    mutating func field(_ number: Int64?) {
        if let number { append(contentsOf: String(number).utf8) }
        append(UInt8(ascii: "\t"))
    }

    mutating func field(_ id: EventID?) {
        id?.write(to: &self)
        append(UInt8(ascii: "\t"))
    }
}

extension Account {
    /// Its name, as in the chain.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        write(to: &bytes)
        return bytes
    }
}
