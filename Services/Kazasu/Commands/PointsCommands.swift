import Contracts
import Sheets
import Town

extension Option where Value == WrittenTime {
    fileprivate static var moment: Self {
        Self("--at", "TIME", "as it was at that moment (default: now)", expected: WrittenTime.expected) { WrittenTime($0) }
    }
}

extension Flag {
    fileprivate static var wholeHistory: Self { Self("--all", "every entry, not the newest ones alone") }
}

extension Command {
    package static var pointsBalance: Command {
        Command(
            "points balance", "[PERSON]", count: 0...1, summary: "what somebody has, and what of it expires when (残高)",
            options: [Option.pointsTap.shape, Option<WrittenTime>.moment.shape] + PointsCounter.options,
            details: """
                Examples:
                  kazasu points balance p-7k3mq2x5t4w2vbza
                  kazasu points balance --tap chamber/reader-1 --lang ja
                  kazasu points balance p-7k3mq2x5t4w2vbza --at "2026-11-21 18:00"
                """
        ) { arguments, console in
            let whom = try arguments.whom(0)
            let moment = try arguments.optional(.moment)
            let counter = try PointsCounter(arguments, console)
            let at = moment?.instant(now: console.now(), counter.town.offset)
            let shown = try counter.ask(ShowPoints(try counter.holder(whom), at: at), on: .showPoints)
            if counter.json {
                try console.json(shown)
            } else if shown.lots.isEmpty {
                console.line("\(shown.person): \(Phrase("nothing", "残高なし")[counter.words.language])")
            } else {
                console.note("\(shown.person), \((at ?? console.now()).minute(counter.town.offset))")
                console.out(table(counter.words.rows(of: shown)))
            }
            return .done
        }
    }

    package static var pointsHistory: Command {
        Command(
            "points history", "[PERSON]", count: 0...1,
            summary: "every entry of somebody's with its cause, newest first (利用履歴)",
            options: [Option.pointsTap.shape, Flag.wholeHistory.shape, Option.csv.shape, Option.encoding.shape] + PointsCounter.options,
            details: """
                NUMBER is what kazasu points reverse takes. With --csv all of it goes into a new file for a spreadsheet, in Japanese.
                Examples:
                  kazasu points history --tap chamber/reader-1 --all
                  kazasu points history p-7k3mq2x5t4w2vbza --csv history.csv
                """
        ) { arguments, console in
            let whom = try arguments.whom(0)
            let path = try arguments.optional(.csv)
            let counter = try PointsCounter(arguments, console)
            let page = try counter.entries(of: try counter.holder(whom), all: arguments.has(.wholeHistory) || path != nil)
            if counter.json {
                try console.json(page)
                return .done
            }
            let lines = try counter.history(page)
            let campaigns = try counter.campaignTitles(for: page.entries)
            if let path {
                let words = PlainWords(.ja, counter.town)
                try counter.write(header: words.historyHeading, rows: lines.map { words.row($0, campaigns) }, to: path)
            } else if lines.isEmpty {
                console.line("\(page.person): \(Phrase("nothing has ever moved", "履歴なし")[counter.words.language])")
            } else {
                console.note("\(page.person)")
                console.out(table([counter.words.historyHeading] + lines.map { counter.words.row($0, campaigns) }))
                if page.more { console.note("there are older entries: --all") }
            }
            return .done
        }
    }
}

extension PointsCounter {
    fileprivate func entries(of holder: PointsHolder, all: Bool) throws -> EntriesPage {
        var page = try ask(ListEntries(holder), on: .listEntries)
        guard all else { return page }
        while page.more, let last = page.entries.last {
            // The card that was held is known by now; an older tap would not be.
            let next = try ask(ListEntries(PointsHolder(page.person), before: last.number), on: .listEntries)
            page.entries += next.entries
            page.more = next.more && !next.entries.isEmpty
        }
        return page
    }

    fileprivate func history(_ page: EntriesPage) throws -> [PointsHistory.Line] {
        guard let newest = page.entries.first else { return [] }
        let shown = try ask(ShowPoints(PointsHolder(page.person), at: newest.at), on: .showPoints)
        return PointsHistory(page.entries, lots: shown.lots).lines
    }

    /// What campaigns are called, if one of them may be among the causes.
    fileprivate func campaignTitles(for entries: [EntriesPage.Entry]) throws -> [String: String] {
        guard entries.contains(where: { $0.other.kind == .programme }) else { return [:] }
        return Dictionary(try campaigns().map { ($0.id.text, $0.title) }) { first, _ in first }
    }
}
