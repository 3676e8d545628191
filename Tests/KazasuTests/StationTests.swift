import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("The station of a site")
struct StationTests {
    private static func text(port: Int = 8883, sitePort: Int = 8884) -> String {
        """
        town: nagai
        broker: { host: localhost, port: \(port) }
        agents:
          gate-1: { readers: { reader-1: { device: "Virtual", place: gym, purpose: "door:gym" } } }
          gate-2: { readers: { reader-1: { device: "Virtual", place: hall, purpose: "door:hall" } } }
        doors: { gym: {}, hall: {} }
        sites: { school: { agents: [gate-1], doors: [gym], broker: { host: localhost, port: \(sitePort) } } }
        desks: [office]
        registrars: [civil]
        operators: [it-1]

        """
    }

    private static func files(_ folder: String) -> [String] {
        let listed = "\(folder)/listed"
        _ = run(["/bin/sh", "-c", "cd \(folder) && find . -type f ! -name listed | sort >\(listed)"])
        defer { unlink(listed) }
        return read(listed).split(separator: "\n").map { String($0.dropFirst(2)) }
    }

    /// A town that has its keys, and the bundle of its site.
    fileprivate struct Made {
        let scratch = Scratch()
        let recorder = Recorder()
        let town: Town
        let data: DataFolder
        var bundle: String { scratch.path + "/school" }

        init(port: Int = 8883, sitePort: Int = 8884) throws {
            let path = scratch.path + "/town.yaml"
            write(StationTests.text(port: port, sitePort: sitePort), to: path)
            town = try Town.load(path: path)
            data = DataFolder(scratch.path + "/data")
            _ = try data.prepare(town, port: port, now: wallClock())
        }

        func make() -> ExitCode { recorder.run("station", "bundle", "school", bundle, "--town", scratch.path + "/town.yaml") }
    }

    @Test("Its bundle holds what it needs, for its owner alone, and nothing of others: no authority, no grant key of the town, no vault")
    func bundle() throws {
        let made = try Made()
        #expect(made.make() == .done, "\(made.recorder.err)")
        #expect(
            Self.files(made.bundle) == [
                "data/broker/localhost.key", "data/broker/localhost.pem", "data/ca/authority.pem", "data/certificates/agent-gate-1.key",
                "data/certificates/agent-gate-1.pem", "data/certificates/lock-controller-school.key",
                "data/certificates/lock-controller-school.pem", "data/certificates/lock-gym.key", "data/certificates/lock-gym.pem",
                "data/certificates/operator-school.key", "data/certificates/operator-school.pem", "data/certificates/site-school.key",
                "data/certificates/site-school.pem", "data/keys/grant.key", "data/keys/grant.pub", "data/keys/token-1.key", "data/site",
                "town.yaml",
            ])
        for file in Self.files(made.bundle) {
            var status = stat()
            #expect(stat("\(made.bundle)/\(file)", &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
        }
        #expect(read("\(made.bundle)/data/keys/grant.key") != read("\(made.data.root)/keys/grant.key"))
        #expect(read("\(made.bundle)/town.yaml") == Self.text())

