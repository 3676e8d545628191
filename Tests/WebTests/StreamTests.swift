import Testing
import Web

@testable import HTTP

@Suite("Streams of events")
struct StreamTests {
    private let bench: Bench

    init() throws {
        var limits = WebLimits()
        (limits.backlog, limits.heartbeatSeconds) = (10_000, 1)
        bench = try Bench(limits) { $0.path == "/live" ? nil : Response(status: 200, "かざす") }
    }

    private func listener(on feeds: Set<String>, first: String = "", version: String = "1.1", buffer: Int32? = nil) throws -> Client {
        let client = try Client(bench, buffer: buffer)
        let count = bench.tickets.count
        client.say("GET /live HTTP/\(version)\r\nHost: x\r\n\r\n")
        try #require(client.until { bench.tickets.count == count + 1 })
        bench.server.open(bench.tickets[count], on: feeds, first: Array(first.utf8), headers: ["X-Own": "1"])
        #expect(client.hears("text/event-stream"))
        return client
    }

    private func say(_ data: String, on feed: String) {
        bench.server.say(ServerSentEvent.bytes(event: "e", data: data), on: feed)
    }

    @Test("A listener gets first what is his, then what is said on his feeds, in order, and nothing of others", arguments: ["1.0", "1.1"])
    func hears(version: String) throws {
        let client = try listener(on: ["a", "b"], first: "data: first\n\n", version: version)
        #expect(client.hears("data: first\n\n") && bench.server.listeners == 1)
        for line in ["Cache-Control: no-store", "X-Accel-Buffering: no", "X-Own: 1", "X-Content-Type-Options: nosniff"] {
            #expect(client.text.contains("\(line)\r\n"))
        }
        say("one", on: "a")
        say("other", on: "c")
        say("two", on: "b")
        // What was said goes out at once: the loop is not to wait.
        #expect(bench.server.patience == 0)
        #expect(client.hears("event: e\ndata: two\n\n") && !client.text.contains("other"))
        #expect(client.text.firstRange(of: "one")!.lowerBound < client.text.firstRange(of: "two")!.lowerBound)
        say("three", on: "a")
        #expect(client.hears("three"))
    }

    @Test("A feed that is closed ends its streams after what was said, and the connection goes on")
    func closes() throws {
        let (client, other) = try (listener(on: ["a"]), listener(on: ["b"]))
        say("last", on: "a")
        bench.server.close(feed: "a")
        say("too late", on: "a")
        #expect(client.hears("\r\n0\r\n\r\n") && client.text.contains("data: last") && !client.text.contains("too late"))
        #expect(bench.server.listeners == 1)
        client.get("/hello")
        #expect(client.hears("かざす"))
        say("still", on: "b")
        #expect(other.hears("still"))
    }

    @Test("A stream on which nothing is said gets a beat, and outlives the time that a silent connection has")
    func heartbeat() throws {
        let client = try listener(on: ["a"])
        #expect(client.until { client.text.count(of: "event: beat\ndata: \n\n") == 2 })
        say("still", on: "a")
        #expect(client.hears("still"))
    }

    @Test("Listeners that have gone are found by what is said")
    func gone() throws {
        var clients = try [listener(on: ["a"]), listener(on: ["a"])]
        let last = clients.removeLast()
        clients = []
        #expect(last.until { bench.server.listeners == 1 })
        say("still", on: "a")
        #expect(last.hears("still"))
    }

    @Test("A listener who does not read is closed when too much waits for him, and the others hear on")
    func slow() throws {
        let (slow, quick) = try (listener(on: ["a"], buffer: 4096), listener(on: ["a"]))
        let line = String(repeating: "x", count: 4_000)
        var count = 0
        #expect(
            quick.until {
                count += 1
                say("\(count) \(line)", on: "a")
                return bench.server.listeners == 1
            })
        // He held what the system keeps and the backlog, not megabytes.
        #expect(count * 4_000 < 400_000)
        #expect(quick.hears("data: \(count) x"))
        #expect(slow.isCutOff() && !slow.text.contains("data: \(count) x"))
    }

    @Test("Neither what he is given first nor a single event is too much, however long")
    func long() throws {
        let first = String(repeating: "f", count: 100_000)
        let client = try listener(on: ["a"], first: "data: \(first)\n\n")
        say("one", on: "a")
        say("two", on: "a")
        #expect(client.hears("data: one") && client.hears("data: two"))
        say(String(repeating: "g", count: 100_000) + "end", on: "a")
        #expect(client.hears("end\n\n"))
    }

    @Test("HEAD of a stream is its head, and an open stream does not keep a server from stopping")
    func head() throws {
        let client = try Client(bench)
        client.say("HEAD /live HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.until { bench.tickets.count == 1 })
        bench.server.open(bench.tickets[0], on: ["a"], first: [], headers: [:])
        #expect(client.hears("text/event-stream") && client.until { bench.server.listeners == 0 })
        _ = try listener(on: ["a"])
    }

    @Test(
        "Data of several lines is a line each, whatever ends them",
        arguments: [
            ("", "data: \n"), ("a", "data: a\n"), ("a\nb\r\nc\rd", "data: a\ndata: b\ndata: c\ndata: d\n"), ("a\n", "data: a\ndata: \n"),
            (" a\n\nid: 7", "data:  a\ndata: \ndata: id: 7\n"),
        ])
    func lines(data: String, expected: String) {
        #expect(String(decoding: ServerSentEvent.bytes(event: "e", id: "1", data: data), as: UTF8.self) == "event: e\nid: 1\n\(expected)\n")
    }

    @Test("A name or an id that would become a line of its own is our mistake")
    func names() async {
        await #expect(processExitsWith: .failure) { _ = ServerSentEvent.bytes(event: "a\ndata: b", data: "") }
        await #expect(processExitsWith: .failure) { _ = ServerSentEvent.bytes(event: "a", id: "1\r2", data: "") }
        await #expect(processExitsWith: .failure) { _ = ServerSentEvent.bytes(event: "", data: "") }
    }
}
