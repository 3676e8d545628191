import Contracts
import Town

// Who has used a card, for people.
extension PlainWords {
    func rows(of uses: CardUses) -> [[String]] {
        let head = [
            Phrase("WHEN", "日時"), Phrase("WHERE", "場所"), Phrase("WHAT FOR", "目的"), Phrase("WHO", "処理した側"), Phrase("WHAT", "内容"),
            Phrase("KEPT UNTIL", "保存期限"),
        ]
        let taps = Dictionary(uses.taps.map { ($0.tap, $0) }) { first, _ in first }
        return [head.map { $0[language] }]
            + uses.found.map { found in
                let (use, tap) = (found.use, taps[found.use.tap])
                return [
                    "\(use.at.day(town.offset)) \(use.at.clock(town.offset).prefix(8))", place(of: use, tap),
                    (use.purpose ?? tap?.purpose).map(purpose) ?? "", Command.name(found.process), self.use(use.what),
                    use.keptUntil?.minute(town.offset) ?? Phrase("not known yet", "未定")[language],
                ]
            }
    }

    /// Its own place, or what it is about, or where the card was held.
    func place(of use: Use, _ tap: Use?) -> String {
        if let place = use.place { return place.text }
        guard let about = use.about else { return tap?.place?.text ?? "" }
        let title = DoorID(about).flatMap { town.door($0)?.title }
        return harmless(language == .ja ? title ?? about : about)
    }

    func use(_ what: String) -> String {
        switch what {
        case Tapped.type: Phrase("card read", "カード読取")[language]
        case Use.read: Phrase("took note of the tap", "読取を受信")[language]
        case DoorDecided.type: Phrase("decided about the door", "扉を開けるか判定")[language]
        case "grant": Phrase("ordered the lock to open", "錠に解錠を指令")[language]
        case DoorOutcome.type: Phrase("noted what the lock did", "錠の動作を記録")[language]
        default: harmless(what)
        }
    }
}
