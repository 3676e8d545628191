package enum HolderKind {}
package enum TransferCodeKind {}
/// What a transfer is for, as a clerk knows it: the name of a rule, a programme or a command.
package typealias TransferCode = Name<TransferCodeKind>

/// One side of a transfer: whose account of one purse. What expires on different days lies in accounts of their own, so that the oldest can be spent first.
package struct Account: Hashable, Sendable, WrittenAsText {
    package enum Kind: String, Sendable, CaseIterable {
        /// Where points come from: its debits are all that was ever given out.
        case issue
        case person, shop, carrier, programme
        /// Where what has expired goes.
        case expiry
        /// What a vehicle or shop that was cut off took beyond what was there.
        case overdraft
    }

    package static var form: String { "an account: purse/kind/holder, and /date where it expires" }
    package static var pattern: String {
        "^[a-z0-9][a-z0-9-]{0,62}/(\(Kind.allCases.map(\.rawValue).joined(separator: "|")))/[a-z0-9][a-z0-9-]{0,62}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?$"
    }
    package static var sample: String { "points/issue/town" }

    package var purse: PurseID
    package var kind: Kind
    /// `p-7k3mq2x5t4w2vbza`, `bakery`, `2026`.
    package var holder: Name<HolderKind>
    /// The last day on which what is in it can be spent.
    package var expires: CalendarDate?

    package init(_ purse: PurseID, _ kind: Kind, _ holder: Name<HolderKind>, expires: CalendarDate? = nil) {
        (self.purse, self.kind, self.holder, self.expires) = (purse, kind, holder, expires)
    }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (3...4).contains(parts.count), let purse = PurseID(parts[0]), let kind = Kind(rawValue: String(parts[1])),
            let holder = Name<HolderKind>(parts[2])
        else { return nil }
        let expires = parts.count == 4 ? CalendarDate(parts[3]) : nil
        guard parts.count == 3 || expires != nil else { return nil }
        self.init(purse, kind, holder, expires: expires)
    }

    package var description: String {
        var text: [UInt8] = []
        write(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    package func write(to out: inout [UInt8]) {
        for (place, part) in [purse.text, kind.rawValue, holder.text].enumerated() {
            if place > 0 { out.append(UInt8(ascii: "/")) }
            out.append(contentsOf: part.utf8)
        }
        guard let expires else { return }
        out.append(UInt8(ascii: "/"))
        expires.write(to: &out)
    }

    /// Whether its debits, pending ones among them, never exceed its credits (TigerBeetle, Account, `debits_must_not_exceed_credits`).
    package var isGuarded: Bool { kind == .person }
}
