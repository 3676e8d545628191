import Contracts
import Town

extension Command {
    package static var cardUses: Command {
        Command(
            "card uses", summary: "who has used a card: when, where, what for, and until when it is kept",
            options: [Option.card.shape, Option.tap.shape, Option.language.shape] + Station.options + [Flag.json.shape],
            details: """
                Asks every process of the town's file, since nobody keeps a list of it; each answers from its own journal. For residents' counters alone.
                With --tap the card is meant under its former token too. Of a person, all cards: kazasu person history
                Exit code 3 when one of them does not answer, so that its part is missing.
                Example: kazasu card uses --tap office/reader-1 --lang ja
                """
        ) { arguments, console in
            let language = try arguments.optional(.language) ?? .en
            let station = try Station(arguments, console)
            let desk = try station.registrar()
            let uses = try desk.uses(of: cards(arguments, desk.session, alsoFormer: true))
            if arguments.has(.json) {
                try console.json(UsesReport(uses))
            } else if uses.found.isEmpty {
                console.line("no tap of this card is kept by those who answered")
            } else {
                console.out(table(PlainWords(language, station.town).rows(of: uses)))
            }
            return told(uses.silent, console)
        }
    }

    /// Names those whose part is missing, so that nobody takes the rest for the whole.
    static func told(_ silent: [Address], _ console: Console) -> ExitCode {
        for process in silent { console.note("\(name(process)) did not answer: its part is missing") }
        return silent.isEmpty ? .done : .unknown
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
