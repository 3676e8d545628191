import Contracts
import Town

extension Operand where Value == EventID {
    fileprivate static var ruling: Self {
        Self("RULING", expected: "a ruling's id, 26 characters; kazasu person history shows them") { EventID($0.uppercased()) }
    }
}

extension Command {
    private static let family = [Option.why.shape] + Counter.changing

    package static var personErase: Command {
        Command(
            "person erase", "PERSON", count: 1...1, summary: "erase what is known of a person, but for what the law keeps", options: family,
            details: "It cannot be taken back. What stays is told, with the reason and until when."
        ) { arguments, console in
            let (person, why) = (try arguments.operand(0, .person), try arguments.reason(console))
            let counter = try Counter(arguments, console)
            try counter.confirm(
                "erase this person's file? It cannot be taken back", about: [counter.who(person, doing: "to erase the file")])
            let erased = try counter.ask(ErasePerson(person, why: why), on: .erasePerson)
            if counter.json { try console.json(erased) } else { console.out(account(of: erased)) }
            return .done
        }
    }

    package static var personMerge: Command {
        Command(
            "person merge", "FROM INTO", count: 2...2, summary: "a provisional person is found to be a real one, who gets everything",
            options: family
        ) { arguments, console in
            let (from, into) = (try arguments.operand(0, .person), try arguments.operand(1, .person))
            let why = try arguments.reason(console)
            let counter = try Counter(arguments, console)
            let both = try [from, into].map { try counter.who($0, doing: "to merge two files") }
            try counter.confirm("give everything of the first to the second?", about: both)
            try counter.report(try counter.ask(MergePersons(from, into: into, why: why), on: .mergePersons), "merged", undoable: true)
            return .done
        }
    }

    package static var personUndo: Command {
        Command(
            "person undo", "RULING", count: 1...1, summary: "take back the link of a card or the merge of two persons", options: family
        ) { arguments, console in
            let (ruling, why) = (try arguments.operand(0, .ruling), try arguments.reason(console))
            let counter = try Counter(arguments, console)
            // Whom a ruling is about is known to the directory alone; the answer says it.
            try counter.confirm("take ruling \(ruling) back?", about: [])
            try counter.report(try counter.ask(UndoRuling(ruling, why: why), on: .undoRuling), "taken back")
            return .done
        }
    }

    package static var personTellAgain: Command {
        Command(
            "person tell-again", summary: "have every service told again what it is to know of everybody", options: family,
            details: """
                After the directory was put back from an older copy, or when a service has lost what it was told: services refuse whom they hold as unknown until they
                are told of them anew. What was withdrawn stays withdrawn until then. It takes some minutes for a whole town; kazasu health shows the unknown become fewer.
                """
        ) { arguments, console in
            let why = try arguments.reason(console)
            let counter = try Counter(arguments, console)
            try counter.confirm("tell every service everything again?", about: [])
            let done = try counter.ask(TellAgain(why: why), on: .tellAgain)
            if counter.json { try console.json(done) } else { console.line("every service is being told everything again") }
            return .done
        }
    }

    private static func account(of erased: Erased) -> String {
        let gone = erased.gone.sorted { $0.key < $1.key }.map { ["erased", harmless($0.key), "\($0.value)"] }
        let kept = erased.kept.sorted { $0.key < $1.key }.map { ["kept", harmless($0.key), harmless($0.value)] }
        return gone.isEmpty && kept.isEmpty ? "nothing was there to be erased\n" : table(gone + kept)
    }
}
