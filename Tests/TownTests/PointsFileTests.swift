import Contracts
import Testing

@testable import Town

@Suite("Points of a town's file")
struct PointsFileTests {
    static let file = """
        town: nagai
        agents:
          gate-1:
            readers:
              r-1: { device: S, place: gym, purpose: visit, direction: in }
              r-2: { device: S, place: library, purpose: library }
          bus-1:
            readers:
              r-1: { device: S, place: bus-1, purpose: "ride:line-1" }
              r-2: { device: S, place: bakery, purpose: "shop:bakery" }
        schedules: { weekend: { hours: { sat-sun: "00:00-24:00" } } }
        people:
          programmes: { senior: { from-age: 65 }, child: { to-age: 13 } }
          lists: { disabled: { says: eligible, programme: disability, columns: { number: N } } }
        points-desks: [chamber, welfare]
        points:
          keep-taps-days: 31
          purses:
            points: { title: ながいポイント, expires: 24 months, expires-to: chamber, gifts-per-day: 1000 }
            voucher: { title: 春の商品券, unit: 円, shops: [bakery], categories: [food], expires: 2027-03-31 }
            bus-tickets: { title: バス回数券, unit: 枚, offline-limit: 4, expires: 180 days }
            bus-pass: { title: 定期券, unit: 枚, expires: 03-31 }
            bus-yen: { title: バスマネー, unit: 円 }
            coupon: { title: 五百円券, unit: 枚, worth: 500 }
          rules:
            gym-visit: { title: 体育館に来た, purse: points, gives: 10, on: [visit], at: [gym], direction: in, at-most: { week: 3, day: 1 } }
            places: { title: はじめて, purse: points, gives: 5, on: [visit], at-most: { day: 2 }, at-most-each-place: { ever: 1 } }
            marathon:
              title: マラソン
              purse: points
              gives: 20
              on: ["event:marathon"]
              dates: [2026-11-01..2026-11-30, 12-24]
              rates: [{ gives: 30, schedule: weekend }, { gives: 40, dates: 12-24 }]
              confirmed: true
            family: { title: 親子で, purse: points, gives: 5, on: [visit], with: { eligible: child, within: 5m } }
            health: { title: 健康, purse: points, gives: 7, on: [visit], eligible: [senior, disability], proved: true, schedule: weekend, draft: true, after: gym-visit }
          exchanges:
            five-rides: { title: 配達1回, take: 5, from: bus-tickets, give: 1, to: coupon, automatic: true }
            buy: { title: 商品券に, take: 100, from: points, give: 100, to: voucher }
          shops:
            bakery: { title: パン工房, category: food, fee: 1.5% }
            inn: { title: 旅館 }
          carriers:
            nagai-bus: { title: 長井バス, fee: 0.25% }
          lines:
            line-1:
              title: 市内循環線
              carrier: nagai-bus
              fare: 200
              passes: [bus-pass]
              tickets: [bus-tickets]
              stored: [bus-yen, points]
              discounts: { disability: 50%, senior: 100 }
              day-cap: 500
              transfer: { within: 60m, less: 100 }
              alights: true
              run-ends-after: 2h
              watched: [child]
            line-2:
              title: 三角表
              carrier: nagai-bus
              fare:
                stops: { station: [38.1, 140.0], gym: {}, school: [38.2, 140.1] }
                yen:
                  - [150]
                  - [250, 200]
            line-3: { title: 乗合, carrier: nagai-bus, fare: { distance: { 500m: 100, 2km: 200, 10.25km: 400 } } }

        """

    private func policy() throws -> PointsPolicy { try Town.read(Array(Self.file.utf8), path: "town.yaml").points }

