import Bus
import Contracts
import Glibc
import Testing
import Town

@testable import Kazasu

extension EndToEndTests {
    @Test("kazasu card uses: a resident learns where the card was held and who has it, and whose part is missing")
    func cardUses() throws {
        try withTown { stage in
            let (card, place) = try stage.somebodyWithRights(at: DemoTown.gym)
            let ear = stage.thief(of: Role.desk.user("office"))
            var token: Token?
            func listen() {
                for event in ear.receive(limit: 10) {
                    switch event {
                    case .connected: ear.subscribe([Subscription(filter: Channel.taps.filter(in: stage.town.name), qos: 1)])
                    case .message(let message): token = (try? Envelope<Tapped>(json: message.payload))?.data.token
                    default: break
                    }
                }
                ear.flush()
            }
            try stage.wait("an ear for taps") {
                listen()
                return ear.isConnected
            }
            try stage.pass(milliseconds: 300)
            var person = try Person(card, at: place, in: stage)
            try stage.wait("the door to open") {
                listen()
                return try person.isDone(stage)
            }
            try stage.wait("the tap's token, and a bolt") {
                listen()
                return token != nil && stage.openings(DemoTown.gym) == 1
            }
            let words = ["card", "uses", "--card", try #require(token).text]
            func uses() throws -> [String] {
                var lines: [String] = []
                try stage.clerk(words) { lines.append($0) }
                return lines
            }
            func has(_ lines: [String], _ words: String...) -> Bool { lines.contains { line in words.allSatisfy(line.contains) } }

            // The lock's report is written down a moment after its bolt has moved.
            var lines: [String] = []
            for _ in 0..<20 where !has(lines, "noted what the lock did") { lines = try uses() }
            #expect(has(lines, "reader-agent/\(place.agent)", "for door gym", "card read"), "\(lines)")
            for what in ["took note of the tap", "decided about the door", "ordered the lock to open", "noted what the lock did"] {
                #expect(has(lines, "lock-controller", what), "\(what): \(lines)")
            }
            #expect(!has(lines, "k1."))

            let agent = try #require(stage.supervisor.process(of: "agent-\(place.agent)"))
            kill(agent, SIGSTOP)
            defer { kill(agent, SIGCONT) }
            let failure = #expect(throws: Failure.self) { try uses() }
            #expect(
                failure?.description.contains("reader-agent/\(place.agent) did not answer: its part is missing") == true,
                "\(failure as Any)")
        }
    }
}
