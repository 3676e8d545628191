import Contracts
import Testing

@Suite("What crosses between an island and its town")
struct IslandCrossingTests {
    static let island = Premises("west", agents: ["west-1": ["reader-1"]], doors: [], shelterDesks: ["west-desk"])
    static let roster = Roster([
        .readerAgent: ["gate-1", "west-1"], .lockController: ["main"], .residentDirectory: ["main"],
        .shelterRegistry: ["main", "east", "west"], .shelterDesk: ["headquarters", "west-desk"], .desk: ["office"], .registrar: ["civil"],
        .notifier: ["main"], .operator: ["audit"],
    ])
    static let crossing = Contract.crossing(of: island, in: "nagai", roster: roster)

    private func topics(_ topics: Set<String>, _ words: String...) -> [String] {
        topics.filter { topic in words.allSatisfy { topic.contains($0) } }.map { String($0.dropFirst(6)) }.sorted()
    }

    @Test("What its registry has noted goes out, what the directory and all other registries say comes in")
    func facts() {
        let said = ["evacuee-file", "evacuee-seen", "look-up", "shelter", "stay-correction", "stay-note", "supplies"]
        #expect(
            topics(Self.crossing.in, "/event/")
                == (["east", "main"].flatMap { place in said.map { "shelter-registry/event/\(place)/\($0)" } }
                + ["resident-directory/event/main/shelter-view"]).sorted())
        #expect(
            topics(Self.crossing.out, "/event/")
                == ["card-refused", "clock-set", "purpose", "tap"].map { "reader-agent/event/west-1/\($0)" }
                + (said + ["hand-out", "handed-out", "supply", "whereabouts"]).sorted().map { "shelter-registry/event/west/\($0)" })
    }

    @Test("What the line has lost is asked for across it, and answered, between each two registries")
    func journals() {
        #expect(
            topics(Self.crossing.out, "/ask/") == [
                "shelter-registry/ask/west/resident-directory--main", "shelter-registry/ask/west/shelter-registry--east",
                "shelter-registry/ask/west/shelter-registry--main",
            ])
        #expect(
            topics(Self.crossing.in, "/ask/", "shelter-registry--west") == [
                "desk/ask/office/shelter-registry--west", "lock-controller/ask/main/shelter-registry--west",
                "notifier/ask/main/shelter-registry--west", "operator/ask/audit/shelter-registry--west",
                "shelter-desk/ask/headquarters/shelter-registry--west",
                "shelter-registry/ask/east/shelter-registry--west", "shelter-registry/ask/main/shelter-registry--west",
            ])
        #expect(
            topics(Self.crossing.in, "/health/")
                == ["shelter-registry/health/east/life", "shelter-registry/health/main/life"])
    }

    @Test(
        "Nobody of the town commands an island's registry, nor an island's desk the town's; numbers are told at each broker by the registry there"
    )
    func local() {
        let all = Self.crossing.out.union(Self.crossing.in)
        #expect(topics(all, "shelter-registry/command/") == [] && topics(all, "shelter-registry/reply/") == [])
        #expect(topics(all, "shelter-registry/state/") == [])
        #expect(topics(Self.crossing.out, "/state/") == ["reader-agent/state/west-1/reader-1--reader"])
        #expect(all.allSatisfy { !$0.contains("west-desk") && !$0.contains("gate-1") })
        // Nor where a door has the same name as a shelter.
        let withDoor = Premises("west", agents: [:], doors: ["west-1"], shelterDesks: ["west-desk"])
        var roster = Self.roster
        (roster.instances[.lock], roster.instances[.lockController]) = (["west-1"], ["main", "west"])
        let states = topics(Contract.crossing(of: withDoor, in: "nagai", roster: roster).out, "/state/")
        #expect(states.contains("lock-controller/state/west-1/door") && states.allSatisfy { !$0.contains("shelter-registry") })
    }

    @Test("Taps at an island are counted there and not by the town as well; those at a site without a reception are the town's")
    func taps() {
        #expect(topics(Self.crossing.in, "/ask/", "reader-agent--west-1").allSatisfy { !$0.contains("shelter-registry") })
        let gym = Premises("gym", agents: ["west-1": ["reader-1"]], doors: ["gym"])
        let roster = Roster([
            .readerAgent: ["west-1"], .lockController: ["main", "gym"], .lock: ["gym"], .shelterRegistry: ["main", "east"],
        ])
        let crossing = Contract.crossing(of: gym, in: "nagai", roster: roster)
        #expect(
            topics(crossing.in, "/ask/", "reader-agent--west-1") == ["shelter-registry/ask/main/reader-agent--west-1"])
    }

    @Test("Who has stolen the laptop can write nothing at the town's broker that another user writes")
    func thief() {
        let written = Self.crossing.farAccess.filter { $0.access == .write && !$0.filter.contains("/reply/") }.map(\.filter)
        for (role, instance) in Self.roster.users where !Self.island.holds(role, instance) {
            for line in Contract.access(of: role, instance, in: "nagai") where line.access != .read {
                #expect(written.allSatisfy { Topic($0).map { !fits($0, line.filter) } ?? false }, "\(role) \(instance) \(line)")
            }
        }
    }

    private func fits(_ topic: Topic, _ filter: String) -> Bool {
        zip("\(topic)".split(separator: "/"), filter.split(separator: "/")).allSatisfy { $1 == "+" || $0 == $1 }
    }

    @Test("A topic crosses in one direction, without wildcards")
    func oneDirection() {
        #expect(Self.crossing.out.isDisjoint(with: Self.crossing.in))
        #expect(Self.crossing.out.union(Self.crossing.in).allSatisfy { !$0.contains("+") && !$0.contains("#") && Topic($0) != nil })
    }
}
