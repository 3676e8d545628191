import CMicroHTTPD
import Glibc
import HTTP

/// What a request says of itself before its body.
struct Head {
    /// Names in lower case; of repeated ones the first.
    private(set) var fields: [String: String] = [:]
    /// How many headers tell how long the body is.
    private var lengths = 0
    private var forwarded: String?
    private let peer: String

    init(of handle: OpaquePointer) {
        peer = numeric(mhd_client_address(handle))
        withUnsafeMutablePointer(to: &self) { _ = MHD_get_connection_values(handle, .HEADER_KIND, iterate, $0) }
    }

    fileprivate mutating func note(_ name: String, _ value: String) {
        if fields[name] == nil { fields[name] = value }
        if name == "content-length" || name == "transfer-encoding" { lengths += 1 }
        if name == "x-forwarded-for" { forwarded = value }
    }

    var client: String { Web.client(peer: peer, forwarded: forwarded) }

    /// Why the rest of a request is not even read. Two programs must not differ in where a request ends: one that tells its length twice
    /// is refused, which RFC 9112
    /// (6.1, 6.3) allows, and so is one whose pieces are not plainly chunked.
    func refusal(_ limits: WebLimits) -> Response? {
        guard lengths <= 1, fields["transfer-encoding", default: "chunked"].lowercased() == "chunked" else {
            return Response(status: 400, "How long this request is cannot be told.")
        }
        return fields["content-length"].flatMap { Int($0) } ?? 0 > limits.body ? .tooLong : nil
    }
}

extension Response {
    static var tooLong: Response { Response(status: 413, "This is more than is taken here.") }

    /// Nobody dawdles who could give way: all the others are being answered, or look on.
    static var tooMany: Response {
        Response(status: 503, headers: ["Retry-After": "60"], "Too many are here at this moment. Try again in a minute.")
    }
}

/// MHD_KeyValueIterator
private func iterate(
    _ context: UnsafeMutableRawPointer?, _: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> MHD_Result {
    guard let context, let name else { return .NO }
    context.assumingMemoryBound(to: Head.self).pointee.note(String(cString: name).lowercased(), value.map { String(cString: $0) } ?? "")
    return .YES
}

/// An address as numbers; empty for what is neither IPv4 nor IPv6.
private func numeric(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "" }
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET: return withUnsafeBytes(of: raw.load(as: sockaddr_in.self).sin_addr) { numeric(AF_INET, $0) }
    case AF_INET6: return withUnsafeBytes(of: raw.load(as: sockaddr_in6.self).sin6_addr) { numeric(AF_INET6, $0) }
    default: return ""
    }
}

private func numeric(_ family: Int32, _ bytes: UnsafeRawBufferPointer) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
        inet_ntop(family, bytes.baseAddress, text.baseAddress, socklen_t(text.count)).map { String(cString: $0) } ?? ""
    }
}
