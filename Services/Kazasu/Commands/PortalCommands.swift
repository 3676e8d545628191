import Contracts
import Launch
import Town

extension Operand where Value == AccountID {
    fileprivate static var account: Self { Self("ACCOUNT", expected: "an account of the town's file, such as sato") { AccountID($0) } }
}

extension Command {
    package static var portalInvite: Command {
        Command(
            "portal invite", "ACCOUNT", count: 1...1, summary: "a code with which somebody chooses a password for the town's pages (招待)",
            options: Station.options + [Flag.json.shape],
            details: """
                The code is shown once and holds for a day. Give it to the person, and to nobody else: by hand or by telephone.
                Who has forgotten the password is invited again; until the new one is chosen the old one holds. At the station of a site with pages
                it is for those, which have passwords of their own.
                Example: kazasu portal invite sato
                """
        ) { arguments, console in
            let (account, answer, portal) = try change(.invite, arguments, console)
            if arguments.has(.json) {
                try console.json(answer)
            } else {
                console.line(answer.code ?? "")
                let until = answer.until.map { ", until \($0.minute(portal.offset))" } ?? ""
                console.note("\(account) chooses a password with it at \(portal.origin)/ja/welcome\(until)")
            }
            return .done
        }
    }

    package static var portalShut: Command {
        Command(
            "portal shut", "ACCOUNT", count: 1...1, summary: "ends what somebody can do at the town's pages, at once (利用停止)",
            options: Station.options + [Flag.json.shape, Flag.yes.shape],
            details: """
                Every session ends, and the password is forgotten. To let them in again: kazasu portal invite ACCOUNT
                For good: take the account out of the town's file.
                Example: kazasu portal shut sato
                """
        ) { arguments, console in
            try console.confirm(
                "End all sessions of \(try arguments.operand(0, .account)) and forget the password?", unless: arguments.has(.yes))
            let (account, answer, _) = try change(.shut, arguments, console)
            if arguments.has(.json) { try console.json(answer) } else { console.line("\(account) can sign in no more") }
            return .done
        }
    }

    private static func change(
        _ step: ChangeAccount.Step, _ arguments: Arguments, _ console: Console
    ) throws -> (AccountID, AccountAnswer, (origin: String, offset: UTCOffset)) {
        let account = try arguments.operand(0, .account)
        let station = try Station(arguments, console)
        guard let portal = station.town.portal(at: station.place) else {
            let (who, key) = station.place.map { ("site \($0)", "as portal of the site") } ?? ("this town", "under portal")
            throw Failure.refused("\(who) has no pages. Add them to the town's file, \(key), and start it again: kazasu up")
        }
        let known = portal.accounts.map(\.id.text)
        guard known.contains(account.text) else {
            if let elsewhere = station.town.places(of: account).first {
                let place = elsewhere.map { "at the station of site \($0)" } ?? "where the town's broker is"
                throw Failure.refused("\(account) has no station here. Give the command \(place).")
            }
            let near = nearest(to: account.text, among: known).map { " Did you mean \($0)?" } ?? ""
            throw Failure.refused(
                "there is no account \(account).\(near) Accounts: \(known.isEmpty ? "none" : known.prefix(20).joined(separator: ", "))")
        }
        let desk = Desk(session: try station.lookout())
        let answer = try desk.ask(ChangeAccount(step, account), on: .changeAccount, for: AccountAnswer.self)
        return (account, answer, (portal.origin, station.town.offset))
    }
}

extension Town {
    /// Where somebody signs in; `nil` is the town's own pages.
    fileprivate func places(of account: AccountID) -> [SiteID?] {
        ([nil] + sites.map(\.id)).filter { portal(at: $0)?.account(account) != nil }
    }
}
