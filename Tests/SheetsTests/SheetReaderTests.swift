import Harness
import Sheets
import Testing

@Suite("Reading lists as towns' spreadsheets write them")
struct SheetReaderTests {
    static func rows(_ text: String) throws -> [[String]] {
        let reader = try SheetReader(Array(text.utf8))
        return try [reader.header] + reader.outcomes.map { try $0.get().cells }
    }

    @Test(
        "Rows and cells",
        arguments: [
            ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
            ("\u{FEFF}\"a\",b\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\n,\n1,", [["a", "b"], ["", ""], ["1", ""]]),
            ("\n\na,b\n\n1,2\n\n\r\n\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n\"1\",\"2\"\n", [["a", "b"], ["1", "2"]]),
            ("a,b\n\"1,5\",\"x\r\ny\nz\"\n3,4", [["a", "b"], ["1,5", "x\r\ny\nz"], ["3", "4"]]),
            ("a,b\n\"a\"\"b\",\"\"\"\"\n", [["a", "b"], ["a\"b", "\""]]),
            ("a,b\n\"\"\"a\"\"\"\"b\"\"\",=1+1\n", [["a", "b"], ["\"a\"\"b\"", "=1+1"]]),
            ("a,b\n5\" pipe,x\"y\"\n", [["a", "b"], ["5\" pipe", "x\"y\""]]),
            ("a,b\n \"1\", 2 \n", [["a", "b"], [" \"1\"", " 2 "]]),
            ("a\tb\n1,5\t\"2\t3\"\n", [["a", "b"], ["1,5", "2\t3"]]),
            ("\"a\tx\",b\n1\t,2\n", [["a\tx", "b"], ["1\t", "2"]]),
            ("a\nx\n\"\"\n1", [["a"], ["x"], [""], ["1"]]),
            ("氏名,住所\n葛\u{E0100}城,辻󠄁\u{E000}\u{F8FF}𠮷が\n", [["氏名", "住所"], ["葛\u{E0100}城", "辻󠄁\u{E000}\u{F8FF}𠮷が"]]),
        ])
    func cells(text: String, expected: [[String]]) throws {
        let rows = try Self.rows(text)
        // Scalar by scalar: two texts that look alike are equal to Swift.
        #expect(rows.map { $0.map { Array($0.unicodeScalars) } } == expected.map { $0.map { Array($0.unicodeScalars) } })
    }

    @Test("Each row knows the line it begins on, whatever ends the lines")
    func lines() throws {
        for end in ["\n", "\r", "\r\n"] {
            let text = ["a,b", "1,\"x", "y", "z\"", "", "2,w", "\"\(end)\",3", "4,5"].joined(separator: end)
            #expect(try SheetReader(Array(text.utf8)).outcomes.map { try $0.get().line } == [2, 6, 7, 9])
        }
    }

    // 氏名,表示 / ソ,十ポ: the second bytes of 表, ソ, 十 and ポ are \ and | in ASCII.
    static let windows: [UInt8] = [
        0x8E, 0x81, 0x96, 0xBC, 0x2C, 0x95, 0x5C, 0x8E, 0xA6, 0x0D, 0x0A, 0x83, 0x5C, 0x2C, 0x8F, 0x5C, 0x83, 0x7C, 0x0D, 0x0A,
    ]

    @Test("What is not UTF-8 is read as CP932")
    func detected() throws {
        for told in [nil, SheetEncoding.cp932] {
            let reader = try SheetReader(Self.windows, encoding: told)
            #expect(reader.encoding == .cp932)
            #expect(reader.header == ["氏名", "表示"])
            #expect(try reader.outcomes.map { try $0.get().cells } == [["ソ", "十ポ"]])
        }
        #expect(try SheetReader(Array("氏名\n".utf8)).encoding == .utf8)
        #expect(try SheetReader(Array("name\n".utf8)).encoding == .utf8)
        #expect(try SheetReader([0xEF, 0xBB, 0xBF, 0x61, 0x0A, 0x80]).encoding == .utf8)
    }

