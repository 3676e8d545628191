import Contracts
import Seal
import ServiceKit
import Store

/// What is taken for a ride, and given back when it turns out to have cost less. Only the difference moves, all of it or nothing.
extension Points {
    static let rideCode: TransferCode = "ride"
    static let rideCorrectionCode: TransferCode = "ride-correction"

    /// - Parameter due: yen, as is known now.
    func settle(
        _ ride: RideRow, _ due: Int64, on line: Line, _ change: RideChange, in turn: borrowing Turn
    ) throws -> RideSettled.Outcome {
        let held = try RideBook.parts(of: ride.id, in: turn.db)
        var payment = try payment(of: ride, due, held, on: line, in: turn)
        if try !move(held, payment.parts, for: ride, ride.outcome == nil ? Self.rideCode : Self.rideCorrectionCode, change, in: turn) {
            turn.log("What a ride on \(line.id) costs could not be moved. Run: kazasu points verify")
            payment = RidePayment(outcome: .unpaid, parts: held, cash: due)
        }
        try turn.db.run(
            "UPDATE ride SET due = ?, outcome = ? WHERE id = ?", due, payment.outcome.rawValue, ride.id.bytes)
        var settled = RideSettled(ride.id, on: line.id, of: ride.carrier, in: ride.vehicle.agent, payment.outcome, fare: due)
        settled.boarded = try RideTap(ride.boarding, in: turn.db)?.end
        settled.alighted = try RideTap(ride.alighting, in: turn.db)?.end
        settled.forgotten = ride.isForgotten ? true : nil
        settled.cash = payment.cash == 0 ? nil : payment.cash
        settled.paid = payment.parts.isEmpty ? nil : RideSettled.Paid.all(payment.parts)
        try turn.emit(
            settled, on: .rides, cause: change.cause, discriminator: "\(ride.id)\(change.suffix)", subject: line.id.text, time: ride.ended)
        return payment.outcome
    }

    /// It was no ride, or is not known to be over any more.
    func withdraw(_ ride: RideRow, _ change: RideChange, in turn: borrowing Turn) throws {
        let held = try RideBook.parts(of: ride.id, in: turn.db)
        let change = RideChange(cause: change.cause, suffix: change.suffix + " void")
        if ride.isTold, let person = ride.rider.person, let boarding = try RideTap(ride.boarding, in: turn.db) {
            // The card was held by somebody alighting.
            let left = LeftOnBoard(
                person, on: ride.vehicle.line, in: ride.vehicle.agent, boarded: boarding.end, alighted: boarding.end)
            try tell(left, ride.id, change, in: turn)
        }
        guard try move(held, [:], for: ride, Self.rideCorrectionCode, change, in: turn) else {
            turn.log("What was taken for a ride on \(ride.vehicle.line) could not be given back. Run: kazasu points verify")
            return
        }
        try turn.db.run("DELETE FROM ride WHERE id = ?", ride.id.bytes)
        guard ride.outcome != nil else { return }
        try turn.emit(
            RideSettled(ride.id, on: ride.vehicle.line, of: ride.carrier, in: ride.vehicle.agent, .void, fare: 0), on: .rides,
            cause: change.cause, discriminator: "\(ride.id)\(change.suffix)", subject: ride.vehicle.line.text, time: ride.ended)
    }

    /// In what way a ride has been paid once, it stays paid: by a pass, by a ticket, or to the driver.
    private func payment(
        of ride: RideRow, _ due: Int64, _ held: [Account: Int64], on line: Line, in turn: borrowing Turn
    ) throws -> RidePayment {
        switch ride.outcome {
        case .pass: return RidePayment(outcome: .pass)
        case .unpaid: return RidePayment(outcome: .unpaid, cash: due)
        case let outcome? where held.keys.contains { line.tickets.contains($0.purse) }: return RidePayment(outcome: outcome, parts: held)
        case nil, .paid, .part, .overdrawn, .void: break
        }
        guard let person = ride.rider.person else { return RidePayment(outcome: due == 0 ? .paid : .unpaid, cash: due) }
        var wallet = try wallet(of: person, for: ride, held, on: line, in: turn)
        if ride.outcome != nil { (wallet.hasPass, wallet.tickets, wallet.ticketCredit) = (false, [], []) }
        let last = try RideTap(ride.alighting ?? ride.boarding, in: turn.db)
        return wallet.payment(of: due, isCutOff: ride.isForgotten || last?.isCutOff == true)
    }

