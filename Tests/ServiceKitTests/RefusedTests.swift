import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

/// A broker of which every answer is written in the test.
final class Scripted: Transport {
    var isConnected = false
    var events: [BusEvent] = [.connected(session: true)]
    var published: [Outgoing] = []
    /// The reason code of what is published on topics that contain this word.
    var refuses = ""
    private var waiting: [BusEvent] = []

    func receive(limit: Int) -> [BusEvent] {
        defer { events = [] }
        if !events.isEmpty { isConnected = true }
        return events
    }
    func subscribe(_ subscriptions: [Subscription]) {}
    func publish(_ outgoing: Outgoing) -> Int32? {
        guard isConnected else { return nil }
        published.append(outgoing)
        let isRefused = !refuses.isEmpty && outgoing.topic.contains(refuses)
        if outgoing.qos > 0 { waiting.append(.acknowledged(id: Int32(published.count), code: isRefused ? 135 : 0)) }
        return Int32(published.count)
    }
    func flush() {
        events += waiting
        waiting = []
    }
    func abandon() { isConnected = false }
    func close() { isConnected = false }
}

@Suite("A broker that says no")
struct RefusedTests {
    @Test("A refused event stays, health is red, and it is tried again at the next connection")
    func refused() throws {
        let rig = try Kit.rig()
        let broker = Scripted()
        broker.refuses = "door-decision"
        try rig.start(Scribe(), via: broker)
        func work(_ seconds: Int) throws {
            for _ in 0..<seconds {
                for _ in 0..<4 { _ = try rig.host.step(now: rig.now) }
                rig.now = rig.now + .seconds(1)
            }
        }
        func refusedRows() throws -> [Int64] { try rig.disk.write { try $0.all("SELECT code FROM refused") { $0.int(0) } } }
        func lives() throws -> [Life.State] {
            try broker.published.filter { $0.topic.hasSuffix("/life") }.map { try $0.payload.decoded(as: Life.self).state }
        }
        var agent = FakeAgent()
        broker.events = [.connected(session: true), .message(Message(topic: agent.topic, payload: try agent.tap(at: rig.now).json()))]
        try work(12)
        #expect(try refusedRows() == [135])
        #expect(try lives().last == .red)
        broker.refuses = ""
        broker.events = [.disconnected("gone"), .connected(session: true)]
        try work(12)
        #expect(try refusedRows().isEmpty)
        #expect(broker.published.filter { $0.topic.contains("door-decision") }.count == 2)
    }

    @Test("Two programs under one name end with the connection's sentence")
    func fatal() throws {
        let rig = try Kit.rig()
        let broker = Scripted()
        try rig.start(Scribe(), via: broker)
        broker.events = [.fatal("another program uses this name")]
        let error = #expect(throws: Fatal.self) { _ = try rig.host.step(now: rig.now) }
        #expect(error?.description == "another program uses this name")
    }

    @Test("Life and heads are said at every connection, without being asked")
    func birth() throws {
        let rig = try Kit.rig()
        for _ in 0..<3 {
            rig.forgetWhatWasSaid()
            rig.broker.restart(keepingMemory: false)
            try rig.settle()
            #expect(try rig.life().state == .ready)
            #expect(try rig.heads().at == rig.now)
            #expect(rig.published.filter { $0.topic.hasSuffix("/life") }.allSatisfy { $0.retain })
        }
    }
}
