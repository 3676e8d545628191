import Contracts
import Testing

@Suite("What crosses between a site with a reception and its town")
struct ReceptionCrossingTests {
    static let site = Premises("east", agents: ["east-1": ["reader-1"]], doors: [], receptionDesks: ["east-table"])
    static let roster = Roster([
        .readerAgent: ["gate-1", "east-1"], .residentDirectory: ["main"], .reception: ["main", "east", "west"],
        .receptionDesk: ["north", "east-table"], .analytics: ["main"], .operator: ["audit"],
    ])
    static let crossing = Contract.crossing(of: site, in: "nagai", roster: roster)

    private func topics(_ topics: Set<String>, _ words: String...) -> [String] {
        topics.filter { topic in words.allSatisfy { topic.contains($0) } }.map { String($0.dropFirst(6)) }.sorted()
    }

    @Test("What the town tells of a reception comes in, with names for the site's reception; what the site has ruled goes out")
    func facts() {
        let views = ["expected-view", "received-view", "reception-paper", "reception-ruling", "stage-view"]
        #expect(
            topics(Self.crossing.in, "/event/")
                == views.map { "reception/event/main/\($0)" } + ["resident-directory/event/main/reception-view"])
        #expect(topics(Self.crossing.out, "reception/event/", "-ruling") == ["reception/event/east/reception-ruling"])
        #expect(topics(Self.crossing.out, "reception/event/east/reception-paper").count == 1)
        #expect(topics(Self.crossing.in, "/ask/", "reception--east").contains("reception/ask/main/reception--east"))
        #expect(topics(Self.crossing.out, "/ask/", "reception--main") == ["reception/ask/east/reception--main"])
    }

    @Test("Sites do not hear each other, nobody commands over the line, and numbers are told at each broker by the reception there")
    func local() {
        let all = Self.crossing.out.union(Self.crossing.in)
        #expect(all.allSatisfy { !$0.contains("west") && !$0.contains("gate-1") && !$0.contains("east-table") })
        #expect(topics(all, "reception/command/") == [] && topics(all, "reception/reply/") == [] && topics(all, "reception/state/") == [])
    }

    @Test("Cards held there are the town's too, where the town alone decides, and so is the lamp's answer to them")
    func taps() {
        #expect(topics(Self.crossing.out, "reader-agent/event/east-1/tap").count == 1)
        #expect(topics(Self.crossing.in, "/ask/", "reader-agent--east-1").contains("reception/ask/main/reader-agent--east-1"))
        #expect(topics(Self.crossing.in, "/feedback/") == ["reception/feedback/east-1/tap"])
        #expect(topics(Self.crossing.out, "/feedback/") == [])
        #expect(Self.crossing.out.isDisjoint(with: Self.crossing.in))
    }
}
