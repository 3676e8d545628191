import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

/// A small town of the real programs: with two shelters, a reader at one of them and one at the residents' counter, or with what a test wants instead.
final class SmallTown {
    let folder: String
    private let pcscd: PrivatePCSCD
    private let spec: ChildSpec
    private(set) var town: Errand

    static let gate = 0
    static let counter = 1

    private static let shelters = """
        agents:
          school: { readers: { gate: { device: "ACS ACR122U gate", place: school, purpose: "shelter:s01" } } }
          office: { readers: { counter: { device: "ACS ACR122U counter", place: town-hall, purpose: enrol } } }
        shelter-desks: [headquarters]
        registrars: [civil-affairs]
        """

    /// - Parameters:
    ///   - lines: of the town's file, below those about the town itself; FOLDER stands for the test's own.
    ///   - readers: what the devices are called after their make, in the order in which cards are held over them.
    init(_ lines: String = SmallTown.shelters, readers: [String] = ["gate", "counter"]) throws {
        folder = try makeTemporaryFolder()
        let text = """
            town: nagai
            title: 長井市
            broker: { host: localhost, port: \(try unusedPort()) }
            double-tap: { default: 0s }

            """
        let own = lines.split(separator: "FOLDER", omittingEmptySubsequences: false).joined(separator: folder)
        Self.write(text + own + "\n", to: "\(folder)/town.yaml")
        pcscd = try PrivatePCSCD(directory: "\(folder)/pcscd", readers: readers.map { "ACS ACR122U \($0)" })
        try pcscd.start()
        spec = ChildSpec(
            "town", .service, program: "\(programs)/kazasu", arguments: ["up", "\(folder)/town.yaml"],
            environment: ["PCSCLITE_CSOCK_NAME": pcscd.socketPath])
        town = try Errand(spec)
        try waitUntilReady()
    }

    /// Ends it, in order or as a power cut would.
    func stop(by signal: Int32 = SIGTERM) throws {
        town.signal(signal)
        try wait("the end") { town.code != nil }
        // Its broker and services end with it, and a moment later: until then they write into its folder.
        try wait("the end of its programs") {
            !Secrets.processes(of: "\(folder)/data").contains { $0.words.contains("mosquitto ") || $0.words.contains(" --town ") }
        }
    }

    func startAgain() throws {
        town = try Errand(spec)
        try waitUntilReady()
    }

    private func waitUntilReady() throws { try wait("the town") { town.lines.contains { $0.contains("ready: ") } } }

    func strike() {
        try? stop()
        pcscd.remove()
        try? remove(folder)
    }

    func wait(_ what: String, within milliseconds: Int64 = 40_000, until condition: () throws -> Bool) throws {
        let deadline = monotonicMilliseconds() + milliseconds
        while try !condition() {
            guard monotonicMilliseconds() < deadline else {
                throw Failure.refused("waited in vain for \(what). \(town.lines.suffix(12).joined(separator: "\n"))")
            }
            town.look()
            usleep(1000)
        }
    }

    /// A command that runs beside others.
    func start(_ words: [String], typing text: String = "") throws -> Errand {
        var spec = ChildSpec(
            words.prefix(2).joined(separator: " "), .service, program: "\(programs)/kazasu",
            arguments: words + ["--town", "\(folder)/town.yaml"])
        Self.write(text, to: "\(folder)/typed")
        spec.input = "\(folder)/typed"
        return try Errand(spec)
    }

    /// A command, to its end, and what it has said.
    func end(_ errand: Errand) throws -> [String] {
        try wait(errand.name) {
            errand.look()
            return errand.code != nil
        }
        try #require(errand.code == 0, "\(errand.name): \(errand.lines)")
        return errand.lines
    }

    /// Holds a card over the residents' counter when a command asks for it.
    func held(_ card: VirtualCard, for command: Errand, _ words: String) throws {
        try wait("\(command.name) to ask for the card") {
            command.look()
            return command.lines.contains { $0.contains(words) }
        }
        try hold(card, at: Self.counter)
    }

    /// Holds a card over a reader until its lamp says that it counts.
    func hold(_ card: VirtualCard, at reader: Int, meanwhile look: () -> Void = {}) throws {
        let slot = pcscd.slots[reader]
        let lamps = slot.escapes.count
        try hold(card, at: reader) {
            look()
            return slot.escapes.count > lamps
        }
    }

    /// Holds a card over a reader until something else shows that it counts: where more than one lamp follows on a card, the next one may be of the last.
    func hold(_ card: VirtualCard, at reader: Int, until counts: () -> Bool) throws {
        try pcscd.slots[reader].insert(card)
        defer { pcscd.slots[reader].remove() }
        try wait("the card to count", until: counts)
    }

    private static func write(_ text: String, to path: String) {
        let file = fopen(path, "w")
        fputs(text, file)
        fclose(file)
    }
}
