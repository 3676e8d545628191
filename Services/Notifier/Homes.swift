import Contracts
import People
import Seal
import ServiceKit
import Store

/// Devices in homes show or speak what is new, beside whatever else reaches their people; they hear of people by their ids.
extension Notifier {
    /// Shows a notice at all the recipient's homes.
    /// - Returns: whether there is one.
    func show(_ notice: KeptNotice, to recipient: NoticeRecipient, in turn: borrowing Turn) throws -> Bool {
        guard notice.values.isConfidential != true, notice.word != .probe, !notice.word.isForgotten, case .person(let person) = recipient
        else { return false }
        let homes = try homes(of: person, in: turn.db)
        for home in homes {
            let isNew =
                try turn.db.run(
                    "INSERT OR IGNORE INTO home_notice (home, at, notice, person) VALUES (?, ?, ?, ?)", home.text, turn.now.milliseconds,
                    notice.id.bytes, person.text) > 0
            if isNew { try tell(home, in: turn) }
        }
        return !homes.isEmpty
    }

    func tellHomes(in turn: borrowing Turn) throws { for home in policy.homes { try tell(home, in: turn) } }

    private func tell(_ home: HomeID, in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM home_notice WHERE home = ? AND at < ?", home.text, (turn.now - .seconds(86_400)).milliseconds)
        let newest = try turn.db.all(
            "SELECT notice, person, at FROM home_notice WHERE home = ? ORDER BY at DESC LIMIT ?", home.text, HomeNotices.most
        ) { (EventID(bytes: $0.blob(0)), PersonID($0.text(1)), Instant(milliseconds: $0.int(2))) }
        let items = try newest.compactMap { id, person, shown -> HomeNotices.Item? in
            guard let id, let person, let notice = try notice(id, in: turn.db) else { return nil }
            let text = try text(of: [notice], to: .person(person), sent: shown, naming: false, in: turn)
            return HomeNotices.Item(notice.id, notice.word, at: notice.at, about: notice.subject, text: "\(text.subject)\n\(text.body)")
        }
        try turn.publishState(HomeNotices(items), on: .homeNotices, about: home.named())
    }
}
