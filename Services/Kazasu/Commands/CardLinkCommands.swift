import Contracts
import Sheets
import Town

extension Option where Value == ReaderPlace {
    fileprivate static var oldCard: Self {
        Self(
            "--old", "AGENT/READER", "the old card is here too, and held over this reader first",
            expected: "a reader such as office/reader-1"
        ) {
            ReaderPlace($0)
        }
    }
}

extension Command {
    package static var cardLink: Command {
        Command(
            "card link", "PERSON", count: 1...1, summary: "give a card to a person, who holds it over a reader now",
            options: [Option.enrolment.shape] + Counter.changing,
            details: """
                Ask the person for the birth date and type what is said: it is compared with the file, which you have not seen yet. An organisation has none.
                Example: kazasu card link p-7k3mq2x5t4w2vbza --tap office/reader-1
                """
        ) { arguments, console in
            let (person, place) = (try arguments.operand(0, .person), try arguments.required(.enrolment))
            let station = try Station(arguments, console)
            let born = try saidBirth(console)
            let counter = try Counter(arguments, console, at: station)
            try counter.confirm("give a card to this person?", about: [counter.who(person, doing: "to link a card")])
            let tap = try counter.tap(place)
            try counter.report(try counter.ask(LinkCard(tap.id, to: person, born: born), on: .linkCard), "linked", undoable: true)
            return .done
        }
    }

    package static var cardReplace: Command {
        Command(
            "card replace", "[PERSON]", count: 0...1, summary: "a new card in place of an old one",
            options: [Option.enrolment.shape, Option.oldCard.shape, Option.oneCard.shape, Option.why.shape] + Counter.changing,
            details: """
                With --old both cards are held, the old one first. Without it the person, a reason, and the birth date as it is said.
                Rights, points and history are the person's, and go on.
                Examples:
                  kazasu card replace --old office/reader-1 --tap office/reader-1
                  kazasu card replace p-7k3mq2x5t4w2vbza --tap office/reader-1 --why "lost on the bus"
                """
        ) { arguments, console in
            let place = try arguments.required(.enrolment)
            if let old = try arguments.optional(.oldCard) {
                guard arguments.operands.isEmpty else { throw Failure.usage("with --old the card says who it is. Leave the person out.") }
                return try replace(heldAt: old, by: place, Counter(arguments, console))
            }
            guard !arguments.operands.isEmpty else {
                throw Failure.usage("whose card? Give the person's id, or --old AGENT/READER and hold the old card.")
            }
            let (person, asked) = (try arguments.operand(0, .person), try arguments.optional(.oneCard))
            let (station, why) = (try Station(arguments, console), try arguments.reason(console))
            let born = try saidBirth(console)
            let counter = try Counter(arguments, console, at: station)
            let file = try counter.file(of: person, why: "to replace a card")
            let old = try card(of: file, asked: asked, in: [.active, .suspended, .lost], counter)
            try counter.confirm("give another card to this person?", about: [PersonBrief(file)])
            let new = try counter.desk.session.nextEnrolment(at: place, whose: "the new")
            let command = ReplaceCard(new: new.id, person: person, oldCard: old, born: born, why: why)
            try counter.report(try counter.ask(command, on: .replaceCard), "replaced")
            return .done
        }
    }

    private static func replace(heldAt old: ReaderPlace, by place: ReaderPlace, _ counter: Counter) throws -> ExitCode {
        let old = try counter.desk.session.nextEnrolment(at: old, whose: "the old")
        try counter.confirm("give another card to this person?", about: [counter.holder(of: old)])
        // Both together have a minute.
        let new = try counter.desk.session.nextEnrolment(at: place, whose: "the new", after: old, seconds: 45)
        try counter.report(try counter.ask(ReplaceCard(new: new.id, old: old.id), on: .replaceCard), "replaced")
        return .done
    }

    /// The birth date as the person says it, typed before the screen shows anything of the file.
    private static func saidBirth(_ console: Console) throws -> CalendarDate? {
        while let text = try console.answer(to: "birth date, as the person says it (none: an organisation)"), !text.isEmpty {
            switch japaneseDate(text) {
            case .success(let date): return date
            case .failure(let fault):
                guard console.isTerminal else { throw Failure.refused("the birth date on standard input: \(fault)") }
                console.note(fault.description)
            }
        }
        return nil
    }
}
