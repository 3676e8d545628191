import Contracts
import Town

// What a rule gives for which taps, in sentences that can be read aloud and checked.
extension PlainWords {
    /// What it gives, its conditions one after the other, and a worked example.
    func sentences(of rule: EarningRule) -> [String] {
        let each = amount(rule.amount, of: rule.purse)
        let purposes = rule.purposes.map(kindOrThing).sorted().joined(separator: Phrase(" or ", "・")[language])
        var sentences = [
            Phrase(
                "gives \(each) of \(title(of: rule.purse)) for a card held at a reader for \(purposes)",
                "「\(purposes)」のリーダーでの読取1回につき\(title(of: rule.purse)) \(each)")
        ]
        if !rule.places.isEmpty {
            let places = rule.places.map(\.text).sorted().joined(separator: ", ")
            sentences.append(Phrase("only at \(places)", "場所: \(places) のみ"))
        }
        switch rule.direction {
        case .in: sentences.append(Phrase("only when going in", "入場時のみ"))
        case .out: sentences.append(Phrase("only when going out", "退場時のみ"))
        case nil: break
        }
        if rule.proved { sentences.append(Phrase("only for cards that prove to be genuine", "真正性を証明したカードのみ")) }
        if !rule.dates.isEmpty { sentences.append(Phrase("only on \(days(rule.dates))", "期間: \(days(rule.dates)) のみ")) }
        if let schedule = rule.schedule { sentences.append(Phrase("only \(hours(schedule))", "時間帯: \(hours(schedule)) のみ")) }
        for programme in rule.eligible.map(\.text).sorted() {
            sentences.append(Phrase("only to those entitled to \(programme)", "\(programme) の資格がある人のみ"))
        }
        if let company = rule.company {
            let minutes = (company.within.milliseconds + 59_999) / 60_000
            sentences.append(
                Phrase(
                    "only together: somebody entitled to \(company.eligible) holds a card at the same place, at most \(minutes) min before or after",
                    "\(company.eligible) の資格がある人が前後\(minutes)分以内に同じ場所で読み取ったときのみ"))
        }
        if let after = rule.after {
            let title = town.points.rule(after).map { harmless($0.title) } ?? after.text
            sentences.append(Phrase("only where \(after) (\(title)) has given on the same day", "同じ日に \(after)(\(title))が付与したときのみ"))
        }
        sentences += rule.rates.map { rate in
            let when = [rate.dates.isEmpty ? nil : days(rate.dates), rate.schedule.map(hours)].compactMap(\.self)
                .joined(separator: Phrase(" and ", "かつ")[language])
            let amount = amount(rate.amount, of: rule.purse)
            return Phrase("\(amount) in place of \(each): \(when)", "\(when) は\(each)でなく\(amount)")
        }
        sentences += rule.caps.map(sentence)
        if rule.needsConfirmation {
            sentences.append(Phrase("reserved, and given once staff have confirmed the attendance", "保留とし、職員が出席を確認してから付与"))
        }
        if rule.isDraft { sentences.append(Phrase("DRAFT: pays nothing yet; kazasu points try shows what it would pay", "試案: まだ付与しない")) }
        return sentences.map { $0[language] } + [example(of: rule)]
    }

    /// `for example: three taps on each day from Monday to Sunday, … : 3 × 10 = 30 ポイント`
    private func example(of rule: EarningRule) -> String {
        let times = rule.timesInExample
        let sum = amount(times * rule.amount, of: rule.purse)
        let rates = rule.rates.isEmpty ? Phrase("", "") : Phrase(", at no other amount", "、金額の特例なしのとき")
        return Phrase(
            "for example: three taps at one place on each day from Monday to Sunday, of somebody to whom it has never given\(rates.en), are given \(grouped(times)) × \(grouped(rule.amount)) = \(sum)",
            "例: 初めての人が同じ場所で月曜から日曜まで毎日3回読み取ると\(rates.ja)、\(grouped(times))回×\(grouped(rule.amount))=\(sum)")[language]
    }

    private func kindOrThing(_ purpose: Purpose) -> String {
        let hasThings = !["visit", "enrol", "school-gate"].contains(purpose.kind.text)
        return purpose.thing == nil && hasThings ? Phrase("any \(purpose.kind)", "すべての\(purpose.kind)")[language] : self.purpose(purpose)
    }

