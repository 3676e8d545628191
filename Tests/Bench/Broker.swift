import Bus
import Contracts
import Glibc
import Kazasu
import Launch
import Mosquitto
import ServiceKit
import Town

/// A mosquitto on a free port of loopback: plain, or with the TLS, certificates and ACL of a town.
final class Broker {
    let port: Int
    let secure: DataFolder?
    private let child: Child

    /// Plain TCP, everybody may do everything: the floor.
    init(plainIn folder: String) throws {
        port = try freePort()
        secure = nil
        let configuration = """
            listener \(port) 127.0.0.1
            allow_anonymous true
            set_tcp_nodelay true
            max_inflight_messages 4000
            max_queued_messages 0
            persistence false
            user \(getuid() == 0 ? "root" : "nobody")
            log_dest none
            """
        let path = "\(folder)/mosquitto.conf"
        guard let file = fopen(path, "w") else { throw Fatal("\(path) cannot be written") }
        fputs(configuration, file)
        fclose(file)
        child = try Child(["mosquitto", "-c", path])
        try waitForPort(port)
    }

    init(of town: Town, in folder: String) throws {
        port = try freePort()
        let data = DataFolder(folder)
        _ = try data.prepare(town, port: port, now: wallClock())
        secure = data
        child = try Child(["mosquitto", "-c", data.brokerConfiguration])
        try waitForPort(port)
    }

    func stop() { child.stop() }

    func client(_ name: String, clean: Bool = true) -> Client { Client(name, port: port, tls: tls(of: name), clean: clean) }

    func tls(of user: String) -> TLSFiles? {
        guard let secure, let user = UserID(user) else { return nil }
        let pair = secure.certificate(of: user)
        return TLSFiles(authority: secure.authority.certificate, certificate: pair.certificate, key: pair.key)
    }
}

private func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return address
}

private func freePort() throws -> Int {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var any = address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &any) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0 }
    }
    guard found else { throw Fatal("no free port on loopback") }
    return Int(UInt16(bigEndian: any.sin_port))
}

private func waitForPort(_ port: Int) throws {
    let end = monotonicMilliseconds() + 10_000
    while monotonicMilliseconds() < end {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var there = address(port)
        let open = withUnsafePointer(to: &there) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        if open { return }
        poll(nil, 0, 10)
    }
    throw Fatal("the broker does not open port \(port) within ten seconds")
}
