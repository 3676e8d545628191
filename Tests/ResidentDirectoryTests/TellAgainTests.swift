import Bus
import Contracts
import Harness
import People
import ResidentDirectory
import Seal
import ServiceKit
import Store
import Testing

/// A door's service as far as it knows people.
private struct Doorman: Service {
    static let program: Program = "lock-controller"
    static let migrations: [Migration] = []
    var reads: [Reading] { [People<LockView>.reading] }
}

@Suite("Telling again")
struct TellAgainTests {
    /// A directory and the service it tells, each on a broker of its own, with somebody who carries what they say.
    private final class Pair {
        let counter: Counter
        let doorman: Rig<Doorman>
        private var carried = (0, 0)

        init() throws {
            counter = try Counter()
            doorman = try Rig(Doorman(), as: .lockController, roster: Counter.roster)
            try settle()
        }

        func settle() throws {
            for _ in 0..<8 {
                try counter.rig.settle()
                try doorman.settle()
                for said in counter.rig.published[carried.0...] where said.topic.hasPrefix("nagai/resident-directory/") {
                    if said.topic.hasSuffix("/lock-view") || said.topic.contains("/batch/") || said.topic.hasSuffix("/heads") {
                        doorman.say(said.topic, said.payload)
                    }
                }
                for said in doorman.published[carried.1...] where said.topic.hasPrefix("nagai/lock-controller/ask/") {
                    counter.rig.say(said.topic, said.payload)
                }
                carried = (counter.rig.published.count, doorman.published.count)
                counter.rig.now = counter.rig.now + .seconds(2)
                doorman.now = counter.rig.now
            }
        }

        func view(_ person: PersonID) throws -> LockView? { try doorman.disk.read { try People<LockView>.view(of: person, in: $0) } }
        func holder(_ card: Token) throws -> PersonID? { try doorman.disk.read { try People<LockView>.person(of: card, in: $0) } }
        func problem(_ code: String) throws -> String? { try doorman.life().problems?.first { $0.code == code }?.text }
    }

    @Test("After an older copy was put back services hold as unknown what came after it; told again, they know as much as the directory")
    func restored() throws {
        let town = try Pair()
        let counter = town.counter
        let (ami, ben) = (try counter.enrol(with: .card(1)), try counter.enrol(with: .card(2), "別 人"))
        let later = try counter.enrol("後 人")
        try town.settle()
        #expect(try town.holder(.card(1)) == ami && town.holder(.card(2)) == ben)
        let copy = try counter.rig.disk.serialized()

        // All of this is lost: a right withdrawn, a right given, a card given to somebody who had none.
        try counter.ask(MarkCard(.lost, card: .card(1), why: "on the bus"), on: .markCard)
        try counter.ask(ChangeMembers("staff", add: [ben]), on: .changeMembers)
        #expect(try counter.ask(LinkCard(try counter.hold(.card(3)), to: later, born: CalendarDate("1954-03-01")), on: .linkCard).accepted)
        try town.settle()
        #expect(try town.holder(.card(1)) == nil && town.view(ben)?.groups == ["staff"] && town.holder(.card(3)) == later)

        try counter.rig.replaceDisk(with: copy)
        try counter.rig.start(try Counter.directory())
        // With the first word it says the services see that it is another one than before.
        let new = try counter.enrol(with: .card(4), "新 人")
        try town.settle()
        #expect(try town.holder(.card(4)) == new)
        for card in [1, 2, 3] { #expect(try town.holder(.card(card)) == nil, "card \(card)") }
        try town.doorman.pass(.seconds(11))
        #expect(try town.problem("unknown")?.contains("kazasu person tell-again") == true)
        try counter.rig.pass(.seconds(86_400), step: .seconds(3600))
        try town.settle()
        #expect(try town.holder(.card(1)) == nil, "what was withdrawn does not come back by itself, nor with a new day")

        #expect(try counter.ask(TellAgain(why: "put back"), on: .tellAgain).accepted)
        try town.settle()
        for (person, card) in [(ami, Token.card(1)), (ben, .card(2))] {
            #expect(try town.view(person) == LockView(person, tokens: [card], groups: []) && town.holder(card) == person)
        }
        #expect(try town.view(later) == nil && town.holder(.card(3)) == nil)
        try town.doorman.pass(.seconds(11))
        #expect(try town.problem("unknown") == nil)
    }

    @Test("Who was enrolled after the copy stays unknown, and is counted until somebody has taken note")
    func enrolledAfter() throws {
        let town = try Pair()
        let counter = town.counter
        _ = try counter.enrol(with: .card(1))
        try town.settle()
        let copy = try counter.rig.disk.serialized()
        _ = try counter.enrol(with: .card(2), "別 人")
        try town.settle()
        try counter.rig.replaceDisk(with: copy)
        try counter.rig.start(try Counter.directory())
        try town.settle()
        try counter.ask(TellAgain(why: "put back"), on: .tellAgain)
        try town.settle()
        try town.doorman.pass(.seconds(11))
        #expect(try town.problem("unknown")?.hasPrefix("1 entries") == true && town.holder(.card(2)) == nil)
        let close = Envelope(
            id: EventID(at: town.doorman.now, random: (0, 9)), source: "/nagai/operator/audit", time: town.doorman.now,
            expires: town.doorman.now + .seconds(30), data: Upkeep(.dismiss, .gaps, why: "enrolled again"))
        town.doorman.say("nagai/upkeep/command/operator-audit/lock-controller--main", try close.json())
        try town.doorman.pass(.seconds(11))
        #expect(try town.problem("unknown") == nil && town.problem("orphaned") == nil && town.holder(.card(2)) == nil)
    }

    @Test("It is done with a reason alone, once for everybody, and who asked is in the log without the reason")
    func reason() throws {
        let counter = try Counter()
        for number in 1...3 { _ = try counter.enrol(with: .card(number), "人 \(number)") }
        #expect(try counter.ask(TellAgain(why: ""), on: .tellAgain).refusal == "no-reason")
        counter.rig.forgetWhatWasSaid()
        #expect(try counter.ask(TellAgain(why: "花子さんの依頼"), on: .tellAgain).accepted)
        try counter.rig.pass(.seconds(60))
        #expect(try counter.rig.said(.lockView).count == 3)
        #expect(counter.rig.log == ["every service is told everything again, as registrar-civil asked"])
        #expect(!String(decoding: try counter.rig.disk.serialized(), as: UTF8.self).contains("花子"))
    }

    @Test("It goes on to the end when a key is retired or the town's rules change meanwhile")
    func interrupted() throws {
        let counter = try Counter()
        for number in 1...150 {
            _ = try counter.enrol("人 \(number)", "ヒト", born: CalendarDate("1954-03-01"))
        }
        try counter.rig.settle()
        counter.rig.forgetWhatWasSaid()
        counter.say(TellAgain(why: "lost"), on: .tellAgain)
        counter.say(RetireTokenKey(1, dry: false), on: .retireTokenKey)
        try counter.rig.start(try Counter.directory(ViewsTests.policy))
        try counter.rig.settle()
        #expect(Set(try counter.rig.said(.shelterView).compactMap(\.subject)).count == 150)
    }
}
