import Contracts
import Kazasu
import Testing

@Suite("Tables on a terminal")
struct TableTests {
    @Test("Wide characters take two columns, so the next column stays aligned")
    func alignment() {
        let text = table([["DOOR", "TITLE", "LOCK"], ["gym", "市民体育館", "ready"], ["hall", "Café ﾊﾝｶｸ", "lost"]])
        let lines = text.split(separator: "\n").map(String.init)
        let starts = zip(lines, ["LOCK", "ready", "lost"]).map { line, word in
            displayWidth(String(line.dropLast(word.count)))
        }
        #expect(Set(starts).count == 1, "\(text)")
        #expect(lines[1] == "gym   市民体育館  ready")
    }

    @Test(
        "Widths follow East Asian width and combining marks",
        arguments: [("gym", 3), ("長井", 4), ("ﾊﾝｶｸ", 4), ("e\u{301}", 1), ("", 0), ("·", 1), ("→", 1), ("\u{FF21}\u{FF01}", 4)])
    func width(text: String, columns: Int) { #expect(displayWidth(text) == columns) }

    @Test("What a terminal would obey is not printed")
    func harmlessText() { #expect(harmless("a\u{1B}[2J\nb\u{202E}") == "a\u{FFFD}[2J\u{FFFD}b\u{FFFD}") }
}
