import Bus
import Contracts
import Glibc
import ServiceKit
import Testing
import Town

@testable import Kazasu

/// A town of processes that answer as they are told.
private final class TownWire: Wire {
    var lives: [(process: Address, state: Life.State)] = []
    var answer: (_ process: String, FindUses) -> Reply<Uses>? = { _, _ in nil }
    private(set) var asked: [(process: String, question: FindUses)] = []
    private var events: [BusEvent] = [.connected(session: false)]
    private var known: Set<EventID> = []
    var isConnected = false
    var interest: pollfd? { nil }
    var patience: Int64 { 1 }

    func receive(limit: Int) -> [BusEvent] {
        isConnected = true
        defer { events = [] }
        return events
    }

    func publish(_ outgoing: Outgoing) -> Int32? {
        guard let topic = Topic(outgoing.topic) else { return nil }
        if topic.kind == .ask {
            for (process, state) in lives {
                let life = (try? Life(state, at: wallClock()).json()) ?? []
                events.append(.message(Message(topic: Topic.life(of: process, in: "nagai").description, payload: life, isRetained: true)))
            }
            events.append(.message(Message(topic: outgoing.topic, payload: outgoing.payload)))
        } else if let question = try? Envelope<FindUses>(json: outgoing.payload) {
            if known.insert(question.id).inserted { asked.append((topic.name.text, question.data)) }
            guard let reply = answer(topic.name.text, question.data) else { return 1 }
            let envelope = Envelope(
                id: EventID(high: 1, low: 1), source: "/nagai/x/y", time: question.time, cause: question.id, data: reply)
            let back = "nagai/uses/reply/registrar-civil-affairs/\(topic.name)"
            events.append(.message(Message(topic: back, payload: (try? envelope.json()) ?? [])))
        }
        return 1
    }

    func subscribe(_ subscriptions: [Subscription]) {}
    func flush() {}
    func abandon() {}
    func close() {}
}

@Suite("kazasu card uses")
struct CardUsesTests {
    private let wire = TownWire()
    private static let morning = Instant(rfc3339: "2026-11-21T08:00:00+09:00")!
    private let card = Token("k1.aaaaaaaaaaaaaaaaaaaaaaaaaa")!
    private let agent = Address("reader-agent", "gate-1")
    private let controller = Address("lock-controller", "main")
    private let directory = Address("resident-directory", "main")

    init() { wire.lives = [(agent, .ready), (controller, .red), (directory, .ready)] }

    private func desk() throws -> Desk {
        let session = Session(
            wire, town: try town(), role: .registrar, instance: "civil-affairs", place: "here", console: Recorder().console())
        try session.connect()
        return Desk(session: session, life: .milliseconds(200), interval: 20)
    }

    private static func tap(_ number: Int) -> EventID { EventID(at: morning + .seconds(number), random: (0, 7)) }

    private static func held(_ number: Int) -> Use {
        Use(
            "tap", of: tap(number), at: morning + .seconds(number), keptUntil: morning + .seconds(30 * 86_400), place: "civic-gym",
            purpose: .door("gym"), about: "reader-1")
    }

    /// An agent with 700 taps of the card in two pages, and a lock-controller that has read each.
    private func playTown() {
        wire.answer = { process, question in
            if question.tokens != nil {
                guard process == "reader-agent--gate-1" else { return .accept(Uses([])) }
                return .accept(
                    question.after == nil ? Uses((350..<700).reversed().map(Self.held), next: 350) : Uses((0..<350).map(Self.held)))
            }
            guard process == "lock-controller--main" else { return .accept(Uses([])) }
            return .accept(Uses((question.taps ?? []).map { Use(Use.read, of: $0, at: $0.time) }))
        }
    }

    @Test("asks for the taps of the cards, page after page, and then everybody for these taps, as many as one question takes")
    func everybody() throws {
        playTown()
        let uses = try desk().uses(of: (0..<17).map { Token("k\($0 + 1).aaaaaaaaaaaaaaaaaaaaaaaaaa")! })
        #expect(uses.silent == [])
        #expect(uses.found.count == 1400 && uses.taps.count == 700)
        #expect(uses.found.map(\.use.tap) == (0..<700).flatMap { [Self.tap($0), Self.tap($0)] }, "in the order of time")
        #expect(uses.found.prefix(2).map(\.use.what) == ["tap", "read"])
        let questions = wire.asked.filter { $0.process == "lock-controller--main" }.map(\.question)
        #expect(questions.map { $0.tokens?.count ?? 0 } == [16, 1, 0, 0])
        #expect(questions.map { $0.taps?.count ?? 0 } == [0, 0, 500, 200])
    }