    @Test("Half-width kana, the extensions of NEC and IBM, and a town's own characters in CP932")
    func extensions() throws {
        // ｱﾞ ① 髙 﨑 and the first user-defined character.
        let reader = try SheetReader([0x61, 0x0A, 0xB1, 0xDE, 0x87, 0x40, 0xFB, 0xFC, 0xED, 0x95, 0xF0, 0x40])
        #expect(try reader.outcomes.map { try $0.get().cells } == [["ｱﾞ①髙﨑\u{E000}"]])
    }

    @Test(
        "A clerk is told what is wrong and where",
        arguments: [
            ("a,b\n1\n", "line 2: 1 cell, and the header has 2"),
            ("a,b\n1,2\n\"x\ny\",2,3\n", "line 3: 3 cells, and the header has 2"),
            ("a,b,c\n1,\"x\ny,2,3\n4,5\n", "line 2, column 2: the quotation mark that opens this cell is never closed"),
            ("a,b\n1,\"x\" y\n", "line 2, column 2: text goes on after the quotation mark that closes this cell. Double"),
            ("a,b\n\"1,2\n\"x,2\n", "line 2, column 1: text goes on after the quotation mark that closes this cell on line 3."),
            ("a,b\n\"1\n2\",3,\"x\ny\",\"z\"\n", "line 2: 4 cells, and the header has 2. The row goes on to line 4"),
            ("a,b\n1,\"x\n\0\"\n", "line 3, column 2: 0x00 in \"b\" is no character of UTF-8"),
        ])
    func faults(text: String, expected: String) throws {
        let outcomes = try SheetReader(Array(text.utf8)).outcomes
        #expect(outcomes.compactMap(\.fault).first?.description.hasPrefix(expected) == true, "\(outcomes)")
    }

