import CMicroHTTPD
import HTTP

extension Response {
    /// As the library wants it; to be destroyed by whoever asked. `nil` if there is no memory, or a header would break out of its line.
    func made() -> OpaquePointer? {
        let made = body.withUnsafeBytes { bytes in
            MHD_create_response_from_buffer(bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
        return made.flatMap(dress)
    }

    /// Puts the headers on; `nil`, and the thing destroyed, if one of them is none.
    func dress(_ made: OpaquePointer) -> OpaquePointer? {
        let own = headers.map { ($0.key.lowercased(), $0.key, $0.value) }.sorted { $0.0 < $1.0 }
        let usual = [("Cache-Control", "no-store"), ("Referrer-Policy", "same-origin"), ("X-Content-Type-Options", "nosniff")]
        let lines =
            [("Content-Type", type)] + usual.filter { name, _ in !own.contains { $0.0 == name.lowercased() } } + own.map { ($0.1, $0.2) }
            + cookies.map { ("Set-Cookie", $0) }
        for (name, value) in lines where MHD_add_response_header(made, name, value) == .NO {
            MHD_destroy_response(made)
            return nil
        }
        return made
    }
}
