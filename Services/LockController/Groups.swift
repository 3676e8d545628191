import Contracts
import ServiceKit
import Store

/// Groups: cards that open doors at any time (staff, a club's key holders).
extension LockController {
    func change(_ command: Envelope<ChangeGroup>, in turn: borrowing Turn) throws -> Reply<GroupSummary> {
        let change = command.data
        let tokens = (change.addTokens ?? []).count + (change.removeTokens ?? []).count
        guard tokens <= ChangeGroup.limit else {
            return .refuse("too-many", "At most \(ChangeGroup.limit) cards in one command. Send several.")
        }
        if let door = (change.addDoors ?? []).first(where: { !has($0) }) {
            return .refuse("unknown-door", "There is no door \(door). `kazasu door list` shows them.")
        }
        if let (door, locker) = (change.addDoors ?? []).lazy.compactMap({ door in locker(with: door).map { (door, $0) } }).first {
            return .refuse("compartment", "\(door) is a compartment of locker \(locker), which opens for what lies in it and for no group.")
        }
        let group = change.group.text
        for token in change.addTokens ?? [] {
            try turn.db.run("INSERT INTO group_token (token, \"group\") VALUES (?, ?) ON CONFLICT DO NOTHING", token.text, group)
        }
        for token in change.removeTokens ?? [] {
            try turn.db.run("DELETE FROM group_token WHERE token = ? AND \"group\" = ?", token.text, group)
        }
        for door in change.addDoors ?? [] {
            try turn.db.run("INSERT INTO group_door (\"group\", door) VALUES (?, ?) ON CONFLICT DO NOTHING", group, door.text)
        }
        for door in change.removeDoors ?? [] {
            try turn.db.run("DELETE FROM group_door WHERE \"group\" = ? AND door = ?", group, door.text)
        }
        for door in Set(change.addDoors ?? []).sorted() {
            try audit(.group, command.id, at: door, why: "group \(group) opens it", by: turn.actor, in: turn)
        }
        for door in Set(change.removeDoors ?? []).sorted() {
            try audit(.group, command.id, at: door, why: "group \(group) opens it no more", by: turn.actor, in: turn)
        }
        try markCards(of: change, in: turn)
        try turn.emit(GroupChanged(change: change, by: turn.actor), on: .groups, cause: command.id, subject: group)
        return .accept(try summary(of: change.group, in: turn))
    }

    func list(_ command: Envelope<ListGroups>, in turn: borrowing Turn) throws -> Reply<GroupList> {
        let page = 50
        let names = try turn.db.all(
            """
            SELECT name FROM (SELECT "group" AS name FROM group_token UNION SELECT "group" FROM group_door) WHERE name > ? ORDER BY name LIMIT ?
            """, command.data.after?.text ?? "", page + 1
        ) { GroupID($0.text(0)) }.compactMap { $0 }
        return .accept(GroupList(groups: try names.prefix(page).map { try summary(of: $0, in: turn) }, more: names.count > page))
    }

    private func summary(of group: GroupID, in turn: borrowing Turn) throws -> GroupSummary {
        let doors = try turn.db.all("SELECT door FROM group_door WHERE \"group\" = ? ORDER BY door", group.text) { DoorID($0.text(0)) }
        let tokens = try turn.db.first("SELECT count(*) FROM group_token WHERE \"group\" = ?", group.text) { Int($0.int(0)) }
        return GroupSummary(group: group, doors: doors.compactMap { $0 }, tokens: tokens ?? 0)
    }
}
