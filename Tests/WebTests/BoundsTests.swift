import Glibc
import Testing
import Web

@testable import HTTP

@Suite("What nobody may use up")
struct BoundsTests {
    private func limits(_ change: (inout WebLimits) -> Void) -> WebLimits {
        var limits = WebLimits()
        change(&limits)
        return limits
    }

    @Test("One address has only so many connections, and one that says nothing is closed")
    func connectionsOfOne() throws {
        let bench = try Bench(limits { ($0.connectionsOfOne, $0.seconds) = (2, 1) })
        let silent = try [Client(bench), Client(bench)]
        let third = try Client(bench)
        third.get("/hello")
        #expect(third.isCutOff())
        #expect(silent.allSatisfy { $0.isCutOff() })
        let later = try Client(bench)
        later.get("/hello")
        #expect(later.hears("かざす"))
    }

    @Test("Of all connections that dawdle the oldest gives way, however many come; who waits for an answer stays")
    func dawdlers() throws {
        let bench = try Bench(limits { ($0.connections, $0.connectionsOfOne) = (3, 0) }) {
            $0.path == "/wait" ? nil : Response(status: 200, "かざす")
        }
        let waiting = try Client(bench)
        waiting.get("/wait")
        #expect(waiting.until { bench.tickets.count == 1 })
        let (first, second) = try (Client(bench), Client(bench))
        second.say("GET /hello HTTP/1.1\r\nHost")
        let newcomer = try Client(bench)
        newcomer.get("/hello")
        #expect(newcomer.hears("かざす") && first.isCutOff() && !second.isOver)
        // Ten for each place that there is, and more than the library would have.
        let many = try (0..<300).map { _ in try Client(bench) }
        #expect(second.isCutOff() && many[0].isCutOff())
        let last = try Client(bench)
        last.get("/hello")
        #expect(last.hears("かざす"))
        bench.server.answer(bench.tickets[0], Response(status: 200, "at last"))
        #expect(waiting.hears("at last"))
    }

    @Test("Where nobody dawdles, a newcomer is told that there are too many; the others go on, and who comes when one has left is answered")
    func tooMany() throws {
        let bench = try Bench(limits { ($0.connections, $0.connectionsOfOne) = (2, 0) }) {
            $0.path == "/wait" ? nil : Response(status: 200, "かざす")
        }
        var waiting = try (0..<2).map { _ in try Client(bench) }
        for (count, client) in waiting.enumerated() {
            client.get("/wait")
            #expect(client.until { bench.tickets.count == count + 1 })
        }
        for _ in 0..<100 {
            let newcomer = try Client(bench)
            newcomer.get("/hello")
            #expect(newcomer.hears("HTTP/1.1 503 ") && newcomer.isCutOff() && newcomer.text.contains("Retry-After: 60"))
        }
        bench.server.answer(bench.tickets[0], Response(status: 200, "at last"))
        #expect(waiting.removeFirst().hears("at last"))
        let later = try Client(bench)
        later.get("/hello")
        #expect(later.hears("かざす"))
        bench.server.answer(bench.tickets[1], Response(status: 200, "at last"))
        #expect(waiting[0].hears("at last"))
    }

    @Test("A head of eight kilobytes is read, and one without end is not kept")
    func heads() throws {
        let client = try Client(Bench())
        client.get("/hello", "X-Long: \(String(repeating: "a", count: 8_000))\r\n")
        #expect(client.hears("かざす"))
        let long = try Client(Bench())
        long.get("/hello", "X-Long: \(String(repeating: "a", count: 100_000))\r\n")
        #expect(long.isCutOff() && !long.text.contains("かざす"))
    }

    @Test("A body of just the size is taken; one that says it is longer is cut off at once, and one in chunks when it has ended")
    func bodies() throws {
        let bench = try Bench(limits { $0.body = 1000 })
        let client = try Client(bench)
        client.post(String(repeating: "a", count: 1000))
        #expect(client.hears("かざす") && bench.seen.first?.body.count == 1000)
        let announced = try Client(bench)
        announced.say("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        #expect(announced.hears("HTTP/1.1 413") && announced.isCutOff())
        let chunked = try Client(bench)
        chunked.say("POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<101 { chunked.say("a\r\naaaaaaaaaa\r\n") }
        chunked.say("0\r\n\r\n")
        #expect(chunked.hears("HTTP/1.1 413") && bench.seen.count == 1)
    }

    @Test(
        "Whose length can be read in two ways is refused",
        arguments: [
            "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3",
            "Content-Length: 3\r\nContent-Length: 5", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: x", "Content-Length: +3", "Content-Length: 3, 3",
        ])
    func smuggling(lines: String) throws {
        let bench = try Bench()
        let client = try Client(bench)
        client.say("POST /hello HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.isCutOff() && client.text.hasPrefix("HTTP/1.1 400 ") && !client.text.contains("かざす"))
        #expect(bench.seen.isEmpty)
    }

    @Test("A request of the newer HTTP without a host, and an address that cannot be read, are refused")
    func unreadable() throws {
        let bench = try Bench()
        for head in ["GET /hello HTTP/1.1", "GET /a/../b HTTP/1.1\r\nHost: x", "GET http://x/hello HTTP/1.1\r\nHost: x"] {
            let client = try Client(bench)
            client.say("\(head)\r\n\r\n")
            #expect(client.hears("HTTP/1.1 400 "))
        }
        #expect(bench.seen.isEmpty)
    }

    @Test("However busily a request drips, in its head or in its body, it is cut off; so is one on a connection that was kept")
    func drips() throws {
        let bench = try Bench(limits { ($0.requestSeconds, $0.seconds) = (1, 1) })
        let heads = ["", "POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n", "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"]
        for head in heads {
            let client = try Client(bench)
            client.say(head)
            #expect(client.dripsUntilCutOff())
        }
        #expect(bench.seen.count == 1)
    }

    @Test("Who fetches an answer too slowly is cut off")
    func slowReader() throws {
        let bench = try Bench(limits { $0.responseSeconds = 1 }) { _ in Response(body: [UInt8](repeating: 65, count: 20_000_000)) }
        let client = try Client(bench, buffer: 4096)
        client.get("/")
        #expect(client.until(reads: false) { bench.seen.count == 1 })
        #expect(client.until(reads: false) { bench.server.patience == nil })
    }

    @Test("More connections than a process may have open are made possible, as far as the system lets it")
    func descriptors() throws {
        var before = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before)
        defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) }
        var low = before
        low.rlim_cur = min(1024, before.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
        _ = try Bench(limits { $0.connections = 1500 })
        var after = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &after)
        #expect(after.rlim_cur >= min(1500, before.rlim_max))
    }
}
