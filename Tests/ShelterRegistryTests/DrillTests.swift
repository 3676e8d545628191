import Bus
import Contracts
import Harness
import Store
import Testing

@testable import ShelterRegistry

/// What is left of a rehearsal.
@Suite struct DrillTests {
    @Test("What was noted in a rehearsal is wiped by one word, also where it is heard late; real stays are untouched")
    func wiped() throws {
        let (town, island) = (try TestShelters(), try TestShelters.island())
        try island.add("h1", drill: true)
        try town.learn(1, cards: [1])
        try town.add("s01")
        try town.hold(1, at: "s01")
        var facts = GuestFacts()
        facts.name = "訓練太郎"
        let guest = try #require(try island.ask(.putGuest, PutGuest(facts)).answer).who
        try island.note(.in, guest, at: "h1")
        try island.hold(1, at: "h1")
        #expect(try island.ask(.wipeDrill, WipeDrill(at: "h1")).refusal == "drill-on")
        let before = island.told()
        try island.ask(.runShelter, RunShelter("h1", .closed, empties: true))
        try island.pass(.seconds(3))
        #expect(try island.ask(.wipeDrill, WipeDrill(at: "h1")).accepted)
        // The word of the wiping comes before the notes.
        for message in island.told().reversed() where !before.contains(where: { $0.payload == message.payload }) {
            town.rig.say(message.topic, message.payload)
        }
        for message in before { town.rig.say(message.topic, message.payload) }
        try town.rig.settle()
        for registry in [town, island] {
            let drills = try registry.rig.disk.read {
                try $0.first("SELECT (SELECT count(*) FROM note WHERE drill) + (SELECT count(*) FROM stay WHERE drill)") { $0.int(0) }
            }
            #expect(drills == 0)
        }
        #expect(try island.rig.disk.read { try $0.first("SELECT count(*) FROM evacuee_file") { $0.int(0) } } == 0)
        #expect(try town.headcount("s01") == 1)
        // The next rehearsal is a new one.
        try island.pass(.seconds(1))
        try island.ask(.runShelter, RunShelter("h1", .open, drill: true))
        try island.hold(1, at: "h1")
        #expect(try island.headcount("h1") == 1)
    }
}
