import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Points

/// A card pays what the reader showed, once.
@Suite struct SpendingTests {
    private func refund(_ payment: Payment, _ amount: Int64? = nil) -> ChangePayment {
        ChangePayment(.refund, payment.id, at: payment.shop, amount)
    }

    @Test("What expires first is spent first, over all purses that pay there")
    func oldest() throws {
        let town = try TestPoints()
        try town.award(350, to: 1, expires: "2026-12-31")
        try town.award(450, to: 1, expires: "2027-06-30")
        try town.award(2, of: "voucher", to: 1)
        try town.hold(1, for: "shop:bakery", charge: TapCharge(1500))
        // 350 that end in December, two vouchers of 500 that end in March, and 150 of the rest.
        #expect(try town.payments().last?.status == .paid && town.payments().last?.parts.map(\.amount) == [350, 2, 150])
        #expect(try town.has(1) == 300 && town.has(1, "voucher") == 0)
        #expect(try town.feedback().last?.signal == .paid && town.feedback().last?.amount == 1500)
        #expect(try town.fault() == nil)
    }

    @Test("A purse pays where it may: a food voucher buys no book")
    func whereItMay() throws {
        let town = try TestPoints()
        try town.award(4, of: "voucher", to: 1)
        try town.hold(1, for: "shop:books", charge: TapCharge(500))
        #expect(try town.payments().last?.refusal == .insufficient && town.has(1, "voucher") == 4)
        #expect(try town.feedback().last?.signal == .refused)
    }

    @Test("Too little pays nothing, unless the till takes a part")
    func tooLittle() throws {
        let town = try TestPoints()
        try town.award(100, to: 1)
        try town.hold(1, for: "shop:books", charge: TapCharge(250))
        #expect(try town.has(1) == 100)
        try town.hold(1, for: "shop:books", charge: TapCharge(250, partial: true))
        #expect(try town.has(1) == 0 && town.payments().last?.paid == 100 && town.feedback().last?.signal == .part)
        try town.hold(9, for: "shop:books", charge: TapCharge(250))
        #expect(try town.payments().last?.refusal == .unknownCard)
    }

    @Test("A repeated refund moves nothing; two clerks pay back no more than was paid")
    func refunds() throws {
        let town = try TestPoints()
        try town.award(300, to: 1)
        try town.hold(1, for: "shop:books", charge: TapCharge(250))
        let payment = try #require(try town.payments().last)
        #expect(try town.ask(.changePayment, refund(payment, 100), as: "till-books").answer?.payment.refunded == 100)
        #expect(try town.ask(.changePayment, refund(payment), as: "till-books").answer?.payment.refunded == 250)
        let third = try town.ask(.changePayment, refund(payment), as: "till-books")
        #expect(!third.accepted && third.refusal == "refunded")
        #expect(try town.has(1) == 300)
        #expect(try town.fault() == nil)
    }

    @Test("Where a purse wants a card that proves itself, a number that was only read pays nothing from it")
    func proved() throws {
        var policy = TestPoints.policy
        policy.purses[1].accepts = .proved
        let town = try TestPoints(policy)
        try town.award(300, to: 1)
        var copied = try town.held(1, for: "shop:books", charge: TapCharge(50))
        copied.data.assurance = .read
        town.rig.say(town.agent.topic, try copied.json())
        try town.rig.settle()
        #expect(try town.payments().last?.refusal == .notProved && town.has(1) == 300)
        try town.hold(1, for: "shop:books", charge: TapCharge(50))
        #expect(try town.payments().last?.status == .paid && town.has(1) == 250)
    }

    @Test("A shop is not told who paid, nor that somebody was there before")
    func noNames() throws {
        let town = try TestPoints()
        try town.award(300, to: 1)
        try town.hold(1, for: "shop:books", charge: TapCharge(50))
        let payment = try #require(try town.payments().last)
        #expect(payment.person == .person(1))
        let changed = try #require(try town.ask(.changePayment, refund(payment, 10), as: "till-books").answer)
        let listed = try #require(try town.ask(.listPayments, ListPayments("books"), as: "till-books").answer?.payments)
        for told in [changed.payment] + listed {
            #expect(told.person == nil && told.parts.allSatisfy { $0.account == nil } && told.paid == 50)
        }
    }

