import Contracts
import HTTP
import Seal
import ServiceKit
import Store

/// A form as one drawing of a page has sent it. Sent again, by a second press, a reload or the back button, it gives the command it has given before: the
/// service obeys that once, and says again what it said.
struct SentForm {
    /// Of the drawing, the command and what stands in it, under a key of the session: to another session it is another form, and the database tells nothing
    /// of what was typed.
    private let key: [UInt8]

    static let table = Migration(
        6,
        """
        -- Commands that forms have given. key: a keyed digest of the form; command: its id, of the moment in which it was given first.
        CREATE TABLE sent_form (key BLOB PRIMARY KEY, command BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX sent_form_command ON sent_form (command);
        """)

    /// No session lasts for longer, and services keep what they have answered for as long.
    private static let holds = Duration.seconds(86_400)

    /// `nil` of what only looks, and of what no form of somebody's session has brought about.
    init?<Body: CommandBody>(_ call: Call, gives data: Body, on channel: Channel<Body>, as user: UserID) throws {
        guard call.request.method == "POST", let session = call.session, let once = call.request.form["once"], !once.isEmpty,
            !Capability.looks.contains(channel.name)
        else { return nil }
        let form = "\(once)\n\(user)\n\(channel.owner)\n\(channel.name)\n"
        key = hmacSHA256(key: Array(session.formToken.utf8), message: Array(form.utf8) + (try data.json()))
    }

    /// The command that it has given before.
    func command(in turn: borrowing Turn) throws -> EventID? {
        let kept = Self.kept(at: turn.now)
        return try turn.db.first("SELECT command FROM sent_form WHERE key = ? AND command BETWEEN ? AND ?", key, kept.from, kept.to) {
            EventID(bytes: $0.blob(0))
        } ?? nil
    }

    func note(_ command: EventID, in db: borrowing Transaction) throws {
        try db.run("INSERT OR REPLACE INTO sent_form (key, command) VALUES (?, ?)", key, command.bytes)
    }

    /// It was refused, so nothing was done: sent again it may be that what was in the way is gone.
    func forget(in db: borrowing Transaction) throws { try db.run("DELETE FROM sent_form WHERE key = ?", key) }

    static func purge(in turn: borrowing Turn) throws {
        let kept = Self.kept(at: turn.now)
        try turn.db.run("DELETE FROM sent_form WHERE command NOT BETWEEN ? AND ?", kept.from, kept.to)
    }

    /// Ids sort by their moment. What lies further ahead was written by a clock that has been set back since.
    private static func kept(at now: Instant) -> (from: [UInt8], to: [UInt8]) {
        (EventID(at: now - holds, random: (0, 0)).bytes, EventID(at: now + holds, random: (.max, .max)).bytes)
    }
}

extension Call {
    /// Says that a form comes from a page this session was shown, and from which drawing of it.
    var csrf: HTML {
        session.map {
            "<input type=\"hidden\" name=\"csrf\" value=\"\($0.formToken)\"><input type=\"hidden\" name=\"once\" value=\"\(once)\">"
        } ?? ""
    }

    /// 128 bits. What was drawn for a request makes secrets too, so it is a digest of it that is shown.
    private var once: String { Base64URL.text(Array(sha256(Array("kazasu once\n".utf8) + drawn).prefix(16))) }
}
