import Contracts
import Seal
import ServiceKit
import Store

/// What a clerk does for somebody who stands there.
extension Points {
    func move(_ command: Envelope<MovePoints>, in turn: borrowing Turn) throws -> Reply<PointsMoved> {
        let wish = command.data
        let newest = try Ledger.newest(in: turn.db)
        return try turn.obey {
            let purse = try known(wish.purse)
            try check(wish.why)
            let person = try person(wish.holder, in: turn)
            let (amount, today) = (try checked(wish.amount), turn.now.date(turn.identity.offset))
            switch wish.move {
            case .award:
                if let expires = wish.expires, expires < today { throw Objection("bad-date", "\(expires) is over already.") }
                let to = account(of: person, purse, on: today, expires: wish.expires)
                let award = Transfer(
                    .derived(from: command.id, type: "award"), .single(from: issue(purse.id), to: to, amount), for: wish.why,
                    cause: command.id, moment: turn.now)
                try check(try make(award, in: turn))
                try exchangeWhatIsFull(purse.id, of: person, cause: command.id, at: turn.now, in: turn)
            case .take:
                try take(
                    amount, purse, of: person, to: { _ in Account(purse.id, .programme, wish.why.named()) }, wish.why, command.id, in: turn)
            }
            return .accept(try moved(person, purse.id, after: newest, in: turn))
        }
    }

    func give(_ command: Envelope<GivePoints>, in turn: borrowing Turn) throws -> Reply<PointsMoved> {
        let wish = command.data
        let newest = try Ledger.newest(in: turn.db)
        return try turn.obey {
            let purse = try known(wish.purse)
            guard purse.giftsPerDay > 0 else { throw Objection("no-gifts", "\(purse.title) cannot be given to others.") }
            let (giver, taker) = (try person(wish.from, uses: true, in: turn), try person(wish.to, uses: true, in: turn))
            guard giver != taker else { throw Objection("same-person", "Both cards are of one person.") }
            let (amount, today) = (try checked(wish.amount), turn.now.date(turn.identity.offset))
            let before = try names(of: giver, in: turn.db).reduce(Int64(0)) { sum, name in
                try sum
                    + (turn.db.first(
                        "SELECT coalesce(sum(amount), 0) FROM gift WHERE person = ? AND purse = ? AND day = ?", name.text, purse.id.text,
                        today.description
                    ) { $0.int(0) } ?? 0)
            }
            guard before + amount <= purse.giftsPerDay else {
                throw Objection("daily-limit", "One person gives \(purse.giftsPerDay) a day at most, and has given \(before) today.")
            }
            try turn.db.run(
                "INSERT INTO gift (person, purse, day, id, amount) VALUES (?, ?, ?, ?, ?)", giver.text, purse.id.text, today.description,
                command.id.bytes, amount)
            // What is given goes on to expire on its own day.
            try take(
                amount, purse, of: giver, to: { Account(purse.id, .person, taker.holder, expires: $0.expires) }, "gift", command.id,
                in: turn)
            return .accept(try moved(giver, purse.id, after: newest, in: turn))
        }
    }

    func exchange(_ command: Envelope<ExchangePoints>, in turn: borrowing Turn) throws -> Reply<PointsMoved> {
        let wish = command.data
        let newest = try Ledger.newest(in: turn.db)
        return try turn.obey {
            guard let exchange = policy.exchanges.first(where: { $0.id == wish.exchange }) else {
                let known = policy.exchanges.map(\.id.text).joined(separator: ", ")
                throw Objection("unknown-exchange", "There is no exchange \(wish.exchange). There are: \(known.isEmpty ? "none" : known).")
            }
            let person = try person(wish.holder, in: turn)
            let times = wish.times ?? 1
            guard (1...100).contains(times) else { throw Objection("bad-number", "1 to 100 times in one command.") }
            for n in 0..<times {
                guard try make(exchange, n, of: person, cause: command.id, at: turn.now, in: turn) else {
                    throw Objection("insufficient", "\(exchange.title): there is not enough for \(times).")
                }
            }
            return .accept(try moved(person, exchange.to, after: newest, in: turn))
        }
    }

    /// As often as there is enough: five rides and the sixth delivery is free.
    func exchangeWhatIsFull(_ purse: PurseID, of person: PersonID, cause: EventID, at moment: Instant, in turn: borrowing Turn) throws {
        for exchange in policy.exchanges where exchange.isAutomatic && exchange.from == purse {
            for n in 0..<Int64(100) {
                guard try make(exchange, n, of: person, cause: cause, at: moment, in: turn) else { break }
            }
        }
    }

    /// - Returns: whether there was enough.
    private func make(
        _ exchange: Exchange, _ n: Int64, of person: PersonID, cause: EventID, at moment: Instant, in turn: borrowing Turn
    ) throws -> Bool {
        let day = moment.date(turn.identity.offset)
        let lots = try lots(of: person, exchange.from, in: turn.db).filter { $0.isGood(on: day) }
        guard let parts = spread(exchange.take, over: lots.map(\.free)), let to = policy.purse(exchange.to) else { return false }
        let code: TransferCode = exchange.id.named()
        func id(_ part: String) -> EventID { .derived(from: cause, type: "exchange", discriminator: "\(exchange.id) \(n) \(part)") }
        var transfers = parts.enumerated().map { place, part in
            let taken = Account(exchange.from, .programme, exchange.id.named())
            return Transfer(
                id("\(place)"), .single(from: part.account, to: taken, part.part), for: code, cause: cause, moment: moment)
        }
        transfers.append(
            Transfer(
                id("to"), .single(from: issue(to.id), to: account(of: person, to, on: day), exchange.give), for: code, cause: cause,
                moment: moment))
        return try make(linked: transfers, in: turn)
    }

