import Contracts
import Seal
import ServiceKit
import Store

/// Exceptions: a door is opened or closed for a time against its plan, in the order in which the commands arrive at the town.
extension LockController {
    private static let longest = Duration.seconds(366 * 86_400)

    func add(_ command: Envelope<AddException>, in turn: borrowing Turn) throws -> Reply<ExceptionNote> {
        let wish = command.data
        guard has(wish.door) else {
            return .refuse("unknown-door", "There is no door \(wish.door). `kazasu door list` shows them.")
        }
        guard wish.from < wish.to, wish.to - wish.from <= Self.longest else {
            return .refuse("bad-times", "An exception ends after it begins, and after a year at the latest.")
        }
        guard wish.to > turn.now else { return .refuse("past", "That time is over already.") }
        guard wish.groups.count <= AddException.limit, wish.kind == .close || !wish.groups.isEmpty else {
            return .refuse(
                "bad-groups", "A door is opened for at least one group, \"known\" or \"public\", and at most \(AddException.limit).")
        }
        guard (wish.reason ?? "").unicodeScalars.count <= 200 else {
            return .refuse("bad-reason", "A reason has at most 200 characters.")
        }
        let exception = DoorException(
            id: .derived(from: command.id, type: "exception"), wish.kind, wish.door, from: wish.from, to: wish.to,
            groups: Set(wish.groups).sorted())
        try turn.db.run(
            "INSERT INTO exception (id, door, starts, ends, kind, groups, reason) VALUES (?, ?, ?, ?, ?, ?, ?)", exception.id.bytes,
            exception.door.text, exception.from.milliseconds, exception.to.milliseconds, exception.kind.rawValue,
            exception.groups.map(\.text).joined(separator: " "), wish.reason)
        try turn.emit(
            DoorExceptionChanged(exception, .made, by: turn.actor), on: .doorExceptions, cause: command.id, subject: wish.door.text)
        try markCards(at: wish.door, in: turn)
        return .accept(ExceptionNote(exception, reason: wish.reason))
    }

    func undo(_ command: Envelope<UndoException>, in turn: borrowing Turn) throws -> Reply<ExceptionNote> {
        let id = command.data.exception
        let found = try turn.db.first(
            "SELECT id, door, starts, ends, kind, groups, reason FROM exception WHERE id = ? AND NOT undone", id.bytes,
            read: ExceptionNote.init)
        guard let note = found ?? nil else {
            return .refuse("unknown-exception", "There is no exception \(id), or it was undone. `kazasu door exceptions` shows them.")
        }
        try turn.db.run("UPDATE exception SET undone = 1 WHERE id = ?", id.bytes)
        try turn.emit(
            DoorExceptionChanged(note.exception, .undone, by: turn.actor), on: .doorExceptions, cause: command.id,
            subject: note.exception.door.text)
        try markCards(at: note.exception.door, in: turn)
        return .accept(note)
    }

    func list(_ command: Envelope<ListExceptions>, in turn: borrowing Turn) throws -> Reply<ExceptionList> {
        let page = 50
        let after = try command.data.after.flatMap { id in
            try turn.db.first("SELECT n FROM exception WHERE id = ?", id.bytes) { $0.int(0) }
        }
        let found = try turn.db.all(
            """
            SELECT id, door, starts, ends, kind, groups, reason FROM exception
            WHERE ends > ?1 AND (?2 IS NULL OR door = ?2) AND n > ?3 AND NOT undone ORDER BY n LIMIT ?4
            """,
            turn.now.milliseconds, command.data.door?.text, after ?? 0, page + 1, read: ExceptionNote.init)
        return .accept(ExceptionList(exceptions: found.prefix(page).compactMap { $0 }, more: found.count > page))
    }
}

extension Standing {
    /// Those that hold or will hold, in the order in which they were made.
    static func exceptions(at door: DoorID, from moment: Instant, in db: borrowing Transaction) throws -> [DoorException] {
        try db.all(
            """
            SELECT id, door, starts, ends, kind, groups, reason FROM exception WHERE door = ? AND ends > ? AND NOT undone ORDER BY epoch, place, n
            """, door.text, moment.milliseconds, read: ExceptionNote.init
        ).compactMap { $0?.exception }
    }

    /// Those that may hold on the day of a moment, in the order in which they were made.
    static func exceptions(at door: DoorID, around moment: Instant, in db: borrowing Transaction) throws -> [DoorException] {
        let day = Duration.seconds(86_400)
        return try db.all(
            """
            SELECT id, door, starts, ends, kind, groups, reason, n, epoch, place FROM exception
            WHERE door = ? AND ends > ? AND starts < ? AND NOT undone
            """, door.text, (moment - day).milliseconds, (moment + day).milliseconds
        ) { row in try ExceptionNote(row).map { ((row.textIfPresent(8) ?? "", row.intIfPresent(9) ?? 0, row.int(7)), $0.exception) } }
        .compactMap { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension ExceptionNote {
    fileprivate init?(_ row: Row) throws {
        guard let id = EventID(bytes: row.blob(0)), let door = DoorID(row.text(1)), let kind = DoorException.Kind(rawValue: row.text(4))
        else { return nil }
        self.init(
            DoorException(
                id: id, kind, door, from: Instant(milliseconds: row.int(2)), to: Instant(milliseconds: row.int(3)),
                groups: row.text(5).split(separator: " ").compactMap { GroupID($0) }),
            reason: row.textIfPresent(6))
    }
}