    @Test("Purses with what they are worth, where they pay and when they expire; shops and carriers with their fees")
    func purses() throws {
        let town = try Town.read(Array(Self.file.utf8), path: "town.yaml")
        #expect(town.pointsDesks == ["chamber", "welfare"])
        let policy = town.points
        #expect(policy.keepsTaps == .seconds(31 * 86_400))
        #expect(policy.purses.map(\.id) == ["points", "voucher", "bus-tickets", "bus-pass", "bus-yen", "coupon"])
        #expect(policy.purses.map(\.expiry) == [.months(24), .on("2027-03-31"), .days(180), .yearly(331), nil, nil])
        let points = try #require(policy.purse("points"))
        #expect(points.unit == "ポイント" && points.worth == 1 && points.expiresTo == "chamber" && points.giftsPerDay == 1000)
        #expect(points.shops == nil && points.categories == nil && points.offlineLimit == 0)
        let voucher = try #require(policy.purse("voucher"))
        #expect(voucher.unit == "円" && voucher.shops == ["bakery"] && voucher.categories == ["food"] && voucher.expiresTo == "expired")
        #expect(policy.purse("bus-tickets")?.offlineLimit == 4 && policy.purse("coupon")?.worth == 500)
        #expect(policy.shops.map(\.fee) == [150, 0] && policy.shops.map(\.category) == ["food", nil])
        #expect(policy.carrier("nagai-bus")?.title == "長井バス" && policy.carriers[0].fee == 25)
    }

    @Test("Rules in the order of the file, each with every condition, shorter caps first")
    func rules() throws {
        let policy = try policy()
        #expect(policy.rules.map(\.id) == ["gym-visit", "places", "marathon", "family", "health"])
        let visit = policy.rules[0]
        #expect(visit.purposes == [Purpose(kind: "visit")] && visit.places == ["gym"] && visit.direction == .in && visit.amount == 10)
        #expect(visit.caps == [EarningRule.Cap(1, per: .day), EarningRule.Cap(3, per: .week)])
        #expect(policy.rules[1].caps == [EarningRule.Cap(2, per: .day), EarningRule.Cap(1, per: .ever, eachPlace: true)])
        let marathon = policy.rules[2]
        #expect(marathon.purposes == [Purpose(kind: "event", thing: "marathon")] && marathon.needsConfirmation && !marathon.isDraft)
        #expect(marathon.dates == [.once("2026-11-01", "2026-11-30"), .yearly(1224, 1224)])
        #expect(marathon.rates.map(\.amount) == [30, 40] && marathon.rates[0].schedule?.id == "weekend")
        #expect(marathon.rates[1].dates == [.yearly(1224, 1224)])
        #expect(policy.rules[3].company?.eligible == "child" && policy.rules[3].company?.within == .seconds(300))
        let health = policy.rules[4]
        #expect(health.eligible == ["senior", "disability"] && health.proved && health.isDraft && health.after == "gym-visit")
        #expect(health.schedule?.id == "weekend" && visit.schedule == nil && !visit.proved && visit.after == nil)
        #expect(policy.exchanges.map(\.isAutomatic) == [true, false] && policy.exchanges[0].take == 5 && policy.exchanges[0].give == 1)
    }

