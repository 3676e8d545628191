import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "A stolen agent floods, sends what is far too large, says again what it has said and speaks for others; others keep hundreds of handshakes open: the town goes on, and no door opens that should not"
    )
    func attacks() throws {
        try withTown { stage in
            try stage.admitClub()
            let siege = try Siege(stage)
            try siege.replays()
            try siege.floods()
            try siege.oversized()
            try siege.halfOpen()
            try siege.borrowedName()
            #expect(stage.openings(DemoTown.hall) == 2, "twice for the club, and for nobody else")
            #expect(stage.openings(DemoTown.gym) == 0)
        }
    }
}

/// A town under attack by whoever has stolen the machine at the gym, and an operator who hears what it says and decides.
private final class Siege {
    private let stage: Stage
    private let thief: any Wire
    private let auditor: any Wire
    private var heard: [Message] = []
    private var answers: [Int32: UInt8] = [:]
    private var fresh: UInt32 = 500

    private static let own = "nagai/reader-agent/event/civic-gym/tap"
    private static let halls = "nagai/reader-agent/event/hall/tap"

    init(_ stage: Stage) throws {
        self.stage = stage
        thief = stage.thief(of: "agent-civic-gym")
        auditor = stage.thief(of: "operator-maintenance")
        try stage.wait("the attackers to be connected") {
            look()
            return thief.isConnected && auditor.isConnected
        }
        try stage.pass(milliseconds: 300)
    }

    deinit { for wire in [thief, auditor] { wire.close() } }

    private func look() {
        for event in auditor.receive(limit: 1000) {
            if case .connected = event { auditor.subscribe([Subscription(filter: "nagai/+/event/#", qos: 0)]) }
            if case .message(let message) = event { heard.append(message) }
            if case .acknowledged(let id, let code) = event { answers[-id] = code }
        }
        for event in thief.receive(limit: 4000) { if case .acknowledged(let id, let code) = event { answers[id] = code } }
        for wire in [thief, auditor] { wire.flush() }
    }

    private func count(_ name: String) -> Int { heard.count { $0.topic.hasSuffix("/\(name)") } }

    /// The broker's answer, 0x87 for not authorized (MQTT 5 §3.4.2.1).
    private func say(_ topic: String, _ payload: [UInt8], by wire: any Wire) throws -> UInt8? {
        guard let id = wire.publish(Outgoing(topic: topic, payload: payload, qos: 1, retain: false)) else { return nil }
        let key = wire === auditor ? -id : id
        answers[key] = nil
        try stage.wait("the broker's answer") {
            look()
            return answers[key] != nil
        }
        return answers[key]
    }

    /// Somebody unknown holds a card at the gym, until the door has said no.
    /// - Returns: milliseconds.
    private func isDecided(meanwhile attack: () -> Void = {}) throws -> Int64 {
        fresh += 1
        let (before, start) = (count("door-decision"), monotonicMilliseconds())
        var person = try Person(Cast.felica(fresh), at: DemoTown.gymEntrance, in: stage)
        var isTaken = false
        try stage.wait("a decision about a tap") {
            attack()
            look()
            if !isTaken { isTaken = try person.isDone(stage) }
            return isTaken && count("door-decision") > before
        }
        return monotonicMilliseconds() - start
    }

    private func opensHall(_ card: VirtualCard) throws {
        let before = stage.openings(DemoTown.hall)
        var person = try Person(card, at: DemoTown.hallEntrance, in: stage)
        var isTaken = false
        try stage.wait("the hall to open") {
            look()
            if !isTaken { isTaken = try person.isDone(stage) }
            return isTaken && stage.openings(DemoTown.hall) > before
        }
    }

    /// What was heard is said again: by whoever may only listen, by another agent, as it was and in its own name.
    func replays() throws {
        try opensHall(stage.cast.club[0])
        let tap = try #require(heard.last { $0.topic == Self.halls })
        #expect(try say(Self.halls, tap.payload, by: auditor) == 0x87, "who listens may not speak")
        #expect(try say(Self.halls, tap.payload, by: thief) == 0x87, "an agent speaks for itself alone")
        for name in [
            "event/main/door-decision", "command/desk-office/booking-add", "grant/hall/unlock", "command/operator-maintenance/booking-add",
        ] {
            #expect(try say("nagai/lock-controller/\(name)", [0x7b, 0x7d], by: auditor) == 0x87, "\(name)")
            #expect(try say("nagai/lock-controller/\(name)", [0x7b, 0x7d], by: thief) == 0x87, "\(name)")
        }
        // On the gym's topic, with the hall's source: not the owner's.
        #expect(try say(Self.own, tap.payload, by: thief) == 0)
        // Its own tap, as it was said.
        _ = try isDecided()
        let own = try #require(heard.last { $0.topic == Self.own })
        let decided = count("door-decision")
        #expect(try say(Self.own, own.payload, by: thief) == 0)
        _ = try isDecided()
        #expect(count("door-decision") == decided + 1, "the next person's, and nothing for the repeated tap")
        #expect(try stage.clerk(["dead", "list"]).contains { $0.contains("is not the owner of the topic") })
    }

