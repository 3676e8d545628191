import Contracts
import Town

extension Operand where Value == ReceptionID {
    static var reception: Self { Self("ID", expected: "a reception of the town's file such as ballot-2027") { ReceptionID($0) } }
}

extension Operand where Value == Int {
    static var receptionNumber: Self {
        Self("NUMBER", expected: "the number under which somebody was received") { wholeNumber($0).map(Int.init) }
    }
}

extension Operand where Value == String {
    fileprivate static var name: Self { Self("NAME", expected: "the whole name, or its reading") { $0.trimmed.isEmpty ? nil : $0.trimmed } }
}

extension Option where Value == String {
    fileprivate static var ticket: Self {
        Self("--ticket", "TEXT", "by the ticket's number, typed or scanned", expected: "a ticket's number") { $0.isEmpty ? nil : $0 }
    }
    fileprivate static var called: Self {
        Self("--name", "NAME", "by the whole name or its reading; of a walk-in, as whom to take them down", expected: "a name") {
            $0.trimmed.isEmpty ? nil : $0.trimmed
        }
    }
}

extension Option where Value == PersonID {
    fileprivate static var whom: Self {
        Self("--person", "PERSON", "by the person's id", expected: "p- and 16 letters and digits") { PersonID($0.lowercased()) }
    }
}

extension Option where Value == Int {
    fileprivate static var row: Self {
        Self("--row", "N", "by the row of the list; kazasu reception find shows it", expected: "a row's number") {
            wholeNumber($0).map(Int.init)
        }
    }
}

extension Option where Value == ReversalReason {
    fileprivate static var reason: Self {
        Self("--why", "CODE", "why, in a word; no names", expected: "a word such as wrong-person: a-z, 0-9 and -") { ReversalReason($0) }
    }
}

extension Flag {
    fileprivate static var walkIn: Self { Self("--walk-in", "somebody who is not on the list") }
    fileprivate static var override: Self { Self("--override", "also where the row belongs to another station") }
    fileprivate static var everyLine: Self { Self("--all", "every line, not the first hundred") }
}

extension Command {
    package static var receptionList: Command {
        Command("reception list", summary: "all receptions and how they stand (受付一覧)", options: ReceptionTable.options) {
            arguments, console in
            let table = try ReceptionTable(arguments, console, about: nil)
            let counts = try table.counts()
            if table.json {
                try console.json(counts)
            } else if counts.isEmpty {
                console.line(Phrase("the town's file has none", "受付なし")[table.words.language])
            } else {
                for count in counts { try table.show(count) }
            }
            return .done
        }
    }

    package static var receptionStatus: Command {
        Command(
            "reception status", "ID", count: 1...1, summary: "how a reception stands, with what was taken back and received twice",
            options: ReceptionTable.options
        ) {
            arguments, console in
            let id = try arguments.operand(0, .reception)
            let table = try ReceptionTable(arguments, console, about: id)
            try table.noteSilentSites()
            let handOver = try table.ask(ShowHandOver(of: id), on: .showHandOver)
            if table.json {
                try console.json(handOver)
            } else {
                try table.show(handOver.count)
                for reversal in handOver.reversals { console.line(table.words.reversal(reversal)) }
                for conflict in handOver.conflicts { console.line(table.words.conflict(conflict)) }
            }
            return .done
        }
    }

    package static var receptionOpen: Command { decideReception("open", .open, "receive people from now on (受付開始)") }
    package static var receptionClose: Command {
        decideReception("close", .close, "receive nobody any more; it may be opened again (受付終了)")
    }
    package static var receptionCancel: Command { decideReception("cancel", .cancel, "call a reception off for good (中止)") }

    private static func decideReception(_ word: String, _ decision: DecideReception.Decision, _ summary: String) -> Command {
        Command("reception \(word)", "ID", count: 1...1, summary: summary, options: ReceptionTable.changing) { arguments, console in
            let id = try arguments.operand(0, .reception)
            let table = try ReceptionTable(arguments, console, about: id)
            try table.confirm("\(word) \(id), \(harmless(table.terms?.title ?? ""))?")
            try table.show(try table.ask(DecideReception(decision, id), on: .decideReception))
            return .done
        }
    }

