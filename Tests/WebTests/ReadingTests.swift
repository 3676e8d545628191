import Testing

@testable import HTTP
@testable import Web

@Suite("What clients write")
struct ReadingTests {
    @Test(
        "A path is decoded once",
        arguments: [
            ("/", "/"), ("/a/b", "/a/b"), ("/a/", "/a/"), ("/%E3%81%8B", "/か"), ("/a%2541", "/a%41"), ("/a+b", "/a+b"), ("/a?b/../c", "/a"),
            ("/...", "/..."), ("/a?", "/a"),
        ])
    func paths(text: String, path: String) {
        #expect(target(Array(text.utf8))?.path == path)
    }

    @Test(
        "A path that could mean two things is refused",
        arguments: [
            "", "a", "*", "?a", "http://x/", "//", "//a", "/a//b", "/.", "/..", "/../a", "/a/./b", "/a/..", "/%2e%2e/a", "/a%2fb", "/%2F",
            "/a%00",
            "/a%0d%0aSet-Cookie:b", "/%", "/%4", "/%zz", "/%c0%ae%c0%ae/", "/%ff", "/%ed%a0%80", "/a%7f",
        ])
    func refused(text: String) {
        #expect(target(Array(text.utf8)) == nil)
    }

    @Test(
        "Pairs of a form or a query are decoded, and one that cannot be read is left out",
        arguments: [
            ("a=1&b=2", ["a=1", "b=2"]), ("a=1&a=2", ["a=1", "a=2"]), ("a+b=c%2Bd", ["a b=c+d"]), ("a", ["a="]), ("a==b", ["a==b"]),
            ("=b", ["=b"]), ("&&a=1&", ["a=1"]), ("a=%&b=1", ["b=1"]), ("a=%4&b=1", ["b=1"]), ("a=%g0&b=1", ["b=1"]), ("%=1&b=1", ["b=1"]),
            ("a=%00&b=1", ["b=1"]), ("a=%ff&b=1", ["b=1"]), ("a=%c0%80&b=1", ["b=1"]), ("a=%e3%81%8b", ["a=か"]), ("a=%250a", ["a=%0a"]),
            ("", []),
        ])
    func pairs(text: String, expected: [String]) {
        #expect(formPairs(Array(text.utf8)[...]).map { "\($0)=\($1)" } == expected)
        #expect(Request(path: "/", body: Array(text.utf8)).form["b"] == formPairs(Array(text.utf8)[...]).first { $0.0 == "b" }?.1)
    }

    @Test(
        "A body is a form only if it says nothing else",
        arguments: [
            (nil, true), ("application/x-www-form-urlencoded", true), ("Application/X-WWW-Form-Urlencoded ; charset=UTF-8", true),
            ("text/plain", false), ("multipart/form-data; boundary=a", false), ("application/json", false), ("", false),
        ] as [(String?, Bool)])
    func types(type: String?, isForm: Bool) {
        let request = Request(method: "POST", path: "/", headers: type.map { ["content-type": $0] } ?? [:], body: Array("a=1".utf8))
        #expect(request.form == (isForm ? ["a": "1"] : [:]))
    }

    @Test(
        "Cookies are pairs, the first of each name",
        arguments: [
            ("a=1", ["a": "1"]), ("a=1; b=2", ["a": "1", "b": "2"]), ("a=1;b=2; a=3", ["a": "1", "b": "2"]), ("a=b=c", ["a": "b=c"]),
            ("a", [:]), ("=a", [:]), ("; ;a=", ["a": ""]), (" \ta = 1 \t", ["a": "1"]), ("a=\"1\"", ["a": "\"1\""]),
            ("a=%41", ["a": "%41"]), ("", [:]),
        ])
    func cookies(header: String, expected: [String: String]) {
        #expect(Request(path: "/", headers: ["cookie": header]).cookies == expected)
    }

    @Test(
        "Who asks is the peer, or whom a proxy on this machine wrote down last",
        arguments: [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"), ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "10.0.0.1, 198.51.100.1", "198.51.100.1"), ("::1", "10.0.0.1,2001:db8::1", "2001:db8::1"),
            ("127.0.0.1", nil, "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1, unknown", "127.0.0.1"), ("127.0.0.1", "", "127.0.0.1"), ("127.0.0.1", "<script>", "127.0.0.1"),
        ] as [(String, String?, String)])
    func clients(peer: String, forwarded: String?, expected: String) {
        #expect(client(peer: peer, forwarded: forwarded) == expected)
    }

    @Test("Whatever bytes come, what is read of them is text without NUL, and a path has no way up", arguments: 0..<20 as Range<UInt64>)
    func anything(seed: UInt64) {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
        let pieces = ["%", "2", "e", "f", ".", "/", "&", "=", "+", ";", " ", "?", "%2e", "%2f", "%00", "%e3%81", "か"].map { Array($0.utf8) }
        for _ in 0..<500 {
            var bytes = Array("/".utf8)
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let draw = Int(state >> 33)
                bytes += draw % 8 == 0 ? [UInt8(truncatingIfNeeded: draw >> 8)] : pieces[draw % pieces.count]
            }
            let pairs = formPairs(bytes[...])
            #expect(pairs.allSatisfy { !$0.0.utf8.contains(0) && !$0.1.utf8.contains(0) })
            guard let path = target(bytes)?.path else { continue }
            let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            #expect(!segments.contains("..") && !segments.contains(".") && !segments.dropLast().contains("") && !path.utf8.contains(0))
        }
    }
}
