import Contracts
import Testing

@testable import Kazasu

extension WordsTests {
    /// What operators read of receptions, and what is said of it: numbers and ids, and nobody's name.
    static func receptionSamples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope<Body: Payload>(_ data: Body) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/reception/main", time: at, data: data).json()
        }
        let first = ReceptionRuling.First(41, at: at, "south")
        var accepted = ReceptionRuling(.accepted, .ticket, at: at, in: "ballot", "north")
        (accepted.number, accepted.row) = (42, 17)
        var repeated = ReceptionRuling(.repeated, .card, at: at, in: "ballot", "north")
        repeated.first = first
        var reversal = ReversalChanged("ballot", 41, why: "wrong-person", by: "reception-desk-north", at: at)
        (reversal.stage, reversal.agreedBy) = (.reversed, "reception-desk-south")
        let conflict = ReceptionConflict("ballot", row: 17, nil, first, .init(42, at: at, "north"), at: at)
        var count = ReceptionCount("ballot", .open, at: at)
        (count.accepted, count.byCard, count.byTicket, count.byName, count.paper, count.expected) = (3, 2, 1, 0, 1, 250)
        return [
            (
                "reception/event/main/reception", try envelope(ReceptionChanged("ballot", .open, by: "reception-desk-north", at: at)),
                "ballot  reception: open", "ballot  受付: 受付中"
            ),
            (
                "reception/event/main/reception-ruling", try envelope(accepted),
                "ballot  received, number 42, row 17, by ticket at north", "ballot  受付済, 受付番号42, 名簿17行, 整理券・窓口 north"
            ),
            (
                "reception/event/main/reception-ruling", try envelope(repeated),
                "ballot  received before, first at 2026-11-21 08:00, station south, number 41, by card at north",
                "ballot  二重受付(受付不可), 受付済: 2026-11-21 08:00 窓口 south 受付番号41, カード・窓口 north"
            ),
            (
                "reception/event/main/reception-reversal", try envelope(reversal),
                "ballot  number 41: taken back (wrong-person), reception-desk-north, reception-desk-south",
                "ballot  受付番号41: 取消済(wrong-person)、reception-desk-north, reception-desk-south"
            ),
            (
                "reception/event/main/reception-conflict", try envelope(conflict),
                "ballot  received twice: 41 south 2026-11-21 08:00 and 42 north 2026-11-21 08:00; open: a desk has to settle it",
                "ballot  重複受付: 41 south 2026-11-21 08:00／42 north 2026-11-21 08:00、未処理: 窓口での確認が必要"
            ),
            (
                "reception/event/main/reception-paper",
                try envelope(PaperCounted("ballot", at: "north", 5, by: "reception-desk-north", at: at)), "ballot  5 on paper at north",
                "ballot  紙の受付 5件、窓口 north"
            ),
            (
                "reception/state/ballot/reception-count", try envelope(count),
                "ballot  4 received (2 card, 1 ticket, 0 name, 1 paper), by card 50.0%, of 250 expected",
                "ballot  受付4人(カード2・整理券1・氏名0・紙1)、カード率50.0%、名簿250人"
            ),
        ]
    }
}
