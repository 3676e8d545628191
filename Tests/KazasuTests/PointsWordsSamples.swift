import Contracts
import Testing

@testable import Kazasu

extension WordsTests {
    /// What operators read of points, and what is said of it.
    static func pointsSamples() throws -> [(topic: String, json: [UInt8], en: String, ja: String)] {
        func envelope<Body: Payload>(_ data: Body) throws -> [UInt8] {
            try Envelope(id: id, source: "/nagai/x/y", time: at, data: data).json()
        }
        let hanako = Sample.hanako
        var payment = Payment(id, at: "bakery", 500, by: nil, .paid, at: at)
        payment.paid = 300
        var ride = RideSettled(id, on: "line-1", of: "nagai-bus", in: "bus-1", .part, fare: 250)
        (ride.boarded, ride.cash) = (RideEnd(id, at: at, "station"), 50)
        let boarded = RideEnd(id, at: at, "station")
        return [
            (
                "points/event/main/transfer",
                try envelope(
                    Transferred(
                        7, .pending, from: Account("points", .issue, "town"), to: Account("points", .person, PointsSample.hanako), 10,
                        for: "gym-visit", origin: id, resolves: nil, digest: "AAAA")),
                "points  reserved 10 points, town → \(hanako), gym-visit", "points  保留 10points、発行 → \(hanako)、gym-visit"
            ),
            (
                "points/event/main/payment", try envelope(PaymentChanged(payment)),
                "bakery  paid: 300 yen of 500 yen; 200 yen remain to be paid, \(id)", "bakery  支払済:500円のうち300円、残り200円, \(id)"
            ),
            (
                "points/event/main/campaign", try envelope(CampaignChanged(PointsSample.campaign(.paid), by: "points-desk-second")),
                "spring-2027  生活応援: paid, 1,204 paid, 0 repeats, 3 unknown; 1,204,000 points in all, by points-desk-second",
                "spring-2027  生活応援: 付与済, 付与1,204件、付与済・重複0件、未登録3件、計1,204,000points(points-desk-second)"
            ),
            (
                "points/event/main/settlement", try envelope(SettlementClosed(PointsSample.settlement(closed: true))),
                "shop/bakery  2026-10-01–2026-10-31 closed: 13,000 yen, fee 195 yen, payable 12,805 yen, by points-desk-chamber",
                "shop/bakery  2026-10-01–2026-10-31 締め:13,000円、手数料195円、支払額12,805円(points-desk-chamber)"
            ),
            (
                "points/event/main/ride", try envelope(ride), "bus-1  line-1 station–?: 250 yen, paid in part, 50 yen in cash",
                "bus-1  line-1 station–?: 250円, 一部支払、現金50円"
            ),
            (
                "points/event/main/run", try envelope(RunEnded("line-1", of: "bus-1", at: at, aboard: 2, by: "points-desk-chamber")),
                "bus-1  line-1: run over, 2 had not alighted, by points-desk-chamber",
                "bus-1  line-1: 運行終了、未降車2名(points-desk-chamber)"
            ),
            (
                "points/event/main/left-on-board", try envelope(LeftOnBoard(hanako, on: "line-1", in: "bus-1", boarded: boarded)),
                "bus-1  \(hanako) boarded at station and HAS NOT ALIGHTED from line-1",
                "bus-1  \(hanako) stationで乗車、line-1から降車なし(置き去りの確認を)"
            ),
            (
                "points/event/main/left-on-board",
                try envelope(LeftOnBoard(hanako, on: "line-1", in: "bus-1", boarded: boarded, alighted: RideEnd(id, at: at, "school"))),
                "bus-1  \(hanako) has alighted after all, at school", "bus-1  \(hanako) schoolで降車を確認"
            ),
        ]
    }

    @Test("No two words about points sound alike, in either language")
    func points() {
        differ(Campaign.Stage.self)
        differ(Campaign.Source.self)
        differ(CampaignLine.Verdict.self)
        differ(Payment.Status.self)
        differ(Payment.Refusal.self)
        differ(TransferKind.self)
        differ(RideSettled.Outcome.self)
        differ(EarningRule.Cap.Period.self)
    }

    @Test("Every cause of an entry has words of its own, in both languages")
    func causes() throws {
        let issue = Account("points", .issue, "town")
        func programme(_ name: Name<HolderKind>) -> Account { Account("points", .programme, name) }
        func entry(_ amount: Int64, _ other: Account, _ code: TransferCode, _ kind: TransferKind = .single) -> EntriesPage.Entry {
            PointsSample.entry(1, amount, other, code, kind)
        }
        let other: Name<HolderKind> = "p-2x5t4w2vbza7k3mq"
        let samples: [(EntriesPage.Entry, String, String)] = [
            (entry(10, issue, "gym-visit"), "体育館に来た", "体育館に来た"),
            (entry(10, issue, "gym-visit", .pending), "体育館に来た (reserved)", "体育館に来た(保留)"),
            (entry(10, issue, "gym-visit", .post), "体育館に来た (confirmed)", "体育館に来た(確定)"),
            (entry(10, issue, "gym-visit", .void), "体育館に来た (given up)", "体育館に来た(取消)"),
            (entry(50, issue, "volunteer-day"), "awarded: volunteer-day", "付与:volunteer-day"),
            (entry(-50, issue, "wrong-person"), "taken: wrong-person", "減算:wrong-person"),
            (entry(1, issue, "free-delivery"), "exchanged: 配達1回無料", "交換:配達1回無料"),
            (entry(-5, programme("free-delivery"), "free-delivery"), "exchanged: 配達1回無料", "交換:配達1回無料"),
            (entry(1000, programme("spring-2027"), "spring-2027"), "campaign: 生活応援", "一斉付与:生活応援"),
            (entry(-1000, programme("spring-2027"), "spring-2027"), "campaign taken back: 生活応援", "一斉付与の取消:生活応援"),
            (entry(-5, programme("mistake"), "mistake"), "taken: mistake", "減算:mistake"),
            (entry(5, programme("mistake"), "no-mistake"), "given back: no-mistake", "返却:no-mistake"),
            (entry(-300, Account("points", .shop, "bakery"), "payment"), "paid at パン工房", "パン工房 支払"),
            (entry(-300, Account("points", .shop, "bakery"), "payment", .pending), "paid at パン工房 (reserved)", "パン工房 支払(保留)"),
            (entry(300, Account("points", .shop, "bakery"), "refund"), "paid back by パン工房", "パン工房 返金"),
            (entry(-200, Account("points", .carrier, "nagai-bus"), "ride"), "ride, 長井バス", "乗車 長井バス"),
            (entry(200, Account("points", .carrier, "nagai-bus"), "ride-correction"), "ride corrected, 長井バス", "乗車の訂正 長井バス"),
            (entry(-1, Account("points", .expiry, "chamber"), "expiry"), "expired", "有効期限切れ"),
            (entry(1, Account("points", .expiry, "chamber"), "too-early"), "taken back: too-early", "訂正:too-early"),
            (entry(-1, Account("points", .person, other), "gift"), "gift to \(other)", "\(other)へ譲渡"),
            (entry(1, Account("points", .person, other), "gift"), "gift from \(other)", "\(other)から受取"),
        ]
        for (entry, en, ja) in samples {
            for (language, expected) in [(Language.en, en), (.ja, ja)] {
                let words = PlainWords(language, try PointsSample.town())
                #expect(words.cause(of: entry, campaigns: ["spring-2027": "生活応援"]) == expected)
            }
        }
    }
}
