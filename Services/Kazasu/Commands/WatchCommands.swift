import Contracts
import Town

extension Option where Value == Int {
    fileprivate static var days: Self {
        Self("--days", "N", "days without a card until it is an alarm (default: 3)", expected: "1 to 60") {
            Int($0).flatMap { (1...60).contains($0) ? $0 : nil }
        }
    }
}

extension Option where Value == PlaceID {
    fileprivate static var place: Self {
        Self("--place", "PLACE", repeats: true, "a card counts there alone (default: anywhere)", expected: "a place of the town's file") {
            PlaceID($0)
        }
    }
}

extension Option where Value == CalendarDate {
    fileprivate static var pause: Self {
        Self("--pause-until", "DATE", "in hospital or on a journey: the first day that counts again", expected: Day.expected) {
            CalendarDate($0)
        }
    }
}

extension Flag {
    fileprivate static var end: Self { Self("--end", "it is over") }
    fileprivate static var anywhere: Self { Self("--anywhere", "a card counts anywhere again") }
    fileprivate static var everyWatch: Self { Self("--all", "everybody who is watched over, not alarms alone") }
}

extension Operand where Value == String {
    fileprivate static var found: Self {
        Self("WORDS", expected: "what was found, at most 200 characters, such as \"visited, fine\"") {
            $0.trimmed.isEmpty || $0.count > 200 ? nil : $0.trimmed
        }
    }
}

extension Command {
    package static var noticeWatch: Command {
        Command(
            "notice watch", "PERSON", count: 1...1, summary: "hear it when somebody's card has not been used for days (見守りの登録)",
            options: [
                Option<Int>.days.shape, Option<PlaceID>.place.shape, Flag.anywhere.shape, Option<CalendarDate>.pause.shape, Flag.end.shape,
            ] + NoticeCounter.options,
            details: """
                The family is told first, then the neighbourhood association, then the office. It wants the person's consent (kazasu consent give notifier silence).
                Examples:
                  kazasu notice watch p-7k3mq2x5t4w2vbza --days 3
                  kazasu notice watch p-7k3mq2x5t4w2vbza --pause-until 2026-12-01
                  kazasu notice watch p-7k3mq2x5t4w2vbza --end
                """
        ) { arguments, console in
            let person = try arguments.operand(0, .person)
            let places = try arguments.all(.place)
            let wish = PutWatch(
                person, days: try arguments.optional(.days), places: arguments.has(.anywhere) ? [] : places.isEmpty ? nil : places,
                pauseUntil: try arguments.optional(.pause), end: arguments.has(.end) ? true : nil)
            let counter = try NoticeCounter(arguments, console)
            let answer = try counter.ask(wish, on: .putWatch)
            if counter.json {
                try console.json(answer)
            } else if answer.isOver == true {
                console.line("\(person): \(Phrase("watched over no more", "見守り終了")[counter.words.language])")
            } else {
                console.out(table([counter.words.watchHeading, counter.words.row(answer.watch)]))
            }
            return .done
        }
    }

    package static var noticeWatches: Command {
        Command(
            "notice watches", summary: "who has been silent for too long (見守り一覧)", options: [Flag.everyWatch.shape] + NoticeCounter.options,
            details: "Exit code 1 where there is an alarm nobody has seen to. Example: kazasu notice watches --all --lang ja"
        ) { arguments, console in
            let all = arguments.has(.everyWatch)
            let counter = try NoticeCounter(arguments, console)
            let watches = try everyPage { (last: Watch?) in
                let page = try counter.ask(ListWatches(all: all ? true : nil, after: last?.person), on: .listWatches)
                return (page.watches, page.more)
            }
            if counter.json {
                try console.json(watches)
            } else if watches.isEmpty {
                console.line(Phrase("nobody has been silent for too long", "警報なし")[counter.words.language])
            } else {
                console.out(table([counter.words.watchHeading] + watches.map(counter.words.row)))
            }
            return watches.contains { [.family, .association, .office].contains($0.stage) } ? .refused : .done
        }
    }

    package static var noticeVisited: Command {
        Command(
            "notice visited", "PERSON WORDS", count: 2...2, summary: "somebody looked in on them; the alarm is over (訪問確認)",
            options: NoticeCounter.options,
            details: """
                Everybody who was alarmed is told. Example: kazasu notice visited p-7k3mq2x5t4w2vbza "訪問し、お元気でした"
                """
        ) { arguments, console in
            let (person, found) = (try arguments.operand(0, .person), try arguments.operand(1, .found))
            let counter = try NoticeCounter(arguments, console)
            let answer = try counter.ask(AcknowledgeSilence(person, words: found), on: .acknowledgeSilence)
            if counter.json {
                try console.json(answer)
            } else {
                console.out(table([counter.words.watchHeading, counter.words.row(answer.watch)]))
            }
            return .done
        }
    }
}
