/// A till asks that the next card at a reader of its shop pay so much. The reader says the amount with the tap, so that a shop that is cut off sells too.
package struct Charge: CommandBody {
    package typealias Answer = Done
    package static let type = "charge"

    /// Yen.
    package var amount: Int64
    /// Only reserved, until the till confirms what it came to.
    package var hold: Bool?
    /// As much as there is; the rest is paid otherwise.
    package var partial: Bool?
    package var reader: ReaderID

    package init(_ amount: Int64, at reader: ReaderID, hold: Bool = false, partial: Bool = false) {
        (self.amount, self.reader) = (amount, reader)
        (self.hold, self.partial) = (hold ? true : nil, partial ? true : nil)
    }
}

/// What a card at a reader agrees to pay, as the reader showed it.
package struct TapCharge: Codable, Sendable, Hashable {
    /// Yen; at most ten million.
    package var amount: Int64
    package var hold: Bool?
    package var partial: Bool?

    package static let amounts: ClosedRange<Int64> = 1...10_000_000

    package init(_ amount: Int64, hold: Bool = false, partial: Bool = false) {
        self.amount = amount
        (self.hold, self.partial) = (hold ? true : nil, partial ? true : nil)
    }
}

/// Somebody paid at a shop, or did not: how it stands.
package struct Payment: Codable, Sendable, Equatable {
    package enum Status: String, Codable, Sendable, CaseIterable {
        /// Reserved.
        case held
        case paid
        /// A reservation that was given up, by the till or by the clock.
        case voided, expired
        /// Nothing moved.
        case refused
    }

    package enum Refusal: String, Codable, Sendable, CaseIterable {
        /// Nobody is known by this card.
        case unknownCard = "unknown-card"
        /// There is not so much that pays here.
        case insufficient
        /// What there is pays only with a card that proves itself.
        case notProved = "not-proved"
        /// The tap was longer ago than taps are kept.
        case tooLate = "too-late"
    }

    /// Of one lot of one purse.
    package struct Part: Codable, Sendable, Equatable {
        /// Whose; absent where a till is told.
        package var account: Account?
        /// Of the purse's unit.
        package var amount: Int64
        package var purse: PurseID
        package var refunded: Int64?
        package var yen: Int64

        package init(_ account: Account, _ amount: Int64, yen: Int64) {
            (self.account, purse, self.amount, self.yen) = (account, account.purse, amount, yen)
        }
    }

    /// Yen asked.
    package var asked: Int64
    package var at: Instant
    package var id: EventID
    /// What a shop that was cut off took beyond what was there, in yen.
    package var overdraft: Int64?
    /// Yen that moved or are reserved.
    package var paid: Int64
    package var parts: [Part]
    package var person: PersonID?
    package var refunded: Int64
    package var refusal: Refusal?
    package var shop: ShopID
    package var status: Status

    package init(_ id: EventID, at shop: ShopID, _ asked: Int64, by person: PersonID?, _ status: Status, at moment: Instant) {
        (self.id, self.shop, self.asked, self.person, self.status, at) = (id, shop, asked, person, status, moment)
        (paid, parts, refunded) = (0, [], 0)
    }

    /// What a shop may know of it: not who it was, nor whether it was somebody who was there before.
    package var forTill: Self {
        var payment = self
        payment.person = nil
        for n in payment.parts.indices { payment.parts[n].account = nil }
        return payment
    }
}

/// A receipt (領収).
package struct PaymentChanged: EventBody {
    package static let type = "payment"

    /// Absent where the card or the clock has done it.
    package var by: UserID?
    package var payment: Payment

    package init(_ payment: Payment, by: UserID? = nil) { (self.payment, self.by) = (payment, by) }
}

/// A till looks at the payments of its shop, newest first.
package struct ListPayments: CommandBody {
    package typealias Answer = PaymentsPage
    package static let type = "payment-list"

    package var before: EventID?
    package var shop: ShopID

    package init(_ shop: ShopID, before: EventID? = nil) { (self.shop, self.before) = (shop, before) }
}

package struct PaymentsPage: Codable, Sendable, Equatable {
    package var more: Bool
    package var payments: [Payment]

    package init(_ payments: [Payment], more: Bool) { (self.payments, self.more) = (payments, more) }
}

/// A till confirms what was held, gives it up, or pays back what was paid.
package struct ChangePayment: CommandBody {
    package typealias Answer = PaymentChanged
    package static let type = "payment-change"

    package enum Change: String, Codable, Sendable, CaseIterable { case confirm, void, refund }

    /// Yen; all of it if absent.
    package var amount: Int64?
    package var change: Change
    package var payment: EventID
    package var shop: ShopID

    package init(_ change: Change, _ payment: EventID, at shop: ShopID, _ amount: Int64? = nil) {
        (self.change, self.payment, self.shop, self.amount) = (change, payment, shop, amount)
    }
}

/// What the person at a reader should see and hear of points now. Seconds of life, no names.
package struct PointsFeedback: FeedbackBody {
    package static let type = "points-feedback"

    package enum Signal: String, Codable, Sendable, CaseIterable {
        /// So much was given.
        case earned
        /// So much was paid, or will be.
        case paid
        /// Less than was asked: the rest is to be paid otherwise.
        case part
        /// To be paid in cash: nothing is wrong with the card.
        case cash
        case refused
    }

    /// Units given, or yen.
    package var amount: Int64?
    package var reader: ReaderID
    package var signal: Signal
    package var tap: EventID

    package init(tap: EventID, reader: ReaderID, signal: Signal, amount: Int64? = nil) {
        (self.tap, self.reader, self.signal, self.amount) = (tap, reader, signal, amount)
    }
}

extension PointsFeedback {
    package func write(to line: inout JSONLine) throws {
        line.open()
        if let amount { line.member("amount", amount) }
        line.member("reader", reader)
        line.member("signal", signal)
        line.member("tap", tap)
        line.close()
    }
}

extension Channel where Body == Charge {
    package static var charge: Self { Self(of: "reader-agent", named: "charge", toOneOfMany: true) }
}

extension Channel where Body == PaymentChanged {
    package static var payments: Self { Self(of: "points", named: "payment") }
}

extension Channel where Body == ListPayments {
    package static var listPayments: Self { Self(of: "points", named: "payment-list") }
}

extension Channel where Body == ChangePayment {
    package static var changePayment: Self { Self(of: "points", named: "payment-change") }
}

extension Channel where Body == PointsFeedback {
    package static var pointsFeedback: Self { Self(of: "points", named: "tap") }
}
