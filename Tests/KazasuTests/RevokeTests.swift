import Bus
import Contracts
import Glibc
import Launch
import Mosquitto
import Testing

@testable import Kazasu

@Suite("kazasu revoke")
struct RevokeTests {
    /// A client of the test's own, with a user's certificate.
    private final class Client {
        let wire: any Wire
        private(set) var heard: [String] = []
        private(set) var answers: [UInt8] = []

        init(_ user: UserID, in town: RunningTown, called client: String? = nil) {
            let data = DataFolder(root: town.scratch.path + "/data")
            let files = data.certificate(of: user)
            wire = Console.live.connect(
                Login(
                    host: "localhost", port: town.port, user: user, client: client ?? "\(user)-test", authority: data.authority.certificate,
                    certificate: files.certificate, key: files.key))
        }

        func look() {
            for event in wire.receive(limit: 100) {
                if case .message(let message) = event { heard.append(message.topic) }
                if case .acknowledged(_, let code) = event { answers.append(code) }
            }
            wire.flush()
            usleep(10_000)
        }

        /// Takes what is on its way.
        func rest() { for _ in 0..<50 { look() } }

        func connects() -> Bool {
            eventually {
                look()
                return wire.isConnected
            }
        }

        /// The broker's answer to one message; 0 is yes, 0x87 not authorized (MQTT 5 §3.4.2.1).
        func say(_ topic: String) -> UInt8? {
            answers = []
            _ = wire.publish(Outgoing(topic: topic, payload: Array("{}".utf8), qos: 1, retain: false))
            return eventually({
                look()
                return !answers.isEmpty
            }) ? answers.first : nil
        }

        deinit { wire.close() }
    }

    @Test(
        "A stolen machine can say nothing and hears nothing from that moment on, on a connection that stands and on a new one; others go on"
    )
    func live() throws {
        let town = try RunningTown()
        #expect(town.says("ready: "), "\(town.output)")
        func kazasu(_ words: String...) -> (code: ExitCode, out: String, err: String) {
            let recorder = Recorder()
            let code = Kazasu(commands: Kazasu.commands, console: recorder.console()).run(words + ["--town", town.town])
            return (code, recorder.out, recorder.err)
        }
        let tap = "nagai/reader-agent/event/gate-1/tap"
        let (agent, technician) = (Client("agent-gate-1", in: town), Client("operator-it-1", in: town))
        #expect(agent.connects() && technician.connects())
        technician.wire.subscribe([Subscription(filter: tap, qos: 1)])
        technician.rest()
        #expect(agent.say(tap) == 0)
        #expect(
            eventually {
                technician.look()
                return technician.heard == [tap]
            })

        #expect(kazasu("revoke", "agent-gate-9", "--why", "x").err.contains("Did you mean agent-gate-1?"))
        #expect(kazasu("revoke", "agent-gate-1").code == .usage, "without a reason")
        #expect(kazasu("revoke", "agent-gate-1", "--why", "stolen").out == "agent-gate-1 is revoked\n")
        #expect(town.says("the broker reads its rights anew"), "\(town.output)")
        #expect(eventually { agent.say(tap) == 0x87 }, "on the connection that stands")
        // By the client id of a service it could have ended that one's connection.
        let again = Client("agent-gate-1", in: town, called: "lock-controller-main")
        again.rest()
        #expect(!again.wire.isConnected, "its certificate is on the list")
        again.wire.close()

        // A reader as well: what it has subscribed to comes no more.
        #expect(kazasu("revoke", "operator-it-1", "--why", "left the office").code == .done)
        technician.rest()
        let heard = technician.heard.count
        #expect(kazasu("revoke", "agent-gate-1", "--undo", "--yes").out == "agent-gate-1 has its rights again\n")
        let back = Client("agent-gate-1", in: town)
        #expect(back.connects() && back.say(tap) == 0, "undone")
        #expect(eventually { agent.say(tap) == 0 }, "on the connection that has stood all the time")
        technician.rest()
        #expect(technician.heard.count == heard, "\(technician.heard)")
        let list = kazasu("revoked").out
        #expect(list.hasPrefix("operator-it-1  ") && list.hasSuffix("left the office\n"), "\(list)")
    }

    @Test("Rights that could not be written, on a full disk, are written as soon as they can be")
    func tried() throws {
        let scratch = Scratch()
        let data = DataFolder("\(scratch.path)/data")
        try data.makeFolders()
        var (tries, lines) = (0, [String]())
        let keeper = RightsKeeper(data, Supervisor([]) { _, _ in }, { lines.append($1) }) {
            tries += 1
            if tries == 1 { throw Failure.refused("the disk is full.") }
        }
        keeper.look()
        #expect(tries == 0, "nobody was revoked")
        var revocations = Revocations()
        try revocations.write(to: data)
        #expect(
            eventually {
                keeper.look()
                return tries == 2
            })
        #expect(lines.count == 2 && lines[0].contains("are tried again: the disk is full."), "\(lines)")
    }

    @Test("Blocks of those who are revoked leave the file whole; nobody else's do, and a name is not the beginning of another")
    func blocks() {
        var revocations = Revocations()
        let acl = "# Made.\n\nuser agent-1\ntopic read a\ntopic write b\n\nuser agent-10\ntopic read c\n\nuser agent-1\ntopic read d\n"
        #expect(revocations.applied(to: acl) == acl)
        revocations.lines = [.init(user: "agent-1", at: .distantPast, why: "stolen")]
        #expect(revocations.applied(to: acl) == "# Made.\n\nuser agent-10\ntopic read c\n")
    }
}
