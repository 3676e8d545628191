import Contracts
import HTTP
import Seal
import ServiceKit
import Store

/// A browser that staff have made a kiosk's screen. It alone is shown when cards are held there, and what is the card's own.
struct PairedScreen {
    /// SHA-256 of the secret that it holds.
    let id: SessionID
    let kiosk: KioskID
    let made: Instant
    /// When it was there last, to a day.
    let seen: Instant
    /// Who has made it one.
    let by: AccountID

    /// `nil` where names are none by now.
    fileprivate init?(_ row: borrowing Row) {
        guard let kiosk = KioskID(row.text(1)), let by = AccountID(row.text(4)) else { return nil }
        (id, self.kiosk, self.by) = (SessionID(bytes: row.blob(0)), kiosk, by)
        (made, seen) = (Instant(milliseconds: row.int(2)), Instant(milliseconds: row.int(3)))
    }
}

/// Which browsers are screens of which kiosk.
enum Pairing {
    /// `__Host-`: a browser takes it from this host alone, over TLS alone, for all paths (RFC 6265bis, section 4.1.3.2).
    static let cookie = "__Host-kazasu-kiosk"
    /// As long as a browser keeps a cookie at most (RFC 6265bis, Cookie Lifetime Limits). Each time the screen is there it begins anew.
    private static let holds = Duration.seconds(400 * 86_400)
    /// A secret of 256 bits, as a session's.
    static let secretBytes = SessionSecret.bytes
    static let most = 500

    static let table = Migration(
        5,
        """
        -- Screens that are kiosks. id: SHA-256 of the secret that the browser holds; made_by: the account that made it one.
        CREATE TABLE kiosk_screen (id BLOB PRIMARY KEY, kiosk TEXT NOT NULL, made INTEGER NOT NULL, seen INTEGER NOT NULL, made_by TEXT NOT NULL) WITHOUT ROWID;
        """)

    /// `Set-Cookie` for a screen.
    static func line(_ value: String) -> String {
        "\(cookie)=\(value); Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=\(holds.milliseconds / 1000)"
    }

    /// - Parameters:
    ///   - bytes: `secretBytes` of them, which nobody can guess.
    ///   - former: the cookie that came with it. A browser is one screen.
    /// - Returns: the cookie's value.
    static func begin(
        _ kiosk: KioskID, by account: AccountID, bytes: [UInt8], replacing former: String?, in turn: borrowing Turn
    ) throws -> String {
        if let former = former.flatMap(SessionSecret.init) { try end(former.id, by: account, in: turn) }
        try turn.db.run(
            "INSERT INTO kiosk_screen (id, kiosk, made, seen, made_by) VALUES (?, ?, ?3, ?3, ?)", SessionSecret(bytes).id.bytes, kiosk.text,
            turn.now.milliseconds, account.text)
        try turn.emitRoot(Looked(.kiosk, account: account, thing: kiosk.named()), on: .looks, subject: account.text, time: turn.now)
        return Base64URL.text(bytes)
    }

    /// - Parameter cookie: what the browser has sent.
    static func screen(_ cookie: String?, in turn: borrowing Turn) throws -> PairedScreen? {
        guard let id = cookie.flatMap(SessionSecret.init)?.id else { return nil }
        let found = try turn.db.first("SELECT id, kiosk, made, seen, made_by FROM kiosk_screen WHERE id = ?", id.bytes) { PairedScreen($0) }
        guard let screen = found ?? nil else { return nil }
        // Written once a day, not at every look.
        if turn.now - screen.seen >= .seconds(86_400) {
            try turn.db.run("UPDATE kiosk_screen SET seen = ? WHERE id = ?", turn.now.milliseconds, id.bytes)
        }
        return screen
    }

    static func all(in db: borrowing Transaction) throws -> [PairedScreen] {
        try db.all("SELECT id, kiosk, made, seen, made_by FROM kiosk_screen ORDER BY kiosk, made") { PairedScreen($0) }.compactMap(\.self)
    }

    /// Whether anybody would see what a kiosk shows.
    static func hasScreen(_ kiosk: KioskID, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM kiosk_screen WHERE kiosk = ? LIMIT 1", kiosk.text) { _ in } != nil
    }

    /// It hears nothing more, and what it shows goes.
    /// - Parameter account: who ends it; `nil` where its time was over.
    static func end(_ id: SessionID, by account: AccountID? = nil, in turn: borrowing Turn) throws {
        let ended = try turn.db.first("SELECT kiosk FROM kiosk_screen WHERE id = ?", id.bytes) { KioskID($0.text(0)) }
        guard let ended else { return }
        try turn.db.run("DELETE FROM kiosk_screen WHERE id = ?", id.bytes)
        if let account {
            try turn.emitRoot(
                Looked(.kioskEnded, account: account, thing: ended?.named()), on: .looks, subject: account.text, time: turn.now)
        }
        turn.perform(Said(feed: Portal.feed(of: id), bytes: try News.reload.bytes()))
        turn.perform(SessionsEnded(sessions: [id]))
    }

    /// Ends what nobody has used for so long that its browser has forgotten it, and screens of kiosks that are no longer in the town's file: what gets the same name one
    /// day stands elsewhere.
    static func purge(_ policy: PortalPolicy, in turn: borrowing Turn) throws {
        for screen in try all(in: turn.db) where policy.kiosk(screen.kiosk) == nil || screen.seen + holds <= turn.now {
            try end(screen.id, in: turn)
        }
    }
}

extension Portal {
    /// The screen that asks, if it is one of this kiosk's.
    func screen(of kiosk: PortalPolicy.Kiosk, _ call: Call, in turn: borrowing Turn) throws -> PairedScreen? {
        try Pairing.screen(call.request.cookies[Pairing.cookie], in: turn).flatMap { $0.kiosk == kiosk.id ? $0 : nil }
    }
}
