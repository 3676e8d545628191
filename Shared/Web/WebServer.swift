import CMicroHTTPD
import Glibc

/// HTTP over GNU libmicrohttpd, without a thread of its own: whoever owns the loop waits for `descriptor` in poll(2), at most `patience`, and calls `run`.
///
/// It speaks HTTP without encryption. Beyond the loopback something that encrypts belongs in front of it.
package final class WebServer {
    /// No address, no memory, or another program that listens there.
    package struct Unavailable: Error, CustomStringConvertible {
        package let description: String
    }

    private let daemon: OpaquePointer
    private let answerer: Answerer

    /// - Parameter answer: called from `run`; what it gives is sent as it is.
    package init(_ address: ListenAddress, limits: WebLimits = WebLimits(), answer: @escaping (Request) -> Response) throws(Unavailable) {
        answerer = Answerer(answer)
        let context = Unmanaged.passUnretained(answerer).toOpaque()
        errno = 0
        let started = address.with { socket, isIPv6 in
            mhd_start(
                isIPv6 ? MHD_USE_IPv6.rawValue : 0, socket, take, context, limits.connections, limits.connectionsOfOne, limits.seconds,
                limits.bytes)
        }
        guard let started else {
            let reason = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
            throw Unavailable(description: "nothing can listen at \(address)\(reason). Does another program? Choose another port.")
        }
        daemon = started
    }

    deinit { MHD_stop_daemon(daemon) }

    /// Where it listens, when the system chose.
    package var port: Int { Int(mhd_port(daemon)) }

    package var descriptor: Int32 { mhd_epoll_descriptor(daemon) }

    /// Milliseconds until `run` must be called even if nothing arrives; `nil` while nothing is pending.
    package var patience: Int64? {
        var milliseconds: UInt64 = 0
        return MHD_get_timeout(daemon, &milliseconds) == .YES ? Int64(clamping: milliseconds) : nil
    }

    /// Takes connections, reads, answers, closes what has been silent for too long.
    package func run() { MHD_run(daemon) }
}

/// What the C library hands back to us at each request.
private final class Answerer {
    let answer: (Request) -> Response

    init(_ answer: @escaping (Request) -> Response) { self.answer = answer }

    func respond(to connection: OpaquePointer, _ method: String, _ path: String) -> MHD_Result {
        let accept = header("Accept", of: connection) ?? ""
        let response =
            method == "GET" || method == "HEAD"
            ? answer(Request(method: method, path: path, accept: accept)) : Response(status: 405, "Only GET is answered here.")
        return send(response, to: connection)
    }

    func send(_ response: Response, to connection: OpaquePointer) -> MHD_Result {
        let made = response.body.withUnsafeBytes { bytes in
            MHD_create_response_from_buffer(bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let made else { return .NO }
        defer { MHD_destroy_response(made) }
        MHD_add_response_header(made, "Content-Type", response.type)
        MHD_add_response_header(made, "Cache-Control", "no-store")
        MHD_add_response_header(made, "X-Content-Type-Options", "nosniff")
        if response.status == 405 { MHD_add_response_header(made, "Allow", "GET, HEAD") }
        return MHD_queue_response(connection, response.status, made)
    }

    /// Whether a body follows, whose length is told or comes in pieces (RFC 9112, 6.3).
    func hasBody(_ connection: OpaquePointer) -> Bool {
        header("Transfer-Encoding", of: connection) != nil || (header("Content-Length", of: connection) ?? "0") != "0"
    }

    private func header(_ name: String, of connection: OpaquePointer) -> String? {
        MHD_lookup_connection_value(connection, .HEADER_KIND, name).map { String(cString: $0) }
    }
}

/// Called when the head of a request is read, and again when all of it is (MHD_AccessHandlerCallback). An answer at the first call ends the connection, so
/// only who brings a body is answered then.
private func take(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?, _: UnsafeMutablePointer<Int>?,
    _ mark: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let url, let method, let mark else { return .NO }
    let answerer = Unmanaged<Answerer>.fromOpaque(context).takeUnretainedValue()
    guard mark.pointee != nil else {
        mark.pointee = context
        return answerer.hasBody(connection) ? answerer.send(Response(status: 413, "Nothing is taken here."), to: connection) : .YES
    }
    return answerer.respond(to: connection, String(cString: method), String(cString: url))
}
