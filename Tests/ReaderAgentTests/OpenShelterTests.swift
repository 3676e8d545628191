import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import ReaderAgent

/// A gate whose first reader stands for shelter s01 while that is open.
private final class Hall {
    let gate: Gate
    private var registry = FakeRegistry()

    init() throws { gate = try Gate(whenOpen: "s01") }

    func shelter(
        _ stage: ShelterRun.Stage, _ id: ShelterID = "s01", drill: Bool = false, until: Instant? = nil, since: Instant? = nil,
        filedUnder subject: String? = nil
    ) throws {
        gate.rig.now = gate.rig.now + .seconds(1)
        let row = registry.row(id, stage, drill: drill, until: until, since: since, filedUnder: subject, at: gate.rig.now)
        gate.rig.say(registry.topic.description, try row.json())
        try gate.rig.settle()
    }

    func restoreRegistry(to last: Int64) throws {
        let heads = registry.restored(to: last, at: gate.rig.now)
        gate.rig.say(Topic.heads(of: Address("shelter-registry", "main"), in: "nagai").description, try heads.json())
        try gate.rig.settle()
    }

    func restart(purpose: Purpose = .visit) throws {
        try gate.rig.start(Gate.agent(purpose: purpose, whenOpen: "s01"))
        try gate.rig.settle()
    }

    /// What a tap at a reader says it is for.
    func tap(at reader: ReaderID = "reader-1") throws -> Purpose? {
        gate.uptime += 5000
        gate.rig.now = gate.rig.now + .seconds(5)
        try gate.rig.settle([gate.card(at: reader)])
        let last = try gate.rig.disk.write { db in
            try db.first(
                "SELECT event FROM outbox JOIN stream ON stream.id = stream WHERE topic LIKE '%/tap' ORDER BY position DESC LIMIT 1"
            ) { $0.blob(0) }
        }
        return try last.map { try Envelope<Tapped>(json: $0).data.purpose }
    }

    /// What was told of the first reader's purpose, by whom; and how it stands on the broker.
    var told: [PurposeChanged] { get throws { try gate.rig.said(.purposes).map(\.data) } }
    var state: Purpose? {
        get throws {
            let said = gate.rig.published.last { $0.topic == "nagai/reader-agent/state/gate-1/reader-1--reader" }
            return try said.map { try Envelope<ReaderState>(json: $0.payload).data.purpose }
        }
    }
}

@Suite("Readers that stand for a shelter while it is open")
struct OpenShelterTests {
    private let open = PurposeChanged(reader: "reader-1", purpose: .shelter("s01"), by: "shelter-registry-main")
    private let own = PurposeChanged(reader: "reader-1", purpose: .visit, by: "shelter-registry-main")

    @Test(
        "Open or closing, the reader is for the shelter; closed, for what it was before. Each switch is told, with the registry behind it")
    func switches() throws {
        let hall = try Hall()
        #expect(try hall.tap() == .visit)
        try hall.shelter(.open)
        #expect(try hall.tap() == .shelter("s01") && hall.tap(at: "reader-2") == .visit && hall.state == .shelter("s01"))
        try hall.shelter(.closing)
        #expect(try hall.tap() == .shelter("s01"))
        try hall.shelter(.open, "s02")
        #expect(try hall.tap() == .shelter("s01"))
        try hall.shelter(.closed)
        #expect(try hall.tap() == .visit && hall.state == .visit)
        #expect(try hall.told == [open, own])
    }

    @Test("It is remembered over restarts, with no network too, and a purpose set before the opening stands again after it")
    func remembered() throws {
        let hall = try Hall()
        #expect(try hall.gate.setPurpose(.door("gym")).accepted)
        try hall.shelter(.open)
        try hall.restart()
        hall.gate.rig.transport.isReachable = false
        try hall.gate.rig.settle()
        #expect(try hall.tap() == .shelter("s01"))
        hall.gate.rig.transport.isReachable = true
        try hall.gate.rig.pass(.seconds(2))
        try hall.shelter(.closed)
        try hall.restart()
        #expect(try hall.tap() == .door("gym"))
    }

    @Test("What a desk sets meanwhile holds until the shelter's next change, and not beyond; a new title is no change")
    func meanwhile() throws {
        let hall = try Hall()
        try hall.shelter(.open)
        let since = hall.gate.rig.now
        #expect(try hall.gate.setPurpose(.enrolment).accepted)
        try hall.restart()
        try hall.shelter(.open, since: since)
        #expect(try hall.tap() == .enrolment && hall.state == .enrolment)
        try hall.shelter(.closing)
        #expect(try hall.tap() == .shelter("s01"))
        #expect(try hall.gate.setPurpose(.enrolment).accepted)
        try hall.shelter(.closed)
        #expect(try hall.tap() == .visit)
    }

    @Test("A rehearsal ends at its time for readers that hear of nothing, and its end is told once, when the registry says so")
    func drill() throws {
        let hall = try Hall()
        try hall.shelter(.open, drill: true, until: hall.gate.rig.now + .seconds(3600))
        hall.gate.rig.transport.isReachable = false
        #expect(try hall.tap() == .shelter("s01"))
        hall.gate.rig.now = hall.gate.rig.now + .seconds(3600)
        #expect(try hall.tap() == .visit)
        hall.gate.rig.transport.isReachable = true
        try hall.gate.rig.pass(.seconds(2))
        try hall.shelter(.closing, drill: true)
        try hall.shelter(.closed, drill: true)
        #expect(try hall.tap() == .visit)
        #expect(try hall.told.filter { $0 == own }.count == 1 && hall.told.last == own)
    }

    @Test("What the registry itself has lost is no opening, and neither is a row filed under another shelter")
    func lost() throws {
        let hall = try Hall()
        try hall.shelter(.closed)
        try hall.shelter(.open)
        try hall.restoreRegistry(to: 1)
        #expect(try hall.tap() == .visit && hall.told == [open, own])
        try hall.shelter(.open, filedUnder: "s02")
        #expect(try hall.tap() == .visit)
    }

    @Test("Whoever holds a card hears whether they were noted as here or out, while it is new, and at no reader that is not there")
    func feedback() throws {
        let gate = try Gate()
        func say(_ reader: ReaderID, _ signal: ShelterFeedback.Signal, ago seconds: Int64 = 1) throws {
            let data = ShelterFeedback(tap: gate.desk.newID(at: gate.rig.now - .seconds(seconds)), reader: reader, signal: signal)
            let id = gate.desk.newID(at: gate.rig.now)
            let said = Envelope(id: id, source: "/nagai/shelter-registry/main", time: gate.rig.now, data: data)
            gate.rig.say("nagai/shelter-registry/feedback/gate-1/tap", try said.json())
        }
        for signal in ShelterFeedback.Signal.allCases { try say("reader-1", signal) }
        try say("reader-9", .in)
        // One that was made while the network was away.
        try say("reader-1", .in, ago: 10)
        try gate.rig.settle()
        let shown: [Signal.Kind] = [.in, .out, .already, .received, .receivedBefore]
        #expect(gate.signals == shown)
        try say("reader-1", .in)
        _ = try gate.rig.host.step(now: gate.rig.now, stalled: true)
        #expect(gate.signals == shown)
    }
}

extension Purpose {
    fileprivate static let enrolment = Purpose(kind: "enrol")
}
