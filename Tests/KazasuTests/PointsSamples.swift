import Contracts
import Town

@testable import Kazasu

/// A town with points, for whoever commands it.
enum PointsSample {
    static let file = """
        points-desks: [chamber, second]
        schedules:
          weekend: { hours: { sat-sun: "00:00-24:00" }, on-holidays: like-sunday }
        points:
          purses:
            points: { title: ながいポイント, expires: 24 months }
            stamps: { title: 乗車スタンプ, unit: 個 }
            tickets: { title: 食事券, unit: 枚, worth: 500 }
          rules:
            gym-visit:
              title: 体育館に来た
              purse: points
              gives: 10
              on: [visit]
              at: [civic-gym]
              at-most: { day: 1, week: 3 }
              rates: [{ gives: 30, schedule: weekend }]
            parent-child:
              title: 親子で参加
              purse: points
              gives: 5
              on: [event]
              eligible: [parent]
              with: { eligible: child, within: 10m }
              after: gym-visit
              confirmed: true
              draft: true
          exchanges:
            free-delivery: { title: 配達1回無料, from: stamps, take: 5, to: tickets, give: 1 }
          shops:
            bakery: { title: パン工房, fee: 1.5% }
            florist: { title: 花屋 }
          carriers:
            nagai-bus: { title: 長井バス }
          lines:
            line-1: { title: 市内循環線, carrier: nagai-bus, fare: 200, stored: [points] }
        """
    static let users = ["points-desk-chamber", "points-desk-second", "till-bakery", "till-florist"]

    static func town() throws -> Town {
        let text = "town: nagai\ntitle: 長井市\nagents:\n  a:\n    readers:\n      r: { device: V, place: p, purpose: visit }\n"
        return try Town.read(Array((text + file).utf8), path: "town.yaml")
    }

    static func clerk() -> Clerk {
        let clerk = Clerk(more: file, users: users)
        clerk.directory.purpose = Purpose("points")!
        return clerk
    }

    static let account = Account("points", .person, hanako, expires: "2027-03-31")
    static let hanako: Name<HolderKind> = "p-7k3mq2x5t4w2vbza"

    static func entry(
        _ number: Int64, _ amount: Int64, _ other: Account, _ code: TransferCode, _ kind: TransferKind = .single, place: PlaceID? = nil
    ) -> EntriesPage.Entry {
        EntriesPage.Entry(
            number, kind, account, amount, balance: 0, other: other, for: code, origin: nil, moment: Sample.at,
            at: Sample.at + .milliseconds(number), place: place)
    }

    static func campaign(_ stage: Campaign.Stage, by user: UserID = "points-desk-chamber") -> Campaign {
        var campaign = Campaign(
            "spring-2027", title: "生活応援", benefit: "support-2027", 1000, of: "points", source: .list, by: user, at: Sample.at)
        campaign.stage = stage
        (campaign.tally.lines, campaign.tally.new, campaign.tally.unknown, campaign.tally.amount) = (1207, 1204, 3, 1_204_000)
        (campaign.tally.paid, campaign.tally.paidAmount) = stage == .paid ? (1204, 1_204_000) : (0, 0)
        return campaign
    }

    static func settlement(closed: Bool = false) -> Settlement {
        var settlement = Settlement(
            Party("shop/bakery")!, from: "2026-10-01", to: "2026-10-31",
            [
                Settlement.Line("points", taken: 12_000, 40, back: 500, 1, yen: 11_500),
                Settlement.Line("tickets", taken: 3, 3, back: 0, 0, yen: 1500),
            ],
            days: [
                Settlement.Day("2026-10-01", 6000), Settlement.Day("2026-10-15", -500), Settlement.Day("2026-10-31", 7500),
            ], fee: 195)
        if closed { (settlement.closed, settlement.closedBy) = (Sample.at, "points-desk-chamber") }
        return settlement
    }
}