    @Test("names a process that does not run or does not answer, and asks it no second time")
    func silent() throws {
        playTown()
        let answer = wire.answer
        wire.answer = { process, question in process == "lock-controller--main" ? nil : answer(process, question) }
        var uses = try desk().uses(of: [card])
        #expect(uses.silent == [controller] && uses.taps.count == 700)
        #expect(wire.asked.filter { $0.process == "lock-controller--main" }.count == 1)
        wire.lives = [(agent, .lost), (controller, .ready), (directory, .ready)]
        uses = try desk().uses(of: [card])
        #expect(uses.silent == [agent, controller] && uses.found == [])
    }

    @Test("tells of a card only what was done with it while it was the person's")
    func whileTheirs() throws {
        playTown()
        let (from, to) = (Self.morning + .seconds(100), Self.morning + .seconds(200))
        let uses = try desk().uses(of: [
            Holding(tokens: [card], from: from, to: to), Holding(tokens: [card], from: Self.morning + .seconds(690)),
        ])
        #expect(uses.taps.map(\.at) == (Array(100..<200) + Array(690..<700)).map { Self.morning + .seconds($0) })
        #expect(uses.found.count == 220, "and what followed from these taps alone")
    }

    @Test("says in the process's own sentence why it was refused")
    func refused() throws {
        wire.answer = { _, _ in .refuse("not-possible", "Ask for less.") }
        let failure = #expect(throws: Failure.self) { try desk().uses(of: [card]) }
        #expect(failure == .refused("Ask for less."))
    }

    @Test("shows each use in a line, in the order of time, with wide characters aligned")
    func quoted() throws {
        wire.answer = { process, question in
            if question.tokens != nil { return .accept(Uses(process == "reader-agent--gate-1" ? [Self.held(0)] : [])) }
            guard process == "lock-controller--main", let tap = question.taps?.first else { return .accept(Uses([])) }
            return .accept(
                Uses([
                    Use("read", of: tap, at: tap.time, keptUntil: tap.time + .seconds(400 * 86_400)),
                    Use("door-decision", of: tap, at: tap.time + .seconds(1), about: "gym"),
                    Use("grant", of: tap, at: tap.time + .seconds(1), about: "gym"),
                    Use("door-outcome", of: tap, at: tap.time + .seconds(2), about: "gym"),
                    Use("points-\u{1B}[2J", of: tap, at: tap.time + .seconds(3), about: "\u{1B}"),
                ]))
        }
        let uses = try desk().uses(of: [card])
        let lines = { (language: Language) in
            table(PlainWords(language, try town()).rows(of: uses)).split(separator: "\n").map(String.init)
        }
        #expect(
            try lines(.en) == [
                "WHEN                 WHERE      WHAT FOR      WHO                  WHAT                      KEPT UNTIL",
                "2026-11-21 08:00:00  civic-gym  for door gym  reader-agent/gate-1  card read                 2026-12-21 08:00",
                "2026-11-21 08:00:00  civic-gym  for door gym  lock-controller      took note of the tap      2027-12-26 08:00",
                "2026-11-21 08:00:01  gym        for door gym  lock-controller      decided about the door    not known yet",
                "2026-11-21 08:00:01  gym        for door gym  lock-controller      ordered the lock to open  not known yet",
                "2026-11-21 08:00:02  gym        for door gym  lock-controller      noted what the lock did   not known yet",
                "2026-11-21 08:00:03  \u{FFFD}          for door gym  lock-controller      points-\u{FFFD}[2J               not known yet",
            ])
        let japanese = try lines(.ja)
        #expect(japanese[3] == "2026-11-21 08:00:01  市民体育館  市民体育館の扉  lock-controller      扉を開けるか判定  未定")
        let ends = Set(japanese.prefix(6).map { line in displayWidth(line) - displayWidth(String(line.split(separator: "  ").last ?? "")) })
        #expect(ends.count == 1, "\(japanese)")
    }
}
