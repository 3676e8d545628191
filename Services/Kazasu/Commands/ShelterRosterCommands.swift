import Contracts
import Sheets
import Town

extension Option where Value == Int {
    fileprivate static var sheets: Self {
        Self("--sheets", "N", "of blank forms: how many (default: 1)", expected: "a number from 1 to 100") {
            Int($0).flatMap { (1...100).contains($0) ? $0 : nil }
        }
    }
}

/// What `shelter print` prints.
private enum Printed: String, CaseIterable { case roster, headcount, form }

extension Operand where Value == Printed {
    fileprivate static var printed: Self { Self("WHAT", expected: "roster, headcount or form") { Printed(rawValue: $0) } }
}

extension Command {
    package static var shelterRoster: Command {
        Command(
            "shelter roster", "SHELTER", count: 1...1, summary: "who is at a shelter, by their readings (避難者名簿)",
            options: [Flag.rehearsal.shape, Option.csv.shape, Option.encoding.shape] + Reception.options,
            details: """
                Each look is written down by the registry. With --csv the list goes into a new file for a spreadsheet; where FILE ends with /, it is
                named by shelter and moment in that folder.
                Examples:
                  kazasu shelter roster s01 --lang ja
                  kazasu shelter roster s01 --csv rosters/ --encoding cp932
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let path = try arguments.optional(.csv)
            let reception = try Reception(arguments, console)
            let people = try reception.roster(of: id, drill: arguments.has(.rehearsal))
            let count = "\(people.count) \(people.count == 1 ? "person" : "people")"
            if let path {
                let words = PlainWords(.ja, reception.station.town)
                let serial = ShelterPages.serial(of: id, at: console.now(), reception.offset)
                let file = path.hasSuffix("/") ? "\(path)\(serial).csv" : path
                try reception.write(header: words.rosterHeading, rows: people.map(words.row), to: file, count)
            } else if reception.json {
                try console.json(people)
            } else {
                let words = reception.words
                let rows = people.map { brief in words.row(brief).map { $0.isEmpty ? "-" : harmless($0) } }
                console.out(people.isEmpty ? "nobody is noted at \(id)\n" : table([words.rosterHeading] + rows) + "\(count)\n")
            }
            return .done
        }
    }

    package static var shelterPrint: Command {
        Command(
            "shelter print", "WHAT SHELTER", count: 2...2,
            summary: "sheets of paper: the roster, a headcount, or blank forms to write on (紙の名簿・受付票)",
            options: [Option.page.shape, Option<Int>.sheets.shape, Flag.rehearsal.shape] + Reception.options,
            details: """
                WHAT is roster, headcount or form. Writes a page for a browser, which prints it on A4; it holds all it needs. Print the roster and some blank
                forms before the power fails. What is written on forms is entered with kazasu shelter paper.
                Examples:
                  kazasu shelter print roster s01 -o roster.html
                  kazasu shelter print form s01 --sheets 10 -o forms.html
                """
        ) { arguments, console in
            let what = try arguments.operand(0, .printed)
            let id = try arguments.operand(1, .shelter)
            let path = try arguments.required(.page)
            let count = try arguments.optional(.sheets) ?? 1
            let reception = try Reception(arguments, console)
            let entry = try reception.shelter(id)
            let town = reception.station.town
            let pages = ShelterPages(
                town: town.title ?? town.name.text, shelter: entry.shelter, isDrill: arguments.has(.rehearsal), at: console.now(),
                words: PlainWords(.ja, town))
            let html: String
            switch what {
            case .form: html = pages.form(sheets: count)
            case .roster: html = pages.roster(try reception.roster(of: id, drill: pages.isDrill))
            case .headcount: html = pages.headcount(try reception.roster(of: id, drill: pages.isDrill))
            }
            try reception.write(Array(html.utf8), to: path, "serial \(pages.serial)")
            return .done
        }
    }
}
