import Contracts
import Glibc
import Post
import RealParts
import Seal
import Testing

@testable import Mail

@Suite("LINE, push services and webhooks over a real server", .serialized)
struct HTTPTests {
    let scratch: Scratch
    let server: Server
    static let secret = Array("a secret of thirty-two bytes, no".utf8)

    init() throws {
        scratch = try Scratch()
        server = try Server("https_server.py", [], tls: "--tls", in: scratch)
    }

    private func office(_ adjust: (inout PostSettings) -> Void = { _ in }) throws -> PostOffice {
        var settings = PostSettings(
            line: LineAccount(token: "line-t0ken", base: "https://localhost:\(server.port)"),
            push: PushSender(try VAPIDKey.generate(), subject: "mailto:office@town.example"), authority: scratch.file("ca.pem"))
        for path in ["signage", "answer-410", "answer-429", "answer-500", "answer-401", "hang", "reset", "redirect", "flood", "half"] {
            settings.webhooks[path] = WebhookReceiver(url: "https://localhost:\(server.port)/\(path)/x?y=1", secret: Self.secret)
        }
        settings.pushesAnywhere = true
        adjust(&settings)
        return try PostOffice(settings)
    }

    private func user(_ letter: String) -> String { "U\(letter)" + String(repeating: "0", count: 31) }

    @Test("LINE is asked as its reference says, and a repeat under the same key is no second message")
    func line() throws {
        let office = try office()
        let parcel = Parcel(key: "01JD8X5Z3Q4Y6W7V8T9SABCDEF", .line(LinePush(to: user("a"), text: "登校しました\n\"8:03\"", isSilent: true)))
        #expect(try office.carry([parcel]) == [Receipt(key: parcel.key, .accepted, code: 200)])
        #expect(try office.carry([parcel]) == [Receipt(key: parcel.key, .accepted, code: 409)])
        let calls = try server.log(HTTPLog.self)
        let call = try #require(calls.first)
        #expect(call.method == "POST" && call.path == "/v2/bot/message/push")
        #expect(call.headers["authorization"] == "Bearer line-t0ken")
        #expect(call.headers["content-type"] == "application/json")
        #expect(calls.map { $0.headers["x-line-retry-key"] } == [LinePush.retryKey(parcel.key), LinePush.retryKey(parcel.key)])
        #expect(
            text(call.body)
                == #"{"messages":[{"text":"登校しました\n\"8:03\"","type":"text"}],"notificationDisabled":true,"to":"\#(user("a"))"}"#)
        #expect(Set(calls.map(\.connection)).count == 1, "a connection is kept")
    }

    @Test(
        "LINE's answers, each for what it means",
        arguments: [
            ("b", Outcome.unreachable), ("c", .unreachable), ("d", .quota), ("e", .deferred(retryAfter: nil)),
            ("f", .deferred(retryAfter: nil)),
            ("0", .deferred(retryAfter: nil)), ("1", .refused), ("2", .deferred(retryAfter: nil)),
        ])
    func lineAnswers(letter: String, outcome: Outcome) throws {
        let receipt = try #require(try office().carry([Parcel(key: "K", .line(LinePush(to: user(letter), text: "x")))]).first)
        #expect(receipt.outcome == outcome)
        #expect(!receipt.detail.contains("t0ken"))
    }

