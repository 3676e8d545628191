import Contracts
import Glibc
import Launch
import Seal
import Store
import Testing
import Town

@testable import Kazasu

@Suite("Backups")
struct BackupTests {
    private let offset = UTCOffset.japan
    private func at(_ text: String) -> Instant { Instant(rfc3339: "\(text):00+09:00") ?? .distantPast }

    private func status(good: String? = nil, last: String? = nil, trouble: String? = nil, tried: String? = nil) -> BackupStatus {
        var status = BackupStatus()
        status.lastGood = good.map(at)
        status.last = (last ?? good).map { .init(at: at($0), trouble: trouble) }
        status.trial = tried.map { .init(at: at($0), trouble: nil) }
        return status
    }

    @Test("One is made after its hour, or as soon as the machine is on again; one that failed is tried again after an hour")
    func due() {
        func due(_ status: BackupStatus, _ now: String) -> BackupKeeper.Chore? {
            BackupKeeper.due(status, at: 180, offset, now: at(now))
        }
        #expect(due(status(), "2026-11-22T09:00") == .backup, "the first")
        let good = status(good: "2026-11-22T03:01", tried: "2026-11-20T03:05")
        #expect(due(good, "2026-11-22T09:00") == nil)
        #expect(due(good, "2026-11-23T02:59") == nil)
        #expect(due(good, "2026-11-23T03:00") == .backup)
        #expect(due(good, "2026-11-25T14:00") == .backup, "it was off over night")
        let failed = status(good: "2026-11-21T03:01", last: "2026-11-22T03:01", trouble: "no disk")
        #expect(due(failed, "2026-11-22T03:30") == nil)
        #expect(due(failed, "2026-11-22T04:01") == .backup)
        #expect(due(status(good: "2026-11-22T03:01", tried: "2026-11-15T03:02"), "2026-11-22T03:03") == .trial)
        #expect(due(status(good: "2026-11-22T03:01"), "2026-11-22T03:03") == .trial, "never tried")
    }

    @Test("A station's backups are another repository, with a password that does not open the town's")
    func stations() throws {
        #expect(Backup.repository("/mnt/backup/kazasu", of: nil) == "/mnt/backup/kazasu")
        #expect(Backup.repository("/mnt/backup/kazasu", of: "east") == "/mnt/backup/kazasu-east")
        #expect(Backup.repository("rest:https://nas/", of: "east") == "rest:https://nas/east")
        let scratch = Scratch()
        var town = try town()
        let folders = ["town", "east"].map { DataFolder("\(scratch.path)/\($0)") }
        for folder in folders {
            try folder.makeFolders()
            #expect(try folder.makeBackupPassword(for: town) == nil, "no backups, no password")
            town.backups = Town.Backups(to: "/mnt/backup")
            #expect(try folder.makeBackupPassword(for: town) != nil && folder.makeBackupPassword(for: town) == nil)
            town.backups = nil
        }
        #expect(try SecretFile.read(folders[0].backupPassword) != SecretFile.read(folders[1].backupPassword))
    }

    @Test("On a fresh machine the folders that a backup is put back into are made, for this user alone")
    func parents() throws {
        let scratch = Scratch()
        try makeParents(of: "\(scratch.path)/kazasu/town/data")
        var status = stat()
        #expect(stat("\(scratch.path)/kazasu/town", &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(!exists("\(scratch.path)/kazasu/town/data"))
    }

    @Test("A database that the town has no more is not put back with the others")
    func retired() throws {
        let scratch = Scratch()
        let data = try copies(scratch)
        _ = try Database(path: "\(data.root)/state/points-main.sqlite")
        let recorder = Recorder()
        #expect(try CopyRound(data: data, console: recorder.console()).run() == [])
        #expect(databases(in: data.copies) == ["points-main.sqlite"])
    }

    @Test("What is old, has failed or was never tried is said")
    func problems() {
        func codes(_ status: BackupStatus) -> [String] { status.problems(now: at("2026-11-22T09:00"), offset).map(\.code) }
        #expect(codes(status(good: "2026-11-22T03:01", tried: "2026-11-20T03:05")) == [])
        #expect(codes(status()) == ["backup-old"])
        #expect(codes(status(good: "2026-11-20T03:01", tried: "2026-11-20T03:05")) == ["backup-old"])
        #expect(codes(status(good: "2026-11-21T03:01", last: "2026-11-22T03:01", trouble: "no disk")) == ["backup-failed", "untried"])
        var bad = status(good: "2026-11-22T03:01")
        bad.trial = .init(at: at("2026-11-22T04:00"), trouble: "points-main.sqlite has 7 rows in entry, not 8")
        #expect(codes(bad) == ["trial-failed"])
    }

