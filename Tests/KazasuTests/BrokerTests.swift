import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import ServiceKit
import Testing
import Threads
import Town

@testable import Kazasu

@Suite("A real mosquitto with the generated settings")
struct BrokerTests {
    /// A broker of its own, stopped at the end.
    private final class Broker {
        let scratch = Scratch()
        let port = freePort()
        let data: DataFolder
        let supervisor: Supervisor
        var said: [String] = []

        init() throws {
            data = DataFolder(scratch.path + "/data")
            _ = try data.prepare(town(port: port), port: port, now: wallClock())
            write(townText(port: port), to: scratch.path + "/town.yaml")
            let lines = Lines()
            supervisor = Supervisor([
                ChildSpec("broker", .broker, program: "/usr/sbin/mosquitto", arguments: ["-c", data.brokerConfiguration])
            ]) { lines.all.append($1) }
            self.lines = lines
            try supervisor.start(.broker)
        }

        private final class Lines { var all: [String] = [] }
        private let lines: Lines
        var output: [String] { lines.all }

        deinit { supervisor.stop() }

        /// Connects with the certificate of one folder and believes the authority of another.
        func login(_ user: UserID, certificateFrom other: DataFolder? = nil) -> any Wire {
            let files = (other ?? data).certificate(of: user)
            return Console.live.connect(
                Login(
                    host: "localhost", port: port, user: user, client: user.text, authority: data.authority.certificate,
                    certificate: files.certificate,
                    key: files.key))
        }

        func connects(_ wire: any Wire, within milliseconds: Int64) -> Bool {
            let deadline = monotonicMilliseconds() + milliseconds
            while monotonicMilliseconds() < deadline, !wire.isConnected {
                _ = wire.receive(limit: 10)
                wire.flush()
                supervisor.turn(atMost: min(20, wire.patience), wire.interest.map { [$0] } ?? [])
            }
            return wire.isConnected
        }
    }

    @Test("lets a desk of the town in, and nobody whose certificate another authority has signed")
    func certificates() throws {
        let broker = try Broker()
        let desk = broker.login("desk-office")
        #expect(broker.connects(desk, within: 10_000), "\(broker.output)")
        // Same name, same kind of certificate, another town's authority.
        let strange = DataFolder(broker.scratch.path + "/strange")
        _ = try strange.prepare(town(), port: 1, now: wallClock())
        let stranger = broker.login("desk-office", certificateFrom: strange)
        #expect(!broker.connects(stranger, within: 700))
        stranger.close()
        #expect(
            eventually {
                broker.supervisor.turn(atMost: 20); return broker.output.contains { $0.contains("certificate verify failed") }
            }, "\(broker.output)")
        desk.close()
    }

    @Test("starts without a word of warning but the one about root")
    func quiet() throws {
        let broker = try Broker()
        let desk = broker.login("operator-it-1")
        #expect(broker.connects(desk, within: 10_000), "\(broker.output)")
        desk.close()
        #expect(broker.output.dropFirst().filter { $0 != "Warning: Mosquitto should not be run as root/administrator." } == [])
    }

    @Test("health, reader list and door list say what is not there yet; a desk's command with no service behind it is not answered")
    func looking() throws {
        let broker = try Broker()
        #expect(broker.connects(broker.login("desk-office"), within: 10_000))
        let path = broker.scratch.path + "/town.yaml"
        let recorder = Recorder()
        #expect(recorder.run("health", "--town", path) == .refused)
        #expect(
            recorder.out.contains("lock-controller main") && recorder.out.contains("never heard of. Does it run?"),
            "\(recorder.out)\(recorder.err)")
        #expect(recorder.run("health", "--town", path, "--json", "--as", "office") == .refused)
        #expect(recorder.out.contains("\"condition\":\"unheard\""))
        #expect(recorder.run("reader", "list", "--town", path) == .done)
        #expect(recorder.out.contains("gate-1/reader-1  civic-gym  door:gym  nothing heard"), "\(recorder.out)")
        #expect(recorder.run("reader", "purpose", "gate-1/reader-9", "visit", "--town", path) == .refused)
        #expect(recorder.err.contains("agent gate-1 has no reader reader-9. Readers: reader-1."), "\(recorder.err)")
        #expect(recorder.run("door", "list", "--town", path) == .done)
        #expect(recorder.run("door", "state", "gmy", "--town", path) == .refused)
        #expect(recorder.err.contains("Did you mean gym?"))
        #expect(
            recorder.run(
                "booking", "add", "gym", "--from", "18:00", "--to", "17:00", "--town", path, "--card",
                "k1." + String(repeating: "a", count: 26)) == .usage)
        #expect(recorder.run("tail", "--as", "nobody", "--town", path) == .refused)
    }
}

@Suite("A broker of another time")
struct OldBrokerTests {
    /// Answers every CONNECT with the same bytes and hangs up.
    private final class Peer: Sendable {
        let port: Int
        private let listener: Int32

        init(answering bytes: [UInt8]) throws {
            let (listener, port) = bindSomewhere()
            listen(listener, 8)
            (self.port, self.listener) = (port, listener)
            let thread = try startThread {
                while case let client = accept(listener, nil, nil), client >= 0 {
                    var connect = [UInt8](repeating: 0, count: 1024)
                    if recv(client, &connect, connect.count, 0) > 0 { send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
                    close(client)
                }
            }
            pthread_detach(thread)
        }

        deinit {
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }
    }

    @Test(
        "One that speaks MQTT 3.1.1 alone is told from one that is away, whichever way it refuses",
        arguments: [
            // CONNACK of MQTT 3.1.1, "unacceptable protocol version" (3.2.2.3), and of MQTT 5, 0x84 (3.2.2.2).
            ([0x20, 2, 0, 1], true), ([0x20, 3, 0, 0x84, 0], true), ([0x20, 3, 0, 0x87, 0], false),
        ] as [([UInt8], Bool)])
    func old(answer: [UInt8], isOld: Bool) throws {
        let peer = try Peer(answering: answer)
        let transport = MosquittoTransport(BrokerSettings(host: "127.0.0.1", port: peer.port, client: "desk-office", tls: nil))
        var reason: String?
        #expect(
            eventually {
                for case .disconnected(let why) in transport.receive(limit: 10) { reason = reason ?? why }
                transport.flush()
                return reason != nil
            })
        #expect(reason?.contains("the broker does not speak MQTT 5") == isOld, "\(reason ?? "")")
        transport.close()
    }
}
