import Bus
import Contracts
import Harness
import Store
import Testing

@testable import LockController

/// The office opens a door that is decided on at a site.
@Suite("A site's door opened from a desk in the town")
struct SiteUnlockTests {
    private func unlock(_ town: JoinedTown) throws -> Reply<UnlockAnswer> {
        try town.command(UnlockDoor(door: "gym", reason: "配送"), on: .unlockDoor, at: town.main)
    }

    private func audit(_ rig: Rig<LockController>, of town: JoinedTown) throws -> [AuditLine] {
        let wish = ListAudit(door: "gym", from: rig.now - .seconds(3600), to: rig.now + .seconds(60))
        return try #require(try town.command(wish, on: .listAudit, at: rig).answer).lines
    }

    private func orders(_ rig: Rig<LockController>) -> Int { rig.published.count { $0.topic == "nagai/lock-controller/grant/gym/unlock" } }

    @Test("The site's own controller gives the order, under the id the desk was told; the town's audit has who, why and what came of it")
    func opens() throws {
        let town = try JoinedTown()
        let order = try #require(try unlock(town).answer)
        try town.settle()
        #expect(orders(town.site) == 1 && orders(town.main) == 0)
        #expect(try town.site.said(.doorOrders).map(\.id) == [order.decision])
        let report = Envelope(
            id: EventID(at: town.site.now, random: (5, 1)), source: "/nagai/lock/gym", time: town.site.now,
            data: LockOutcome(grant: order.decision, result: .opened))
        town.site.say(Channel.lockOutcomes.topic(in: "nagai", "gym").description, try report.json())
        try town.live(3)
        let line = try #require(try audit(town.main, of: town).first)
        #expect(try audit(town.main, of: town).count == 1 && line.id == order.decision && line.outcome == .opened)
        #expect(line.by == "desk-office" && line.why == "order: 配送")
    }

    @Test("With the line cut it opens nothing, also not when the line is back; the audit says that it did not")
    func cut() throws {
        let town = try JoinedTown()
        town.isCut = true
        let order = try #require(try unlock(town).answer)
        try town.live(15)
        town.isCut = false
        try town.live(15)
        #expect(orders(town.site) == 0 && orders(town.main) == 0)
        let outcome = try #require(try town.site.said(.doorOutcomes).first).data
        #expect(outcome.decision == order.decision && outcome.result == .notSent)
        let line = try #require(try audit(town.main, of: town).first)
        #expect(line.what == .refuse && line.id == order.decision && line.by == "desk-office" && line.why == "order: 配送")
    }

    @Test("What the town does not know of the door, the site sees to: its lock is away")
    func lost() throws {
        let town = try JoinedTown()
        town.site.say(Topic.life(of: Address("lock", "gym"), in: "nagai").description, try Life(.lost, at: town.site.now).json())
        try town.site.settle()
        #expect(try unlock(town).accepted)
        try town.live(2)
        #expect(orders(town.site) == 0)
        #expect(try town.site.said(.doorOutcomes).map(\.data.result) == [.notSent])
    }

    @Test("A door a clerk of the town keeps closed is refused at once")
    func closed() throws {
        let town = try JoinedTown()
        let wish = AddException(.close, "gym", from: town.main.now, to: town.main.now + .seconds(600), groups: [])
        #expect(try town.command(wish, on: .addException, at: town.main).accepted)
        #expect(try unlock(town).refusal == "kept-closed")
        try town.live(2)
        #expect(orders(town.site) == 0)
    }
}
