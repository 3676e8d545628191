import Contracts
import Seal
import Sheets
import Town

extension Option where Value == String {
    fileprivate static var file: Self {
        Self("--to", "FILE", "where to write; a page for people is written beside it, as FILE.html", expected: "the path of a new file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Command {
    private static let looking = [Option.why.shape, Option.enrolment.shape, Option.language.shape] + Counter.options
    private static let kept = "Who looked, when and why is kept, and the person can see it."

    package static var personShow: Command {
        Command("person show", "[PERSON]", count: 0...1, summary: "all that is known of a person", options: looking, details: kept) {
            arguments, console in
            let (counter, file) = try wholeFile(arguments, console)
            if counter.json {
                try console.json(file)
            } else {
                console.out(PersonPage(file, PersonHistory(file), counter.words, today: counter.today).text)
            }
            return .done
        }
    }

    package static var personHistory: Command {
        Command(
            "person history", "[PERSON]", count: 0...1,
            summary: "what was decided about a person, who looked at the file, and who has used the cards",
            options: looking,
            details: """
                In the order of time, each with the day until which it is kept. What came of the cards, past ones too, every process of the town's file is asked for.
                Exit code 3 when one of them does not answer, so that its part is missing. \(kept)
                """
        ) { arguments, console in
            let (counter, file) = try wholeFile(arguments, console)
            let history = PersonHistory(file, try counter.desk.uses(of: file.holdings))
            if counter.json {
                try console.json(HistoryReport(history, of: counter.station.town))
            } else {
                console.out(table(counter.words.history(history)))
            }
            return told(history.silent, console)
        }
    }

    package static var personExport: Command {
        Command(
            "person export", "[PERSON]", count: 0...1, summary: "write all that is known of a person, to be handed over",
            options: [Option.file.shape] + looking,
            details: """
                Writes FILE as JSON for programs, and a page in Japanese to be read or printed. Both belong to you alone (mode 0600); hand them over and delete
                them. With it goes what every process has because of the cards, as in kazasu person history; exit code 3 when somebody's part is missing. \(kept)
                Example: kazasu person export p-7k3mq2x5t4w2vbza --why "asked for by the person" --to copy.json
                """
        ) { arguments, console in
            let path = try arguments.required(.file)
            let page = path.hasSuffix(".json") ? String(path.dropLast(5)) + ".html" : path + ".html"
            for path in [path, page] where exists(path) {
                throw Failure.refused("\(path) exists, and is left as it is. Name a new file with --to.")
            }
            let (counter, file) = try wholeFile(arguments, console)
            let (town, words) = (counter.station.town, PlainWords(.ja, counter.station.town))
            let history = PersonHistory(file, try counter.desk.uses(of: file.holdings))
            let html = PersonPage(file, history, words, today: counter.today).html(
                of: town.title ?? town.name.text, on: counter.today.wareki)
            try write(try PersonCopy(file, HistoryReport(history, of: town)).json(), to: path)
            try write(Array(html.utf8), to: page)
            if counter.json { try console.json(["json": path, "page": page]) } else { console.line("written: \(path) and \(page)") }
            return told(history.silent, console)
        }
    }

    /// The file with its whole history, page after page.
    private static func wholeFile(_ arguments: Arguments, _ console: Console) throws -> (Counter, PersonFile) {
        let (whom, why) = (try arguments.whom(0), try arguments.reason(console))
        let counter = try Counter(arguments, console)
        var look = ShowPerson(why: why)
        switch whom {
        case .person(let person): look.person = person
        case .holder(let place): look.tap = try counter.tap(place).id
        }
        var file = try counter.ask(look, on: .showPerson)
        while file.more, let last = file.history.last {
            let next = try counter.ask(ShowPerson(file.person, why: why, after: last.id), on: .showPerson)
            file.history += next.history
            file.more = next.more && !next.history.isEmpty
        }
        return (counter, file)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do throws(SealError) { try SecretFile.create(path, bytes) } catch { throw .refused("\(error)") }
    }
}
