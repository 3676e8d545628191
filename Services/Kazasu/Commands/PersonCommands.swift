import Contracts
import Town

extension Flag {
    fileprivate static var form: Self { Self("--form", "print an empty form, to be filled in and given on standard input") }
    fileprivate static var evenIfSimilar: Self {
        Self("--even-if-similar", "enrol although somebody of the same reading and birth date is known")
    }
    fileprivate static var household: Self { Self("--household", "the members of a household; its number is asked for") }
}

extension Option where Value == GroupID {
    fileprivate static var group: Self {
        Self("--group", "GROUP", "the members of a group", expected: "the name of a group") { GroupID($0) }
    }
}

extension Command {
    package static var personAdd: Command {
        Command(
            "person add", summary: "enrol a person",
            options: [Option.enrolment.shape, Flag.evenIfSimilar.shape, Flag.form.shape] + Counter.changing,
            details: """
                What is known of the person is asked for on a terminal, or read from standard input as a form of key: value lines. It is never part of the
                command line, which others on this machine can see. With --tap the card that is held there becomes theirs.
                Examples:
                  kazasu person add --tap office/reader-1
                  kazasu person add --form > form.txt; kazasu person add < form.txt
                """
        ) { arguments, console in
            if arguments.has(.form) { return blank(console) }
            let (station, place) = (try Station(arguments, console), try arguments.optional(.enrolment))
            let draft = try filled(console)
            let counter = try Counter(arguments, console, at: station)
            let facts = draft.facts
            console.note(counter.words.identity(facts.name, facts.reading, facts.born, facts.district))
            try counter.confirm("enrol this person?", about: [])
            let tap = try place.map(counter.tap)
            let command = PutPerson(
                nil, facts, residency: draft.residency, standing: draft.standing, tap: tap?.id,
                evenIfSimilar: arguments.has(.evenIfSimilar) ? true : nil)
            try counter.report(try counter.ask(command, on: .putPerson), "enrolled")
            return .done
        }
    }

    package static var personChange: Command {
        Command(
            "person change", "PERSON", count: 1...1, summary: "change what is known of a person",
            options: [Flag.form.shape] + Counter.changing,
            details: """
                Asked for or read from standard input as kazasu person add does. What is left empty stays as it is; a lone - takes away what was there.
                Example:
                  printf 'address: 長井市栄町1-1\\n' | kazasu person change p-7k3mq2x5t4w2vbza
                """
        ) { arguments, console in
            if arguments.has(.form) { return blank(console) }
            let (station, person) = (try Station(arguments, console), try arguments.operand(0, .person))
            let draft = try filled(console)
            let counter = try Counter(arguments, console, at: station)
            try counter.confirm("change this person's file?", about: [counter.who(person, doing: "to change the file")])
            let command = PutPerson(person, draft.facts, residency: draft.residency, standing: draft.standing)
            try counter.report(try counter.ask(command, on: .putPerson), "changed")
            return .done
        }
    }

    package static var personFind: Command {
        Command(
            "person find", summary: "look for a person by reading and birth date, a card, a group, a list's number or a household",
            options: [
                Option.enrolment.shape, Option.group.shape, Option.list.shape, Flag.household.shape, Option.csv.shape,
                Option.encoding.shape, Option.language.shape,
            ]
                + Counter.options,
            details: """
                Reading and birth date, a list's number and a household's number are asked for on a terminal, or read from standard input
                (reading: ナガイ ハナコ, then born: S29.3.1). Both reading and birth date must be right: the directory is not for browsing.
                """
        ) { arguments, console in
            let station = try Station(arguments, console)
            let (place, group, list) = (try arguments.optional(.enrolment), try arguments.optional(.group), try arguments.optional(.list))
            let ways = [place != nil, group != nil, list != nil, arguments.has(.household)].count { $0 }
            guard ways <= 1 else { throw Failure.usage("look by one thing at a time: --tap, --group, --list or --household.") }
            var search = FindPersons()
            if place == nil && group == nil {
                let form: Form<Search> = list != nil ? .byNumber : arguments.has(.household) ? .byHousehold : .byBirth
                let said = try form.read(into: Search(), console)
                (search.reading, search.born, search.household, search.number) = (said.reading, said.born, said.household, said.number)
            }
            (search.list, search.group) = (list, group)
            let counter = try Counter(arguments, console, at: station)
            if let place { search.tap = try counter.tap(place).id }
            try counter.give(try counter.everybody(search), arguments)
            return .done
        }
    }

    private static func blank(_ console: Console) -> ExitCode {
        console.out(Form.person.blank)
        return .done
    }

    private static func filled(_ console: Console) throws -> PersonDraft {
        let draft = try Form.person.read(into: PersonDraft(), console)
        guard draft != PersonDraft() else {
            throw Failure.refused("the form is empty, and nothing was sent. An empty one to fill in: --form")
        }
        return draft
    }
}
