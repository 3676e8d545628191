import Bus
import Contracts
import Harness
import Journal
import Seal
import ServiceKit
import Store
import Testing

/// An agent without readers: an input is a card that was held.
private struct Gate: Service {
    struct Held {
        var token: Token
        var place: PlaceID = "hall"
        var subject = "r-1"
    }

    static let program: Program = "reader-agent"
    static let migrations: [Migration] = []
    var reads: [Reading] { [] }

    func take(_ held: Held, in turn: borrowing Turn) throws {
        let tapped = Tapped(
            token: held.token, scheme: .felica, assurance: .read, reader: "r-1", place: held.place, purpose: Purpose("visit")!,
            clock: .synced)
        try turn.emitRoot(tapped, on: .taps, subject: held.subject, time: turn.now)
    }
}

/// Decides about a tap at a door, orders, and says at once what became of it; of other taps it takes no notice.
private struct Usher: Service {
    static let program: Program = "lock-controller"
    static let migrations: [Migration] = []

    var reads: [Reading] {
        [
            on(.taps) { tap, turn in
                guard let door = tap.data.purpose.door else { return }
                let verdict = Verdict.open(by: .group("club"))
                let decision = try turn.emit(
                    DoorDecided(door: door, tap: tap.id, agent: "gate-1", reader: tap.data.reader, verdict: verdict), on: .doorDecisions,
                    cause: tap.id, subject: door.text)
                turn.act(
                    "grant", cause: decision, topic: Grant.topic(in: turn.identity.town, to: door), expires: turn.now + .seconds(10)
                ) { [1] }
                try turn.emit(
                    DoorOutcome(door: door, decision: decision, tap: tap.id, result: .opened), on: .doorOutcomes, cause: decision,
                    discriminator: "a lock's report", subject: door.text, time: turn.now + .seconds(1))
            }
        ]
    }
}

extension Rig {
    fileprivate func ask(_ wish: FindUses, as asker: UserID = "registrar-civil") throws -> Reply<Uses> {
        let process = host.identity.address
        let id = EventID(at: now, random: (7, UInt64(published.count)))
        let question = Envelope(id: id, source: "/nagai/registrar/civil", time: now, expires: now + .seconds(30), data: wish)
        say("nagai/uses/command/\(asker)/\(process.name)", try question.json())
        try settle()
        let reply = try #require(published.last { $0.topic == "nagai/uses/reply/\(asker)/\(process.name)" })
        #expect(reply.payload.count <= 32 * 1024)
        let envelope = try Envelope<Reply<Uses>>(json: reply.payload)
        #expect(envelope.cause == id)
        return envelope.data
    }

    /// The sizes of all pages, and what stood on them.
    fileprivate func pages(_ wish: FindUses) throws -> (sizes: [Int], uses: [Use]) {
        var (wish, sizes, uses) = (wish, [Int](), [Use]())
        repeat {
            let answer = try #require(try ask(wish).answer)
            sizes.append(answer.uses.count)
            uses += answer.uses
            wish.after = answer.next
        } while wish.after != nil && sizes.count < 100
        #expect(Set(uses).count == uses.count, "nothing is told twice")
        return (sizes, uses)
    }
}

@Suite("Who has used my card?")
struct UsesTests {
    private let card = Token("k1.aaaaaaaaaaaaaaaaaaaaaaaaaa")!
    private let other = Token("k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")!

    private func gate() throws -> Rig<Gate> {
        let rig = try Rig(Gate(), as: .readerAgent, "gate-1", roster: Kit.roster)
        try rig.settle()
        return rig
    }

    private func usher(taps: ClosedRange<Int64> = 1...1) throws -> Rig<Usher> {
        let rig = try Rig(Usher(), as: .lockController, roster: Kit.roster)
        try rig.settle()
        for number in taps { rig.say(tapTopic, try tapEnvelope(number).json()) }
        try rig.pass(.seconds(12))
        return rig
    }

    private func words(_ uses: [Use]) -> [String] { uses.map(\.what) }

    // MARK: Taps of a card

    @Test("An agent finds the taps of a card, newest first, with the moment, the place, the purpose and how long they are kept")
    func taps() throws {
        let rig = try gate()
        let start = rig.now
        for token in [card, other, card] {
            try rig.settle([Gate.Held(token: token)])
            try rig.pass(.seconds(2))
        }
        let taps = try rig.said(.taps)
        let hour = Instant(milliseconds: start.milliseconds / 3_600_000 * 3_600_000)
        let wanted = [taps[2], taps[0]].map {
            Use(
                "tap", of: $0.id, at: $0.time, keptUntil: hour + .seconds(30 * 86_400), place: "hall", purpose: Purpose("visit"),
                about: "r-1")
        }
        #expect(try rig.ask(FindUses(tokens: [card])) == .accept(Uses(wanted)))
        #expect(try rig.ask(FindUses(tokens: [card, other, card])).answer?.uses.map(\.tap) == [taps[2].id, taps[1].id, taps[0].id])
        #expect(try rig.ask(FindUses(taps: [taps[0].id])) == .accept(Uses([])), "a tap is no use of itself")
    }