    @Test("A browser written from the standards alone opens the message and knows the sender")
    func push() throws {
        let key = try VAPIDKey.generate()
        let office = try office { $0.push = PushSender(key, subject: "mailto:office@town.example") }
        struct Keys: Decodable { let p256dh, auth: String }
        let printed = try run("/usr/bin/python3", [script("browser.py"), "new", scratch.file("browser")], in: scratch)
        let keys = try Array(printed.utf8).decoded(as: Keys.self)
        let subscription = WebPushSubscription(
            endpoint: "https://localhost:\(server.port)/answer-201/wpush/v2/abc?x=1",
            keys: try WebPushKeys(p256dh: keys.p256dh, auth: keys.auth))
        let said = #"{"title":"登校しました"}"#
        let message = WebPushMessage(subscription, payload: Array(said.utf8), keepFor: .seconds(3600), urgency: .high, topic: "school-1")
        #expect(try office.carry([Parcel(key: "K", .push(message))]).first?.outcome == .accepted)
        let call = try #require(try server.log(HTTPLog.self).first)
        #expect(call.headers["ttl"] == "3600" && call.headers["urgency"] == "high" && call.headers["topic"] == "school-1")
        #expect(call.headers["content-encoding"] == "aes128gcm" && call.headers["content-type"] == "application/octet-stream")
        let opened = try run(

            "/usr/bin/python3",
            [
                "-W", "ignore", script("browser.py"), "open", scratch.file("browser"), call.body,
                call.headers["authorization"] ?? "",
            ], in: scratch)
        struct Claims: Decodable {
            let aud, sub, key: String
            let exp: Int
        }
        struct Opened: Decodable {
            let text: String
            let claims: Claims
        }
        let result = try Array(opened.utf8).decoded(as: Opened.self)
        #expect(result.text == said)
        #expect(result.claims.aud == "https://localhost:\(server.port)")
        #expect(result.claims.sub == "mailto:office@town.example" && result.claims.key == key.applicationServerKey)
        #expect((time(nil)...time(nil) + 24 * 3600).contains(result.claims.exp))
    }

    @Test(
        "Push services' answers, each for what it means",
        arguments: [
            (201, Outcome.accepted), (404, .unreachable), (410, .unreachable), (413, .refused), (429, .deferred(retryAfter: .seconds(7))),
            (503, .deferred(retryAfter: .seconds(7))), (500, .deferred(retryAfter: nil)), (403, .refused), (400, .refused),
        ])
    func pushAnswers(status: Int, outcome: Outcome) throws {
        let receipt = try #require(try office().carry([push("https://localhost:\(server.port)/answer-\(status)/secret-endpoint")]).first)
        #expect(receipt.outcome == outcome && receipt.code == status)
        #expect(!receipt.detail.contains("secret-endpoint"))
    }

    @Test("What a browser names as its push service leads to the open internet or nowhere")
    func guarded() throws {
        let office = try office { $0.pushesAnywhere = false }
        let here = "localhost:\(server.port)"
        for endpoint in [
            "https://\(here)/answer-201", "https://localhost/answer-201", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x",
            "http://push.example/x", "https://user@push.example/x", "file:///etc/passwd", "https://169.254.169.254/latest/meta-data", "",
            "https://push.example/\r\nX: y",
        ] {
            #expect(try office.carry([push(endpoint)]).first?.outcome == .refused, "\(endpoint)")
        }
        #expect(try server.log(HTTPLog.self).isEmpty)
    }

    @Test("A webhook is signed as Standard Webhooks says, and its id is the delivery's")
    func webhook() throws {
        let body = #"{"type":"notice","data":{"text":"避難所を開設しました"}}"#
        #expect(try office().carry([hook("signage", body, key: "K1")]).first?.outcome == .accepted)
        let call = try #require(try server.log(HTTPLog.self).first)
        let stamp = try #require(call.headers["webhook-timestamp"])
        #expect(abs(try #require(Int(stamp)) - time(nil)) < 60)
        #expect(call.headers["webhook-id"] == "K1" && call.path == "/signage/x?y=1" && text(call.body) == body)
        let printed = try run(

            "/usr/bin/python3",
            [
                "-c",
                "import base64,hashlib,hmac,sys; print(base64.b64encode(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), hashlib.sha256).digest()).decode())",
                String(decoding: Self.secret, as: UTF8.self), "K1.\(stamp).\(body)",
            ], in: scratch)
        #expect(call.headers["webhook-signature"] == "v1,\(printed.dropLast())")
    }

