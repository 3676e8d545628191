import Contracts
import Harness
import Journal
import ServiceKit
import Store
import Testing

@testable import Points

/// One benefit, one person, once: also when the list is run again, and when two desks are at it.
@Suite struct CampaignTests {
    private func open(
        _ town: TestPoints, _ id: CampaignID = "spring", benefit: BenefitID = "support", _ change: (inout OpenCampaign) -> Void = { _ in }
    ) throws -> Reply<CampaignChanged> {
        var wish = OpenCampaign(id, title: "春の給付", benefit: benefit, 1000, of: "points")
        change(&wish)
        return try town.ask(.openCampaign, wish)
    }

    private func add(_ town: TestPoints, _ people: [Int], to id: CampaignID = "spring", from line: Int = 1) throws -> Reply<CampaignChanged>
    {
        let lines = people.enumerated().map { AddLines.Line(line + $0.offset, .person($0.element)) }
        return try town.ask(.addLines, AddLines(lines, to: id))
    }

    @discardableResult
    private func decide(
        _ town: TestPoints, _ decision: DecideCampaign.Decision, _ id: CampaignID = "spring", as user: UserID = "points-desk-chamber"
    ) throws -> Reply<CampaignChanged> {
        let reply = try town.ask(.decideCampaign, DecideCampaign(decision, id), as: user)
        try town.pass(.seconds(2))
        return reply
    }

    private func campaign(_ town: TestPoints, _ id: CampaignID = "spring") throws -> Campaign {
        try #require(try town.ask(.reviewCampaign, ReviewCampaign(id)).answer).campaign
    }

    @Test("The list says who is new, who stands there twice and who is not known; another desk approves; each is paid once")
    func paid() throws {
        let town = try TestPoints()
        #expect(try open(town).accepted)
        #expect(try add(town, [1, 2, 77, 1]).answer?.campaign.tally.lines == 4)
        // The network repeats what was sent.
        #expect(try add(town, [1, 2, 77, 1]).answer?.campaign.tally.lines == 4)
        let page = try #require(try town.ask(.reviewCampaign, ReviewCampaign("spring")).answer)
        #expect(page.lines.map(\.verdict) == [.unknown, .twice] && page.lines.map(\.line) == [3, 4])
        #expect(page.campaign.tally.new == 2 && page.campaign.tally.amount == 2000)
        try decide(town, .propose)
        #expect(try town.has(1) == 0)
        #expect(try decide(town, .approve).refusal == "second-person")
        #expect(try decide(town, .approve, as: "points-desk-welfare").accepted)
        #expect(try town.has(1) == 1000 && town.has(2) == 1000 && town.has(3) == 0)
        let done = try campaign(town)
        #expect(done.stage == .paid && done.tally.paid == 2 && done.tally.paidAmount == 2000)
        #expect(try town.fault() == nil)
    }

    @Test("A second desk whom the town does not let approve does not, though it may draw up")
    func mayNotApprove() throws {
        let town = try TestPoints(capabilities: Capabilities(["points-desk-welfare": [.clerk, .lead]]))
        #expect(try open(town).accepted)
        #expect(try add(town, [1]).accepted)
        try decide(town, .propose)
        #expect(try decide(town, .approve, as: "points-desk-welfare").refusal == "not-permitted")
        #expect(try campaign(town).stage == .proposed && town.has(1) == 0)
    }

    @Test("The same file again: not one new entry")
    func again() throws {
        let town = try TestPoints()
        for id in ["spring", "spring-2"] as [CampaignID] {
            _ = try open(town, id)
            _ = try add(town, [1, 2, 3], to: id)
            try decide(town, .propose, id)
            try decide(town, .approve, id, as: "points-desk-welfare")
        }
        #expect(try town.has(1) == 1000 && town.has(2) == 1000)
        let second = try campaign(town, "spring-2")
        #expect(second.tally.repeats == 3 && second.tally.new == 0 && second.tally.paid == 0)
        #expect(try town.rig.said(.transfers).count == 3)
    }

