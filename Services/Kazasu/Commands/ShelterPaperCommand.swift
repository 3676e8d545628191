import Contracts

extension Operand where Value == String {
    fileprivate static var file: Self { Self("FILE", expected: "the path of a list of lines from forms") { $0.isEmpty ? nil : $0 } }
}

extension Flag {
    fileprivate static var enter: Self { Self("--enter", "do it; without this it is only said what would happen") }
    fileprivate static var evenIfSimilar: Self { Self("--even-if-similar", "also who has the same name as somebody who is here already") }
}

extension Command {
    package static var shelterPaper: Command {
        Command(
            "shelter paper", "SHELTER FILE", count: 2...2, summary: "enter what was written on paper while there was no power (受付票の入力)",
            options: [Flag.enter.shape, Flag.evenIfSimilar.shape] + Reception.options,
            details: """
                FILE is CSV with the columns of the blank form: 用紙, 行, 動き, 日時, 氏名, ふりがな, 性別, 年齢, 住所地区, 滞在区分, 番号.
                The time is the one on the paper. The same file twice enters nothing twice: a line is known again by its sheet and its place on it.
                Exit code 1 when lines are not understood; all others are entered.
                Examples:
                  kazasu shelter paper s01 forms.csv
                  kazasu shelter paper s01 forms.csv --enter
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let path = try arguments.operand(1, .file)
            let isTrial = !arguments.has(.enter)
            let bytes = try ListFile.bytes(of: path)
            let reception = try Reception(arguments, console)
            let sheet: PaperSheet
            do throws(Failure) { sheet = try PaperSheet(bytes, of: id, now: console.now(), reception.offset) } catch {
                throw Failure.refused("\(path): \(error)")
            }
            let entry = PaperEntry(reception: reception, shelter: id, isTrial: isTrial, evenIfSimilar: arguments.has(.evenIfSimilar))
            let outcomes = try entry.run(sheet.lines)
            if reception.json { try console.json(outcomes) } else { show(outcomes, isTrial, console) }
            for fault in sheet.faults.prefix(20) { console.note(fault.description) }
            if sheet.faults.count > 20 { console.note("… and \(sheet.faults.count - 20) more that are not understood") }
            return sheet.faults.isEmpty && !outcomes.contains { $0.what == .unclear } ? .done : .refused
        }
    }

    private static func show(_ outcomes: [PaperEntry.Outcome], _ isTrial: Bool, _ console: Console) {
        let told = outcomes.filter { $0.what != .same }
        if !told.isEmpty { console.out(table(told.map { ["line \($0.line)", $0.what.rawValue, $0.sentence] }) + "\n") }
        let kinds: [PaperEntry.Outcome.What] = [.new, .changed, .entered, .same, .unclear]
        let counts = kinds.compactMap { kind -> String? in
            let count = outcomes.count { $0.what == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        console.line(counts.isEmpty ? "nobody has written on these forms" : counts.joined(separator: ", "))
        if isTrial, told.contains(where: { $0.what != .unclear }) { console.note("nothing was entered yet. To do it: --enter") }
    }
}
