import Contracts
import Town

extension Option where Value == CalendarDate {
    fileprivate static var dayOfVisits: Self {
        Self("--date", "DATE", "of that day (default: today)", expected: Day.expected) { CalendarDate($0) }
    }
}

extension Option where Value == Int {
    fileprivate static var hour: Self {
        Self("--hour", "N", "in the hour that begins then, 0 to 23 (default: of the whole day)", expected: "an hour from 0 to 23") {
            Int(narrowed($0)).flatMap { (0...23).contains($0) ? $0 : nil }
        }
    }
}

extension Option where Value == CountSource {
    fileprivate static var source: Self {
        let words = CountSource.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("--by", "SOURCE", "who has counted: \(words) (default: hand)", expected: "one of \(words)") {
            CountSource(rawValue: $0)
        }
    }
}

extension Operand where Value == FacilityID {
    static var facility: Self { Self("FACILITY", expected: "a house of the town's file such as gym") { FacilityID($0) } }
}

extension Operand where Value == Int {
    fileprivate static var count: Self {
        Self("COUNT", expected: "a whole number from 0 to \(Counted.most)") { text in
            Int(narrowed(text).filter { $0 != "," }).flatMap { (0...Counted.most).contains($0) ? $0 : nil }
        }
    }
}

extension Command {
    package static var visitsShow: Command {
        Command(
            "visits show", "[FACILITY]", count: 0...1, summary: "how busy the houses are today, or were on a day (来館状況)",
            options: [Option<CalendarDate>.dayOfVisits.shape, Option.csv.shape, Option.encoding.shape] + FiguresCounter.options,
            details: """
                Totals, for whoever runs the houses: of nobody in particular, and not for publication. What may be published: kazasu stats.
                Examples:
                  kazasu visits show
                  kazasu visits show gym --date 2026-11-20 --lang ja
                """
        ) { arguments, console in
            let facility = arguments.operands.isEmpty ? nil : try arguments.operand(0, .facility)
            let (date, csv) = (try arguments.optional(.dayOfVisits), try arguments.optional(.csv))
            let counter = try FiguresCounter(arguments, console)
            if let facility { try counter.check(facility) }
            let day = try counter.day(date ?? counter.today, of: facility)
            if let csv { try counter.write(header: VisitsSheet.header, rows: VisitsSheet.rows(of: day), to: csv) }
            if counter.json {
                try console.json(day)
            } else if csv == nil {
                show(day, isOne: facility != nil, counter)
            }
            return .done
        }
    }

    private static func show(_ day: VisitsOfDay, isOne: Bool, _ counter: FiguresCounter) {
        let (console, words) = (counter.console, counter.words)
        console.line("\(day.day) " + Phrase("visits", "来館")[words.language])
        console.out(table([words.dayHeading] + day.facilities.map(words.row)))
        if isOne {
            for facility in day.facilities {
                for line in words.details(of: facility, from: counter.policy.dayStarts / 60) { console.line(line) }
            }
        }
        for taps in day.odd { console.note(words.odd(taps)) }
    }

    package static var visitsCount: Command {
        Command(
            "visits count", "FACILITY COUNT", count: 2...2, summary: "tells what was counted by a sensor, by hand or on paper (来館者数の入力)",
            options: [Option<CalendarDate>.dayOfVisits.shape, Option<Int>.hour.shape, Option<CountSource>.source.shape]
                + FiguresCounter.options,
            details: """
                It stands beside what the readers count and is never mixed with it. Given again for the same day, hour and source it takes the place of what was
                said before: a wrong number is put right by the right one.
                Examples:
                  kazasu visits count hall 84 --hour 14
                  kazasu visits count hall 12 --by paper --date 2026-11-20
                """
        ) { arguments, console in
            let (facility, count) = (try arguments.operand(0, .facility), try arguments.operand(1, .count))
            let (date, hour, source) = (
                try arguments.optional(.dayOfVisits), try arguments.optional(.hour), try arguments.optional(.source)
            )
            let counter = try FiguresCounter(arguments, console)
            try counter.check(facility)
            let counted = Counted(facility, date ?? counter.today, hour: hour, source ?? .hand, count)
            let taken = try counter.ask(PutCounts([counted]), on: .putCounts)
            if counter.json { try console.json(taken) } else { console.line(counter.words.taken(taken)) }
            return .done
        }
    }

