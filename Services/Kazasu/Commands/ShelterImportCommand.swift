import Contracts
import Town

extension Operand where Value == String {
    fileprivate static var file: Self { Self("FILE", expected: "the path of a list of shelters") { $0.isEmpty ? nil : $0 } }
}

extension Option where Value == String {
    fileprivate static var ids: Self {
        Self("--ids", "COLUMN", "the column that knows a shelter again (default: 共通ID, ID, 番号 or NO)", expected: "a column's title") {
            $0.isEmpty ? nil : $0
        }
    }
    fileprivate static var municipality: Self {
        Self("--of", "NAME", "of a file of many: only this one's (default: the town's own)", expected: "as 都道府県名及び市町村名 has it") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Option where Value == Shelter.Designation {
    fileprivate static var list: Self {
        let words = Shelter.Designation.allCases.map { "\($0.rawValue) \($0.phrase.ja)" }.joined(separator: ", ")
        return Self("--designated", "AS", "what it is a list of, where its columns do not say it: \(words)", expected: "one of \(words)") {
            text in
            Shelter.Designation.allCases.first { $0.rawValue == text || $0.phrase.ja == text }
        }
    }
}

extension Flag {
    fileprivate static var complete: Self { Self("--complete", "what the file does not name is no longer designated so; it stays known") }
    fileprivate static var evenIfMany: Self { Self("--even-if-many", "also when that is more than half of them") }
}

extension Command {
    package static var shelterImport: Command {
        Command(
            "shelter import", "FILE", count: 1...1, summary: "take over the national list of shelters (指定緊急避難場所・指定避難所)",
            options: [
                Flag.apply.shape, Flag.complete.shape, Flag.evenIfMany.shape, Option.ids.shape, Option.municipality.shape,
                Option<Shelter.Designation>.list.shape,
            ] + Reception.options,
            details: """
                CSV as 自治体標準オープンデータセット or 国土地理院 publish it, in UTF-8 or Shift_JIS. The same file twice changes nothing. Nobody is checked out and nothing
                is opened or closed by it.
                Examples:
                  kazasu shelter import 指定緊急避難場所.csv
                  kazasu shelter import 06_1.csv --of 山形県長井市 --complete --apply
                """
        ) { arguments, console in
            let path = try arguments.operand(0, .file)
            let isComplete = arguments.has(.complete)
            let bytes = try ListFile.bytes(of: path)
            let reception = try Reception(arguments, console)
            var sheet: ShelterSheet
            do throws(Failure) {
                sheet = try ShelterSheet(bytes, told: arguments.optional(.list), idColumn: arguments.optional(.ids))
            } catch { throw Failure.refused("\(path): \(error)") }
            if let only = try municipality(of: sheet, arguments.optional(.municipality), reception.station.town) { sheet.keep(only) }
            guard sheet.faults.isEmpty || !isComplete else {
                throw Failure.refused(
                    faults(sheet, path, "With --complete a line that is not understood would count as withdrawn, so nothing was done."))
            }
            let known = try reception.shelters().map(\.shelter)
            let town = reception.station.town
            let here: Instance = reception.station.place?.named() ?? .main
            let all = ShelterImport(words: reception.words).changes(sheet, to: known, isComplete: isComplete)
            let changes = all.filter { town.shelterKeepers.keeper(of: $0.shelter.id) == here }
            if changes.count < all.count {
                console.note(
                    "\(all.count - changes.count) shelters of the file are kept elsewhere and left alone here: import it there too")
            }
            let gone = changes.count { $0.what == .withdrawn }
            guard gone < 2 || gone <= changes.count - gone || arguments.has(.evenIfMany) else {
                throw Failure.refused("\(gone) shelters would be withdrawn, more than half. Is the file whole? If so, add --even-if-many.")
            }
            if arguments.has(.apply) {
                for (count, change) in changes.enumerated() where change.what != .same {
                    console.progress("\(count + 1) of \(changes.count) shelters")
                    _ = try reception.ask(PutShelter(change.shelter), on: .putShelter)
                }
                console.progress("")
            }
            try show(changes, sheet, arguments, console)
            return sheet.faults.isEmpty ? .done : .refused
        }
    }

    // MARK: Parts

    /// Whose lines are meant, of a file of a whole prefecture.
    private static func municipality(of sheet: ShelterSheet, _ wanted: String?, _ town: Town) throws(Failure) -> String? {
        let all = sheet.municipalities
        if let wanted {
            guard all.contains(wanted) else {
                let near = nearest(to: wanted, among: all).map { " Did you mean \($0)?" } ?? ""
                throw .refused("the file names no municipality \(quoted(wanted)).\(near)")
            }
            return wanted
        }
        guard all.count > 1 else { return nil }
        let own = all.filter { name in town.title.map { name.hasSuffix($0) } ?? false }
        guard own.count == 1 else {
            throw .refused(
                "the file names \(all.count) municipalities. Whose shelters? --of NAME, such as \(all.prefix(3).joined(separator: ", ")).")
        }
        return own[0]
    }

    private static func faults(_ sheet: ShelterSheet, _ path: String, _ consequence: String) -> String {
        let more = sheet.faults.count > 20 ? ["… and \(sheet.faults.count - 20) more"] : []
        return
            (["\(path): \(sheet.faults.count) of its lines are not understood. \(consequence)"] + sheet.faults.prefix(20).map(\.description)
            + more)
            .joined(separator: "\n  ")
    }

    private static func show(_ changes: [ShelterImport.Change], _ sheet: ShelterSheet, _ arguments: Arguments, _ console: Console) throws {
        if arguments.has(.json) { return try console.json(changes) }
        let told = changes.filter { $0.what != .same }
        if !told.isEmpty {
            console.out(table(told.map { [$0.line.map { "line \($0)" } ?? "not in the file", $0.what.rawValue, $0.sentence] }) + "\n")
        }
        for fault in sheet.faults.prefix(20) { console.note(fault.description) }
        if sheet.faults.count > 20 { console.note("… and \(sheet.faults.count - 20) more that are not understood") }
        let kinds: [ShelterImport.Change.What] = [.new, .changed, .same, .withdrawn]
        var counts = kinds.compactMap { kind -> String? in
            let count = changes.count { $0.what == kind }
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        if !sheet.faults.isEmpty { counts.append("\(sheet.faults.count) not understood") }
        console.line(counts.isEmpty ? "the file names no shelters" : counts.joined(separator: ", "))
        if !arguments.has(.apply), !told.isEmpty { console.note("nothing was changed yet. To do it: --apply") }
    }
}
