/// Whose points: a person's, or those of whoever holds the card that was held over a reader now.
package struct PointsHolder: Codable, Sendable, Equatable {
    package var person: PersonID?
    /// A tap less than a minute old at a reader for `points`.
    package var tap: EventID?

    package init(_ person: PersonID) { self.person = person }
    package init(tap: EventID) { self.tap = tap }
}

/// What somebody has.
package struct ShowPoints: CommandBody {
    package typealias Answer = PointsShown
    package static let type = "points-show"

    /// As it was by the end of a moment; now, if absent.
    package var at: Instant?
    package var holder: PointsHolder

    package init(_ holder: PointsHolder, at moment: Instant? = nil) { (self.holder, at) = (holder, moment) }
}

package struct PointsShown: Codable, Sendable, Equatable {
    package struct Lot: Codable, Sendable, Equatable {
        package var amount: Int64
        package var expires: CalendarDate?
        package var held: Int64?
        package var purse: PurseID

        package init(_ purse: PurseID, _ amount: Int64, held: Int64 = 0, expires: CalendarDate?) {
            (self.purse, self.amount, self.expires) = (purse, amount, expires)
            self.held = held == 0 ? nil : held
        }
    }

    /// By purse, oldest-expiring first.
    package var lots: [Lot]
    package var person: PersonID

    package init(_ person: PersonID, _ lots: [Lot]) { (self.person, self.lots) = (person, lots) }
}

/// Every entry of somebody's, newest first, with what it follows from.
package struct ListEntries: CommandBody {
    package typealias Answer = EntriesPage
    package static let type = "points-history"

    package var before: Int64?
    package var holder: PointsHolder

    package init(_ holder: PointsHolder, before: Int64? = nil) { (self.holder, self.before) = (holder, before) }
}

package struct EntriesPage: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var account: Account
        /// What came, or went if below zero.
        package var amount: Int64
        package var at: Instant
        package var balance: Int64
        package var code: TransferCode
        package var kind: TransferKind
        package var moment: Instant
        package var number: Int64
        package var origin: EventID?
        /// The account on the other side.
        package var other: Account
        /// Where the tap was that it follows from.
        package var place: PlaceID?

        package init(
            _ number: Int64, _ kind: TransferKind, _ account: Account, _ amount: Int64, balance: Int64, other: Account,
            for code: TransferCode,
            origin: EventID?, moment: Instant, at: Instant, place: PlaceID? = nil
        ) {
            (self.number, self.kind, self.account, self.amount, self.balance) = (number, kind, account, amount, balance)
            (self.other, self.code, self.origin, self.moment, self.at, self.place) = (other, code, origin, moment, at, place)
        }
    }

    package var entries: [Entry]
    package var more: Bool
    package var person: PersonID

    package init(_ person: PersonID, _ entries: [Entry], more: Bool) { (self.person, self.entries, self.more) = (person, entries, more) }
}

/// A clerk gives somebody something, or takes it: for what the rules do not know, and for what was paid in at the counter.
package struct MovePoints: CommandBody {
    package typealias Answer = PointsMoved
    package static let type = "points-move"

    package enum Move: String, Codable, Sendable, CaseIterable {
        case award
        /// Oldest-expiring first.
        case take
    }

    package var amount: Int64
    package var expires: CalendarDate?
    package var holder: PointsHolder
    package var move: Move
    package var purse: PurseID
    /// As a clerk knows it: `volunteer-day`.
    package var why: TransferCode

    package init(_ move: Move, _ amount: Int64, of purse: PurseID, _ holder: PointsHolder, why: TransferCode, expires: CalendarDate? = nil)
    {
        (self.move, self.amount, self.purse, self.holder, self.why, self.expires) = (move, amount, purse, holder, why, expires)
    }
}

/// What came of a command: the numbers of its transfers, by which it can be taken back.
package struct PointsMoved: Codable, Sendable, Equatable {
    /// What is there now of this purse.
    package var balance: Int64
    package var numbers: [Int64]
    package var person: PersonID

    package init(_ person: PersonID, _ numbers: [Int64], balance: Int64) {
        (self.person, self.numbers, self.balance) = (person, numbers, balance)
    }
}

/// One person gives another: both cards were held within a minute.
package struct GivePoints: CommandBody {
    package typealias Answer = PointsMoved
    package static let type = "points-give"

    package var amount: Int64
    package var from: EventID
    package var purse: PurseID
    package var to: EventID

    package init(_ amount: Int64, of purse: PurseID, from: EventID, to: EventID) {
        (self.amount, self.purse, self.from, self.to) = (amount, purse, from, to)
    }
}

