import Glibc
import Store
import Testing

@Suite("Deleted means gone")
struct ErasureTests {
    private func bytes(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return bytes
    }

    /// How many of the words stand somewhere in the database's files; all of them are equally long.
    private func found(_ words: Set<[UInt8]>, in folder: Folder) -> Int {
        let length = words.first?.count ?? 1
        var found: Set<[UInt8]> = []
        for file in [folder.file(), folder.file() + "-wal"] {
            let bytes = bytes(file)
            guard bytes.count >= length else { continue }
            for start in 0...bytes.count - length where bytes[start] == UInt8(ascii: "@") {
                let word = Array(bytes[start..<start + length])
                if words.contains(word) { found.insert(word) }
            }
        }
        return found.count
    }

    @Test("What was deleted or replaced is in no byte of the file and its log once the log is cut; what was not is there")
    func gone() throws {
        let folder = Folder()
        let db = try Database(path: folder.file())
        try db.erase()
        try db.write { try $0.script("CREATE TABLE t (x INTEGER PRIMARY KEY, word TEXT); CREATE INDEX i ON t (word)") }
        let words = (0..<3000).map { Array("@hanako-\(100_000 + $0)".utf8) }
        // Some long enough for pages of their own.
        try db.write { db in
            for (number, word) in words.enumerated() {
                let text = String(decoding: word, as: UTF8.self)
                try db.run(
                    "INSERT INTO t VALUES (?, ?)", Int64(number),
                    text + String(repeating: ".", count: number % 50 == 0 ? 9000 : number % 40))
            }
        }
        let doomed = Set(words.enumerated().filter { $0.offset % 3 != 0 }.map(\.element))
        try db.write { try $0.run("DELETE FROM t WHERE x % 3 = 1") }
        try db.write { try $0.run("UPDATE t SET word = 'somebody' WHERE x % 3 = 2") }
        #expect(found(doomed, in: folder) > 0, "before the log is cut")
        try db.truncateLog()
        #expect(found(doomed, in: folder) == 0)
        #expect(found(Set(words).subtracting(doomed), in: folder) == 1000)
        #expect(bytes(folder.file() + "-wal").isEmpty)
        try db.write { try $0.run("DELETE FROM t") }
        try db.truncateLog()
        #expect(found(Set(words), in: folder) == 0)
        #expect(try db.damage() == nil)
    }

    /// Debian builds SQLite so that it erases by itself; others do not.
    @Test("A database that erases says so to SQLite, whatever its default, and keeps in memory what it sets aside")
    func settings() throws {
        let db = try Database(path: ":memory:")
        #expect(!db.erases)
        try db.erase()
        #expect(db.erases)
        #expect(try db.read { try $0.first("PRAGMA secure_delete") { $0.int(0) } } == 1)
        #expect(try db.read { try $0.first("PRAGMA temp_store") { $0.int(0) } } == 2)
        #expect(throws: Never.self) { try db.truncateLog() }
    }
}
