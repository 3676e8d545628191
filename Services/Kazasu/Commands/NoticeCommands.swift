import Contracts
import Town

extension Flag {
    fileprivate static var onlyCount: Self { Self("--count", "only say whom it would reach; nothing is drawn up") }
}

extension Command {
    package static var noticeSend: Command {
        Command(
            "notice send", "ID", count: 1...1, summary: "draw up a message of the town to many; another desk approves it (一斉配信の起案)",
            options: [
                Option<TextFile>.text.shape, Option<NoticeKind>.kind.shape, Option<TownMessage.Tier>.tier.shape,
                Option<WrittenTime>.leaveAt.shape,
                Option<String>.link.shape, Flag.onlyCount.shape,
            ] + Arguments.audience + NoticeCounter.sending,
            details: """
                Those for whom all that is given holds; everybody who wants to hear of it if nothing is. It is counted before it is drawn up. Each is written to in
                their language, or in the town's own. Look at it first: kazasu notice test.
                Examples:
                  kazasu notice send typhoon-15 --text ja=ja.txt --text en=en.txt --tier disaster --district 平野 --district 伊佐沢
                  kazasu notice send water --text ja=water.txt --evacuated --at "2026-11-21 18:00"
                  kazasu notice approve typhoon-15 --as press
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .message)
            let (kind, tier) = (try arguments.optional(.kind) ?? .town, try arguments.optional(.tier) ?? .ordinary)
            let (audience, links, at) = (try arguments.audience(), try arguments.all(.link), try arguments.optional(.leaveAt))
            let texts = try readTexts(try arguments.all(.text))
            let counter = try NoticeCounter(arguments, console)
            if let school = audience.school { _ = try counter.school(school) }
            let count = try counter.count(audience, kind, tier)
            if arguments.has(.onlyCount) {
                if counter.json { try console.json(count) } else { console.line(counter.words.summary(count)) }
                return .done
            }
            guard !texts.isEmpty else {
                throw Failure.usage("what does it say? Give --text ja=FILE; the first line of the file is the title.")
            }
            console.note(counter.words.summary(count))
            try counter.confirm("draw up \(id)?")
            var wish = OpenMessage(id, kind, tier, to: audience, texts: texts)
            wish.links = links.isEmpty ? nil : links
            wish.at = at?.instant(now: console.now(), counter.town.offset)
            let message = try counter.ask(wish, on: .openMessage).message
            try counter.show(message)
            console.note("to look at it: kazasu notice test \(id); to send it, at another desk: kazasu notice approve \(id) --as NAME")
            return .done
        }
    }

    package static var noticeTest: Command {
        Command(
            "notice test", "ID", count: 1...1, summary: "send a message to the monitors of the town's file alone, as it will be (試験配信)",
            options: NoticeCounter.options
        ) { arguments, console in
            let id = try arguments.operand(0, .message)
            let counter = try NoticeCounter(arguments, console)
            guard !counter.policy.monitors.isEmpty else {
                throw Failure.refused("the town's file names nobody who looks at messages first. Add notices: monitors: [CONTACT]")
            }
            try counter.show(try counter.decide(.test, id))
            return .done
        }
    }

    package static var noticeApprove: Command {
        decideNotice(
            "approve", .approve, "send what another desk has drawn up, at its time (承認)",
            example: "kazasu notice approve typhoon-15 --as press")
    }
    package static var noticeWithdraw: Command {
        decideNotice(
            "withdraw", .withdraw, "what has not left does not leave; what has left, stays (配信の取りやめ)",
            example: "kazasu notice withdraw typhoon-15")
    }
    package static var noticeResend: Command {
        decideNotice(
            "resend", .resend, "once more to those whom a message did not reach (未達者への再送)", example: "kazasu notice resend typhoon-15")
    }

    private static func decideNotice(_ word: String, _ decision: DecideMessage.Decision, _ summary: String, example: String) -> Command {
        Command(
            "notice \(word)", "ID", count: 1...1, summary: summary, options: NoticeCounter.sending, details: "Example: \(example)"
        ) { arguments, console in
            let id = try arguments.operand(0, .message)
            let counter = try NoticeCounter(arguments, console)
            let message = try counter.message(id)
            if decision == .approve { try counter.checkSecondPerson(message) }
            console.note("\(id), drawn up by \(message.proposedBy): \(counter.words.summary(message))")
            for text in message.texts.sorted(by: { $0.key < $1.key }).map(\.value) {
                console.note(harmless(text.subject))
                for line in text.body.split(separator: "\n") { console.note("  \(harmless(String(line)))") }
            }
            try counter.confirm("\(word) \(id)?")
            try counter.show(try counter.decide(decision, id))
            return .done
        }
    }

    package static var noticeList: Command {
        Command("notice list", summary: "messages of the town, newest first", options: NoticeCounter.options) { arguments, console in
            let counter = try NoticeCounter(arguments, console)
            let messages = try everyPage { (last: TownMessage?) in
                let page = try counter.ask(ListMessages(after: last?.id), on: .listMessages)
                return (page.messages, page.more)
            }
            if counter.json {
                try console.json(messages)
            } else if messages.isEmpty {
                console.line(Phrase("there was none yet", "お知らせなし")[counter.words.language])
            } else {
                console.out(table(counter.words.rows(of: messages)))
            }
            return .done
        }
    }
}

/// - Returns: by language; the first line of each file is the title, and empty lines after it are left out.
private func readTexts(_ files: [TextFile]) throws -> [String: NoticeText] {
    var texts: [String: NoticeText] = [:]
    for file in files {
        let bytes = try ListFile.bytes(of: file.path)
        guard bytes.count <= OpenMessage.most, let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure.refused("\(file.path) is no UTF-8 text of at most \(OpenMessage.most) bytes. Save it as UTF-8.")
        }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let subject = String(lines.first ?? "").trimmed
        let body = lines.dropFirst().joined(separator: "\n").trimmed
        guard !subject.isEmpty, !body.isEmpty else {
            throw Failure.refused("\(file.path) needs a title in its first line, and what it says below.")
        }
        texts[file.language] = NoticeText(subject: subject, body: body)
    }
    return texts
}
