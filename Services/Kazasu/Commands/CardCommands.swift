import Contracts
import Town

extension Command {
    package static var cardUses: Command {
        Command(
            "card uses", summary: "who has used a card: when, where, what for, and until when it is kept",
            options: [Option.card.shape, Option.tap.shape, Option.language.shape] + Station.options + [Flag.json.shape],
            details: """
                Asks every process of the town's file, since nobody keeps a list of it; each answers from its own journal.
                Exit code 3 when one of them does not answer, so that its part is missing.
                Example: kazasu card uses --tap office/reader-1 --lang ja
                """
        ) { arguments, console in
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            var desk = try station.desk()
            // Nothing is obeyed here, so nothing is lost by not waiting longer.
            desk.life = .seconds(10)
            let uses = try desk.uses(of: cards(arguments, desk.session))
            if arguments.has(.json) {
                try console.json(UsesReport(uses))
            } else if uses.found.isEmpty {
                console.line("no tap of this card is kept by those who answered")
            } else {
                console.out(table(PlainWords(language, station.town).rows(of: uses)))
            }
            for process in uses.silent { console.note("\(name(process)) did not answer: its part is missing") }
            return uses.silent.isEmpty ? .done : .unknown
        }
    }
}

/// What `--json` says of a card.
private struct UsesReport: Encodable {
    struct Report: Encodable {
        let process: String
        let use: Use
    }

    let silent: [String]
    let uses: [Report]

    init(_ uses: CardUses) {
        silent = uses.silent.map(Command.name)
        self.uses = uses.found.map { Report(process: Command.name($0.process), use: $0.use) }
    }
}
