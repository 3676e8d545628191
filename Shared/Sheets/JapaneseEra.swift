import Contracts

/// An era of the Japanese calendar (元号).
///
/// On the days of 改元 in 1912 and 1926 both eras have the date: the imperial edicts of 30 July 1912 and 25 December 1926 rename "from this day on" what was already being written down. Since then an era
/// begins on a later day than it is decreed (元号法, Act No. 43 of 1979; 昭和64年政令第1号, in force from 8 January 1989; 平成31年政令第143号, from 1 May 2019).
struct JapaneseEra: Sendable {
    let name: String
    let letter: Unicode.Scalar
    /// One character for the whole name, as in ㍼29.
    let sign: Unicode.Scalar
    let first: CalendarDate
    let last: CalendarDate?

    static let all = [
        // Decreed on 23 October 1868 for the whole of the running year.
        JapaneseEra(name: "明治", letter: "M", sign: "㍾", first: "1868-01-25", last: "1912-07-30"),
        JapaneseEra(name: "大正", letter: "T", sign: "㍽", first: "1912-07-30", last: "1926-12-25"),
        JapaneseEra(name: "昭和", letter: "S", sign: "㍼", first: "1926-12-25", last: "1989-01-07"),
        JapaneseEra(name: "平成", letter: "H", sign: "㍻", first: "1989-01-08", last: "2019-04-30"),
        JapaneseEra(name: "令和", letter: "R", sign: "㋿", first: "2019-05-01", last: nil),
    ]

    /// 明治6年1月1日. What was written down before follows the old calendar, whose months are not these (太政官布告第337号 of 1872).
    static let firstGregorianDay: CalendarDate = "1873-01-01"

    /// Western year of the era's year 0.
    var yearBefore: Int { first.year - 1 }

    func written(_ date: CalendarDate) -> String {
        let year = date.year - yearBefore
        return "\(name)\(year == 1 ? "元" : "\(year)")年\(date.month)月\(date.day)日"
    }
}

extension CalendarDate {
    /// `昭和29年3月1日`, in the newest era that has the day; before 明治6年 the western year, as also from an era's year 100 on: 9999-12-31 means no end and not 令和7981年.
    package var wareki: String {
        guard self >= JapaneseEra.firstGregorianDay, let era = JapaneseEra.all.last(where: { $0.first <= self }),
            year - era.yearBefore < 100
        else {
            return "\(year)年\(month)月\(day)日"
        }
        return era.written(self)
    }
}
