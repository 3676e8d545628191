import Contracts
import Seal
import ServiceKit
import Store

/// What a till does with the payments of its shop afterwards: confirms what was held, gives it up, pays back.
extension Points {
    private static let page = 20

    func list(_ command: Envelope<ListPayments>, in turn: borrowing Turn) throws -> Reply<PaymentsPage> {
        let shop = command.data.shop
        if let objection = notOf(shop, turn.actor) { return objection.reply() }
        let rows = try turn.db.all(
            "SELECT row FROM payment WHERE shop = ? AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?", shop.text,
            command.data.before?.bytes, Self.page + 1
        ) { try $0.blob(0).decoded(as: Payment.self) }
        return .accept(PaymentsPage(rows.prefix(Self.page).map(\.forTill), more: rows.count > Self.page))
    }

    func change(_ command: Envelope<ChangePayment>, in turn: borrowing Turn) throws -> Reply<PaymentChanged> {
        let wish = command.data
        if let objection = notOf(wish.shop, turn.actor) { return objection.reply() }
        return try turn.obey {
            guard var payment = try payment(wish.payment, in: turn.db), payment.shop == wish.shop else {
                throw Objection("unknown-payment", "\(wish.shop) has no payment \(wish.payment).")
            }
            switch wish.change {
            case .confirm: try confirm(&payment, wish.amount, command.id, in: turn)
            case .void: try void(&payment, command.id, in: turn)
            case .refund: try refund(&payment, wish.amount, command.id, in: turn)
            }
            try write(payment, in: turn)
            let changed = PaymentChanged(payment, by: turn.actor)
            try turn.emit(changed, on: .payments, cause: command.id, subject: payment.shop.text)
            return .accept(PaymentChanged(payment.forTill, by: turn.actor))
        }
    }

    /// A till speaks for one shop.
    private func notOf(_ shop: ShopID, _ actor: UserID) -> Objection? {
        guard actor != Role.till.user(shop.named()) else { return nil }
        return Objection("not-yours", "\(actor) is not the till of \(shop).")
    }

    private func confirm(_ payment: inout Payment, _ amount: Int64?, _ cause: EventID, in turn: borrowing Turn) throws {
        guard payment.status == .held else { throw ended(payment) }
        var rest = amount ?? payment.paid
        guard (1...payment.paid).contains(rest) else {
            throw Objection("bad-amount", "1 to \(payment.paid) yen are held.")
        }
        for (n, part) in payment.parts.enumerated() {
            // Oldest-expiring first; what is less than one of the purse stays with the person.
            let units = min(part.amount, rest * part.amount / part.yen)
            payment.parts[n].amount = units
            payment.parts[n].yen = part.yen / part.amount * units
            rest -= payment.parts[n].yen
            let held = Self.transfer(n, of: payment.id)
            let move = Transfer(
                .derived(from: cause, type: "confirm", discriminator: "\(n)"), units > 0 ? .post(held, units) : .void(held), for: "payment",
                cause: cause, moment: turn.now)
            guard try make(move, in: turn).isThere else { throw ended(payment) }
        }
        payment.parts.removeAll { $0.amount == 0 }
        payment.paid = payment.parts.reduce(0) { $0 + $1.yen }
        guard payment.paid > 0 else { throw Objection("bad-amount", "What is held pays whole vouchers alone, each of more than that.") }
        payment.status = .paid
    }

    private func void(_ payment: inout Payment, _ cause: EventID, in turn: borrowing Turn) throws {
        guard payment.status == .held else { throw ended(payment) }
        for n in payment.parts.indices {
            let move = Transfer(
                .derived(from: cause, type: "void", discriminator: "\(n)"), .void(Self.transfer(n, of: payment.id)), for: "payment",
                cause: cause, moment: turn.now)
            guard try make(move, in: turn).isThere else { throw ended(payment) }
        }
        payment.status = .voided
    }

    /// Back to where it came from, latest-expiring first. What was paid back once is not there to be paid back again.
    private func refund(_ payment: inout Payment, _ amount: Int64?, _ cause: EventID, in turn: borrowing Turn) throws {
        guard payment.status == .paid else { throw ended(payment) }
        let whole = payment.parts.reduce(0) { $0 + $1.yen } - payment.refunded
        guard whole > 0 else { throw Objection("refunded", "All of this payment was paid back already.") }
        var rest = amount ?? whole
        guard (1...whole).contains(rest) else { throw Objection("bad-amount", "1 to \(whole) yen can be paid back.") }
        var transfers: [Transfer] = []
        for n in payment.parts.indices.reversed() {
            let part = payment.parts[n]
            let worth = part.yen / part.amount
            let units = min(part.amount - (part.refunded ?? 0), rest / worth)
            guard units > 0, let account = part.account else { continue }
            transfers.append(
                Transfer(
                    .derived(from: cause, type: "refund", discriminator: "\(n)"),
                    .single(from: Account(part.purse, .shop, payment.shop.named()), to: account, units), for: "refund",
                    cause: payment.id, moment: turn.now))
            payment.parts[n].refunded = (part.refunded ?? 0) + units
            rest -= units * worth
        }
        guard rest == 0 else { throw Objection("bad-amount", "That much cannot be paid back in whole vouchers.") }
        guard try make(linked: transfers, in: turn) else { throw Objection("refused", "The ledger refuses it.") }
        payment.refunded += amount ?? whole
    }

    private func ended(_ payment: Payment) -> Objection {
        Objection("not-possible", "This payment is \(payment.status.rawValue): that is not possible any more.")
    }

    /// What was held and not confirmed.
    func expirePayments(in turn: borrowing Turn) throws -> Instant? {
        let due = try turn.db.all("SELECT row FROM payment WHERE due <= ? ORDER BY due LIMIT 200", turn.now.milliseconds) {
            try $0.blob(0).decoded(as: Payment.self)
        }
        for var payment in due {
            payment.status = .expired
            try write(payment, in: turn)
            try turn.emit(PaymentChanged(payment), on: .payments, cause: payment.id, discriminator: "expired", subject: payment.shop.text)
        }
        let next = try turn.db.first("SELECT min(due) FROM payment WHERE due IS NOT NULL") { $0.intIfPresent(0) } ?? nil
        return next.map { Instant(milliseconds: $0) }
    }

    func payment(_ id: EventID, in db: borrowing Transaction) throws -> Payment? {
        try db.first("SELECT row FROM payment WHERE id = ?", id.bytes) { try $0.blob(0).decoded(as: Payment.self) }
    }

    func write(_ payment: Payment, due: Instant? = nil, in turn: borrowing Turn) throws {
        try turn.db.run(
            "INSERT OR REPLACE INTO payment (id, shop, due, row) VALUES (?, ?, ?, ?)", payment.id.bytes, payment.shop.text,
            due?.milliseconds, try payment.json())
    }
}
