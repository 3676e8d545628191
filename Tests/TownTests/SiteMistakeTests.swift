import Contracts
import Testing

@testable import Town

@Suite("Sites of a town")
struct SiteMistakeTests {
    @Test("A mistake with its place and what to do", arguments: mistakes)
    func below(text: String, expected: [String]) { #expect(sentences(town + "sites:\n" + text + "\n") == expected) }

    @Test("A site has its agents, its doors and its broker, and the town what is left")
    func whole() throws {
        let text = town + "sites:\n  school: { agents: [gate-1], doors: [gym], broker: { host: 10.0.3.2, port: 8884 } }\n"
        let town = try Town.read(Array(text.utf8), path: "town.yaml")
        #expect(town.site(of: AgentIDs.one) == "school" && town.site(of: AgentIDs.two) == nil)
        #expect(town.doors(at: "school").map(\.id) == ["gym"] && town.doors(at: nil).map(\.id) == ["hall"])
        #expect(town.broker(at: "school").host == "10.0.3.2" && town.broker(at: "school").port == 8884)
        #expect(town.broker(at: nil).port == 8883)
        #expect(town.warnings.map(\.text).contains { $0.contains("the town's broker is localhost") })
    }

    private enum AgentIDs {
        static let one: AgentID = "gate-1"
        static let two: AgentID = "gate-2"
    }
}

private let town = """
    town: nagai
    agents:
      gate-1: { readers: { r-1: { device: S, place: p, purpose: "door:gym" } } }
      gate-2: { readers: { r-1: { device: S, place: p, purpose: "door:hall" } } }
    doors: { gym: {}, hall: {} }
    operators: [it-1]

    """

/// Lines below `sites:`, the eighth and following.
private let mistakes: [(text: String, expected: [String])] = [
    ("  school: {}", ["8:3 site \"school\" lacks \"agents\". Add it, for example agents: [gate-1]"]),
    (
        "  school: { agents: [gate-3], doors: [gim] }",
        [
            "8:22 site \"school\" names agent \"gate-3\", which the town has not. Did you mean \"gate-1\"? Known: gate-1, gate-2.",
            "8:39 site \"school\" names door \"gim\", which the town has not. Did you mean \"gym\"? Known: gym, hall.",
        ]
    ),
    (
        "  school: { agents: [gate-1], doors: [gym] }\n  pool: { agents: [gate-1] }",
        ["9:20 agent \"gate-1\" is at site \"school\" already. It can be at one site alone, and once."]
    ),
    (
        "  school: { agents: [gate-1] }",
        [
            "8:21 reader \"r-1\" of agent \"gate-1\" stands for door \"gym\", which is not a door of site \"school\". Add the door to the site, or take the agent out of it."
        ]
    ),
    (
        "  school: { agents: [gate-1], doors: [gym, hall] }",
        [
            "8:38 door \"hall\" is at site \"school\", but reader \"r-1\" of agent \"gate-2\", which stands for it, is not. Add the agent to the site, or take the door out of it."
        ]
    ),
    (
        "  main: { agents: [gate-1], doors: [gym] }",
        ["8:3 site \"main\" has the name of the town's own lock-controller. Rename the site."]
    ),
    (
        "  it-1: { agents: [gate-1], doors: [gym] }",
        ["8:3 site \"it-1\" has the name of an operator of the town. Rename the site."]
    ),
    (
        "  school: { agents: [gate-1], doors: [gym], broker: { port: 0 } }",
        ["8:61 \"port\" of \"broker\" of site \"school\" is \"0\". Write a whole number from 1 to 65535."]
    ),
]
