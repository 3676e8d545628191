import Contracts
import Glibc
import Portal
import Testing

@Suite("The library's bar code")
struct BarcodeTests {
    @Test(
        "A check digit is worked out as the library's own system does",
        arguments: [
            ("A37859B", Barcode.Symbology.codabar, Barcode.Check.modulus16, "A37859+B"),
            // 16 + 1 + 2 + 3 + 10 + 16 = 48, a multiple of 16: nothing is missing, and that is 0, not the letter of 16.
            ("A123-A", .codabar, .modulus16, "A123-0A"), ("1234567", .codabar, .modulus16, "A12345674A"),
            // 4321 = 617 · 7 + 2
            ("4321", .codabar, .sevenDR, "A43212A"), ("B4321B", .codabar, .sevenDR, "B43212B"),
            ("98765432109876543210", .codabar, .sevenDR, "A987654321098765432103A"),
            // 1 + 2 + 3 = 6; and C O D E - 3 9: 12 + 24 + 13 + 14 + 36 + 3 + 9 = 111 = 2 · 43 + 25, P; 39 + 42 + 40 = 2 · 43 + 35, Z
            ("123", .code39, .modulus43, "1236"), ("CODE-39", .code39, .modulus43, "CODE-39P"), ("$%/", .code39, .modulus43, "$%/Z"),
            ("12", .codabar, .none, "A12A"), ("c12d", .codabar, .none, "C12D"), ("A 1", .code39, .none, "A 1"),
        ])
    func checks(number: String, symbology: Barcode.Symbology, check: Barcode.Check, text: String) throws {
        #expect(try Barcode(number, as: symbology, check: check).text == text)
    }

    @Test("Bars as the standards print them: bar, space, bar …, a narrow space between characters")
    func bars() throws {
        // A, 1, A of NW-7: wide are A's second bar, second and third space; 1's third bar and third space.
        #expect(
            try Barcode("1", as: .codabar).widths == [1, 1, 3, 3, 1, 3, 1] + [1] + [1, 1, 1, 1, 3, 3, 1] + [1] + [1, 1, 3, 3, 1, 3, 1])
        // Start, 1 and stop of Code 39: wide are the star's first space, third and fourth bar; 1's first and last bar and second space.
        let star = [1, 3, 1, 1, 3, 1, 3, 1, 1]
        #expect(try Barcode("1", as: .code39).widths == star + [1] + [3, 1, 1, 3, 1, 1, 1, 1, 3] + [1] + star)
    }

    @Test("Every character has bars of its own, as many wide ones as its standard says")
    func alphabet() throws {
        var seen: Set<[Int]> = []
        for character in "0123456789-$:/.+" {
            let widths = try Barcode("A\(character)A", as: .codabar).widths[8..<15]
            #expect(widths.filter { $0 == 3 }.count == ("0123456789-$".contains(character) ? 2 : 3), "\(character)")
            seen.insert(Array(widths))
        }
        #expect(seen.count == 16)
        seen = []
        for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%" {
            let widths = try Barcode(String(character), as: .code39).widths[10..<19]
            #expect(widths.filter { $0 == 3 }.count == 3, "\(character)")
            seen.insert(Array(widths))
        }
        #expect(seen.count == 43)
    }

    @Test(
        "What no scanner could read back is refused",
        arguments: [
            ("", Barcode.Symbology.codabar, Barcode.Check.none, Barcode.Refusal.empty), ("", .code39, .none, .empty),
            ("12a", .code39, .none, .character("a")), ("12E", .codabar, .none, .character("E")), ("1A2", .codabar, .none, .character("A")),
            ("１２", .codabar, .none, .character("１")), ("1*2", .code39, .none, .character("*")), ("12-3", .codabar, .sevenDR, .check),
            ("12", .code39, .modulus16, .check), ("12", .codabar, .modulus43, .check),
            (String(repeating: "1", count: 49), .code39, .none, .long),
        ])
    func refused(number: String, symbology: Barcode.Symbology, check: Barcode.Check, refusal: Barcode.Refusal) {
        #expect(throws: refusal) { try Barcode(number, as: symbology, check: check) }
    }

    @Test("The picture is as large as it says, white around, and what is not of us is escaped")
    func picture() throws {
        let code = try Barcode("12", as: .codabar)
        let svg = code.svg(module: 250, height: 10, label: "\"<&>")
        // Four characters of 7 elements, 2 or 3 wide, three gaps, 250 µm each; 6.35 mm at each side.
        let modules = code.widths.reduce(0, +)
        #expect(modules == 13 + 11 + 11 + 13 + 3)
        #expect(svg.contains("viewBox=\"0 0 \(modules * 250 + 12_700) 14000\""))
        #expect(svg.contains("width=\"25.450mm\" height=\"14.000mm\""))
        #expect(svg.contains("M6350 0h250v10000h-250z"))
        #expect(svg.contains("aria-label=\"&quot;&lt;&amp;&gt;\"") && !svg.contains("style"))
        // Ten modules are more than that where they are wide.
        #expect(code.svg(module: 1000).contains("M10000 0h1000"))
    }

    @Test(
        "The pictures a scanner has read in the browser's tests are the ones made here",
        arguments: [("nw7", "1234567", Barcode.Symbology.codabar, Barcode.Check.modulus16), ("code39", "KZ-39", .code39, .modulus43)])
    func readBack(name: String, number: String, symbology: Barcode.Symbology, check: Barcode.Check) throws {
        #expect(text(of: "Tests/Browser/site/\(name).svg") == (try Barcode(number, as: symbology, check: check).svg()) + "\n")
    }

    /// A file of this repository, which is three levels above this one.
    private func text(of path: String) -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        guard let file = fopen("/\(root)/\(path)", "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    }
}
