import Contracts
import Testing

@Suite("Names, tokens, purposes, topics and addresses")
struct WordTests {
    static let longest = String(repeating: "a", count: 63)
    /// Nothing that MQTT, an ACL file, a shell or a terminal gives a meaning.
    static let hostile = [
        "", "#", "+", "/", "$SYS", "a/b", "a#", "a+", "+/#", "a b", " a", "a ", "a\n", "\na", "a\0b", "a\r\ntopic write #", "A", "Gate",
        "-a", "é", "ａ",
        "ゲート", "e\u{301}", "a_b", "a.b", "%u", "%c", longest + "a", "a\u{200B}",
    ]

    @Test("A name is a-z, 0-9 and -, and does not begin with -", arguments: ["a", "0", "gate-1", "9-9", "a--b", "a-", longest])
    func name(text: String) throws {
        #expect(TownID(text)?.text == text)
        #expect(try Array("\"\(text)\"".utf8).decoded(as: TownID.self).text == text)
    }

    @Test("No name can widen a topic filter, end a line or look like another", arguments: hostile)
    func notName(text: String) throws {
        #expect(TownID(text) == nil)
        #expect(throws: (any Error).self) { try text.json().decoded(as: TownID.self) }
        #expect(Topic("nagai/reader-agent/event/\(text)/tap") == nil)
        #expect(Address("reader-agent--\(text)") == nil)
        #expect(Purpose("door:\(text)") == nil)
    }

    static let base32 = "abcdefghijklmnopqrstuvwxyz"

