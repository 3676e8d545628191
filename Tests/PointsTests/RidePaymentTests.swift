import Contracts
import Testing

@testable import Points

/// With what a ride is paid.
@Suite struct RidePaymentTests {
    private static let ticket = Account("bus-tickets", .person, "p-1", expires: "2026-12-31")
    private static let old = Account("bus-yen", .person, "p-1", expires: "2026-12-31")
    private static let new = Account("bus-yen", .person, "p-1")
    private static let taxi = Account("taxi-tickets", .person, "p-1")
    private static let lender = Account("bus-yen", .overdraft, "nagai-bus")
    private static let ticketLender = Account("bus-tickets", .overdraft, "nagai-bus")

    private func pay(_ due: Int64, cutOff: Bool = false, _ fill: (inout RideWallet) -> Void) -> RidePayment {
        var wallet = RideWallet()
        fill(&wallet)
        return wallet.payment(of: due, isCutOff: cutOff)
    }

    @Test("A pass before tickets, a ticket before yen, and of yen what expires first")
    func order() {
        func all(_ wallet: inout RideWallet) {
            wallet.tickets = [.init(account: Self.ticket, amount: 1)]
            wallet.stored = [.init(account: Self.old, amount: 120), .init(account: Self.new, amount: 500)]
        }
        let pass = pay(200) {
            all(&$0)
            $0.hasPass = true
        }
        #expect(pass == RidePayment(outcome: .pass))
        #expect(pay(480, all) == RidePayment(outcome: .paid, parts: [Self.ticket: 1]))
        let yen = pay(200) {
            all(&$0)
            $0.tickets[0].amount = 0
        }
        #expect(yen == RidePayment(outcome: .paid, parts: [Self.old: 120, Self.new: 80]))
        #expect(pay(0, all) == RidePayment(outcome: .paid))
    }

    @Test("Who has too little pays in cash and keeps what is there; what is less than one ticket for a taxi is paid in cash beside them")
    func tooLittle() {
        #expect(pay(200) { $0.stored = [.init(account: Self.new, amount: 199)] } == RidePayment(outcome: .unpaid, cash: 200))
        #expect(pay(200) { _ in } == RidePayment(outcome: .unpaid, cash: 200))
        let ride = pay(1730) { $0.stored = [.init(account: Self.taxi, amount: 10, worth: 500)] }
        #expect(ride == RidePayment(outcome: .part, parts: [Self.taxi: 3], cash: 230))
        let last = pay(1730) { $0.stored = [.init(account: Self.taxi, amount: 3, worth: 500)] }
        #expect(last == RidePayment(outcome: .unpaid, cash: 1730))
    }

    @Test("In a vehicle that is cut off what is missing is taken on credit, up to the limit and only there")
    func credit() {
        func lent(_ wallet: inout RideWallet) {
            wallet.stored = [.init(account: Self.new, amount: 50)]
            wallet.storedCredit = [.init(account: Self.lender, amount: 150)]
        }
        #expect(pay(200, cutOff: true, lent) == RidePayment(outcome: .overdrawn, parts: [Self.new: 50, Self.lender: 150]))
        #expect(pay(201, cutOff: true, lent) == RidePayment(outcome: .unpaid, cash: 201))
        #expect(pay(200, lent) == RidePayment(outcome: .unpaid, cash: 200))
        let ticket = pay(200, cutOff: true) {
            lent(&$0)
            $0.ticketCredit = [.init(account: Self.ticketLender, amount: 1)]
        }
        #expect(ticket == RidePayment(outcome: .overdrawn, parts: [Self.ticketLender: 1]))
    }
}
