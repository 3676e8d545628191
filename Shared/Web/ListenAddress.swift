import Glibc

/// Where a server listens: `127.0.0.1:9464`, `[::1]:9464`. Numbers alone: a name could come to mean another machine.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: UInt16

    /// Port 0 is one that the system chooses.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        self.host = String(isBracketed ? host.dropFirst().dropLast() : host)
        self.port = port
        guard isBracketed == self.host.contains(":"), family != nil else { return nil }
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether this machine alone can reach it.
    package var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    /// Whether a text is an address in numbers.
    static func isNumeric(_ host: String) -> Bool { family(of: host) != nil }

    private var family: Int32? { Self.family(of: host) }

    private static func family(of host: String) -> Int32? {
        var bytes = in6_addr()
        if inet_pton(AF_INET, host, &bytes) == 1 { return AF_INET }
        return inet_pton(AF_INET6, host, &bytes) == 1 ? AF_INET6 : nil
    }

    /// As the C library wants it.
    func with<Result>(_ body: (UnsafePointer<sockaddr>, _ isIPv6: Bool) -> Result) -> Result {
        if family == AF_INET6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, host, &address.sin6_addr)
            return withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, true) } }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, false) } }
    }
}
