import Contracts
import LockController
import Store
import Testing

@Suite("A lock-controller's database of the first version")
struct UpgradeTests {
    @Test("keeps its openings in order, the newest under the highest counter that any door has seen")
    func counters() throws {
        let db = try Database.inMemory()
        try db.migrate("lock-controller", [LockController.migrations[0]])
        try db.write { db in
            for (door, last) in [("gym", 500), ("hall", 900)] as [(String, Int64)] {
                try db.run("INSERT INTO door_count (door, last) VALUES (?, ?)", door, last)
            }
            for due in [30, 10, 20] as [Int64] {
                try db.run(
                    "INSERT INTO opening (decision, door, tap, due) VALUES (?, 'gym', ?, ?)", EventID(high: 1, low: UInt64(due)).bytes,
                    EventID(high: 2, low: 2).bytes, due)
            }
        }
        try db.migrate("lock-controller", LockController.migrations)
        let openings = try db.read { try $0.all("SELECT count, due FROM opening ORDER BY count") { "\($0.int(0)) \($0.int(1))" } }
        #expect(openings == ["898 10", "899 20", "900 30"])
    }
}
