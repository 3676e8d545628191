import Contracts
import Testing

@testable import Town

@Suite("The portal of a town's file")
struct PortalFileTests {
    private static let people = """
        people:
          lists:
            residents: { says: residents, columns: { number: 宛名番号, name: 氏名 } }
            library: { says: members, group: readers, columns: { number: 利用者番号 } }

        """

    private static func file(_ kiosk: String, residents: Bool = true) -> String {
        small + people + "portal:\n  listen: \"127.0.0.1:8080\"\n  origin: https://kazasu.nagai.example\n"
            + (residents ? "  residents: true\n" : "") + "  kiosks: { lobby: { \(kiosk) } }\n"
    }

    private func read(_ kiosk: String, residents: Bool = true) throws -> PortalPolicy.Kiosk {
        let town = try Town.read(Array(Self.file(kiosk, residents: residents).utf8), path: "town.yaml")
        return try #require(town.portal?.kiosk("lobby"))
    }

    @Test("All that a town can decide of a kiosk")
    func whole() throws {
        let kiosk = try read(
            "reader: gate-1/r-1, stays: 20s, codes: true, library: { list: library, bars: codabar, check: 7dr, module: 265 }")
        var expected = PortalPolicy.Kiosk("lobby", at: ReaderPlace(agent: "gate-1", reader: "r-1"))
        (expected.stays, expected.showsCodes) = (.seconds(20), true)
        expected.library = PortalPolicy.LibraryCard("library", as: .codabar)
        expected.library?.check = .sevenDR
        expected.library?.module = 265
        #expect(kiosk == expected)
    }

    @Test("What a file does not say of a kiosk: eight seconds, no codes, no library; of its bars no check, and two pixels")
    func least() throws {
        let kiosk = try read("reader: gate-1/r-1", residents: false)
        #expect(kiosk == PortalPolicy.Kiosk("lobby", at: ReaderPlace(agent: "gate-1", reader: "r-1")) && kiosk.stays == .seconds(8))
        let card = try #require(try read("reader: gate-1/r-1, library: { list: residents, bars: code39 }").library)
        #expect(card == PortalPolicy.LibraryCard("residents", as: .code39) && card.check == .none && card.module == 529)
    }

    @Test(
        "A kiosk that does not fit is named, with what would do",
        arguments: [
            ("reader: gate-7/r-1", "a reader of the town"), ("reader: r-1", "such as gate-1/reader-1"), ("stays: 8s", "reader"),
            ("reader: gate-1/r-1, stays: 1s", "from 2s to 1m"), ("reader: gate-1/r-1, stays: 61s", "from 2s to 1m"),
            ("reader: gate-1/r-1, codes: perhaps", "true"), ("reader: gate-1/r-1, library: { bars: codabar }", "list"),
            ("reader: gate-1/r-1, library: { list: library }", "bars"),
            ("reader: gate-1/r-1, library: { list: books, bars: codabar }", "one of the lists that have numbers: library, residents."),
            ("reader: gate-1/r-1, library: { list: library, bars: qr }", "codabar or code39"),
            ("reader: gate-1/r-1, library: { list: library, bars: codabar, check: modulus43 }", "a check of codabar"),
            ("reader: gate-1/r-1, library: { list: library, bars: code39, check: 7dr }", "a check of code39"),
            ("reader: gate-1/r-1, library: { list: library, bars: code39, module: 189 }", "190"),
            ("reader: gate-1/r-1, library: { list: library, bars: code39, module: 2001 }", "2000"),
        ])
    func mistakes(kiosk: String, advice: String) {
        let found = sentences(Self.file(kiosk))
        #expect(found.count == 1 && found.allSatisfy { $0.contains(advice) }, "\(found)")
    }

    @Test(
        "A kiosk that asks for residents' data needs their pages", arguments: ["codes: true", "library: { list: library, bars: codabar }"])
    func residents(setting: String) {
        let found = sentences(Self.file("reader: gate-1/r-1, \(setting)", residents: false))
        #expect(found.count == 1 && found.allSatisfy { $0.contains("residents: true") && $0.contains("lobby") }, "\(found)")
    }
}
