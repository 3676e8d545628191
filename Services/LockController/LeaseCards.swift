import Contracts
import People
import ServiceKit
import Store

/// Which cards may enter when, at the doors that decide alone: kept beside the rights it follows from, card by card as they change.
///
/// Whatever changes a right marks the cards it may be about; the mark is looked at in the same turn, or, where there are many, a thousand a turn,
/// so that nobody waits at a door because of a list.
extension LockController {
    private static let cardsATurn = 1000

    // MARK: What may have changed

    /// An agent says what a card is called.
    func learn(_ event: Envelope<LeaseHashes>, in turn: borrowing Turn) throws {
        let token = event.data.token
        try turn.db.run("INSERT OR REPLACE INTO lease_token (token, heard) VALUES (?, ?)", token.text, turn.now.milliseconds)
        for hash in event.data.hashes where leaseDoors[hash.door] != nil {
            try turn.db.run(
                "INSERT OR IGNORE INTO lease_card (door, hash, token) VALUES (?, ?, ?)", hash.door.text, Int64(hash.hash.value), token.text)
        }
        try mark(token, in: turn)
    }

    func markCards(of person: PersonID, in turn: borrowing Turn) throws {
        guard !leaseDoors.isEmpty else { return }
        for token in try People<LockView>.tokens(of: person, in: turn.db) { try mark(token, in: turn) }
    }

    func markCards(of booking: Booking, in turn: borrowing Turn) throws {
        guard leaseDoors[booking.door] != nil else { return }
        for token in booking.tokens { try mark(token, in: turn) }
        for person in booking.persons ?? [] { try markCards(of: person, in: turn) }
    }

    func markCards(of change: ChangeGroup, in turn: borrowing Turn) throws {
        guard !leaseDoors.isEmpty else { return }
        for token in (change.addTokens ?? []) + (change.removeTokens ?? []) { try mark(token, in: turn) }
        // Whose group it is stands with each person: all who are known at the door are looked at.
        for door in (change.addDoors ?? []) + (change.removeDoors ?? []) { try markCards(at: door, in: turn) }
    }

    /// What a door says to everybody has changed, or has come nearer.
    func markCards(at door: DoorID, in turn: borrowing Turn) throws {
        guard leaseDoors[door] != nil else { return }
        try turn.db.run("INSERT OR IGNORE INTO lease_due SELECT token FROM lease_card WHERE door = ?", door.text)
    }

    private func mark(_ token: Token, in turn: borrowing Turn) throws {
        try turn.db.run("INSERT OR IGNORE INTO lease_due SELECT token FROM lease_card WHERE token = ? LIMIT 1", token.text)
    }

    // MARK: What has changed

    /// - Returns: whether more are marked.
    func lookAtMarkedCards(in turn: borrowing Turn) throws -> Bool {
        let tokens = try turn.db.all("SELECT token FROM lease_due ORDER BY token LIMIT ?", Self.cardsATurn) { $0.text(0) }
        guard let last = tokens.last else { return false }
        var counts: [DoorID: Count] = [:]
        for door in leaseDoors.keys { counts[door] = try Count(at: door, in: turn) }
        var marked = try MarkedCards(through: last, by: leaseTimes(in: turn), in: turn)
        var touched: Set<DoorID> = []
        for token in tokens.compactMap({ Token($0) }) {
            let rights = try marked.windows(of: token, in: turn.db)
            for row in marked.entries[token] ?? [] {
                guard let count = counts[row.door], row.windows != rights[row.door] ?? .none else { continue }
                let after = rights[row.door] ?? .none
                // What begins after the lease ends is no news to the lock.
                let (shown, showing) = (row.windows.between(count.now, count.end), after.between(count.now, count.end))
                let isNews = shown != showing
                let isNarrowed = row.changed > count.listed && row.isNarrowed || !showing.covers(shown)
                try turn.db.run(
                    "UPDATE lease_card SET windows = ?, changed = ?, narrowed = ? WHERE door = ? AND hash = ? AND token = ?", after.packed,
                    isNews ? count.next : row.changed, isNews ? isNarrowed : row.isNarrowed, row.door.text, row.hash, token.text)
                if isNews { touched.insert(row.door) }
            }
        }
        try turn.db.run("DELETE FROM lease_due WHERE token <= ?", last)
        for door in touched {
            try turn.db.run("UPDATE lease SET due = 0, last = ? WHERE door = ?", counts[door]?.next, door.text)
        }
        return tokens.count == Self.cardsATurn
    }

    /// The counting of a door's lists, and the time its lease covers, seconds since 1970.
    private struct Count {
        let listed: Int64
        let next: Int64
        let now: Int64
        let end: Int64

        init?(at door: DoorID, in turn: borrowing Turn) throws {
            let row = try turn.db.first("SELECT lease, last, expires FROM lease WHERE door = ?", door.text) {
                ($0.intIfPresent(0), $0.int(1), $0.intIfPresent(2))
            }
            guard let row else { return nil }
            listed = row.0 ?? 0
            next = max(row.1 + 1, turn.now.milliseconds)
            now = turn.now.milliseconds / 1000
            end = row.2 ?? now
        }
    }
}

extension LeaseWindows {
    /// As the table keeps them.
    var packed: [UInt8] {
        windows.flatMap { [$0.from, $0.to] }.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    }

    init(packed bytes: [UInt8]) {
        func number(_ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        self.init(stride(from: 0, to: bytes.count - 7, by: 8).map { LeaseWindow(from: number($0), to: number($0 + 4)) })
    }
}
