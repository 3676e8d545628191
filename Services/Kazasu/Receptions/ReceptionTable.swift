import Contracts
import Town

/// A clerk at a reception table (受付係) for the length of one command.
struct ReceptionTable {
    let station: Station
    let desk: Desk
    let console: Console
    let words: PlainWords
    let terms: ReceptionTerms?
    private let arguments: Arguments

    static let options = [Option.language.shape, Flag.json.shape] + Station.options
    /// Of commands that change something.
    static let changing = [Flag.yes.shape] + options

    /// - Parameter id: of the reception the command is about; `nil` where it is about all.
    init(_ arguments: Arguments, _ console: Console, about id: ReceptionID?) throws {
        let language = try arguments.optional(.language) ?? .en
        station = try Station(arguments, console)
        let policy = station.town.receptions
        terms = id.flatMap { policy.terms($0) }
        if let id, terms == nil {
            let known = policy.receptions.map(\.id.text)
            let near = nearest(to: id.text, among: known).map { " Did you mean \($0)?" } ?? ""
            let list = known.isEmpty ? "none" : known.prefix(20).joined(separator: ", ")
            throw Failure.refused("there is no reception \(id) in the town's file.\(near) It has: \(list).")
        }
        desk = try station.receptionDesk()
        words = PlainWords(language, station.town)
        (self.arguments, self.console) = (arguments, console)
    }

    var json: Bool { arguments.has(.json) }
    var offset: UTCOffset { station.town.offset }

    /// The answer, or the failure a person is told.
    func ask<Body: CommandBody>(_ command: Body, on channel: Channel<Body>) throws -> Body.Answer {
        try desk.ask(command, on: channel, for: Body.Answer.self)
    }

    /// Goes on only with a yes.
    func confirm(_ question: String) throws { try console.confirm(question, unless: arguments.has(.yes)) }

    func counts() throws -> [ReceptionCount] {
        try everyPage { last in
            let page = try ask(ListReceptions(after: last?.reception), on: .listReceptions)
            return (page.counts, page.more)
        }
    }

    func show(_ count: ReceptionCount) throws {
        if json { return try console.json(count) }
        let title = station.town.receptions.terms(count.reception)?.title ?? ""
        console.line("\(count.reception)  \(harmless(title)): \(count.stage.phrase[words.language])")
        console.line(words.summary(count))
    }

    // MARK: Lists

    /// Sends a list in portions; a trial changes nothing.
    func send(_ rows: [AddExpected.Row], to id: ReceptionID, dry: Bool) throws -> [ExpectedAdded.Line] {
        var lines: [ExpectedAdded.Line] = []
        for start in stride(from: 0, to: rows.count, by: AddExpected.most) {
            console.progress("\(words.grouped(start)) of \(words.grouped(rows.count)) lines")
            let portion = Array(rows[start..<min(start + AddExpected.most, rows.count)])
            lines += try ask(AddExpected(portion, to: id, dry: dry), on: .addExpected).lines
        }
        console.progress("")
        return lines
    }

    /// Every line that is not simply new, and how many there are of each kind.
    func report(_ lines: [ExpectedAdded.Line], all: Bool) {
        let counts = ExpectedAdded.Verdict.allCases.compactMap { verdict -> String? in
            let count = lines.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(words.grouped(count)) \(verdict.phrase[words.language])"
        }
        console.line(counts.joined(separator: "; "))
        let rows = lines.filter { $0.verdict != .new && $0.verdict != .known }.map { line in
            [
                Phrase("line \(line.line)", "\(line.line)行目")[words.language], line.verdict.phrase[words.language],
                line.verdict.isAdded ? "" : line.row.map { Phrase("row \($0)", "名簿\($0)行")[words.language] } ?? "",
            ]
        }
        console.out(table(all ? rows : Array(rows.prefix(100))))
        if rows.count > 100, !all { console.note("there are \(rows.count - 100) more such lines: --all") }
    }

    // MARK: People

    func rows(_ rows: [ExpectedRow]) -> String {
        table(
            rows.map { row in
                [
                    "\(row.row)", harmless(row.name), harmless(row.reading ?? ""), row.born?.description ?? "", harmless(row.ticket ?? ""),
                    row.station?.text ?? "", row.first.map(words.before) ?? "",
                ]
            })
    }

    func attendance(of id: ReceptionID) throws -> [Attendance] {
        try everyPage { last in
            let page = try ask(ListAttendance(of: id, after: last?.number), on: .listAttendance)
            return (page.entries, page.more)
        }
    }

    /// A list for a spreadsheet, for its owner alone.
    func write(_ entries: [Attendance], to path: String) throws {
        let header = ["番号", "日時", "氏名", "フリガナ", "利用者番号", "整理券番号", "受付方法", "窓口", "当日受付"]
        let rows = entries.map { entry in
            [
                "\(entry.number)", entry.at.minute(offset), entry.name ?? "", entry.reading ?? "", entry.person?.text ?? "",
                entry.ticket ?? "",
                entry.way.phrase.ja, entry.station.text, entry.walkIn == true ? "○" : "",
            ]
        }
        try console.write(header: header, rows: rows, to: path, as: try arguments.optional(.encoding))
    }
}
