import Contracts
import Town

extension Command {
    package static var groupMembers: Command {
        Command(
            "group members", "GROUP", count: 1...1, summary: "the persons of a group",
            options: [Option.csv.shape, Option.encoding.shape, Option.language.shape] + Counter.options,
            details: "Groups of cards alone are another thing: kazasu group list."
        ) { arguments, console in
            let group = try arguments.operand(0, .group)
            let counter = try Counter(arguments, console)
            var search = FindPersons()
            search.group = group
            try counter.give(try counter.everybody(search), arguments)
            return .done
        }
    }

    package static var groupJoin: Command {
        change("join", "put persons into a group", "joined") { ChangeMembers($0, add: $1) }
    }
    package static var groupLeave: Command {
        change("leave", "take persons out of a group", "left") { ChangeMembers($0, remove: $1) }
    }

    private static func change(
        _ word: String, _ summary: String, _ done: String, _ command: @escaping (GroupID, [PersonID]) -> ChangeMembers
    ) -> Command {
        Command(
            "group \(word)", "GROUP PERSON …", count: 2...(1 + ChangeMembers.limit), summary: summary, options: Counter.changing,
            details: "Example: kazasu group \(word) staff p-7k3mq2x5t4w2vbza"
        ) { arguments, console in
            let group = try arguments.operand(0, .group)
            let persons = try arguments.operands.indices.dropFirst().map { try arguments.operand($0, .person) }
            let counter = try Counter(arguments, console)
            let briefs = try persons.map { try counter.who($0, doing: "group \(word) \(group)") }
            try counter.confirm(
                "group \(word) \(group), for \(briefs.count == 1 ? "this person" : "these \(briefs.count) persons")?", about: briefs)
            let answer = try counter.ask(command(group, persons), on: .changeMembers)
            if counter.json {
                try console.json(answer)
            } else {
                console.line("\(done): group \(answer.group) has \(answer.members) member\(answer.members == 1 ? "" : "s")")
            }
            return .done
        }
    }
}