package struct ExchangePoints: CommandBody {
    package typealias Answer = PointsMoved
    package static let type = "points-exchange"

    package var exchange: Name<Exchange>
    package var holder: PointsHolder
    /// How often; once, if absent.
    package var times: Int64?

    package init(_ exchange: Name<Exchange>, _ holder: PointsHolder, times: Int64? = nil) {
        (self.exchange, self.holder, self.times) = (exchange, holder, times)
    }
}

/// A transfer was wrong: it is undone by a new one the other way, once.
package struct ReverseTransfer: CommandBody {
    package typealias Answer = PointsMoved
    package static let type = "points-reverse"

    package var number: Int64
    package var why: TransferCode

    package init(_ number: Int64, why: TransferCode) { (self.number, self.why) = (number, why) }
}

/// Those who were there are confirmed: what a rule has reserved for their taps is given, or is not.
package struct ConfirmAttendance: CommandBody {
    package typealias Answer = AttendanceConfirmed
    package static let type = "points-confirm"

    package var from: Instant
    /// Nothing is given for these taps.
    package var refuse: Bool?
    package var rule: RuleID
    package var until: Instant

    package init(_ rule: RuleID, from: Instant, until: Instant, refuse: Bool = false) {
        (self.rule, self.from, self.until) = (rule, from, until)
        self.refuse = refuse ? true : nil
    }
}

package struct AttendanceConfirmed: Codable, Sendable, Equatable {
    package var amount: Int64
    package var count: Int
    /// There are more than one command settles.
    package var more: Bool

    package init(_ count: Int, _ amount: Int64, more: Bool) { (self.count, self.amount, self.more) = (count, amount, more) }
}

/// What a rule would have paid on taps that are kept, a few people at a time.
package struct TryRule: CommandBody {
    package typealias Answer = RuleTried
    package static let type = "points-try"

    package var after: String?
    package var from: Instant
    package var rule: RuleID
    package var until: Instant

    package init(_ rule: RuleID, from: Instant, until: Instant, after: String? = nil) {
        (self.rule, self.from, self.until, self.after) = (rule, from, until, after)
    }
}

package struct RuleTried: Codable, Sendable, Equatable {
    package var amount: Int64
    package var awards: Int64
    /// Taps that would have been paid but for a cap.
    package var capped: Int64
    /// What to ask for next; absent at the end.
    package var next: String?
    package var people: Int64
    package var taps: Int64

    package init() { (amount, awards, capped, people, taps) = (0, 0, 0, 0, 0) }
}

/// Computes a slice of the ledger anew.
package struct VerifyLedger: CommandBody {
    package typealias Answer = LedgerVerified
    package static let type = "points-verify"

    /// The transfer after which to go on, and its digest as the slice before has given it.
    package var after: Int64
    package var digest: String?

    package init(after: Int64 = 0, digest: String? = nil) { (self.after, self.digest) = (after, digest) }
}

package struct LedgerVerified: Codable, Sendable, Equatable {
    package var accounts: Int64?
    /// SHA-256 of the chain up to here, in base64url.
    package var digest: String
    /// The first thing that is wrong.
    package var fault: String?
    package var of: Int64
    package var through: Int64

    package init(through: Int64, of: Int64, digest: String, fault: String? = nil, accounts: Int64? = nil) {
        (self.through, self.of, self.digest, self.fault, self.accounts) = (through, of, digest, fault, accounts)
    }
}

extension Channel where Body == ShowPoints {
    package static var showPoints: Self { Self(of: "points", named: "points-show") }
}

extension Channel where Body == ListEntries {
    package static var listEntries: Self { Self(of: "points", named: "points-history") }
}

extension Channel where Body == MovePoints {
    package static var movePoints: Self { Self(of: "points", named: "points-move") }
}

extension Channel where Body == GivePoints {
    package static var givePoints: Self { Self(of: "points", named: "points-give") }
}

extension Channel where Body == ExchangePoints {
    package static var exchangePoints: Self { Self(of: "points", named: "points-exchange") }
}

extension Channel where Body == ReverseTransfer {
    package static var reverseTransfer: Self { Self(of: "points", named: "points-reverse") }
}

extension Channel where Body == ConfirmAttendance {
    package static var confirmAttendance: Self { Self(of: "points", named: "points-confirm") }
}

extension Channel where Body == TryRule {
    package static var tryRule: Self { Self(of: "points", named: "points-try") }
}

extension Channel where Body == VerifyLedger {
    package static var verifyLedger: Self { Self(of: "points", named: "points-verify") }
}
