import Contracts
import Town

/// What people had in a scheme that is taken over (引継残高): a campaign for each purse and day of expiry, so that another desk approves it, nobody is given it
/// twice, and what was given can be held against the file.
struct OpeningBalances {
    /// All of one purse that expires on one day.
    struct Part {
        let wish: OpenCampaign
        let lines: [AddLines.Line]

        var sum: Int64 { lines.reduce(0) { $0 + ($1.amount ?? 0) } }
    }

    let parts: [Part]

    private struct Lot: Hashable {
        let purse: PurseID
        let expires: CalendarDate?
        /// What does not say when it expires comes last.
        var order: (String, CalendarDate) { (purse.text, expires ?? "9999-12-31") }
    }

    /// - Parameter today: what is over already is nobody's balance.
    init(_ sheet: PointsSheet, today: CalendarDate) throws(Failure) {
        var lots: [Lot: [AddLines.Line]] = [:]
        var seen: [Lot: [PersonID: Int]] = [:]
        var faults: [String] = []
        for line in sheet.lines {
            guard let purse = line.purse, let amount = line.amount else { continue }
            let lot = Lot(purse: purse, expires: line.expires)
            if let expires = line.expires, expires < today {
                faults.append("line \(line.line): \(expires) is over already")
            } else if let first = seen[lot]?[line.person] {
                faults.append("line \(line.line): \(line.person) has \(purse) to the same day on line \(first) already. Add them up")
            }
            seen[lot, default: [:]][line.person] = line.line
            lots[lot, default: []].append(AddLines.Line(line.line, line.person, amount: amount))
        }
        try PointsSheet.refuse(faults)
        var parts: [Part] = []
        for (lot, lines) in lots.sorted(by: { $0.key.order < $1.key.order }) {
            let text = "opening-\(lot.purse)" + (lot.expires.map { "-\($0)" } ?? "")
            guard let id = CampaignID(text) else { throw .refused("purse \(lot.purse) has too long a name for a campaign of its own.") }
            var wish = OpenCampaign(id, title: "引継残高", benefit: id.named(), lines.compactMap(\.amount).max() ?? 1, of: lot.purse)
            wish.expires = lot.expires
            parts.append(Part(wish: wish, lines: lines))
        }
        self.parts = parts
    }
}

extension PlainWords {
    var openingHeading: [String] {
        [
            Phrase("CAMPAIGN", "一斉付与"), Phrase("PURSE", "種類"), Phrase("EXPIRES", "有効期限"), Phrase("IN THE FILE", "ファイル"),
            Phrase("GIVEN", "付与"), Phrase("DIFFERENCE", "差"), Phrase("STAGE", "状態"),
        ].map { $0[language] }
    }

    func row(_ part: OpeningBalances.Part, _ campaign: Campaign) -> [String] {
        let purse = campaign.purse
        return [
            campaign.id.text, title(of: purse), campaign.expires?.description ?? "-", amount(part.sum, of: purse),
            amount(campaign.tally.paidAmount, of: purse), signed(campaign.tally.paidAmount - part.sum), campaign.stage.phrase[language],
        ]
    }
}
