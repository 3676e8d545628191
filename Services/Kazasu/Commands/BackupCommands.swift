import Contracts
import Launch
import ServiceKit
import Town

extension Option where Value == String {
    fileprivate static var snapshot: Self {
        Self("--backup", "ID", "which backup, as kazasu backup list names it (default: the newest)", expected: "8 letters and digits") {
            $0.count >= 8 && $0.allSatisfy(\.isHexDigit) ? $0 : nil
        }
    }
    fileprivate static var password: Self {
        Self(
            "--password-file", "FILE", "what opens the backups (default: keys/backup.password in the data)", expected: "the path of a file"
        ) {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var only: Self {
        Self(
            "--only", "NAME", "this database alone, such as points-main; the town has to be stopped", expected: "a name such as points-main"
        ) {
            $0.isEmpty || $0.contains("/") ? nil : $0
        }
    }
}

extension Command {
    private static let family = Station.options.filter { $0 != Option<Instance>.speaker.shape && $0 != Option<Int>.port.shape }

    package static var backup: Command {
        Command(
            "backup", summary: "copy every database and key to where the town's file says, encrypted (バックアップ)",
            options: family + [Flag.json.shape],
            details: """
                The town goes on meanwhile; kazasu up does this by itself at the hour of the town's file. Exit code 1 when something is not in it.
                What it makes is a repository of restic: restic -r PLACE -p data/keys/backup.password snapshots
                """
        ) { arguments, console in
            let start = monotonicMilliseconds()
            let backup = try Backup(arguments, console)
            let made = try backup.make()
            let seconds = (monotonicMilliseconds() - start) / 1000
            if arguments.has(.json) {
                try console.json(["backup": String(made.id.prefix(8))])
            } else {
                console.line("backup \(made.id.prefix(8)) at \(backup.to), \(seconds) s")
            }
            for missing in made.missing { console.note("not in it: \(missing)") }
            return made.missing.isEmpty ? .done : .refused
        }
    }

    package static var backupList: Command {
        Command("backup list", summary: "the backups there are (バックアップ一覧)", options: family + [Flag.json.shape]) { arguments, console in
            let backup = try Backup(arguments, console)
            let snapshots = try backup.repository().snapshots()
            if arguments.has(.json) {
                try console.json(snapshots.map { ["backup": $0.id, "of": $0.host, "at": $0.at.rfc3339(backup.town.offset)] })
            } else if snapshots.isEmpty {
                console.line("no backups")
            } else {
                let offset = backup.town.offset
                console.out(table(snapshots.map { [$0.id, $0.host, $0.at.minute(offset)] }))
            }
            return .done
        }
    }

    package static var backupTry: Command {
        Command(
            "backup try", summary: "fetch the newest backup and look whether it could be put back (復元訓練)", options: family,
            details: """
                Every table has the rows it was sent with, keys open what lies under them, the ledger adds up. Nothing that runs is touched. kazasu up does
                this by itself once a week.
                """
        ) { arguments, console in
            let faults = try Backup(arguments, console).tryNewest()
            for fault in faults { console.note(fault) }
            if faults.isEmpty { console.line("the newest backup is well: it can be put back") }
            return faults.isEmpty ? .done : .refused
        }
    }

    package static var backupStatus: Command {
        Command(
            "backup status", summary: "how the last backup and the last trial went (バックアップの状況)", options: family + [Flag.json.shape],
            details: "Exit code 1 when somebody must look."
        ) { arguments, console in
            let backup = try Backup(arguments, console)
            let status = BackupStatus(of: backup.data)
            let offset = backup.town.offset
            let problems = status.problems(now: console.now(), offset)
            func when(_ moment: Instant?) -> String { moment?.minute(offset) ?? "never" }
            if arguments.has(.json) {
                try console.json(status)
            } else {
                console.out(table([["last good backup", when(status.lastGood)], ["last trial", when(status.trial?.at)]]))
            }
            for problem in problems { console.note("\(problem.weight.rawValue): \(harmless(problem.text))") }
            return problems.contains { $0.weight == .red } ? .refused : .done
        }
    }

    package static var restore: Command {
        Command(
            "restore", "PLACE", count: 1...1, summary: "put a backup back: on a fresh machine, or one database (復元)",
            options: [Option<String>.password, .snapshot, .only, .data, .town].map(\.shape),
            details: """
                On a fresh machine it makes the data folder and the town's file beside it; then: kazasu up.
                What was entered after the backup is not in it. The next command of each desk gives again what it had commanded in the last thirty days and the
                service has forgotten. Services ask each other for events, open nothing and tell nobody for what happened before; what may have been told
                already they list (kazasu notice status). Docs/operations.md says what to look through.
                Examples:
                  kazasu restore /mnt/backup/kazasu --password-file /safe/backup.password --data /var/lib/kazasu
                  kazasu restore /mnt/backup/kazasu --only points-main
                """
        ) { arguments, console in
            let town = try arguments.optional(.town)
            let given = try arguments.optional(.data)
            let data = DataFolder(given ?? town.map { "\(folder(of: $0))/data" } ?? "data")
            let townFile = town ?? "\(folder(of: data.root))/town.yaml"
            let password = try arguments.optional(.password) ?? data.backupPassword
            let repository = try Repository(arguments.operands[0], password: password, credentials: data.backupCredentials)
            let snapshot = try choose(among: repository.snapshots(), arguments)
            let restoration = Restoration(repository: repository, data: data, console: console)
            let result =
                try arguments.optional(.only).map { try restoration.one($0, of: snapshot) }
                ?? restoration.everything(of: snapshot, townFile: townFile)
            for fault in result.faults { console.note(fault) }
            console.line(
                "put back: \(result.inventory.copies.count) databases as of \(result.inventory.at.rfc3339((try? Town.load(path: townFile))?.offset ?? .japan))"
            )
            console.note(
                "start it now: kazasu up \(townFile) --data \(data.root), then look through what came after that moment: Docs/operations.md. With their next command desks give again what they had commanded since, as far as their own machine still knows it; kazasu again does it by hand"
            )
            return result.faults.isEmpty ? .done : .refused
        }
    }

    private static func choose(among snapshots: [Repository.Snapshot], _ arguments: Arguments) throws -> Repository.Snapshot {
        let wanted = try arguments.optional(.snapshot)
        guard let found = snapshots.last(where: { wanted?.hasPrefix($0.id) ?? true }) else {
            let known = snapshots.suffix(20).map { "\($0.id) of \($0.at.rfc3339(.japan))" }.joined(separator: ", ")
            throw Failure.refused("there is no such backup. Those there are: \(known.isEmpty ? "none" : known).")
        }
        return found
    }
}
