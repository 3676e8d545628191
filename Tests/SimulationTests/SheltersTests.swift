import Bus
import Contracts
import Testing

@testable import Simulation

/// What happens at the shelters of the simulated town comes to pass, or its invariants would show nothing.
@Suite("Shelters of a simulated town")
struct SheltersTests {
    @Test("In a few quiet towns everything is done at shelters and on an island, and what must be refused is")
    func day() throws {
        var answers: [String: Int] = [:]
        var (notes, steps): ([String: Int], [StayNoted.Step: Int]) = ([:], [:])
        for seed in 1...2 as ClosedRange<UInt64> {
            var layout = Layout.small
            layout.siteShare = 1
            let history = try History(seed: seed, layout: layout, taps: 120, over: .seconds(240), faults: Faults.none)
            #expect(history.wrong.isEmpty, "\(history.report())")
            let shelters = history.world.participant(SheltersInSimulation.self)
            for reception in shelters.receptions { answers.merge(reception.answers) { $0 + $1 } }
            for said in try history.world.auditor.heard(.stayNotes) {
                let means = said.data.drill == true ? "rehearsed" : said.data.by == nil ? "card" : "staff"
                notes["\(means) at \(said.source.split(separator: "/").last ?? "")", default: 0] += 1
                steps[said.data.step, default: 0] += 1
            }
        }
        for command in [
            NoteStays.type, CorrectStay.type, PutGuest.type, IdentifyGuest.type, NoteNeeds.type, RunShelter.type, ListRoster.type,
            ShowEvacuee.type, ListMissing.type, LookUpEvacuee.type,
        ] {
            #expect(answers[command, default: 0] > 0, "\(command): \(answers)")
        }
        #expect(answers["in-use", default: 0] > 0 && answers["same", default: 0] > 0, "\(answers)")
        for means in ["card at main", "staff at main", "rehearsed at main", "card at school", "staff at school"] {
            #expect(notes[means, default: 0] > 0, "\(notes)")
        }
        #expect(StayNoted.Step.allCases.allSatisfy { steps[$0, default: 0] > 10 }, "\(steps)")
    }

    @Test("While sixty people come, the broker loses its memory and the registry its power, again and again: sixty are counted")
    func wave() throws {
        let world = try World(seed: 5, layout: .small, faults: Faults.none)
        try world.prepare()
        let agents = world.participant(ReaderAgentsInSimulation.self)
        let registry = world.participant(SheltersInSimulation.self).registries[0]
        let entrance = try #require(world.layout.shelterReaders.first)
        for number in 0..<60 {
            agents.hold(400 + number, at: entrance, in: world)
            world.advance(.milliseconds(300))
            if number % 15 == 7 { world.broker.restart(keepingMemory: false) }
            if number % 20 == 11 { registry.crash(world) }
        }
        #expect(agents.held.suffix(60).allSatisfy { $0.wasAccepted == true })
        #expect(world.heal())
        #expect(try world.violations() == [])
        let said = try #require(world.broker.retained["nagai/shelter-registry/state/\(entrance.shelter)/occupancy"])
        #expect(try Envelope<Occupancy>(json: said).data.headcount == 60)
    }
}
