import Contracts
import Harness
import Store
import Testing

@testable import Points

/// Whoever keeps watch hears of each transfer what the ledger says of it.
@Suite struct ToldTests {
    @Test(
        "What is told of a transfer is what lies in the ledger, whether it moved at once, was held, confirmed, given up, or refused beside others"
    )
    func asWritten() throws {
        let town = try TestPoints()
        try town.award(300, to: 1, expires: "2027-03-31")
        try town.award(200, to: 1, expires: "2027-04-30")
        try town.hold(1, for: "visit")
        try town.hold(1, for: "event:marathon")
        for change in [ChangePayment.Change.confirm, .void] {
            try town.hold(1, for: "shop:books", charge: TapCharge(200, hold: true))
            let held = try #require(try town.payments().last)
            let wish = ChangePayment(change, held.id, at: "books", change == .confirm ? 150 : nil)
            #expect(try town.ask(.changePayment, wish, as: "till-books").accepted)
        }
        try town.hold(1, for: "shop:books", charge: TapCharge(9999))
        let told = try town.rig.said(.transfers)
        #expect(Set(told.map(\.data.kind)) == [.single, .pending, .post, .void])
        #expect(told.map(\.data.number) == Array(1...Int64(told.count)))
        try town.rig.disk.read { (db: borrowing Transaction) throws in
            for event in told {
                let link = try #require(try Ledger.link(number: event.data.number, in: db))
                #expect(event.data == link.link && event.cause == link.id)
            }
        }
    }
}