    /// A folder with copies of two databases.
    private func copies(_ scratch: Scratch) throws -> DataFolder {
        let data = DataFolder("\(scratch.path)/data")
        try data.makeFolders()
        for (name, rows) in [("points-main", 3), ("notifier-main", 5)] {
            let database = try Database(path: "\(data.copies)/\(name).sqlite")
            try database.write { (db: borrowing Transaction) throws in
                try db.script("CREATE TABLE entry (x INTEGER)")
                for row in 0..<rows { try db.run("INSERT INTO entry VALUES (?)", row) }
            }
        }
        return data
    }

    @Test("A copy that lacks a row, that is damaged or that is missing is noticed, by name")
    func inventory() throws {
        let scratch = Scratch()
        let data = try copies(scratch)
        let (inventory, unreadable) = Inventory.take(of: data, now: at("2026-11-22T03:00"), version: "1") { _ in }
        #expect(unreadable.isEmpty)
        #expect(inventory.copies.map(\.file) == ["notifier-main.sqlite", "points-main.sqlite"])
        #expect(inventory.faults(in: data.copies) { _ in } == [])
        try Database(path: "\(data.copies)/points-main.sqlite").write { try $0.run("DELETE FROM entry WHERE x = 1") }
        #expect(inventory.faults(in: data.copies) { _ in } == ["points-main.sqlite has 2 rows in entry, not 3"])
        let file = open("\(data.copies)/points-main.sqlite", O_RDWR)
        pwrite(file, [UInt8](repeating: 7, count: 100), 100, 4096)
        close(file)
        let again = Inventory.take(of: data, now: at("2026-11-22T03:00"), version: "1") { _ in }
        #expect(
            again.inventory.copies.map(\.file) == ["notifier-main.sqlite"] && again.unreadable.count == 1,
            "the others are saved all the same")
        unlink("\(data.copies)/notifier-main.sqlite")
        let faults = inventory.faults(in: data.copies) { _ in }
        #expect(
            faults.count == 2 && faults[0] == "notifier-main.sqlite is missing" && faults[1].contains("points-main.sqlite"), "\(faults)")
    }

    @Test("A repository gives back what it was given, to whoever has the password, and keeps what it is told to keep")
    func repository() throws {
        let scratch = Scratch()
        let data = try copies(scratch)
        try SecretFile.create("\(scratch.path)/password", Array("secret\n".utf8))
        let repository = try Repository("\(scratch.path)/repository", password: "\(scratch.path)/password")
        try repository.open()
        try repository.open()
        let first = try repository.add(["copies"], in: data.root, as: "nagai", but: ["*.part"])
        let second = try repository.add(["copies"], in: data.root, as: "nagai", but: [])
        _ = try repository.add(["copies"], in: data.root, as: "nagai-east", but: [])
        #expect(try repository.snapshots().map(\.host) == ["nagai", "nagai", "nagai-east"])
        #expect(try repository.snapshots().allSatisfy { $0.at > at("2026-01-01T00:00") })
        try repository.forget(.init(days: 1, weeks: 0, months: 0), of: "nagai")
        #expect(try repository.snapshots().map(\.id) == [String(second.prefix(8)), try repository.snapshots().last?.id])
        #expect(first != second)
        try repository.fetch(String(second.prefix(8)), to: "\(scratch.path)/back")
        #expect(databases(in: "\(scratch.path)/back/copies") == ["notifier-main.sqlite", "points-main.sqlite"])

        try SecretFile.replace("\(scratch.path)/password", Array("another\n".utf8))
        #expect(throws: Failure.self) { try repository.snapshots() }
        #expect {
            try Repository("/mnt/nobody/has/this", password: "\(scratch.path)/password").open()
        } throws: { "\($0)".contains("Is its disk connected and mounted?") }
        #expect { try Repository("\(scratch.path)/repository", password: "\(scratch.path)/none") } throws: {
            "\($0)".contains("is missing")
        }
    }
}
