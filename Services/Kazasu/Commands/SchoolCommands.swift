import Contracts
import Sheets
import Town

extension Option where Value == PupilDay.State {
    fileprivate static var state: Self {
        let words = PupilDay.State.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("--state", "WORD", "these alone: \(words)", expected: "one of \(words)") { PupilDay.State(rawValue: $0) }
    }
}

extension Option where Value == CalendarDate {
    fileprivate static var onDate: Self {
        Self("--date", "DATE", "of that day (default: today)", expected: Day.expected) { CalendarDate($0) }
    }
    fileprivate static var firstAbsent: Self {
        Self("--from", "DATE", "the first day (default: today)", expected: Day.expected) { CalendarDate($0) }
    }
    fileprivate static var lastAbsent: Self {
        Self("--to", "DATE", "the last day (default: the first)", expected: Day.expected) { CalendarDate($0) }
    }
}

extension Operand where Value == CalendarDate {
    fileprivate static var date: Self { Self("DATE", expected: Day.expected) { CalendarDate($0) } }
}

/// `08:30-12:00`, in minutes after midnight.
private struct Hours {
    let from: Int
    let until: Int

    init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end -> Int? in
            guard case .clock(let minutes)? = WrittenTime(String(end)) else { return nil }
            return minutes
        }
        guard ends.count == 2, let from = ends[0], let until = ends[1], from < until else { return nil }
        (self.from, self.until) = (from, until)
    }
}

extension Option where Value == Hours {
    fileprivate static var hours: Self {
        Self("--hours", "FROM-TO", "other hours than usual: a half day (短縮授業)", expected: "hours such as 08:30-12:00") { Hours($0) }
    }
}

extension Flag {
    fileprivate static var closed: Self { Self("--closed", "no school: a typhoon (臨時休校)") }
    fileprivate static var asUsual: Self { Self("--as-usual", "as the calendar says after all") }
    fileprivate static var undo: Self { Self("--undo", "it was a mistake: the child comes") }
}

extension Command {
    package static var schoolToday: Command {
        Command(
            "school today", "SCHOOL", count: 1...1, summary: "who has come, who has left, who has not come (登校状況)",
            options: [
                Option<CalendarDate>.onDate.shape, Option<String>.schoolClass.shape, Option<PupilDay.State>.state.shape, Option.csv.shape,
                Option.encoding.shape,
            ] + NoticeCounter.options,
            details: """
                Exit code 1 where somebody should have come and has not, or where the gate cannot be heard.
                Examples:
                  kazasu school today east --state not-arrived
                  kazasu school today east --class 3-2 --lang ja
                """
        ) { arguments, console in
            let (id, path) = (try arguments.operand(0, .school), try arguments.optional(.csv))
            let (date, schoolClass, state) = (
                try arguments.optional(.onDate), try arguments.optional(.schoolClass), try arguments.optional(.state)
            )
            let counter = try NoticeCounter(arguments, console)
            let school = try counter.school(id)
            var (list, pupils): (PupilList?, [PupilDay]) = (nil, [])
            repeat {
                var wish = ListPupils(id)
                (wish.date, wish.schoolClass, wish.state, wish.after) = (date, schoolClass, state, pupils.count)
                let page = try counter.ask(wish, on: .listPupils)
                (list, pupils) = (page, pupils + page.pupils)
                // An answer with nobody in it has nobody after it.
                if page.pupils.isEmpty { break }
            } while list?.more == true
            guard var list else { return .refused }
            let words = PlainWords(path == nil ? counter.words.language : .ja, counter.town)
            if counter.json {
                (list.pupils, list.more) = (pupils, false)
                try console.json(list)
            } else if let path {
                try counter.write(header: words.pupilHeading, rows: pupils.map(words.row), to: path)
            } else {
                console.line(words.summary(list, of: school))
                for gate in list.silent { console.line(words.silent(gate)) }
                if !pupils.isEmpty { console.out(table([words.pupilHeading] + pupils.map(words.row))) }
            }
            return list.silent.isEmpty && list.tally[PupilDay.State.notArrived.rawValue, default: 0] == 0 ? .done : .refused
        }
    }

    package static var schoolAbsence: Command {
        Command(
            "school absence", "SCHOOL PERSON", count: 2...2, summary: "a guardian has said that a child does not come (欠席連絡)",
            options: [Option<CalendarDate>.firstAbsent.shape, Option<CalendarDate>.lastAbsent.shape, Flag.undo.shape]
                + NoticeCounter.options,
            details: """
                Nobody is alarmed for a child who is said to be absent.
                Examples:
                  kazasu school absence east p-7k3mq2x5t4w2vbza
                  kazasu school absence east p-7k3mq2x5t4w2vbza --from 2026-11-24 --to 2026-11-27
                  kazasu school absence east p-7k3mq2x5t4w2vbza --undo
                """
        ) { arguments, console in
            let (school, person) = (try arguments.operand(0, .school), try arguments.operand(1, .person))
            let (from, to) = (try arguments.optional(.firstAbsent), try arguments.optional(.lastAbsent))
            let counter = try NoticeCounter(arguments, console)
            _ = try counter.school(school)
            let first = from ?? counter.today
            let wish = ReportAbsence(person, at: school, from: first, until: to ?? first, undo: arguments.has(.undo) ? true : nil)
            let said = try counter.ask(wish, on: .reportAbsence)
            if counter.json { try console.json(said) } else { console.line(counter.words.absence(said)) }
            return .done
        }
    }

    package static var schoolDay: Command {
        Command(
            "school day", "SCHOOL DATE", count: 2...2, summary: "a day is not as the calendar says: closed, or other hours (臨時休校・短縮授業)",
            options: [Flag.closed.shape, Option<Hours>.hours.shape, Flag.asUsual.shape] + NoticeCounter.options,
            details: """
                Examples:
                  kazasu school day east 2026-11-24 --closed
                  kazasu school day east 2026-11-24 --hours 08:30-12:00
                """
        ) { arguments, console in
            let (school, date) = (try arguments.operand(0, .school), try arguments.operand(1, .date))
            let hours = try arguments.optional(.hours)
            guard [arguments.has(.closed), hours != nil, arguments.has(.asUsual)].count(where: { $0 }) == 1 else {
                throw Failure.usage("how? Give one of --closed, --hours FROM-TO and --as-usual.")
            }
            let counter = try NoticeCounter(arguments, console)
            _ = try counter.school(school)
            let wish = ChangeSchoolDay(
                school, on: date, isClosed: arguments.has(.closed) ? true : nil, from: hours?.from, until: hours?.until)
            let said = try counter.ask(wish, on: .changeSchoolDay)
            if counter.json { try console.json(said) } else { console.line(counter.words.schoolDay(said)) }
            return .done
        }
    }
}
