import Contracts
import Launch
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("A site with pages of its own")
struct SitePagesTests {
    private static let text = """
        town: nagai
        title: 長井市
        broker: { host: localhost, port: 8883 }
        agents:
          office: { readers: { reader-1: { device: "Virtual", place: hall, purpose: visit } } }
          west-1: { readers: { reader-1: { device: "Virtual", place: west, purpose: "shelter:west-1" } } }
        desks: [office]
        operators: [it-1]
        shelter-desks: [headquarters, west-desk, east-desk]
        sites:
          west:
            agents: [west-1]
            shelter-desks: [west-desk]
            broker: { host: localhost, port: 8884 }
            portal: { listen: "127.0.0.1:8081", origin: "http://localhost:8081" }
          east: { agents: [], shelter-desks: [east-desk], broker: { host: localhost, port: 8885 } }
        portal:
          listen: "127.0.0.1:8080"
          origin: https://nagai.example
          residents: true
          map: { outline: nagai.geojson, tiles: "https://tiles.example/{z}/{x}/{y}.png" }
          kiosks: { lobby: { reader: office/reader-1 } }
          accounts:
            sato: { stations: [shelter-desk-headquarters, desk-office] }
            endo: { title: 遠藤, stations: [shelter-desk-west-desk] }

        """

    private let scratch = Scratch()
    private let recorder = Recorder()
    private let town: Town
    private let data: DataFolder

    init() throws {
        write(Self.text, to: scratch.path + "/town.yaml")
        write("{}", to: scratch.path + "/nagai.geojson")
        town = try Town.load(path: scratch.path + "/town.yaml")
        data = DataFolder(scratch.path + "/data")
    }

    @Test("At each place sign in those whose stations are there; kiosks, residents and tiles from elsewhere are the town's alone")
    func policy() throws {
        let (own, west) = (try #require(town.portal(at: nil)), try #require(town.portal(at: "west")))
        #expect(own.accounts.map(\.id) == ["sato"] && own.kiosks.count == 1 && own.isForResidents && own.map.tiles != nil)
        #expect(west.accounts.map(\.id) == ["endo"] && west.accounts[0].title == "遠藤")
        #expect(
            west.kiosks.isEmpty && !west.isForResidents && west.map.tiles == nil && west.map.outline?.hasSuffix("nagai.geojson") == true)
        #expect(west.origin == "http://localhost:8081" && west.listen == "127.0.0.1:8081")
        #expect(town.portal(at: "east") == nil)
    }

    @Test(
        "Its pages run there and are nobody at the town's broker; they believe what is said there, and other registries of their shelters")
    func roster() {
        #expect(town.place(of: .portal, "west") == "west" && town.place(of: .portal, "main") == nil)
        #expect(
            town.processes(withAgents: false, at: "west").map { "\($0.role) \($0.instance)" } == ["portal west", "shelterRegistry west"])
        #expect(town.processes(withAgents: false, at: "east").map(\.role) == [.shelterRegistry])
        #expect(town.processes(withAgents: false).filter { $0.role == .portal }.map(\.instance) == ["main"])
        let heard = town.roster(heardBy: .portal, "west")
        #expect(heard.instances[.readerAgent] == ["west-1"] && heard.instances[.shelterRegistry] == ["main", "west", "east"])
        #expect(heard.instances[.residentDirectory] == [] && heard.instances[.lockController] == [] && heard.instances[.resident] == [])
        #expect(town.roster(heardBy: .portal, "main").instances[.readerAgent] == ["office", "west-1"])
        #expect(town.living(at: "west").map(\.role).contains(.portal))
    }

    @Test("Its rights at its broker are those of the stations there, and at the town's broker it has none")
    func rights() throws {
        let there = Contract.accessControl(for: town.name, roster: town.brokerUsers(at: "west"))
        let block = there.split(separator: "\nuser ").first { $0.hasPrefix("portal-west\n") } ?? ""
        #expect(block.contains("topic write nagai/shelter-registry/command/shelter-desk-west-desk/evacuee-show"))
        #expect(!block.contains("headquarters") && !block.contains("resident-page") && !block.contains("desk-office"))
        let here = Contract.accessControl(for: town.name, roster: town.brokerUsers())
        #expect(!here.contains("user portal-west\n") && !here.contains("shelter-desk-west-desk"))
    }

    @Test("Its bundle holds its certificate and the town's border, and says where the pages are and who is invited there")
    func bundle() throws {
        _ = try data.prepare(town, port: 8883, now: wallClock())
        let place = scratch.path + "/west"
        #expect(recorder.run("station", "bundle", "west", place, "--town", scratch.path + "/town.yaml") == .done, "\(recorder.err)")
        for file in ["data/certificates/portal-west.key", "data/certificates/portal-west.pem", "data/keys/vault.key", "nagai.geojson"] {
            #expect(!read("\(place)/\(file)").isEmpty, "\(file)")
        }
        #expect(recorder.err.contains("its pages are at http://localhost:8081; whoever signs in there is invited at the station"))
        #expect(recorder.err.contains("kazasu portal invite: endo"))
        let greeting = IslandWords(town: town, site: try #require(town.site("west"))).greeting(.never)
        #expect(greeting.last?.contains("http://localhost:8081, once kazasu portal invite endo") == true)
        // Somebody is invited where they sign in.
        #expect(recorder.run("portal", "invite", "sato", "--data", place + "/data") == .refused)
        #expect(recorder.err.contains("sato has no station here. Give the command where the town's broker is."), "\(recorder.err)")
        #expect(recorder.run("portal", "invite", "endo", "--town", scratch.path + "/town.yaml") == .refused)
        #expect(recorder.err.contains("endo has no station here. Give the command at the station of site west."), "\(recorder.err)")
        #expect(recorder.run("station", "bundle", "east", scratch.path + "/east", "--town", scratch.path + "/town.yaml") == .done)
        #expect(recorder.run("portal", "invite", "endo", "--data", scratch.path + "/east/data") == .refused)
        #expect(recorder.err.contains("site east has no pages. Add them to the town's file, as portal of the site"), "\(recorder.err)")
    }
}
