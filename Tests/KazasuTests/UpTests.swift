import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Testing

@testable import Kazasu

@Suite("kazasu up")
struct UpTests {
    @Test("runs broker and services, starts again what is killed, and ends all of it in order at SIGTERM")
    func wholeLife() throws {
        let town = try RunningTown()
        #expect(town.says("ready: 3 processes, broker on port \(town.port)"), "\(town.output)")
        let children = ["broker", "lock-controller-main", "agent-gate-1"].compactMap(town.process)
        #expect(children.count == 3)
        kill(children[1], SIGKILL)
        #expect(town.says("was ended by signal 9; started again in 0.2 s"), "\(town.output)")
        #expect(town.says("started again, process"), "\(town.output)")
        let recorder = Recorder()
        let listed = eventually {
            recorder.out = ""; return recorder.run("booking", "list", "--town", town.town) == .done
        }
        #expect(listed && recorder.out.hasPrefix("no bookings"), "\(recorder.out)\(recorder.err)")
        town.kill(SIGTERM)
        // The harness would start it again if it had not ended with 0 … and says the code.
        #expect(town.says("ended with code 0; started again in"), "\(town.output)")
        let endings = town.output.filter { $0.hasSuffix(" ended with code 0") }.compactMap { $0.split(separator: " ").dropFirst().first }
        let order = endings.suffix(4)
        #expect(order.first == "agent-gate-1" && order.last == "broker", "\(town.output)")
        #expect(Set(order.dropFirst().dropLast()) == ["lock-controller-main", "resident-directory-main"], "\(town.output)")
        for child in [children[0], children[2]] { #expect(kill(child, 0) == -1) }
    }

    @Test("leaves nothing running when it is killed itself")
    func killed() throws {
        let town = try RunningTown()
        #expect(town.says("ready: "), "\(town.output)")
        let children = ["broker", "lock-controller-main", "agent-gate-1"].compactMap(town.process)
        town.kill(SIGKILL)
        #expect(eventually { children.allSatisfy { kill($0, 0) == -1 } })
        // Started again by the harness, on the same data, it runs as before.
        #expect(town.says("ready: ", times: 2), "\(town.output)")
    }

    @Test("keeps what cannot be accepted until an operator has settled it, and health is clear again")
    func upkeep() throws {
        let town = try RunningTown()
        #expect(town.says("ready: "), "\(town.output)")
        // A desk's broken command; and two taps of an agent, with a hole between that it knows nothing of.
        try town.say("desk-office", ("nagai/lock-controller/command/desk-office/group-list", Array("{".utf8)))
        let taps = try [1, 5].map { ("nagai/reader-agent/event/gate-1/tap", try Self.tap($0).json()) }
        for tap in taps { try town.say("agent-gate-1", tap) }

        func kazasu(_ words: String...) -> (code: ExitCode, out: String, err: String) {
            let recorder = Recorder()
            let code = Kazasu(commands: Kazasu.commands, console: recorder.console()).run(words + ["--town", town.town])
            return (code, recorder.out, recorder.err)
        }
        func health() -> String {
            kazasu("health").out.split(separator: "\n").drop { !$0.hasPrefix("lock-controller") }.joined(separator: "\n")
        }
        #expect(eventually { health().contains("could not be accepted") && health().contains("will not come") }, "\(health())")

        var said = kazasu("dead", "list")
        #expect(said.code == .done)
        #expect(said.out.contains("nagai/lock-controller/command/desk-office/group-list  not a readable command"), "\(said)")
        said = kazasu("dead", "list", "lock-controller", "--json")
        #expect(
            said.out.hasPrefix("[{\"process\":\"lock-controller\",\"trouble\":{\"at\":") && said.out.contains("\"number\":1"), "\(said)")
        #expect(kazasu("dead", "list", "reader-agent/gate-1").out == "nothing: what came was accepted\n")
        said = kazasu("dead", "retry")
        #expect(said.code == .refused && said.out.contains("lock-controller: 0 accepted, 1 still not accepted"), "\(said)")
        #expect(kazasu("dead", "dismiss", "lock-controller", "--all").code == .usage, "without a reason")
        #expect(kazasu("dead", "dismiss", "lock-controller", "7", "--reason", "x").code == .refused, "no such letter")
        said = kazasu("dead", "dismiss", "lock-controller", "1", "--reason", "a test of ours")
        #expect(said.code == .done && said.out == "lock-controller: 1 dismissed\n", "\(said)")

        said = kazasu("gap", "list")
        #expect(said.code == .done && said.out.contains("gone") && said.out.contains("2…4"), "\(said)")
        said = kazasu("gap", "close", "lock-controller", "nagai/reader-agent/event/gate-1/tap", "--only", "gone", "--reason", "never was")
        #expect(said.code == .done && said.out == "lock-controller: 1 closed\n", "\(said)")
        #expect(
            kazasu("gap", "close", "lock-controller", "nagai/reader-agent/event/gate-1/tap", "--reason", "x").code == .refused,
            "done before")
        #expect(eventually { health().contains("ready") }, "\(health())")
        said = kazasu("dead", "list", "--settled")
        #expect(said.out.contains("operator-it-1  a test of ours") && !said.out.contains("never was"), "\(said)")
        #expect(kazasu("gap", "list", "--settled").out.contains("operator-it-1  never was"))

        #expect(kazasu("gap", "list", "--as", "office").err.contains("only operators may do that"))
        #expect(kazasu("gap", "list", "lock-controler").err.contains("Did you mean lock-controller?"))
    }

    private static func tap(_ number: Int64) -> Envelope<Tapped> {
        let now = wallClock()
        let tapped = Tapped(
            token: Token("k1.aaaaaaaaaaaaaaaaaaaaaaaaaa")!, scheme: .felica, assurance: .read, reader: "reader-1", place: "civic-gym",
            purpose: Purpose("visit")!, clock: .synced)
        return Envelope(
            id: EventID(at: now, random: (0, UInt64(number))), source: "/nagai/reader-agent/gate-1", time: now,
            position: StreamPosition(epoch: Epoch("1795000000000-aaaa")!, number: number), data: tapped)
    }

    @Test("says in a sentence that its folder or its port is taken")
    func taken() throws {
        let town = try RunningTown()
        #expect(town.says("ready: "), "\(town.output)")
        let recorder = Recorder()
        #expect(recorder.run("up", town.town) == .refused)
        #expect(recorder.err.contains("another kazasu up runs with \(town.scratch.path)/data"), "\(recorder.err)")
        #expect(recorder.run("up", town.town, "--data", town.scratch.path + "/other") == .refused)
        #expect(recorder.err.contains("port \(town.port) is in use by another program"), "\(recorder.err)")
    }
}
