import Contracts
import Seal
import ServiceKit
import Store

/// Devices in homes show or speak what is new; they hear of people by their ids.
extension Notifier {
    func show(_ notice: KeptNotice, _ text: NoticeText, at home: HomeID, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR IGNORE INTO home_notice (home, at, notice) VALUES (?, ?, ?)", home.text, turn.now.milliseconds, notice.id.bytes)
        try tell(home, in: turn)
    }

    func tellHomes(in turn: borrowing Turn) throws { for home in policy.homes { try tell(home, in: turn) } }

    private func tell(_ home: HomeID, in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM home_notice WHERE home = ? AND at < ?", home.text, (turn.now - .seconds(86_400)).milliseconds)
        let newest = try turn.db.all(
            "SELECT notice FROM home_notice WHERE home = ? ORDER BY at DESC LIMIT ?", home.text, HomeNotices.most
        ) { EventID(bytes: $0.blob(0)) }
        let notices = try newest.compactMap { try $0.flatMap { try notice($0, in: turn.db) } }
        let items = notices.map { notice in
            HomeNotices.Item(notice.id, notice.word, at: notice.at, about: notice.subject, text: notice.word.spoken)
        }
        try turn.publishState(HomeNotices(items), on: .homeNotices, about: home.named())
    }
}

extension NoticeWord {
    /// What a device says that knows nobody's name.
    fileprivate var spoken: String {
        switch self {
        case .arrived, .brought: "学校に着きました。"
        case .left, .collected: "学校を出ました。"
        case .leftEarly: "学校を早退しました。"
        case .notArrived: "登校が確認できていません。"
        case .gateSilent: "校門の読み取り機が止まっています。"
        case .arrivedAfterAll: "登校を確認しました。"
        case .excused: "お休みの連絡がありました。"
        case .boarded: "バスに乗りました。"
        case .alighted, .foundAlighted: "バスを降りました。"
        case .leftOnBoard: "バスを降りたことが確認できていません。"
        case .silent, .silentUnknown: "ご様子をご確認ください。"
        case .seenAgain, .seenTo, .watchSummary: "見守りのお知らせがあります。"
        case .sheltered: "避難所に着きました。"
        case .leftShelter: "避難所を出ました。"
        case .itemReady: "お受け取りいただけます。"
        case .itemReminder: "お受け取りの期限が近づいています。"
        case .town: "町からのお知らせがあります。"
        case .probe: "配信テストです。"
        }
    }
}
