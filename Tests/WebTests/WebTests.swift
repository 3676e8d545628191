import HTTP
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

    @Test("A request is answered on a connection that stays; HEAD brings no body; other methods reach whoever owns the path")
    func answers() throws {
        let bench = try Bench()
        let client = try Client(bench)
        client.get("/hello?a=b+c&a=d", "Accept: text/plain\r\nX-Twice: 1\r\nx-twice: 2\r\n")
        #expect(client.hears("かざす\n"))
        #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\n") && client.text.contains("Content-Type: text/plain; charset=utf-8\r\n"))
        let headers = ["accept": "text/plain", "host": "x", "x-twice": "1"]
        #expect(bench.seen == [Request(path: "/hello", query: ["a": "b c"], headers: headers)])
        client.say("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /other HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.hears("There is nothing here."))
        #expect(client.text.count(of: "かざす") == 1 && client.text.contains("HTTP/1.1 404"))
        #expect(bench.seen.map(\.method) == ["GET", "HEAD", "GET"])
        // Which methods a path has is for whoever owns it to say.
        client.say("DELETE /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.until { client.text.count(of: "かざす") == 2 })
        #expect(bench.seen.map(\.method).last == "DELETE")
    }

    @Test("A body is taken, in one piece or in chunks, and the next request on the connection is answered too")
    func bodies() throws {
        let bench = try Bench()
        let client = try Client(bench)
        client.post("name=%E3%81%8B&name=b", "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n")
        #expect(client.hears("かざす\n"))
        client.say("POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
        #expect(client.until { client.text.count(of: "かざす") == 2 })
        client.get("/hello")
        #expect(client.until { client.text.count(of: "かざす") == 3 })
        #expect(bench.seen.map { String(decoding: $0.body, as: UTF8.self) } == ["name=%E3%81%8B&name=b", "abcdefg", ""])
        #expect(bench.seen.first?.form == ["name": "か"] && bench.seen.first?.formValues("name") == ["か", "b"])
    }

    @Test("Requests that wait are answered in any order, on their own connections, and those behind them on the same one in turn")
    func later() throws {
        let bench = try Bench { _ in nil }
        let (first, second) = try (Client(bench), Client(bench))
        first.say("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(first.until { bench.seen.count == 1 })
        second.get("/3")
        #expect(second.until { bench.seen.map(\.path) == ["/1", "/3"] })
        bench.server.answer(bench.tickets[1], Response(status: 200, "to 3"))
        // The loop is not to wait: nothing on the descriptor tells of it.
        #expect(bench.server.patience == 0)
        #expect(second.hears("to 3") && first.text.isEmpty)
        bench.server.answer(bench.tickets[0], Response(status: 200, "to 1"))
        #expect(first.hears("to 1") && first.until { bench.seen.last?.path == "/2" })
        bench.server.answer(bench.tickets[0], Response(status: 200, "again"))
        bench.server.answer(bench.tickets[2], Response(status: 200, "to 2"))
        #expect(first.hears("to 2") && !first.text.contains("again"))
    }

    @Test("A client that has gone is answered into the void, and a server stops though somebody waits")
    func gone() throws {
        let bench = try Bench { $0.path == "/hello" ? Response(status: 200, "かざす") : nil }
        var client: Client? = try Client(bench)
        client?.get("/slow")
        #expect(client?.until { bench.tickets.count == 1 } == true)
        client = nil
        bench.server.answer(bench.tickets[0], Response(status: 200, "too late"))
        let other = try Client(bench)
        other.get("/hello")
        #expect(other.hears("かざす"))
        other.get("/slow")
        #expect(other.until { bench.tickets.count == 2 })
    }

    @Test("Every answer carries headers that keep it safe, and its owner may set others in their place")
    func headers() throws {
        let plain = try Client(Bench())
        plain.get("/hello")
        #expect(plain.hears("かざす"))
        for line in ["Cache-Control: no-store", "Referrer-Policy: same-origin", "X-Content-Type-Options: nosniff"] {
            #expect(plain.text.count(of: "\(line)\r\n") == 1)
        }
        let response = Response(
            status: 303, headers: ["Location": "/", "cache-control": "max-age=60"], cookies: ["a=1; Secure", "b=2"], "かざす")
        let own = try Client(Bench { _ in response })
        own.get("/")
        #expect(own.hears("かざす") && own.text.hasPrefix("HTTP/1.1 303 See Other\r\n"))
        for line in ["Location: /", "cache-control: max-age=60", "Set-Cookie: a=1; Secure", "Set-Cookie: b=2"] {
            #expect(own.text.contains("\(line)\r\n"))
        }
        #expect(!own.text.contains("no-store"))
    }

    @Test("A header that would break out of its line is not sent, nor anything with it")
    func injection() throws {
        let client = try Client(Bench { _ in Response(status: 303, headers: ["Location": "/\r\nSet-Cookie: a=1"], "secret") })
        client.get("/")
        #expect(client.hears("The answer cannot be sent.") && client.text.hasPrefix("HTTP/1.1 500 "))
        #expect(!client.text.contains("Set-Cookie") && !client.text.contains("secret"))
    }

    @Test("Whom a proxy on this machine passes on is known by the last line that the proxy wrote")
    func proxied() throws {
        let bench = try Bench()
        let client = try Client(bench)
        client.get("/hello", "X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 203.0.113.2, 198.51.100.7\r\n")
        #expect(client.hears("かざす"))
        client.get("/hello")
        #expect(client.until { bench.seen.count == 2 } && bench.seen.map(\.client) == ["198.51.100.7", "127.0.0.1"])
    }

    @Test("A port that is taken is said")
    func taken() throws {
        let bench = try Bench()
        #expect(throws: WebServer.Unavailable.self) { try WebServer(#require(ListenAddress("127.0.0.1:\(bench.server.port)"))) }
    }
}
