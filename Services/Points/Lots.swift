import Contracts

extension Purse.Expiry {
    /// The last day on which what was given on a day can be spent; `nil` where that lies beyond the calendar.
    package func lastDay(from day: CalendarDate) -> CalendarDate? {
        switch self {
        case .months(let count):
            let month = day.year * 12 + day.month - 1 + count
            return CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)?.lastOfMonth
        case .days(let count): return day.adding(count)
        case .on(let last): return last
        case .yearly(let ordinal):
            return [day.year, day.year + 1].lazy.compactMap { Self.day(ordinal, of: $0) }.first { $0 >= day }
        }
    }

    /// 29 February is the last of February in common years.
    private static func day(_ ordinal: Int, of year: Int) -> CalendarDate? {
        CalendarDate(year: year, month: ordinal / 100, day: ordinal % 100)
            ?? CalendarDate(year: year, month: ordinal / 100, day: 1)?.lastOfMonth
    }
}

extension CalendarDate {
    var lastOfMonth: CalendarDate? { (28...31).reversed().lazy.compactMap { CalendarDate(year: year, month: month, day: $0) }.first }
}

/// Takes an amount from what is free in some accounts: purse by purse in the order in which they are given, and in each what expires first.
/// - Returns: how much from which, `nil` where there is not enough.
package func spread(_ amount: Int64, over lots: [(account: Account, free: Int64)]) -> [(account: Account, part: Int64)]? {
    guard amount >= 0 else { return nil }
    var ranks: [PurseID: Int] = [:]
    for lot in lots where ranks[lot.account.purse] == nil { ranks[lot.account.purse] = ranks.count }
    func rank(_ account: Account) -> (Int, CalendarDate) { (ranks[account.purse] ?? 0, account.expires ?? "9999-12-31") }
    var rest = amount
    var parts: [(account: Account, part: Int64)] = []
    for lot in lots.sorted(by: { rank($0.account) < rank($1.account) }) where rest > 0 && lot.free > 0 {
        let part = min(rest, lot.free)
        parts.append((lot.account, part))
        rest -= part
    }
    return rest == 0 ? parts : nil
}