    @Test("A till touches the payments of its own shop alone")
    func ownShop() throws {
        let town = try TestPoints()
        try town.award(300, to: 1)
        try town.hold(1, for: "shop:books", charge: TapCharge(250))
        let payment = try #require(try town.payments().last)
        #expect(try town.ask(.changePayment, refund(payment), as: "till-bakery").refusal == "not-yours")
        var theirs = refund(payment)
        theirs.shop = "bakery"
        #expect(try town.ask(.changePayment, theirs, as: "till-bakery").refusal == "unknown-payment")
        #expect(try town.ask(.listPayments, ListPayments("books"), as: "till-bakery").refusal == "not-yours")
        #expect(try town.ask(.listPayments, ListPayments("books"), as: "till-books").answer?.payments.map(\.id) == [payment.id])
        #expect(try town.has(1) == 50)
    }

    @Test("What is held is nobody's; a part is confirmed and the rest is free; it is settled once")
    func holds() throws {
        let town = try TestPoints()
        try town.award(100, to: 1, expires: "2026-12-31")
        try town.award(200, to: 1, expires: "2027-12-31")
        try town.hold(1, for: "shop:books", charge: TapCharge(250, hold: true))
        let payment = try #require(try town.payments().last)
        #expect(payment.status == .held)
        try town.hold(1, for: "shop:books", charge: TapCharge(51))
        #expect(try town.payments().last?.refusal == .insufficient)
        let confirm = ChangePayment(.confirm, payment.id, at: "books", 120)
        #expect(try town.ask(.changePayment, confirm, as: "till-books").answer?.payment.paid == 120)
        #expect(try town.has(1) == 180)
        let void = ChangePayment(.void, payment.id, at: "books")
        #expect(try !town.ask(.changePayment, void, as: "till-books").accepted)
        #expect(try town.ask(.changePayment, refund(payment, 120), as: "till-books").accepted)
        #expect(try town.has(1) == 300)
        #expect(try town.fault() == nil)
    }

    @Test("What is held and forgotten is free after a day, also for a till that comes too late")
    func forgotten() throws {
        let town = try TestPoints()
        try town.award(200, to: 1)
        try town.hold(1, for: "shop:books", charge: TapCharge(150, hold: true))
        let payment = try #require(try town.payments().last)
        try town.pass(.seconds(25 * 3600), step: .seconds(600))
        #expect(try town.payments().last?.status == .expired)
        #expect(try !town.ask(.changePayment, ChangePayment(.confirm, payment.id, at: "books"), as: "till-books").accepted)
        try town.hold(1, for: "shop:books", charge: TapCharge(200))
        #expect(try town.payments().last?.status == .paid)
        #expect(try town.fault() == nil)
    }

    @Test("A shop that was cut off may have taken too much: up to the purse's limit, booked where everybody sees it")
    func cutOff() throws {
        let town = try TestPoints()
        try town.award(100, to: 1)
        try town.hold(1, for: "shop:books", ago: 3600, charge: TapCharge(250))
        #expect(try town.payments().last?.overdraft == 150 && town.payments().last?.paid == 250)
        try town.hold(1, for: "shop:books", ago: 3500, charge: TapCharge(200))
        #expect(try town.payments().last?.refusal == .insufficient)
        try town.hold(1, for: "shop:books", ago: 3400, charge: TapCharge(150))
        #expect(try town.payments().last?.overdraft == 150)
        let (shop, lost) = try town.rig.disk.write { (db: borrowing Transaction) throws in
            (
                try Ledger.balance(of: Account("points", .shop, "books"), in: db).posted,
                try Ledger.balance(of: Account("points", .overdraft, "books"), in: db).posted
            )
        }
        #expect(shop == 400 && lost == -300)
        #expect(try town.has(1) == 0)
        #expect(try town.fault() == nil)
    }

    @Test("What is held in vouchers pays whole ones: less than one is refused and stays held")
    func wholeVouchers() throws {
        let town = try TestPoints()
        try town.award(2, of: "voucher", to: 1)
        try town.hold(1, for: "shop:bakery", charge: TapCharge(1000, hold: true))
        let payment = try #require(try town.payments().last)
        func confirm(_ yen: Int64) -> ChangePayment { ChangePayment(.confirm, payment.id, at: "bakery", yen) }
        #expect(try town.ask(.changePayment, confirm(300), as: "till-bakery").refusal == "bad-amount")
        #expect(try town.ask(.changePayment, confirm(700), as: "till-bakery").answer?.payment.paid == 500)
        #expect(try town.has(1, "voucher") == 1)
        #expect(try town.fault() == nil)
    }

    @Test("What being cut off has cost can be looked at like any settlement")
    func overdraft() throws {
        let town = try TestPoints()
        try town.award(100, to: 1)
        try town.hold(1, for: "shop:books", ago: 3600, charge: TapCharge(250))
        let party = try #require(Party("overdraft/books"))
        let wish = ShowSettlement(party, from: "2026-11-01", to: "2026-11-30")
        #expect(try town.ask(.showSettlement, wish).answer?.yen == -150)
    }
}
