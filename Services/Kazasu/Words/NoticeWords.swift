import Contracts
import Town

// What is said of messages, schools and those who are watched over, for people.
extension Carriage: Worded {
    var phrase: Phrase {
        switch self {
        case .mail: Phrase("mail", "メール")
        case .line: Phrase("LINE", "LINE")
        case .push: Phrase("browser", "ブラウザ通知")
        case .webhook: Phrase("webhook", "外部連携")
        case .home: Phrase("device at home", "家の端末")
        }
    }
}

extension NoticeWord: Worded {
    var phrase: Phrase {
        switch self {
        case .arrived: Phrase("arrived", "登校")
        case .left: Phrase("left", "下校")
        case .leftEarly: Phrase("left early", "早退")
        case .brought: Phrase("brought", "送り")
        case .collected: Phrase("collected", "お迎え")
        case .notArrived: Phrase("not arrived", "未登校")
        case .gateSilent: Phrase("gate silent", "校門の読取機停止")
        case .arrivedAfterAll: Phrase("arrived after all", "登校確認")
        case .excused: Phrase("is absent", "欠席連絡あり")
        case .boarded: Phrase("got on", "乗車")
        case .alighted: Phrase("got off", "降車")
        case .leftOnBoard: Phrase("left on board", "降車未確認")
        case .foundAlighted: Phrase("got off after all", "降車確認")
        case .silent: Phrase("silent", "見守り警報")
        case .silentUnknown: Phrase("nobody knows", "見守り確認不能")
        case .seenAgain: Phrase("seen again", "カード使用再開")
        case .seenTo: Phrase("visited", "訪問確認")
        case .watchSummary: Phrase("monthly summary", "見守り月次")
        case .sheltered: Phrase("at a shelter", "避難所到着")
        case .leftShelter: Phrase("left the shelter", "避難所退所")
        case .itemReady: Phrase("ready to collect", "受取可能")
        case .itemReminder: Phrase("collect soon", "受取期限間近")
        case .town: Phrase("message of the town", "お知らせ")
        case .signIn: Phrase("link to the own page", "ページの入り口")
        case .prove: Phrase("code for an address", "届け先の確認番号")
        case .wayChanged: Phrase("ways changed", "届け先の変更")
        case .probe: Phrase("test message", "配信テスト")
        }
    }
}

extension DeliveryLine.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .queued: Phrase("waits", "送信待ち")
        case .sending: Phrase("being handed over", "送信中")
        case .deferred: Phrase("tried again later", "再試行待ち")
        case .sent: Phrase("handed over", "送信済")
        case .failed: Phrase("not delivered", "不達")
        case .withdrawn: Phrase("not wanted any more", "取りやめ")
        case .late: Phrase("of no use any more", "期限切れ")
        case .perhaps: Phrase("perhaps told before the database was put back", "復元前に送信済みの可能性あり")
        case .followedUp: Phrase("followed up", "個別連絡済")
        }
    }
}

extension TownMessage.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .draft: Phrase("drawn up; another desk has to approve", "起案済(別の窓口の承認待ち)")
        case .approved: Phrase("approved", "承認済")
        case .sending: Phrase("going out", "配信中")
        case .sent: Phrase("sent", "配信済")
        case .withdrawn: Phrase("withdrawn", "取りやめ")
        }
    }
}

extension TownMessage.Tier: Worded {
    var phrase: Phrase {
        switch self {
        case .ordinary: Phrase("◆ ordinary", "◆一般")
        case .confidential: Phrase("★ confidential", "★本人確認者限定")
        case .disaster: Phrase("disaster", "災害")
        }
    }
}

extension PlainWords {
    /// `1,204 people, 3 of them without an address that works; 77 do not want it`
    func summary(_ count: AudienceCount) -> String {
        Phrase(
            "\(grouped(count.recipients)) people, \(grouped(count.unreachable)) of them without an address that works; \(grouped(count.declined)) do not want it",
            "対象\(grouped(count.recipients))人、うち届く宛先なし\(grouped(count.unreachable))人(希望しない人\(grouped(count.declined))人を除く)")[language]
    }

