import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Reception

/// A town whose first site comes while receptions are running.
@Suite struct SiteUpgradeTests {
    @Test("A database of the first version keeps its rows, and all of them are still to be told")
    func firstVersion() throws {
        let disk = try Database.inMemory()
        try disk.migrate("reception", [Reception.migrations[0]])
        try disk.write { (db: borrowing Transaction) throws in
            try db.run("INSERT INTO reception (id, row) VALUES ('ballot', '{}')")
            try db.run("INSERT INTO expected (reception, row, name, mark, sealed) VALUES ('ballot', 1, x'01', x'02', x'03')")
            try db.run(
                "INSERT INTO entry (reception, number, who, at, station, way, walk_in, once) VALUES ('ballot', 4, 'row/1', 0, 'n', 'card', 0, 1)"
            )
            try db.run("INSERT INTO paper (reception, station, count) VALUES ('ballot', 'n', 12)")
        }
        try disk.migrate("reception", Reception.migrations)
        let untold = try disk.read { (db: borrowing Transaction) throws in
            try db.all("SELECT reception || ' ' || kind || ' ' || number FROM untold ORDER BY kind") { $0.text(0) }
        }
        #expect(untold == ["ballot entry 4", "ballot row 1", "ballot stages 0"])
        #expect(try disk.read { try $0.first("SELECT count FROM paper WHERE at = 0") { $0.int(0) } } == 12)
    }

    @Test("What a reception knew before there were sites is told to the first one")
    func firstSite() throws {
        let before = try TestReception(.conflict)
        try before.expect()
        try before.hold(1)
        #expect(try before.rig.said(.receivedView).isEmpty)
        let town = try TestReception(.conflict, withSite: true, opens: false, disk: before.rig.disk)
        #expect(try town.rig.said(.expectedView).count == 5 && town.rig.said(.receivedView).map(\.data.row) == [1])
        #expect(try town.rig.said(.stageView).map(\.data.changes.count) == [1, 1])
        // And nothing is left to be told.
        let left = try town.rig.disk.read { try $0.first("SELECT count(*) FROM untold WHERE reception = 'ballot'") { $0.int(0) } }
        #expect(left == 0)
    }
}
