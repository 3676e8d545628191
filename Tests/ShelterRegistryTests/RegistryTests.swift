import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import ShelterRegistry

/// Taps and staff, one registry.
@Suite struct RegistryTests {
    private func town() throws -> TestShelters {
        let town = try TestShelters()
        try town.add("s01", day: 4, night: 2)
        try town.add("s02")
        return town
    }

    @Test("A card over a shelter's reader checks its holder in, and everybody sees one more person")
    func checkIn() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        try town.hold(1, at: "s01")
        let seen = try #require(try town.occupancy("s01"))
        #expect(seen.headcount == 1 && seen.condition == .open && seen.congestion == .free)
        #expect(try town.whereabouts(.person(.person(1)))?.presence == .here)
        try town.hold(1, at: "s01", .out)
        #expect(try town.whereabouts(.person(.person(1)))?.presence == .away)
        #expect(try town.headcount("s01") == 1)
    }

    @Test("The same tap said again is one check-in, and so is a card held twice")
    func once() throws {
        let town = try town()
        let tap = try town.hold(1, at: "s01")
        town.rig.say(town.agent.topic, try tap.json())
        try town.hold(1, at: "s01")
        #expect(try town.headcount("s01") == 1)
        #expect(try town.rig.said(.stayNotes).count == 2)
    }

    @Test("Two cards of one person are one person, in one place")
    func cards() throws {
        let town = try town()
        try town.learn(1, cards: [1, 2])
        try town.hold(1, at: "s01")
        try town.hold(2, at: "s02")
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
    }

    @Test("When the token key is changed, whoever holds a card of nobody's is still the same guest, and one person")
    func newTokenKey() throws {
        let town = try town()
        try town.hold(1, at: "s01")
        try town.pass(.seconds(60))
        // Card 2 stands for card 1 under the new key.
        try town.hold(2, at: "s01", former: .card(1))
        #expect(try town.headcount("s01") == 1)
        try town.hold(2, at: "s02")
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
        try town.learn(1, cards: [1, 2])
        #expect(try town.headcount("s02") == 1 && town.roster("s02").map(\.who) == [.person(.person(1))])
    }

    @Test("A card that becomes known later was its owner's all the time")
    func late() throws {
        let town = try town()
        try town.hold(1, at: "s01")
        try town.pass(.seconds(60))
        try town.hold(2, at: "s02")
        #expect(try town.headcount("s01") == 1 && town.headcount("s02") == 1)
        try town.learn(1, cards: [1, 2])
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
        #expect(try town.whereabouts(.person(.person(1)))?.shelter == "s02")
        // And they are two again when the directory takes that back.
        try town.learn(1, cards: [1])
        #expect(try town.headcount("s01") == 1 && town.headcount("s02") == 1)
    }

    @Test("Staff check in a household with one tap, and choose who is here")
    func household() throws {
        let town = try town()
        let home = HouseholdID(Array(repeating: 3, count: 10))
        for number in 1...4 { try town.learn(number, cards: [number], household: home) }
        let page = try town.show(.card(.card(1)))
        #expect(page.brief.name == "住民1" && page.household.map(\.name) == ["住民2", "住民3", "住民4"])
        let answer = try #require(try town.note(.in, .person(.person(1)), .person(.person(2)), .person(.person(3)), at: "s01").answer)
        #expect(answer.entries.count == 3 && answer.entries.allSatisfy { $0.from == nil } && answer.warning == nil)
        #expect(try town.headcount("s01") == 3)
        let moved = try #require(try town.note(.in, .person(.person(2)), at: "s02").answer)
        #expect(moved.entries.map(\.from) == ["s01"])
        #expect(try town.headcount("s01") == 2 && town.headcount("s02") == 1)
    }

    @Test("Beyond its capacity, or closed, a shelter takes people in and warns")
    func warnings() throws {
        let town = try town()
        // 8:00 is day: four.
        for card in 1...4 { try town.hold(card, at: "s01") }
        #expect(try town.occupancy("s01")?.condition == .full)
        #expect(try town.note(.in, .card(.card(5)), at: "s01").answer?.warning?.contains("1 more than") == true)
        #expect(try town.headcount("s01") == 5)
        try town.add("s03", opens: false)
        #expect(try town.note(.in, .card(.card(6)), at: "s03").answer?.warning?.contains("not open") == true)
        #expect(try town.headcount("s03") == 1)
        try town.pass(.seconds(11))
        #expect(try town.rig.life().problems?.contains { $0.code == "people-at-closed-shelter" } == true)
    }

    @Test("A guest without a card counts, turns out to be a resident, and is a guest again when that was wrong")
    func guests() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        var facts = GuestFacts()
        facts.name = "山田はな"
        facts.age = 0
        let guest = try #require(try town.ask(.putGuest, PutGuest(facts)).answer).who
        let id = try #require(guest.guest)
        try town.note(.in, guest, at: "s01")
        try town.pass(.seconds(5))
        try town.hold(1, at: "s02")
        #expect(try town.headcount("s01") == 1 && town.headcount("s02") == 1)
        #expect(try town.ask(.identifyGuest, IdentifyGuest(id, as: .person(.person(1)))).answer?.who == .person(.person(1)))
        #expect(try town.headcount("s01") == 0 && town.headcount("s02") == 1)
        #expect(
            try town.whereabouts(guest) != nil
                && town.rig.said(.whereabouts).last { $0.subject == "p-aaaaaaaaaaaaaaab" }?.data.shelter == "s02")
        #expect(try town.ask(.identifyGuest, IdentifyGuest(id, as: nil)).accepted)
        #expect(try town.headcount("s01") == 1 && town.headcount("s02") == 1)
        #expect(try town.roster("s01").map(\.name) == ["山田はな"])
    }

    @Test("Staff may call whoever holds an unknown card a guest: both names are one person, also once the card is known")
    func guestWithCard() throws {
        let town = try town()
        try town.hold(1, at: "s01")
        let guest = try #require(try town.roster("s01").first?.who)
        var facts = GuestFacts()
        facts.name = "旅の人"
        #expect(try town.ask(.putGuest, PutGuest(facts, of: guest.guest)).accepted)
        try town.pass(.seconds(5))
        try town.note(.away, guest, at: "s01")
        #expect(try town.roster("s01").map(\.presence) == [.away])
        try town.learn(1, cards: [1])
        #expect(try town.roster("s01").map(\.who) == [.person(.person(1))] && town.roster("s01").map(\.presence) == [.away])
        #expect(try town.headcount("s01") == 1)
    }

    @Test("A note is struck, and counts again, by later rows with an actor")
    func corrections() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        try town.hold(1, at: "s01")
        try town.pass(.seconds(5))
        let moved = try #require(try town.note(.in, .person(.person(1)), at: "s02").answer)
        let note = moved.entries[0].note
        #expect(try town.ask(.correctStay, CorrectStay(note, reason: .wrongPerson)).answer?.shelter == "s01")
        #expect(try town.headcount("s01") == 1 && town.headcount("s02") == 0)
        #expect(try town.show(.person(.person(1))).history.map(\.stands) == [false, true])
        try town.pass(.seconds(5))
        #expect(try town.ask(.correctStay, CorrectStay(note, stands: true, reason: .mistake)).answer?.shelter == "s02")
        #expect(try town.rig.said(.stayCorrections).map(\.data.by) == ["shelter-desk-hq", "shelter-desk-hq"])
    }

    @Test("Before the directory has said whether somebody may be found, nobody is told where they are")
    func unknown() throws {
        let town = try town()
        try town.note(.in, .person(.person(1)), at: "s01")
        #expect(try town.headcount("s01") == 1 && town.whereabouts(.person(.person(1))) == nil)
        try town.learn(1, cards: [1], isProtected: true)
        #expect(try town.whereabouts(.person(.person(1))) == nil)
        try town.learn(1, cards: [1])
        #expect(try town.whereabouts(.person(.person(1)))?.shelter == "s01")
    }

    @Test("Of people who must not be found nothing is said, and what was said is taken back")
    func protected() throws {
        let town = try town()
        try town.learn(1, cards: [1], isProtected: true)
        try town.hold(1, at: "s01")
        #expect(try town.headcount("s01") == 1 && town.whereabouts(.person(.person(1))) == nil)
        try town.learn(1, cards: [1])
        #expect(try town.whereabouts(.person(.person(1)))?.shelter == "s01")
        try town.learn(1, cards: [1], isProtected: true)
        #expect(try town.whereabouts(.person(.person(1))) == Whereabouts(nothingOf: .person(.person(1))))
    }

    @Test("A shelter with people in it is closing until the last one has gone; staff may have all noted as gone")
    func closing() throws {
        let town = try town()
        for card in 1...3 { try town.hold(card, at: "s01") }
        #expect(try town.ask(.runShelter, RunShelter("s01", .closed)).answer?.run.stage == .closing)
        #expect(try town.occupancy("s01")?.condition == .closing)
        try town.note(.in, .card(.card(1)), at: "s02")
        #expect(try town.ask(.runShelter, RunShelter("s01", .closed, empties: true)).accepted)
        #expect(try town.occupancy("s01")?.condition == .closed && town.headcount("s02") == 1)
        #expect(try town.rig.said(.shelters).last { $0.subject == "s01" }?.data.run.stage == .closed)
        #expect(try town.rig.said(.stayNotes).filter { $0.data.step == .out }.map(\.data.by) == ["shelter-desk-hq", "shelter-desk-hq"])
    }

    @Test("Opened again while all are noted as gone, a shelter keeps whoever is still there")
    func opensAgain() throws {
        let town = try town()
        for card in 1...401 { try town.hold(card, at: "s02") }
        let topic = "nagai/shelter-registry/command/shelter-desk-hq/shelter-run"
        town.rig.say(topic, try town.command(RunShelter("s02", .closed, empties: true)).json())
        _ = try town.rig.host.step(now: town.now)
        town.rig.say(topic, try town.command(RunShelter("s02", .open)).json())
        try town.rig.settle()
        #expect(try town.occupancy("s02")?.condition == .open)
        #expect(try town.headcount("s02") ?? 0 > 0)
    }

    @Test("When the vault has a newer key, names and views are sealed anew, and nothing needs the old one")
    func rotation() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        var facts = GuestFacts()
        facts.name = "山田はな"
        try town.note(.in, try #require(town.ask(.putGuest, PutGuest(facts)).answer).who, at: "s01")
        for keys in [1...2, 2...2] {
            try town.restart(keys: keys)
            try town.pass(.seconds(5))
            #expect(try town.roster("s01").map(\.name) == ["山田はな"] && town.show(.card(.card(1))).brief.name == "住民1")
        }
    }

    @Test("Nothing heard is silent and never empty: the last number stays, with the moment it was heard")
    func silence() throws {
        let town = try town()
        try town.hold(1, at: "s01")
        let heard = town.now
        try town.pass(.seconds(11 * 60))
        let seen = try #require(try town.occupancy("s01"))
        #expect(seen.condition == .silent && seen.headcount == 1 && seen.heard == heard)
        town.rig.say(Topic.life(of: Address("reader-agent", "gate-1"), in: "nagai").description, try Life(.ready, at: town.now).json())
        #expect(try town.occupancy("s01")?.condition == .open)
    }

    @Test("A rehearsal counts apart, is told to no family, and ends by itself with nobody left in it")
    func drills() throws {
        let town = try TestShelters()
        try town.learn(1, cards: [1])
        try town.add("s02")
        try town.hold(1, at: "s02")
        try town.add("s01", drill: true)
        try town.hold(1, at: "s01")
        #expect(try town.headcount("s02") == 1 && town.headcount("s01") == 1)
        #expect(try town.occupancy("s01")?.drill == true && town.whereabouts(.person(.person(1)))?.shelter == "s02")
        #expect(try town.ask(.runShelter, RunShelter("s02", .open, drill: true)).refusal == "in-use")
        town.rig.now = town.now + .seconds(12 * 3600 + 1)
        #expect(try town.occupancy("s01")?.condition == .closed && town.headcount("s01") == 0 && town.headcount("s02") == 1)
    }

    @Test("Forty days after the closing nothing of the people is left in the database; before that all of it is")
    func erasure() throws {
        let town = try town()
        try town.learn(1, cards: [1])
        var facts = GuestFacts()
        facts.name = "山田はな"
        let guest = try #require(try town.ask(.putGuest, PutGuest(facts)).answer).who
        try town.hold(1, at: "s01")
        try town.note(.in, guest, at: "s01")
        #expect(try town.ask(.runShelter, RunShelter("s01", .closed, empties: true)).accepted)
        try town.pass(.seconds(3))
        func rows() throws -> Int64 {
            try town.rig.disk.read {
                try $0.first("SELECT (SELECT count(*) FROM note) + (SELECT count(*) FROM stay) + (SELECT count(*) FROM evacuee_file)") {
                    $0.int(0)
                } ?? 0
            }
        }
        #expect(try rows() == 7)
        town.rig.now = town.now + .seconds(39 * 86_400)
        try town.pass(.seconds(70))
        #expect(try rows() == 7)
        town.rig.now = town.now + .seconds(2 * 86_400)
        try town.pass(.seconds(130))
        #expect(try rows() == 0)
        #expect(try town.rig.disk.read { try $0.first("SELECT count(*) FROM told_whereabouts") { $0.int(0) } } == 0)
    }
}
