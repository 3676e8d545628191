import Contracts
import Sheets

/// A word of the contract that people read in either language.
protocol Worded {
    var phrase: Phrase { get }
}

extension PersonFacts.Sex: Worded {
    var phrase: Phrase {
        switch self {
        case .female: Phrase("female", "女")
        case .male: Phrase("male", "男")
        case .unstated: Phrase("not stated", "記載なし")
        }
    }
}

extension Residency: Worded {
    var phrase: Phrase {
        switch self {
        case .resident: Phrase("resident", "住民")
        case .commuter: Phrase("commutes here", "通勤・通学")
        case .visitor: Phrase("visitor", "来訪者")
        case .guest: Phrase("guest from another town", "連携市町村の住民")
        case .organisation: Phrase("organisation", "団体・法人")
        }
    }
}

extension Standing: Worded {
    var phrase: Phrase {
        switch self {
        case .provisional: Phrase("provisional", "仮登録")
        case .registered: Phrase("registered", "本登録")
        case .left: Phrase("left the town's list", "名簿から除かれた")
        case .merged: Phrase("merged into another", "他の登録に統合")
        case .erased: Phrase("erased", "消去済")
        }
    }
}

extension CardFile.Status: Worded {
    var phrase: Phrase {
        switch self {
        case .active: Phrase("works", "有効")
        case .suspended: Phrase("suspended", "一時停止")
        case .lost: Phrase("lost", "紛失")
        case .replaced: Phrase("replaced", "交換済")
        case .unlinked: Phrase("taken from the person", "登録解除")
        }
    }
}

extension Scheme: Worded {
    var phrase: Phrase {
        switch self {
        case .cardApp: Phrase("My Number card", "マイナンバーカード")
        case .felica: Phrase("FeliCa card", "FeliCaカード")
        case .qr: Phrase("QR code", "QRコード")
        case .blank: Phrase("blank card", "無記名カード")
        }
    }
}

extension RelationKind: Worded {
    var phrase: Phrase {
        switch self {
        case .guardian: Phrase("guardian", "保護者")
        case .family: Phrase("family", "家族")
        case .head: Phrase("head of household", "世帯主")
        case .helper: Phrase("helper", "支援者")
        case .neighbour: Phrase("neighbourhood contact", "町内会の見守り")
        }
    }
}

extension Reach.Way: Worded {
    var phrase: Phrase {
        switch self {
        case .mail: Phrase("mail", "メール")
        case .line: Phrase("LINE", "LINE")
        case .phone: Phrase("phone", "電話")
        case .webhook: Phrase("webhook", "Webhook")
        }
    }
}

extension PersonRuled.What: Worded {
    var phrase: Phrase {
        switch self {
        case .enrolled: Phrase("enrolled", "新規登録")
        case .changed: Phrase("changed the file", "登録内容の変更")
        case .left: Phrase("left the town's list", "名簿からの除外")
        case .returned: Phrase("came back to the town's list", "名簿への復帰")
        case .erased: Phrase("erased the file", "登録内容の消去")
        case .linked: Phrase("linked a card", "カードの登録")
        case .replaced: Phrase("replaced a card", "カードの交換")
        case .suspended: Phrase("suspended a card", "カードの一時停止")
        case .lost: Phrase("noted a card as lost", "カードの紛失届")
        case .unlinked: Phrase("took a card away", "カードの登録解除")
        case .reactivated: Phrase("let a card work again", "カードの再開")
        case .related: Phrase("made a relation", "関係の登録")
        case .unrelated: Phrase("ended a relation", "関係の解消")
        case .joined: Phrase("put into a group", "グループへの追加")
        case .parted: Phrase("taken out of a group", "グループからの除外")
        case .consented: Phrase("noted a consent", "同意の記録")
        case .withdrew: Phrase("noted that a consent was withdrawn", "同意の撤回")
        case .merged: Phrase("merged with another file", "重複登録の統合")
        case .undone: Phrase("took a ruling back", "処理の取消")
        case .looked: Phrase("looked at the file", "登録内容の閲覧")
        }
    }
}

extension ListReview.Stage: Worded {
    var phrase: Phrase {
        switch self {
        case .incomplete: Phrase("rows are missing: send the file again", "未完了:もう一度送信")
        case .ready: Phrase("whole; to be approved by another registrar", "承認待ち(別の担当者)")
        case .approved: Phrase("approved; to be applied", "承認済・未反映")
        case .applying: Phrase("being applied", "反映中")
        case .applied: Phrase("applied", "反映済")
        case .discarded: Phrase("discarded", "破棄済")
        }
    }
}

extension ListLine.What: Worded {
    var phrase: Phrase {
        switch self {
        case .new: Phrase("new", "新規")
        case .changed: Phrase("changed", "変更")
        case .same: Phrase("unchanged", "変更なし")
        case .moved: Phrase("moved", "住所変更")
        case .left: Phrase("left", "名簿から消えた人")
        case .unclear: Phrase("not understood", "読めない行")
        }
    }
}

extension PlainWords {
    /// Who somebody is, so that a clerk knows the right one from the wrong one: `長井花子 (ナガイ ハナコ), born 1954-03-01 昭和29年3月1日, 中央, p-…`.
    func person(_ person: PersonBrief) -> String {
        let standing = person.standing == .registered ? nil : person.standing.phrase[language]
        let who = identity(person.name, person.reading, person.born, person.district)
        return [who, standing, person.person.text].compactMap(\.self).joined(separator: ", ")
    }

    func identity(_ name: String?, _ reading: String?, _ born: CalendarDate?, _ district: String?) -> String {
        let title = harmless(name ?? Phrase("no name", "氏名なし")[language]) + (reading.map { " (\(harmless($0)))" } ?? "")
        return [title, born.map(self.born), district.map(harmless)].compactMap(\.self).joined(separator: ", ")
    }

    func born(_ date: CalendarDate) -> String { Phrase("born \(date) \(date.wareki)", "\(date.wareki)生")[language] }

    /// A ruling about somebody, who is told by the id alone.
    func ruled(_ ruled: PersonRuled) -> String {
        let with = [ruled.group?.text, ruled.other?.text].compactMap(\.self).joined(separator: " ")
        return ruled.what.phrase[language] + (with.isEmpty ? "" : " \(with)") + Phrase(", by \(ruled.by)", "(\(ruled.by))")[language]
    }
}