        let again = Made.keys(made.bundle)
        _ = run(["/bin/rm", "-rf", made.bundle])
        #expect(made.make() == .done)
        #expect(Made.keys(made.bundle) == again, "a station that is replaced has the same keys, so its locks need nothing")
        #expect(made.make() == .refused)
        #expect(made.recorder.err.contains("is there already"))
        #expect(made.recorder.run("station", "bundle", "scool", "x", "--town", made.scratch.path + "/town.yaml") == .refused)
        #expect(made.recorder.err.contains("there is no site scool in this town. Did you mean school?"))
    }

    @Test("At the town's broker its agents, locks and controller are nobody, and its line may do what crosses; at its own the town's are")
    func rights() throws {
        let made = try Made()
        #expect(made.make() == .done)
        let station = DataFolder(made.bundle + "/data")
        let site = try #require(made.town.site("school"))
        _ = try station.prepare(made.town, at: site, port: 8884)
        func users(_ data: DataFolder) -> [String] {
            read(data.accessControl).split(separator: "\n").filter { $0.hasPrefix("user ") }.map { String($0.dropFirst(5)) }
        }
        #expect(users(station) == ["lock-gym", "lock-controller-school", "operator-school", "agent-gate-1", "site-school"])
        #expect(
            users(made.data) == [
                "desk-office", "lock-hall", "lock-controller-main", "operator-it-1", "operator-supervisor", "agent-gate-2",
                "registrar-civil", "resident-directory-main", "site-school",
            ])
        for place in [station, made.data] {
            let rights = read(place.accessControl).split(separator: "\n").drop { $0 != "user site-school" }.dropFirst()
            #expect(!rights.isEmpty && rights.allSatisfy { !$0.contains("+") && !$0.contains("#") })
        }
    }

    @Test("A lock-controller believes the agents of its own place; a site believes the town's own controller, and that one the sites")
    func believed() throws {
        let town = try Town.read(Array(Self.text().utf8), path: "town.yaml")
        let (main, school) = (town.roster(heardBy: .lockController, "main"), town.roster(heardBy: .lockController, "school"))
        #expect(main.instances[.readerAgent] == ["gate-2"] && main.instances[.lockController] == ["main", "school"])
        #expect(school.instances[.readerAgent] == ["gate-1"] && school.instances[.lockController] == ["main", "school"])
        #expect(town.roster(heardBy: .lockController, "nowhere").instances[.lockController] == ["main"])
        #expect(town.roster(heardBy: .residentDirectory, "main").instances[.readerAgent] == ["gate-1", "gate-2"])
        #expect(town.processes(withAgents: true).map(\.instance) == ["main", "gate-2", "main"])
        #expect(town.processes(withAgents: true, at: "school").map(\.instance) == ["school", "gate-1"])
    }

    @Test("A folder that is not the whole bundle starts nothing and says what is missing")
    func halfBundle() throws {
        let made = try Made()
        #expect(made.make() == .done)
        unlink("\(made.bundle)/data/certificates/site-school.key")
        #expect(made.recorder.run("up", made.bundle + "/town.yaml") == .refused)
        #expect(made.recorder.err.contains("this is not the whole bundle of site school"), "\(made.recorder.err)")
        #expect(made.recorder.err.contains("certificates/site-school.key is missing"))
        #expect(made.recorder.run("booking", "list", "--town", made.bundle + "/town.yaml") == .refused)
        #expect(made.recorder.err.contains("this is the station of site school, where one may only look"), "\(made.recorder.err)")
    }

    @Test("A site that is not heard is silent since its controller's last word, and so is its lock, whatever the broker keeps of it")
    func silent() throws {
        let town = try Town.read(Array(Self.text().utf8), path: "town.yaml")
        let now = wallClock()
        func life(_ program: Program, _ instance: Instance, _ ago: Int64) throws -> Message {
            Message(
                topic: Topic.life(of: Address(program, instance), in: "nagai").description,
                payload: try Life(.ready, at: now - .seconds(ago)).json(), isRetained: true)
        }
        func lock(_ lives: [Message], _ door: Instance = "gym") -> Vitals? {
            town.vitals(lives, now: now).first { $0.role == .lock && $0.instance == door }
        }
        let lives = try [life("lock", "gym", 9000), life("lock", "hall", 9000), life("lock-controller", "main", 5)]
        let heard = try lives + [life("lock-controller", "school", 5)]
        let silent = try lives + [life("lock-controller", "school", 7200)]
        #expect(lock(heard)?.condition == .ready && town.silence(of: "school", among: heard, now: now) == nil)
        #expect(lock(silent)?.condition == .lost && lock(silent)?.life?.at == now - .seconds(7200))
        #expect(town.silence(of: "school", among: silent, now: now) == now - .seconds(7200))
        #expect(lock(silent, "hall")?.condition == .ready)
        #expect(lock(lives)?.condition == .unheard, "a site that was never heard")
        #expect(town.vitals(silent, at: "school", now: now).map(\.instance) == ["gym", "school", "gate-1"])
    }
}

extension StationTests.Made {
    fileprivate static func keys(_ bundle: String) -> [String] {
        ["grant.key", "grant.pub", "token-1.key"].map { read("\(bundle)/data/keys/\($0)") }
    }
}