    func reverse(_ command: Envelope<ReverseTransfer>, in turn: borrowing Turn) throws -> Reply<PointsMoved> {
        let wish = command.data
        let newest = try Ledger.newest(in: turn.db)
        return try turn.obey {
            try check(wish.why)
            guard let (id, link) = try Ledger.link(number: wish.number, in: turn.db) else {
                throw Objection("unknown-transfer", "The ledger has no transfer \(wish.number).")
            }
            guard link.kind == .single || link.kind == .post, link.amount > 0, link.origin != id else {
                throw Objection("nothing-moved", "Transfer \(wish.number) moved nothing.")
            }
            guard link.code != "payment", link.code != "refund" else {
                throw Objection("a-payment", "Transfer \(wish.number) is of a payment: the till of its shop pays it back.")
            }
            guard link.code != Self.rideCode, link.code != Self.rideCorrectionCode else {
                throw Objection(
                    "a-ride",
                    "Transfer \(wish.number) is of a ride, which follows from the cards held on board. To make up for it, award the same amount."
                )
            }
            guard let person = [link.debit, link.credit].lazy.compactMap(\.person).first else {
                throw Objection("nobody", "Transfer \(wish.number) is nobody's.")
            }
            // The id follows from the transfer alone, so that two clerks cannot take it back twice.
            let back = Transfer(
                .derived(from: id, type: "reversal"), .single(from: link.credit, to: link.debit, link.amount), for: wish.why, cause: id,
                moment: turn.now)
            switch try make(back, in: turn) {
            case .created: break
            case .exists, .refused(.existsWithDifferentContent):
                throw Objection("reversed", "Transfer \(wish.number) was taken back already.")
            case .refused(let refusal): try check(.refused(refusal))
            }
            return .accept(try moved(person, link.debit.purse, after: newest, in: turn))
        }
    }

    // MARK: Small parts

    /// Oldest-expiring first.
    private func take(
        _ amount: Int64, _ purse: Purse, of person: PersonID, to: (Account) -> Account, _ code: TransferCode, _ cause: EventID,
        in turn: borrowing Turn
    ) throws {
        let day = turn.now.date(turn.identity.offset)
        let lots = try lots(of: person, purse.id, in: turn.db).filter { $0.isGood(on: day) }
        guard let parts = spread(amount, over: lots.map(\.free)) else {
            throw Objection("insufficient", "There are \(lots.reduce(0) { $0 + $1.balance.free }) \(purse.unit) of \(purse.title).")
        }
        let transfers = parts.enumerated().map { n, part in
            Transfer(
                .derived(from: cause, type: "take", discriminator: "\(n)"), .single(from: part.account, to: to(part.account), part.part),
                for: code, cause: cause, moment: turn.now)
        }
        guard try make(linked: transfers, in: turn) else { throw Objection("refused", "The ledger refuses it.") }
    }

    func known(_ id: PurseID) throws -> Purse {
        if let purse = policy.purse(id) { return purse }
        let known = policy.purses.map(\.id.text).joined(separator: ", ")
        throw Objection("unknown-purse", "This town has no purse \(id). It has: \(known.isEmpty ? "none" : known).")
    }

    /// A clerk's reason is not one by which the ledger itself knows what a transfer is of.
    private func check(_ why: TransferCode) throws {
        let own: Set<TransferCode> = ["payment", "refund", Self.rideCode, Self.rideCorrectionCode, "gift", "expiry"]
        let isTaken =
            own.contains(why) || policy.rule(why.named()) != nil || policy.exchanges.contains { $0.id.text == why.text }
        if isTaken { throw Objection("taken-word", "\(why) is what the ledger calls transfers of its own. Give another reason.") }
    }

    private func checked(_ amount: Int64) throws -> Int64 {
        guard (1...Ledger.most).contains(amount) else { throw Objection("bad-amount", "Amounts are 1 to \(Ledger.most).") }
        return amount
    }

    private func check(_ result: TransferResult) throws {
        if case .refused(let refusal) = result {
            throw refusal == .exceedsCredits
                ? Objection("insufficient", "It has been spent already, in part or in whole.")
                : Objection(refusal.rawValue, "The ledger refuses it: \(refusal.rawValue).")
        }
    }

    private func moved(_ person: PersonID, _ purse: PurseID, after newest: Int64, in turn: borrowing Turn) throws -> PointsMoved {
        PointsMoved(
            person, try Array((newest + 1)..<(Ledger.newest(in: turn.db) + 1)),
            balance: try free(of: person, purse, on: turn.now.date(turn.identity.offset), in: turn.db))
    }
}

extension Account {
    /// Whose it is, if it is a person's.
    var person: PersonID? { kind == .person ? PersonID(holder.text) : nil }
}
