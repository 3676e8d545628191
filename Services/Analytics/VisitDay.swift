import Contracts
import ServiceKit

/// A day of visits, by its number after 1970-01-01. It begins with `day-starts`: whoever leaves at half past midnight came today.
struct VisitDay: Hashable, Comparable {
    let number: Int64

    init(number: Int64) { self.number = number }

    init(_ date: CalendarDate) { number = Instant(startOf: date, .utc).milliseconds / 86_400_000 }

    var date: CalendarDate { Instant(milliseconds: number * 86_400_000).date(.utc) }
    /// Its month, as tables have it: year × 12 + month − 1.
    var month: Int64 {
        let date = date
        return Int64(date.year) * 12 + Int64(date.month) - 1
    }
    var next: Self { Self(number: number + 1) }
    /// The first day of its month.
    var firstOfMonth: Self { Self(Month(of: date).first) }

    static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

extension Analytics {
    func day(of moment: Instant, in turn: borrowing Turn) -> VisitDay {
        let offset = Int64(turn.identity.offset.minutes - policy.dayStarts) * 60_000
        let local = moment.milliseconds + offset
        return VisitDay(number: local / 86_400_000 - (local % 86_400_000 < 0 ? 1 : 0))
    }

    func start(of day: VisitDay, in turn: borrowing Turn) -> Instant {
        Instant(startOf: day.date, turn.identity.offset) + .seconds(policy.dayStarts * 60)
    }

    /// The first day of which visits can still be made anew.
    func firstOpenDay(in turn: borrowing Turn) -> VisitDay { day(of: turn.now - policy.waitsFor, in: turn) }
}
