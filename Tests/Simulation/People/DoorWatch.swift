import Contracts
import LockController
import Store

/// What doors could know of people: every row they were ever told, and what lay on lock-controller's disk when a card was held.
struct DoorWatch {
    /// Whoever may come in at the door, whatever their cards are.
    var booked: Set<PersonID> = []
    var bookedDoor: DoorID?
    var clubDoor: DoorID?
    private var holders: [Token: Set<PersonID>] = [:]
    private var members: [Token: Bool] = [:]
    private var merged: [PersonID: Set<PersonID>] = [:]
    private var sights: [EventID: Sight] = [:]

    /// One card as lock-controller has it on its disk, and the place of the row that says so.
    private struct Sight: Equatable {
        let token: Token
        var row: String?
        var isBarred = false

        init(_ token: Token, in db: borrowing Transaction) throws {
            self.token = token
            let found = try db.first(
                "SELECT person || ' ' || epoch || ' ' || n, barred FROM view_token WHERE token = ? ORDER BY epoch DESC, n DESC, person DESC LIMIT 1",
                token.text
            ) { ($0.text(0), $0.int(1) == 1) }
            if let found { (row, isBarred) = (found.0, found.1) }
        }
    }

    mutating func hear(_ view: LockView) {
        for token in view.tokens ?? [] {
            holders[token, default: []].insert(view.person)
            if view.groups?.contains("club") == true { members[token] = true }
        }
        if let into = view.into { merged[into, default: []].insert(view.person) }
    }

    /// Whether any row ever said gave this card a right at the door: by its holder's booking or by the club.
    func mayOpen(_ token: Token, _ door: DoorID) -> Bool {
        let former = World.token(World.number(token))
        if door == clubDoor, members[token] ?? members[former] ?? false { return true }
        guard door == bookedDoor else { return false }
        var names = holders[token, default: []].union(holders[former, default: []])
        for _ in merged { names = names.reduce(names) { $0.union(merged[$1, default: []]) } }
        return !names.isDisjoint(with: booked)
    }

    func isKnown(_ token: Token) -> Bool { holders[token] != nil || holders[World.token(World.number(token))] != nil }

    /// A tap is on its way to the doors.
    mutating func hear(_ tap: Envelope<Tapped>, _ disk: Database) throws {
        guard tap.data.purpose.door != nil else { return }
        sights[tap.id] = try disk.read { try Sight(tap.data.token, in: $0) }
    }

    /// A door opens. What lock-controller had of the card when it was held, and still has, it had when it decided.
    /// - Returns: what is wrong about it.
    mutating func hear(_ decision: Envelope<DoorDecided>, _ disk: Database, _ layout: Layout) throws -> String? {
        guard let before = sights.removeValue(forKey: decision.data.tap), decision.data.verdict == .open,
            try disk.read({ try Sight(before.token, in: $0) }) == before
        else { return nil }
        if before.isBarred { return "door \(decision.data.door) opened for \(before.token), which was reported lost" }
        let own =
            layout.hasRight(before.token, at: decision.data.door)
            || layout.isWalker(before.token) && decision.data.door == layout.walkersDoor
            // Judged with the modes that held.
            || decision.data.right?.disaster != nil
        // Under a new key the card may be known by its former token.
        guard before.row == nil, !own, before.token.text.hasPrefix("k1.") else { return nil }
        return "door \(decision.data.door) opened for \(before.token), which is nobody's"
    }
}
