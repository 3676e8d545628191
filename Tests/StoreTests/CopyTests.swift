import Glibc
import Store
import Testing

@Suite("Copies of a database at work")
struct CopyTests {
    private func filled(_ folder: Folder) throws -> Database {
        let database = try Database(path: folder.file())
        try database.write { try $0.script("CREATE TABLE t (x INTEGER PRIMARY KEY, y BLOB)") }
        try write(1...400, to: database)
        return database
    }

    private func write(_ rows: ClosedRange<Int>, to database: Database) throws {
        try database.write { (db: borrowing Transaction) throws in
            for row in rows { try db.run("INSERT INTO t VALUES (?, ?)", row, [UInt8](repeating: UInt8(row % 256), count: 2000)) }
        }
    }

    private func modified(_ path: String) -> timespec {
        var status = stat()
        #expect(stat(path, &status) == 0)
        return status.st_mtim
    }

    @Test("What is written while the copy is made is in it, and the copy is whole before it has its name")
    func atWork() throws {
        let (folder, target) = (Folder(), Folder())
        let database = try filled(folder)
        let copy = try DatabaseCopy(of: database, at: target.file())
        var slices = 0
        while try !copy.advance(pages: 16) {
            #expect(access(target.file(), F_OK) != 0, "half a copy has no name")
            slices += 1
            try write((400 + slices)...(400 + slices), to: database)
        }
        #expect(slices > 5)
        let copied = try Database(path: target.file())
        #expect(try copied.damage() == nil)
        #expect(try copied.census() == ["t": Int64(400 + slices)])
        #expect(try database.census() == copied.census())
    }

    @Test("A copy is as old as its beginning, so that whoever has asked since is given another")
    func dated() throws {
        let (folder, target) = (Folder(), Folder())
        let database = try filled(folder)
        let copy = try DatabaseCopy(of: database, at: target.file())
        usleep(20_000)
        folder.write([1], to: "wanted")
        while try !copy.advance(pages: 64) {}
        let (copied, wanted) = (modified(target.file()), modified(folder.file("wanted")))
        #expect((copied.tv_sec, copied.tv_nsec) < (wanted.tv_sec, wanted.tv_nsec))
        unlink(folder.file("wanted"))
    }

    @Test("A copy that is given up leaves nothing, and one that cannot be made says why")
    func givenUp() throws {
        let (folder, target) = (Folder(), Folder())
        let database = try filled(folder)
        do {
            let copy = try DatabaseCopy(of: database, at: target.file())
            #expect(try !copy.advance(pages: 4))
            #expect(access(target.file("a.db.part"), F_OK) == 0)
        }
        #expect(access(target.file("a.db.part"), F_OK) != 0 && access(target.file(), F_OK) != 0)
        #expect(throws: StoreError.self) { try DatabaseCopy(of: database, at: target.file("nowhere/a.db")) }
    }
}
