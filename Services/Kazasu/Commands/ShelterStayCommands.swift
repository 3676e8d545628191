import Contracts

extension Flag {
    fileprivate static var household: Self {
        Self("--household", "also of the household: on a terminal you choose by numbers, elsewhere with --with")
    }
}

extension Option where Value == PersonID {
    fileprivate static var with: Self {
        Self("--with", "PERSON", repeats: true, "who of the household is here too", expected: "p- and 16 letters and digits") {
            PersonID($0.lowercased())
        }
    }
}

extension Command {
    private static let who = Reception.who + [Option.noted.shape]
    private static let coming = who + [Option<StayKind>.stayKind.shape] + Reception.options

    package static var shelterCheckIn: Command {
        Command(
            "shelter check-in", "SHELTER", count: 1...1, summary: "note that people are here, by card or by id (入所)",
            options: [Flag.household.shape, Option<PersonID>.with.shape] + coming,
            details: """
                Who is noted at another shelter is moved here. Nothing toggles: who is here and comes again is here.
                Examples:
                  kazasu shelter check-in s01 --tap s01-desk/reader-1 --household
                  kazasu shelter check-in s01 --person p-… --kind car --at 18:30
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let kind = try arguments.optional(.stayKind)
            let reception = try Reception(arguments, console)
            var people = try reception.evacuees()
            if arguments.has(.household) {
                guard people.count == 1 else { throw Failure.usage("--household is of one person. Give one card or id.") }
                people += try reception.household(of: people[0], with: try arguments.all(.with))
            }
            try reception.note(.in, people, at: id, kind: kind, "checked in")
            return .done
        }
    }

    package static var shelterMove: Command {
        Command(
            "shelter move", "SHELTER", count: 1...1, summary: "move people to this shelter, from wherever they are (避難所の移動)",
            options: coming, details: "The same as checking them in there; it says where they were."
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let kind = try arguments.optional(.stayKind)
            let reception = try Reception(arguments, console)
            try reception.note(.in, try reception.evacuees(), at: id, kind: kind, "moved")
            return .done
        }
    }

    package static var shelterCheckOut: Command { leaving("check-out", .out, "checked out", "note that people have left for good (退所)") }
    package static var shelterOut: Command {
        leaving("out", .away, "temporarily out", "note that people are out for a while; their place is kept (一時外出)")
    }

    private static func leaving(_ word: String, _ step: StayNoted.Step, _ done: String, _ summary: String) -> Command {
        Command("shelter \(word)", "SHELTER", count: 1...1, summary: summary, options: who + Reception.options) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            try reception.note(step, try reception.evacuees(), at: id, kind: nil, done)
            return .done
        }
    }
}

extension Reception {
    /// Notes it, and says of each who it is and where they are now.
    func note(_ step: StayNoted.Step, _ people: [Evacuee], at shelter: ShelterID, kind: StayKind?, _ done: String) throws {
        let answer = try ask(NoteStays(step, people, at: shelter, kind: kind, when: try moment()), on: .noteStays)
        if json { return try console.json(answer) }
        let expected: Whereabouts.Presence = step == .in ? .here : step == .away ? .away : .left
        for entry in answer.entries {
            let brief = entry.brief
            // Who is elsewhere by a later word, or was never here, stays as they are.
            let isSo = brief.shelter == shelter && brief.presence == expected
            let from = entry.from.map { ", from \($0)" } ?? ""
            console.line("\(isSo ? done : "noted, changes nothing"): \(words.evacuee(brief)): \(words.stay(brief))\(from)")
            if brief.name == nil, let person = brief.who.person { console.note("nothing is known here of \(person). Is the id right?") }
        }
        if let warning = answer.warning { console.note(harmless(warning)) }
    }

    /// Those of somebody's household (世帯) who are here too, as staff say.
    fileprivate func household(of who: Evacuee, with named: [PersonID]) throws -> [Evacuee] {
        let page = try ask(ShowEvacuee(who), on: .showEvacuee)
        guard !page.household.isEmpty else {
            console.note("no household is known of \(words.evacuee(page.brief))")
            return []
        }
        for (number, other) in page.household.enumerated() {
            console.note("\(number + 1): \(words.evacuee(other)), \(words.stay(other))")
        }
        let known = page.household.map(\.who)
        if !named.isEmpty || !console.isTerminal {
            let strangers = named.filter { !known.contains(.person($0)) }
            guard strangers.isEmpty else {
                throw Failure.refused("\(strangers.map(\.text).joined(separator: ", ")) is not of that household. Nobody was checked in.")
            }
            guard !named.isEmpty else {
                throw Failure.usage("who of them is here too? Add --with PERSON for each, or leave --household out.")
            }
            return named.map(Evacuee.person)
        }
        let said = try console.answer(to: "who is here too (numbers, all 全員, or nothing)") ?? ""
        return try choice(said, of: known)
    }
}

/// What somebody chose from a numbered list: `1 3`, `1、3`, `all`, nothing.
func choice<Thing>(_ said: String, of things: [Thing]) throws(Failure) -> [Thing] {
    if ["all", "全員"].contains(said.lowercased()) { return things }
    var chosen: [Thing] = []
    for word in said.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == "、" }) {
        guard let number = Int(word), things.indices.contains(number - 1) else {
            throw .refused("\(quoted(String(word))) is none of the numbers 1 to \(things.count). Nobody was checked in.")
        }
        chosen.append(things[number - 1])
    }
    return chosen
}
