import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("The laptop of an island")
struct IslandCommandTests {
    private static let text = """
        town: nagai
        title: 長井市
        agents:
          gate-1: { readers: { reader-1: { device: "Virtual", place: gym, purpose: "door:gym" } } }
          office: { readers: { reader-1: { device: "Virtual", place: hall, purpose: visit } } }
          west-1: { readers: { reader-1: { device: "Virtual", place: west, purpose: "shelter:s07" } } }
        doors: { gym: {} }
        desks: [office]
        shelter-desks: [headquarters, west-desk]
        sites:
          school: { agents: [gate-1], doors: [gym] }
          west: { agents: [west-1], shelter-desks: [west-desk], shelters: [s07], broker: { host: localhost, port: 8884 } }

        """

    private let scratch = Scratch()
    private let recorder = Recorder()
    private let town: Town
    private let data: DataFolder

    init() throws {
        write(Self.text, to: scratch.path + "/town.yaml")
        town = try Town.load(path: scratch.path + "/town.yaml")
        data = DataFolder(scratch.path + "/data")
        _ = try data.prepare(town, port: 8883, now: wallClock())
    }

    private func bundle(_ site: String) throws -> String {
        let place = scratch.path + "/" + site
        #expect(recorder.run("station", "bundle", site, place, "--town", scratch.path + "/town.yaml") == .done, "\(recorder.err)")
        return place
    }

