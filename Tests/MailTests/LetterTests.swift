import Contracts
import Post
import Testing

@testable import Mail

@Suite("Letters and bounces as bytes")
struct LetterTests {
    private func lines(_ letter: MailLetter) -> [Substring] {
        String(decoding: letter.bytes(key: "K1"), as: UTF8.self).split(omittingEmptySubsequences: false) { $0 == "\r\n" }
    }

    @Test("What somebody writes into a subject or a name begins no header of its own")
    func injection() throws {
        for evil in [
            "x\r\nBcc: all@example.jp", "x\nBcc: all@example.jp", "x\u{85}Bcc: a", "x\u{2028}Bcc: a", "長\r\n\r\nBcc: b", "\0Bcc: x\u{7f}",
        ] {
            let letter = try makeLetter(subject: evil, name: evil, unsubscribe: "https://town.example/\(evil)")
            let head = lines(letter).prefix { !$0.isEmpty }
            #expect(!head.contains { $0.lowercased().hasPrefix("bcc") }, "\(evil.debugDescription)")
            #expect(head.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { (0x20...0x7e).contains($0) } })
        }
    }

    @Test("No line is longer than 78 characters, nothing but ASCII goes over the wire, each line ends in CRLF, whatever the text")
    func bounds() throws {
        for text in [String(repeating: "長", count: 3000), String(repeating: "x", count: 3000), "a\nb\rc\r\nd\n", "", "é", "\n\n\n"] {
            let bytes = try makeLetter(subject: text, body: text, name: text).bytes(key: "K1")
            #expect(bytes.allSatisfy { $0 < 0x80 })
            #expect(
                bytes.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast().allSatisfy { $0.last == 0x0d && $0.count <= 79 })
            #expect(
                !bytes.enumerated().contains { index, byte in byte == 0x0d && bytes.indices.contains(index + 1) && bytes[index + 1] != 0x0a
                })
            #expect(bytes.suffix(2) == [0x0d, 0x0a])
        }
    }

    @Test("The same letter under the same key is the same bytes; the way to have it stopped stands where mail programs look")
    func stable() throws {
        let letter = try makeLetter(unsubscribe: "https://town.example/stop/abc")
        #expect(letter.bytes(key: "K1") == letter.bytes(key: "K1"))
        let head = lines(letter)
        #expect(head.contains("Message-ID: <K1@town.example>"))
        #expect(head.contains(" <https://town.example/stop/abc>"))
        #expect(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"))
        #expect(letter.sender(key: "K1").text == "bounce+K1@town.example")
    }

    @Test("Moments of every offset and both sides of midnight have the right day of the week")
    func dates() throws {
        let cases: [(Int64, Int, String)] = [
            (0, 540, "Thu, 1 Jan 1970 09:00:00 +0900"), (-1000, 0, "Wed, 31 Dec 1969 23:59:59 +0000"),
            (1_795_215_780_000, -480, "Fri, 20 Nov 2026 15:03:00 -0800"), (951_782_400_000, 540, "Tue, 29 Feb 2000 09:00:00 +0900"),
        ]
        for (milliseconds, minutes, text) in cases {
            var letter = try makeLetter()
            letter.date = Instant(milliseconds: milliseconds)
            letter.offset = try #require(UTCOffset(minutes: minutes))
            #expect(lines(letter).first == "Date: \(text)")
        }
    }

    @Test("Addresses as people have them, those Japanese telephone companies once gave out among them")
    func addresses() throws {
        #expect(try MailAddress("Taro.Yamada+school@Example.JP").text == "Taro.Yamada+school@example.jp")
        #expect(try MailAddress("taro..y.@docomo.example").text == "\"taro..y.\"@docomo.example")
        let wrong: [(String, MailAddressError)] = [
            ("taro", .noAt), ("@example.jp", .wrongLength), ("太郎@example.jp", .foreignLetters(in: "in front of the @")),
            ("taro@例え.jp", .foreignLetters(in: "behind the @")), ("ta ro@example.jp", .wrongLetter), ("taro@exa mple.jp", .wrongDomain),
            ("taro@example..jp", .wrongDomain), ("a\r\nRCPT TO:<b@c.jp>@example.jp", .wrongLetter), ("taro@-x.jp", .wrongDomain),
            ("\(String(repeating: "x", count: 65))@example.jp", .wrongLength), ("a<b>@example.jp", .wrongLetter), ("taro@", .wrongDomain),
        ]
        for (text, error) in wrong { #expect(throws: error, "\(text)") { try MailAddress(text) } }
    }

    @Test("A lost line, a refused one, a quota: what is kept of it names no address and fits a line")
    func details() {
        let receipt = Receipt(
            key: "K", .refused,
            detail:
                "SMTP 550 5.1.1 <hanako@example.jp>: user\r\nunknown https://push.example/secret \(String(repeating: "y", count: 90)) \(String(repeating: "z ", count: 300))"
        )
        #expect(receipt.detail.hasPrefix("SMTP 550 5.1.1 … user unknown … … z z"))
        #expect(receipt.detail.count <= 200)
    }

    @Test("The same delivery asks LINE under the same key: a UUID of version 8")
    func retryKey() {
        let key = LinePush.retryKey("K1")
        #expect(key == LinePush.retryKey("K1") && key != LinePush.retryKey("K2"))
        #expect(key.utf8.count == 36 && key.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(key.dropFirst(14).first == "8" && ["8", "9", "a", "b"].contains(key.dropFirst(19).first))
    }

    @Test("A text too long for LINE is cut between characters, and says so")
    func cut() throws {
        struct Sent: Decodable {
            let messages: [Text]
            struct Text: Decodable { let text: String }
        }
        let account = try #require(LineAccount(token: "t"))
        let call = LinePush(to: "U1", text: String(repeating: "👨‍👩‍👧‍👦", count: 1000)).call(key: "K", account: account)
        let text = try #require(try call.body.decoded(as: Sent.self).messages.first?.text)
        #expect(text.utf16.count <= 5000 && text.hasSuffix("👨‍👩‍👧‍👦…"))
    }
}
