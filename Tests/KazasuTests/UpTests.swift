import Glibc
import Kazasu
import ServiceKit
import Testing

/// The folder the programs are built into, which is the one the tests run from.
private let programs: String = {
    var arguments = Swift.CommandLine.arguments[...]
    // `swift test` names the bundle; it lies beside the programs.
    while let word = arguments.popFirst() {
        if word == "--test-bundle-path", let bundle = arguments.first {
            return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        }
    }
    return Console.live.programs
}()

@Suite("kazasu up")
struct UpTests {
    /// A town that runs in processes of its own, seen through what it writes.
    private final class Running {
        private final class Lines { var all: [String] = [] }
        private let lines = Lines()
        private let supervisor: Supervisor
        let scratch = Scratch()
        let port = freePort()
        var town: String { scratch.path + "/town.yaml" }
        var output: [String] { lines.all }

        init() throws {
            let lines = lines
            let spec = ChildSpec("up", .agent, program: programs + "/kazasu", arguments: ["up", scratch.path + "/town.yaml"])
            supervisor = Supervisor([spec]) { lines.all.append($1) }
            write(townText(port: port), to: town)
            try supervisor.start(.agent)
        }

        deinit { supervisor.stop() }

        var pid: pid_t { supervisor.process(of: "up") ?? -1 }

        /// Waits for a line; the whole output is in the failure.
        func says(_ text: String, times: Int = 1) -> Bool {
            eventually {
                supervisor.turn(atMost: 20)
                return lines.all.count { $0.contains(text) } >= times
            }
        }

        /// The process of a child, from the line about its start.
        func process(of name: String) -> pid_t? {
            lines.all.last { $0.contains(" \(name) ") && $0.contains("process ") }.flatMap { pid_t($0.split(separator: " ").last ?? "") }
        }

        func kill(_ signal: Int32) { Glibc.kill(pid, signal) }
    }

    @Test("runs broker and services, starts again what is killed, and ends all of it in order at SIGTERM")
    func wholeLife() throws {
        let town = try Running()
        #expect(town.says("ready: 2 processes, broker on port \(town.port)"), "\(town.output)")
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
        #expect(endings.suffix(3) == ["agent-gate-1", "lock-controller-main", "broker"], "\(town.output)")
        for child in [children[0], children[2]] { #expect(kill(child, 0) == -1) }
    }

    @Test("leaves nothing running when it is killed itself")
    func killed() throws {
        let town = try Running()
        #expect(town.says("ready: "), "\(town.output)")
        let children = ["broker", "lock-controller-main", "agent-gate-1"].compactMap(town.process)
        town.kill(SIGKILL)
        #expect(eventually { children.allSatisfy { kill($0, 0) == -1 } })
        // Started again by the harness, on the same data, it runs as before.
        #expect(town.says("ready: ", times: 2), "\(town.output)")
    }

    @Test("says in a sentence that its folder or its port is taken")
    func taken() throws {
        let town = try Running()
        #expect(town.says("ready: "), "\(town.output)")
        let recorder = Recorder()
        #expect(recorder.run("up", town.town) == .refused)
        #expect(recorder.err.contains("another kazasu up runs with \(town.scratch.path)/data"), "\(recorder.err)")
        #expect(recorder.run("up", town.town, "--data", town.scratch.path + "/other") == .refused)
        #expect(recorder.err.contains("port \(town.port) is in use by another program"), "\(recorder.err)")
    }
}
