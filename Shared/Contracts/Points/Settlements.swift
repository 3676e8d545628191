/// With whom a town settles: a shop, a carrier, or a fund; and what a shop or carrier that was cut off took beyond what was there.
package struct Party: Hashable, Sendable, WrittenAsText {
    package static var form: String { "a party: shop/…, carrier/…, expiry/… or overdraft/…" }
    package static var pattern: String { "^(shop|carrier|expiry|overdraft)/[a-z0-9][a-z0-9-]{0,62}$" }
    package static var sample: String { "shop/bakery" }

    package let kind: Account.Kind
    package let holder: Name<HolderKind>

    package init?(_ kind: Account.Kind, _ holder: Name<HolderKind>) {
        guard [.shop, .carrier, .expiry, .overdraft].contains(kind) else { return nil }
        (self.kind, self.holder) = (kind, holder)
    }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Account.Kind(rawValue: String(parts[0])), let holder = Name<HolderKind>(parts[1]) else {
            return nil
        }
        self.init(kind, holder)
    }

    package var description: String { "\(kind.rawValue)/\(holder)" }
    package func account(_ purse: PurseID) -> Account { Account(purse, kind, holder) }
}

/// What a party took and gave back from one moment of the ledger to another (精算). The ledger's own time never goes back, so what is settled stays as it is.
package struct Settlement: Codable, Sendable, Equatable {
    package struct Line: Codable, Sendable, Equatable {
        /// Taken, in the purse's unit, and given back.
        package var back: Int64
        package var backCount: Int
        package var purse: PurseID
        package var taken: Int64
        package var takenCount: Int
        /// What remains, in yen.
        package var yen: Int64

        package init(_ purse: PurseID, taken: Int64, _ takenCount: Int, back: Int64, _ backCount: Int, yen: Int64) {
            (self.purse, self.taken, self.takenCount, self.back, self.backCount, self.yen) = (
                purse, taken, takenCount, back, backCount, yen
            )
        }
    }

    package struct Day: Codable, Sendable, Equatable {
        package var date: CalendarDate
        package var yen: Int64

        package init(_ date: CalendarDate, _ yen: Int64) { (self.date, self.yen) = (date, yen) }
    }

    /// Absent while the period can still be looked at in another way.
    package var closed: Instant?
    package var closedBy: UserID?
    package var days: [Day]
    /// Yen.
    package var fee: Int64
    package var from: CalendarDate
    package var lines: [Line]
    package var party: Party
    /// What is to be paid out, in yen.
    package var payable: Int64
    /// The last day.
    package var to: CalendarDate
    package var yen: Int64

    package init(_ party: Party, from: CalendarDate, to: CalendarDate, _ lines: [Line], days: [Day], fee: Int64) {
        (self.party, self.from, self.to, self.lines, self.days, self.fee) = (party, from, to, lines, days, fee)
        yen = lines.reduce(0) { $0 + $1.yen }
        payable = yen - fee
    }
}

/// At most a year.
package struct ShowSettlement: CommandBody {
    package typealias Answer = Settlement
    package static let type = "settlement-show"

    package var from: CalendarDate
    package var party: Party
    package var to: CalendarDate

    package init(_ party: Party, from: CalendarDate, to: CalendarDate) { (self.party, self.from, self.to) = (party, from, to) }
}

/// Signs off a period: it follows on the last one, and what comes later falls into the next.
package struct CloseSettlement: CommandBody {
    package typealias Answer = SettlementClosed
    package static let type = "settlement-close"

    package var from: CalendarDate
    package var party: Party
    package var to: CalendarDate

    package init(_ party: Party, from: CalendarDate, to: CalendarDate) { (self.party, self.from, self.to) = (party, from, to) }
}

package struct SettlementClosed: EventBody {
    package static let type = "settlement"

    package var settlement: Settlement

    package init(_ settlement: Settlement) { self.settlement = settlement }
}

/// Those that were closed, newest first.
package struct ListSettlements: CommandBody {
    package typealias Answer = SettlementsPage
    package static let type = "settlement-list"

    package var before: CalendarDate?
    package var party: Party

    package init(_ party: Party, before: CalendarDate? = nil) { (self.party, self.before) = (party, before) }
}

package struct SettlementsPage: Codable, Sendable, Equatable {
    package var more: Bool
    package var settlements: [Settlement]

    package init(_ settlements: [Settlement], more: Bool) { (self.settlements, self.more) = (settlements, more) }
}

extension Channel where Body == ShowSettlement {
    package static var showSettlement: Self { Self(of: "points", named: "settlement-show") }
}

extension Channel where Body == CloseSettlement {
    package static var closeSettlement: Self { Self(of: "points", named: "settlement-close") }
}

extension Channel where Body == SettlementClosed {
    package static var settlements: Self { Self(of: "points", named: "settlement") }
}

extension Channel where Body == ListSettlements {
    package static var listSettlements: Self { Self(of: "points", named: "settlement-list") }
}
