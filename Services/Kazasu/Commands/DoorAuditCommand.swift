import Contracts
import Seal
import Sheets
import Town

extension Command {
    package static var doorAudit: Command {
        Command(
            "door audit", "DOOR", count: 1...1, summary: "who was let in or not, why, what came of it, alarms, bookings changed, by whom",
            options: [
                Option.day.shape, Option.from.shape, Option.to.shape, Option.csv.shape, Option.encoding.shape, Option.language.shape,
            ] + Station.options + [Flag.json.shape],
            details: """
                Today, one day, or from one time to another; as far back as keep: audit-days of the town's file. A person stands there by the id, a card that
                nobody is known to hold by the beginning of its token.
                  kazasu door audit gym --day 2026-11-21
                  kazasu door audit gym --from "2026-11-01 00:00" --to "2026-12-01 00:00" --csv november.csv
                """
        ) { arguments, console in
            let door = try arguments.operand(0, .door)
            let station = try Station(arguments, console)
            try station.check(door)
            let (from, to) = try period(arguments, station.town.offset, console.now())
            let desk = try station.desk()
            let lines = try lines(of: door, from, to, desk)
            try desk.noteSilentSites(of: door)
            let words = PlainWords(try arguments.optional(.language) ?? .en, station.town)
            if let path = try arguments.optional(.csv) {
                try write(lines, to: path, as: try arguments.optional(.encoding) ?? .utf8, station.town, console)
            } else if arguments.has(.json) {
                try console.json(lines)
            } else if lines.isEmpty {
                console.line("nothing at door \(door) from \(from.minute(station.town.offset)) to \(to.minute(station.town.offset))")
            } else {
                let head = [
                    Phrase("WHEN", "日時"), Phrase("WHAT", "内容"), Phrase("WHO", "対象者"), Phrase("WHY", "理由"), Phrase("OUTCOME", "結果"),
                    Phrase("BY", "操作者"),
                ]
                console.out(table([head.map { $0[words.language] }] + lines.map { cells($0, words) }))
            }
            return .done
        }
    }

    private static func period(_ arguments: Arguments, _ offset: UTCOffset, _ now: Instant) throws -> (from: Instant, to: Instant) {
        let (day, from, to) = (try arguments.optional(.day), try arguments.optional(.from), try arguments.optional(.to))
        guard day == nil || from == nil && to == nil else { throw Failure.usage("give --day, or --from and --to, not both.") }
        let start = day?.start(offset) ?? from?.instant(now: now, offset) ?? Day(now.day(offset))?.start(offset) ?? now
        let end = to?.instant(now: now, offset) ?? (from == nil ? start + .seconds(86_400) : now)
        guard start < end else { throw Failure.usage("the time ends (\(end.minute(offset))) before it begins.") }
        return (start, end)
    }

    /// A long time is asked for in several parts side by side, so that one is read while the next is looked up.
    private static func lines(of door: DoorID, _ from: Instant, _ to: Instant, _ desk: Desk) throws -> [AuditLine] {
        let wish = ListAudit(door: door, from: from, to: to)
        let page = try desk.ask(wish, on: .listAudit, for: AuditPage.self)
        let parts = wish.behind(page).map { $0.parts(4) } ?? []
        var lines = parts.map { _ in [AuditLine]() }
        try desk.ask(parts, on: .listAudit, for: AuditPage.self) { part, page in
            lines[part] += page.lines
            return parts[part].behind(page)
        }
        return page.lines + lines.joined()
    }

    private static func cells(_ line: AuditLine, _ words: PlainWords) -> [String] {
        let at = line.at.rfc3339(words.town.offset).prefix(19).split(separator: "T").joined(separator: " ")
        return [
            at, line.whatPhrase[words.language], harmless(line.who ?? "-"), line.why(words), line.outcome(words), line.by?.text ?? "-",
        ]
    }

    private static func write(
        _ lines: [AuditLine], to path: String, as encoding: SheetEncoding, _ town: Town, _ console: Console
    ) throws {
        let words = PlainWords(.ja, town)
        let bytes: [UInt8]
        do throws(SheetError) {
            bytes = try writeSheet(
                header: ["日時", "内容", "対象者", "理由", "結果", "操作者", "ID"],
                rows: lines.map { line in cells(line, words).map { $0 == "-" ? "" : $0 } + [line.id.description] }, as: encoding)
        } catch { throw Failure.refused("\(error) With --encoding utf8 every character can be written.") }
        do throws(SealError) { try SecretFile.create(path, bytes) } catch { throw Failure.refused("\(error)") }
        console.line("written: \(path), \(lines.count) line\(lines.count == 1 ? "" : "s")")
    }
}
