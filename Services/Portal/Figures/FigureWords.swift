import Contracts

/// What tables, houses and numbers are called, on a page or in a file: text, which a page escapes.
struct FigureWords {
    let town: TownFacts
    let tongue: Tongue

    func callAsFunction(_ ja: String, _ en: String) -> String { tongue == .en ? en : ja }

    /// Where a number is withheld. In files it is `x`, as the command line writes it.
    static let withheld = "―"

    func title(_ facility: FacilityID) -> String { facility == "other" ? self("その他", "others") : town.title(of: facility) }

    func title(_ table: FigureTable.Name) -> String {
        switch table {
        case .days: self("日別", "By day")
        case .hours: self("時間帯別", "By hour")
        case .purposes: self("目的別", "By purpose")
        case .ages: self("年代別", "By age")
        case .districts: self("地区別", "By district")
        case .residencies: self("住民区分別", "By kind of resident")
        case .returns: self("初回・再来別", "First and further visits")
        case .weekHours: self("曜日・時間帯別", "Weekdays by hours")
        case .rides: self("乗車・時間帯別", "Rides by hour")
        case .rideDays: self("乗車・曜日別", "Rides by weekday")
        }
    }

    func row(_ key: String, of table: FigureTable.Name) -> String {
        switch (key, table) {
        case ("other", _): self("その他", "others")
        case (_, .weekHours): weekday(key)
        case (_, .rides), (_, .rideDays): town.lines.first { $0.id.text == key }?.title ?? key
        default: FacilityID(key).map(title) ?? key
        }
    }

    func column(_ key: String, of table: FigureTable.Name) -> String {
        switch (key, table) {
        case ("other", _): self("その他", "others")
        case ("unknown", _): self("区分なし", "not told apart")
        case (_, .rideDays): weekday(key)
        case (_, .hours), (_, .weekHours), (_, .rides): Int(key).map { self("\($0)時", "\($0)–") } ?? key
        case (_, .ages): Int(key).map { self($0 < 10 ? "10歳未満" : "\($0)代", "\($0)–\($0 + 9)") } ?? key
        case (_, .days): String(key.suffix(2).drop { $0 == "0" })
        case (_, .purposes): Purpose(key).map(purpose) ?? key
        case (_, .residencies): Residency(rawValue: key).map(residency) ?? key
        case ("first", .returns): self("初回", "first")
        case ("again", .returns): self("再来", "again")
        default: key
        }
    }

    private func weekday(_ short: String) -> String {
        guard let day = Weekday.allCases.first(where: { $0.short == short }) else { return short }
        return self(["月", "火", "水", "木", "金", "土", "日"][day.rawValue], ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.rawValue])
    }

    func purpose(_ purpose: Purpose) -> String {
        let kind =
            switch purpose.kind.text {
            case "door": self("扉", "door")
            case "visit": self("来館", "visit")
            case "event": self("行事", "event")
            case "ride": self("乗車", "ride")
            case "shop": self("店舗", "shop")
            case let other: other
            }
        return purpose.thing.map { "\(kind) \($0)" } ?? kind
    }

    private func residency(_ residency: Residency) -> String {
        switch residency {
        case .resident: self("住民", "resident")
        case .commuter: self("通勤・通学", "commutes here")
        case .visitor: self("来訪者", "visitor")
        case .guest: self("連携市町村の住民", "guest from another town")
        case .organisation: self("団体・法人", "organisation")
        }
    }

    func source(_ source: CountSource) -> String {
        switch source {
        case .sensor: self("センサー", "sensor")
        case .hand: self("手動計数", "by hand")
        case .paper: self("紙の受付", "on paper")
        }
    }

    // MARK: Numbers

    /// `12,040`
    func number(_ number: Int) -> String {
        let digits = Array("\(number.magnitude)")
        let text = digits.enumerated().map { place, digit in
            (place > 0 && (digits.count - place).isMultiple(of: 3) ? "," : "") + "\(digit)"
        }
        return (number < 0 ? "-" : "") + text.joined()
    }

    func cell(_ count: Int?) -> String { count.map(number) ?? Self.withheld }

    func tenths(_ value: Double) -> String {
        let rounded = Int((value * 10).rounded())
        return "\(rounded < 0 ? "-" : "")\(number(abs(rounded) / 10)).\(abs(rounded) % 10)"
    }

    /// `38.5 %`, `1,204回`
    func value(_ value: Double?, of measure: Indicator.Measure) -> String {
        guard let value else { return Self.withheld }
        return switch measure {
        case .visits: self("\(number(Int(value.rounded())))回", "\(number(Int(value.rounded()))) visits")
        case .people: self("\(number(Int(value.rounded())))人", "\(number(Int(value.rounded()))) people")
        case .cardShare, .unlockShare: "\(tenths(value)) %"
        }
    }

    // MARK: Sentences

    /// `2026-11 第2版(2026-12-04 03:00作成):来館8,410回、うち遅着12回`
    func summary(_ figures: FiguresOfMonth) -> String {
        let late = figures.late == 0 ? "" : self("、うち遅着\(number(figures.late))回", ", \(number(figures.late)) of them heard late")
        let at = figures.at.minute(town.offset)
        return self(
            "\(figures.month) 第\(figures.revision)版(\(at)作成):来館\(number(figures.visits))回\(late)",
            "\(figures.month), revision \(figures.revision) of \(at): \(number(figures.visits)) visits\(late)")
    }

    var withheldNote: String {
        let smallest = town.visits.smallest
        return self(
            "\(Self.withheld):\(smallest)人未満、またはそれを逆算できるため秘匿",
            "\(Self.withheld): withheld, because it would tell of fewer than \(smallest) people or let them be worked out")
    }

    /// What the numbers rest on.
    func marks(_ marks: MonthSummary.Marks) -> [String] {
        func line(_ count: Int, _ ja: String, _ en: String) -> [String] {
            count > 0 ? [self("\(ja) \(number(count))回", "\(number(count)) \(en)")] : []
        }
        return line(marks.assumedEnds, "退館を開館時間から推定した来館", "ends of visits were assumed from the hours of the house")
            + line(marks.missedExits, "退館のかざしなし", "ends of visits were not seen")
            + line(marks.missedEntries, "入館のかざしなし", "beginnings of visits were not seen")
            + marks.odd.map { odd in
                let why =
                    switch odd.reason {
                    case .noClock: self("時刻なし", "no clock")
                    case .future: self("時計の進み", "clock ahead")
                    case .tooOld: self("期限切れ", "too old")
                    }
                return self(
                    "\(odd.agent)の\(number(odd.count))件は集計外:\(why)", "\(number(odd.count)) taps at \(odd.agent) are in no number: \(why)")
            }
    }
}