    @Test("Whatever a receiver does, the call ends, and says how far it came")
    func faults() throws {
        let office = try office { $0.callTimeout = .seconds(2) }
        let expected: [(String, Outcome, Int?)] = [
            ("answer-410", .unreachable, 410), ("answer-429", .deferred(retryAfter: .seconds(7)), 429),
            ("answer-500", .deferred(retryAfter: nil), 500),
            ("answer-401", .refused, 401), ("redirect", .refused, 307), ("hang", .unknown, nil), ("reset", .unknown, nil),
            ("flood", .accepted, 200),
            ("half", .accepted, 200), ("nobody", .refused, nil),
        ]
        let receipts = try office.carry(expected.map { hook($0.0, "{}", key: $0.0) })
        for (receipt, (name, outcome, code)) in zip(receipts, expected) {
            #expect(receipt.outcome == outcome && receipt.code == code, "\(name): \(receipt)")
        }
        #expect(try server.log(HTTPLog.self).allSatisfy { !$0.path.contains("elsewhere") }, "a redirection is not followed")
    }

    @Test("Nobody there, or somebody else: deferred, and nothing was said")
    func strangers() throws {
        let other = try Scratch()
        let stranger = try Server("https_server.py", [], tls: "--tls", in: other)
        let office = try office {
            $0.webhooks["stranger"] = WebhookReceiver(url: "https://localhost:\(stranger.port)/x", secret: Self.secret)
            $0.webhooks["nobody"] = WebhookReceiver(url: "https://localhost:1/x", secret: Self.secret)
        }
        let receipts = try office.carry([hook("stranger", "{}", key: "A"), hook("nobody", "{}", key: "B")])
        #expect(receipts.map(\.outcome) == [.deferred(retryAfter: nil), .deferred(retryAfter: nil)])
        #expect(receipts[0].detail.contains("certificate"))
        #expect(try stranger.log(HTTPLog.self).isEmpty)
    }

    @Test("Hundreds of calls go over a bounded number of connections, one slow receiver among them")
    func many() throws {
        let office = try office {
            $0.connections = 8
            $0.callTimeout = .seconds(10)
        }
        let receipts = try office.carry((0..<300).map { hook($0 == 7 ? "hang" : "signage", "{}", key: "K\($0)") })
        #expect(receipts.count { $0.outcome == .accepted } == 299)
        #expect(receipts[7].outcome == .unknown)
        #expect(Set(try server.log(HTTPLog.self).map(\.connection)).count <= 9)
    }

    @Test("A receiver that never answers keeps nobody else waiting, a mail server that never does neither")
    func lanes() throws {
        let mute = try Server("smtp_server.py", ["--fail", "rcpt=hang"], in: try Scratch())
        let office = try office {
            $0.callTimeout = .seconds(50)
            $0.room = 150
            $0.mail = try? MailRelay(host: "127.0.0.1", port: mute.port, encryption: .none)
        }
        for index in 0..<150 { office.hand(Parcel(key: "M\(index)", .mail(try makeLetter()))) }
        #expect(office.roomForMail == 0 && office.roomForCalls == 150)
        // More than there are connections.
        for index in 0..<70 { office.hand(hook("hang", "{}", key: "H\(index)")) }
        let receipts = try office.carry((0..<100).map { hook("signage", "{}", key: "K\($0)") }, room: \.roomForCalls)
        #expect(receipts.allSatisfy { $0.outcome == .accepted })
        #expect(office.inHand == 220, "and nobody's time had run out by then")
    }

    private func hook(_ receiver: String, _ body: String, key: String) -> Parcel {
        Parcel(key: key, .webhook(WebhookCall(receiver: receiver, body: Array(body.utf8))))
    }

    private func push(_ endpoint: String) throws -> Parcel {
        let keys = try WebPushKeys(
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            auth: "BTBZMqHH6r4Tts7J_aSIgg")
        return Parcel(
            key: "K", .push(WebPushMessage(WebPushSubscription(endpoint: endpoint, keys: keys), payload: [1], keepFor: .seconds(60))))
    }

    private func text(_ base64: String) -> String {
        let words = base64.replacing("+", with: "-").replacing("/", with: "_").prefix { $0 != "=" }
        return String(decoding: Base64URL.decode(Array(words.utf8)) ?? [], as: UTF8.self)
    }
}
