import Contracts
import Testing

@testable import Town

@Suite("Receptions of a town's file")
struct ReceptionsFileTests {
    static let file =
        small + """
            reception-desks: [north, south]
            receptions:
              ballot: { title: 投票受付, from: "2027-04-18 07:00", until: "2027-04-18 20:00", list: true, stations: { n: { agents: [gate-1], desks: [north] }, s: { desks: [south] } }, when-cut-off: partition, keep: 30d }
              pottery: { title: 陶芸教室, list: true, walk-ins: true, capacity: 20 }
              fair: { title: 産業祭, once-only: false }

            """

    @Test("All that a town can decide of receptions")
    func whole() throws {
        let town = try Town.read(Array(Self.file.utf8), path: "/etc/kazasu/town.yaml")
        #expect(town.receptions.desks == ["north", "south"] && town.warnings.isEmpty)
        let ballot = try #require(town.receptions.terms("ballot"))
        #expect(ballot.title == "投票受付" && ballot.hasList && !ballot.takesWalkIns && ballot.isOnceOnly && ballot.whenCutOff == .partition)
        #expect(ballot.from == Instant("2027-04-18T07:00:00+09:00") && ballot.until == Instant("2027-04-18T20:00:00+09:00"))
        #expect(ballot.keeps == .seconds(30 * 86_400) && ballot.stations.map(\.id) == ["n", "s"])
        #expect(ballot.station(of: "gate-1" as AgentID) == "n" && ballot.station(of: "south" as ReceptionDeskID) == "s")
        #expect(ballot.station(of: "gate-2" as AgentID) == "gate-2")
        let others = town.receptions.receptions.dropFirst()
        #expect(
            others.map(\.takesWalkIns) == [true, true] && others.map(\.capacity) == [20, nil] && others.map(\.isOnceOnly) == [true, false])
        #expect(
            others.map(\.whenCutOff) == [.central, .central] && others.map(\.keeps) == [.seconds(365 * 86_400), .seconds(365 * 86_400)])
    }

    @Test(
        "A reception that contradicts itself is named, with what would do",
        arguments: [
            ("title: t, walk-ins: false", "list: true, or walk-ins: true"), ("title: t, from: tomorrow", "such as \"2027-04-18 08:30\""),
            ("title: t, from: \"2027-04-18 20:00\", until: \"2027-04-18 07:00\"", "later than its from"),
            ("title: t, when-cut-off: partition", "gives each row of the list to a station"),
            ("title: t, when-cut-off: conflict, once-only: false", "is in no conflict"),
            ("title: t, when-cut-off: later", "central or partition or conflict"), ("title: t, capacity: 0", "1"),
            ("title: t, stations: { n: { agents: [gate-1] }, s: { agents: [gate-1] } }", "\"gate-1\" stands at two"),
            ("title: t, stations: { n: { agents: [gate-7] } }", "one of the agents"), ("capacity: 3", "title"),
        ])
    func mistakes(text: String, advice: String) {
        let found = sentences(small + "reception-desks: [north]\nreceptions: { r: { \(text) } }\n")
        #expect(found.count == 1 && found.allSatisfy { $0.contains(advice) }, "\(found)")
    }

    @Test("A site with a reception table rules on the cards held there and on nobody else's")
    func site() throws {
        let town = try Town.read(
            Array((Self.file + "sites: { east: { agents: [gate-1], reception-desks: [north] } }\n").utf8), path: "town.yaml")
        #expect(
            town.site("east")?.hasReception == true && town.site("east")?.keepsPersonalData == true && town.site("east")?.isIsland == false)
        #expect(town.receptionDesks(at: "east") == ["north"] && town.receptionDesks(at: nil) == ["south"])
        #expect(town.reception(of: "gate-1") == "east" && town.reception(of: "gate-2") == nil)
    }

    @Test(
        "A site's reception table that does not fit is named, with what would do",
        arguments: [
            ("{ agents: [gate-1], reception-desks: [nroth] }", "Did you mean \"north\"?"),
            ("{ agents: [gate-1], reception-desks: [south] }", "\"n\" has agents or desks at site \"east\" and the town"),
            ("{ agents: [gate-1], reception-desks: [north, north] }", "It can be at one site alone, and once"),
        ])
    func siteMistakes(text: String, advice: String) {
        let found = sentences(Self.file + "sites: { east: \(text) }\n")
        #expect(found.count == 1 && found.allSatisfy { $0.contains(advice) }, "\(found)")
    }

    @Test("Receptions that no desk opens are warned of")
    func withoutDesk() throws {
        let town = try Town.read(Array((small + "receptions: { r: { title: t } }\n").utf8), path: "town.yaml")
        #expect(town.warnings.count == 1 && town.warnings.allSatisfy { $0.text.contains("reception-desks: [school]") })
    }
}
