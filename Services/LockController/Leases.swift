import Contracts
import Seal
import ServiceKit
import Store

/// A door whose lock decides alone while the town is away, and on what terms.
struct Lending: Sendable {
    let door: Door
    /// Seconds from issue to end.
    let span: Int64

    init?(_ door: Door) {
        guard let lease = door.lease else { return nil }
        (self.door, span) = (door, lease.milliseconds / 1000)
    }

    /// What the head of a lease says beside its times.
    func terms(_ seal: GrantSeal) -> String { "\(door.accepts) \(openSeconds) \(span) \(seal.key.kid)" }
    /// Whether its times change with the days: hours, days of closure.
    var rollsOn: Bool { !door.plan.openings.isEmpty || !door.plan.closures.isEmpty }
    var openSeconds: Int { Int(door.openFor.components.seconds) }

    /// A whole list that replaces one before half its life, because its changes have outgrown their limit, waits this long.
    static let pause = Duration.seconds(60)
}

/// The lists that locks decide by: a whole one, and a short one of all changes since, which is there in the turn of the change.
extension LockController {
    /// - Returns: when to look again.
    func keepLeases(in turn: borrowing Turn) throws -> Instant? {
        guard !leaseDoors.isEmpty else { return nil }
        let isMore = try lookAtMarkedCards(in: turn)
        for door in try turn.db.all(
            "SELECT door FROM lease WHERE due <= ? ORDER BY door", turn.now.milliseconds, read: { DoorID($0.text(0)) })
        {
            guard let door, let lending = leaseDoors[door], let issue = try Issue(lending, by: seal, in: turn) else { continue }
            if try issue.bringUpToDate(isMore: isMore, in: turn), lending.rollsOn { try markCards(at: door, in: turn) }
            try publishLease(of: door, in: turn)
        }
        if isMore { return turn.now }
        return try turn.db.first("SELECT min(due) FROM lease") { $0.intIfPresent(0) }?.map { Instant(milliseconds: $0) }
    }

    /// At each connect: what a broker may have forgotten, what the settings have changed, and what is no longer lent.
    func publishLeases(in turn: borrowing Turn) throws {
        for door in try turn.db.all("SELECT door FROM lease ORDER BY door", read: { DoorID($0.text(0)) }).compactMap({ $0 })
        where leaseDoors[door] == nil {
            for part in Lease.Part.allCases { turn.keep([], on: Lease.topic(in: turn.identity.town, to: door, part)) }
            try turn.db.run("DELETE FROM lease WHERE door = ?", door.text)
            try turn.db.run("DELETE FROM lease_list WHERE door = ?", door.text)
            try turn.db.run("DELETE FROM lease_card WHERE door = ?", door.text)
        }
        for (door, lending) in leaseDoors.sorted(by: { $0.key < $1.key }) {
            try turn.db.run(
                "INSERT INTO lease (door) VALUES (?1) ON CONFLICT (door) DO UPDATE SET due = 0 WHERE terms IS NOT ?2", door.text,
                lending.terms(seal))
            if lending.rollsOn { try markCards(at: door, in: turn) }
            try keepAgain(door, in: turn)
            try publishLease(of: door, in: turn)
        }
    }

    /// Says a door's lists once more, byte for byte.
    func keepAgain(_ door: DoorID, in turn: borrowing Turn) throws {
        for part in Lease.Part.allCases {
            let bytes = try turn.db.first("SELECT bytes FROM lease_list WHERE door = ? AND part = ?", door.text, part.rawValue) {
                $0.blob(0)
            }
            if let bytes { turn.keep(bytes, on: Lease.topic(in: turn.identity.town, to: door, part)) }
        }
    }

    /// Whoever has not held a card over a reader for more than a year, and has no right, is forgotten.
    func purgeLeases(in turn: borrowing Turn) throws {
        let idle = try turn.db.all(
            """
            SELECT token FROM lease_token WHERE heard < ?
            AND NOT EXISTS (SELECT 1 FROM lease_card WHERE lease_card.token = lease_token.token AND windows <> x'') ORDER BY heard LIMIT 200
            """, (turn.now - .seconds(400 * 86_400)).milliseconds
        ) { $0.text(0) }
        for token in idle {
            try turn.db.run("DELETE FROM lease_card WHERE token = ?", token)
            try turn.db.run("DELETE FROM lease_token WHERE token = ?", token)
        }
    }
}

/// One door's lists being brought up to date.
private struct Issue {
    let lending: Lending
    let seal: GrantSeal
    let count: Int64
    /// Of the whole list that the lock may have; `nil` before the first.
    let lease: Int64?
    let issued: Instant
    /// Seconds since 1970.
    let expires: Int64
    let terms: String?

    init?(_ lending: Lending, by seal: GrantSeal, in turn: borrowing Turn) throws {
        let row = try turn.db.first("SELECT last, lease, issued, expires, terms FROM lease WHERE door = ?", lending.door.id.text) {
            ($0.int(0), $0.intIfPresent(1), $0.int(2), $0.int(3), $0.textIfPresent(4))
        }
        guard let row else { return nil }
        (self.lending, self.seal) = (lending, seal)
        count = max(row.0 + 1, turn.now.milliseconds)
        (lease, issued, expires, terms) = (row.1, Instant(milliseconds: row.2), row.3, row.4)
    }

    private var renewal: Instant { issued + .seconds(lending.span / 2) }