    /// What could be spent on the day of the ride, with what has been taken for it.
    private func wallet(
        of person: PersonID, for ride: RideRow, _ held: [Account: Int64], on line: Line, in turn: borrowing Turn
    ) throws -> RideWallet {
        let holders = try names(of: person, in: turn.db).map(\.holder)
        let day = ride.at.date(turn.identity.offset)
        var wallet = RideWallet()
        for purse in line.passes where !wallet.hasPass {
            wallet.hasPass = try accounts(of: holders, purse, on: day, in: turn.db).contains {
                try Ledger.posted(of: $0, at: ride.at, in: turn.db) > 0
            }
        }
        func lots(_ purses: [PurseID]) throws -> (there: [RideWallet.Lot], credit: [RideWallet.Lot]) {
            var (there, credit): ([RideWallet.Lot], [RideWallet.Lot]) = ([], [])
            for purse in purses.compactMap({ policy.purse($0) }) {
                for account in try accounts(of: holders, purse.id, on: day, in: turn.db) {
                    let free = try Ledger.balance(of: account, in: turn.db).free + held[account, default: 0]
                    there.append(RideWallet.Lot(account: account, amount: free, worth: purse.worth))
                }
                guard purse.offlineLimit > 0, try accounts(of: holders, purse.id, on: nil, in: turn.db).first != nil else { continue }
                let lender = Account(purse.id, .overdraft, ride.carrier.named())
                let left = try purse.offlineLimit - overdrawn(purse.id, by: person, in: turn.db) + held[lender, default: 0]
                credit.append(RideWallet.Lot(account: lender, amount: max(0, left), worth: purse.worth))
            }
            return (there, credit)
        }
        (wallet.tickets, wallet.ticketCredit) = try lots(line.tickets)
        (wallet.stored, wallet.storedCredit) = try lots(line.stored)
        return wallet
    }

    /// Accounts of a purse, oldest-expiring first, whatever is in them.
    /// - Parameter day: without those that had expired before it; all of them if `nil`.
    private func accounts(
        of holders: [Name<HolderKind>], _ purse: PurseID, on day: CalendarDate?, in db: borrowing Transaction
    ) throws -> [Account] {
        try holders.flatMap { try Ledger.lots(of: $0, purse: purse, emptied: true, in: db).map(\.account) }
            .filter { account in day.map { $0 <= account.expires ?? $0 } ?? true }.sorted(by: Self.isOlder)
    }

    /// Moves the difference between what is held for a ride and what is to be held.
    /// - Returns: whether it has.
    private func move(
        _ held: [Account: Int64], _ wanted: [Account: Int64], for ride: RideRow, _ code: TransferCode, _ change: RideChange,
        in turn: borrowing Turn
    ) throws -> Bool {
        let accounts = Set(held.keys).union(wanted.keys).sorted { $0.description < $1.description }
        let moves = accounts.map { ($0, wanted[$0, default: 0] - held[$0, default: 0]) }.filter { $0.1 != 0 }
        guard !moves.isEmpty else { return true }
        let transfers = moves.map { account, amount in
            let carrier = Account(account.purse, .carrier, ride.carrier.named())
            let (from, to) = amount > 0 ? (account, carrier) : (carrier, account)
            return Transfer(
                .derived(from: change.cause, type: "ride-payment", discriminator: "\(ride.id)\(change.suffix) \(account)"),
                .single(from: from, to: to, abs(amount)), for: code, cause: change.cause, moment: ride.ended)
        }
        guard try make(linked: transfers, in: turn) else { return false }
        for (account, _) in moves where account.kind == .overdraft {
            try turn.db.run(
                "INSERT OR REPLACE INTO overdrawn (person, purse, cause, amount) VALUES (?, ?, ?, ?)", ride.rider.text, account.purse.text,
                ride.id.bytes, wanted[account, default: 0])
        }
        try RideBook.put(wanted, for: ride.id, in: turn.db)
        return true
    }
}

extension RideSettled.Paid {
    static func all(_ parts: [Account: Int64]) -> [Self] {
        var sums: [Self] = []
        for (account, amount) in parts.sorted(by: { $0.key.description < $1.key.description }) where amount > 0 {
            let isOverdraft = account.kind == .overdraft
            if let known = sums.firstIndex(where: { $0.purse == account.purse && ($0.overdraft == true) == isOverdraft }) {
                sums[known].amount += amount
            } else {
                sums.append(Self(account.purse, amount, overdraft: isOverdraft))
            }
        }
        return sums
    }
}
