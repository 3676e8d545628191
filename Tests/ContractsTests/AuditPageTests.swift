import Contracts
import Testing

@Suite("A page of a door's audit")
struct AuditPageTests {
    private static let at = Instant(rfc3339: "2026-11-21T08:00:00.000+09:00")!

    private static func line(_ number: UInt64 = 1, who: String? = nil, why: String? = nil) -> AuditLine {
        AuditLine(
            at: at, id: EventID(high: 1, low: number), what: .booking, who: who, why: why, outcome: .stayedShut, used: false,
            by: UserID("desk-" + String(repeating: "a", count: 50)))
    }

    @Test("Written and read by hand, it is what Codable would make of it")
    func byHand() throws {
        let lines = [
            AuditLine(at: Self.at, id: EventID(high: 7, low: 7), what: .refuse), Self.line(who: "k1.aaaaaaaa…", why: "a \"thing\"\\\n"),
            AuditLine(at: Self.at, id: EventID(high: 7, low: 8), what: .open, why: "", used: true),
        ]
        for reply: Reply<AuditPage> in [
            .accept(AuditPage(lines: lines, more: true)), .accept(AuditPage(lines: [], more: false)),
            .refuse("unknown-door", "No \"gym\"."),
        ] {
            #expect(try Sample.isAsCodable(reply))
            #expect(try Sample.written(reply).isSame)
        }
    }

    @Test(
        "What is no page is refused",
        arguments: [
            #"{"lines":[]}"#, #"{"lines":{},"more":true}"#, #"{"lines":[{"at":"2026-11-21T08:00:00Z","what":"open"}],"more":false}"#,
            #"{"lines":[7],"more":false}"#, "[]",
        ])
    func broken(page: String) throws {
        let reply = try Sample.envelope(Reply<AuditPage>.accept(AuditPage(lines: [], more: false))).json()
        var text = String(decoding: reply, as: UTF8.self)
        let place = try #require(text.firstRange(of: #"{"lines":[],"more":false}"#))
        text.replaceSubrange(place, with: page)
        #expect(throws: DecodingError.self) { try Envelope<Reply<AuditPage>>(json: Array(text.utf8)) }
    }

    @Test("Of long lines fewer stand on it, so that an answer is never longer than an envelope may be", arguments: [0, 34, 300, 3000])
    func room(letters: Int) throws {
        let lines = (0..<400).map { Self.line($0, who: "p-7k3mq2x5t4w2vbza", why: String(repeating: "a", count: letters)) }
        let page = AuditPage(beginning: lines)
        #expect(page.more && !page.lines.isEmpty && page.lines == Array(lines.prefix(page.lines.count)))
        #expect(try Sample.written(Reply.accept(page)).bytes.count <= Envelope<Reply<AuditPage>>.limit)
        #expect(!AuditPage(beginning: Array(lines.prefix(page.lines.count))).more)
    }

    @Test("A time in parts is the same time, without a hole and without an overlap", arguments: [0, 1, 3, 4, 86_400_000, 31_536_000_007])
    func parts(milliseconds: Int64) throws {
        let place = AuditPlace(at: Self.at, id: EventID(high: 1, low: 1))
        let wish = ListAudit(door: "gym", from: Self.at, to: Self.at + .milliseconds(milliseconds), after: place)
        let parts = wish.parts(4)
        #expect(parts.count == 4 && parts.first?.from == wish.from && parts.last?.to == wish.to)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.to == $1.from })
        #expect(parts.allSatisfy { ($0.after == place) == ($0.from == wish.from) })
    }
}
