import Contracts
import Journal
import Launch
import ServiceKit
import Town

extension Option where Value == String {
    fileprivate static var copies: Self {
        Self(
            "--copies", "DIR", "read the copies in this folder, such as those of a backup (default: new ones are made)",
            expected: "a folder"
        ) {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var service: Self {
        Self("--service", "NAME", "of this service alone, such as points-main", expected: "a name such as points-main") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Option where Value == UserID {
    fileprivate static var who: Self {
        Self("--who", "USER", "by this user alone, such as points-desk-hall", expected: "a user such as points-desk-hall") { UserID($0) }
    }
}

extension Flag {
    fileprivate static var backups: Self { Self("--backups", "compare with what each backup has seen of it, too") }
}

extension Command {
    private static let family = Station.options.filter { $0 != Option<Instance>.speaker.shape && $0 != Option<Int>.port.shape }

    package static var auditVerify: Command {
        Command(
            "audit verify", summary: "was anything altered of who commanded what? (操作記録の検証)",
            options: [Option<String>.copies.shape, Flag.backups.shape] + family + [Flag.json.shape],
            details: """
                Each service keeps who commanded what, when, and what became of it, in a chain of digests. All of it is computed again from copies of the databases,
                and compared with the links that were seen before: at the last backup and, with --backups, at each one there is. Exit code 1 when something does not
                fit. Write the newest links down now and then (--json): a chain that was written anew as a whole is told by nothing else.
                """
        ) { arguments, console in
            let (book, station) = try book(arguments, console)
            let sights = try sights(of: station, backups: arguments.has(.backups), console)
            var reports: [AuditBook.Report] = []
            for service in book.services {
                console.progress("computing \(service)")
                reports.append(try book.verify(service, against: sights[service] ?? [], station.town.offset))
            }
            console.progress("")
            if arguments.has(.json) {
                try console.json(reports)
            } else {
                let rows = reports.map { report in
                    [
                        report.service, "\(report.entries)", report.newest.map { "\($0.number) \($0.link.prefix(16))…" } ?? "-",
                        report.faults.isEmpty ? "well" : "ALTERED",
                    ]
                }
                console.out(table([["SERVICE", "ENTRIES", "NEWEST", ""]] + rows))
            }
            for report in reports {
                for remark in report.remarks { console.note("\(report.service): \(remark)") }
                for fault in report.faults { console.note("\(report.service): \(fault)") }
            }
            return reports.allSatisfy(\.faults.isEmpty) ? .done : .refused
        }
    }

    package static var auditShow: Command {
        Command(
            "audit show", summary: "who commanded what, and what became of it (操作記録)",
            options: [
                Option.service.shape, Option.who.shape, Option.from.shape, Option.to.shape, Option.csv.shape, Option.encoding.shape,
                Option<String>.copies.shape,
            ] + family + [Flag.json.shape],
            details: """
                Since yesterday at this hour, or from one time to another, as far back as five years. What exactly was asked stands in what the service has said
                because of it, under the id.
                Examples:
                  kazasu audit show --who points-desk-hall
                  kazasu audit show --from "2026-11-01 00:00" --to "2026-12-01 00:00" --csv november.csv
                """
        ) { arguments, console in
            let (book, station) = try book(arguments, console)
            let offset = station.town.offset
            let now = console.now()
            let from = try arguments.optional(.from)?.instant(now: now, offset) ?? now - .seconds(86_400)
            let to = try arguments.optional(.to)?.instant(now: now, offset) ?? now
            let wanted = try arguments.optional(.service)
            if let wanted, !book.services.contains(wanted) {
                throw Failure.refused("there is no service \(quoted(wanted)). Those there are: \(book.services.joined(separator: ", ")).")
            }
            let found = try book.entries(of: wanted.map { [$0] } ?? book.services, from: from, to: to, by: arguments.optional(.who))
            let rows = found.map { service, entry in
                let at = entry.at.rfc3339(offset).prefix(19).split(separator: "T").joined(separator: " ")
                return [at, service, entry.who.text, entry.what, entry.verdict, entry.id.description]
            }
            if let path = try arguments.optional(.csv) {
                try console.write(
                    header: ["日時", "サービス", "操作者", "操作", "結果", "ID"], rows: rows, to: path, as: try arguments.optional(.encoding))
            } else if arguments.has(.json) {
                try console.json(found.map { AuditLineShown(service: $0.service, $0.entry, offset) })
            } else if rows.isEmpty {
                console.line("no commands from \(from.minute(offset)) to \(to.minute(offset))")
            } else {
                console.out(table([["WHEN", "SERVICE", "WHO", "COMMAND", "OUTCOME", "ID"]] + rows))
            }
            return .done
        }
    }

    /// A command as programs read it.
    private struct AuditLineShown: Encodable {
        let at: String
        let command: String
        let id: String
        let link: String
        let number: Int64
        let outcome: String
        let service: String
        let who: String

        init(service: String, _ entry: AuditEntry, _ offset: UTCOffset) {
            (at, command, id, link) = (entry.at.rfc3339(offset), entry.what, entry.id.description, entry.link)
            (number, outcome, self.service, who) = (entry.number, entry.verdict, service, entry.who.text)
        }
    }

    private static func book(_ arguments: Arguments, _ console: Console) throws -> (AuditBook, Station) {
        let station = try Station(arguments, console)
        if let folder = try arguments.optional(Option<String>.copies) {
            guard !databases(in: folder).isEmpty else { throw Failure.refused("\(folder) holds no copy of a database.") }
            return (AuditBook(folder: folder), station)
        }
        // What was seen at the last backup must still be known when the copies are new.
        for missing in try CopyRound(data: station.data, console: console).run() { console.note("not as of now: \(missing)") }
        console.progress("")
        return (AuditBook(folder: station.data.copies), station)
    }

    /// What was seen of each service's chain before.
    private static func sights(of station: Station, backups: Bool, _ console: Console) throws -> [String: [AuditBook.Sight]] {
        var inventories: [Inventory] = []
        if exists(station.data.inventory) { inventories.append(try readWhole(station.data.inventory).decoded()) }
        if backups {
            let backup = try Backup(of: station, console)
            let repository = try backup.repository()
            for snapshot in try repository.snapshots() where snapshot.host == backup.host {
                console.progress("asking the backup of \(snapshot.at.minute(station.town.offset))")
                inventories.append(try repository.read("/copies/inventory.json", of: snapshot.id).decoded())
            }
        }
        return inventories.reduce(into: [:]) { found, inventory in
            for (service, sight) in inventory.sights { found[service, default: []].append(sight) }
        }
    }
}