    @Test("Its bundle holds a vault of its own and its desk's certificate, and nothing of doors or of others")
    func bundle() throws {
        let place = try bundle("west")
        let listed = "\(scratch.path)/listed"
        _ = run(["/bin/sh", "-c", "cd \(place) && find . -type f | sort >\(listed)"])
        #expect(
            read(listed).split(separator: "\n").map { String($0.dropFirst(2)) } == [
                "data/broker/localhost.key", "data/broker/localhost.pem", "data/ca/authority.pem", "data/certificates/agent-west-1.key",
                "data/certificates/agent-west-1.pem", "data/certificates/operator-west.key", "data/certificates/operator-west.pem",
                "data/certificates/shelter-desk-west-desk.key", "data/certificates/shelter-desk-west-desk.pem",
                "data/certificates/shelter-registry-west.key", "data/certificates/shelter-registry-west.pem",
                "data/certificates/site-west.key", "data/certificates/site-west.pem", "data/keys/token-1.key", "data/keys/vault.key",
                "data/site", "town.yaml",
            ])
        let vault = read("\(place)/data/keys/vault.key")
        #expect(vault != read("\(data.root)/keys/vault.key"))
        _ = run(["/bin/rm", "-rf", place])
        #expect(try read("\(bundle("west"))/data/keys/vault.key") == vault, "a laptop that is replaced reads what was written before")
        #expect(recorder.err.contains("kazasu island") && !recorder.err.contains("its locks get"))
    }

    @Test("It runs a registry, its agents and a line, and no lock-controller; at the town's broker its users are nobody")
    func processes() throws {
        #expect(
            town.processes(withAgents: true, at: "west").map { "\($0.role) \($0.instance)" } == [
                "readerAgent west-1", "shelterRegistry west",
            ])
        #expect(town.processes(withAgents: true, at: "school").map(\.role).contains(.shelterRegistry) == false)
        let here = town.brokerUsers().users.map { $0.role.user($0.instance).text }
        #expect(here.contains("shelter-registry-main") && here.contains("shelter-desk-headquarters"))
        #expect(!here.contains { $0.contains("west") })
        #expect(town.roster(heardBy: .shelterRegistry, "west").instances[.readerAgent] == ["west-1"])
        #expect(town.roster(heardBy: .shelterRegistry, "main").instances[.readerAgent] == ["gate-1", "office"])
        #expect(town.roster(heardBy: .shelterRegistry, "main").instances[.shelterRegistry] == ["main", "west"])
    }

    @Test("Where the data are not an island's, it says what they are and what to do")
    func refusals() throws {
        #expect(recorder.run("island", "--data", data.root) == .refused)
        #expect(recorder.err.contains("is not the data of an island. Its folder is made where the town's keys are: kazasu station bundle"))
        #expect(try recorder.run("island", "--data", bundle("school") + "/data") == .refused)
        #expect(recorder.err.contains("site school keeps no shelters, so it is no island: run it with kazasu up"))
        let west = try bundle("west")
        unlink("\(west)/data/keys/vault.key")
        #expect(recorder.run("island", "--data", west + "/data") == .refused)
        #expect(recorder.err.contains("keys/vault.key is missing"), "\(recorder.err)")
    }

    @Test("Commands of shelters use the island's own desk there; others are given where the town is")
    func desks() throws {
        let west = try bundle("west")
        #expect(recorder.run("shelter", "list", "--as", "headquarters", "--data", west + "/data") == .refused)
        #expect(recorder.err.contains("there is no shelter desk headquarters. Shelter desks: west-desk."), "\(recorder.err)")
        #expect(recorder.run("booking", "list", "--data", west + "/data") == .refused)
        #expect(recorder.err.contains("this is the station of site west, where one may only look"))
        let school = try bundle("school")
        #expect(recorder.run("shelter", "list", "--data", school + "/data") == .refused)
        #expect(recorder.err.contains("this is the station of site school"), "\(recorder.err)")
    }

    @Test("A reader is not set to a shelter whose registry would never hear of its cards")
    func purpose() {
        let file = scratch.path + "/town.yaml"
        #expect(recorder.run("reader", "purpose", "office/reader-1", "shelter:s07", "--town", file) == .refused)
        #expect(
            recorder.err.contains("kept by site \"west\", and who holds a card there is counted by the town. Add the agent to that site."))
        #expect(recorder.run("reader", "purpose", "west-1/reader-1", "shelter:s01", "--town", file) == .refused)
        #expect(recorder.err.contains("Add it to the shelters of that site, or call it \"west-…\"."))
    }

    @Test("An island that is not heard is silent since its registry's last word, whatever its agents say")
    func silent() throws {
        let now = wallClock()
        func life(_ program: Program, _ instance: Instance, _ ago: Int64) throws -> Message {
            let topic = Topic.life(of: Address(program, instance), in: "nagai").description
            return Message(topic: topic, payload: try Life(.ready, at: now - .seconds(ago)).json(), isRetained: true)
        }
        let lives = try [life("reader-agent", "west-1", 1), life("shelter-registry", "west", 7200), life("shelter-registry", "main", 1)]
        #expect(town.silence(of: .shelterRegistry, "west", among: lives, now: now) == now - .seconds(7200))
        #expect(town.silence(of: .shelterRegistry, "main", among: lives, now: now) == nil)
        #expect(town.vitals(lives, now: now).first { $0.role == .shelterRegistry && $0.instance == "west" }?.condition == .lost)
        #expect(town.vitals(lives, at: "west", now: now).map(\.instance) == ["west-1", "west"])
    }

    @Test("It says whether the town is heard, since when not, how old is what is known of people, and what to do, in both languages")
    func words() throws {
        let words = IslandWords(town: town, site: try #require(town.site("west")))
        let now = wallClock()
        func hearing(_ ago: Int64?, missing: Int64 = 0) -> IslandWords.Hearing {
            let heard = ago.map { ["town-heard": (now - .seconds($0)).milliseconds] } ?? [:]
            return IslandWords.Hearing(Life(.ready, at: now, counters: heard.merging(["missing": missing]) { $1 }), now: now)
        }
        #expect(hearing(20) == .heard && hearing(20, missing: 1) == .learning && hearing(nil, missing: 1) == .never)
        #expect(hearing(61, missing: 1) == .silent(since: now - .seconds(61)))
        #expect(words.line(.heard).contains("as of now") && words.line(.heard).contains("つながっています"))
        #expect(!words.line(.learning).contains("as of now"))
        let since = (now - .seconds(7200)).minute(.japan)
        #expect(words.line(hearing(7200)).contains("not heard since \(since)") && words.line(hearing(7200)).contains("受付は続けられます"))
        #expect(words.line(hearing(nil)).contains("each card as a guest"))
        let all = words.greeting(hearing(nil))
        #expect(all[0].hasPrefix("island west of 長井市") && all.contains(words.line(hearing(nil))))
        #expect(all.contains { $0.contains("kazasu shelter open s07") } && all.contains { $0.contains("kazasu shelter desk s07") })
    }
}
