import Bus
import Contracts
import Glibc
import ServiceKit
import Testing
import Town

@testable import Kazasu

/// A connection whose other end is a function: what is published goes in, what arrives comes out.
private final class ScriptedWire: Wire {
    var sent: [Outgoing] = []
    var answer: (Outgoing, _ count: Int) -> [BusEvent] = { _, _ in [] }
    private var events: [BusEvent] = [.connected(session: false)]
    var isConnected = false
    var interest: pollfd? { nil }
    var patience: Int64 { 1 }

    func receive(limit: Int) -> [BusEvent] {
        isConnected = true
        defer { events = [] }
        return events
    }
    func subscribe(_ subscriptions: [Subscription]) {}
    func publish(_ outgoing: Outgoing) -> Int32? {
        sent.append(outgoing)
        events += answer(outgoing, sent.count)
        return Int32(sent.count)
    }
    func flush() {}
    func abandon() {}
    func close() {}
}

@Suite("A desk's command")
struct DeskTests {
    private let wire = ScriptedWire()
    private let command = CancelBooking(booking: EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEF")!)

    private func desk() throws -> Desk {
        let session = Session(wire, town: try town(), role: .desk, instance: "office", place: "here", console: Recorder().console())
        try session.connect()
        return Desk(session: session, life: .milliseconds(300), interval: 20)
    }

    private func reply(to outgoing: Outgoing, _ reply: Reply<Done>, cause: EventID? = nil) throws -> BusEvent {
        let command = try Envelope<CancelBooking>(json: outgoing.payload)
        let id = EventID(at: command.time, random: (1, 2))
        let envelope = Envelope(id: id, source: "/nagai/lock-controller/main", time: command.time, cause: cause ?? command.id, data: reply)
        return .message(Message(topic: "nagai/lock-controller/reply/desk-office/booking-cancel", payload: try envelope.json()))
    }

    @Test("goes out again, byte for byte, until it is answered")
    func repeats() throws {
        wire.answer = { outgoing, count in count == 3 ? [(try? reply(to: outgoing, .accept(Done()))).unsafelyUnwrapped] : [] }
        let answer = try desk().ask(command, on: .cancelBooking, for: Done.self)
        #expect(answer == Done())
        #expect(wire.sent.count == 3)
        #expect(Set(wire.sent.map(\.payload)).count == 1)
        #expect(wire.sent[0].topic == "nagai/lock-controller/command/desk-office/booking-cancel")
        #expect(wire.sent[0].qos == 1 && !wire.sent[0].retain && wire.sent[0].expiry != nil)
        let envelope = try Envelope<CancelBooking>(json: wire.sent[0].payload)
        #expect(envelope.expires == envelope.time + .milliseconds(300))
        #expect(envelope.source == "/nagai/desk/office")
    }

    @Test("that nobody answers in its time ends as unknown, not as failed, and is not sent after its time")
    func unknown() throws {
        let failure = #expect(throws: Failure.self) { try desk().ask(command, on: .cancelBooking, for: Done.self) }
        #expect(failure?.code == .unknown)
        #expect(wire.sent.count <= 16)
    }

    @Test("takes no answer to another command for its own")
    func otherCause() throws {
        wire.answer = { outgoing, count in
            [
                (try? reply(
                    to: outgoing, count < 3 ? .refuse("x", "not yours") : .accept(Done()), cause: count < 3 ? EventID(high: 1, low: 1) : nil
                )).unsafelyUnwrapped
            ]
        }
        #expect(try desk().ask(command, on: .cancelBooking, for: Done.self) == Done())
        #expect(wire.sent.count == 3)
    }

    @Test("that is refused says why in the service's own sentence")
    func refused() throws {
        wire.answer = { outgoing, _ in [(try? reply(to: outgoing, .refuse("overlap", "Choose another slot."))).unsafelyUnwrapped] }
        let failure = #expect(throws: Failure.self) { try desk().ask(command, on: .cancelBooking, for: Done.self) }
        #expect(failure == .refused("Choose another slot."))
    }

    @Test("that the broker does not let through is refused at once")
    func refusedByBroker() throws {
        wire.answer = { _, count in [.acknowledged(id: Int32(count), code: 0x87)] }
        let failure = #expect(throws: Failure.self) { try desk().ask(command, on: .cancelBooking, for: Done.self) }
        #expect(failure?.code == .refused)
        #expect(failure?.description.contains("reason code 135") == true)
        #expect(wire.sent.count == 1)
    }

    @Test("of many parts has them all on their way at once, and after each answer the question that follows from it")
    func sideBySide() throws {
        let parts = ListAudit(door: "gym", from: .distantPast, to: .distantPast + .seconds(300)).parts(3)
        var waiting: [Outgoing] = []
        wire.answer = { outgoing, count in
            waiting.append(outgoing)
            // Nothing is answered before all are there, and then the last one first.
            guard count >= parts.count else { return [] }
            defer { waiting = [] }
            return waiting.reversed().map { (try? page(for: $0)).unsafelyUnwrapped }
        }
        var lines = parts.map { _ in [AuditLine]() }
        try desk().ask(parts, on: .listAudit, for: AuditPage.self) { part, page in
            lines[part] += page.lines
            return parts[part].behind(page)
        }
        #expect(wire.sent.count == 6)
        #expect(lines.map { $0.map(\.at.milliseconds) } == [[0, 50_000], [100_000, 150_000], [200_000, 250_000]])
    }

    /// A page of one line, and one behind it.
    private func page(for outgoing: Outgoing) throws -> BusEvent {
        let command = try Envelope<ListAudit>(json: outgoing.payload)
        let at = command.data.from + (command.data.after == nil ? .zero : .seconds(50))
        let line = AuditLine(at: at, id: EventID(high: 1, low: UInt64(at.milliseconds)), what: .refuse)
        let reply = Reply.accept(AuditPage(lines: [line], more: command.data.after == nil))
        let envelope = Envelope(
            id: EventID(at: command.time, random: (1, 2)), source: "/nagai/lock-controller/main", time: command.time, cause: command.id,
            data: reply)
        return .message(Message(topic: "nagai/lock-controller/reply/desk-office/audit-list", payload: try envelope.json()))
    }

    @Test("booked by a tap takes the next card at that reader, no earlier one and no other reader's")
    func tap() throws {
        let (old, other, right) = (token("a"), token("b"), token("c"))
        let recorder = Recorder()
        var console = recorder.console()
        let now = Instant(rfc3339: "2026-11-21T08:00:00+09:00")!
        console.now = { now }
        let session = Session(
            TapWire([(old, "reader-1", -60), (other, "reader-2", 1), (right, "reader-1", 1)], now: now), town: try town(), role: .desk,
            instance: "office", place: "here", console: console)
        try session.connect()
        #expect(try session.nextTap(at: ReaderPlace("gate-1/reader-1")!, seconds: 5).token == right)
        #expect(throws: Failure.self) { try session.nextTap(at: ReaderPlace("gate-1/reader-7")!) }
    }

    @Test("taken from a group by a tap, a card is taken under its former token too; given a right, it gets it under the new one alone")
    func formerToken() throws {
        let (new, former) = (token("c"), token("d"))
        var console = Recorder().console()
        let now = Instant(rfc3339: "2026-11-21T08:00:00+09:00")!
        console.now = { now }
        let words = try Arguments(
            ["--tap", "gate-1/reader-1"], options: [Option.card.shape, Option.tap.shape], operands: 0...0, usage: "kazasu test")
        for (alsoFormer, expected) in [(true, [new, former]), (false, [new])] {
            let session = Session(
                TapWire([(new, "reader-1", 1)], former: former, now: now), town: try town(), role: .desk, instance: "office", place: "here",
                console: console)
            try session.connect()
            #expect(try Command.cards(words, session, alsoFormer: alsoFormer) == expected)
        }
    }

    private func token(_ letter: String) -> Token { Token("k1." + String(repeating: letter, count: 26))! }
}

/// A connection over which taps arrive, `after` seconds after `now`.
private final class TapWire: Wire {
    private var events: [BusEvent] = [.connected(session: false)]
    var isConnected = false
    var interest: pollfd? { nil }
    var patience: Int64 { 1 }

    init(_ taps: [(token: Token, reader: ReaderID, after: Int)], former: Token? = nil, now: Instant) {
        for (index, tap) in taps.enumerated() {
            let data = Tapped(
                token: tap.token, former: former, scheme: .cardApp, assurance: .proved, reader: tap.reader, place: "civic-gym",
                purpose: .door("gym"),
                clock: .synced)
            let envelope = Envelope(
                id: EventID(high: 1, low: UInt64(index)), source: "/nagai/reader-agent/gate-1", time: now + .seconds(tap.after), data: data)
            events.append(.message(Message(topic: "nagai/reader-agent/event/gate-1/tap", payload: (try? envelope.json()) ?? [])))
        }
    }

    func receive(limit: Int) -> [BusEvent] {
        isConnected = true
        defer { events = [] }
        return events
    }
    func subscribe(_ subscriptions: [Subscription]) {}
    func publish(_ outgoing: Outgoing) -> Int32? { nil }
    func flush() {}
    func abandon() {}
    func close() {}
}
