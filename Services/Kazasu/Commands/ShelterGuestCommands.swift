import Contracts

extension Flag {
    fileprivate static var form: Self { Self("--form", "print an empty form, to be filled in and given on standard input") }
    fileprivate static var undo: Self { Self("--undo", "they are themselves after all, and count on their own again") }
}

extension Command {
    private static let asked = """
        Name, reading, age, sex, district and town are asked for on a terminal, or read from standard input as key: value lines. They are never
        part of the command line, which others on this machine can see.
        """

    package static var shelterGuest: Command {
        Command(
            "shelter guest", "SHELTER", count: 1...1, summary: "write down somebody without a card, and check them in (カードのない人の受付)",
            options: [Flag.form.shape, Option<StayKind>.stayKind.shape, Option.noted.shape] + Reception.options,
            details: asked + """

                Example:
                  printf 'name: 山田はな\\nage: 0\\n' | kazasu shelter guest s01
                """
        ) { arguments, console in
            if arguments.has(.form) { return blank(console) }
            let id = try arguments.operand(0, .shelter)
            let kind = try arguments.optional(.stayKind)
            let facts = try filled(console)
            guard facts.name.map({ !$0.isEmpty }) == true else {
                throw Failure.refused("a guest needs a name, or something to call them by.")
            }
            let reception = try Reception(arguments, console)
            let brief = try reception.ask(PutGuest(facts), on: .putGuest)
            try reception.note(.in, [brief.who], at: id, kind: kind, "written down")
            return .done
        }
    }

    package static var shelterGuestEdit: Command {
        Command(
            "shelter guest-edit", "GUEST", count: 1...1, summary: "change what is written down of a guest",
            options: [Flag.form.shape] + Reception.options, details: asked
        ) { arguments, console in
            if arguments.has(.form) { return blank(console) }
            let guest = try arguments.operand(0, .guest)
            let facts = try filled(console)
            let reception = try Reception(arguments, console)
            try report(try reception.ask(PutGuest(facts, of: guest), on: .putGuest), "changed", reception)
            return .done
        }
    }

    package static var shelterIdentify: Command {
        Command(
            "shelter identify", "GUEST [PERSON|GUEST]", count: 1...2,
            summary: "say whom a guest was found to be; both count as one from then on (本人確認)",
            options: [Flag.undo.shape, Flag.yes.shape] + Reception.options,
            details: """
                Their stays become those of one person, whenever and wherever they were noted. --undo makes them two again.
                Example:
                  kazasu shelter identify g-7k3mq2x5t4w2vbza p-aq3mq2x5t4w2vbzb
                """
        ) { arguments, console in
            let guest = try arguments.operand(0, .guest)
            let other = arguments.operands.count > 1 ? try arguments.operand(1, .evacuee) : nil
            guard (other == nil) == arguments.has(.undo) else {
                throw Failure.usage("who is it? Give a person's or a guest's id, or --undo.")
            }
            let reception = try Reception(arguments, console)
            if let other {
                for who in [Evacuee.guest(guest), other] {
                    let brief = try reception.ask(ShowEvacuee(who), on: .showEvacuee).brief
                    console.note("\(reception.words.evacuee(brief)): \(reception.words.stay(brief))")
                }
                try console.confirm("are these two one person?", unless: arguments.has(.yes))
            }
            let brief = try reception.ask(IdentifyGuest(guest, as: other), on: .identifyGuest)
            try report(brief, other == nil ? "themselves again" : "identified", reception)
            return .done
        }
    }

    // MARK: Parts

    private static func blank(_ console: Console) -> ExitCode {
        console.out(Form.guest.blank)
        return .done
    }

    private static func filled(_ console: Console) throws -> GuestFacts {
        let facts = try Form.guest.read(into: GuestFacts(), console)
        guard facts != GuestFacts() else {
            throw Failure.refused("the form is empty, and nothing was sent. An empty one to fill in: --form")
        }
        return facts
    }

    private static func report(_ brief: EvacueeBrief, _ done: String, _ reception: Reception) throws {
        if reception.json { return try reception.console.json(brief) }
        reception.console.line("\(done): \(reception.words.evacuee(brief)): \(reception.words.stay(brief))")
    }
}
