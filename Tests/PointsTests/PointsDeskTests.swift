import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Points

/// What a clerk does is done once, can be taken back once, and needs the card where it is the holder's will.
@Suite struct PointsDeskTests {
    @Test("A clerk's award is taken back by a new entry, and only once")
    func reversed() throws {
        let town = try TestPoints()
        let award = MovePoints(.award, 500, of: "points", PointsHolder(.person(1)), why: "volunteer")
        let moved = try #require(try town.ask(.movePoints, award).answer)
        #expect(moved.balance == 500)
        let number = try #require(moved.numbers.first)
        #expect(try town.ask(.reverseTransfer, ReverseTransfer(number, why: "wrong-person")).answer?.balance == 0)
        #expect(
            try town.ask(.reverseTransfer, ReverseTransfer(number, why: "wrong-person"), as: "points-desk-welfare").refusal == "reversed")
        #expect(try town.has(1) == 0)
        #expect(try town.fault() == nil)
    }

    @Test("What was given and spent is not taken back behind somebody's back")
    func spent() throws {
        let town = try TestPoints()
        let award = MovePoints(.award, 500, of: "points", PointsHolder(.person(1)), why: "volunteer")
        let number = try #require(try town.ask(.movePoints, award).answer?.numbers.first)
        try town.hold(1, for: "shop:books", charge: TapCharge(100))
        #expect(try town.ask(.reverseTransfer, ReverseTransfer(number, why: "wrong")).refusal == "insufficient")
        #expect(try town.has(1) == 400)
    }

    @Test("One gives another with both cards in hand, up to the day's limit; what is given ends when it would have ended")
    func gift() throws {
        let town = try TestPoints()
        try town.award(900, to: 1, expires: "2026-12-31")
        func give(_ amount: Int64) throws -> Reply<PointsMoved> {
            try town.pass(.seconds(5))
            let (from, to) = (try town.hold(1, for: "points"), try town.hold(2, for: "points"))
            return try town.ask(.givePoints, GivePoints(amount, of: "points", from: from.id, to: to.id))
        }
        #expect(try give(300).accepted)
        #expect(try give(201).refusal == "daily-limit")
        #expect(try give(200).accepted)
        #expect(try town.has(1) == 400 && town.has(2) == 500)
        let lots = try #require(try town.ask(.showPoints, ShowPoints(PointsHolder(.person(2)))).answer?.lots)
        #expect(lots.map(\.expires) == ["2026-12-31"])
        #expect(try town.fault() == nil)
    }

    @Test("A tap agrees once, for a minute, and to its own holder's affairs alone")
    func freshTap() throws {
        let town = try TestPoints()
        try town.award(100, to: 1)
        let (from, to) = (try town.hold(1, for: "points"), try town.hold(2, for: "points"))
        let give = GivePoints(10, of: "points", from: from.id, to: to.id)
        #expect(try town.ask(.givePoints, give).accepted)
        #expect(try town.ask(.givePoints, give).refusal == "used-tap")
        #expect(try town.ask(.showPoints, ShowPoints(PointsHolder(tap: to.id))).answer?.person == .person(2))
        try town.pass(.seconds(61))
        #expect(try town.ask(.showPoints, ShowPoints(PointsHolder(tap: to.id))).refusal == "old-tap")
        #expect(try town.ask(.showPoints, ShowPoints(PointsHolder(tap: town.agent.newID(at: town.now)))).refusal == "unknown-tap")
    }

    @Test("Points become vouchers, all of it or nothing")
    func exchange() throws {
        let town = try TestPoints()
        try town.award(50, to: 1)
        #expect(try town.ask(.exchangePoints, ExchangePoints("voucher", PointsHolder(.person(1)), times: 3)).refusal == "insufficient")
        #expect(try town.has(1) == 50)
        #expect(try town.ask(.exchangePoints, ExchangePoints("voucher", PointsHolder(.person(1)), times: 2)).answer?.balance == 2)
        #expect(try town.has(1) == 10 && town.has(1, "voucher") == 2)
        #expect(try town.fault() == nil)
    }

    @Test("A command that is repeated has its first answer, and an amount of nothing or of too much is refused")
    func bounds() throws {
        let town = try TestPoints()
        for amount in [0, -5, .max] as [Int64] {
            let wish = MovePoints(.award, amount, of: "points", PointsHolder(.person(1)), why: "test")
            #expect(try town.ask(.movePoints, wish).refusal == "bad-amount")
        }
        let unknown = MovePoints(.award, 1, of: "gold", PointsHolder(.person(1)), why: "test")
        #expect(try town.ask(.movePoints, unknown).refusal == "unknown-purse")
    }

    @Test("A person whom nobody knows is given nothing, and a clerk's reason is not one of the ledger's own")
    func refused() throws {
        let town = try TestPoints()
        let nobody = MovePoints(.award, 5, of: "points", PointsHolder(.person(99)), why: "volunteer")
        #expect(try town.ask(.movePoints, nobody).refusal == "unknown-person")
        for why in ["payment", "ride", "gym-visit", "five-rides"] as [TransferCode] {
            let wish = MovePoints(.award, 5, of: "points", PointsHolder(.person(1)), why: why)
            #expect(try town.ask(.movePoints, wish).refusal == "taken-word")
        }
        #expect(try town.has(1) == 0)
    }

    @Test("A card that was held while the service was away agrees to nothing")
    func waited() throws {
        let town = try TestPoints()
        let tap = try town.hold(1, for: "points", ago: 61)
        #expect(try town.ask(.showPoints, ShowPoints(PointsHolder(tap: tap.id))).refusal == "unknown-tap")
    }
}
