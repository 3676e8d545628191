import Contracts
import Sheets
import Town

extension Option where Value == String {
    fileprivate static var statement: Self {
        Self("--print", "FILE", "write a statement for a browser to print on A4 (精算書)", expected: "the path of a file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Operand where Value == Party {
    fileprivate static var party: Self {
        Self("PARTY", expected: "whom to settle with: shop/bakery, carrier/nagai-bus, expiry/chamber or overdraft/bakery") { Party($0) }
    }
}

extension Flag {
    fileprivate static var close: Self { Self("--close", "sign it off: the period is closed, and what comes later falls into the next") }
}

extension Command {
    package static var pointsSettle: Command {
        Command(
            "points settle", "PARTY", count: 1...1, summary: "what a shop, a carrier or a fund took in a period, and what it is paid (精算)",
            options: [
                Option.firstDay("the first day").shape, Option.lastDay("the last day; the period is at most 400 days").shape,
                Flag.close.shape,
                Option.csv.shape, Option.encoding.shape, Option<String>.statement.shape,
            ] + PointsCounter.moving,
            details: """
                By the ledger's own time, so that a sum that was signed off is the same for ever. Closed periods follow on each other without a gap.
                Examples:
                  kazasu points settle shop/bakery --from 2026-10-01 --to 2026-10-31 --print bakery.html
                  kazasu points settle shop/bakery --from 2026-10-01 --to 2026-10-31 --close
                """
        ) { arguments, console in
            let party = try arguments.operand(0, .party)
            let (from, to) = (try arguments.required(.firstDay("")), try arguments.required(.lastDay("")))
            let (csv, page) = (try arguments.optional(.csv), try arguments.optional(.statement))
            let counter = try PointsCounter(arguments, console)
            try counter.check(party)
            var settlement = try counter.ask(ShowSettlement(party, from: from, to: to), on: .showSettlement)
            if arguments.has(.close), settlement.closed == nil {
                console.note("\(counter.words.title(of: party)), \(from)–\(to): \(counter.words.totals(of: settlement))")
                try counter.confirm("close this period?")
                settlement = try counter.ask(CloseSettlement(party, from: from, to: to), on: .closeSettlement).settlement
            }
            let statement = Statement(settlement, of: counter.town, at: console.now())
            if let csv { try counter.write(header: Statement.heading, rows: statement.rows, to: csv) }
            if let page { try counter.write(Array(statement.html.utf8), to: page, "serial \(statement.serial)") }
            if counter.json {
                try console.json(settlement)
            } else if csv == nil, page == nil || arguments.has(.close) {
                show(settlement, counter)
            }
            return .done
        }
    }

    package static var pointsSettlements: Command {
        Command(
            "points settlements", "PARTY", count: 1...1, summary: "the periods that were closed with somebody, newest first",
            options: PointsCounter.options
        ) { arguments, console in
            let party = try arguments.operand(0, .party)
            let counter = try PointsCounter(arguments, console)
            try counter.check(party)
            let all = try everyPage { (last: Settlement?) in
                let page = try counter.ask(ListSettlements(party, before: last?.from), on: .listSettlements)
                return (page.settlements, page.more)
            }
            let words = counter.words
            if counter.json {
                try console.json(all)
            } else if all.isEmpty {
                console.line(Phrase("nothing was closed yet", "確定した精算なし")[words.language])
            } else {
                console.out(table(all.map { ["\($0.from)–\($0.to)", words.totals(of: $0), words.closed($0)] }))
            }
            return .done
        }
    }

    private static func show(_ settlement: Settlement, _ counter: PointsCounter) {
        let (console, words) = (counter.console, counter.words)
        console.line("\(words.title(of: settlement.party)), \(settlement.from)–\(settlement.to), \(words.closed(settlement))")
        if !settlement.lines.isEmpty { console.out(table([words.settlementHeading] + words.rows(of: settlement))) }
        console.line(words.totals(of: settlement))
    }
}

extension PointsCounter {
    /// Whether the town's file has such a shop or carrier; a fund has whatever has expired into it.
    fileprivate func check(_ party: Party) throws {
        let known: [String]
        switch party.kind {
        case .shop: known = town.points.shops.map(\.id.text)
        case .carrier: known = town.points.carriers.map(\.id.text)
        case .overdraft: known = town.points.shops.map(\.id.text) + town.points.carriers.map(\.id.text)
        default: known = Set(town.points.purses.map(\.expiresTo.text)).sorted()
        }
        guard known.contains(party.holder.text) else {
            throw unknown(
                party.kind == .expiry ? "fund" : party.kind == .overdraft ? "shop or carrier" : party.kind.rawValue, party.holder.text,
                among: known)
        }
    }
}
