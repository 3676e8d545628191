import Contracts
import ServiceKit
import Store

/// A card that is held over a reader for enrolment at this moment. Every ceremony needs one: whoever sits before a screen alone can link nothing.
struct FreshTap {
    let tap: EventID
    let token: Token
    /// The same card under the former token key.
    let former: Token?
    let scheme: Scheme
    let heard: Instant
    let isUsed: Bool

    /// How long a tap counts as fresh, and how far apart two cards of one ceremony may be held.
    static let life = Duration.seconds(60)

    init?(_ tap: EventID, in db: borrowing Transaction) throws {
        let row = try db.first("SELECT token, former, scheme, heard, used FROM fresh_tap WHERE tap = ?", tap.bytes) {
            (Token($0.text(0)), $0.textIfPresent(1).flatMap { Token($0) }, Scheme(rawValue: $0.text(2)), $0.int(3), $0.int(4) == 1)
        }
        guard let row, let token = row.0, let scheme = row.2 else { return nil }
        self.tap = tap
        (self.token, former, self.scheme, heard, isUsed) = (token, row.1, scheme, Instant(milliseconds: row.3), row.4)
    }

    static func note(_ tap: Envelope<Tapped>, at now: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT INTO fresh_tap (tap, token, former, scheme, heard) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", tap.id.bytes,
            tap.data.token.text, tap.data.former?.text, tap.data.scheme.rawValue, now.milliseconds)
    }

    static func purge(before limit: Instant, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM fresh_tap WHERE heard < ?", limit.milliseconds)
    }

    /// A tap makes one ceremony.
    func use(in db: borrowing Transaction) throws { try db.run("UPDATE fresh_tap SET used = 1 WHERE tap = ?", tap.bytes) }
}

extension ResidentDirectory {
    /// Taps of cards that are known under the former token key alone are linked under the new one; taps for enrolment wait a minute for a clerk.
    func notice(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        if let former = tap.data.former { try follow(former, to: tap.data.token, tap, in: turn) }
        // One that waited somewhere is not fresh, whatever its clock says.
        guard tap.data.purpose.kind == "enrol", turn.isLive else { return }
        // Nor one that waited at the broker while this process was away, as far as its clock can be trusted.
        guard tap.data.clock != .synced || turn.now - tap.time <= FreshTap.life else { return }
        try FreshTap.note(tap, at: turn.now, in: turn.db)
    }

    /// The card held now; whoever commands heard of it by its tap's id.
    func fresh(_ tap: EventID, in turn: borrowing Turn) throws -> FreshTap {
        guard let held = try FreshTap(tap, in: turn.db) else {
            throw Objection("unknown-tap", "No card was held at a reader for enrolment with this tap. Hold the card over it again.")
        }
        guard (Duration.zero...FreshTap.life).contains(turn.now - held.heard) else {
            throw Objection("old-tap", "The card was held more than a minute ago. Hold it over the reader again.")
        }
        guard !held.isUsed else { throw Objection("used-tap", "This tap has done its work already. Hold the card over the reader again.") }
        return held
    }
}
