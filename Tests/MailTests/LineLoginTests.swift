import Contracts
import Post
import RealParts
import Seal
import Testing

@testable import Mail

@Suite("Whom LINE names for a code, over a real server", .serialized)
struct LineLoginTests {
    private static let user = "U4af4980629f8a1b2c3d4e5f60718293a"
    private static let secret = "0123456789abcdef0123456789abcdef"
    let scratch: Scratch
    let server: Server

    init() throws {
        scratch = try Scratch()
        server = try Server("https_server.py", [], tls: "--tls", in: scratch)
    }

    private func ask(_ code: String, nonce: String = "n0nce", channel: String = "1234567890", port: Int? = nil) throws -> Receipt {
        let login = try #require(
            LineLoginChannel(id: channel, secret: Self.secret, base: "https://localhost:\(port ?? server.port)"))
        let office = try PostOffice(PostSettings(lineLogin: login, authority: scratch.file("ca.pem")))
        let back = "https://kazasu.nagai.example/family/line/back"
        return try #require(try office.carry([Parcel(key: "K", .lineLogin(LineLogin(code: code, nonce: nonce, redirect: back)))]).first)
    }

    @Test("Of many answers one is believed, and no receipt tells code, token or secret")
    func answers() throws {
        var expected = Receipt(key: "K", .accepted, code: 200)
        expected.user = Self.user
        #expect(try ask("good.n0nce") == expected)
        for (code, detail) in [
            ("secret.n0nce", "not signed by this channel's secret"), ("unsigned.n0nce", "another way"), ("issuer.n0nce", "not LINE's"),
            ("channel.n0nce", "another channel"), ("expired.n0nce", "is over"), ("nonce.n0nce", "another sign-in"),
            ("good.other", "another sign-in"), ("group.n0nce", "names nobody"), ("bare.n0nce", "no ID token"),
            ("used.n0nce", "HTTP 400 invalid_grant"),
        ] {
            let receipt = try ask(code)
            #expect(receipt.outcome == .refused && receipt.user == nil && receipt.detail.contains(detail), "\(code): \(receipt)")
            #expect(!receipt.detail.contains("n0nce") && !receipt.detail.contains(Self.secret) && !receipt.detail.contains("eyJ"))
        }
        #expect(try ask("good.n0nce", channel: "1234567891").detail == "HTTP 400 invalid_request")
        #expect(try ask("good.n0nce", port: 1).user == nil, "nobody is there")
    }

    @Test("What is written down nowhere: a channel shows its id, and a code shows nothing")
    func shown() throws {
        let channel = try #require(LineLoginChannel(id: "1234567890", secret: Self.secret))
        #expect(
            !String(reflecting: channel).contains(Self.secret) && !"\(LineLogin(code: "c0de", nonce: "n", redirect: "r"))".contains("c0de"))
        #expect(LineLoginChannel(id: "1234567890", secret: "") == nil && LineLoginChannel(id: "1", secret: "a\r\nb") == nil)
        #expect(LineLoginChannel(id: "1", secret: "a", base: "http://line.example") == nil)
        let office = try PostOffice(PostSettings())
        #expect(
            try office.carry([Parcel(key: "K", .lineLogin(LineLogin(code: "c", nonce: "n", redirect: "r")))]).first?.outcome == .refused)
    }
}
