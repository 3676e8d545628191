import Bus
import Contracts
import Store
import Testing

@testable import ServiceKit

struct UnreadableTests {
    @Test("A message the service cannot take spoils no other, is kept with its reason, and a newer version takes it")
    func poison() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1), try tap(2, reader: "poison"), try tap(3))
        #expect(try bench.heard() == ["\(tapID(1))", "\(tapID(3))"])
        #expect(try bench.text("SELECT reason FROM dead_letter") == [Doorman.Indigestible().description])
        #expect(try bench.count("SELECT count(*) FROM seen") == 2)
        #expect(bench.host.missing == 0)
        try bench.give(try tap(2, reader: "poison"))
        try bench.pass(.seconds(10))
        #expect(bench.transport.sent(named: "reader-agent--gate-1").isEmpty, "its number is not asked for")
        #expect(try bench.count("SELECT count(*) FROM dead_letter") == 1)
        #expect(bench.problem("dead-letters") != nil)
        #expect(bench.problem("conflict") == nil, "one message twice is not two messages")

        try bench.restart(eatsPoison: true)
        #expect(try bench.heard().count == 2, "the same version does not try again")
        try bench.restart(version: "2", eatsPoison: true)
        try bench.connect()
        #expect(try bench.heard().count == 3)
        #expect(try bench.count("SELECT live FROM heard ORDER BY id LIMIT 1 OFFSET 1") == 0, "it is old by now")
        #expect(try bench.count("SELECT count(*) FROM dead_letter") == 0)
        #expect(bench.life?.state == .ready)
    }

    @Test("A disk that fails while a newer version tries a kept message again does not lose it")
    func retryOnFullDisk() throws {
        let bench = try connectedBench()
        try bench.give(try tap(1, reader: "poison"))
        let probe = try Bench()
        var starting = 0
        probe.database.beforeCommit = { starting += 1 }
        try probe.restart()
        // One commit later than a start without kept messages: in the midst of the retry, wherever that is.
        for extra in 1...2 {
            var commits = 0
            bench.database.beforeCommit = {
                commits += 1
                if commits == starting + extra { throw Doorman.Indigestible() }
            }
            _ = try? bench.restart(version: "2", eatsPoison: true)
            let kept = try bench.count("SELECT count(*) FROM dead_letter") + Int64(bench.heard().count)
            #expect(kept >= 1)
        }
        bench.database.beforeCommit = nil
        try bench.restart(version: "2", eatsPoison: true)
        #expect(try bench.heard().count == 1)
        #expect(try bench.count("SELECT count(*) FROM outbox") == 1)
        #expect(try bench.count("SELECT count(*) FROM dead_letter") == 0)
    }

    enum Oddity: CaseIterable {
        case brokenJSON, tooLarge, wrongSource, retained, noEpoch, strangerToTheTown
    }

    @Test("What is not as the contract says is kept or counted, and never applied", arguments: Oddity.allCases)
    func oddities(_ oddity: Oddity) throws {
        let bench = try connectedBench()
        var envelope = tapEnvelope(1)
        var message = try tap(1)
        switch oddity {
        case .brokenJSON: message.payload.removeLast()
        case .tooLarge:
            envelope.subject = String(repeating: "x", count: 40_000)
            message.payload = try envelope.json()
        case .wrongSource:
            envelope.source = "/nagai/reader-agent/gate-2"
            message.payload = try envelope.json()
        case .retained: message.isRetained = true
        case .noEpoch:
            envelope.position = nil
            message.payload = try envelope.json()
        case .strangerToTheTown:
            envelope.source = "/nagai/reader-agent/gate-9"
            message = Message(topic: Channel.taps.topic(in: town, "gate-9").description, payload: try envelope.json())
        }
        try bench.give(message)
        #expect(try bench.heard() == [])
        #expect(try bench.count("SELECT count(*) FROM outbox") == 0)
        #expect(try bench.count("SELECT count(*) FROM seen") == 0)
        let isKept = oddity != .strangerToTheTown
        #expect(try bench.count("SELECT count(*) FROM dead_letter") == (isKept ? 1 : 0))
        #expect([bench.host.counts.unreadable, bench.host.counts.foreign] == (isKept ? [1, 0] : [0, 1]))
    }
}
