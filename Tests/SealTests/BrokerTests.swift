import Contracts
import Glibc
import RealParts
import Seal
import Testing

@Suite("A real Mosquitto takes the authority's certificates", .serialized)
struct BrokerTests {
    static let start = Instant(milliseconds: Int64(time(nil) - 86400) * 1000)

    /// The ACL lets `gate-1` alone write `proof`, so a delivered message proves the user name, not just the handshake.
    @Test(
        "A client's common name is its user name; strangers, servers as clients and expired clients are turned away",
        arguments: KeyKind.allCases)
    func connects(kind: KeyKind) async throws {
        let scratch = try Scratch()
        let authority = try Authority.create(commonName: "Town bus", from: Self.start, validDays: 30)
        let stranger = try Authority.create(commonName: "Town bus", from: Self.start, validDays: 30)
        try authority.save(certificate: scratch.file("ca.pem"), key: scratch.file("ca.key"))
        func issue(_ name: String, _ use: Authority.Use, by authority: Authority, from: Instant = Self.start, days: Int = 10) throws {
            try authority.issue(
                use, commonName: name == "stranger" || name == "expired" ? "gate-1" : name, key: kind, from: from, validDays: days
            )
            .save(certificate: scratch.file("\(name).pem"), key: scratch.file("\(name).key"))
        }
        try issue("broker", .server(names: ["localhost"], addresses: ["127.0.0.1"]), by: authority)
        try issue("gate-1", .client, by: authority)
        try issue("gate-2", .client, by: authority)
        try issue("stranger", .client, by: stranger)
        try issue("expired", .client, by: authority, from: Self.start - .seconds(3 * 86400), days: 1)
        let port = try freePort()
        try scratch.write("user gate-1\ntopic write proof\nuser gate-2\ntopic read proof\n".utf8, to: "acl")
        try scratch.write(configuration(port: port, scratch).utf8, to: "mosquitto.conf")
        let broker = try Process("mosquitto", ["-c", scratch.file("mosquitto.conf")], output: scratch.file("broker.log"))
        try await accepts(port: port, broker)

        let reader = try client("mosquitto_sub", "gate-2", port, scratch, ["-t", "proof", "-C", "1", "-W", "30"])
        // The broker's log says it, because what the reader prints is held back until it ends.
        let subscribed = { String(decoding: (try? read(scratch.file("broker.log"))) ?? [], as: UTF8.self).contains("Sending SUBACK") }
        try await until("gate-2 has subscribed", { subscribed() || !reader.isRunning })
        #expect(subscribed())
        // QoS 1 under MQTT 3.1.1: a write the ACL refuses is acknowledged all the same, and must not arrive.
        #expect(
            try client("mosquitto_pub", "gate-2", port, scratch, ["-t", "proof", "-q", "1", "-m", "forged"], out: "forged").wait() == 0)
        #expect(try client("mosquitto_pub", "gate-1", port, scratch, ["-t", "proof", "-q", "1", "-m", "genuine"]).wait() == 0)
        #expect(reader.wait() == 0)
        let heard = String(decoding: try read(scratch.file("gate-2.out")), as: UTF8.self)
        #expect(heard.contains("genuine") && !heard.contains("forged"))

        for name in ["stranger", "expired", "broker"] {
            let refused = try client("mosquitto_pub", name, port, scratch, ["-t", "proof", "-q", "1", "-m", "no"]).wait()
            #expect(refused != 0, "\(name)")
        }
        #expect(broker.isRunning)
    }

    private func configuration(port: UInt16, _ scratch: Scratch) -> String {
        // Without a user line a broker started as root becomes another user and cannot read keys of mode 0600.
        """
        \(geteuid() == 0 ? "user root" : "")
        listener \(port) 127.0.0.1
        cafile \(scratch.file("ca.pem"))
        certfile \(scratch.file("broker.pem"))
        keyfile \(scratch.file("broker.key"))
        require_certificate true
        use_identity_as_username true
        log_type all
        acl_file \(scratch.file("acl"))

        """
    }

    private func client(
        _ program: String, _ name: String, _ port: UInt16, _ scratch: Scratch, _ arguments: [String], out: String? = nil
    ) throws -> Process {
        try Process(
            program,
            [
                "-h", "localhost", "-p", "\(port)", "--cafile", scratch.file("ca.pem"), "--cert", scratch.file("\(name).pem"),
                "--key", scratch.file("\(name).key"),
            ] + arguments, output: scratch.file("\(out ?? name).out"))
    }

    private func read(_ path: String) throws -> [UInt8] { try SecretFile.read(path) }

    private func accepts(port: UInt16, _ broker: Process) async throws {
        try await until("the broker listens on \(port)") { !broker.isRunning || connects(to: port) }
        guard broker.isRunning else { throw Failure("mosquitto ended at once; its log says why") }
    }

    /// Looks every 10 ms, for 20 s at most.
    private func until(_ what: String, _ holds: () -> Bool) async throws {
        for _ in 0..<2000 {
            if holds() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure("waited 20 s in vain: \(what)")
    }

    /// A port of 127.0.0.1 nobody listened on a moment ago.
    private func freePort() throws -> UInt16 {
        try onSocket { socket, address, size in
            guard bind(socket, address, size) == 0 else { throw Failure("bind: errno \(errno)") }
            var size = size
            guard getsockname(socket, UnsafeMutablePointer(mutating: address), &size) == 0 else {
                throw Failure("getsockname: errno \(errno)")
            }
        }
    }

    private func connects(to port: UInt16) -> Bool {
        (try? onSocket(port: port) { socket, address, size in
            guard connect(socket, address, size) == 0 else { throw Failure("connect: errno \(errno)") }
        }) != nil
    }

    @discardableResult
    private func onSocket(
        port: UInt16 = 0, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws -> Void
    ) throws -> UInt16 {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard file >= 0 else { throw Failure("socket: errno \(errno)") }
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body(file, UnsafePointer($0), socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
