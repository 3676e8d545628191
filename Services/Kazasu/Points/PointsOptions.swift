import Contracts
import Town

// The options and operands that several commands of points share.

extension Option where Value == ReaderPlace {
    /// One reader, one card: as `whom` reads it.
    static var pointsTap: Self {
        Self("--tap", "AGENT/READER", "the card held over this reader for points", expected: "a reader such as chamber/reader-1") {
            ReaderPlace($0)
        }
    }
}

extension Option where Value == TransferCode {
    static var code: Self {
        Self(
            "--why", "CODE", "why, in a word that stands in the ledger and in the person's history",
            expected: "a word such as volunteer-day: a-z, 0-9 and -"
        ) { TransferCode($0) }
    }
}

extension Option where Value == CalendarDate {
    static var expires: Self {
        Self("--expires", "DATE", "the last day on which it can be spent (default: as the purse says)", expected: Day.expected) {
            CalendarDate($0)
        }
    }
    static func firstDay(_ help: String) -> Self { Self("--from", "DATE", help, expected: Day.expected) { CalendarDate($0) } }
    static func lastDay(_ help: String) -> Self { Self("--to", "DATE", help, expected: Day.expected) { CalendarDate($0) } }
}

extension Option where Value == PurseID {
    static var purse: Self {
        Self("--purse", "PURSE", "of which purse of the town's file", expected: "a purse such as points") { PurseID($0) }
    }
}

extension Option where Value == Int64 {
    static var amount: Self {
        Self("--amount", "N", "what each is given", expected: "a whole number above 0") { wholeNumber($0) }
    }
}

extension Operand where Value == Int64 {
    static var amount: Self { Self("AMOUNT", expected: "a whole number above 0") { wholeNumber($0) } }
    static var transfer: Self {
        Self("NUMBER", expected: "the number of a transfer; kazasu points history shows them") { wholeNumber($0) }
    }
}

extension Operand where Value == PurseID {
    static var purse: Self { Self("PURSE", expected: "a purse of the town's file such as points") { PurseID($0) } }
}

extension Operand where Value == RuleID {
    static var earningRule: Self { Self("RULE", expected: "a rule of the town's file such as gym-visit") { RuleID($0) } }
}

extension Operand where Value == CampaignID {
    static var campaign: Self { Self("ID", expected: "a campaign's name such as spring-2027: a-z, 0-9 and -") { CampaignID($0) } }
}

extension Operand where Value == String {
    static var listFile: Self { Self("FILE", expected: "the path of a CSV file") { $0.isEmpty ? nil : $0 } }
}

/// `1000`, `1,000`; above zero.
func wholeNumber(_ text: String) -> Int64? { Int64(narrowed(text).filter { $0 != "," }).flatMap { $0 > 0 ? $0 : nil } }
