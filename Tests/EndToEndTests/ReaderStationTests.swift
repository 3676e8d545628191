import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test("A machine with a reader is added to a town that runs, with five commands, and the first card held there is a tap")
    func readerStation() throws {
        let folder = try makeTemporaryFolder()
        defer { try? remove(folder) }
        let (town, there) = ("\(folder)/town.yaml", "\(folder)/elsewhere/kazasu")
        let port = try unusedPort()
        func write(_ agents: String) {
            let file = fopen(town, "w")
            fputs("town: nagai\nbroker: { host: localhost, port: \(port) }\nagents:\n\(agents)operators: [it-1]\n", file)
            fclose(file)
        }
        func agent(_ name: String) -> String {
            "  \(name): { readers: { in: { device: \"ACS ACR122U new\", place: gym, purpose: visit } } }\n"
        }
        func lines(_ errand: Errand, until condition: (Errand) -> Bool) throws -> [String] {
            let deadline = monotonicMilliseconds() + 40_000
            while !condition(errand) {
                guard monotonicMilliseconds() < deadline else { throw Failure.refused("\(errand.name): \(errand.lines)") }
                errand.look()
                usleep(2000)
            }
            return errand.lines
        }
        func kazasu(_ words: String..., typing text: String = "") throws -> [String] {
            let typed = "\(folder)/typed"
            let file = fopen(typed, "w")
            fputs(text, file)
            fclose(file)
            var spec = ChildSpec(words[0], .service, program: "\(programs)/kazasu", arguments: words)
            spec.input = typed
            let errand = try Errand(spec)
            let said = try lines(errand) { $0.code != nil }
            try #require(errand.code == 0, "\(words): \(said)")
            return said
        }
        let up = ChildSpec("town", .service, program: "\(programs)/kazasu", arguments: ["up", town, "--no-agents"])
        write(agent("gate-1"))
        var running = try Errand(up)
        _ = try lines(running) { $0.lines.contains { $0.contains("ready: ") } }

        // Where the town runs: an agent more in its file, and these.
        write(agent("gate-1") + agent("gate-2"))
        _ = try kazasu("check", town)
        let said = try kazasu("provision", "agent", "gate-2", "--town", town, "--to", "\(folder)/gate-2.age")
        running.signal(SIGTERM)
        _ = try lines(running) { $0.code != nil }
        running = try Errand(up)
        defer {
            running.signal(SIGTERM)
            _ = try? lines(running) { $0.code != nil }
        }
        _ = try lines(running) { $0.lines.contains { $0.contains("ready: ") } }
        // At the new machine, with the file and the passphrase.
        let passphrase = try #require(said.compactMap { $0.split(separator: "passphrase: ").last }.first { $0.count == 23 })
        _ = try kazasu("unpack", "\(folder)/gate-2.age", "--to", there, typing: "\(passphrase)\n")
        let pcscd = try PrivatePCSCD(directory: "\(folder)/pcscd", readers: ["ACS ACR122U new"])
        defer { pcscd.remove() }
        try pcscd.start()
        let machine = try Errand(
            ChildSpec(
                "agent", .agent, program: "\(programs)/reader-agent",
                arguments: ["--town", "\(there)/town.yaml", "--data", "\(there)/data", "--agent", "gate-2"],
                environment: ["PCSCLITE_CSOCK_NAME": pcscd.socketPath]))
        defer { machine.signal(SIGTERM) }

        let slot = pcscd.slots[0]
        let tail = try Errand(ChildSpec("tail", .service, program: "\(programs)/kazasu", arguments: ["tail", "--town", town]))
        defer { tail.signal(SIGTERM) }
        let deadline = monotonicMilliseconds() + 30_000
        while !tail.lines.contains(where: { $0.contains("gate-2") && $0.contains("visit") }), monotonicMilliseconds() < deadline {
            try slot.insert(Cast.felica(1))
            usleep(300_000)
            slot.remove()
            for errand in [tail, machine, running] { errand.look() }
        }
        #expect(tail.lines.contains { $0.contains("gate-2") && $0.contains("visit") }, "\(tail.lines) \(machine.lines)")
        // Nothing of the passphrase is left, and no key of anybody else's is there.
        #expect(fileNames(in: "\(there)/data/certificates") == ["agent-gate-2.key", "agent-gate-2.pem"])
        #expect(fileNames(in: "\(there)/data/keys") == ["token-1.key"])
    }
}
