import Harness
import Sheets
import Testing

@Suite("Writing lists for towns' spreadsheets")
struct SheetWriterTests {
    static func text(_ rows: [[String]]) throws -> String {
        let bytes = try writeSheet(header: ["a", "b"], rows: rows, as: .utf8)
        return try #require(String(validating: bytes.dropFirst(3), as: UTF8.self))
    }

    @Test("UTF-8 has a byte order mark, CP932 has none, and lines end with CR LF")
    func form() throws {
        #expect(try writeSheet(header: ["氏名"], rows: [], as: .utf8) == [0xEF, 0xBB, 0xBF] + Array("氏名\r\n".utf8))
        #expect(try writeSheet(header: ["氏名"], rows: [["ソ"]], as: .cp932) == [0x8E, 0x81, 0x96, 0xBC, 0x0D, 0x0A, 0x83, 0x5C, 0x0D, 0x0A])
    }

    @Test(
        "Quotation marks stand where they are needed",
        arguments: [
            ("x", "x"), ("", ""), ("x,y", "\"x,y\""), ("x\"y", "\"x\"\"y\""), ("x\ny", "\"x\ny\""), ("x;=1", "\"x;=1\""), (" x", "\" x\""),
            ("x ", "\"x \""), ("x y", "x y"), ("x\ty", "\"x\ty\""), ("葛\u{E0100}", "葛\u{E0100}"),
        ])
    func quotes(cell: String, written: String) throws { #expect(try Self.text([[cell, "2"]]) == "a,b\r\n\(written),2\r\n") }

    @Test(
        "A cell that would run as a formula becomes text, a number stays one",
        arguments: [
            ("=1+1", "'=1+1"), ("+81", "'+81"), ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"), ("-", "'-"),
            ("\t=1", "\"'\t=1\""), ("\r=1", "\"'\r=1\""), ("\n=1", "\"'\n=1\""), ("＝1", "'＝1"), ("＠", "'＠"), ("　=1", "'　=1"),
            (" =1", "' =1"),
            ("-1", "-1"), ("-0.5", "-0.5"), ("-1.", "'-1."), ("-.5", "'-.5"), ("-1.2.3", "'-1.2.3"), ("-１", "'-１"), ("12", "12"),
            ("1+1", "1+1"), ("ー", "ー"),
        ])
    func formulas(cell: String, written: String) throws { #expect(try Self.text([[cell, "2"]]) == "a,b\r\n\(written),2\r\n") }

    @Test("A lone empty cell is a row and not an empty line")
    func lone() throws {
        let bytes = try writeSheet(header: ["a"], rows: [[""], ["x"]], as: .utf8)
        #expect(try SheetReader(bytes).outcomes.map { try $0.get().cells } == [[""], ["x"]])
    }

    @Test("What CP932 does not have is an error with its place, or 〓 and counted")
    func missing() throws {
        let rows = [["一\n二", "三"], ["四", "𠮷野"]]
        let error = #expect(throws: SheetError.self) { try writeSheet(header: ["a", "氏名"], rows: rows, as: .cp932) }
        #expect(error?.description == "line 4, column 2: CP932 has no \"𠮷\" (U+20BB7), which stands in \"氏名\". Write UTF-8.")

        var writer = try SheetWriter(header: ["a", "氏名"], as: .cp932, replacesMissing: true)
        for row in rows + [["葛\u{E0100}", "é"]] { try writer.append(row) }
        #expect(writer.replaced == 3)
        #expect(try SheetReader(writer.bytes).outcomes.map { try $0.get().cells } == [["一\n二", "三"], ["四", "〓野"], ["葛", "〓"]])
    }

    @Test("A row that cannot be written leaves the list as it was")
    func whole() throws {
        var writer = try SheetWriter(header: ["a", "b"], as: .cp932)
        let before = writer.bytes
        for row in [["1", "𠮷"], ["1", "\0"], ["1"], ["1", "2", "3"]] {
            #expect(throws: SheetError.self) { try writer.append(row) }
            #expect(writer.bytes == before && writer.replaced == 0)
        }
    }

    @Test("What is written is read again as the same", arguments: 0..<50, SheetEncoding.allCases)
    func roundTrip(seed: UInt64, encoding: SheetEncoding) throws {
        var chance = Seeded(seed)
        let pieces = ["\"", ",", "\r\n", "\n", "\r", "\t", " ", "x", "=", "-", "5", "長井", "ソ表", "ｱﾞ", "\u{E000}", ";", "～", "髙"]
        let rows = (0..<20).map { _ in (0..<3).map { _ in (0..<chance.below(6)).map { _ in pieces[chance.below(pieces.count)] }.joined() } }
        let read = try SheetReader(writeSheet(header: ["一", "二", "三"], rows: rows, as: encoding), encoding: encoding).outcomes.map {
            try $0.get().cells
        }
        #expect(read.count == rows.count)
        for (cell, original) in zip(read.joined(), rows.joined()) {
            #expect(
                Array(cell.unicodeScalars) == Array(original.unicodeScalars)
                    || cell.unicodeScalars.elementsEqual("'\(original)".unicodeScalars))
        }
    }
}
