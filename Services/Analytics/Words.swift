import Contracts
import Store

/// Names are written once each; rows hold their numbers.
extension Analytics {
    func word(_ text: String, in db: borrowing Transaction) throws -> Int64 {
        if let known = try db.first("SELECT id FROM word WHERE text = ?", text, read: { $0.int(0) }) { return known }
        let new = try db.first("INSERT INTO word (text) VALUES (?) RETURNING id", text) { $0.int(0) }
        guard let new else { preconditionFailure("a word that was written has a number") }
        return new
    }
}
