import Contracts
import Launch
import Town

extension Command {
    package static var stationBundle: Command {
        Command(
            "station bundle", "SITE DIR", count: 2...2,
            summary: "make the folder of a site's station: its town.yaml, certificates and keys",
            options: [Option<String>.town.shape, Option<String>.data.shape],
            details: """
                Where the town's keys are. Copy DIR to the station and start it there: kazasu up. For a station that is broken, give the
                command again: the new one gets the same keys, and its locks need nothing new. What is in DIR opens the doors of that site.
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .site)
            let path = try arguments.optional(.town) ?? "town.yaml"
            let town = try Town.load(path: path)
            guard let site = try town.site(named: id) else { return .refused }
            let data = DataFolder(try arguments.optional(.data) ?? "\(folder(of: path))/data")
            let credentials = Credentials(data: data, now: console.now(), progress: console.progress)
            for thing in try credentials.complete(for: site, of: town) { console.note("made \(thing)") }
            let place = absolute(arguments.operands[1])
            let left = try Bundle(town: town, site: site, townFile: absolute(path), data: data, destination: place).write()
            for thing in left { console.note(thing) }
            console.line(
                "\(place) is the station of \(site.id): \(counted(site.agents.count, "agent")), \(counted(site.doors.count, "door"))")
            console.note("copy it to the station over a safe way, delete it here, and start it there: kazasu up")
            console.note("its locks get \(data.grantKey(of: site.id).shown) and the broker \(site.broker.host):\(site.broker.port)")
            console.note("start the town again, so that its broker and its lock-controller know the site: kazasu up")
            return .done
        }
    }

    package static var stationTellAgain: Command {
        Command(
            "station tell-again", summary: "have all sites told all bookings and groups again",
            options: Station.options + [Option.why.shape],
            details: """
                After lock-controller's database was put back from an older copy, and what was cancelled since has been cancelled once more:
                until then sites refuse what they were told after that copy.
                """
        ) { arguments, console in
            let why = try arguments.reason(console)
            let desk = try Station(arguments, console).desk()
            _ = try desk.ask(TellAgain(why: why), on: .tellRightsAgain, for: Done.self)
            console.line("the sites are told")
            return .done
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