    @Test("Lines with one fare, a triangle of fares or steps of distance, and all that pays and lessens them")
    func lines() throws {
        let lines = try policy().lines
        let first = lines[0]
        #expect(first.fare == .flat(200) && first.carrier == "nagai-bus" && first.title == "市内循環線")
        #expect(first.passes == ["bus-pass"] && first.tickets == ["bus-tickets"] && first.stored == ["bus-yen", "points"])
        #expect(first.discounts == [Line.Discount("disability", .percent(50)), Line.Discount("senior", .fare(100))])
        #expect(first.dayCap == 500 && first.transfer == Line.Transfer(within: .seconds(3600), less: 100))
        #expect(first.alights && first.runEndsAfter == .seconds(7200) && first.watched == ["child"])
        // The same both ways; where people got on, the least that is paid from there.
        let stops = [
            Line.Stop("station", Position(lat: 38.1, lon: 140.0)), Line.Stop("gym"), Line.Stop("school", Position(lat: 38.2, lon: 140.1)),
        ]
        #expect(lines[1].fare == .stops(stops, yen: [[150, 150, 250], [150, 150, 200], [250, 200, 200]]) && lines[1].alights)
        #expect(
            lines[2].fare
                == .distance([Line.Fare.Step(upTo: 500, 100), Line.Fare.Step(upTo: 2000, 200), Line.Fare.Step(upTo: 10_250, 400)]))
        #expect(lines[2].alights && lines[2].dayCap == nil && lines[2].runEndsAfter == .seconds(3 * 3600))
    }

    @Test("A programme nobody has, readers that are not there, readers for shops and lines nobody declared, no desk: warned of")
    func warnings() throws {
        let text = Self.file.replacing("eligible: [senior, disability]", with: "eligible: [senor]")
            .replacing("on: [visit], at: [gym]", with: "on: [\"door:gym\"], at: [gim]").replacing(
                "points-desks: [chamber, welfare]\n", with: ""
            )
            .replacing("shop:bakery", with: "shop:bakry").replacing("ride:line-1", with: "ride:line-9")
            .replacing("gym: {}, school", with: "hall: {}, school")
        let readers = "Readers are for: library, ride:line-9, shop:bakry, visit."
        #expect(
            try Town.read(Array(text.utf8), path: "town.yaml").warnings.map(\.text) == [
                "no purpose \"library\" is known. Known: \(listed(Draft.purposes)).",
                "points are given or spent, and nobody may look at them or put them right. Add a station: points-desks: [chamber]",
                "reader \"r-1\" of agent \"bus-1\" is for \"ride:line-9\", and that is none of the lines. Did you mean \"line-1\"? Known: line-1, line-2, line-3.",
                "reader \"r-2\" of agent \"bus-1\" is for \"shop:bakry\", and that is none of the shops. Did you mean \"bakery\"? Known: bakery, inn.",
                "no reader is for \"door:gym\", so nothing is given for it. \(readers)",
                "no reader stands at \"gim\", so nothing is given there. Did you mean \"gym\"? Places: bakery, bus-1, gym, library.",
                "nobody is entitled to \"senor\", which is no programme of \"people\". Did you mean \"senior\"? Programmes: senior, child, disability.",
                "no reader stands at stop \"hall\" and it has no position, so nobody is seen there. Give it one: { hall: [38.1077, 140.0408] }",
            ])
    }

    @Test("As many of each as there may be, and not one more", arguments: [("purse", 100), ("rule", 200), ("shop", 2000), ("line", 100)])
    func bounds(noun: String, most: Int) {
        func file(_ count: Int) -> String {
            let bodies = [
                "purse": "title: t", "rule": "title: t, purse: p, gives: 1, on: [visit]", "shop": "title: t",
                "line": "title: t, carrier: c, fare: 1",
            ]
            let others = ["purse": "", "rule": "  purses: { p: { title: t } }\n", "shop": "", "line": "  carriers: { c: { title: t } }\n"]
            let members = (1...count).map { "    x-\($0): { \(bodies[noun] ?? "") }\n" }.joined()
            return small + "points:\n\(others[noun] ?? "")  \(noun)s:\n\(members)"
        }
        #expect(sentences(file(most)) == [])
        let line = ["rule", "line"].contains(noun) ? 8 : 7
        #expect(
            sentences(file(most + 1)) == [
                "\(line):3 \"\(noun)s\" of \"points\" of the town has \(most + 1) \(noun)s. At most \(most) are taken."
            ])
    }

    @Test("A rule stands below the one it builds on, so that no rule can wait for itself")
    func circles() {
        func file(_ rules: String...) -> String {
            small + "points:\n  purses: { p: { title: t } }\n  rules:\n" + rules.map { "    \($0)\n" }.joined()
        }
        func rule(_ name: String, after other: String?) -> String {
            "\(name): { title: t, purse: p, gives: 1, on: [visit]\(other.map { ", after: \($0)" } ?? "") }"
        }
        #expect(sentences(file(rule("a", after: nil), rule("b", after: "a"), rule("c", after: "b"))) == [])
        let advice = "Write a rule that stands above rule"
        #expect(
            sentences(file(rule("a", after: "b"), rule("b", after: "a"))) == [
                "9:60 \"after\" of rule \"a\" is \"b\". \(advice) \"a\": they are asked from top to bottom. Move one of the two."
            ])
        #expect(
            sentences(file(rule("a", after: "a"))) == [
                "9:60 \"after\" of rule \"a\" is \"a\". \(advice) \"a\": they are asked from top to bottom. Move one of the two."
            ])
    }
}
