import Contracts
import Harness
import Testing

@testable import ShelterRegistry

/// What people need, and who has not come.
@Suite struct NeedsTests {
    private let miyamae = PeopleList("district/宮前")!

    private func town() throws -> TestShelters {
        let town = try TestShelters()
        try town.add("s01")
        return town
    }

    private func totals(_ town: TestShelters) throws -> ShelterNeeds {
        try town.pass(.seconds(62))
        return try #require(town.rig.said(.shelterNeeds).last).data
    }

    @Test("A shelter's needs are totals by age and need: numbers, and nobody in them")
    func totals() throws {
        let town = try town()
        for (number, age) in [(1, 0), (2, 4), (3, 40), (4, 66), (5, 90)] {
            try town.learn(number, cards: [number]) { $0.age = age }
            try town.hold(number, at: "s01")
        }
        try town.hold(9, at: "s01")
        let needs = [NeedAnswer("formula"), NeedAnswer("allergy", "卵")]
        #expect(try town.ask(.noteNeeds, NoteNeeds(needs, of: .person(.person(1)))).answer?.needs == needs.reversed())
        #expect(try town.ask(.noteNeeds, NoteNeeds([NeedAnswer("allergy", "そば")], of: .card(.card(2)))).accepted)
        let said = try totals(town)
        #expect(said.bands.map(\.band) == [.infant, .small, .adult, .old, .veryOld, .unknown] && said.bands.allSatisfy { $0.people == 1 })
        #expect(said.needs == [ShelterNeeds.NeedCount("allergy", 2), ShelterNeeds.NeedCount("formula", 1)])
        try town.note(.out, .person(.person(1)), at: "s01")
        #expect(try totals(town).needs == [ShelterNeeds.NeedCount("allergy", 1)])
    }

    @Test("What somebody agreed to have told beforehand is known at the desk; what staff write down stands above it")
    func ahead() throws {
        let town = try town()
        try town.learn(1, cards: [1]) { $0.needs = ["wheelchair"] }
        #expect(try town.show(.card(.card(1))).brief.needs == [NeedAnswer("wheelchair")])
        #expect(try town.ask(.noteNeeds, NoteNeeds([], of: .person(.person(1)))).accepted)
        #expect(try town.show(.card(.card(1))).brief.needs == [])
    }

    @Test("With a questionnaire nothing else is written down, and whoever tries is told what is asked")
    func questionnaire() throws {
        let town = try TestShelters(questions: ["allergy", "formula"])
        try town.learn(1, cards: [1])
        let answer = try town.ask(.noteNeeds, NoteNeeds([NeedAnswer("formula"), NeedAnswer("alergy")], of: .person(.person(1))))
        #expect(answer.refusal == "unknown-need" && answer.text?.hasSuffix("no question alergy. Questions: allergy, formula.") == true)
        #expect(try town.show(.card(.card(1))).brief.needs == nil)
        // What the directory told beforehand is not in the way of what is asked.
        try town.learn(2, cards: [2]) { $0.needs = ["oxygen"] }
        let both = [NeedAnswer("formula"), NeedAnswer("oxygen")]
        #expect(try town.ask(.noteNeeds, NoteNeeds(both, of: .person(.person(2)))).answer?.needs == both)
        #expect(try town.ask(.noteNeeds, NoteNeeds([NeedAnswer("formula")], of: .person(.person(1)))).accepted)
    }

    @Test("What was written down of a guest goes with them when they turn out to be a resident")
    func guest() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        try town.hold(9, at: "s01")
        let guest = try #require(try town.roster("s01").first?.who)
        #expect(try town.ask(.noteNeeds, NoteNeeds([NeedAnswer("insulin")], of: guest)).accepted)
        let id = try #require(guest.guest)
        #expect(
            try town.ask(.identifyGuest, IdentifyGuest(id, as: .person(.person(1)))).answer?.needs == [
                NeedAnswer("insulin")
            ])
    }

    @Test("Who has not come is the list without those who are somewhere, at home or in a car; whoever has left is said apart")
    func missing() throws {
        let town = try town()
        for number in 1...6 { try town.learn(number, cards: [number]) { $0.groups = number == 6 ? ["other"] : ["miyamae"] } }
        try town.hold(1, at: "s01")
        try town.note(.in, .person(.person(2)), at: "s01", kind: .home)
        try town.hold(3, at: "s01")
        try town.note(.out, .person(.person(3)), at: "s01")
        let list = try #require(PeopleList("group/miyamae"))
        let page = try #require(try town.ask(.listMissing, ListMissing(of: list)).answer)
        #expect(page.here == 1 && page.elsewhere == 1 && page.left == 1 && page.missing == 2 && !page.more)
        #expect(page.people.map(\.name) == ["住民3", "住民4", "住民5"] && page.people[0].presence == .left)
        let district = try #require(try town.ask(.listMissing, ListMissing(of: miyamae)).answer)
        #expect(district.missing == 3)
        let nobody = try #require(PeopleList("group/nobody"))
        #expect(try town.ask(.listMissing, ListMissing(of: nobody)).refusal == "unknown-list")
    }

    @Test("A rehearsal finds nobody who is missing")
    func drill() throws {
        let town = try TestShelters()
        try town.add("s01", drill: true)
        try town.learn(1, cards: [1])
        try town.hold(1, at: "s01")
        let page = try #require(try town.ask(.listMissing, ListMissing(of: miyamae)).answer)
        #expect(page.missing == 1 && page.people.map(\.who) == [.person(.person(1))])
    }
}
