import Contracts
import Glibc
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
                command again: the new one gets the same keys, and its locks need nothing new. What is in DIR opens the doors of that site and
                reads what an island or a reception table has written of people.
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
            let parts =
                [counted(site.agents.count, "agent"), counted(site.doors.count, "door")]
                + (site.isIsland ? [counted(site.shelterDesks.count, "shelter desk")] : [])
                + (site.hasReception ? [counted(site.receptionDesks.count, "reception desk")] : [])
            console.line("\(place) is the station of \(site.id): \(parts.joined(separator: ", "))")
            let start = site.isIsland ? "kazasu island" : "kazasu up"
            console.note("copy it to the station over a safe way, delete it here, and start it there: \(start)")
            if let portal = town.portal(at: site.id) {
                let accounts = portal.accounts.map(\.id.text).joined(separator: ", ")
                console.note(
                    "its pages are at \(portal.origin); whoever signs in there is invited at the station, with kazasu portal invite: \(accounts.isEmpty ? "nobody" : accounts)"
                )
            }
            if !site.doors.isEmpty {
                console.note("its locks get \(data.grantKey(of: site.id).shown) and the broker \(site.broker.host):\(site.broker.port)")
            }
            console.note("start the town again, so that its broker and its services know the site: kazasu up")
            return .done
        }
    }

    package static var stationLine: Command {
        Command(
            "station line", summary: "carry between a station's broker and the town's; kazasu up runs it at a station",
            options: [Option<String>.town.shape, Option<String>.data.shape, Option<Int>.port.shape],
            details: "It says when the way is lost and found again, on standard error, and runs until SIGTERM."
        ) { arguments, console in
            let path = try arguments.optional(.town) ?? "town.yaml"
            let town = try Town.load(path: path)
            let data = DataFolder(try arguments.optional(.data) ?? "\(folder(of: path))/data")
            guard let site = try town.site(named: data.site) else {
                throw Failure.refused("\(data.root) is not the data of a station. Its folder is made with: kazasu station bundle")
            }
            let signals = try Signals()
            let user = town.premises(site).line
            func connect(_ broker: Town.Broker, _ port: Int) -> any Wire {
                let files = data.certificate(of: user)
                // One name at each broker: of two stations for one site, each ends the other's connections, and says so.
                return console.connect(
                    Login(
                        host: broker.host, port: port, user: user, client: user.text, authority: data.authority.certificate,
                        certificate: files.certificate, key: files.key))
            }
            let near = connect(site.broker, try arguments.optional(.port) ?? data.lastPort ?? site.broker.port)
            let line = SiteLine(
                near: near, far: connect(town.broker, town.broker.port), crossing: town.crossing(of: site), log: { console.note($0) })
            while !signals.haveCome() {
                try line.turn()
                var polled = [signals.interest] + line.interest
                poll(&polled, nfds_t(polled.count), Int32(max(0, min(line.patience, 1000))))
            }
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
