import Contracts
import Glibc
import Launch
import LockDriver
import ServiceKit
import Town

extension Operand where Value == UserID {
    fileprivate static var user: Self {
        Self("USER", expected: "a user of the broker, such as agent-gate-1; kazasu revoked lists those who are revoked") { UserID($0) }
    }
}

extension Flag {
    fileprivate static var undo: Self { Self("--undo", "give the rights back: the machine was found, or the name was a mistake") }
}

extension Option where Value == String {
    fileprivate static var because: Self {
        Self("--why", "TEXT", "why; it is kept beside the name", expected: "a few words, at most 200 characters") {
            $0.trimmed.isEmpty || $0.unicodeScalars.count > 200 ? nil : $0.trimmed
        }
    }
}

extension Command {
    private static let family = [Option<String>.town.shape, Option<String>.data.shape]

    package static var revoke: Command {
        Command(
            "revoke", "USER", count: 1...1, summary: "take all rights from a user of the broker at once: a machine was stolen (失効)",
            options: [Option<String>.because.shape, Flag.undo.shape, Flag.yes.shape] + family,
            details: """
                Where the broker runs; users of a site at its station. It holds at once, for a connection that stands too, and stays until it is undone: the
                certificate stays good, so give a new machine a new name. The town goes on.
                Example: kazasu revoke agent-gate-1 --why "stolen from the gym"
                """
        ) { arguments, console in
            let user = try arguments.operand(0, .user)
            let station = try Station(arguments, console)
            var revocations = try Revocations(of: station.data)
            if arguments.has(.undo) {
                guard revocations.contains(user.text) else {
                    throw Failure.refused("\(user) is not revoked. Those who are: kazasu revoked")
                }
                try console.confirm("give \(user) its rights back? Whoever has its certificate has them, too.", unless: arguments.has(.yes))
                revocations.lines.removeAll { $0.user == user }
            } else {
                let known = station.users
                guard known.contains(user) || revocations.contains(user.text) else {
                    let near = nearest(to: user.text, among: known.map(\.text)).map { " Did you mean \($0)?" } ?? ""
                    throw Failure.refused("this broker knows no user \(user).\(near) Its users stand in \(station.data.accessControl).")
                }
                let why = try arguments.required(.because)
                try console.confirm("take all rights from \(user)?", unless: arguments.has(.yes))
                revocations.lines.removeAll { $0.user == user }
                revocations.lines.append(.init(user: user, at: console.now(), why: why))
            }
            try revocations.write(to: station.data)
            let isKnown = station.brokerHasHeard(within: 5000)
            console.line(
                "\(user) \(arguments.has(.undo) ? "has its rights again" : "is revoked")\(isKnown ? "" : ", as soon as kazasu up takes it: it has not yet. Does it run? See data/log/up.log")"
            )
            return .done
        }
    }

    package static var revoked: Command {
        Command("revoked", summary: "who is revoked, since when and why (失効一覧)", options: family) { arguments, console in
            let station = try Station(arguments, console)
            let lines = try Revocations(of: station.data).lines
            let offset = station.town.offset
            console.out(
                lines.isEmpty
                    ? "nobody is revoked\n"
                    : table(lines.map { [$0.user.text, $0.at.minute(offset), harmless($0.why)] }))
            return .done
        }
    }
}

extension Station {
    /// Everybody this broker knows.
    fileprivate var users: Set<UserID> {
        let lines = place == nil ? town.sites.map { town.premises($0).line } : town.site(place ?? "").map { [town.premises($0).line] } ?? []
        let devices = place == nil ? town.deviceUsers.map(\.user) : []
        return Set(town.brokerUsers(at: place).users.map { $0.role.user($0.instance) } + lines + devices)
    }

    /// Whether `kazasu up` has written the rights anew since.
    fileprivate func brokerHasHeard(within milliseconds: Int64) -> Bool {
        let asked = modified(data.revocations) ?? .distantPast
        let deadline = monotonicMilliseconds() + milliseconds
        while monotonicMilliseconds() < deadline {
            if let written = modified(data.accessControl), written >= asked { return true }
            poll(nil, 0, 50)
        }
        return false
    }
}
