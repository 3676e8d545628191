import Contracts
import Town

extension Flag {
    fileprivate static var refuse: Self { Self("--refuse", "nobody was there: what is reserved is given up") }
}

extension Command {
    package static var pointsRules: Command {
        Command(
            "points rules", "[RULE]", count: 0...1,
            summary: "the town's rules in sentences, each with a worked example, to be checked before they pay (付与規則)",
            options: [Option.language.shape, Flag.json.shape, Option.town.shape, Option.data.shape],
            details: """
                From the town's file alone: it works before the town runs. Read it aloud to whoever has decided the rule.
                Example: kazasu points rules gym-visit --lang ja
                """
        ) { arguments, console in
            let only = arguments.operands.isEmpty ? nil : try arguments.operand(0, .earningRule)
            let station = try Station(arguments, console)
            let words = PlainWords(try arguments.optional(.language) ?? .en, station.town)
            let rules = station.town.points.rules.filter { only == nil || $0.id == only }
            if rules.isEmpty, let only {
                let known = station.town.points.rules.map(\.id.text)
                let near = nearest(to: only.text, among: known).map { " Did you mean \($0)?" } ?? ""
                throw Failure.refused("there is no rule \(only) in this town.\(near) It has: \(known.joined(separator: ", ")).")
            }
            if arguments.has(.json) {
                try console.json(rules.map { RuleReport(rule: $0.id, title: $0.title, sentences: words.sentences(of: $0)) })
            } else if rules.isEmpty {
                console.line(Phrase("the town's file has no rules for points", "付与規則なし")[words.language])
            } else {
                for rule in rules {
                    console.line("\(rule.id)  \(harmless(rule.title))")
                    for sentence in words.sentences(of: rule) { console.line("  " + sentence) }
                }
            }
            return .done
        }
    }

    package static var pointsTry: Command {
        Command(
            "points try", "RULE", count: 1...1, summary: "what a rule would have paid on the taps that are kept; nothing moves (試算)",
            options: [
                Option.firstDay("the first day (default: the first of last month)").shape,
                Option.lastDay("the last day (default: the last of last month)").shape,
            ] + PointsCounter.options,
            details: """
                Each person is taken as one to whom the rule has given nothing so far. A rule with draft: true can be tried and gives nothing.
                Example: kazasu points try gym-visit --from 2026-10-01 --to 2026-10-31
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .earningRule)
            let (first, last) = (try arguments.optional(.firstDay("")), try arguments.optional(.lastDay("")))
            let counter = try PointsCounter(arguments, console)
            let rule = try counter.rule(id)
            let month = counter.today.monthBefore
            let (from, to) = (first ?? month.lowerBound, last ?? (first == nil ? month.upperBound : counter.today))
            guard from <= to else { throw Failure.usage("--from lies behind --to") }
            let tried = try counter.tryOut(rule, from, to)
            if counter.json {
                try console.json(tried)
            } else {
                for line in counter.words.tried(tried, rule, from, to) { console.line(line) }
            }
            let oldest = (console.now() - counter.town.points.keepsTaps).date(counter.town.offset)
            if from < oldest {
                console.note("taps are kept for \(counter.town.points.keepsTaps.days) days: those before \(oldest) are not there any more")
            }
            return .done
        }
    }

    package static var pointsConfirm: Command {
        Command(
            "points confirm", "RULE", count: 1...1,
            summary: "say that those who tapped were there: what a rule has reserved is given (出席の確認)",
            options: [Option.from.shape, Option.to.shape, Flag.refuse.shape] + PointsCounter.moving,
            details: """
                For rules with confirmed: true. With --refuse nothing is given for these taps.
                Example: kazasu points confirm volunteer-day --from "2026-11-21 08:00" --to "2026-11-21 12:00"
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .earningRule)
            let (start, end) = (try arguments.required(.from), try arguments.required(.to))
            let refuses = arguments.has(.refuse)
            let counter = try PointsCounter(arguments, console)
            let rule = try counter.rule(id)
            let (now, offset, words) = (console.now(), counter.town.offset, counter.words)
            let (from, until) = (start.instant(now: now, offset), end.instant(now: now, offset))
            guard from < until else { throw Failure.usage("--from lies behind --to") }
            try counter.confirm(
                "\(refuses ? "give up" : "give") what \(id) (\(harmless(rule.title))) has reserved for taps from \(from.minute(offset)) to \(until.minute(offset))?"
            )
            var sum = AttendanceConfirmed(0, 0, more: true)
            while sum.more {
                console.progress("\(words.grouped(sum.count)) so far")
                let some = try counter.ask(ConfirmAttendance(id, from: from, until: until, refuse: refuses), on: .confirmAttendance)
                sum = AttendanceConfirmed(sum.count + some.count, sum.amount + some.amount, more: some.more)
            }
            console.progress("")
            if counter.json { try console.json(sum) } else { console.line(words.confirmed(sum, rule, refused: refuses)) }
            return .done
        }
    }
}

/// What `points rules --json` says of a rule.
private struct RuleReport: Encodable {
    let rule: RuleID
    let title: String
    let sentences: [String]
}

extension PointsCounter {
    /// A few people at a time, to the end.
    fileprivate func tryOut(_ rule: EarningRule, _ from: CalendarDate, _ to: CalendarDate) throws -> RuleTried {
        let end = Instant(startOf: to.adding(1) ?? to, town.offset)
        var wish: TryRule? = TryRule(rule.id, from: Instant(startOf: from, town.offset), until: end)
        var sum = RuleTried()
        while let asked = wish {
            let some = try ask(asked, on: .tryRule)
            (sum.amount, sum.awards, sum.capped) = (sum.amount + some.amount, sum.awards + some.awards, sum.capped + some.capped)
            (sum.people, sum.taps) = (sum.people + some.people, sum.taps + some.taps)
            console.progress("\(words.grouped(sum.taps)) taps so far")
            wish = some.next.map { TryRule(rule.id, from: asked.from, until: asked.until, after: $0) }
        }
        console.progress("")
        return sum
    }
}

extension CalendarDate {
    /// The calendar month before the one of this day.
    var monthBefore: ClosedRange<CalendarDate> {
        let last = adding(-day) ?? self
        return (last.adding(1 - last.day) ?? last)...last
    }
}

extension Duration {
    fileprivate var days: Int64 { milliseconds / 86_400_000 }
}
