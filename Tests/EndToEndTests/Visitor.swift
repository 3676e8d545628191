import Contracts
import Glibc
import Seal
import ServiceKit
import Testing

@testable import Kazasu

/// A browser as a test needs it: one page after another from a portal on this machine, with the cookie it was given.
final class Visitor {
    struct Page {
        let status: Int
        let headers: [String: String]
        let text: String

        /// What stands between two words.
        func between(_ start: String, _ end: String) -> String? {
            text.firstRange(of: start).map { text[$0.upperBound...] }.flatMap { rest in
                rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
            }
        }
    }

    private let port: Int
    private var cookie: String?
    /// Of the last page that had one.
    private var token = ""

    init(port: Int) { self.port = port }

    func get(_ path: String) throws -> Page { try ask("GET \(path)", "") }

    func post(_ path: String, _ fields: [(String, String)]) throws -> Page {
        let body = ([("csrf", token)] + fields).map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return try ask("POST \(path)", "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n", body)
    }

    /// Chooses a password by an invitation, and takes up the second factor.
    func begin(as account: String, _ invitation: String, password: String) throws -> Page {
        let who = [("account", account), ("invitation", invitation)]
        let page = try post("/en/welcome", who + [("password", password)])
        let typed = try #require(page.between("<code id=\"secret\">", "</code>"), "\(page.text)")
        let codes = OneTimePassword(secret: try #require(Self.fromBase32(typed.filter { $0 != " " })))
        return try post("/en/welcome/confirm", who + [("made", codes.code(OneTimePassword.step(at: wallClock())))])
    }

    // MARK: The wire

    private func ask(_ line: String, _ headers: String, _ body: String = "") throws -> Page {
        let wire = try open(line, "Connection: close\r\n" + headers, body)
        try #require(wire.reads(until: { _ in false }), "no whole answer to \(line): \(wire.text)")
        let parts = wire.text.split(separator: "\r\n\r\n", maxSplits: 1).map(String.init)
        let lines = parts.first?.split(separator: "\r\n") ?? []
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure.refused("\(line) was cut off: \(wire.text)")
        }
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            line.firstIndex(of: ":").map { (line[..<$0].lowercased(), line[line.index($0, offsetBy: 2)...].description) }
        }
        let page = Page(status: status, headers: Dictionary(pairs, uniquingKeysWith: { $1 }), text: parts.count > 1 ? parts[1] : "")
        if let given = page.headers["set-cookie"] { cookie = given.split(separator: ";").first.map(String.init) }
        token = page.between("name=\"csrf\" value=\"", "\"") ?? token
        return page
    }

    /// A stream of events, which stays open.
    func listen(_ path: String) throws -> Wire { try open("GET \(path)", "Accept: text/event-stream\r\n", "") }

    private func open(_ line: String, _ headers: String, _ body: String) throws -> Wire {
        let own = "Host: localhost:\(port)\r\nOrigin: http://localhost:\(port)\r\n\(cookie.map { "Cookie: \($0)\r\n" } ?? "")"
        return try Wire(port: port, "\(line) HTTP/1.1\r\n\(own)\(headers)\r\n\(body)")
    }

    /// One connection, and what came over it.
    final class Wire {
        private let socket: Int32
        private var bytes: [UInt8] = []
        var text: String { String(decoding: bytes, as: UTF8.self) }

        init(port: Int, _ request: String) throws {
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            let code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            // Whoever waits for a portal to come back asks again.
            guard code == 0 else { throw Failure.refused("nobody listens on port \(port): \(String(cString: strerror(errno)))") }
            let request = Array(request.utf8)
            send(socket, request, request.count, Int32(MSG_NOSIGNAL))
        }

        deinit { close(socket) }

        /// Reads until it is so, or the other side has ended; at most for so long.
        /// - Returns: whether one of them came.
        func reads(seconds: Int64 = 20, until condition: (String) -> Bool) -> Bool {
            let deadline = monotonicMilliseconds() + seconds * 1000
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while monotonicMilliseconds() < deadline {
                if condition(text) { return true }
                var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                guard poll(&polled, 1, 100) > 0 else { continue }
                let count = recv(socket, &buffer, buffer.count, 0)
                guard count > 0 else { return true }
                bytes += buffer[..<count]
            }
            return false
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// RFC 4648, section 6.
    private static func fromBase32(_ text: some StringProtocol) -> [UInt8]? {
        var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        for letter in text.uppercased() {
            guard let digit = alphabet.firstIndex(of: letter) else { return nil }
            bits = bits << 5 | UInt32(digit)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }
}