    @Test("Two campaigns of one benefit that were drawn up side by side pay nobody twice; nor do two files of one person")
    func sideBySide() throws {
        let town = try TestPoints()
        for id in ["a", "b"] as [CampaignID] {
            _ = try open(town, id)
            _ = try add(town, [1, 2], to: id)
            try decide(town, .propose, id)
        }
        try decide(town, .approve, "a", as: "points-desk-welfare")
        try town.learn(3, cards: [], into: .person(1))
        try decide(town, .approve, "b", as: "points-desk-welfare")
        _ = try open(town, "c")
        #expect(try add(town, [3], to: "c").answer?.campaign.tally.repeats == 1)
        #expect(try town.has(1) == 1000 && town.has(2) == 1000)
        #expect(try campaign(town, "b").tally.repeats == 2 && campaign(town, "b").tally.paid == 0)
    }

    @Test("A wrong list is taken back by new entries, by two people, and who has spent it is counted; a better list pays again")
    func reversed() throws {
        let town = try TestPoints()
        _ = try open(town)
        _ = try add(town, [1, 2])
        try decide(town, .propose)
        try decide(town, .approve, as: "points-desk-welfare")
        try town.hold(2, for: "shop:books", charge: TapCharge(10))
        try decide(town, .reverse)
        #expect(try town.has(1) == 1000)
        #expect(try decide(town, .approve).refusal == "second-person")
        try decide(town, .approve, as: "points-desk-welfare")
        let done = try campaign(town)
        #expect(done.stage == .reversed && done.tally.reversed == 1 && done.tally.spent == 1)
        #expect(try town.has(1) == 0 && town.has(2) == 990)
        #expect(try !decide(town, .reverse).accepted)
        _ = try open(town, "better")
        _ = try add(town, [1, 2], to: "better")
        try decide(town, .propose, "better")
        try decide(town, .approve, "better", as: "points-desk-welfare")
        #expect(try town.has(1) == 1000 && town.has(2) == 990)
        #expect(try town.fault() == nil)
    }

    @Test("Whoever is entitled is found; nobody else is paid")
    func eligible() throws {
        let town = try TestPoints()
        for number in 10..<260 { try town.learn(number, cards: [number], eligible: number % 2 == 0 ? ["senior"] : []) }
        #expect(try open(town) { $0.eligible = "senior" }.answer?.campaign.stage == .gathering)
        try town.pass(.seconds(2))
        let found = try campaign(town)
        #expect(found.stage == .proposed && found.tally.new == 125)
        try decide(town, .approve, as: "points-desk-welfare")
        #expect(try campaign(town).tally.paid == 125)
        #expect(try town.has(10) == 1000 && town.has(11) == 0)
    }

    @Test("Those whose taps a rule would have paid are paid what it would have")
    func byRule() throws {
        let town = try TestPoints()
        for days in [3, 2, 1] as [Int64] { try town.hold(1, for: "visit", ago: days * 86_400) }
        try town.hold(2, for: "visit", ago: 86_400)
        _ = try open(town) { ($0.rule, $0.from, $0.until) = ("idea", .distantPast, town.now) }
        try town.pass(.seconds(2))
        try decide(town, .approve, as: "points-desk-welfare")
        #expect(try town.has(1) == 30 + 14 && town.has(2) == 10 + 7)
    }

    @Test("Killed while it pays, it goes on where it was")
    func killed() throws {
        let town = try TestPoints()
        for number in 10..<160 { try town.learn(number, cards: [number]) }
        _ = try open(town)
        _ = try add(town, Array(10..<160))
        try decide(town, .propose)
        _ = try town.ask(.decideCampaign, DecideCampaign(.approve, "spring"), as: "points-desk-welfare")
        let disk = try town.rig.disk.serialized()
        try town.rig.replaceDisk(with: disk)
        try town.rig.start(Points(policy: TestPoints.policy))
        try town.pass(.seconds(2))
        let done = try campaign(town)
        #expect(done.stage == .paid && done.tally.paid == 150)
        #expect(try town.rig.said(.transfers).map(\.data.number).max() == 150)
        #expect(try town.fault() == nil)
    }

    @Test("What was discarded pays nobody")
    func discarded() throws {
        let town = try TestPoints()
        _ = try open(town)
        _ = try add(town, [1])
        try decide(town, .propose)
        #expect(try decide(town, .discard).answer?.campaign.stage == .discarded)
        #expect(try decide(town, .approve, as: "points-desk-welfare").refusal == "not-possible")
        #expect(try town.has(1) == 0)
    }
}
