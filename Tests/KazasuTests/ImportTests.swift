import Contracts
import Testing

@testable import Kazasu

@Suite("A list of the town")
struct ImportTests {
    private let clerk = Clerk()
    private var directory: PaperDirectory { clerk.directory }
    private let id = EventID("01JD8X5Z3Q4Y6W7V8T9SABCDEF")!

    private func review(_ stage: ListReview.Stage, _ lines: [ListLine] = [], more: Bool = false) -> ListReview {
        let counts = ["new": 1204, "moved": 37, "left": 2, "unclear": 3, "same": 0]
        return ListReview(id, "residents", stage, rows: 3000, counts: counts, openedBy: "registrar-civil-affairs", lines: lines, more: more)
    }

    private func file(rows: Int) -> String {
        let path = clerk.scratch.path + "/residents.csv"
        let lines = (1...rows).map { "\($0),長井 花子\($0),\"長井市栄町\n1-\($0)\"" }
        write((["番号,氏名,住所"] + lines).joined(separator: "\r\n") + "\r\n", to: path)
        return path
    }

    @Test("goes over in commands that fit, each row once and with its line, and is shown in words")
    func sent() throws {
        directory.answer(.openList) { _ in .accept(review(.incomplete)) }
        directory.answer(.addRows) { _ in .accept(review(.incomplete)) }
        directory.answer(.reviewList) { _ in
            .accept(review(.ready, [17, 40, 41].map { ListLine(.unclear, line: $0, person: nil, "no birth date") }))
        }
        #expect(clerk.run("import", file(rows: 3000), "--list", "residents") == .done, "\(clerk.err)")
        let opened = try #require(try directory.commands(.openList).first)
        #expect(opened.header == ["番号", "氏名", "住所"] && opened.rows == 3000 && opened.sha256.count == 64)
        let portions = try directory.commands(.addRows)
        #expect(portions.count > 3 && portions.allSatisfy { $0.list == id })
        let rows = portions.flatMap(\.rows)
        // Each row of this file takes two lines, after the header's one.
        #expect(rows.map(\.line) == (0..<3000).map { 2 + 2 * $0 })
        #expect(rows.last?.cells == ["3000", "長井 花子3000", "長井市栄町\n1-3000"])
        #expect(try directory.commands(.reviewList) == [ReviewList(id, only: .unclear)])
        #expect(clerk.out.contains("3,000 rows: whole; to be approved by another registrar"), "\(clerk.out)")
        #expect(clerk.out.contains("1,204 new, 37 moved, 2 left, 3 not understood: line 17, 40, 41\n"), "\(clerk.out)")
        #expect(clerk.out.contains("line 17  not understood  no birth date"), "\(clerk.out)")
    }

    @Test("that is there already is not sent again")
    func again() throws {
        directory.answer(.openList) { _ in .accept(review(.ready)) }
        directory.answer(.reviewList) { _ in .accept(review(.ready)) }
        #expect(clerk.run("import", file(rows: 10), "--list", "residents", "--lang", "ja") == .done)
        #expect(directory.asked == ["list-open", "list-review"])
        #expect(clerk.out.contains("新規 1,204件、住所変更 37件、名簿から消えた人 2件、読めない行 3件"), "\(clerk.out)")
    }

    @Test("with lines that cannot be read names them all, and nothing is sent: whoever is missing would count as gone")
    func unreadable() {
        let path = clerk.scratch.path + "/bad.csv"
        write("番号,氏名\n1,長井 花子\n2\n3,x,y\n", to: path)
        #expect(clerk.run("import", path, "--list", "residents") == .refused)
        #expect(
            clerk.err.contains("2 of its lines cannot be read") && clerk.err.contains("line 3: ") && clerk.err.contains("line 4: "),
            "\(clerk.err)")
        write("番号,氏名\n", to: path)
        #expect(clerk.run("import", path, "--list", "residents") == .refused)
        #expect(clerk.run("import", "/nowhere/x.csv", "--list", "residents") == .refused)
        #expect(clerk.run("import", path) == .usage, "without a list")
        #expect(directory.asked == [])
    }

    @Test("with one row too long for a command is refused before anything is sent")
    func longRow() {
        let path = clerk.scratch.path + "/long.csv"
        write("番号,氏名\n1,\(String(repeating: "長", count: 12_000))\n", to: path)
        #expect(clerk.run("import", path, "--list", "residents") == .refused)
        #expect(clerk.err.contains("line 2 is longer than 28 KiB"), "\(clerk.err)")
        #expect(directory.asked == [])
    }

    @Test("is waited for while it is applied, and says who handed it over before")
    func apply() throws {
        let stages: [ListReview.Stage] = [.approved, .applying, .applied]
        var looks = 0
        directory.answer(.reviewList) { _ in
            defer { looks += 1 }
            return .accept(review(stages[min(looks, 2)]))
        }
        directory.answer(.decideList) { _ in .accept(review(.applying)) }
        #expect(clerk.run("import", "apply", id.description, typing: ["n"], atTerminal: true) == .refused)
        #expect(clerk.err.contains("handed over by registrar-civil-affairs: 1,204 new"), "\(clerk.err)")
        #expect(clerk.run("import", "apply", id.description.lowercased(), "--json") == .done, "\(clerk.err)")
        #expect(looks == 3 && clerk.out.contains("\"stage\":\"applied\""), "\(clerk.out)")
        #expect(clerk.run("import", "approve", id.description, "--even-if-many") == .done, "\(clerk.err)")
        #expect(try directory.commands(.decideList) == [DecideList(id, .apply), DecideList(id, .approve, evenIfMany: true)])
    }

    @Test("is shown to its last line when all are wanted")
    func all() throws {
        directory.answer(.reviewList) { ask in
            let line = (ask.after ?? 0) + 1
            return .accept(review(.ready, [ListLine(.new, line: line, person: nil, "x\u{1B}[2J")], more: line < 3))
        }
        #expect(clerk.run("import", "show", id.description, "--all", "--only", "new") == .done)
        #expect(try directory.commands(.reviewList).map(\.after) == [nil, 1, 2])
        #expect(clerk.out.contains("line 3  new  x\u{FFFD}[2J"), "\(clerk.out)")
    }
}
