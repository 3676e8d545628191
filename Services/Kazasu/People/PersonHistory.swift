import Contracts
import Town

/// What was decided about a person, who looked, and what the town's processes have because of the person's cards; in the order of time.
struct PersonHistory {
    enum Entry {
        case ruling(RulingFile)
        case use(CardUses.Found)

        var at: Instant {
            switch self {
            case .ruling(let ruling): ruling.at
            case .use(let found): found.use.at
            }
        }

        /// Until when it is kept; `nil` while nobody can know.
        func keptUntil(in town: Town) -> Instant? {
            switch self {
            case .ruling(let ruling): ruling.at + town.people.keepsRulings
            case .use(let found): found.use.keptUntil
            }
        }
    }

    let entries: [Entry]
    /// Those who have not answered: their part is missing.
    let silent: [Address]
    /// By their ids; they tell where and what for.
    fileprivate let taps: [EventID: Use]

    init(_ file: PersonFile, _ uses: CardUses = CardUses()) {
        let rulings = file.history.sorted { ($0.at, $0.id) < ($1.at, $1.id) }.map(Entry.ruling)
        let entries = (rulings + uses.found.map(Entry.use)).enumerated()
        self.entries = entries.sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        silent = uses.silent
        taps = Dictionary(uses.taps.map { ($0.tap, $0) }) { first, _ in first }
    }
}

extension PersonFile {
    /// The cards, past ones too. Each counts from the tap it was linked by, at most a minute before, until it was taken from the person.
    var holdings: [Holding] {
        cards.map { Holding(tokens: [$0.token], from: $0.since - .seconds(60), to: $0.status == .unlinked ? $0.until : nil) }
    }
}

/// What `--json` says of a history.
struct HistoryReport: Encodable {
    struct Entry: Encodable {
        let at: Instant
        let keptUntil: Instant?
        var process: String?
        var ruling: RulingFile?
        var use: Use?
    }

    let entries: [Entry]
    let silent: [String]

    init(_ history: PersonHistory, of town: Town) {
        entries = history.entries.map { entry in
            var report = Entry(at: entry.at, keptUntil: entry.keptUntil(in: town))
            switch entry {
            case .ruling(let ruling): report.ruling = ruling
            case .use(let found): (report.process, report.use) = (Command.name(found.process), found.use)
            }
            return report
        }
        silent = history.silent.map(Command.name)
    }
}

/// A person's file as it is handed over for programs. Its history stands beside it, whole and in the order of time.
struct PersonCopy: Encodable {
    private(set) var file: PersonFile
    let history: HistoryReport

    init(_ file: PersonFile, _ history: HistoryReport) {
        (self.file, self.history) = (file, history)
        self.file.history = []
    }
}

extension PlainWords {
    /// The oldest first, each with the day until which it is kept.
    func history(_ history: PersonHistory) -> [[String]] {
        history.entries.map { entry in
            let row =
                switch entry {
                case .ruling(let ruling): words(of: ruling)
                case .use(let found): words(of: found, history.taps[found.use.tap])
                }
            let kept =
                entry.keptUntil(in: town).map { $0.day(town.offset) }.map { Phrase("kept until \($0)", "\($0)まで保存") }
                ?? Phrase("end not known yet", "保存期限未定")
            return [entry.at.minute(town.offset)] + row.words + [kept[language], row.id]
        }
    }

    private func words(of ruling: RulingFile) -> (words: [String], id: String) {
        let what = ruling.what.phrase[language] + (ruling.of.map { " \(harmless($0))" } ?? "")
        let undone = ruling.undone == true ? Phrase(" (taken back)", "(取消済)")[language] : ""
        return ([what + undone, by(ruling.by.text), harmless(ruling.why ?? "")], ruling.id.description)
    }

    private func words(of found: CardUses.Found, _ tap: Use?) -> (words: [String], id: String) {
        let (use, purpose) = (found.use, (found.use.purpose ?? tap?.purpose).map(purpose))
        let place = place(of: use, tap)
        return (
            [self.use(use.what), by(Command.name(found.process)), [place, purpose ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")], ""
        )
    }

    private func by(_ name: String) -> String { Phrase("by \(name)", name)[language] }
}
