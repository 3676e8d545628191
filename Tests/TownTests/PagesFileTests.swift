import Contracts
import Testing

@testable import Town

@Suite("The pages of a site in a town's file")
struct PagesFileTests {
    private static let head = """
        town: nagai
        broker: { host: tap.nagai.example }
        agents:
          west-1: { readers: { r-1: { device: S, place: p, purpose: "shelter:west-1" } } }
          gym-1: { readers: { r-1: { device: S, place: p, purpose: visit } } }
        shelter-desks: [headquarters, west-desk]
        reception-desks: [gym-table]

        """

    /// - Parameters:
    ///   - portal: of site `west`, on the file's tenth line.
    ///   - accounts: of the town's portal, on its last line; `nil` where it has none.
    private static func file(
        _ portal: String, west: String = "agents: [west-1], shelter-desks: [west-desk]",
        accounts: String? = "endo: { stations: [shelter-desk-west-desk] }"
    ) -> String {
        let town = accounts.map { "portal: { listen: \"127.0.0.1:8080\", origin: https://nagai.example, accounts: { \($0) } }\n" } ?? ""
        return head + "sites:\n  west:\n    portal: { \(portal) }\n    \(west.replacing(", s", with: "\n    s"))\n" + town
    }

    private static let pages = #"listen: "127.0.0.1:8081", origin: "http://localhost:8081""#

    private func read(_ text: String) throws -> Town { try Town.read(Array(text.utf8), path: "town.yaml") }
    private func warnings(_ text: String) throws -> [String] { try read(text).warnings.map { "\($0.line):\($0.column) \($0.text)" } }

    @Test("A site says where its pages are; of the map it has the town's border unless it says otherwise")
    func whole() throws {
        let town = try read(Self.file(Self.pages))
        #expect(town.site("west")?.pages?.listen == "127.0.0.1:8081" && town.site("west")?.pages?.origin == "http://localhost:8081")
        #expect(town.site("west")?.pages?.map == nil && town.warnings.isEmpty)
        let mapped = try read(Self.file(Self.pages + ", map: { outline: west.geojson }"))
        #expect(mapped.site("west")?.pages?.map?.outline?.hasSuffix("west.geojson") == true)
        // An address in numbers is good where there are no names.
        #expect(
            try read(Self.file(#"listen: "127.0.0.1:8081", origin: "https://10.0.3.2""#)).site("west")?.pages?.origin == "https://10.0.3.2")
    }

    @Test("A mistake with its place and what to do", arguments: mistakes)
    func mistake(portal: String, west: String, accounts: String?, expected: [String]) {
        #expect(sentences(Self.file(portal, west: west, accounts: accounts)) == expected)
    }

    private static let island = "agents: [west-1], shelter-desks: [west-desk]"
    private static let endo = "endo: { stations: [shelter-desk-west-desk] }"
    private static let mistakes: [(String, String, String?, [String])] = [
        (
            pages, "agents: [gym-1]", endo,
            [
                "10:5 site \"west\" has pages, and neither shelter-desks nor reception-desks: nobody would sign in there. Give it one of these, or take its portal out."
            ]
        ),
        (
            pages, island, nil,
            [
                "10:5 site \"west\" has pages, and the town has no accounts for them. Add them: portal: { listen: …, origin: …, accounts: { … } }"
            ]
        ),
        (
            "listen: \"localhost:8081\"", island, endo,
            [
                "10:23 \"listen\" of \"portal\" of site \"west\" is \"localhost:8081\". Write an address and a port, such as \"127.0.0.1:9464\" or \"[::1]:9464\"."
            ]
        ),
        (
            "listen: \"127.0.0.1:8081\"", island, endo,
            ["10:5 \"portal\" of site \"west\" lacks \"origin\". Add it, for example origin: http://localhost:8080"]
        ),
        // Browsers send nothing secret over plain HTTP to another machine.
        (
            "listen: \"127.0.0.1:8081\", origin: \"http://10.0.3.2:8081\"", island, endo,
            [
                "10:49 \"origin\" of \"portal\" of site \"west\" is \"http://10.0.3.2:8081\". Write the address as browsers see it, https://kazasu.town.example, without a path."
            ]
        ),
        (
            pages + ", kiosks: {}", island, endo,
            ["10:74 \"portal\" of site \"west\" has no setting \"kiosks\". Known: listen, origin, map."]
        ),
    ]

    @Test(
        "What may be an oversight is said: nobody who signs in, a station whose site has no pages, pages that others can reach unencrypted")
    func oversights() throws {
        #expect(
            try warnings(Self.file(Self.pages, accounts: "sato: { stations: [shelter-desk-headquarters] }")) == [
                "10:5 nobody signs in at the pages of site \"west\". Give an account of the town's portal a station there: shelter-desk-west-desk."
            ])
        #expect(
            try warnings(Self.file(#"listen: "0.0.0.0:8081", origin: "https://10.0.3.2""#)) == [
                "10:23 the pages of site \"west\" are not encrypted at 0.0.0.0:8081, and whoever reaches it sees the public ones. 127.0.0.1 is for the station itself and for a proxy on it."
            ])
        let without = Self.file(Self.pages).replacing("    portal: { \(Self.pages) }\n", with: "")
        #expect(
            try warnings(without).contains {
                $0.contains("shelter-desk-west-desk is at site \"west\", which has no pages, and nobody speaks for it at the town's.")
            })
    }
}