    @Test("A token that is part of another text, or another text altogether, is no tap of that card")
    func otherText() throws {
        let rig = try gate()
        for subject in ["\(card)x", "x\(card)", "\"\(card)\"", card.text] { try rig.settle([Gate.Held(token: other, subject: subject)]) }
        #expect(try rig.said(.taps).count == 4)
        #expect(try rig.ask(FindUses(tokens: [card])) == .accept(Uses([])))
        let longer = Token("k11.aaaaaaaaaaaaaaaaaaaaaaaaaa")!
        try rig.settle([Gate.Held(token: longer)])
        #expect(try rig.ask(FindUses(tokens: [card])) == .accept(Uses([])))
        #expect(try rig.ask(FindUses(tokens: [longer])).answer?.uses.count == 1)
    }

    @Test("However many taps a card has, they come in pages that fit, each tap once")
    func manyTaps() throws {
        let rig = try gate()
        for round in 0..<230 {
            try rig.settle([Gate.Held(token: card)] + (round % 3 == 0 ? [Gate.Held(token: other)] : []))
        }
        #expect(try rig.pages(FindUses(tokens: [card])).sizes == [100, 100, 30])
        let both = try rig.pages(FindUses(tokens: [card, other]))
        #expect(both.uses.count == 230 + 77)
        let rows = try rig.said(.taps).reversed().map(\.id)
        #expect(both.uses.map(\.tap) == rows)
    }

    @Test("Exactly a page of taps is one page or is followed by an empty one, and nothing is lost when false friends fill a page")
    func boundary() throws {
        let rig = try gate()
        try rig.settle([Gate.Held(token: card)])
        // Found by their bytes, and then seen to be of another card.
        for _ in 0..<100 { try rig.settle([Gate.Held(token: other, subject: card.text)]) }
        #expect(try rig.pages(FindUses(tokens: [card])).uses.count == 1)
        for _ in 0..<99 { try rig.settle([Gate.Held(token: card)]) }
        #expect(try rig.pages(FindUses(tokens: [card])).uses.count == 100)
    }

    @Test("Long names make shorter pages")
    func longNames() throws {
        let rig = try gate()
        let place = PlaceID(String(repeating: "p", count: 63))!
        let held = Gate.Held(token: card, place: place, subject: String(repeating: "\u{1}", count: 400))
        for _ in 0..<100 { try rig.settle([held]) }
        let pages = try rig.pages(FindUses(tokens: [card]))
        #expect(pages.sizes.count > 1 && pages.uses.count == 100)
        #expect(pages.uses.allSatisfy { $0.about?.count == 100 })
    }

    @Test("An answer looks through a bounded number of rows, and the search goes on where it ended")
    func bounded() throws {
        let rig = try gate()
        try rig.settle([Gate.Held(token: card)])
        // 16 cards in one question: 1,250 rows for each.
        let cards = (2...16).map { Token("k\($0).\(String(repeating: "d", count: 26))")! } + [card]
        for _ in 0..<26 { try rig.settle((0..<50).map { _ in Gate.Held(token: other) }) }
        #expect(try rig.pages(FindUses(tokens: cards)).sizes == [0, 1])
        #expect(try rig.pages(FindUses(tokens: [card])).sizes == [1])
    }

    // MARK: How long it is kept

    @Test("What the broker has not taken, or will not take, has no end yet")
    func open() throws {
        let rig = try gate()
        try rig.settle([Gate.Held(token: card)])
        #expect(try rig.ask(FindUses(tokens: [card])).answer?.uses.map(\.keptUntil) == [nil])
        try rig.pass(.seconds(2))
        #expect(try rig.ask(FindUses(tokens: [card])).answer?.uses.first?.keptUntil != nil)

        let bench = try Bench()
        bench.transport.answer = { $0.topic == decisionTopic ? 0x87 : 0 }
        try bench.connect()
        try bench.give(try tap(1))
        try bench.pass(.seconds(3))
        let question = Envelope(
            id: tapID(900), source: "/nagai/registrar/civil", time: bench.now, expires: bench.now + .seconds(30),
            data: FindUses(taps: [tapID(1)]))
        try bench.give(Message(topic: "nagai/uses/command/registrar-civil/lock-controller--main", payload: try question.json()))
        let reply = try #require(bench.transport.sent(on: "nagai/uses/reply/registrar-civil/lock-controller--main").last)
        let uses = try Envelope<Reply<Uses>>(json: reply.payload).data.answer?.uses ?? []
        #expect(words(uses) == ["read", "door-decision", "bell"])
        #expect(uses.map { $0.keptUntil == nil } == [false, true, false])
    }

    @Test("What is kept until a moment is there until then and gone soon after")
    func gone() throws {
        let rig = try gate()
        try rig.settle([Gate.Held(token: card)])
        try rig.pass(.seconds(2))
        let end = try #require(try rig.ask(FindUses(tokens: [card])).answer?.uses.first?.keptUntil)
        try rig.pass(end - .seconds(60) - rig.now, step: .seconds(3600))
        #expect(try rig.ask(FindUses(tokens: [card])).answer?.uses.count == 1)
        try rig.pass(.seconds(180), step: .seconds(60))
        #expect(try rig.ask(FindUses(tokens: [card])).answer?.uses == [])
    }

