import Contracts
import Town

extension Command {
    private static let family = Station.options + [Flag.json.shape]
    private static let cardOptions = [Option.card.shape, Option.tap.shape]

    package static var groupList: Command {
        Command("group list", summary: "the groups, their doors and how many cards they have", options: family) { arguments, console in
            let desk = try Station(arguments, console).desk()
            var groups: [GroupSummary] = []
            var page = GroupList(groups: [], more: true)
            while page.more {
                page = try desk.ask(ListGroups(after: groups.last?.group), on: .listGroups, for: GroupList.self)
                if page.groups.isEmpty { page.more = false }
                groups += page.groups
            }
            if arguments.has(.json) {
                try console.json(groups)
            } else if groups.isEmpty {
                console.line("no groups; one comes to be with its first card or door: kazasu group add GROUP --tap AGENT/READER")
            } else {
                console.out(table([["GROUP", "CARDS", "DOORS"]] + groups.map { [$0.group.text, "\($0.tokens)", doors($0)] }))
            }
            return .done
        }
    }

    package static var groupAdd: Command {
        Command("group add", "GROUP", count: 1...1, summary: "give cards the rights of a group", options: cardOptions + family) {
            arguments, console in
            let group = try arguments.operand(0, .group)
            let desk = try Station(arguments, console).desk()
            return try change(ChangeGroup(group: group, addTokens: cards(arguments, desk.session)), desk, arguments, console)
        }
    }

    package static var groupRemove: Command {
        Command("group remove", "GROUP", count: 1...1, summary: "take the rights of a group from cards", options: cardOptions + family) {
            arguments, console in
            let group = try arguments.operand(0, .group)
            let desk = try Station(arguments, console).desk()
            let tokens = try cards(arguments, desk.session, alsoFormer: true)
            return try change(ChangeGroup(group: group, removeTokens: tokens), desk, arguments, console)
        }
    }

    package static var groupOpen: Command {
        Command("group open", "GROUP DOOR", count: 2...2, summary: "let a group open a door", options: family) { arguments, console in
            let (group, door) = (try arguments.operand(0, .group), try arguments.operand(1, .door))
            let station = try Station(arguments, console)
            try station.check(door)
            return try change(ChangeGroup(group: group, addDoors: [door]), station.desk(), arguments, console)
        }
    }

    package static var groupClose: Command {
        // A door that was taken out of the town's file can still be taken from a group.
        Command("group close", "GROUP DOOR", count: 2...2, summary: "let a group open a door no more", options: family) {
            arguments, console in
            let (group, door) = (try arguments.operand(0, .group), try arguments.operand(1, .door))
            return try change(ChangeGroup(group: group, removeDoors: [door]), Station(arguments, console).desk(), arguments, console)
        }
    }

    private static func change(_ change: ChangeGroup, _ desk: Desk, _ arguments: Arguments, _ console: Console) throws -> ExitCode {
        let group = try desk.ask(change, on: .changeGroup, for: GroupSummary.self)
        if arguments.has(.json) {
            try console.json(group)
        } else {
            console.line("group \(group.group): \(group.tokens) card\(group.tokens == 1 ? "" : "s"), doors: \(doors(group))")
        }
        return .done
    }

    private static func doors(_ group: GroupSummary) -> String {
        group.doors.isEmpty ? "none" : group.doors.map(\.text).joined(separator: " ")
    }
}
