import Contracts
import Glibc
import Post
import RealParts
import Seal
import Testing

@testable import Mail

@Suite("Letters over a real mail server", .serialized)
struct SMTPTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func office(
        _ server: Server, _ encryption: MailRelay.Encryption = .none, user: String? = nil, password: String? = nil, trusting: Bool = true,
        change: (inout MailRelay) -> Void = { _ in }, settings adjust: (inout PostSettings) -> Void = { _ in }
    ) throws -> PostOffice {
        var relay = try MailRelay(host: "127.0.0.1", port: server.port, encryption: encryption, user: user, password: password)
        change(&relay)
        var settings = PostSettings(mail: relay, authority: encryption != .none && trusting ? scratch.file("ca.pem") : nil)
        adjust(&settings)
        return try PostOffice(settings)
    }

    private func parcel(_ key: String, to: String = "hanako@example.jp") throws -> Parcel {
        Parcel(key: key, .mail(try makeLetter(to: to)))
    }

    @Test(
        "Encrypted and logged in, many letters share few connections, and each arrives as it was written",
        arguments: ["--starttls", "--tls"])
    func carries(tls: String) throws {
        let server = try Server("smtp_server.py", ["--user", "kazasu", "s3cret-öß"], tls: tls, in: scratch)
        let office = try office(server, tls == "--tls" ? .implicit : .startTLS, user: "kazasu", password: "s3cret-öß") {
            $0.connections = 2
        }
        let parcels = try (0..<40).map { try parcel("K\($0)") }
        let receipts = try office.carry(parcels)
        #expect(receipts.allSatisfy { $0.outcome == .accepted && $0.code == 250 })
        let log = try server.log(SMTPLog.self)
        let letters = log.filter { $0.event == "letter" }
        #expect(letters.allSatisfy { $0.tls == true && $0.user == "kazasu" })
        #expect(Set(letters.compactMap(\.from)) == Set((0..<40).map { "bounce+K\($0)@town.example" }))
        #expect(letters.count == 40)
        #expect(log.count { $0.event == "connected" } == 2, "forty letters over two connections")
    }

    @Test("Python's email package reads what was meant, whatever stands in subject, name and text")
    func read() throws {
        let server = try Server("smtp_server.py", [], in: scratch)
        let office = try office(server)
        let long = String(repeating: "避難所の開設について👨‍👩‍👧‍👦葛󠄀城市", count: 12)
        let cases: [(subject: String, name: String, body: String)] = [
            ("登校のお知らせ", "長井市 見守り", "花子さんは 8:03 に校門を通りました。\n"), (long, long, long + "\n\n" + long + "\n"),
            ("Arrived at school", "Nagai City", "Hanako passed the gate.\n.\n..\n.hidden dot\nend\n"),
            ("=?UTF-8?B?44GC?= is no word", "A \"quoted\" \\ name, Inc.", "x\n"),
            (String(repeating: "word ", count: 60) + "end", "a@b <c>", "y\n"),
            ("é", "ｶﾅ", String(repeating: "長", count: 5000) + "\n"), ("", "", ""),
        ]
        let parcels = try cases.enumerated().map { index, one in
            Parcel(key: "K\(index)", .mail(try makeLetter(subject: one.subject, body: one.body, name: one.name)))
        }
        #expect(try office.carry(parcels).allSatisfy { $0.outcome == .accepted })
        let letters = try server.log(SMTPLog.self).filter { $0.event == "letter" }
        for (index, one) in cases.enumerated() {
            let letter = try #require(letters.first { $0.headers?["message-id"] == "<K\(index)@town.example>" })
            #expect(letter.subject == one.subject)
            #expect(letter.name == one.name)
            #expect(letter.text?.replacing("\r\n", with: "\n") == one.body)
            #expect(letter.defects == [])
            #expect(letter.headers?["date"] == "Sat, 21 Nov 2026 08:03:00 +0900")
            #expect(letter.headers?["auto-submitted"] == "auto-generated")
            #expect(letter.to == ["hanako@example.jp"])
        }
    }

    @Test(
        "What the server says decides what becomes of the letter, and the next one goes over the same connection",
        arguments: [
            ("rcpt=550 5.1.1 no such user", Outcome.unreachable, 550), ("rcpt=450 4.2.0 greylisted", .deferred(retryAfter: nil), 450),
            ("rcpt=550 5.7.1 not from you", .refused, 550), ("rcpt=550 unknown user", .unreachable, 550),
            ("rcpt=552 5.2.2 mailbox full", .refused, 552), ("data=554 5.7.1 looks like spam", .refused, 554),
            ("data=452 4.3.1 disk full", .deferred(retryAfter: nil), 452), ("data=550 5.1.1 no such user", .unreachable, 550),
            ("mail=550 5.1.8 bad sender", .refused, 550), ("mail=451 4.7.1 later", .deferred(retryAfter: nil), 451),
        ])
    func answers(fault: String, outcome: Outcome, code: Int) throws {
        let server = try Server("smtp_server.py", ["--fail", "\(fault):1"], in: scratch)
        let office = try office(server) { $0.connections = 1 }
        let receipts = try office.carry([try parcel("A"), try parcel("B")])
        #expect(receipts[0].outcome == outcome)
        #expect(receipts[0].code == code)
        #expect(!receipts[0].detail.contains("@"))
        #expect(receipts[1].outcome == .accepted)
        #expect(try server.log(SMTPLog.self).count { $0.event == "connected" } == 1)
    }

    @Test("A connection that breaks before the whole text was sent is one thing, after it another")
    func breaks() throws {
        var relayed: [String: Outcome] = [:]
        for fault in ["rcpt=close:1", "data=reset:1"] {
            let server = try Server("smtp_server.py", ["--fail", fault], in: scratch)
            let office = try office(server) { $0.connections = 1 }
            let receipts = try office.carry([try parcel("A"), try parcel("B")])
            relayed[fault] = receipts[0].outcome
            #expect(receipts[1].outcome == .accepted, "the next letter has a connection of its own")
        }
        #expect(relayed == ["rcpt=close:1": .deferred(retryAfter: nil), "data=reset:1": .unknown])
    }

    @Test("A server that falls silent costs its own letter the time it may take, and nobody else's")
    func hangs() throws {
        let server = try Server("smtp_server.py", ["--fail", "data=hang:1", "--only", "slow"], in: scratch)
        let office = try office(server) {
            $0.connections = 2
            $0.finalTimeout = .seconds(6)
        }
        let start = monotonic()
        office.hand(try parcel("slow", to: "slow@example.jp"))
        var soon: [Receipt] = []
        for index in 0..<10 { office.hand(try parcel("K\(index)")) }
        while soon.count < 10, monotonic() - start < 30_000 {
            var polled = pollfd(fd: office.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, 1000)
            soon += office.drain()
        }
        #expect(soon.allSatisfy { $0.outcome == .accepted } && soon.count == 10, "all of them while the slow one still had time")
        var last: [Receipt] = []
        while last.isEmpty, monotonic() - start < 30_000 {
            var polled = pollfd(fd: office.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, 5000)
            last += office.drain()
        }
        #expect(last == [Receipt(key: "slow", .unknown, detail: "SMTP: no answer in time")])
    }

    @Test("No server, no greeting, no TLS, a wrong certificate, a wrong password: deferred, and nothing has left in clear")
    func doors() throws {
        func refusal(_ office: PostOffice) throws -> String {
            let receipt = try #require(try office.carry([try parcel("A")]).first)
            #expect(receipt.outcome == .deferred(retryAfter: nil))
            #expect(!receipt.detail.contains("s3cret"))
            return receipt.detail
        }
        let plain = try Server("smtp_server.py", [], in: scratch)
        #expect(try refusal(office(plain, .startTLS, user: "kazasu", password: "s3cret", trusting: false)).contains("offers no TLS"))
        #expect(try plain.log(SMTPLog.self).allSatisfy { !["letter", "login"].contains($0.event) })
        let mute = try Server("smtp_server.py", ["--fail", "greeting=hang"], in: scratch)
        #expect(
            try refusal(
                office(mute) { _ in
                } settings: {
                    $0.connectTimeout = .seconds(1)
                }) == "SMTP: no answer in time")
        let busy = try Server("smtp_server.py", ["--fail", "greeting=554 5.3.2 not today"], in: scratch)
        #expect(try refusal(office(busy)).contains("554"))
        let other = try Server("smtp_server.py", ["--user", "kazasu", "s3cret"], tls: "--starttls", in: scratch)
        #expect(try refusal(office(other, .startTLS, user: "kazasu", password: "s3cret", trusting: false)).contains("certificate"))
        #expect(try refusal(office(other, .startTLS, user: "kazasu", password: "s3cret-wrong")).contains("password"))
        #expect(try other.log(SMTPLog.self).allSatisfy { $0.event != "letter" })
    }

    @Test("Nobody listens there: deferred at once, and carried when somebody does")
    func away() throws {
        var server: Server? = try Server("smtp_server.py", [], in: scratch)
        let port = try #require(server?.port)
        let office = try office(try #require(server))
        #expect(try office.carry([try parcel("A")]).first?.outcome == .accepted)
        server = nil
        let refused = try office.carry((0..<20).map { try parcel("B\($0)") })
        #expect(refused.allSatisfy { $0.outcome == .deferred(retryAfter: nil) })
        server = try Server("smtp_server.py", [], in: scratch, port: port)
        #expect(try office.carry([try parcel("C")]).first?.outcome == .accepted)
    }

    @Test("A letter over a connection that was closed meanwhile goes over another one, once")
    func stale() throws {
        var server: Server? = try Server("smtp_server.py", [], in: scratch)
        let port = try #require(server?.port)
        let office = try office(try #require(server)) { $0.connections = 1 }
        #expect(try office.carry([try parcel("A")]).first?.outcome == .accepted)
        // The end of the connection is not looked at before the next letter is handed over.
        server = nil
        server = try Server("smtp_server.py", [], in: scratch, port: port)
        #expect(try office.carry([try parcel("B")]).first?.outcome == .accepted)
        #expect(try server?.log(SMTPLog.self).count { $0.headers?["message-id"] == "<B@town.example>" } == 1)
    }

    @Test("After so many letters a connection is taken leave of, and the rest goes over new ones")
    func rotates() throws {
        let server = try Server("smtp_server.py", [], in: scratch)
        let office = try office(server) {
            $0.connections = 1
            $0.lettersEach = 5
        }
        #expect(try office.carry((0..<20).map { try parcel("K\($0)") }).allSatisfy { $0.outcome == .accepted })
        let log = try server.log(SMTPLog.self)
        #expect(log.count { $0.event == "connected" } >= 4)
        #expect(log.count { $0.event == "quit" } >= 3)
    }
}