    // MARK: What came of a tap

    @Test("A process tells that it has read a tap, what it said because of it, near and far, and what it ordered")
    func aftermath() throws {
        let rig = try usher(taps: 1...2)
        let uses = try #require(try rig.ask(FindUses(taps: [tapID(2)])).answer?.uses)
        #expect(words(uses) == ["read", "door-decision", "door-outcome", "grant"])
        #expect(uses.allSatisfy { $0.tap == tapID(2) && $0.keptUntil != nil })
        #expect(uses.map(\.about) == [nil, "gym", "gym", "gym"])
        let decided = try #require(try rig.said(.doorDecisions).last?.time)
        #expect(uses.map(\.at) == [tapID(2).time, decided, decided + .seconds(1), decided])
        #expect(uses[0].keptUntil == tapID(2).time + .seconds(400 * 86_400))
        #expect(uses[3].keptUntil == decided + .seconds(10) + .seconds(30 * 86_400))
        #expect(try rig.ask(FindUses(taps: [tapID(3)])) == .accept(Uses([])), "a tap that never came")
    }

    @Test("A tap that was read and left alone is told, and one of the same millisecond is another")
    func readOnly() throws {
        let rig = try usher()
        var visit = tapEnvelope(2)
        visit.id = EventID(high: tapID(1).high, low: 8)
        visit.data.purpose = Purpose("visit")!
        rig.say(tapTopic, try visit.json())
        try rig.settle()
        #expect(words(try rig.ask(FindUses(taps: [visit.id])).answer?.uses ?? []) == ["read"])
        #expect(try rig.ask(FindUses(taps: [tapID(1)])).answer?.uses.count == 4)
    }

    @Test("What followed from a decision is told though the decision itself is deleted")
    func withoutDecision() throws {
        let rig = try usher()
        let decision = try #require(try rig.said(.doorDecisions).last?.id)
        try rig.disk.write { try $0.run("DELETE FROM outbox WHERE id = ?", decision.bytes) }
        #expect(words(try rig.ask(FindUses(taps: [tapID(1)])).answer?.uses ?? []) == ["read", "door-outcome", "grant"])
    }

    @Test("What came of many taps is told in pages, cut in the middle of a tap where they are full")
    func manyUses() throws {
        let rig = try usher(taps: 1...60)
        try rig.disk.write { try $0.run("DELETE FROM act WHERE cause = ?", rig.said(.doorDecisions)[0].id.bytes) }
        let pages = try rig.pages(FindUses(taps: (1...60).map(tapID)))
        #expect(pages.sizes == [100, 100, 39])
        #expect(pages.uses.map(\.tap) == (1...60).flatMap { number in (0..<(number == 1 ? 3 : 4)).map { _ in tapID(number) } })
        #expect(try rig.ask(FindUses(taps: [tapID(1)], after: -5)).answer?.uses.count == 3)
        #expect(try rig.ask(FindUses(taps: [tapID(1)], after: .max)).answer?.uses == [])
    }

    // MARK: The question

    @Test("Who asks for nothing, for both, or for too much is refused; so is everybody but counters and the residents' page")
    func refused() throws {
        let rig = try usher()
        var both = FindUses(tokens: [card])
        both.taps = [tapID(1)]
        for wish in [
            FindUses(tokens: []), FindUses(taps: []), both, FindUses(tokens: Array(repeating: card, count: 17)),
            FindUses(taps: Array(repeating: tapID(1), count: 501)),
        ] { #expect(try rig.ask(wish).refusal == "not-possible") }
        #expect(try rig.ask(FindUses(tokens: [card])) == .accept(Uses([])), "no agent, no taps")
        #expect(try rig.ask(FindUses(tokens: [card]), as: "resident-page") == .accept(Uses([])))
        for other in ["notice-desk-hall", "operator-1"] as [UserID] {
            #expect(try rig.ask(FindUses(tokens: [card]), as: other).refusal == "not-yours")
        }
    }

    @Test("An answer is kept nowhere, and the log says who asked and not for which card")
    func unkept() throws {
        let rig = try gate()
        try rig.settle([Gate.Held(token: card)])
        rig.forgetWhatWasSaid()
        let question = Envelope(
            id: tapID(1), source: "/nagai/registrar/civil", time: rig.now, expires: rig.now + .seconds(30), data: FindUses(tokens: [card]))
        for _ in 0..<2 { rig.say("nagai/uses/command/registrar-civil/reader-agent--gate-1", try question.json()) }
        try rig.settle()
        let replies = rig.published.filter { $0.topic == "nagai/uses/reply/registrar-civil/reader-agent--gate-1" }
        #expect(replies.count == 2, "asked again, it is answered again")
        #expect(try rig.disk.write { try $0.first("SELECT count(*) FROM reply") { $0.int(0) } } == 0)
        #expect(rig.log == ["uses asked by registrar-civil", "uses asked by registrar-civil"])
    }
}
