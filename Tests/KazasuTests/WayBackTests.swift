import Contracts
import Glibc
import Launch
import ServiceKit
import Store
import Testing

@testable import Kazasu

@Suite("The way back from an upgrade")
struct WayBackTests {
    private let address = Address("points", "main")

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// What a program of this version does at its start: its tables are as many migrations.
    private func start(_ version: String, _ tables: Int, _ data: DataFolder) throws {
        let database = try Database(path: data.state(of: address))
        database.beforeMigration = { try WayBack(data, address).keep($0, before: version) }
        let all = [
            Migration(1, "CREATE TABLE a (x); INSERT INTO a VALUES (1)"), Migration(2, "CREATE TABLE b (x)"),
            Migration(3, "CREATE TABLE c (x)"),
            Migration(4, "CREATE TABLE d (x)"),
        ]
        try database.migrate("points", Array(all.prefix(tables)))
    }

    @Test("A database is kept as it was, for this user alone; of each the newest two; the older program starts on it again")
    func kept() throws {
        let scratch = Scratch()
        let data = DataFolder("\(scratch.path)/data")
        try data.makeFolders()
        try start("1.0", 1, data)
        #expect(fileNames(in: data.copies) == [], "a new database has nothing to go back to")
        try start("1.1", 2, data)
        try start("1.1", 2, data)
        #expect(fileNames(in: data.copies) == ["before-1.1"])
        let copy = "\(data.copies(before: "1.1"))/points-main.sqlite"
        #expect(mode(copy) == 0o600 && mode(data.copies(before: "1.1")) == 0o700)
        #expect(try Database(path: copy).census() == ["a": 1, "migration": 1])

        // Of another database, older than all.
        write("", to: "\(data.copies(before: "1.1"))/notifier-main.sqlite")
        usleep(20_000)
        try start("1.2", 3, data)
        usleep(20_000)
        try start("1.10", 4, data)
        #expect(fileNames(in: data.copies) == ["before-1.1", "before-1.10", "before-1.2"])
        #expect(fileNames(in: data.copies(before: "1.1")) == ["notifier-main.sqlite"])

        let newer = #expect(throws: NewerSchema.self) { try start("1.2", 3, data) }
        #expect(newer?.description.contains("put back the copy made before the upgrade") == true)
        for end in ["", "-wal", "-shm"] { unlink(data.state(of: address) + end) }
        try move("\(data.copies(before: "1.10"))/points-main.sqlite", data.state(of: address))
        try start("1.2", 3, data)
    }

    @Test("Without room for a copy the program ends with a sentence, and its database is as it was")
    func full() throws {
        let scratch = Scratch()
        let data = DataFolder("\(scratch.path)/data")
        try data.makeFolders()
        try start("1.0", 1, data)
        // Somebody's file where the copy should go, which root cannot write into either.
        write("", to: data.copies(before: "1.1"))
        let refused = #expect(throws: Fatal.self) { try start("1.1", 2, data) }
        #expect(refused?.description.contains("points-main.sqlite has to be changed for version 1.1, and could not be copied") == true)
        #expect(refused?.description.contains("Nothing was changed. Free some space") == true)
        try start("1.0", 1, data)
    }
}
