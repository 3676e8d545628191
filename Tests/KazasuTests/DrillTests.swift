import Contracts
import Launch
import Testing

@testable import Kazasu

@Suite("Drills")
struct DrillTests {
    private let at = Instant(rfc3339: "2026-11-22T09:00:00+09:00") ?? .distantPast

    private func entry(_ kind: DrillKind, _ trouble: String? = nil) -> DrillBook.Entry {
        DrillBook.Entry(kind: kind, of: nil, at: at, seconds: 4.2, trouble: trouble)
    }

    @Test(
        "What did not go well is a problem until it was practised again and went well; of each kind the last one counts, and the newest are kept"
    )
    func book() throws {
        let scratch = Scratch()
        let data = DataFolder(scratch.path)
        try data.makeFolders()
        var book = DrillBook(of: data)
        #expect(book == DrillBook() && book.problems.isEmpty)
        try book.note(entry(.brokerRestart, "after 60 s: points main"), in: data)
        try book.note(entry(.restore), in: data)
        #expect(book.problems.map(\.code) == ["drill-failed"] && book.problems[0].text.contains("broker-restart: after 60 s: points main"))
        try book.note(entry(.brokerRestart), in: data)
        #expect(DrillBook(of: data) == book && book.problems.isEmpty && book.newest.map(\.kind) == [.brokerRestart, .restore])
        for _ in 0..<DrillBook.most { try book.note(entry(.linkCut), in: data) }
        #expect(book.entries.count == DrillBook.most && book.newest.map(\.kind) == [.linkCut])
    }

    @Test("A reader is unplugged and plugged in again by whoever is told to, and the agent notices both")
    func readerUnplug() throws {
        let clerk = Clerk()
        for ending in ["pem", "key"] { write("", to: "\(clerk.scratch.path)/data/certificates/operator-supervisor.\(ending)") }
        try DataFolder("\(clerk.scratch.path)/data").makeFolders()
        clerk.heard = { said in
            if said.contains("unplug reader-1 at office now") { clerk.directory.troubles = [Problem(.amber, "reader-missing", "reader-1")] }
            if said.contains("Plug it in again") { clerk.directory.troubles = [] }
        }
        #expect(clerk.run("drill", "reader-unplug", "office/reader-1") == .done, "\(clerk.err)")
        #expect(clerk.out.hasPrefix("reader-unplug office/reader-1 went well, "), "\(clerk.out)")
        #expect(clerk.run("drill", "list") == .done)
        #expect(clerk.out.contains("reader-unplug") && clerk.out.contains("well"), "\(clerk.out)")

        clerk.directory.troubles = [Problem(.amber, "reader-missing", "reader-1")]
        #expect(clerk.run("drill", "reader-unplug", "office/reader-1") == .refused, "what is ill already would be taken for the drill's")
        #expect(clerk.err.contains("misses a reader already"), "\(clerk.err)")
    }

    @Test("The broker is restarted where it runs, and the kinds want what they want")
    func refused() throws {
        let clerk = Clerk()
        for ending in ["pem", "key"] { write("", to: "\(clerk.scratch.path)/data/certificates/operator-supervisor.\(ending)") }
        try DataFolder("\(clerk.scratch.path)/data").makeFolders()
        #expect(clerk.run("drill", "broker-restart", "--yes") == .refused)
        #expect(clerk.err.contains("does not run the town's broker"), "\(clerk.err)")
        // Somebody else's number by now.
        write("1\n", to: "\(clerk.scratch.path)/data/broker/pid")
        #expect(clerk.run("drill", "broker-restart", "--yes") == .refused)
        #expect(
            clerk.run("drill", "reader-unplug", "office/reader-7") == .refused && clerk.err.contains("has no reader reader-7"),
            "\(clerk.err)")
        clerk.directory.processes = []
        #expect(clerk.run("drill", "reader-unplug", "office/reader-1") == .refused && clerk.err.contains("does not run"), "\(clerk.err)")
        #expect(clerk.run("drill", "reader-unplug") == .usage)
        #expect(clerk.run("drill", "restore", "east") == .usage)
        #expect(clerk.run("drill", "flood") == .usage)
        #expect(clerk.run("drill", "list") == .done && clerk.out.contains("nothing was practised"), "\(clerk.out)")
    }
}
