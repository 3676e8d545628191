import Contracts

extension Operand where Value == EventID {
    fileprivate static var note: Self {
        Self("NOTE", expected: "a note's id, 26 characters; kazasu shelter show lists those of a person") { EventID($0.uppercased()) }
    }
}

extension Option where Value == StayCorrected.Reason {
    fileprivate static var because: Self {
        let words = StayCorrected.Reason.allCases.map { "\($0.rawValue) \($0.phrase.ja)" }.joined(separator: ", ")
        return Self("--because", "REASON", words, expected: "one of \(words)") { text in
            StayCorrected.Reason.allCases.first { $0.rawValue == text || $0.phrase.ja == text }
        }
    }
}

extension Option where Value == ReaderPlace {
    fileprivate static var held: Self {
        Self("--tap", "AGENT/READER", "the card that is held over this reader now", expected: "a reader such as s01-desk/reader-1") {
            ReaderPlace($0)
        }
    }
}

extension Flag {
    fileprivate static var restore: Self { Self("--restore", "let a note that was struck count again") }
}

extension Command {
    package static var shelterShow: Command {
        Command(
            "shelter show", "[WHO]", count: 0...1, summary: "one evacuee: where they are, the household, and every note about them",
            options: [Option.held.shape] + Reception.options,
            details: """
                By a person's id, a guest's id or a card's token, or by the card that is held now.
                Example:
                  kazasu shelter show --tap s01-desk/reader-1
                """
        ) { arguments, console in
            let place = try arguments.optional(.held)
            guard arguments.operands.isEmpty != (place == nil) else {
                throw Failure.usage("who? Give an id, or --tap AGENT/READER and hold the card there.")
            }
            let named = arguments.operands.isEmpty ? nil : try arguments.operand(0, .evacuee)
            let reception = try Reception(arguments, console)
            let who = try named ?? place.map { .card(try reception.desk.session.nextTap(at: $0).token) }
            guard let who else { return .usage }
            let page = try reception.ask(ShowEvacuee(who), on: .showEvacuee)
            if reception.json { try console.json(page) } else { console.out(text(page, reception.words)) }
            return .done
        }
    }

    package static var shelterCorrect: Command {
        Command(
            "shelter correct", "NOTE", count: 1...1, summary: "strike a note that was wrong; what follows from the others counts (訂正)",
            options: [Option<StayCorrected.Reason>.because.shape, Flag.restore.shape] + Reception.options,
            details:
                "Nothing is deleted: the note stays in the history, struck, with who struck it. Write down what is right as usual, with --at for its time."
        ) { arguments, console in
            let note = try arguments.operand(0, .note)
            let because = try arguments.required(.because)
            let isRestored = arguments.has(.restore)
            let reception = try Reception(arguments, console)
            let brief = try reception.ask(CorrectStay(note, stands: isRestored, reason: because), on: .correctStay)
            if reception.json {
                try console.json(brief)
            } else {
                let words = reception.words
                console.line("\(isRestored ? "counts again" : "struck"): \(words.evacuee(brief)): now \(words.stay(brief))")
            }
            return .done
        }
    }

    /// Somebody on a page for a terminal.
    private static func text(_ page: EvacueePage, _ words: PlainWords) -> String {
        let language = words.language
        let needs = words.needs(page.brief.needs)
        var text = "\(words.evacuee(page.brief))\n\(words.stay(page.brief))\n" + (needs.isEmpty ? "" : "\(needs)\n")
        if !page.household.isEmpty {
            text += "\n" + Phrase("HOUSEHOLD", "世帯")[language] + "\n"
            text += table(page.household.map { ["  " + words.evacuee($0), words.stay($0)] })
        }
        if !page.history.isEmpty {
            text += "\n" + Phrase("NOTES", "記録")[language] + "\n"
            text += table(page.history.map { line in words.line(line).enumerated().map { $0 == 0 ? "  " + $1 : $1 } })
        }
        return text
    }
}
