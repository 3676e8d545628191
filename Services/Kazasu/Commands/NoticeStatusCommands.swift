import Contracts
import Post
import Sheets
import Town

extension Option where Value == PersonID {
    fileprivate static var toPerson: Self {
        Self("--person", "PERSON", "what was sent to somebody", expected: "p- and 16 letters and digits") { PersonID($0.lowercased()) }
    }
}

extension Option where Value == EventID {
    fileprivate static var about: Self {
        Self("--about", "TAP", "what was sent because of a tap or another event", expected: "the id of an event") { EventID($0) }
    }
}

extension Option where Value == HomeID {
    fileprivate static var home: Self {
        Self("--home", "HOME", "a device in the home, of the town's file", expected: "a name such as home-1") { HomeID($0) }
    }
}

extension Option where Value == String {
    fileprivate static var browser: Self {
        Self("--push", "FILE", "a browser's subscription as JSON, as PushSubscription.toJSON() gives it", expected: "the path of a file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Flag {
    fileprivate static var remove: Self { Self("--remove", "take it away") }
}

extension Command {
    package static var noticeStatus: Command {
        Command(
            "notice status", "[ID]", count: 0...1,
            summary: "what has not left yet; or how a message, or what was sent to somebody, stands (配信状況)",
            options: [Option<PersonID>.toPerson.shape, Option<EventID>.about.shape] + NoticeCounter.options,
            details: """
                Exit code 1 where something could not be delivered.
                Examples:
                  kazasu notice status
                  kazasu notice status typhoon-15
                  kazasu notice status --person p-7k3mq2x5t4w2vbza
                """
        ) { arguments, console in
            let id = arguments.operands.isEmpty ? nil : try arguments.operand(0, .message)
            let (person, about) = (try arguments.optional(.toPerson), try arguments.optional(.about))
            let counter = try NoticeCounter(arguments, console)
            if let id {
                let message = try counter.message(id)
                try counter.show(message)
                return message.tally.failed == 0 ? .done : .refused
            }
            var backlog: Backlog?
            let lines = try everyPage { (last: DeliveryLine?) in
                let page = try counter.ask(ListDeliveries(person: person, about: about, after: last?.id), on: .listDeliveries)
                backlog = page.backlog
                return (page.deliveries, page.more)
            }
            if counter.json {
                try console.json(lines)
            } else {
                if let backlog { console.line(counter.words.summary(backlog)) }
                if !lines.isEmpty { console.out(table([counter.words.deliveryHeading] + lines.map(counter.words.row))) }
            }
            return lines.contains { $0.stage == .failed } ? .refused : .done
        }
    }

    package static var noticeUnreached: Command {
        Command(
            "notice unreached", summary: "whom messages do not reach, and since when (不達者一覧)",
            options: [Option.csv.shape, Option.encoding.shape] + NoticeCounter.options,
            details: """
                An address stands here from the first answer that it is dead until a message arrives there again. Exit code 1 where there are any.
                Example: kazasu notice unreached --csv unreached.csv
                """
        ) { arguments, console in
            let path = try arguments.optional(.csv)
            let counter = try NoticeCounter(arguments, console)
            let people = try everyPage { (last: Unreached?) in
                let page = try counter.ask(ListUnreached(after: last?.person), on: .listUnreached)
                return (page.people, page.more)
            }
            let words = PlainWords(path == nil ? counter.words.language : .ja, counter.town)
            if counter.json {
                try console.json(people)
            } else if let path {
                try counter.write(header: words.unreachedHeading, rows: people.map(words.row), to: path)
            } else if people.isEmpty {
                console.line(Phrase("everybody is reached, as far as is known", "不達の宛先はありません")[words.language])
            } else {
                console.out(table([words.unreachedHeading] + people.map(words.row)))
            }
            return people.isEmpty ? .done : .refused
        }
    }

    package static var noticeProbe: Command {
        Command(
            "notice probe", "PERSON", count: 1...1, summary: "send somebody a test message now (配信テスト)", options: NoticeCounter.options,
            details: """
                With probes: true in the town's file every address gets one in the course of each month.
                Example: kazasu notice probe p-7k3mq2x5t4w2vbza; kazasu notice status --person p-7k3mq2x5t4w2vbza
                """
        ) { arguments, console in
            let person = try arguments.operand(0, .person)
            let counter = try NoticeCounter(arguments, console)
            let answer = try counter.ask(ProbeAddresses(person), on: .probeAddresses)
            if counter.json {
                try console.json(answer)
            } else {
                console.line("\(person): \(Phrase("sent", "送信しました")[counter.words.language])")
            }
            return .done
        }
    }

    package static var noticeFollowUp: Command {
        Command(
            "notice follow-up", "DELIVERY", count: 1...1, summary: "somebody whom a message did not reach was told otherwise (個別連絡済)",
            options: NoticeCounter.options, details: "Example: kazasu notice follow-up 01KCXW9V9R4QJ5Y8M3T6Z2B1HD"
        ) { arguments, console in
            let id = try arguments.operand(0, .delivery)
            let counter = try NoticeCounter(arguments, console)
            let line = try counter.ask(FollowUp(id), on: .followUp)
            if counter.json { try console.json(line) } else { console.out(table([counter.words.row(line)])) }
            return .done
        }
    }

    package static var noticeSubscribe: Command {
        Command(
            "notice subscribe", "PERSON", count: 1...1, summary: "write somebody to a browser or to a device in the home too, or no more",
            options: [Option<HomeID>.home.shape, Option<String>.browser.shape, Flag.remove.shape] + NoticeCounter.options,
            details: """
                Examples:
                  kazasu notice subscribe p-7k3mq2x5t4w2vbza --home home-1
                  kazasu notice subscribe p-7k3mq2x5t4w2vbza --home home-1 --remove
                """
        ) { arguments, console in
            let person = try arguments.operand(0, .person)
            let (home, path) = (try arguments.optional(.home), try arguments.optional(.browser))
            guard (home == nil) != (path == nil) else { throw Failure.usage("where? Give either --home HOME or --push FILE.") }
            let push = try path.map(readSubscription)
            let counter = try NoticeCounter(arguments, console)
            let ways = try counter.ask(
                Subscribe(person, push: push, home: home, remove: arguments.has(.remove) ? true : nil), on: .subscribe)
            if counter.json {
                try console.json(ways)
            } else {
                console.line("\(person): \(ways.ways.map { $0.phrase[counter.words.language] }.joined(separator: ", "))")
            }
            return .done
        }
    }
}

extension Command {
    package static var noticeBounce: Command {
        Command(
            "notice bounce", summary: "take a mail that came back from standard input: its address is dead, and the next way is tried",
            options: NoticeCounter.options,
            details: """
                For the mail server, which hands over what comes to the town's address for bounces (Docs/mail.md). What is no report of a failure is left alone.
                Example, in /etc/aliases: bounce: "|kazasu notice bounce --town /etc/kazasu/town.yaml"
                """
        ) { arguments, console in
            var mail: [UInt8] = []
            while mail.count < Bounce.mostBytes, let line = console.read() { mail += Array(line.utf8) + [UInt8(ascii: "\n")] }
            let counter = try NoticeCounter(arguments, console)
            guard let address = counter.town.post.mail?.bounces.flatMap({ try? MailAddress($0) }) else {
                throw Failure.refused("the town's file names no address for bounces. Add notices: mail: bounces: bounce@nagai.example")
            }
            guard let bounce = Bounce(mail, to: ReturnPath(address)), let delivery = EventID(bounce.key.uppercased()) else {
                console.note("this is no report of a mail that came back; nothing was done")
                return .done
            }
            let line = try counter.ask(NoteBounce(delivery, status: bounce.status, isPermanent: bounce.isPermanent), on: .noteBounce)
            if counter.json { try console.json(line) } else { console.out(table([counter.words.row(line)])) }
            return .done
        }
    }
}