    package static var receptionImport: Command {
        Command(
            "reception import", "ID FILE", count: 2...2,
            summary: "add a list of those who are expected: first a trial, then with a yes (名簿の取込)",
            options: [Flag.everyLine.shape] + ReceptionTable.changing,
            details: """
                Columns: name (氏名), and if there are any: reading (フリガナ), ticket (整理券番号), person (利用者番号), born (生年月日), station (窓口). UTF-8 or
                Shift_JIS. A file with one line that cannot be read, or with a ticket or person twice, is not sent. The same file again adds nobody.
                Example:
                  kazasu reception import ballot-2027 list.csv
                """
        ) { arguments, console in
            let (id, path) = (try arguments.operand(0, .reception), try arguments.operand(1, .listFile))
            let bytes = try ListFile.bytes(of: path)
            let sheet: ExpectedSheet
            do throws(Failure) { sheet = try ExpectedSheet(bytes) } catch {
                throw Failure(code: error.code, description: "\(path): \(error)")
            }
            let table = try ReceptionTable(arguments, console, about: id)
            let trial = try table.send(sheet.rows, to: id, dry: true)
            table.report(trial, all: arguments.has(.everyLine))
            let count = trial.count { $0.verdict.isAdded }
            guard count > 0 else { return .done }
            try table.confirm("add \(count) \(count == 1 ? "row" : "rows") to \(id)?")
            let lines = try table.send(sheet.rows, to: id, dry: false)
            if table.json {
                try console.json(ExpectedAdded(lines))
            } else {
                console.line("added: \(table.words.grouped(lines.count { $0.verdict.isAdded }))")
            }
            return .done
        }
    }

    package static var receptionFind: Command {
        Command(
            "reception find", "ID NAME", count: 2...2, summary: "look somebody up in the list, by the whole name or its reading (名簿検索)",
            options: ReceptionTable.options
        ) {
            arguments, console in
            let (id, name) = (try arguments.operand(0, .reception), try arguments.operand(1, .name))
            let table = try ReceptionTable(arguments, console, about: id)
            let found = try table.ask(FindExpected(name, in: id), on: .findExpected)
            if table.json { try console.json(found) } else { console.out(table.rows(found.rows)) }
            if found.rows.isEmpty { console.note("nobody on the list has this name or reading, written in full") }
            if found.more { console.note("there are more of this name: ask for the ticket") }
            return found.rows.isEmpty ? .refused : .done
        }
    }

    package static var receptionAccept: Command {
        Command(
            "reception accept", "ID", count: 1...1, summary: "receive somebody without a card: by ticket, name, row or id (受付)",
            options: [
                Option<String>.ticket.shape, Option<String>.called.shape, Option<Int>.row.shape, Option<PersonID>.whom.shape,
                Flag.walkIn.shape,
                Flag.override.shape,
            ] + ReceptionTable.options,
            details: """
                The answer is the service's: whoever was received before, at any station, is refused with when and where.
                Examples:
                  kazasu reception accept ballot-2027 --ticket 0412
                  kazasu reception accept pottery --walk-in --name "長井 花子"
                """
        ) { arguments, console in
            let id = try arguments.operand(0, .reception)
            var wish = Receive(in: id)
            (wish.ticket, wish.name, wish.row) = (
                try arguments.optional(.ticket), try arguments.optional(.called), try arguments.optional(.row)
            )
            wish.person = try arguments.optional(.whom)
            (wish.walkIn, wish.override) = (arguments.has(.walkIn) ? true : nil, arguments.has(.override) ? true : nil)
            let table = try ReceptionTable(arguments, console, about: id)
            let received = try table.ask(wish, on: .receive)
            if table.json {
                try console.json(received)
            } else {
                if let row = received.row {
                    console.line(harmless([row.name, row.reading, row.ticket].compactMap(\.self).joined(separator: "  ")))
                }
                console.line(table.words.ruling(received.ruling))
                console.line(table.words.summary(received.count))
            }
            return received.ruling.outcome == .accepted ? .done : .refused
        }
    }

    package static var receptionReverse: Command {
        reverse("reverse", .propose, "propose to take back that somebody was received; another desk has to agree (受付取消の起案)")
    }
    package static var receptionAgree: Command { reverse("agree", .agree, "agree to what another desk has proposed to take back (取消の承認)") }
    package static var receptionWithdraw: Command { reverse("withdraw", .withdraw, "do not take it back after all (取消の取下げ)") }

    private static func reverse(_ word: String, _ step: ReverseReceived.Step, _ summary: String) -> Command {
        let options = step == .propose ? [Option<ReversalReason>.reason.shape] : []
        return Command("reception \(word)", "ID NUMBER", count: 2...2, summary: summary, options: options + ReceptionTable.changing) {
            arguments, console in
            let (id, number) = (try arguments.operand(0, .reception), try arguments.operand(1, .receptionNumber))
            let why = step == .propose ? try arguments.required(.reason) : nil
            let table = try ReceptionTable(arguments, console, about: id)
            try table.confirm("\(word) number \(number) of \(id)?")
            let reversal = try table.ask(ReverseReceived(step, number, in: id, why: why), on: .reverseReceived)
            if table.json { try console.json(reversal) } else { console.line(table.words.reversal(reversal)) }
            if reversal.stage == .proposed { console.note("at another desk: kazasu reception agree \(id) \(number) --as NAME") }
            return .done
        }
    }
}
