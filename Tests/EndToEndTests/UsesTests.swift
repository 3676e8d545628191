import Glibc
import Testing
import Town

@testable import Kazasu

extension EndToEndTests {
    @Test("kazasu card uses: whoever holds the card learns where it was held and who has it, and is told whose part is missing")
    func cardUses() throws {
        try withTown { stage in
            let (card, place) = try stage.somebodyWithRights(at: DemoTown.gym)
            var person = try Person(card, at: place, in: stage)
            try stage.wait("the door to open") { try person.isDone(stage) && stage.openings(DemoTown.gym) == 1 }

            func uses() throws -> [String] {
                var (lines, asker): ([String], Person?) = ([], nil)
                try stage.clerk(["card", "uses", "--tap", DemoTown.desk.description]) { line in
                    lines.append(line)
                    if line.contains("hold the card over") { asker = try Person(card, at: DemoTown.desk, in: stage) }
                    if line.contains("card read at") { _ = try asker?.isDone(stage) }
                }
                return lines
            }
            func has(_ lines: [String], _ words: String...) -> Bool { lines.contains { line in words.allSatisfy(line.contains) } }

            // The lock's report is written down a moment after its bolt has moved.
            var lines: [String] = []
            for _ in 0..<5 where !has(lines, "noted what the lock did") { lines = try uses() }
            #expect(has(lines, "reader-agent/\(place.agent)", "for door gym", "card read"), "\(lines)")
            for what in ["took note of the tap", "decided about the door", "ordered the lock to open", "noted what the lock did"] {
                #expect(has(lines, "lock-controller", "for door gym", what), "\(what): \(lines)")
            }
            #expect(!lines.contains { $0.contains("k1.") })

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
