import Contracts
import Town

// What readers and agents say, for people.
extension PlainWords {
    func tap(_ tap: Tapped) -> String {
        var parts = [Phrase("card read", "カード読取")[language], assurance(tap.assurance), purpose(tap.purpose)]
        switch tap.direction {
        case .in: parts.append(Phrase("going in", "入")[language])
        case .out: parts.append(Phrase("going out", "出")[language])
        case nil: break
        }
        if tap.clock == .boot { parts.append(Phrase("clock not set", "時計未設定")[language]) }
        return parts.joined(separator: Phrase(", ", "・")[language])
    }

    private func assurance(_ assurance: Assurance) -> String {
        switch assurance {
        case .proved: Phrase("proved", "本物確認済")[language]
        case .read: Phrase("number only", "番号のみ")[language]
        }
    }

    func purpose(_ purpose: Purpose) -> String {
        let thing = purpose.thing?.text
        switch purpose.kind.text {
        case "door":
            let door = purpose.door.map { town.door($0)?.title.map(harmless) ?? $0.text } ?? ""
            return Phrase("for door \(purpose.thing?.text ?? "")", "\(door)の扉")[language]
        case "visit": return Phrase("a visit", "来館")[language]
        case "enrol": return Phrase("to enrol", "登録")[language]
        case "school-gate": return Phrase("at the school gate", "校門")[language]
        case "shelter": return Phrase("at shelter \(thing ?? "")", "避難所 \(thing ?? "")")[language]
        case "event": return Phrase("at event \(thing ?? "")", "行事 \(thing ?? "")")[language]
        case "ride": return Phrase("ride \(thing ?? "")", "乗車 \(thing ?? "")")[language]
        case "shop": return Phrase("in shop \(thing ?? "")", "店舗 \(thing ?? "")")[language]
        default: return purpose.description
        }
    }

    func cardRefused(_ reason: CardRefused.Reason) -> String {
        switch reason {
        case .forged: Phrase("card refused: it could not prove its number (a copy, or broken)", "カード拒否:番号を証明できず(複製か故障)")[language]
        case .expired: Phrase("card refused: its certificate has ended", "カード拒否:証明書の期限切れ")[language]
        case .unknown: Phrase("card refused: not a card of this town", "カード拒否:この町では使えないカード")[language]
        }
    }

    func purposeChanged(_ change: PurposeChanged) -> String {
        Phrase("now \(purpose(change.purpose)), set by \(change.by)", "用途変更:\(purpose(change.purpose))(\(change.by))")[language]
    }

    func readerState(_ state: ReaderState) -> String {
        let condition =
            switch state.condition {
            case .ready: Phrase("reader ready", "リーダー準備完了")
            case .missing: Phrase("reader missing: is it plugged in?", "リーダーなし:接続を確認")
            case .failed: Phrase("reader failed: unplug it and plug it in again", "リーダー故障:差し直してください")
            }
        return condition[language] + Phrase(", ", "・")[language] + purpose(state.purpose)
    }

    func life(_ life: Life) -> String {
        let word =
            switch life.state {
            case .ready: Phrase("ready", "正常")
            case .amber: Phrase("works, but somebody should look", "動作中・要確認")
            case .red: Phrase("somebody must look now", "至急確認")
            case .stopped: Phrase("stopped", "停止")
            case .lost: Phrase("lost: its connection broke", "切断:応答なし")
            }
        let problems = (life.state == .lost ? [] : life.problems ?? []).map { harmless($0.text) }
        return word[language] + (problems.isEmpty ? "" : ": ") + problems.joined(separator: " ")
    }
}