    /// - Parameter isMore: whether more cards are marked. A whole list waits for the last of them: it would be old in the next turn.
    /// - Returns: whether a whole list was made.
    func bringUpToDate(isMore: Bool, in turn: borrowing Turn) throws -> Bool {
        // A clock that was set back would otherwise keep an old list for as long.
        guard let lease, terms == lending.terms(seal), (issued..<renewal).contains(turn.now) else {
            try issueCards(in: turn)
            return true
        }
        let changes = try turn.db.all(
            "SELECT hash, windows, changed FROM lease_card WHERE door = ? AND changed > ? AND changed > 0 ORDER BY changed, hash LIMIT 400",
            lending.door.id.text, lease
        ) { Change(card: CardHash(value: UInt64($0.int(0))), windows: LeaseWindows(packed: $0.blob(1)), changed: $0.int(2)) }
        guard !changes.isEmpty else {
            try lookAgain(at: renewal, in: turn)
            return false
        }
        let (told, bytes) = try fitting(changes, in: turn)
        if told < changes.count, !isMore {
            let isUrgent = try turn.db.first(
                "SELECT 1 FROM lease_card WHERE door = ? AND (changed, hash) > (?, ?) AND changed > 0 AND narrowed = 1 LIMIT 1",
                lending.door.id.text, told == 0 ? lease : changes[told - 1].changed,
                told == 0 ? Int64.max : Int64(changes[told - 1].card.value)
            ) { _ in true }
            guard isUrgent == nil, turn.now < issued + Lending.pause else {
                try issueCards(in: turn)
                return true
            }
        }
        try keep(bytes, .changes, in: turn)
        try turn.db.run("UPDATE lease SET changes = ?1, last = ?1 WHERE door = ?2", count, lending.door.id.text)
        try lookAgain(at: told == changes.count ? renewal : isMore ? turn.now : issued + Lending.pause, in: turn)
        return false
    }

    private struct Change {
        let card: CardHash
        let windows: LeaseWindows
        let changed: Int64
    }

    /// As many of the oldest changes as two kilobytes hold, and those bytes.
    private func fitting(_ changes: [Change], in turn: borrowing Turn) throws -> (told: Int, bytes: [UInt8]) {
        func signed(_ cards: [LeaseWindows: [CardHash]]) throws -> [UInt8] {
            try SignedLease(LeaseList(packing: cards), signedWith: seal.key) { head(.changes, $0, until: expires, in: turn) }.bytes
        }
        var cards: [LeaseWindows: [CardHash]] = [:]
        // The head is as long around any list.
        var (told, room) = (0, Lease.changesLimit - (try signed(cards).count))
        for change in changes {
            let windows = change.windows.between(turn.now.milliseconds / 1000, expires)
            room -= cards[windows] == nil ? LeaseList.size(windows, cards: 1) : CardHash.bytes
            guard room >= 0 else { break }
            cards[windows, default: []].append(change.card)
            told += 1
        }
        return (told, try signed(cards))
    }

    /// A whole list, which replaces the changes as well.
    private func issueCards(in turn: borrowing Turn) throws {
        let now = turn.now.milliseconds / 1000
        let end = now + lending.span
        let rows = try turn.db.all("SELECT windows, hash FROM lease_card WHERE door = ? AND windows <> x''", lending.door.id.text) {
            (windows: $0.blob(0), card: CardHash(value: UInt64($0.int(1))))
        }
        var room = Lease.limit - JWSHead.limit
        var cards: [LeaseWindows: [CardHash]] = [:]
        var omitted = 0
        for (packed, some) in Dictionary(grouping: rows, by: \.windows).sorted(by: { $0.value.count > $1.value.count }) {
            let windows = LeaseWindows(packed: packed).between(now, end)
            guard !windows.isEmpty else { continue }
            let fitting = max(0, min(some.count, (room - LeaseList.size(windows, cards: 0)) / CardHash.bytes))
            cards[windows, default: []] += some.prefix(fitting).map(\.card)
            if fitting > 0 { room -= LeaseList.size(windows, cards: fitting) }
            omitted += some.count - fitting
        }
        let list = LeaseList(packing: cards)
        let signed = try SignedLease(list, signedWith: seal.key) { head(.cards, $0, until: end, in: turn) }
        try keep(signed.bytes, .cards, in: turn)
        try turn.db.run("DELETE FROM lease_list WHERE door = ? AND part = 'changes'", lending.door.id.text)
        turn.keep([], on: Lease.topic(in: turn.identity.town, to: lending.door.id, .changes))
        try turn.db.run(
            """
            UPDATE lease SET last = ?1, lease = ?1, changes = NULL, issued = ?2, expires = ?3, cards = ?4, omitted = ?5, terms = ?6 WHERE door = ?7
            """, count, turn.now.milliseconds, end, list.count, omitted, lending.terms(seal), lending.door.id.text)
        try lookAgain(at: turn.now + .seconds(lending.span / 2), in: turn)
    }

    private func head(_ part: Lease.Part, _ sum: String, until end: Int64, in turn: borrowing Turn) -> Lease {
        Lease(
            part, iss: "\(turn.identity.town)/\(LockController.program)", aud: lending.door.id, cnt: count,
            iat: turn.now.milliseconds / 1000,
            exp: end, accepts: lending.door.accepts, open: lending.openSeconds, sum: sum)
    }

    private func keep(_ bytes: [UInt8], _ part: Lease.Part, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR REPLACE INTO lease_list (door, part, bytes) VALUES (?, ?, ?)", lending.door.id.text, part.rawValue, bytes)
        turn.keep(bytes, on: Lease.topic(in: turn.identity.town, to: lending.door.id, part))
    }

    private func lookAgain(at due: Instant, in turn: borrowing Turn) throws {
        try turn.db.run("UPDATE lease SET due = ? WHERE door = ?", due.milliseconds, lending.door.id.text)
    }
}

/// Room for the signed head before a list.
private enum JWSHead { static let limit = 1024 }
