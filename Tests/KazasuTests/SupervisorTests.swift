import Glibc
import Kazasu
import ServiceKit
import Testing

@Suite("The supervisor")
struct SupervisorTests {
    /// Lines of one test's supervisor.
    private final class Lines { var all: [String] = [] }

    private func shell(_ name: String, _ stage: ChildSpec.Stage, _ script: String) -> ChildSpec {
        ChildSpec(name, stage, program: "/bin/sh", arguments: ["-c", script])
    }

    @Test("A child that is killed is started again, under a new process")
    func restarts() throws {
        let lines = Lines()
        let supervisor = Supervisor([shell("agent", .agent, "echo alive; exec sleep 600")]) { lines.all.append("\($0) \($1)") }
        try supervisor.start(.agent)
        #expect(
            eventually {
                supervisor.turn(atMost: 20); return lines.all.contains("agent alive")
            })
        let first = try #require(supervisor.process(of: "agent"))
        kill(first, SIGKILL)
        #expect(
            eventually {
                supervisor.turn(atMost: 20); return supervisor.starts(of: "agent") == 2 && supervisor.isRunning("agent")
            })
        #expect(supervisor.process(of: "agent") != first)
        #expect(lines.all.contains("agent was ended by signal 9; started again in 0.2 s"))
        supervisor.stop()
        #expect(!supervisor.isRunning("agent"))
        #expect(kill(first, 0) == -1)
    }

    @Test("What ends at once again and again is started less and less often")
    func backsOff() throws {
        let lines = Lines()
        let supervisor = Supervisor([shell("loop", .service, "exit 3")]) { lines.all.append($1) }
        try supervisor.start(.service)
        #expect(
            eventually {
                supervisor.turn(atMost: 20); return supervisor.starts(of: "loop") == 4
            })
        #expect(
            lines.all.filter { $0.contains("ended with") }.prefix(3)
                == [
                    "ended with code 3; started again in 0.2 s", "ended with code 3; started again in 0.4 s",
                    "ended with code 3; started again in 0.8 s",
                ])
        supervisor.stop()
    }

    @Test("Agents are ended before services and services before the broker; who does not listen is killed")
    func stopsInOrder() throws {
        let lines = Lines()
        let polite = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.02; done"
        let supervisor = Supervisor([
            shell("broker", .broker, polite), shell("service", .service, polite),
            shell("agent", .agent, "trap '' TERM; echo up; while :; do sleep 0.02; done"),
        ]) { lines.all.append("\($0) \($1)") }
        supervisor.patience = 300
        for stage in ChildSpec.Stage.allCases { try supervisor.start(stage) }
        #expect(
            eventually {
                supervisor.turn(atMost: 20); return lines.all.filter { $0.hasSuffix(" up") }.count == 3
            })
        let processes = ["broker", "service", "agent"].compactMap(supervisor.process)
        #expect(processes.count == 3)
        lines.all = []
        supervisor.stop()
        #expect(
            lines.all == [
                "agent does not end; killed", "agent was ended by signal 9", "service bye", "service ended with code 0", "broker bye",
                "broker ended with code 0",
            ])
        for process in processes { #expect(kill(process, 0) == -1) }
    }

    @Test("A program that is missing is named")
    func missing() {
        let supervisor = Supervisor([ChildSpec("gate-1", .agent, program: "/nowhere/reader-agent", arguments: [])]) { _, _ in }
        let failure = #expect(throws: Failure.self) { try supervisor.start(.agent) }
        #expect(failure?.description.contains("/nowhere/reader-agent: No such file") == true)
    }

    @Test("A child that writes without an end of line, or control characters, neither fills the memory nor paints the terminal")
    func wildOutput() throws {
        let lines = Lines()
        let script = "head -c 300000 /dev/zero | tr '\\0' x; echo; printf '\\033[2Jred\\n'; exec sleep 600"
        let supervisor = Supervisor([shell("wild", .agent, script)]) { lines.all.append($1) }
        try supervisor.start(.agent)
        #expect(
            eventually {
                supervisor.turn(atMost: 20); return lines.all.contains { $0.hasSuffix("red") }
            })
        #expect(lines.all.allSatisfy { $0.utf8.count <= 4096 && !$0.contains("\u{1B}") })
        supervisor.stop()
    }
}
