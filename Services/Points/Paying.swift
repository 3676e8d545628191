import Contracts
import Seal
import ServiceKit
import Store

/// A card at a shop's reader pays what the reader showed: with whatever pays there, oldest-expiring first.
extension Points {
    /// A tap that is older when it comes was taken by a shop or vehicle that was cut off.
    static let liveFor = Duration.seconds(30)
    /// How long a till has to confirm what is held.
    private static let heldFor = Duration.seconds(24 * 3600)

    func pay(_ charge: TapCharge, at id: ShopID, by person: PersonID?, for tap: KeptTap, in turn: borrowing Turn) throws -> Payment {
        var payment = Payment(
            .derived(from: tap.id, type: PaymentChanged.type), at: id, charge.amount, by: person, .refused, at: tap.at)
        payment.refusal = try refusal(of: charge, at: id, by: person, tap, &payment, in: turn)
        if payment.refusal == nil { payment.status = charge.hold == true ? .held : .paid }
        try write(payment, due: payment.status == .held ? turn.now + Self.heldFor : nil, in: turn)
        try turn.emit(PaymentChanged(payment), on: .payments, cause: tap.id, subject: id.text, time: tap.at)
        return payment
    }

    /// Moves it, or tells why not.
    private func refusal(
        of charge: TapCharge, at id: ShopID, by person: PersonID?, _ tap: KeptTap, _ payment: inout Payment, in turn: borrowing Turn
    ) throws -> Payment.Refusal? {
        guard let person else { return .unknownCard }
        guard let shop = policy.shop(id), turn.now - tap.at < policy.keepsTaps else { return .tooLate }
        let day = tap.at.date(turn.identity.offset)
        let all = policy.purses.filter { $0.pays(at: shop) }
        let purses = all.filter { $0.accepts == .read || tap.assurance == .proved }
        var rest = charge.amount
        for lot in try lots(of: person, in: turn.db) where lot.isGood(on: day) {
            guard let purse = purses.first(where: { $0.id == lot.account.purse }) else { continue }
            let units = min(lot.balance.free, rest / purse.worth)
            guard units > 0 else { continue }
            payment.parts.append(Payment.Part(lot.account, units, yen: units * purse.worth))
            rest -= units * purse.worth
        }
        var overdraft: (purse: Purse, units: Int64)?
        if rest > 0, charge.partial != true {
            overdraft = charge.hold == true ? nil : try self.overdraft(of: rest, by: person, purses, at: tap.at, in: turn)
            guard overdraft != nil else {
                payment.parts = []
                return purses.count < all.count ? .notProved : .insufficient
            }
            payment.overdraft = rest
        }
        guard !payment.parts.isEmpty || overdraft != nil else { return purses.count < all.count ? .notProved : .insufficient }
        var transfers = payment.parts.enumerated().compactMap { n, part in
            part.account.map {
                transfer(n, $0, shop.account(part.purse), part.amount, holds: charge.hold == true, of: payment, cause: tap.id)
            }
        }
        if let overdraft {
            let from = Account(overdraft.purse.id, .overdraft, shop.id.named())
            transfers.append(
                transfer(transfers.count, from, shop.account(overdraft.purse.id), overdraft.units, holds: false, of: payment, cause: tap.id)
            )
        }
        guard try make(linked: transfers, in: turn) else {
            (payment.parts, payment.overdraft) = ([], nil)
            return .insufficient
        }
        if let overdraft { try noteOverdraft(overdraft.units, of: overdraft.purse.id, by: person, cause: tap.id, in: turn.db) }
        payment.paid = payment.parts.reduce(payment.overdraft ?? 0) { $0 + $1.yen }
        return nil
    }

    private func transfer(
        _ n: Int, _ from: Account, _ to: Account, _ amount: Int64, holds: Bool, of payment: Payment, cause: EventID
    ) -> Transfer {
        let move: Transfer.Move =
            holds ? .pending(from: from, to: to, amount, timeout: Self.heldFor) : .single(from: from, to: to, amount)
        return Transfer(Self.transfer(n, of: payment.id), move, for: "payment", cause: cause, moment: payment.at)
    }

    static func transfer(_ n: Int, of payment: EventID) -> EventID { .derived(from: payment, type: "part", discriminator: "\(n)") }

    // MARK: Cut off

    /// A shop that is cut off cannot know what is there: what it took is somebody's loss up to the purse's limit, and is booked as such.
    func overdraft(
        of yen: Int64, by person: PersonID, _ purses: [Purse], at moment: Instant, in turn: borrowing Turn
    ) throws -> (purse: Purse, units: Int64)? {
        guard turn.now - moment > Self.liveFor else { return nil }
        for purse in purses where purse.offlineLimit > 0 && yen % purse.worth == 0 {
            let units = yen / purse.worth
            if try overdrawn(purse.id, by: person, in: turn.db) + units <= purse.offlineLimit { return (purse, units) }
        }
        return nil
    }

    func overdrawn(_ purse: PurseID, by person: PersonID, in db: borrowing Transaction) throws -> Int64 {
        try names(of: person, in: db).reduce(0) { sum, name in
            try sum
                + (db.first("SELECT coalesce(sum(amount), 0) FROM overdrawn WHERE person = ? AND purse = ?", name.text, purse.text) {
                    $0.int(0)
                } ?? 0)
        }
    }

    func noteOverdraft(_ units: Int64, of purse: PurseID, by person: PersonID, cause: EventID, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR IGNORE INTO overdrawn (person, purse, cause, amount) VALUES (?, ?, ?, ?)", person.text, purse.text, cause.bytes,
            units)
    }
}

extension Purse {
    func pays(at shop: Shop) -> Bool {
        guard shops != nil || categories != nil else { return true }
        return shops?.contains(shop.id) == true || shop.category.map { categories?.contains($0) == true } == true
    }
}

extension Shop {
    func account(_ purse: PurseID) -> Account { Account(purse, .shop, id.named()) }
}

extension Payment {
    /// What the person at the reader is told.
    var signal: PointsFeedback.Signal {
        switch status {
        case .held, .paid: paid < asked ? .part : .paid
        case .voided, .expired, .refused: .refused
        }
    }
}