    /// Nonsense as fast as the connection takes it, while people hold cards.
    func floods() throws {
        let quiet = try isDecided()
        let junk = [UInt8](repeating: 0x41, count: 1000)
        var sent = 0
        let slowest = try (1...3).map { person in
            try isDecided {
                while sent < 500 * person,
                    thief.publish(Outgoing(topic: Self.own, payload: junk + Array("\(sent)".utf8), qos: 1, retain: false)) != nil
                { sent += 1 }
            }
        }.max()
        print("a decision in \(quiet) ms, in at most \(slowest ?? 0) ms while \(sent) messages of 1 kB came")
        #expect(sent == 1500)
        try opensHall(stage.cast.club[1])
    }

    /// A message that says it will have 256 MB, and its beginning: the broker hangs up and keeps nothing of it.
    func oversized() throws {
        let broker = try #require(stage.supervisor.process(of: Programs.broker))
        let before = residentKilobytes(of: broker)
        let connect: [UInt8] = [0x10, 16, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 60, 0, 0, 3, 0x62, 0x69, 0x67]
        let publish: [UInt8] = [0x30, 0xff, 0xff, 0xff, 0x7f, 0, 38] + Array(Self.own.utf8) + [UInt8](repeating: 0, count: 4 << 20)
        try write(connect + publish, to: "\(stage.folder)/large")
        let pair = stage.data.certificate(of: "agent-civic-gym")
        var spec = ChildSpec(
            "openssl", .service, program: "/usr/bin/openssl",
            arguments: [
                "s_client", "-quiet", "-connect", "localhost:\(stage.port)", "-CAfile", stage.data.authority.certificate, "-cert",
                pair.certificate, "-key", pair.key,
            ])
        spec.input = "\(stage.folder)/large"
        let client = try Errand(spec)
        try stage.wait("the broker to hang up") {
            client.look()
            look()
            return client.code != nil
        }
        #expect(stage.supervisor.process(of: Programs.broker) == broker)
        #expect(residentKilobytes(of: broker) < before + 20_000, "\(before) kB before")
        _ = try isDecided()
    }

    /// Connections that say how a TLS handshake begins, and nothing more.
    func halfOpen() throws {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        for _ in 0..<300 {
            let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(stage.port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            sockets.append(file)
            try #require(connected == 0)
            // A handshake record of 512 bytes, of which six come (RFC 8446 §5.1).
            _ = Glibc.send(file, [0x16, 3, 1, 2, 0, 1], 6, Int32(MSG_NOSIGNAL))
        }
        let start = monotonicMilliseconds()
        let newcomer = stage.thief(of: "desk-office")
        defer { newcomer.close() }
        try stage.wait("somebody else to connect") {
            look()
            _ = newcomer.receive(limit: 10)
            newcomer.flush()
            return newcomer.isConnected
        }
        print("with \(sockets.count) handshakes open somebody else connects in \(monotonicMilliseconds() - start) ms")
        _ = try isDecided()
    }

    /// A client id is no right, so by that of a service its connection can be ended. It comes back.
    func borrowedName() throws {
        let user: UserID = "agent-civic-gym"
        let files = stage.data.certificate(of: user)
        let impostor = stage.console.connect(
            Login(
                host: "localhost", port: stage.port, user: user, client: "lock-controller-main",
                authority: stage.data.authority.certificate, certificate: files.certificate, key: files.key))
        try stage.wait("the impostor to be connected") {
            look()
            _ = impostor.receive(limit: 10)
            impostor.flush()
            return impostor.isConnected
        }
        impostor.close()
        print("after its connection was ended by somebody else, lock-controller decides in \(try isDecided()) ms")
    }

    private func residentKilobytes(of process: pid_t) -> Int {
        let status = (try? readWhole("/proc/\(process)/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { $0.split(separator: " ").compactMap { Int($0) }.first } ?? 0
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
}