    @Test("Bytes that are no characters are named with line, column and heading")
    func impossible() throws {
        var sentences = try SheetReader(Self.windows + Array("a,\"\r\n".utf8) + [0x82, 0xA0, 0x80, 0x22]).outcomes.compactMap(
            \.fault?.description)
        #expect(
            sentences.first?.hasPrefix("line 4, column 2: 0x80 in \"表示\" is no character of CP932 (Shift_JIS).") == true, "\(sentences)")
        for bytes: [UInt8] in [[0x80], [0xA0], [0xFD], [0xFF], [0x81], [0x81, 0x39], [0x85, 0x9F], [0xEF, 0xFC]] {
            let reader = try SheetReader([0x61, 0x0A] + bytes + [0x0A], encoding: .cp932)
            #expect(reader.outcomes.compactMap(\.fault?.line) == [2], "\(bytes)")
        }
        sentences = try SheetReader([0x61, 0x0A, 0x62, 0x0A, 0x78, 0xE3, 0x81], encoding: .utf8).outcomes.compactMap(\.fault?.description)
        #expect(sentences.first?.hasPrefix("line 3, column 1: 0xE3 0x81 in \"a\" is no character of UTF-8.") == true, "\(sentences)")
    }

    @Test("A bad row hides no good one")
    func goesOn() throws {
        let reader = try SheetReader(
            [0x61, 0x2C, 0x62, 0x0A] + Array("1,2\n3\n\"4\"x,5\n6,7\n".utf8) + [0xFF, 0x2C, 0x38, 0x0A] + Array("9,10".utf8),
            encoding: .utf8)
        #expect(reader.outcomes.map { (try? $0.get().cells) ?? [] } == [["1", "2"], [], [], ["6", "7"], [], ["9", "10"]])
        #expect(reader.outcomes.compactMap(\.fault?.line) == [3, 4, 6])
    }

    @Test(
        "What is no list at all is refused with a sentence",
        arguments: [
            ([], "the file is empty"), (Array("\r\n\n".utf8), "the file is empty"), ([0xEF, 0xBB, 0xBF], "the file is empty"),
            (Array("PK\u{3}\u{4}xl".utf8), "the file is a spreadsheet's own workbook"),
            ([0xD0, 0xCF, 0x11, 0xE0], "the file is a spreadsheet's own workbook"),
            ([0xFF, 0xFE, 0x61, 0x00], "the file is \"Unicode text\""), ([0xFE, 0xFF, 0x00, 0x61], "the file is \"Unicode text\""),
            (Array("a,\"b\n1,2".utf8), "line 1, column 2: the quotation mark"),
            ([0x61, 0x2C, 0x80], "line 1, column 2: 0x80 is no character of CP932"),
            (Array("a\0".utf8), "line 1, column 1: 0x00 is no character"),
            (Array(repeating: UInt8(ascii: ","), count: 16_384), "line 1: 16385 columns"),
        ] as [([UInt8], String)])
    func refused(bytes: [UInt8], sentence: String) {
        let error = #expect(throws: SheetError.self) { try SheetReader(bytes) }
        #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
    }

    @Test("A row of a million cells is counted, not kept")
    func wide() throws {
        let outcomes = try SheetReader(Array("a,b\n\(String(repeating: ",", count: 999_999))\n1,2\n".utf8)).outcomes
        #expect(outcomes.first?.fault?.description == "line 2: 1000000 cells, and the header has 2")
        #expect(try outcomes.last?.get().cells == ["1", "2"])
    }

    @Test("No sentence drives a terminal")
    func harmless() throws {
        let outcomes = try SheetReader(Array("\u{1B}[2Ja\u{202E}\n\0\n".utf8)).outcomes
        #expect(outcomes.first?.fault?.description.contains("\u{FFFD}[2Ja\u{FFFD}") == true)
    }

    @Test("Nothing but rows and sentences comes of garbage", arguments: 0..<200)
    func garbage(seed: UInt64) {
        var chance = Seeded(seed)
        let likely = Array("\",\"\n\r\t\"\"a\0=".utf8) + [0x81, 0x80, 0xE3, 0x82, 0xEF, 0xBB, 0xBF]
        let bytes = (0..<chance.below(400)).map { _ in chance.oneIn(3) ? UInt8(chance.below(256)) : likely[chance.below(likely.count)] }
        for told in [nil] + SheetEncoding.allCases.map(Optional.some) {
            guard let reader = try? SheetReader(bytes, encoding: told) else { continue }
            let outcomes = reader.outcomes
            let lines = outcomes.compactMap { try? $0.get().line }
            #expect(lines == lines.sorted() && Set(lines).count == lines.count)
            #expect(outcomes.allSatisfy { ((try? $0.get().cells.count) ?? reader.header.count) == reader.header.count })
            #expect(outcomes.allSatisfy { $0.fault.map { $0.line != nil && !$0.text.isEmpty } ?? true })
        }
    }

    @Test("50,000 rows of 20 columns add up", arguments: SheetEncoding.allCases)
    func large(encoding: SheetEncoding) throws {
        let town: [UInt8] = encoding == .utf8 ? Array("長井市".utf8) : [0x92, 0xB7, 0x88, 0xE4, 0x8E, 0x73]
        var bytes: [UInt8] = []
        for row in -1..<50_000 {
            bytes += town
            for column in 1..<20 { bytes += ",\(row * column)".utf8 }
            bytes += [0x0D, 0x0A]
        }
        var reader = try SheetReader(bytes)
        var (rows, sum, names) = (0, 0, 0)
        while let row = try reader.next()?.get() {
            rows += 1
            sum += row.cells.lazy.compactMap { Int($0) }.reduce(0, +)
            names += row.cells[0] == "長井市" ? 1 : 0
        }
        #expect(reader.encoding == encoding)
        #expect(rows == 50_000 && names == 50_000)
        #expect(sum == 190 * 50_000 * 49_999 / 2)
    }
}

extension SheetReader {
    /// Every row that is left, good or bad.
    var outcomes: [Result<SheetRow, SheetError>] {
        var copy = self
        var outcomes: [Result<SheetRow, SheetError>] = []
        while let outcome = copy.next() { outcomes.append(outcome) }
        return outcomes
    }
}

extension Result {
    var fault: Failure? { if case .failure(let fault) = self { fault } else { nil } }
}
