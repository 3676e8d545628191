import Contracts
import Harness
import Testing

@testable import ShelterRegistry

/// What comes from sheets of paper.
@Suite struct PaperTests {
    @Test("A guest of a line of paper is the desk's to name, so the line given twice is one guest; a mistyped id is nobody")
    func line() throws {
        let town = try TestShelters()
        try town.add("s01")
        var facts = GuestFacts()
        facts.name = "山田はな"
        let guest = GuestID(Array(repeating: 7, count: 10))
        #expect(try town.ask(.putGuest, PutGuest(facts, of: guest)).refusal == "unknown-guest")
        for _ in 0..<2 {
            #expect(try town.ask(.putGuest, PutGuest(facts, of: guest, fromPaper: true)).answer?.who == .guest(guest))
            try town.note(.in, .guest(guest), at: "s01", when: town.now - .seconds(7200))
        }
        #expect(try town.headcount("s01") == 1 && town.roster("s01").map(\.name) == ["山田はな"])
    }

    @Test("A roster says when somebody came, also when they have been out since")
    func came() throws {
        let town = try TestShelters()
        try town.add("s01")
        try town.learn(1, cards: [1])
        let came = try town.hold(1, at: "s01").time
        try town.pass(.seconds(600))
        try town.note(.away, .person(.person(1)), at: "s01")
        let brief = try #require(try town.roster("s01").first)
        #expect(brief.came == came && brief.presence == .away && brief.since.map { $0 > came } == true)
    }
}
