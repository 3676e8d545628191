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

    @Test("A site with a reception is an island: it keeps what it lists and what is named after it")
    func island() throws {
        let text =
            town
            + "shelter-desks: [headquarters, west-desk]\nsites:\n  west: { agents: [gate-3], shelter-desks: [west-desk], shelters: [s07] }\n"
        let town = try Town.read(Array(text.utf8), path: "town.yaml")
        #expect(town.site("west")?.isIsland == true)
        #expect(town.shelterDesks(at: "west") == ["west-desk"] && town.shelterDesks(at: nil) == ["headquarters"])
        #expect(town.shelterKeepers.keeper(of: "s07") == "west" && town.shelterKeepers.keeper(of: "s01") == "main")
        #expect(town.shelterRegistry(of: "gate-3") == "west" && town.shelterRegistry(of: "gate-1") == "main")
    }

    @Test("A mistake of an island with what to do", arguments: islandMistakes)
    func island(text: String, expected: [String]) {
        #expect(sentences(town + "shelter-desks: [headquarters, west-desk]\nsites:\n" + text + "\n") == expected)
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
      gate-3: { readers: { r-1: { device: S, place: p, purpose: "shelter:west-1" } } }
    doors: { gym: {}, hall: {} }
    operators: [it-1]

    """

/// Lines below `sites:`, the tenth and following.
private let islandMistakes: [(text: String, expected: [String])] = [
    (
        "  west: { agents: [gate-3], shelters: [s07] }",
        [
            "10:29 site \"west\" keeps shelters, and nobody there may look at who is in them. Add a reception: shelter-desks: [west-desk]"
        ]
    ),
    (
        "  west: { agents: [gate-3], shelter-desks: [west-dek] }",
        [
            "10:45 site \"west\" names shelter desk \"west-dek\", which the town has not. Did you mean \"west-desk\"? Known: headquarters, west-desk."
        ]
    ),
    (
        "  west: { agents: [gate-1], doors: [gym], shelter-desks: [west-desk] }",
        [
            "9:1 reader \"r-1\" of agent \"gate-3\" stands for shelter \"west-1\". That shelter is kept by site \"west\", and who holds a card there is counted by the town. Add the agent to that site."
        ]
    ),
    (
        "  east: { agents: [gate-3], shelter-desks: [west-desk] }",
        [
            "9:1 reader \"r-1\" of agent \"gate-3\" stands for shelter \"west-1\". That shelter is kept by the town, and who holds a card there is counted by site \"east\". Add it to the shelters of that site, or call it \"east-…\"."
        ]
    ),
    (
        "  west: { agents: [gate-3], shelter-desks: [west-desk], shelters: [s07] }\n  east: { agents: [gate-1], doors: [gym], shelter-desks: [headquarters], shelters: [s07] }",
        ["11:85 shelter \"s07\" is at site \"west\" already. It can be at one site alone, and once."]
    ),
]

/// Lines below `sites:`, the ninth and following.
private let mistakes: [(text: String, expected: [String])] = [
    ("  school: {}", ["9:3 site \"school\" lacks \"agents\". Add it, for example agents: [gate-1]"]),
    (
        "  school: { agents: [gate-4], doors: [gim] }",
        [
            "9:22 site \"school\" names agent \"gate-4\", which the town has not. Did you mean \"gate-1\"? Known: gate-1, gate-2, gate-3.",
            "9:39 site \"school\" names door \"gim\", which the town has not. Did you mean \"gym\"? Known: gym, hall.",
        ]
    ),
    (
        "  school: { agents: [gate-1], doors: [gym] }\n  pool: { agents: [gate-1] }",
        ["10:20 agent \"gate-1\" is at site \"school\" already. It can be at one site alone, and once."]
    ),
    (
        "  school: { agents: [gate-1] }",
        [
            "9:21 reader \"r-1\" of agent \"gate-1\" stands for door \"gym\", which is not a door of site \"school\". Add the door to the site, or take the agent out of it."
        ]
    ),
    (
        "  school: { agents: [gate-1], doors: [gym, hall] }",
        [
            "9:38 door \"hall\" is at site \"school\", but reader \"r-1\" of agent \"gate-2\", which stands for it, is not. Add the agent to the site, or take the door out of it."
        ]
    ),
    (
        "  main: { agents: [gate-1], doors: [gym] }",
        ["9:3 site \"main\" has the name of the town's own lock-controller. Rename the site."]
    ),
    (
        "  it-1: { agents: [gate-1], doors: [gym] }",
        ["9:3 site \"it-1\" has the name of an operator of the town. Rename the site."]
    ),
    (
        "  school: { agents: [gate-1], doors: [gym], broker: { port: 0 } }",
        ["9:61 \"port\" of \"broker\" of site \"school\" is \"0\". Write a whole number from 1 to 65535."]
    ),
]
