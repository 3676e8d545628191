import Contracts
import Harness
import People
import ServiceKit
import Store

/// What one service knows, and what a directory tells it.
final class Sight<View: PersonView> {
    let rig: Rig<Onlooker<View>>
    var directory = FakeDirectory<View>()

    init() throws {
        let role = Onlooker<View>.role
        rig = try Rig(Onlooker<View>(), as: role, roster: Roster([.residentDirectory: ["main"], role: ["main"]]))
        try rig.settle()
    }

    func hear(_ rows: [[UInt8]]) throws {
        for row in rows { rig.say(directory.topic.description, row) }
        try rig.settle()
    }

    func learn(_ views: View...) throws { try hear(views.map { try directory.row($0, at: rig.now).json() }) }

    func person(of token: Token) throws -> People<View>.ID? { try rig.disk.read { try People<View>.person(of: token, in: $0) } }
    func view(of person: People<View>.ID) throws -> View? { try rig.disk.read { try People<View>.view(of: person, in: $0) } }
    func merged(into person: People<View>.ID) throws -> [People<View>.ID] {
        try rig.disk.read { try People<View>.merged(into: person, in: $0) }
    }

    /// Every row it keeps.
    func rows() throws -> [String] {
        try rig.disk.read { db in
            try db.all("SELECT person, \"into\", row FROM view_person ORDER BY person") { "\($0.text(0)) \($0.text(1)) \($0.text(2))" }
                + db.all("SELECT token, epoch, n, person, barred FROM view_token ORDER BY token, epoch, n, person") {
                    "\($0.text(0)) \($0.text(1)) \($0.int(2)) \($0.text(3))"
                }
        }
    }
}
