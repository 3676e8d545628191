import Contracts
import Journal
import Launch
import ServiceKit
import Town

extension Option where Value == WrittenTime {
    fileprivate static var since: Self {
        Self("--since", "TIME", "what was commanded from then on (default: the last 30 days)", expected: WrittenTime.expected) {
            WrittenTime($0)
        }
    }
}

extension Command {
    package static var again: Command {
        Command(
            "again", summary: "give again what was commanded from here, to services that were put back (再送)",
            options: [Option.since.shape, Flag.yes.shape] + Station.options.filter { $0 != Option<Instance>.speaker.shape },
            details: """
                By itself the next command to a service that was put back gives again, first, what that desk had commanded and the service has forgotten. This
                is for what nobody could notice, and for what was refused then: of all desks whose commands were given on this machine, in their order.
                What a service has obeyed before it does not do twice. Some commands mean their moment alone and are never given again: disaster modes,
                messages to residents, the end of a bus's run.
                Exit code 1 when something was refused or not answered.
                Example:
                  kazasu again --since "2026-11-21 09:00"
                """
        ) { arguments, console in
            let station = try Station(arguments, console)
            let offset = station.town.offset
            let now = console.now()
            let since = try arguments.optional(.since)?.instant(now: now, offset) ?? now - Retention.given
            let book = station.book
            let commands = try book.all(since: since)
            guard !commands.isEmpty else {
                console.line("nothing was commanded from here since \(since.minute(offset)) that could be given again")
                return .done
            }
            let rows = commands.map { [$0.id.time.minute(offset), $0.by.text, $0.service.description, $0.topic.name.text] }
            console.out(table([["GIVEN", "WHO", "TO", "COMMAND"]] + rows))
            try console.confirm("\(commands.count) commands: give them again?", unless: arguments.has(.yes))
            var desks: [UserID: Desk] = [:]
            let round = try book.give(commands) { user in
                if desks[user] == nil { desks[user] = try station.desk(of: user) }
                return desks[user]
            }
            try book.settle(round)
            console.line("given again: \(round.words)")
            return round.isWhole && round.refused.isEmpty ? .done : .refused
        }
    }
}

extension Station {
    /// A connection as somebody who has commanded from here; `nil` when the town has them no more, or here is not their place any more.
    fileprivate func desk(of user: UserID) throws -> Desk? {
        let known = town.roster.users.first { $0.role.user($0.instance) == user }
        guard let (role, instance) = known, exists(data.certificate(of: user).key) else { return nil }
        return try desk(role, instance)
    }
}
