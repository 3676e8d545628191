import Bus
import Contracts
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

@Suite("Audit")
struct AuditTests {
    private func entries(_ disk: Database) throws -> [AuditEntry] { try disk.read { try Audit.page(after: 0, limit: 100, in: $0) } }

    @Test("Who commanded what is written down once, obeyed or refused, in a chain that anybody can compute again")
    func chain() throws {
        let rig = try Kit.rig()
        var desk = FakeAgent()
        let staff = desk.command(ChangeGroup(group: "staff"), at: rig.now)
        let late = desk.command(ChangeGroup(group: "late"), at: rig.now - .seconds(60))
        for command in [staff, staff, late] {
            rig.say("nagai/lock-controller/command/desk-office/group-change", try command.json())
            try rig.settle()
        }
        let entries = try entries(rig.disk)
        #expect(entries.map(\.number) == [1, 2])
        #expect(entries.map(\.id) == [staff.id, late.id])
        #expect(entries.map(\.verdict) == ["accepted", "expired"])
        #expect(entries.allSatisfy { $0.who == "desk-office" && $0.what == "group-change" && $0.at == rig.now })
        let written = "\n1\n\(rig.now.milliseconds)\ndesk-office\ngroup-change\n\(staff.id)\naccepted"
        #expect(entries[0].link == Hex.text(sha256(written)), "as the sentence beside it says")
        #expect(entries[1].link == entries[1].link(after: entries[0].link))
        rig.now = rig.now + .seconds(60)
        try rig.settle()
        #expect(try rig.life().audit == AuditHead(number: 2, link: entries[1].link), "whoever hears it can tell later")
    }

    @Test("Where personal data is kept, whoever looks is written down too, and nobody's name with it")
    func looks() throws {
        let disk = Disk()
        for vault in [nil, Vault.forTests()] {
            let rig = try Rig(
                Looker(), as: .lockController, roster: Roster([.desk: ["office"]]), disk: vault == nil ? Database.inMemory() : disk.open(),
                vault: vault)
            try rig.settle()
            var desk = FakeAgent()
            rig.say("nagai/lock-controller/command/desk-office/group-list", try desk.command(ListGroups(), at: rig.now).json())
            try rig.settle()
            #expect(try entries(rig.disk).map(\.what) == (vault == nil ? [] : ["group-list"]), "\(rig.log)")
        }
        #expect(disk.count(Registry.name) == 0)
    }

    @Test(
        "An entry is neither changed nor taken out, but for the oldest after their time; the next one's link is still computed from the last of those"
    )
    func kept() throws {
        let disk = try Database.inMemory()
        try disk.migrate("journal", JournalSchema.migrations)
        let day: Int64 = 86_400_000
        try disk.write { (db: borrowing Transaction) throws in
            for number in 1...5 {
                let at = Instant(milliseconds: Int64(number) * day)
                try Audit.note(
                    "shelter-run", by: "shelter-desk-hall", id: EventID(at: at, random: (0, UInt64(number))), verdict: "accepted",
                    now: at, in: db)
            }
        }
        #expect(throws: StoreError.self) { try disk.write { try $0.run("UPDATE audit_entry SET who = 'desk-nobody' WHERE n = 5") } }
        #expect(throws: StoreError.self) { try disk.write { try $0.run("DELETE FROM audit_entry WHERE n = 3") } }
        try disk.write { try Audit.purge(before: Instant(milliseconds: 4 * day), in: $0) }
        let left = try entries(disk)
        #expect(left.map(\.number) == [3, 4, 5])
        #expect(left[1].link == left[1].link(after: left[0].link))
    }
}

/// A service at which somebody looks.
private struct Looker: Service {
    static let program: Program = "lock-controller"
    static let migrations: [Migration] = []
    var reads: [Reading] {
        [
            look(.listGroups) { (_, _) throws -> Reply<GroupList> in
                .accept(GroupList(groups: [GroupSummary(group: GroupID(Registry.name)!, doors: [], tokens: 1)], more: false))
            }
        ]
    }
}
