import Seal
import Store

/// A journal under a vault: what events, answers, letters and acts say lies sealed, and their digests are masked. Topics, numbers, ids and keys do not.
extension Vault: Cover {
    package func close(_ bytes: [UInt8], context: String) -> [UInt8] { seal(bytes, context: context) }

    package func mask(_ digest: Int64) -> Int64 {
        let bytes = withUnsafeBytes(of: digest.bigEndian) { Array($0) }
        return blindIndex(bytes, for: "journal digest").prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// The rows a vault has sealed, and the keys they lie under.
package enum SealedRows {
    /// Learns under which keys rows may lie, and adds the vault's own. Each is known by something sealed under it, so that a vault that lacks one, or
    /// another vault, is noticed at the start and not at the row.
    /// - Returns: whether rows may lie under an older key.
    /// - Throws: what waiting does not mend.
    package static func admit(_ vault: Vault?, besides own: [SealedColumn] = [], in db: borrowing Transaction) throws -> Bool {
        let known = try db.all("SELECT number, proof FROM vault_key ORDER BY number") { (number: $0.int(0), proof: $0.blob(1)) }
        guard let vault else {
            guard known.isEmpty else { throw WrongCover.missing(path: db.path) }
            return false
        }
        guard try !known.isEmpty || db.first("SELECT 1 FROM start", read: { _ in }) == nil else { throw WrongCover.new(path: db.path) }
        for (number, proof) in known { _ = try db.open(proof, "vault_key/\(number)") }
        let proof = vault.seal([], context: "vault_key/\(vault.current)")
        try db.run("INSERT INTO vault_key (number, proof) VALUES (?, ?) ON CONFLICT DO NOTHING", vault.current, proof)
        let isRotating = known.contains { $0.number != vault.current }
        // These exist only as long as somebody looks for old rows by them.
        if isRotating { for column in columns + own { try db.run(column.index) } }
        return isRotating
    }

    /// Seals anew what lies under older keys, at most `limit` rows, of the journal and of the service's `own` columns.
    /// - Returns: how many are left under each of them. Once there is none, the old keys can be retired.
    @discardableResult
    package static func rotate(
        to vault: Vault, limit: Int, besides own: [SealedColumn] = [], in db: borrowing Transaction
    ) throws -> [(key: Int, rows: Int64)] {
        let current = bytes(vault.current)
        var room = limit
        for column in columns + own where room > 0 {
            let rows = try db.all(column.old, current, room) {
                (sealed: $0.blob(0), context: column.context($0), key: SealedColumn.key(of: $0))
            }
            for (sealed, context, key) in rows {
                let anew = db.close(try db.open(sealed, context), context)
                if let second = key.second {
                    try db.run(column.replace, anew, key.first, second)
                } else {
                    try db.run(column.replace, anew, key.first)
                }
            }
            room -= rows.count
        }
        let left = try left(under: vault, besides: own, in: db)
        if left.isEmpty {
            for column in columns + own { try db.run(column.dropIndex) }
            try db.run("DELETE FROM vault_key WHERE number < ?", vault.current)
        }
        return left
    }

    /// Rows that still lie under keys older than the vault's newest, by key. Quick while they are being sealed anew, and after that.
    package static func left(
        under vault: Vault, besides own: [SealedColumn] = [], in db: borrowing Transaction
    ) throws -> [(key: Int, rows: Int64)] {
        guard try db.first("SELECT 1 FROM vault_key WHERE number < ?", vault.current, read: { _ in }) != nil else { return [] }
        var rows: [Int: Int64] = [:]
        for column in columns + own {
            for (key, count) in try db.all(column.count, bytes(vault.current), read: { ($0.blob(0), $0.int(1)) }) {
                rows[key.reduce(0) { $0 << 8 | Int($1) }, default: 0] += count
            }
        }
        return rows.sorted { $0.key < $1.key }.map { (key: $0.key, rows: $0.value) }
    }

    private static func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
}

/// A database and a vault that do not belong together.
package enum WrongCover: Error, CustomStringConvertible {
    case missing(path: String)
    case new(path: String)

    package var description: String {
        switch self {
        case .missing(let path): "\(path): written under a vault, and none was given. Give the program the vault it had."
        case .new(let path):
            "\(path): begun without a vault, so what it holds lies there in clear. Start without the vault, or move the database away and begin anew."
        }
    }
}
