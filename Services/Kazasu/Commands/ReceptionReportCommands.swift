import Contracts
import Seal
import Sheets
import Town

extension Option where Value == Int {
    fileprivate static var paperCount: Self {
        Self("--count", "N", "how many in all, in place of what was typed before", expected: "a whole number") {
            Int($0).flatMap { $0 >= 0 ? $0 : nil }
        }
    }
}

extension Option where Value == ReceptionStationID {
    fileprivate static var table: Self {
        Self("--station", "STATION", "at which station (default: this desk's own)", expected: "a station such as north") {
            ReceptionStationID($0)
        }
    }
}

extension Option where Value == ReceptionConflict.Verdict {
    fileprivate static var holds: Self {
        let known = ReceptionConflict.Verdict.allCases.map(\.rawValue).joined(separator: ", ")
        return Self("--holds", "WORD", "which of the two holds: \(known)", expected: "one of \(known)") {
            ReceptionConflict.Verdict(rawValue: $0)
        }
    }
}

extension Option where Value == CalendarDate {
    fileprivate static var handOverDay: Self {
        Self("--day", "DATE", "whose hours to list (default: today)", expected: Day.expected) { CalendarDate($0) }
    }
}

extension Option where Value == String {
    fileprivate static var sheetFile: Self {
        Self("--file", "FILE", "into a new file rather than onto the terminal", expected: "the path of a new file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Command {
    package static var receptionTellAgain: Command {
        Command(
            "reception tell-again", summary: "have all sites told all lists and everybody received again",
            options: [Option.why.shape] + ReceptionTable.options,
            details: """
                After the town's reception was put back from an older copy: until then sites do not know what they were told after that copy.
                """
        ) { arguments, console in
            let why = try arguments.reason(console)
            let table = try ReceptionTable(arguments, console, about: nil)
            _ = try table.ask(TellAgain(why: why), on: .tellReceptionsAgain)
            console.line("the sites are told")
            return .done
        }
    }
}

// What a reception leaves behind: conflicts settled, paper counted, who came, what is handed over.
extension Command {
    package static var receptionSettle: Command {
        Command(
            "reception settle", "ID NUMBER", count: 2...2,
            summary: "say what holds where somebody was received twice by stations that were cut off (重複受付の確認)",
            options: [Option<ReceptionConflict.Verdict>.holds.shape] + ReceptionTable.changing,
            details: """
                NUMBER is the later of the two; kazasu reception status shows both. Ask at the stations first: until then neither is thrown away.
                Example:
                  kazasu reception settle ballot-2027 412 --holds first
                """
        ) { arguments, console in
            let (id, number) = (try arguments.operand(0, .reception), try arguments.operand(1, .receptionNumber))
            let verdict = try arguments.required(.holds)
            let table = try ReceptionTable(arguments, console, about: id)
            try table.confirm("settle \(number) of \(id): \(verdict.phrase[table.words.language])?")
            let settled = try table.ask(SettleConflict(verdict, number, in: id), on: .settleConflict)
            if table.json { try console.json(settled) } else { console.line(table.words.conflict(settled)) }
            return .done
        }
    }

    package static var receptionPaper: Command {
        Command(
            "reception paper", "ID", count: 1...1, summary: "how many a station has received on paper, as counted (紙の受付数)",
            options: [Option<Int>.paperCount.shape, Option<ReceptionStationID>.table.shape] + ReceptionTable.options
        ) { arguments, console in
            let id = try arguments.operand(0, .reception)
            let (count, station) = (try arguments.required(.paperCount), try arguments.optional(.table))
            let table = try ReceptionTable(arguments, console, about: id)
            try table.show(try table.ask(CountPaper(count, in: id, at: station), on: .countPaper))
            return .done
        }
    }

    package static var receptionAttendance: Command {
        Command(
            "reception attendance", "ID", count: 1...1, summary: "who was received, when and how, with names (受付者名簿)",
            options: [Option<String>.csv.shape, Option<SheetEncoding>.encoding.shape] + ReceptionTable.options
        ) { arguments, console in
            let id = try arguments.operand(0, .reception)
            let path = try arguments.required(.csv)
            let table = try ReceptionTable(arguments, console, about: id)
            try table.noteSilentSites()
            try table.write(try table.attendance(of: id), to: path)
            return .done
        }
    }

    package static var receptionCertificate: Command {
        Command(
            "reception certificate", "ID NUMBER", count: 2...2,
            summary: "what a certificate of attendance says of one person, as JSON (受講証明のデータ)", options: ReceptionTable.options
        ) { arguments, console in
            let (id, number) = (try arguments.operand(0, .reception), try arguments.operand(1, .receptionNumber))
            let table = try ReceptionTable(arguments, console, about: id)
            try console.json(try table.ask(ListAttendance(of: id, number: number), on: .listAttendance))
            return .done
        }
    }

    package static var receptionSheet: Command {
        Command(
            "reception sheet", "ID", count: 1...1,
            summary: "what one shift hands over to the next: numbers by station and hour, with place for two signatures (引継書)",
            options: [Option<CalendarDate>.handOverDay.shape, Option<String>.sheetFile.shape] + ReceptionTable.options
        ) { arguments, console in
            let id = try arguments.operand(0, .reception)
            let (day, path) = (try arguments.optional(.handOverDay), try arguments.optional(.sheetFile))
            let table = try ReceptionTable(arguments, console, about: id)
            try table.noteSilentSites()
            let handOver = try table.ask(ShowHandOver(of: id, on: day), on: .showHandOver)
            if table.json {
                try console.json(handOver)
                return .done
            }
            let text = HandOverSheet(handOver: handOver, words: table.words, now: console.now()).text
            guard let path else {
                console.out(text)
                return .done
            }
            do throws(SealError) { try SecretFile.create(path, Array(text.utf8)) } catch { throw Failure.refused("\(error)") }
            console.line("written: \(path)")
            return .done
        }
    }
}
