import Contracts
import Glibc
import LockDriver
import Seal
import ServiceKit
import Testing
import Town
import VirtualLock

@testable import Kazasu

@Suite("The program lock-driver", .serialized)
struct ProgramTests {
    /// The folder the programs are built into, which is the one the tests run from.
    static let programs: String = {
        var arguments = Swift.CommandLine.arguments[...]
        while let word = arguments.popFirst() {
            if word == "--test-bundle-path", let bundle = arguments.first {
                return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
            }
        }
        return Console.live.programs
    }()

    private final class Lines { var all: [String] = [] }

    @Test("runs in a town that has a door for it, says that its device is away, and ends at SIGTERM")
    func runs() throws {
        let folder = try makeTemporaryFolder()
        defer { try? remove(folder) }
        let file = try #require(fopen(folder + "/town.yaml", "w"))
        fputs(DrivenTown.text(freePort(), freePort()), file)
        fclose(file)
        let lines = Lines()
        let supervisor = Supervisor([
            ChildSpec("up", .agent, program: Self.programs + "/kazasu", arguments: ["up", folder + "/town.yaml", "--no-agents"])
        ]) { lines.all.append($1) }
        try supervisor.start(.agent)
        defer { supervisor.stop() }
        func says(_ text: String) -> Bool {
            let deadline = monotonicMilliseconds() + 20_000
            while monotonicMilliseconds() < deadline, !lines.all.contains(where: { $0.contains(text) }) { supervisor.turn(atMost: 20) }
            return lines.all.contains { $0.contains(text) }
        }
        #expect(says("passwords in "), "\(lines.all)")
        #expect(says("ready: 3 processes"), "\(lines.all)")
        #expect(says("The device at door tasmota is away"), "\(lines.all)")
        if let pid = supervisor.process(of: "up") { kill(pid, SIGTERM) }
        #expect(says("lock-driver-main         ended with code 0"), "\(lines.all)")
    }

    @Test("is no part of a town whose locks check grants themselves")
    func absent() throws {
        let plain = "town: nagai\nagents: { a: { readers: { r: { device: V, place: p, purpose: visit } } } }\ndoors: { gym: {} }\n"
        func town(_ text: String) throws -> Town { try Town.read(Array(text.utf8), path: "town.yaml") }
        #expect(try !town(plain).processes(withAgents: true).contains { $0.role == .lockDriver })
        let driven = plain.replacing("gym: {}", with: "gym: { driver: { kind: shelly, device: s } }")
        #expect(try town(driven).processes(withAgents: true).contains { $0.role == .lockDriver })
        #expect(try town(plain).devicePort(beside: 8883) == nil && town(driven).devicePort(beside: 8883) == 8884)
        #expect(try town(plain).deviceUsers.isEmpty && town(plain).deviceAccessControl.isEmpty)
    }

    @Test("does not start with a lock's memory that cannot be read: a captured grant would open the door again")
    func memory() throws {
        let folder = try makeTemporaryFolder()
        defer { try? remove(folder) }
        let path = folder + "/lock-gym.json"
        #expect(try LockMemory(file: path, isNew: true) == LockMemory())
        try SecretFile.create(path, Array("{".utf8))
        #expect(throws: LockError.self) { try LockMemory(file: path, isNew: false) }
    }
}
