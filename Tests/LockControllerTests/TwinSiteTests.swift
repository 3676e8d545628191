import Bus
import Contracts
import Harness
import LockController
import ServiceKit
import Store
import Testing

/// Two stations for one site by mistake: the same bundle on two machines, both at the site's taps.
@Suite("A site with two stations")
struct TwinSiteTests {
    @Test(
        "decides a tap twice under one id, so that a lock obeys one order; the town has each line once, and writes down that two journals contradict each other"
    )
    func twins() throws {
        let town = try JoinedTown()
        let booking = try town.book()
        try town.live(2)
        var roster = JoinedTown.roster
        (roster.instances[.readerAgent], roster.instances[.lockController]) = (["gate-1"], ["main", "school-gym"])
        let twin = try Rig(
            JoinedTown.siteService, as: .lockController, "school-gym", roster: roster, at: town.site.now,
            disk: Database.inMemory(holding: town.site.disk.serialized()))
        try twin.settle()
        // The town's broker lets one of them in: the taps reach both, what they say reaches the town by turns.
        var told = twin.published.count
        for _ in 0..<3 {
            let before = town.site.published.count
            #expect(try town.opens())
            for said in town.site.published[before...] where said.topic.contains("/reader-agent/") { twin.say(said.topic, said.payload) }
            try twin.settle()
            try town.live(12)
            twin.now = town.site.now
            try twin.settle()
            for said in twin.published[told...] where JoinedTown.crossing.out.contains(said.topic) {
                town.main.say(said.topic, said.payload)
            }
            told = twin.published.count
            try town.settle()
        }
        let (one, other) = (try town.site.said(.doorDecisions).map(\.id), try twin.said(.doorDecisions).map(\.id))
        #expect(one.count == 3 && one == other)
        let ask = ListAudit(door: "gym", from: town.main.now - .seconds(3600), to: town.main.now + .seconds(60))
        let lines = try #require(try town.command(ask, on: .listAudit, at: town.main).answer).lines
        #expect(lines.filter { $0.what == .open }.map(\.id) == one && booking.door == "gym")
        #expect(town.main.log.contains { $0.contains("audit-line") && $0.contains("gone at their producer") })
    }
}