    private func sentence(_ cap: EarningRule.Cap) -> Phrase {
        let place = cap.eachPlace ? Phrase(", each place for itself", "(場所ごと)") : Phrase("", "")
        let often = cap.times == 1 ? "once" : "\(cap.times) times"
        return Phrase("at most \(often) \(cap.period.phrase.en)\(place.en)", "\(cap.period.phrase.ja)\(cap.times)回まで\(place.ja)")
    }

    private func days(_ spans: [DateSpan]) -> String {
        func day(_ ordinal: Int) -> String { "\(ordinal / 100)/\(ordinal % 100)" }
        return spans.map { span in
            switch span {
            case .once(let from, let to): return from == to ? "\(from)" : "\(from)–\(to)"
            case .yearly(let from, let to):
                let days = from == to ? day(from) : "\(day(from))–\(day(to))"
                return Phrase("\(days) of every year", "毎年\(days)")[language]
            }
        }.joined(separator: Phrase(", ", "、")[language])
    }

    /// `in weekend (Sat, Sun 00:00–24:00; holidays like Sundays)`
    private func hours(_ schedule: Schedule) -> String {
        func clock(_ minutes: Int) -> String {
            let (hour, minute) = (minutes / 60, minutes % 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        }
        let names = language == .ja ? ["月", "火", "水", "木", "金", "土", "日"] : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        var groups: [(days: [String], hours: [Schedule.Hours])] = []
        for (name, hours) in zip(names, schedule.week) where !hours.isEmpty {
            if let known = groups.firstIndex(where: { $0.hours == hours }) {
                groups[known].days.append(name)
            } else {
                groups.append(([name], hours))
            }
        }
        var parts = groups.map { group in
            group.days.joined(separator: Phrase(", ", "・")[language]) + " "
                + group.hours.map { "\(clock($0.lowerBound))–\(clock($0.upperBound))" }.joined(separator: ", ")
        }
        switch schedule.onHolidays {
        case .open: break
        case .closed: parts.append(Phrase("not on national holidays", "祝日を除く")[language])
        case .likeSunday: parts.append(Phrase("national holidays like Sundays", "祝日は日曜と同じ")[language])
        }
        if !schedule.terms.isEmpty { parts.append(days(schedule.terms)) }
        return Phrase("in hours of ", "")[language] + "\(schedule.id) (\(parts.joined(separator: "; ")))"
    }

    // MARK: Tried, confirmed

    func tried(_ tried: RuleTried, _ rule: EarningRule, _ from: CalendarDate, _ to: CalendarDate) -> [String] {
        let sum = amount(tried.amount, of: rule.purse)
        let (people, awards, taps) = (grouped(tried.people), grouped(tried.awards), grouped(tried.taps))
        return [
            Phrase(
                "\(rule.id) \(harmless(rule.title)), \(from)–\(to): would have paid \(sum) to \(people) people, \(awards) times",
                "\(rule.id) \(harmless(rule.title))、\(from)–\(to): \(people)人に\(awards)回、計\(sum)"),
            Phrase(
                "\(taps) taps of known people were looked at; \(grouped(tried.capped)) more would have been paid but for a cap",
                "対象の読取\(taps)件、上限により付与しない読取\(grouped(tried.capped))件"),
        ].map { $0[language] }
    }

    func confirmed(_ sum: AttendanceConfirmed, _ rule: EarningRule, refused: Bool) -> String {
        let what = amount(sum.amount, of: rule.purse)
        return refused
            ? Phrase("given up: \(what), \(grouped(sum.count)) taps", "付与せず: \(grouped(sum.count))件、\(what)")[language]
            : Phrase("given: \(what), \(grouped(sum.count)) taps", "付与: \(grouped(sum.count))件、\(what)")[language]
    }
}

extension EarningRule.Cap.Period: Worded {
    var phrase: Phrase {
        switch self {
        case .day: Phrase("a day", "1日")
        case .week: Phrase("a week, Monday to Sunday", "1週(月〜日)")
        case .month: Phrase("a month", "1か月")
        case .year: Phrase("a year, January to December", "1年(1〜12月)")
        case .fiscalYear: Phrase("a fiscal year, April to March", "1年度")
        case .ever: Phrase("ever", "通算")
        }
    }
}

extension EarningRule {
    /// How often it gives for three taps at one place on each day from Monday to Sunday, as long as nothing but its caps stands against it.
    var timesInExample: Int64 {
        var (all, today) = (0, 0)
        for tap in 0..<21 {
            if tap.isMultiple(of: 3) { today = 0 }
            guard caps.allSatisfy({ ($0.period == .day ? today : all) < $0.times }) else { continue }
            (all, today) = (all + 1, today + 1)
        }
        return Int64(all)
    }
}
