import Contracts
import Town

// What lockers and codes say, for people.
extension PlainWords {
    func lockerItem(_ change: LockerItemChanged) -> String {
        let what: Phrase =
            switch change.status {
            case .reserved: Phrase("opens for an item to be put in", "収納のため開ける")
            case .filled: Phrase("holds an item, ready to be collected", "収納済、受取可")
            case .reminder: Phrase("its item is waited for no longer than \(change.item.until.minute(town.offset))", "受取期限間近")
            case .extended: Phrase("its item waits until \(change.item.until.minute(town.offset))", "受取期限を延長")
            case .expired: Phrase("its item was not collected: take it back", "受取期限切れ:引き上げてください")
            case .collected: Phrase("its item was collected", "受取済")
            case .returned: Phrase("its item was taken back", "引き上げ済")
            case .released: Phrase("was said to be empty", "空きと確認")
            case .stuck: Phrase("did not open: look at it", "開かなかった:確認してください")
            }
        let number = change.item.number.map { Phrase(", item \($0)", "(番号 \($0))")[language] } ?? ""
        let by = change.by.map { Phrase(", by \($0)", "(\($0))")[language] } ?? ""
        return "\(change.item.compartment) \(what[language])\(number)\(by)"
    }

    func codeGiven(_ given: BookingCodeGiven) -> String {
        Phrase("a code was given for booking \(given.booking), by \(given.by)", "暗証番号を発行 予約 \(given.booking)(\(given.by))")[language]
    }
}
