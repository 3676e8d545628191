import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Reception

/// A town and a site over hours: late, twice, in any order, and killed now and then.
@Suite struct SiteHistoryTests {
    /// A town and a site that receive for hours, are killed, and hear of each other now and then, late and in any order.
    private func history(_ mode: ReceptionTerms.WhenCutOff, seed: UInt64, overrides: Bool = false) throws -> (TestReception, TestReception)
    {
        var chance = Seeded(seed)
        let (town, site) = try TestReception.both(mode)
        var (atTown, atSite) = (0, 0)
        for _ in 0..<24 {
            switch chance.below(8) {
            case 0, 1: try town.hold(1 + chance.below(5))
            case 2: try site.hold(1 + chance.below(5), at: "gate-2")
            // A reader there that was cut off from its own station.
            case 3: try site.hold(1 + chance.below(5), ago: mode == .conflict && chance.oneIn(2) ? 600 : 0, at: "gate-2")
            case 4:
                let row = 1 + chance.below(5)
                _ = try site.receive(as: "south") { ($0.row, $0.override) = (row, overrides ? true : nil) }
            case 5:
                let number = 1 + chance.below(4)
                _ = try town.ask(.reverseReceived, ReverseReceived(.propose, number, in: "ballot", why: "wrong-person"))
                _ = try town.ask(.reverseReceived, ReverseReceived(.agree, number, in: "ballot"), as: "south")
                for conflict in try town.conflicts() where conflict.verdict == nil && chance.oneIn(3) {
                    let verdict = ReceptionConflict.Verdict.allCases[chance.below(3)]
                    _ = try town.ask(.settleConflict, SettleConflict(verdict, conflict.second.number, in: "ballot"))
                }
            case 6: try chance.oneIn(2) ? town.restart() : site.restart()
            default:
                if chance.oneIn(2) {
                    atTown = try TestReception.carry(from: town, after: atTown, to: site, &chance)
                } else {
                    atSite = try TestReception.carry(from: site, after: atSite, to: town, &chance)
                }
            }
            for place in [town, site] { try place.pass(.seconds(61)) }
        }
        for _ in 0..<3 {
            _ = try TestReception.carry(from: site, after: 0, to: town, &chance)
            _ = try TestReception.carry(from: town, after: 0, to: site, &chance)
        }
        return (town, site)
    }

    @Test(
        "Whatever they heard and when: nobody stands twice, each second reception is a conflict, and both agree",
        arguments: 0..<24 as Range<UInt64>)
    func anyOrder(seed: UInt64) throws {
        let (town, site) = try history(.conflict, seed: seed)
        try TestReception.agree(town, site)
        // Whom a station has let in is lost nowhere: each has a number of the town's.
        let done = try site.rulings().compactMap(\.number)
        #expect(try Set(town.rulings().compactMap(\.origin?.number)) == Set(done))
        let standing = try TestReception.entries(town).filter { $0.hasSuffix("standing") }.compactMap {
            $0.split(separator: " ").dropFirst().first
        }
        #expect(Set(standing).count == standing.count)
        let accepted = try town.rulings().count { $0.outcome == .accepted }
        let conflicts = try town.rulings().count { $0.outcome == .conflict }
        #expect(
            try Set(town.conflicts().map(\.second.number)).count == conflicts && accepted + conflicts == TestReception.entries(town).count)
    }

    @Test("A partition has no conflict in any order, as long as no desk overrides it", arguments: 0..<12 as Range<UInt64>)
    func partitions(seed: UInt64) throws {
        let (town, site) = try history(.partition, seed: seed)
        try TestReception.agree(town, site)
        #expect(try town.conflicts().isEmpty && town.rulings().allSatisfy { $0.outcome != .conflict })
        #expect(try site.rulings().allSatisfy { $0.number == nil || $0.rowStation == "s" })
        try TestReception.agree(history(.partition, seed: seed, overrides: true))
    }
}
