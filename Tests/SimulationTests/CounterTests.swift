import Contracts
import Harness
import ServiceKit
import Testing

@testable import Simulation

/// The residents' counter of a simulated town without faults.
@Suite("The counter of a simulated town")
struct CounterTests {
    /// A town at work, and whoever works at its counter.
    private struct Hall {
        let world: World
        let directory: ResidentDirectoryInSimulation
        let agents: ReaderAgentsInSimulation
        var clerks: Clerks { directory.clerks }

        init() throws {
            var layout = Layout()
            // Whoever goes in does so again and again here.
            layout.hasHours = false
            world = try World(seed: 5, layout: layout, faults: Faults.none)
            try world.prepare()
            (directory, agents) = (
                world.participant(ResidentDirectoryInSimulation.self), world.participant(ReaderAgentsInSimulation.self)
            )
        }

        /// Gives one command and says how it was answered.
        func ask<Body: CommandBody>(_ channel: Channel<Body>, cards: [Int] = [], _ data: @escaping ([Errand.Tap]) -> Body) -> Errand.Heard?
        {
            directory.settle([Errand("a command of a test", channel, cards: cards, in: world.layout.town, data)], world)
            return clerks.last
        }

        func link(_ person: PersonID, born: CalendarDate?, cards: [Int] = [], tap: EventID? = nil) -> Errand.Heard? {
            ask(.linkCard, cards: cards) { LinkCard(tap ?? $0[0].id, to: person, born: born) }
        }

        /// Holds a card over the first door's reader.
        func opens(_ card: Int) throws -> Bool {
            let locks = world.participant(LocksInSimulation.self).locks
            let before = locks[1].opened.count
            // Gate 1 stands at the second door, which is booked for persons.
            agents.hold(card, 1, in: world)
            world.advance(.seconds(2))
            return locks[1].opened.count > before
        }
    }

    @Test(
        "F17, the wrong person because a desk stayed logged in: without a card held now, with one held before, or with a birth date that is not of the file on the screen, nothing is linked"
    )
    func wrongPerson() throws {
        let hall = try Hall()
        let (before, here) = (hall.clerks.known[0], hall.clerks.known[5])
        let born = try #require(hall.clerks.residents[here]?.born)
        let card = hall.clerks.spare[0]
        // The file of the person before is still on the screen.
        #expect(hall.link(before, born: nil, tap: hall.world.newID(at: hall.world.now)) == .refused("unknown-tap"))
        let old = try #require(hall.clerks.usedTaps.first)
        #expect(hall.link(before, born: hall.clerks.residents[before]?.born, tap: old) == .refused("used-tap"))
        #expect(hall.link(before, born: born, cards: [card]) == .refused("wrong-person"))
        #expect(hall.link(before, born: nil, cards: [card]) == .refused("no-birth-date"))
        // Whoever was here has gone, and their card was held long ago.
        let held = try #require(try hall.world.auditor.heard(.taps).last { $0.data.purpose == .enrolment }?.id)
        hall.world.advance(.seconds(61))
        #expect(hall.link(here, born: born, tap: held) == .refused("old-tap"))
        #expect(try !hall.opens(card))

        hall.world.advance(.seconds(2))
        #expect(hall.link(here, born: born, cards: [card]) == .obeyed)
        #expect(hall.world.heal())
        #expect(try hall.world.violations().filter { !$0.contains("the cards of") } == [])
    }

    @Test("A booking for a person opens the door for every card of theirs, and for none that was lost or taken from them")
    func opensForPersons() throws {
        let hall = try Hall()
        let person = hall.clerks.known[0]
        let (first, second) = (try #require(hall.clerks.residents[person]?.cards.keys.first), hall.clerks.spare[0])
        #expect(try hall.opens(first) && !hall.opens(second))
        hall.world.advance(.seconds(2))
        #expect(hall.link(person, born: hall.clerks.residents[person]?.born, cards: [second]) == .obeyed)
        #expect(try hall.opens(second))
        #expect(hall.ask(.markCard) { _ in MarkCard(.lost, card: World.token(first), why: "lost") } == .obeyed)
        hall.world.advance(.seconds(2))
        #expect(try !hall.opens(first) && hall.opens(second))
        #expect(hall.ask(.markCard, cards: [second]) { MarkCard(.unlinked, tap: $0[0].id, why: "given back") } == .obeyed)
        hall.world.advance(.seconds(2))
        #expect(try !hall.opens(second))
    }

    @Test("A day at the counter does and tries everything")
    func day() throws {
        var (obeyed, refusals) = (0, [String: Int]())
        for seed in 1...5 as ClosedRange<UInt64> {
            let history = try History(seed: seed, layout: Layout(), taps: 200, over: .seconds(400), faults: Faults.none)
            #expect(history.wrong.isEmpty, "\(history.report())")
            let clerks = history.world.participant(ResidentDirectoryInSimulation.self).clerks
            obeyed += clerks.obeyed
            refusals.merge(clerks.refusals) { $0 + $1 }
        }
        #expect(obeyed > 400)
        let tried: Set = [
            "unknown-tap", "used-tap", "wrong-person", "no-birth-date", "card-held", "two-cards", "not-provisional", "second-person",
        ]
        #expect(tried.subtracting(refusals.keys).isEmpty, "\(refusals)")
    }
}
