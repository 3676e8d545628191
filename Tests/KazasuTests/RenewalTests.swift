import Bus
import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("Certificates near their end")
struct RenewalTests {
    private let scratch = Scratch()
    private var data: DataFolder { DataFolder(scratch.path + "/data") }
    private let now = wallClock()

    private func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

    @Test("At a start they are renewed, for the same keys; not those of other machines, of which the doctor goes on warning")
    func start() throws {
        // Certificates of ten years with a hundred days left.
        _ = try data.prepare(town(), port: 8883, now: now - days(3550))
        let path = scratch.path + "/town.yaml"
        write(townText(), to: path)
        let recorder = Recorder()
        #expect(recorder.run("provision", "desk", "office", "--town", path, "--to", scratch.path + "/parcel") == .done, "\(recorder.err)")
        let keys = try pairs().map { read($0.key) }
        // The command above has renewed what is here, as every start does.
        #expect(
            recorder.err.contains("made a new certificate for the broker at localhost, in place of one that ends soon"), "\(recorder.err)")
        let others = "lock-controller-main, operator-it-1, operator-supervisor, agent-gate-1, resident-directory-main"
        #expect(
            recorder.err.contains("made new certificates, in place of those that end soon, for 6 users: desk-office, \(others)\n"),
            "\(recorder.err)")
        #expect(try data.prepare(town(), port: 8883, now: now) == [])
        #expect(try pairs().map { read($0.key) } == keys)
        #expect(try endOfCertificate(data.certificate(of: "agent-gate-1").certificate) - now > days(3640))

        // A year before the end again.
        let later = now + days(3500)
        let made = try data.prepare(town(), port: 8883, now: later)
        #expect(made.last?.hasSuffix("for 5 users: \(others)") == true, "\(made)")
        var own = OwnMachine()
        let end = try endOfCertificate(data.certificate(of: "desk-office").certificate)
        own.certificate = ("desk-office.pem", end)
        let findings = Examination(vitals: [], own: own, language: .en, now: end - days(20), offset: .japan).findings
        #expect(findings.map(\.code) == ["certificate"] && findings[0].next.contains("kazasu provision KIND NAME --renew"))
    }

    @Test("An authority that ends no later is not asked again at every start")
    func authority() throws {
        _ = try data.prepare(town(), port: 8883, now: now)
        let made = try data.prepare(town(), port: 8883, now: now + days(3600))
        #expect(made.count == 2, "\(made)")
        // The authority's own end is near, and what it signs ends with it.
        let last = try data.prepare(town(), port: 8883, now: now + days(7200))
        #expect(last.count == 2, "\(last)")
        #expect(try data.prepare(town(), port: 8883, now: now + days(7200)) == [])
    }

    @Test(
        "At a real broker: an old certificate is good until its end and no longer, a client refuses a broker past its end or of another town, and the new ones connect"
    )
    func broker() throws {
        let port = freePort()
        _ = try data.prepare(town(port: port), port: port, now: now - days(3660))
        // One that has a hundred days left, and its successor for the same key.
        let desk = data.certificate(of: "desk-office")
        let authority = try Authority.load(certificate: data.authority.certificate, key: data.authority.key)
        for path in [desk.certificate, desk.key] { unlink(path) }
        try authority.issue(.client, commonName: "desk-office", from: now - days(1), validDays: 100)
            .save(certificate: desk.certificate, key: desk.key)
        let old = PairOfFiles(scratch.path + "/old")
        for (from, to) in [(desk.certificate, old.certificate), (desk.key, old.key)] { try SecretFile.create(to, try readWhole(from)) }
        var supervisor = try startBroker()
        let early = client("desk-office", old, port)
        #expect(!connects(early, supervisor, within: 700), "the broker's certificate has ended")
        early.close()
        supervisor.stop()

        _ = try data.prepare(town(port: port), port: port, now: now)
        supervisor = try startBroker()
        defer { supervisor.stop() }
        for (user, pair) in [("desk-office", old), ("desk-office", desk), ("operator-it-1", data.certificate(of: "operator-it-1"))]
            as [(UserID, PairOfFiles)]
        {
            let wire = client(user, pair, port)
            #expect(connects(wire, supervisor, within: 10_000), "\(pair.certificate)")
            wire.close()
        }
        let lock = client("lock-gym", data.certificate(of: "lock-gym"), port)
        #expect(!connects(lock, supervisor, within: 700), "its certificate has ended, and the lock has no other yet")
        lock.close()
        let strange = DataFolder(scratch.path + "/strange")
        _ = try strange.prepare(town(), port: 1, now: now)
        let misled = client("desk-office", desk, port, believing: strange.authority.certificate)
        #expect(!connects(misled, supervisor, within: 700), "a broker of another authority")
        misled.close()

        write(townText(port: port), to: scratch.path + "/town.yaml")
        let recorder = Recorder()
        let words = ["provision", "lock", "gym", "--renew", "--town", scratch.path + "/town.yaml", "--to", scratch.path + "/lock.pem"]
        #expect(Kazasu(commands: Kazasu.commands, console: recorder.console()).run(words) == .done, "\(recorder.err)")
        #expect(read(scratch.path + "/lock.pem") == read(data.certificate(of: "lock-gym").certificate))
        let mended = client("lock-gym", data.certificate(of: "lock-gym"), port)
        #expect(connects(mended, supervisor, within: 10_000))
        mended.close()
    }

    private func pairs() throws -> [PairOfFiles] {
        try town().brokerUsers().users.map { data.certificate(of: $0.role.user($0.instance)) } + [data.brokerCertificate(host: "localhost")]
    }

    private func startBroker() throws -> Supervisor {
        let spec = ChildSpec("broker", .broker, program: "/usr/sbin/mosquitto", arguments: ["-c", data.brokerConfiguration])
        let supervisor = Supervisor([spec]) { _, _ in }
        try supervisor.start(.broker)
        return supervisor
    }

    private func client(_ user: UserID, _ pair: PairOfFiles, _ port: Int, believing authority: String? = nil) -> any Wire {
        Console.live.connect(
            Login(
                host: "localhost", port: port, user: user, client: user.text, authority: authority ?? data.authority.certificate,
                certificate: pair.certificate, key: pair.key))
    }

    private func connects(_ wire: any Wire, _ supervisor: Supervisor, within milliseconds: Int64) -> Bool {
        let deadline = monotonicMilliseconds() + milliseconds
        while monotonicMilliseconds() < deadline, !wire.isConnected {
            _ = wire.receive(limit: 10)
            wire.flush()
            supervisor.turn(atMost: min(20, wire.patience), wire.interest.map { [$0] } ?? [])
        }
        return wire.isConnected
    }
}
