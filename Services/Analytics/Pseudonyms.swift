import Contracts
import Seal
import ServiceKit
import Store

/// How people are called here: 8 bytes, of a month for those who agreed to be counted, else of one day at one house. Each is made with the key of its
/// month (HMAC-SHA256, RFC 2104); when that key is deleted nobody can find out any more whom it meant, and two months of one person have nothing in common.
extension Analytics {
    /// Somebody who agreed, in a month.
    func pseudonym(of visitor: VisitorID, key: [UInt8]) -> Int64 { code("m\(visitor)", key) }

    /// A card of whoever else, on one day at one house. While the keys of tokens are changed it goes by the one that all agents know.
    func pseudonym(of token: Token, on day: VisitDay, at house: FacilityID, key: [UInt8]) -> Int64 {
        code("d\(day.number)/\(house.text)/\(token.text)", key)
    }

    private func code(_ text: String, _ key: [UInt8]) -> Int64 { number(hmacSHA256(key: key, message: Array(text.utf8))) }

    /// One that means nobody.
    func drawnPseudonym() throws -> Int64 { number(try draw(8)) }

    private func number(_ bytes: [UInt8]) -> Int64 { Int64(bitPattern: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) }

    // MARK: Keys

    /// The key of a month, drawn when it is needed first.
    func key(of month: Int64, in db: borrowing Transaction) throws -> [UInt8] {
        let sealed = try db.first("SELECT row FROM month_key WHERE month = ?", month) { $0.blob(0) }
        if let sealed { return try db.open(sealed, Self.monthKeyContext(month)) }
        let key = try draw(32)
        try db.run("INSERT INTO month_key (month, row) VALUES (?, ?)", month, db.close(key, Self.monthKeyContext(month)))
        return key
    }

    /// The months of which a visit can still be told whose it is.
    func keptMonths(in db: borrowing Transaction) throws -> [Int64] {
        try db.all("SELECT month FROM month_key ORDER BY month") { $0.int(0) }
    }

    /// A month's key goes once none of its visits can change any more.
    func forgetKeys(in turn: borrowing Turn) throws {
        let first = firstOpenDay(in: turn).firstOfMonth
        try turn.db.run("DELETE FROM month_key WHERE month < ?", first.month)
        try turn.db.run("DELETE FROM house_day WHERE day < ?", first.number)
    }
}