    @Test("A token is k, a key number from 1 to 999, a dot and 26 characters of base32", arguments: ["k1", "k9", "k10", "k999"])
    func token(key: String) { #expect(Token("\(key).\(Self.base32)") != nil) }

    @Test(
        "What is not a token is refused",
        arguments: [
            "", ".", "k1.", "k1", "k0.\(base32)", "k01.\(base32)", "k1000.\(base32)", "k.\(base32)", "K1.\(base32)", "k1.\(base32)a",
            "k1.\(base32.dropLast())", "k1.\(base32.dropLast())1", "k1.\(base32.dropLast())A", "k1.\(base32.dropLast())#",
            "k1.\(base32.dropLast())\n",
            "k1..\(base32)", "k1.\(base32).", "k-1.\(base32)", "k1.\(base32.dropLast(2))é", "k１.\(base32)", "01234567890123456",
        ])
    func notToken(text: String) { #expect(Token(text) == nil) }

    @Test("A purpose is a kind, or a kind and a thing")
    func purpose() throws {
        #expect(Purpose("visit")?.description == "visit")
        #expect(Purpose("door:gym")?.door == "gym")
        #expect(Purpose("shelter:s01")?.door == nil)
        #expect(Purpose("door")?.door == nil)
        for text in ["", ":", "door:", ":gym", "door:gym:side", "door:#", "Door:gym", "door: gym", "door:gym\n"] {
            #expect(Purpose(text) == nil)
        }
        #expect(try Array("\"door:gym\"".utf8).decoded(as: Purpose.self) == Purpose.door("gym"))
    }

    @Test("A topic is five segments of which the third is a class", arguments: TopicClass.allCases)
    func topic(kind: TopicClass) throws {
        let text = "nagai/reader-agent/\(kind.rawValue)/gate-1/tap"
        #expect(try #require(Topic(text)).description == text)
        for wrong in [
            "nagai/reader-agent/\(kind.rawValue)/gate-1", "\(text)/more", "/\(text)", "\(text)/", "nagai//\(kind.rawValue)/gate-1/tap",
            "nagai/reader-agent/\(kind.rawValue)s/gate-1/tap", "nagai/reader-agent/\(kind.rawValue.uppercased())/gate-1/tap",
        ] { #expect(Topic(wrong) == nil) }
    }

    @Test("Only snapshots and leases are retained: never an event, a command, a grant, a report or an answer")
    func retained() {
        #expect(TopicClass.allCases.filter(\.isRetained) == [.state, .lease, .health, .journal])
        #expect(TopicClass.allCases.filter { $0.qos == 0 } == [.feedback, .ask])
    }

    @Test("An address is written as one segment and read back", arguments: ["gate-1", "a", "main", "x--y", "z-"])
    func address(instance: String) throws {
        let address = Address("reader-agent", try #require(Instance(instance)))
        #expect(Address(address.description) == address)
        #expect(address.source(in: "nagai") == "/nagai/reader-agent/\(instance)")
    }

    @Test("What is no address is refused", arguments: ["", "-", "--", "a--", "--a", "a-b", "a--#", "a/b--c", "---", "----"])
    func notAddress(text: String) { #expect(Address(text) == nil) }
}

@Suite("Event ids and epochs")
struct IdentityTests {
    @Test("An id is 26 characters of Crockford's base32 and sorts as its bytes do")
    func ids() throws {
        let ids = [
            EventID(high: 0, low: 0), EventID(high: 0, low: 1), EventID(high: 1, low: 0), EventID(high: .max, low: .max),
            EventID(at: Instant(milliseconds: 1_795_215_600_000), random: (0xffff, .max)),
        ]
        for id in ids {
            #expect(EventID(id.description) == id)
            #expect(EventID(bytes: id.bytes) == id)
        }
        #expect(EventID(high: 0, low: 0).description == "00000000000000000000000000")
        #expect(EventID(high: .max, low: .max).description == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        #expect(ids.sorted() == ids.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
        #expect(ids.sorted() == ids.sorted { $0.description < $1.description })
    }

    @Test(
        "What is no ULID is refused",
        arguments: [
            "", "0", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "0000000000000000000000000", "000000000000000000000000000", "0000000000000000000000000U",
            "0000000000000000000000000I", "0000000000000000000000000a", "0000000000000000000000000#", "000000000000000000000000é",
            "00000000000 00000000000000",
        ])
    func notID(text: String) { #expect(EventID(text) == nil) }

    @Test("Bytes of another length are no id")
    func notBytes() {
        for count in [0, 15, 17] { #expect(EventID(bytes: [UInt8](repeating: 0, count: count)) == nil) }
    }

    @Test("Each epoch is later than the last, whatever the clock says", arguments: [Int64(-5), 0, 1, 1_795_215_600_000, 9_999_999_999_000])
    func epochs(now: Int64) throws {
        var last: Epoch?
        for random in [UInt64(0), 1, 35, .max] {
            let next = Epoch(after: last, now: Instant(milliseconds: now), random: random)
            if let last { #expect(next > last) }
            #expect(Epoch(next.text) == next)
            last = next
        }
        let ahead = try #require(Epoch("1895215600000-zzzz"))
        #expect(Epoch(after: ahead, now: Instant(milliseconds: now), random: 0) > ahead)
    }

    @Test("Epochs order as their texts do")
    func epochOrder() throws {
        let texts = [
            "0000000000001-0000", "1795227986241-000z", "1795227986241-00z0", "1795227986241-9zzz", "1795227986241-a000",
            "1795227986242-0000",
        ]
        let epochs = try texts.map { try #require(Epoch($0)) }
        #expect(epochs.map(\.text) == texts)
        #expect(epochs.reversed().sorted() == epochs)
        #expect(Set(epochs).count == texts.count)
        #expect(epochs.map { String(decoding: (try? $0.json()) ?? [], as: UTF8.self) } == texts.map { "\"\($0)\"" })
    }

    @Test(
        "What is no epoch is refused",
        arguments: [
            "", "1795227986241", "1795227986241-k3f", "1795227986241-k3f99", "1795227986241-K3F9", "179522798624a-k3f9",
            "1795227986241_k3f9", "1795227986241-k3é",
        ])
    func notEpoch(text: String) { #expect(Epoch(text) == nil) }
}
