import Contracts
import Town

extension Operand where Value == EventID {
    fileprivate static var list: Self {
        Self("ID", expected: "a list's id, 26 characters; kazasu import says it") { EventID($0.uppercased()) }
    }
}

extension Operand where Value == String {
    fileprivate static var file: Self { Self("FILE", expected: "the path of a CSV file") { $0.isEmpty ? nil : $0 } }
}

extension Option where Value == ListLine.What {
    fileprivate static var only: Self {
        let words = ListLine.What.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("--only", "WORD", "only lines of this kind: \(words)", expected: "one of \(words)") { ListLine.What(rawValue: $0) }
    }
}

extension Flag {
    fileprivate static var all: Self { Self("--all", "every line, not the first hundred") }
    fileprivate static var evenIfMany: Self {
        Self("--even-if-many", "approve although more than a tenth of those on the list would leave it")
    }
}

extension Command {
    private static let family = [Option.language.shape] + Counter.options
    /// Seconds after which nobody waits any more for a list to be applied; it goes on without.
    private static let patience: Int64 = 3600

    package static var importList: Command {
        Command(
            "import", "FILE", count: 1...1, summary: "hand over a list of the town (CSV); nothing changes yet",
            options: [Option.list.shape] + family,
            details: """
                The file is what a spreadsheet saves as CSV, in UTF-8 or Shift_JIS. It is shown what the list would change; another registrar approves it, and only
                then it is applied. A file half sent, after a power cut, is sent again: rows that are there already are nothing.
                Example:
                  kazasu import residents.csv --list residents
                  kazasu import approve ID --as second-counter
                  kazasu import apply ID
                """
        ) { arguments, console in
            let (path, list) = (try arguments.operand(0, .file), try arguments.required(.list))
            let station = try Station(arguments, console)
            let file = try ListFile(path)
            let portions = try file.portions()
            let counter = try Counter(arguments, console, at: station)
            var review = try counter.ask(OpenList(list, header: file.header, rows: file.rows.count, sha256: file.sha256), on: .openList)
            if let unused = review.unused {
                console.note("columns that mean nothing in the town's file and are left out: \(unused.map(quoted).joined(separator: ", "))")
            }
            if review.stage == .incomplete {
                var sent = 0
                for portion in portions {
                    console.progress("\(counter.words.grouped(sent)) of \(counter.words.grouped(file.rows.count)) rows")
                    _ = try counter.ask(AddRows(review.id, portion), on: .addRows)
                    sent += portion.count
                }
                console.progress("")
            }
            review = try counter.ask(ReviewList(review.id, only: .unclear), on: .reviewList)
            try show(review, counter, unclear: review.lines)
            return .done
        }
    }

    package static var importShow: Command {
        Command(
            "import show", "ID", count: 1...1, summary: "what a list would change, or has changed",
            options: [Option.only.shape, Flag.all.shape] + family
        ) { arguments, console in
            let (id, only) = (try arguments.operand(0, .list), try arguments.optional(.only))
            let counter = try Counter(arguments, console)
            var review = try counter.ask(ReviewList(id, only: only), on: .reviewList)
            // Those who leave come last, and stand in no line to go on from.
            while arguments.has(.all), review.more, let last = review.lines.last {
                let next = try counter.ask(
                    ReviewList(id, after: last.line, afterLeft: last.line == nil ? last.person : nil, only: only), on: .reviewList)
                review.lines += next.lines
                review.more = next.more && !next.lines.isEmpty
            }
            try show(review, counter)
            return .done
        }
    }

    package static var importApprove: Command {
        decide("approve", .approve, summary: "approve a list that somebody else has handed over")
    }
    package static var importApply: Command { decide("apply", .apply, summary: "let an approved list change people's files") }
    package static var importDiscard: Command { decide("discard", .discard, summary: "throw a list away; nothing changes") }

    private static func decide(_ word: String, _ decision: DecideList.Decision, summary: String) -> Command {
        let options = (decision == .approve ? [Flag.evenIfMany.shape] : []) + [Flag.yes.shape] + family
        return Command("import \(word)", "ID", count: 1...1, summary: summary, options: options) { arguments, console in
            let id = try arguments.operand(0, .list)
            let counter = try Counter(arguments, console)
            if decision != .discard {
                let review = try counter.ask(ReviewList(id), on: .reviewList)
                console.note("list \(review.list), handed over by \(review.openedBy): \(counter.words.summary(review))")
            }
            try counter.confirm("\(word) this list?", about: [])
            var review = try counter.ask(DecideList(id, decision, evenIfMany: arguments.has(.evenIfMany) ? true : nil), on: .decideList)
            let start = console.now()
            while review.stage == .applying {
                console.progress("applying: \(counter.words.progress(review))")
                guard console.now() < start + .seconds(patience) else {
                    throw Failure.unknown("the list is still being applied after an hour. Look later: kazasu import show \(id)")
                }
                _ = try counter.desk.session.next(within: 1000)
                review = try counter.ask(ReviewList(id, only: .unclear), on: .reviewList)
            }
            console.progress("")
            try show(review, counter)
            return .done
        }
    }

    private static func show(_ review: ListReview, _ counter: Counter, unclear: [ListLine] = []) throws {
        let (console, words) = (counter.console, counter.words)
        if counter.json { return try console.json(review) }
        console.line("list \(review.list) \(review.id), \(words.grouped(review.rows)) rows: \(review.stage.phrase[words.language])")
        console.line(words.summary(review, unclear: unclear))
        if !review.lines.isEmpty { console.out("\n" + table(review.lines.map(words.line))) }
        if review.more { console.note("there are more lines: kazasu import show \(review.id) --all") }
    }
}
