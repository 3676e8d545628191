import Contracts
import Harness
import LockController
import Testing

/// Doors that shelters open for their staff.
@Suite struct ShelterDoorTests {
    private static let staff = TestTown.token(3)
    private let town: TestTown

    init() throws {
        town = try TestTown()
        try Self.enrol(town)
    }

    private static func enrol(_ town: TestTown) throws {
        let group = ChangeGroup(group: "shelter-staff", addTokens: [staff])
        #expect(try town.ask(.changeGroup, group, for: GroupSummary.self).accepted)
    }

    private func hold(_ token: Token = staff, door: DoorID = "gym") throws -> DoorDecided {
        try town.agentLives()
        return try town.hold(door: door, token: token).data
    }

    @Test("An open shelter opens its doors for its staff until it is closed: no other door, and nobody else")
    func opens() throws {
        #expect(try hold().refusal == .noRight)
        try town.shelter("s01", .open)
        #expect(try hold().right == .shelter("s01", for: "shelter-staff"))
        #expect(try hold(door: "hall").refusal == .noRight && hold(TestTown.token(4)).refusal == .noRight)
        try town.shelter("s01", .closing)
        #expect(try hold().verdict == .open)
        try town.shelter("s01", .closed)
        #expect(try hold().refusal == .noRight)
        // One that the town's file gives no door.
        try town.shelter("s02", .open)
        #expect(try hold().refusal == .noRight)
    }

    @Test("A rehearsal opens too, the audit says so, and it ends at its time though nobody is heard to end it")
    func drill() throws {
        try town.shelter("s01", .open, drill: true, until: town.minute(10))
        #expect(try hold().right == .shelter("s01", for: "shelter-staff", drill: true))
        let wish = ListAudit(door: "gym", from: town.minute(-1), to: town.minute(1))
        let lines = try #require(try town.ask(.listAudit, wish, for: AuditPage.self).answer).lines
        #expect(lines.last?.why == "shelter s01 (drill), group shelter-staff")
        town.wait(.seconds(600))
        #expect(try hold().refusal == .noRight)
    }

    @Test("What a door would do is explained by the shelter, beside the disaster mode that opens it as well")
    func explained() throws {
        try town.shelter("s01", .open)
        func explained() throws -> DoorExplanation {
            try #require(try town.ask(.explainDoor, ExplainDoor("gym", at: town.now, token: Self.staff), for: DoorExplanation.self).answer)
        }
        let right = Right.shelter("s01", for: "shelter-staff")
        #expect(try explained().right == right && explained().rights.map(\.right) == [right])
        #expect(
            try town.ask(.changeGroup, ChangeGroup(group: "shelter", addTokens: [Self.staff]), for: GroupSummary.self).accepted)
        let wish = try town.ask(.proposeDisaster, ProposeDisaster("earthquake", until: town.minute(30)), for: DisasterMode.self)
        let mode = try #require(wish.answer).id
        #expect(try town.ask(.agreeToDisaster, AgreeToDisaster(mode), for: DisasterMode.self, as: "second").accepted)
        #expect(try explained().rights.map(\.right) == [.disaster(mode), right])
        try town.shelter("s01", .closed)
        #expect(try explained().rights.map(\.right) == [.disaster(mode)])
    }

    @Test("It is known over a restart, and forgotten where the registry itself has lost it")
    func known() throws {
        try town.shelter("s02", .closed)
        try town.shelter("s01", .open)
        try town.restart()
        #expect(try hold().verdict == .open)
        try town.restoreRegistry(to: 1)
        #expect(try hold().refusal == .noRight)
    }

    @Test("A row that is filed under another shelter opens nothing")
    func misfiled() throws {
        try town.shelter("s01", .open, filedUnder: "s02")
        #expect(try hold().refusal == .noRight)
    }

    @Test("A door that decides alone knows it in the same turn: while the shelter is open, and of a rehearsal until its end")
    func leased() throws {
        let lease = try LeaseTown()
        try Self.enrol(lease.town)
        try lease.tell(Self.staff)
        #expect(lease.windows(of: Self.staff) ?? [] == [])
        try lease.town.shelter("s01", .open)
        #expect(lease.windows(of: Self.staff) == [.always])
        try lease.town.shelter("s01", .closed)
        #expect(lease.windows(of: Self.staff) == [])
        let end = lease.town.minute(60)
        try lease.town.shelter("s01", .open, drill: true, until: end)
        #expect(lease.windows(of: Self.staff)?.map { Int64($0.to) } == [end.milliseconds / 1000])
    }

    @Test("A site's doors open for the town's shelter, also while the line is cut; that it was closed is heard at the next contact")
    func site() throws {
        let town = try JoinedTown()
        var registry = FakeRegistry()
        func say(_ stage: ShelterRun.Stage) throws {
            town.main.say(registry.topic.description, try registry.row("s01", stage, at: town.main.now).json())
            try town.live(2)
        }
        let group = ChangeGroup(group: "shelter-staff", addTokens: [JoinedTown.card])
        #expect(try town.command(group, on: .changeGroup, at: town.main).accepted)
        try town.live(2)
        #expect(try !town.opens())
        try say(.open)
        town.isCut = true
        #expect(try town.hold(at: town.site).map(\.right) == [.shelter("s01", for: "shelter-staff")])
        let ask = ExplainDoor("gym", at: town.main.now, token: JoinedTown.card)
        #expect(try town.command(ask, on: .explainDoor, at: town.main).answer?.verdict == .open)
        town.isCut = false
        try say(.closed)
        #expect(try !town.opens())
    }
}

extension TestTown {
    func shelter(
        _ shelter: ShelterID, _ stage: ShelterRun.Stage, drill: Bool = false, until: Instant? = nil, filedUnder subject: String? = nil
    ) throws {
        publish(registry.topic, try registry.row(shelter, stage, drill: drill, until: until, filedUnder: subject, at: now).json())
        settle()
    }

    /// The registry comes back from a copy that ends with its `last`th row.
    func restoreRegistry(to last: Int64) throws {
        publish(.heads(of: Address("shelter-registry", "main"), in: Self.town), try registry.restored(to: last, at: now).json())
        settle()
    }
}
