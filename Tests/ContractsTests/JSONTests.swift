import Contracts
import FoundationEssentials
import Harness
import Testing

/// Any JSON value, read by whichever decoder is asked.
indirect enum Tree: Decodable, Equatable {
    case null, truth(Bool), number(Double), text(String), list([Tree]), object([String: Tree])

    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Key.self) {
            var object: [String: Tree] = [:]
            for key in members.allKeys {
                object[key.stringValue] = try members.decodeNil(forKey: key) ? .null : members.decode(Tree.self, forKey: key)
            }
            self = .object(object)
        } else if var elements = try? decoder.unkeyedContainer() {
            var list: [Tree] = []
            while !elements.isAtEnd { list.append(try elements.decodeNil() ? .null : elements.decode(Tree.self)) }
            self = .list(list)
        } else {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let truth = try? value.decode(Bool.self) {
                self = .truth(truth)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }
    }
}

@Suite("JSON from anybody")
struct JSONTests {
    /// RFC 8259 by examples, good and bad.
    static let texts = [
        "null", "true", "false", "0", "-0", "1", "-1", "1.5", "1e3", "1E+3", "1e-3", "0.1", "123456789012345678", "\"\"", "\"a\"",
        "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"é\"", "\"😀\"", "[]", "[ ]", "[1,2]", "[1 , 2]", "{}", "{ }", "{\"a\":1}",
        "{\"a\":{\"b\":[null,true]}}", " {\"a\" : 1 } \n",
        "{\"a\":null}", "[[[]]]", "\"\\u0000\"", "{\"\":1}", "{\"a b\":1}", "{\"\\u0061\":1}", "{\"\\/\":1}",
        "", " ", "nul", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x1", "NaN", "Infinity", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"",
        "\"\\u12g4\"", "\"\n\"",
        "\"\u{1}\"", "'a'", "[", "]", "[1", "[1,", "[,1]", "[1 2]", "[1]]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{a:1}", "{1:1}",
        "{\"a\" 1}", "{\"a\":1 \"b\":2}",
        "{,}", "null null", "{\"a\":1}}", "/* */1", "\u{FEFF}", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800a\"",
    ]

    @Test("Reads what the toolchain's decoder reads, as the same values, and refuses what it refuses", arguments: texts)
    func sameAsDecoder(text: String) {
        let bytes = Array(text.utf8)
        let theirs = try? JSONDecoder().decode(Tree.self, from: Data(bytes))
        let ours = try? bytes.decoded(as: Tree.self)
        #expect(ours == theirs)
    }

    @Test("A member is read the same whether its letters are escaped or not, and is refused the same")
    func shortWay() throws {
        func id(_ text: String) throws -> EventID { try JSONObject(Array("{\"id\":\"\(text)\"}".utf8)).value("id") }
        let plain = "01KAJY0000000000000000000G"
        #expect(try id("\\u0030" + plain.dropFirst()) == id(plain))
        for wrong in [String(plain.dropLast()), plain.lowercased(), plain + "0", "\\u0039" + plain.dropFirst()] {
            #expect(throws: DecodingError.self) { try id(wrong) }
        }
        let broken = Array("{\"place\":\"".utf8) + [0x67, 0xff] + Array("\"}".utf8)
        #expect(throws: JSONFault.self) { try JSONObject(broken).value("place") as PlaceID }
    }

    /// Where this house is stricter than the toolchain: nothing here is in a contract.
    @Test("Refuses trailing commas, numbers without bounds and texts that are not UTF-8")
    func stricter() {
        for text in ["[1,]", "{\"a\":1,}", "1e999", "-1e999"] {
            #expect(throws: (any Error).self) { try Array(text.utf8).decoded(as: Tree.self) }
        }
        for bytes: [UInt8] in [
            [34, 0xff, 34], [34, 0xc0, 0x80, 34], [34, 0xed, 0xa0, 0x80, 34], [34, 0xe3, 0x81, 34], [34, 0x5c, 0x6e, 0xff, 34],
        ] {
            #expect(throws: (any Error).self) { try bytes.decoded(as: String.self) }
        }
    }

    @Test("Nesting is bounded, so that a bomb is refused before it costs anything", arguments: ["[", "{\"a\":"])
    func bomb(open: String) {
        #expect(throws: (any Error).self) { try Array(String(repeating: open, count: 100_000).utf8).decoded(as: Tree.self) }
        let deep = String(repeating: "[", count: 17) + String(repeating: "]", count: 17)
        #expect(throws: (any Error).self) { try Array(deep.utf8).decoded(as: Tree.self) }
        let allowed = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        #expect(throws: Never.self) { try Array(allowed.utf8).decoded(as: Tree.self) }
    }

    struct Pair: Codable, Equatable {
        var a: Int64
        var b: UInt8?
    }

    @Test("Whole numbers have bounds and no fraction")
    func numbers() throws {
        #expect(try Array("{\"a\":9223372036854775807,\"b\":255}".utf8).decoded(as: Pair.self) == Pair(a: .max, b: 255))
        #expect(try Array("{\"a\":-9223372036854775808,\"b\":null}".utf8).decoded(as: Pair.self) == Pair(a: .min, b: nil))
        for wrong in [
            "{\"a\":9223372036854775808}", "{\"a\":1.5}", "{\"a\":1e3}", "{\"a\":\"1\"}", "{\"a\":1,\"b\":256}", "{\"a\":1,\"b\":-1}",
            "{\"b\":1}", "{\"a\":null}", "[1]", "1",
        ] {
            #expect(throws: (any Error).self) { try Array(wrong.utf8).decoded(as: Pair.self) }
        }
    }

    @Test("Of repeated names the last counts; an escaped name is the same name")
    func repeatedNames() throws {
        #expect(try Array("{\"a\":1,\"a\":2}".utf8).decoded(as: Pair.self).a == 2)
        #expect(try Array("{\"\\u0061\":3}".utf8).decoded(as: Pair.self).a == 3)
        #expect(try Array("{\"a\\/b\":4}".utf8).decoded(as: [String: Int].self) == ["a/b": 4])
    }

    @Test("What is written is read by the toolchain's decoder as the same text", arguments: 0..<20)
    func writing(seed: UInt64) throws {
        var chance = Seeded(seed)
        for _ in 0..<100 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<chance.below(12) {
                scalars.append(Unicode.Scalar(UInt32(chance.oneIn(3) ? chance.below(0x30) : chance.below(0xD7FF))) ?? "x")
                if chance.oneIn(5) { scalars.append(Unicode.Scalar(UInt32(0x10000 + chance.below(0xFFFFF))) ?? "y") }
            }
            let text = String(scalars)
            let bytes = try [text: [text]].json()
            #expect(try JSONDecoder().decode([String: [String]].self, from: Data(bytes)) == [text: [text]])
            #expect(try bytes.decoded(as: [String: [String]].self) == [text: [text]])
        }
    }

    @Test("Keys are written sorted, numbers as they are, and what JSON cannot say is refused")
    func sorted() throws {
        #expect(String(decoding: try ["b": 1, "a": 2, "c": 3].json(), as: UTF8.self) == "{\"a\":2,\"b\":1,\"c\":3}")
        #expect(String(decoding: try Position(lat: 38.1, lon: 140).json(), as: UTF8.self) == "{\"lat\":38.1,\"lon\":140}")
        #expect(throws: (any Error).self) { try [Double.nan].json() }
        #expect(throws: (any Error).self) { try [Double.infinity].json() }
    }
}
