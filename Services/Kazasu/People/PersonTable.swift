import Contracts
import Seal
import Sheets

extension Option where Value == String {
    static var csv: Self {
        Self("--csv", "FILE", "write them to a new file for a spreadsheet, yours alone", expected: "the path of a file") {
            $0.isEmpty ? nil : $0
        }
    }
}

extension Option where Value == SheetEncoding {
    static var encoding: Self {
        Self("--encoding", "NAME", "of that file: utf8 (with BOM, the default) or cp932 (Shift_JIS)", expected: "utf8 or cp932") {
            SheetEncoding(rawValue: $0)
        }
    }
}

extension Counter {
    /// Shows them, or writes them for a spreadsheet where `--csv` is given.
    func give(_ persons: [PersonBrief], _ arguments: Arguments) throws {
        guard let path = try arguments.optional(.csv) else { return try show(persons) }
        let encoding = try arguments.optional(.encoding) ?? .utf8
        let bytes: [UInt8]
        do throws(SheetError) {
            bytes = try writeSheet(
                header: ["ID", "氏名", "フリガナ", "生年月日", "地区", "登録", "カード"],
                rows: persons.map { person in
                    [
                        person.person.text, person.name ?? "", person.reading ?? "", person.born?.description ?? "", person.district ?? "",
                        person.standing.phrase[.ja], "\(person.cards)",
                    ]
                }, as: encoding)
        } catch { throw Failure.refused("\(error) With --encoding utf8 every character can be written.") }
        do throws(SealError) { try SecretFile.create(path, bytes) } catch { throw Failure.refused("\(error)") }
        console.line("written: \(path), \(persons.count) person\(persons.count == 1 ? "" : "s")")
    }

    /// People at a glance, one line each.
    func show(_ persons: [PersonBrief]) throws {
        if json { return try console.json(persons) }
        guard !persons.isEmpty else { return console.line(Phrase("nobody", "該当者なし")[words.language]) }
        let head = [
            Phrase("NAME", "氏名"), Phrase("READING", "フリガナ"), Phrase("BORN", "生年月日"), Phrase("DISTRICT", "地区"), Phrase("STANDING", "登録"),
            Phrase("CARDS", "カード"), Phrase("PERSON", "ID"),
        ]
        let rows = persons.map { person in
            [
                harmless(person.name ?? "-"), harmless(person.reading ?? "-"), person.born.map { "\($0) \($0.wareki)" } ?? "-",
                harmless(person.district ?? "-"), person.standing.phrase[words.language], "\(person.cards)", person.person.text,
            ]
        }
        console.out(table([head.map { $0[words.language] }] + rows))
    }
}