    package static var visitsImport: Command {
        Command(
            "visits import", "FILE", count: 1...1, summary: "the counts of sensors or of other lists, from a CSV file (来館者数の取込)",
            options: FiguresCounter.options,
            details: """
                Columns facility, date, count and source, and hour if it was counted by the hour. One line that cannot be read, and nothing is sent.
                Given again, the file changes nothing.
                Example:
                  kazasu visits import door-sensor-october.csv
                """
        ) { arguments, console in
            let path = try arguments.operand(0, .listFile)
            let counter = try FiguresCounter(arguments, console)
            let sheet = try CountsSheet(try ListFile.bytes(of: path), facilities: counter.policy.facilities)
            var all = CountsTaken(taken: 0, changed: 0)
            for start in stride(from: 0, to: sheet.counts.count, by: PutCounts.most) {
                let part = Array(sheet.counts[start..<min(start + PutCounts.most, sheet.counts.count)])
                let taken = try counter.ask(PutCounts(part), on: .putCounts)
                all = CountsTaken(taken: all.taken + taken.taken, changed: all.changed + taken.changed)
                console.progress("\(all.taken) of \(sheet.counts.count)")
            }
            console.progress("")
            if counter.json { try console.json(all) } else { console.line(counter.words.taken(all)) }
            return .done
        }
    }
}

extension PlainWords {
    fileprivate var dayHeading: [String] {
        [
            Phrase("HOUSE", "施設"), Phrase("VISITS", "来館"), Phrase("INSIDE", "在館"), Phrase("PEAK", "最大"), Phrase("STAY", "滞在(中央)"),
            Phrase("COUNTED", "他の計数"), Phrase("", ""),
        ].map { $0[language] }
    }

    fileprivate func row(_ day: FacilityDay) -> [String] {
        let counts = day.counts.map { "\($0.source.phrase[language]) \(grouped($0.count))" }.joined(separator: ", ")
        return [
            title(of: day.facility), grouped(day.visits), day.inside.map { grouped($0) } ?? "-", day.peak.map { grouped($0) } ?? "-",
            day.medianStay.map { Phrase("\($0) min", "\($0)分")[language] } ?? "-", counts.isEmpty ? "-" : counts,
            TerminalChart.line(day.hours),
        ]
    }

    /// A bar an hour, then what the numbers rest on.
    fileprivate func details(of day: FacilityDay, from start: Int) -> [String] {
        let largest = day.hours.max() ?? 0
        let busy = day.hours.indices.filter { day.hours[$0] > 0 }
        let bars = busy.first.map { first in
            (first...(busy.last ?? first)).map { hour in
                let clock = "\((start + hour) % 24):00"
                return String(repeating: " ", count: max(0, 5 - clock.count)) + clock
                    + "  \(TerminalChart.bar(day.hours[hour], of: largest)) \(day.hours[hour])"
            }
        }
        let purposes = day.purposes.map { "  \(purpose($0.purpose)): \(grouped($0.count))" }
        let marks = MonthSummary.Marks(
            visits: day.visits, assumedEnds: day.assumedEnds, missedEntries: day.missedEntries, missedExits: day.missedExits, odd: [])
        return (bars ?? []) + purposes + self.marks(marks).map { "  \($0)" }
    }

    fileprivate func taken(_ taken: CountsTaken) -> String {
        let changed =
            taken.changed == 0 ? "" : Phrase(", \(taken.changed) of them otherwise than before", "、うち変更\(taken.changed)件")[language]
        return Phrase("\(taken.taken) \(taken.taken == 1 ? "count" : "counts") taken", "\(taken.taken)件を登録")[language] + changed
    }
}
