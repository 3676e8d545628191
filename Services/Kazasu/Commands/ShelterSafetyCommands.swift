import Contracts
import Sheets
import Town

extension Operand where Value == PeopleList {
    fileprivate static var list: Self {
        Self("LIST", expected: "district/NAME, group/NAME or school/NAME, such as district/宮前") { PeopleList($0) }
    }
}

extension Option where Value == LookUpEvacuee.Relation {
    fileprivate static var relation: Self {
        let words = LookUpEvacuee.Relation.allCases.map { "\($0.rawValue) \($0.phrase.ja)" }.joined(separator: ", ")
        return Self("--relation", "RELATION", "who is asking, as they have shown: \(words)", expected: "one of \(words)") { text in
            LookUpEvacuee.Relation.allCases.first { $0.rawValue == text || $0.phrase.ja == text }
        }
    }
}

extension Command {
    package static var shelterMissing: Command {
        Command(
            "shelter missing", "LIST", count: 1...1, summary: "who of a list has not come, and how many have (安否未確認者)",
            options: [Option.csv.shape, Option.encoding.shape] + Reception.options,
            details: """
                LIST is a district, a group or a school as the directory has them. Who has been at a shelter and left is in the list too, with where.
                Examples:
                  kazasu shelter missing district/宮前 --lang ja
                  kazasu shelter missing group/miyamae-association --csv missing.csv
                """
        ) { arguments, console in
            let list = try arguments.operand(0, .list)
            let path = try arguments.optional(.csv)
            let reception = try Reception(arguments, console)
            let page = try reception.missing(of: list)
            let words = path == nil ? reception.words : PlainWords(.ja, reception.station.town)
            // Who they are, as a roster says it, and where they were last.
            func line(_ cells: [String], _ last: String) -> [String] { Array(cells.prefix(5)) + [last] + cells.suffix(1) }
            let heading = line(words.rosterHeading, Phrase("LAST", "最後の所在")[words.language])
            let rows = page.people.map { line(words.row($0), words.stay($0)) }
            if let path {
                try reception.write(header: heading, rows: rows, to: path, "\(rows.count) people")
            } else if reception.json {
                try console.json(page)
            } else {
                if !rows.isEmpty { console.out(table([heading] + rows.map { $0.map { $0.isEmpty ? "-" : harmless($0) } }) + "\n") }
                console.line(words.missing(page))
            }
            try reception.noteSilentRegistries()
            return .done
        }
    }

    package static var shelterLookUp: Command {
        Command(
            "shelter look-up", summary: "say whether somebody is safe to whoever asks for them (安否照会)",
            options: [Option<LookUpEvacuee.Relation>.relation.shape] + Reception.options,
            details: """
                Name and reading, and age and district where they are known, are asked for on a terminal or read from standard input. Look at who is asking
                first. What may be said follows from what the person agreed to and from the relation; nobody is told where protected people are. Each question
                is kept, and the person can be told who asked.
                Example:
                  printf 'name: 長井花子\\nreading: ながいはなこ\\n' | kazasu shelter look-up --relation family
                """
        ) { arguments, console in
            let relation = try arguments.required(.relation)
            let draft = try Form.lookUp.read(into: GuestFacts(), console)
            guard let name = draft.name, let reading = draft.reading else {
                throw Failure.refused("both the name and its reading are needed: there is no list to look through.")
            }
            let reception = try Reception(arguments, console)
            let wish = LookUpEvacuee(name, reading: reading, age: draft.age, district: draft.district, relation: relation)
            let answer = try reception.ask(wish, on: .lookUpEvacuee)
            if reception.json { try console.json(answer) } else { console.line(reception.words.answer(answer)) }
            try reception.noteSilentRegistries()
            return .done
        }
    }
}

extension Reception {
    /// All of those who have not come, page after page; the numbers are those of the last page.
    fileprivate func missing(of list: PeopleList) throws -> MissingPage {
        var page = try ask(ListMissing(of: list), on: .listMissing)
        var people = page.people
        while page.more, let last = page.people.last?.who.person {
            page = try ask(ListMissing(of: list, after: last), on: .listMissing)
            people += page.people
        }
        page.people = people
        return page
    }
}

extension Form where Draft == GuestFacts {
    /// Whom somebody asks for.
    fileprivate static var lookUp: Self {
        let asked = ["name", "reading", "age", "district"]
        return Self(title: Phrase("Who is asked for.", "安否照会の対象者。"), fields: Form.guest.fields.filter { asked.contains($0.key) })
    }
}

extension LookUpEvacuee.Relation: Worded {
    var phrase: Phrase {
        switch self {
        case .household: Phrase("lives with them", "同居の親族")
        case .family: Phrase("family or workplace", "親族・職場")
        case .acquaintance: Phrase("friend or neighbour", "知人")
        }
    }
}

extension PlainWords {
    /// `12 missing, 1 seen and gone; 40 at shelters, 5 elsewhere`
    fileprivate func missing(_ page: MissingPage) -> String {
        Phrase(
            "\(page.missing) missing, \(page.left) seen and gone; \(page.here) at shelters, \(page.elsewhere) in cars or at home",
            "未確認 \(page.missing)名、退所後 \(page.left)名、避難所 \(page.here)名、車中泊・在宅 \(page.elsewhere)名")[language]
    }

    /// What may be said aloud.
    fileprivate func answer(_ answer: LookUpAnswer) -> String {
        if answer.isAmbiguous == true {
            return Phrase("several people fit: ask for age and district", "該当者が複数:年齢と地区を尋ねてください")[language]
        }
        let at = answer.at.map { $0.minute(town.offset) } ?? ""
        let place = answer.shelter?.text ?? ""
        let said: Phrase =
            switch answer.tier {
            case .nothing: Phrase("nothing can be said", "お答えできることがありません")
            case .safe: Phrase("safe, seen \(at)", "無事(\(at) 確認)")
            case .place: Phrase("safe, at \(place) since \(at)", "無事(\(at)から \(place))")
            case .contact: Phrase("safe, at \(place) since \(at), and may be reached there", "無事(\(at)から \(place)、連絡可)")
            }
        return said[language]
    }
}