    func summary(_ message: TownMessage) -> String {
        let tally = message.tally
        func count(_ number: Int, _ en: String, _ ja: String) -> String? {
            number == 0 ? nil : Phrase("\(grouped(number)) \(en)", "\(ja)\(grouped(number))")[language]
        }
        let parts = [
            count(tally.recipients, "recipients", "対象"), count(tally.sent, "handed over", "送信済"), count(tally.queued, "wait", "待ち"),
            count(tally.deferred, "tried again", "再試行"), count(tally.failed, "not delivered", "不達"),
            count(tally.followedUp, "followed up", "個別連絡済"), count(tally.withdrawn, "withdrawn", "取りやめ"),
        ].compactMap(\.self)
        let terms = [message.tier.phrase[language], message.kind.text, message.at.map { $0.minute(town.offset) }].compactMap(\.self)
        return (terms + parts).joined(separator: Phrase(", ", "、")[language])
    }

    func messageChanged(_ change: MessageChanged) -> String {
        "\(change.message.stage.phrase[language])\(Phrase(": ", "：")[language])\(summary(change.message))"
    }

    func rows(of messages: [TownMessage]) -> [[String]] {
        let heading = [
            Phrase("ID", "番号"), Phrase("STAGE", "状態"), Phrase("RECIPIENTS", "配信"), Phrase("BY", "起案"), Phrase("APPROVED BY", "承認"),
            Phrase("TITLE", "件名"),
        ]
        return [heading.map { $0[language] }]
            + messages.map { message in
                let text = message.texts[language.rawValue] ?? message.texts.min { $0.key < $1.key }?.value
                return [
                    message.id.text, message.stage.phrase[language], summary(message), message.proposedBy.text,
                    message.approvedBy?.text ?? "-", harmless(text?.subject ?? ""),
                ]
            }
    }

    // MARK: Deliveries

    func summary(_ backlog: Backlog) -> String {
        guard backlog.count > 0 else { return Phrase("nothing waits", "送信待ちなし")[language] + twice(backlog) }
        let since = backlog.oldest?.minute(town.offset) ?? "?"
        return Phrase("\(grouped(backlog.count)) wait, the oldest since \(since)", "送信待ち\(grouped(backlog.count))件、最も古いものは\(since)から")[
            language] + twice(backlog)
    }

    private func twice(_ backlog: Backlog) -> String {
        guard backlog.perhapsTwice > 0 else { return "" }
        return Phrase("; \(backlog.perhapsTwice) may have come twice", "、二重に届いた可能性\(backlog.perhapsTwice)件")[language]
    }

    var deliveryHeading: [String] {
        [
            Phrase("HAPPENED", "発生"), Phrase("WHAT", "内容"), Phrase("TO", "宛先"), Phrase("BY", "手段"), Phrase("STAGE", "状態"),
            Phrase("DELIVERY", "配信番号"), Phrase("WHY", "理由"),
        ].map { $0[language] }
    }

    func row(_ line: DeliveryLine) -> [String] {
        let why = [line.code.map(String.init), line.detail.map(harmless)].compactMap(\.self).joined(separator: " ")
        let twice = line.isPerhapsTwice == true ? Phrase("(perhaps twice)", "(二重の可能性)")[language] : ""
        return [
            line.at.minute(town.offset), line.word.phrase[language], line.recipient, line.way?.phrase[language] ?? "-",
            line.stage.phrase[language] + twice, line.id.description, why,
        ]
    }

    var unreachedHeading: [String] {
        [Phrase("PERSON", "住民番号"), Phrase("BY", "手段"), Phrase("SINCE", "いつから"), Phrase("CODE", "応答")].map { $0[language] }
    }

    func row(_ unreached: Unreached) -> [String] {
        [
            unreached.person.text, unreached.way?.phrase[language] ?? "-", unreached.since.minute(town.offset),
            unreached.code.map(String.init) ?? "-",
        ]
    }
}
