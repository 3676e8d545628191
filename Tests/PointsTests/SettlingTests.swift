import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Points

/// Totals equal the ledger, and what was signed off stays.
@Suite struct SettlingTests {
    private static let bakery = Party("shop/bakery")!

    private static func town() throws -> TestPoints {
        var policy = TestPoints.policy
        policy.shops[0].fee = 150
        let town = try TestPoints(policy)
        try town.award(5000, to: 1, expires: "2027-12-31")
        try town.award(2, of: "voucher", to: 1)
        return town
    }

    @Test("What was taken less what was given back, in yen, less the fee, day by day")
    func shown() throws {
        let town = try Self.town()
        try town.hold(1, for: "shop:bakery", charge: TapCharge(1500))
        try town.pass(.seconds(86_400), step: .seconds(3600))
        try town.hold(1, for: "shop:bakery", charge: TapCharge(333))
        let payment = try #require(try town.payments().last)
        #expect(try town.ask(.changePayment, ChangePayment(.refund, payment.id, at: "bakery", 33), as: "till-bakery").accepted)
        let wish = ShowSettlement(Self.bakery, from: "2026-11-01", to: "2026-11-30")
        let shown = try #require(try town.ask(.showSettlement, wish).answer)
        #expect(shown.yen == 1800 && shown.fee == 27 && shown.payable == 1773)
        #expect(shown.days == [Settlement.Day("2026-11-21", 1500), Settlement.Day("2026-11-22", 300)])
        #expect(
            shown.lines == [
                Settlement.Line("voucher", taken: 2, 1, back: 0, 0, yen: 1000),
                Settlement.Line("points", taken: 833, 2, back: 33, 1, yen: 800),
            ])
    }

    @Test("A carrier's fee is kept of what its rides come to")
    func carrier() throws {
        let buses = try TestRides { policy in
            var carrier = Carrier("nagai-bus", title: "長井バス")
            carrier.fee = 1000
            policy.carriers = [carrier]
        }
        try buses.town.award(500, of: "bus-yen", to: 1)
        try buses.hold(1, on: "town")
        let wish = ShowSettlement(Party("carrier/nagai-bus")!, from: "2026-11-01", to: "2026-11-30")
        let shown = try #require(try buses.town.ask(.showSettlement, wish).answer)
        #expect(shown.yen == 200 && shown.fee == 20 && shown.payable == 180)
    }

    @Test("A closed period is as it was; a later refund of it falls into the next")
    func closed() throws {
        let town = try Self.town()
        try town.hold(1, for: "shop:bakery", charge: TapCharge(400))
        let payment = try #require(try town.payments().last)
        let close = CloseSettlement(Self.bakery, from: "2026-11-01", to: "2026-11-30")
        #expect(try town.ask(.closeSettlement, close).refusal == "not-over")
        try town.pass(.seconds(10 * 86_400), step: .seconds(3600))
        #expect(try town.ask(.closeSettlement, CloseSettlement(Self.bakery, from: "2026-11-22", to: "2026-11-30")).refusal == "gap")
        let settled = try #require(try town.ask(.closeSettlement, close).answer?.settlement)
        #expect(settled.yen == 400 && settled.closedBy == "points-desk-chamber")
        #expect(try town.ask(.changePayment, ChangePayment(.refund, payment.id, at: "bakery"), as: "till-bakery").accepted)
        #expect(try town.ask(.showSettlement, ShowSettlement(Self.bakery, from: "2026-11-01", to: "2026-11-30")).answer == settled)
        let december = try #require(try town.ask(.showSettlement, ShowSettlement(Self.bakery, from: "2026-12-01", to: "2026-12-31")).answer)
        #expect(december.yen == -400 && december.fee == 0)
        #expect(try town.ask(.closeSettlement, close).refusal == "gap")
        #expect(try town.ask(.listSettlements, ListSettlements(Self.bakery)).answer?.settlements == [settled])
    }

    @Test("All settlements together are what the ledger has")
    func equal() throws {
        let town = try Self.town()
        for amount in [100, 250, 77] as [Int64] {
            try town.pass(.seconds(86_400), step: .seconds(3600))
            try town.hold(1, for: "shop:bakery", charge: TapCharge(amount))
            try town.hold(1, for: "shop:books", charge: TapCharge(amount))
        }
        for shop in ["bakery", "books"] as [ShopID] {
            let party = try #require(Party("shop/\(shop)"))
            let shown = try #require(try town.ask(.showSettlement, ShowSettlement(party, from: "2026-11-01", to: "2026-11-30")).answer)
            let held = try town.rig.disk.write { (db: borrowing Transaction) throws in
                try
                    (db.all("SELECT credits_posted - debits_posted, purse FROM account WHERE holder = ?", shop.text) {
                        $0.int(0) * ($0.text(1) == "voucher" ? 500 : 1)
                    }).reduce(0, +)
            }
            #expect(shown.yen == held && shown.yen > 0)
        }
    }
}
