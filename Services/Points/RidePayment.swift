import Contracts

/// What somebody can pay a ride with. Amounts are of each purse's unit.
struct RideWallet: Equatable {
    /// An account from which so many can be taken, each worth so many yen.
    struct Lot: Equatable {
        var account: Account
        var amount: Int64
        var worth: Int64 = 1
    }

    var hasPass = false
    /// In the line's order of purses, each oldest-expiring first.
    var tickets: [Lot] = []
    var stored: [Lot] = []
    /// Of each purse that the person has ever had, what a vehicle that was cut off may still take beyond what is there.
    var ticketCredit: [Lot] = []
    var storedCredit: [Lot] = []
}

/// How a ride is paid.
struct RidePayment: Equatable {
    var outcome: RideSettled.Outcome
    var parts: [Account: Int64] = [:]
    /// Yen for the driver.
    var cash: Int64 = 0
}

extension RideWallet {
    /// A pass, or else a ticket, or else yen, all of it; what is less than one unit of a purse is left for cash.
    /// - Parameter isCutOff: nobody could be told to pay in cash, so what is missing is taken on credit, as far as the town bears it.
    func payment(of due: Int64, isCutOff: Bool) -> RidePayment {
        if hasPass { return RidePayment(outcome: .pass) }
        guard due > 0 else { return RidePayment(outcome: .paid) }
        if let ticket = tickets.first(where: { $0.amount > 0 }) { return RidePayment(outcome: .paid, parts: [ticket.account: 1]) }
        let (taken, rest) = Self.take(due, from: stored)
        if rest == 0 { return RidePayment(outcome: .paid, parts: taken) }
        if stored.contains(where: { $0.amount > taken[$0.account, default: 0] && rest < $0.worth }) {
            return RidePayment(outcome: .part, parts: taken, cash: rest)
        }
        if isCutOff {
            if let ticket = ticketCredit.first(where: { $0.amount > 0 }) {
                return RidePayment(outcome: .overdrawn, parts: [ticket.account: 1])
            }
            let (lent, missing) = Self.take(rest, from: storedCredit)
            if missing == 0 { return RidePayment(outcome: .overdrawn, parts: taken.merging(lent) { $0 + $1 }) }
        }
        return RidePayment(outcome: .unpaid, cash: due)
    }

    private static func take(_ yen: Int64, from lots: [Lot]) -> (parts: [Account: Int64], rest: Int64) {
        var parts: [Account: Int64] = [:]
        var rest = yen
        for lot in lots {
            let amount = min(lot.amount, rest / lot.worth)
            guard amount > 0 else { continue }
            parts[lot.account] = amount
            rest -= amount * lot.worth
        }
        return (parts, rest)
    }
}
