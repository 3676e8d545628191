/// Days off by the national holidays act (国民の祝日に関する法律, Act No. 178 of 1948), as it stood in each year from 2000 to 2099.
///
/// Article 2 names the holidays; article 3 adds the day after one that falls on a Sunday (振替休日) and a day between two (国民の休日).
package enum NationalHoliday {
    /// What the Cabinet Office's list (国民の祝日・休日) calls a day without a name of its own.
    package static let dayOff = "休日"

    /// The name of a day off, `休日` for those that have none; nil for all other days, and for every day of the years before 2000 and after 2099.
    package static func name(of day: CalendarDate) -> String? {
        guard (2000...2099).contains(day.year) else { return nil }
        return named(day) ?? (isSubstitute(day) || isBetween(day) ? dayOff : nil)
    }

    /// Article 2, and the days that single acts made holidays or moved.
    private static func named(_ day: CalendarDate) -> String? {
        switch (day.month, day.day) {
        case (1, 1): "元日"
        case (1, 8...14) where day.weekday == .monday: "成人の日"
        case (2, 11): "建国記念の日"
        case (2, 23) where day.year >= 2020, (12, 23) where day.year <= 2018: "天皇誕生日"
        case (3, equinox(20.8431, day.year)): "春分の日"
        case (4, 29): day.year >= 2007 ? "昭和の日" : "みどりの日"
        // Act No. 99 of 2018: the accession, and the ceremony of it, count as holidays.
        case (5, 1) where day.year == 2019, (10, 22) where day.year == 2019: dayOff
        case (5, 3): "憲法記念日"
        case (5, 4) where day.year >= 2007: "みどりの日"
        case (5, 5): "こどもの日"
        case (7, _) where day.day == marineDay(of: day): "海の日"
        case (7, 24) where day.year == 2020, (7, 23) where day.year == 2021: "スポーツの日"
        case (8, _) where day.day == mountainDay(day.year): "山の日"
        case (9, 15) where day.year <= 2002, (9, 15...21) where day.year >= 2003 && day.weekday == .monday: "敬老の日"
        case (9, equinox(23.2488, day.year)): "秋分の日"
        case (10, 8...14) where day.weekday == .monday && ![2020, 2021].contains(day.year):
            day.year >= 2020 ? "スポーツの日" : "体育の日"
        case (11, 3): "文化の日"
        case (11, 23): "勤労感謝の日"
        default: nil
        }
    }

    // The special acts on the Olympic Games (Act No. 33 of 2015, amended in 2018 and 2020) moved three holidays in 2020 and in 2021.
    private static func marineDay(of day: CalendarDate) -> Int? {
        switch day.year {
        case ...2002: 20
        case 2020: 23
        case 2021: 22
        default: (15...21).contains(day.day) && day.weekday == .monday ? day.day : nil
        }
    }

    private static func mountainDay(_ year: Int) -> Int? {
        switch year {
        case ...2015: nil
        case 2020: 10
        case 2021: 8
        default: 11
        }
    }

    /// The day of an equinox, announced each February for the next year (暦要項) and calculated till then by the approximation for 1980 to 2099 of
    /// 新こよみ便利帳 (暦計算研究会, 1991).
    private static func equinox(_ base: Double, _ year: Int) -> Int { Int(base + 0.242194 * Double(year - 1980)) - (year - 1980) / 4 }

    /// Article 3 (2): the nearest day after a holiday on a Sunday that is none itself; before 2007 the Monday.
    private static func isSubstitute(_ day: CalendarDate) -> Bool {
        guard var before = day.adding(-1), named(before) != nil else { return false }
        guard day.year >= 2007 else { return before.weekday == .sunday }
        while before.weekday != .sunday {
            guard let earlier = before.adding(-1), named(earlier) != nil else { return false }
            before = earlier
        }
        return true
    }

    /// Article 3 (3); before 2007 no Sunday was one.
    private static func isBetween(_ day: CalendarDate) -> Bool {
        guard let before = day.adding(-1), let after = day.adding(1) else { return false }
        return (day.year >= 2007 || day.weekday != .sunday) && named(before) != nil && named(after) != nil
    }
}
