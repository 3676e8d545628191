import Glibc
import HTTP
import Testing
import Web

/// A server, whoever answers in its place, and the loop around both.
final class Bench {
    let server: WebServer
    private(set) var seen: [Request] = []
    /// Requests that were left waiting.
    private(set) var tickets: [Ticket] = []
    private let answer: (Request) -> Response?

    /// - Parameter answer: `nil` leaves a request waiting.
    init(
        _ limits: WebLimits = WebLimits(),
        answer: @escaping (Request) -> Response? = {
            $0.path == "/hello" ? Response(status: 200, "かざす") : Response(status: 404, "There is nothing here.")
        }
    ) throws {
        server = try WebServer(#require(ListenAddress("127.0.0.1:0")), limits: limits)
        self.answer = answer
    }

    func run() {
        for (ticket, request) in server.run() {
            seen.append(request)
            if let response = answer(request) { server.answer(ticket, response) } else { tickets.append(ticket) }
        }
    }

    /// Lets the server do what is due, and waits for more, at most a fiftieth of a second.
    func turn(beside socket: Int32) {
        var polled = [
            pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        poll(&polled, 2, Int32(min(20, server.patience ?? 20)))
        run()
    }
}

/// A socket that speaks with a server.
final class Client {
    private let bench: Bench
    let socket: Int32
    private var bytes: [UInt8] = []
    private(set) var isOver = false
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// - Parameter buffer: bytes that the system takes in for one who does not read.
    init(_ bench: Bench, buffer: Int32? = nil) throws {
        self.bench = bench
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var buffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &buffer, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(bench.server.port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(code == 0)
        bench.run()
    }

    deinit { close(socket) }

    func say(_ text: String) {
        let bytes = Array(text.utf8)
        // Who is cut off while he speaks hears of it at the next read.
        send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    func get(_ target: String, _ further: String = "") { say("GET \(target) HTTP/1.1\r\nHost: x\r\n\(further)\r\n") }

    func post(_ body: String, to target: String = "/hello", _ further: String = "") {
        say("POST \(target) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\(further)\r\n\(body)")
    }

    /// Lets both sides go on until it is so, at most ten seconds.
    func until(reads: Bool = true, _ condition: () -> Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if condition() { return true }
            bench.turn(beside: reads ? socket : -1)
            guard reads else { continue }
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno == ECONNRESET { isOver = true }
        }
        return false
    }

    /// Sends a byte at a time, fifty a second, until the other side has enough of it.
    func dripsUntilCutOff() -> Bool {
        var last = ContinuousClock.now
        return until {
            if last.duration(to: .now) > .milliseconds(20) {
                say("G")
                last = .now
            }
            return isOver
        }
    }

    func hears(_ words: String) -> Bool { until { text.contains(words) } }
    func isCutOff() -> Bool { until { isOver } }
}

extension String {
    func count(of words: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.firstRange(of: words) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
