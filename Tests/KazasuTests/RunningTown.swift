import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Testing

@testable import Kazasu

/// The folder the programs are built into, which is the one the tests run from.
let programs: String = {
    var arguments = Swift.CommandLine.arguments[...]
    // `swift test` names the bundle; it lies beside the programs.
    while let word = arguments.popFirst() {
        if word == "--test-bundle-path", let bundle = arguments.first {
            return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
        }
    }
    return Console.live.programs
}()

/// A town that runs in processes of its own, seen through what it writes.
final class RunningTown {
    private final class Lines { var all: [String] = [] }
    private let lines = Lines()
    private let supervisor: Supervisor
    let scratch = Scratch()
    let port = freePort()
    var town: String { scratch.path + "/town.yaml" }
    var output: [String] { lines.all }

    /// - Parameter text: its file, given the broker's port.
    init(_ text: (_ port: Int) -> String = { townText(port: $0) }, options: [String] = []) throws {
        let lines = lines
        let spec = ChildSpec("up", .agent, program: programs + "/kazasu", arguments: ["up", scratch.path + "/town.yaml"] + options)
        supervisor = Supervisor([spec]) { lines.all.append($1) }
        write(text(port), to: town)
        try supervisor.start(.agent)
    }

    deinit { supervisor.stop() }

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

    /// Nothing while it does not run: kill(2) takes -1 for everybody.
    func kill(_ signal: Int32) {
        guard let pid = supervisor.process(of: "up") else { return }
        Glibc.kill(pid, signal)
    }

    /// Says something as a user of the town, with that user's certificate.
    func say(_ user: UserID, _ message: (topic: String, payload: [UInt8])) throws {
        let data = DataFolder(root: scratch.path + "/data")
        let files = data.certificate(of: user)
        let wire = Console.live.connect(
            Login(
                host: "localhost", port: port, user: user, client: "\(user)-test", authority: data.authority.certificate,
                certificate: files.certificate, key: files.key))
        var id: Int32?
        let isSaid = eventually {
            let events = wire.receive(limit: 100)
            if id == nil {
                id = wire.publish(Outgoing(topic: message.topic, payload: message.payload, qos: 1, retain: false))
            }
            wire.flush()
            return events.contains { if case .acknowledged(id, code: 0) = $0 { true } else { false } }
        }
        #expect(isSaid, "\(message.topic)")
        wire.close()
    }
}
