import Contracts

extension Town {
    /// Where copies of the databases and keys go, when, and how long they are kept.
    package struct Backups: Hashable, Sendable {
        /// A repository as restic names it: a folder, `sftp:user@host:/folder`, `s3:https://host/bucket`, `rest:https://host/`.
        package var to: String
        /// Minutes after midnight, by the town's clock.
        package var at = 3 * 60
        /// One of each of the last days, weeks and months that have one.
        package var days = 14
        package var weeks = 8
        package var months = 6

        package init(to: String) { self.to = to }
    }
}

private enum BackupsKey: String, Setting { case to, at, keep }
private enum KeepKey: String, Setting { case days, weeks, months }

extension Draft {
    func backups(_ value: Value) -> Town.Backups? {
        guard let settings = value.section(BackupsKey.self) else { return nil }
        let place = settings.required(.to, example: "/mnt/backup/kazasu")?.parsed(
            "an absolute path, or sftp:user@host:/folder, s3:https://host/bucket, rest:https://host/, without a password in it."
        ) { text -> String? in
            let isRemote = ["sftp:", "s3:https://", "rest:https://"].contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
            // A password in an address would stand in every list of processes.
            let hasPassword = text.hasPrefix("rest:") && text.contains("@")
            let isPlain = text.utf8.count <= 300 && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
            return (text.hasPrefix("/") || isRemote) && !hasPassword && isPlain ? text : nil
        }
        guard let place else { return nil }
        var backups = Town.Backups(to: place)
        backups.at =
            settings.optional(.at)?.parsed("an hour of the day, from \"00:00\" to \"23:59\".") {
                minutes($0).flatMap { $0 < 1440 ? $0 : nil }
            } ?? backups.at
        if let keep = settings.optional(.keep)?.section(KeepKey.self) {
            backups.days = keep.optional(.days)?.number(in: 1...400) ?? backups.days
            backups.weeks = keep.optional(.weeks)?.number(in: 0...520) ?? backups.weeks
            backups.months = keep.optional(.months)?.number(in: 0...240) ?? backups.months
        }
        return backups
    }
}
