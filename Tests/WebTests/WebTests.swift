import Glibc
import Testing
import Web

@Suite("The web server")
struct WebTests {
    @Test(
        "Where to listen is an address and a port, in numbers",
        arguments: [
            ("127.0.0.1:9464", true), ("[::1]:80", true), ("0.0.0.0:1", true), ("localhost:9464", false), ("127.0.0.1", false),
            ("::1:80", false), ("[127.0.0.1]:80", false), ("127.0.0.1:70000", false), ("127.0.0.1:-1", false), (":80", false),
        ])
    func addresses(text: String, isOne: Bool) {
        #expect((ListenAddress(text) != nil) == isOne)
        if let address = ListenAddress(text) { #expect(address.description == text) }
    }

    private func server(_ limits: WebLimits = WebLimits(), _ seen: @escaping (Request) -> Void = { _ in }) throws -> WebServer {
        try WebServer(#require(ListenAddress("127.0.0.1:0")), limits: limits) { request in
            seen(request)
            return request.path == "/hello" ? Response(status: 200, "かざす") : Response(status: 404, "There is nothing here.")
        }
    }

    @Test("A request is answered on a connection that stays; HEAD brings no body; other methods and paths are refused")
    func answers() throws {
        var seen: [Request] = []
        let server = try server { seen.append($0) }
        let client = try Client(server)
        client.say("GET /hello?a=b HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\n\r\n")
        #expect(client.hears("かざす\n"))
        #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\n") && client.text.contains("Content-Type: text/plain; charset=utf-8\r\n"))
        #expect(seen == [Request(path: "/hello", accept: "text/plain")])
        client.say("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /other HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.hears("There is nothing here."))
        #expect(client.text.components(of: "かざす") == 1 && client.text.contains("HTTP/1.1 404"))
        client.say("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(
            client.hears("Only GET is answered here.") && client.text.contains("HTTP/1.1 405") && client.text.contains("Allow: GET, HEAD"))
    }

    @Test("Who brings a body is turned away and cut off; a head without end is not kept")
    func bodies() throws {
        let server = try server()
        let client = try Client(server)
        client.say("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        #expect(client.hears("Nothing is taken here.") && client.text.contains("HTTP/1.1 413"))
        #expect(client.isCutOff())
        let long = try Client(server)
        long.say("GET /hello HTTP/1.1\r\nX-Long: \(String(repeating: "a", count: 100_000))\r\n\r\n")
        #expect(long.isCutOff() && !long.text.contains("かざす"))
    }

    @Test("One address has only so many connections, and one that says nothing is closed")
    func bounds() throws {
        var limits = WebLimits()
        limits.connectionsOfOne = 2
        limits.seconds = 1
        let server = try server(limits)
        let silent = try [Client(server), Client(server)]
        let third = try Client(server)
        #expect(third.isCutOff())
        #expect(silent.allSatisfy { $0.isCutOff() })
        let later = try Client(server)
        later.say("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(later.hears("かざす"))
    }

    @Test("A port that is taken is said")
    func taken() throws {
        let server = try server()
        #expect(throws: WebServer.Unavailable.self) {
            try WebServer(#require(ListenAddress("127.0.0.1:\(server.port)"))) { _ in Response(status: 200, "") }
        }
    }
}

/// A socket, and the loop that the server it speaks with wants.
private final class Client {
    private let server: WebServer
    private let socket: Int32
    private var bytes: [UInt8] = []
    private var isOver = false
    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(_ server: WebServer) throws {
        self.server = server
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(server.port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        try #require(code == 0)
        server.run()
    }

    deinit { close(socket) }

    func say(_ text: String) {
        let bytes = Array(text.utf8)
        // Who is cut off while he speaks hears of it at the next read.
        send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Lets both sides go on until it is so, at most ten seconds.
    private func until(_ condition: () -> Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<500 where !condition() {
            var polled = [
                pollfd(fd: server.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            ]
            poll(&polled, 2, Int32(min(20, server.patience ?? 20)))
            server.run()
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno == ECONNRESET { isOver = true }
        }
        return condition()
    }

    func hears(_ words: String) -> Bool { until { text.contains(words) } }
    func isCutOff() -> Bool { until { isOver } }
}

extension String {
    fileprivate func components(of words: String) -> Int {
        var (count, rest) = (0, self[...])
        while let found = rest.firstRange(of: words) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
