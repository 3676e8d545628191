import Contracts
import Town

extension FigureTable.Name: Worded {
    var phrase: Phrase {
        switch self {
        case .days: Phrase("by day", "日別")
        case .hours: Phrase("by hour", "時間帯別")
        case .purposes: Phrase("by purpose", "目的別")
        case .ages: Phrase("by age", "年代別")
        case .districts: Phrase("by district", "地区別")
        case .residencies: Phrase("by kind of resident", "住民区分別")
        case .returns: Phrase("first and further visits", "初回・再来別")
        case .weekHours: Phrase("weekdays by hours", "曜日・時間帯別")
        case .rides: Phrase("rides by hour", "乗車・時間帯別")
        case .rideDays: Phrase("rides by weekday", "乗車・曜日別")
        }
    }
}

extension CountSource: Worded {
    var phrase: Phrase {
        switch self {
        case .sensor: Phrase("sensor", "センサー")
        case .hand: Phrase("by hand", "手動計数")
        case .paper: Phrase("on paper", "紙の受付")
        }
    }
}

extension OddTaps.Reason: Worded {
    var phrase: Phrase {
        switch self {
        case .noClock: Phrase("no clock", "時刻なし")
        case .future: Phrase("clock ahead", "時計の進み")
        case .tooOld: Phrase("too old", "期限切れ")
        }
    }
}

extension Indicator.Measure {
    /// After its number.
    var unit: Phrase {
        switch self {
        case .visits: Phrase(" visits", "回")
        case .people: Phrase(" people", "人")
        case .cardShare, .unlockShare: Phrase(" %", "%")
        }
    }
}

extension PlainWords {
    static let withheld = "x"

    func title(of facility: FacilityID) -> String { town.visits?.facility(facility).map { harmless($0.title) } ?? facility.text }

    /// What a row or a column of a table stands for.
    func title(_ key: String, of table: FigureTable.Name, isRow: Bool) -> String {
        switch (key, table) {
        case ("other", _): return Phrase("others", "その他")[language]
        case ("unknown", _): return Phrase("not told apart", "区分なし")[language]
        case (_, .weekHours) where isRow: return weekday(key)
        case (_, .rides) where isRow, (_, .rideDays) where isRow:
            return town.points.lines.first { $0.id.text == key }.map { harmless($0.title) } ?? harmless(key)
        case (_, .rideDays): return weekday(key)
        case (_, _) where isRow: return FacilityID(key).map(title) ?? harmless(key)
        case (_, .hours), (_, .weekHours), (_, .rides): return Int(key).map { Phrase("\($0)–", "\($0)時")[language] } ?? key
        case (_, .ages): return Int(key).map { Phrase("\($0)–\($0 + 9)", $0 < 10 ? "10歳未満" : "\($0)代")[language] } ?? key
        case (_, .days): return String(key.suffix(2).drop { $0 == "0" })
        case (_, .purposes): return Purpose(key).map(purpose) ?? harmless(key)
        case (_, .residencies): return Residency(rawValue: key)?.phrase[language] ?? key
        case ("first", .returns): return Phrase("first", "初回")[language]
        case ("again", .returns): return Phrase("again", "再来")[language]
        default: return harmless(key)
        }
    }

    private func weekday(_ short: String) -> String {
        guard let day = Weekday.allCases.first(where: { $0.short == short }) else { return short }
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        return Phrase(names[day.rawValue], ["月", "火", "水", "木", "金", "土", "日"][day.rawValue])[language]
    }

    func cell(_ count: Int?) -> String { count.map { grouped($0) } ?? Self.withheld }

    /// Heading, rows and the sums, for a terminal or a page.
    func rows(of table: FigureTable) -> [[String]] {
        let sum = Phrase("total", "計")[language]
        let heading = [""] + table.columns.map { title($0, of: table.name, isRow: false) } + [sum]
        let rows = table.rows.indices.map { row in
            [title(table.rows[row], of: table.name, isRow: true)] + table.cells[row].map(cell) + [cell(table.rowTotals[row])]
        }
        return [heading] + rows + [[sum] + table.columnTotals.map(cell) + [cell(table.total)]]
    }

    var withheldNote: String {
        let smallest = town.visits?.smallest ?? VisitsPolicy().smallest
        return Phrase(
            "\(Self.withheld): withheld, because it would tell of fewer than \(smallest) people or let them be worked out",
            "\(Self.withheld):\(smallest)人未満、またはそれを逆算できるため秘匿")[language]
    }

    /// `2026-11, revision 2 of 2026-12-04 03:00: 8,410 visits, 12 of them heard late`
    func summary(_ figures: FiguresOfMonth) -> String {
        let late =
            figures.late == 0 ? "" : Phrase(", \(grouped(figures.late)) of them heard late", "、うち遅着\(grouped(figures.late))回")[language]
        let at = figures.at.minute(town.offset)
        return Phrase(
            "\(figures.month), revision \(figures.revision) of \(at): \(grouped(figures.visits)) visits\(late)",
            "\(figures.month) 第\(figures.revision)版(\(at)作成):来館\(grouped(figures.visits))回\(late)")[language]
    }

    /// Who stands in no table, since no card was held.
    func received(_ houses: [MonthSummary.Received]) -> [String] {
        guard !houses.isEmpty else { return [] }
        let list = houses.map { "\(title($0.facility.text, of: .days, isRow: true)) \(grouped($0.count))" }.joined(separator: ", ")
        return [Phrase("received without a card, by name, ticket or on paper: \(list)", "カードなしの受付(氏名・整理券・紙):\(list)")[language]]
    }

    /// What the numbers rest on.
    func marks(_ marks: MonthSummary.Marks) -> [String] {
        var lines: [String] = []
        func add(_ count: Int, _ en: String, _ ja: String) {
            if count > 0 { lines.append(Phrase("\(grouped(count)) \(en)", "\(ja) \(grouped(count))回")[language]) }
        }
        add(marks.assumedEnds, "ends of visits were assumed from the hours of the house", "退館を開館時間から推定した来館")
        add(marks.missedExits, "ends of visits were not seen", "退館のかざしなし")
        add(marks.missedEntries, "beginnings of visits were not seen", "入館のかざしなし")
        return lines + marks.odd.map(odd)
    }

    func odd(_ taps: OddTaps) -> String {
        Phrase(
            "\(grouped(taps.count)) taps at \(taps.agent) are in no number: \(taps.reason.phrase.en)",
            "\(taps.agent)の\(grouped(taps.count))件は集計外:\(taps.reason.phrase.ja)")[language]
    }

    /// `38.5 %`, `1,204 visits`
    func value(_ value: Double?, of measure: Indicator.Measure) -> String {
        guard let value else { return Self.withheld }
        let isWhole = measure == .visits || measure == .people
        return (isWhole ? grouped(Int(value.rounded())) : tenths(value)) + measure.unit[language]
    }

    func tenths(_ value: Double) -> String {
        let rounded = Int((value * 10).rounded())
        return "\(rounded < 0 ? "-" : "")\(grouped(abs(rounded) / 10)).\(abs(rounded) % 10)"
    }

    func counts(_ put: CountsPut) -> String {
        Phrase("\(put.counts.count) counts entered by \(put.by)", "計数\(put.counts.count)件を入力(\(put.by))")[language]
    }

    func facilityToday(_ today: FacilityToday) -> String {
        let inside = today.inside.map { Phrase(", \(grouped($0)) inside", "、在館\(grouped($0))人")[language] } ?? ""
        return Phrase("\(grouped(today.visits)) visits today", "本日の来館\(grouped(today.visits))回")[language] + inside
    }
}
