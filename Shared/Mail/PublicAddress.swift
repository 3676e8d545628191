import CCurl
import Glibc

/// Whether an address belongs to the open internet: not to this machine, its neighbours or their cloud (IANA special-purpose address registries, RFC 6890).
///
/// What a browser names as its push service is looked up by name, and a name can lead anywhere.
func isPublic(_ address: UnsafePointer<sockaddr>) -> Bool {
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
        let raw = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
        return isPublic(ipv4: UInt32(bigEndian: raw))
    case AF_INET6:
        let raw = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr
        return withUnsafeBytes(of: raw) { isPublic(ipv6: Array($0)) }
    default: return false
    }
}

private func isPublic(ipv4 address: UInt32) -> Bool {
    let special: [(UInt32, UInt32)] = [
        (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xac10_0000, 12), (0xc000_0000, 24),
        (0xc000_0200, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xc633_6400, 24), (0xcb00_7100, 24), (0xe000_0000, 3),
    ]
    return !special.contains { prefix, length in (address ^ prefix) >> (32 - length) == 0 }
}

/// 2000::/3 is what is given out (RFC 4291 §2.4); in it lie documentation, and tunnels that hide an IPv4 address.
private func isPublic(ipv6 bytes: [UInt8]) -> Bool {
    guard bytes[0] & 0xe0 == 0x20 else { return false }
    let isDocumentation = bytes[..<4] == [0x20, 0x01, 0x0d, 0xb8]
    let isTunnel = bytes[..<2] == [0x20, 0x02] || bytes[..<4] == [0x20, 0x01, 0, 0]
    return !isDocumentation && !isTunnel
}
