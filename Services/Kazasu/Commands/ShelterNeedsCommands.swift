import Bus
import Contracts
import Town

extension Command {
    package static var shelterNeeds: Command {
        Command(
            "shelter needs", "SHELTER", count: 1...1,
            summary: "what the people at a shelter need, in totals (配慮が必要な人の人数)", options: Reception.options,
            details:
                "By age, and by the questions of the town's file. It is counted anew at most once a minute. Who needs what: kazasu shelter roster."
        ) { arguments, console in
            let id = try arguments.operand(0, .shelter)
            let reception = try Reception(arguments, console)
            _ = try reception.shelter(id)
            let topic = Channel.shelterNeeds.topic(in: reception.station.town.name, id.named()).description
            guard let state = try reception.desk.session.look(at: [topic]).last,
                let totals = try? Envelope<ShelterNeeds>(json: state.payload).data
            else {
                console.line("nothing is counted there yet; a minute after the first check-in it is")
                return .done
            }
            if reception.json { try console.json(totals) } else { console.out(reception.words.totals(totals)) }
            return .done
        }
    }

    package static var shelterAsk: Command {
        Command(
            "shelter ask", summary: "ask somebody what they need, by the questions of the town's file (聞き取り)",
            options: [Flag.blank.shape] + Reception.who + Reception.options,
            details: """
                Questions are asked on a terminal, or answers read from standard input as key: value lines. はい, yes or ○ is a plain yes, anything else is kept as
                it is said; a lone - takes away what was there. --form prints the questions, to be filled in ahead.
                Examples:
                  kazasu shelter ask --tap s01-desk/reader-1
                  printf 'allergy: 卵\\nformula: はい\\n' | kazasu shelter ask --guest g-…
                """
        ) { arguments, console in
            let reception = try Reception(arguments, console)
            let form = Form.needs(reception.station.town.shelters.questions)
            if arguments.has(.blank) {
                console.out(form.blank)
                return .done
            }
            let people = try reception.evacuees()
            guard people.count == 1, let who = people.first else { throw Failure.usage("one person at a time. Give one card or id.") }
            let before = try reception.ask(ShowEvacuee(who), on: .showEvacuee).brief
            console.note(reception.words.evacuee(before))
            let answers = try form.read(into: Answers(before.needs ?? []), console)
            let brief = try reception.ask(NoteNeeds(answers.all, of: who), on: .noteNeeds)
            if reception.json {
                try console.json(brief)
            } else {
                let needs = reception.words.needs(brief.needs)
                console.line(
                    "\(reception.words.evacuee(brief)): \(needs.isEmpty ? Phrase("nothing noted", "特になし")[reception.words.language] : needs)"
                )
            }
            return .done
        }
    }
}

extension Flag {
    fileprivate static var blank: Self { Self("--form", "print the questions, to be filled in and given on standard input") }
}

/// What somebody has answered, in the order of the questions' names.
struct Answers: Equatable {
    private var values: [NeedID: String?]

    init(_ answers: [NeedAnswer]) { values = Dictionary(answers.map { ($0.need, $0.value) }) { $1 } }

    var all: [NeedAnswer] { values.sorted { $0.key < $1.key }.map { NeedAnswer($0.key, $0.value) } }

    /// `はい` is a plain yes, `-` and `いいえ` take the answer away.
    mutating func answer(_ need: NeedID, _ text: String) {
        switch text.lowercased() {
        case _ where isNothing(text): values[need] = nil
        case "いいえ", "no", "×", "なし": values[need] = nil
        case "はい", "yes", "○", "〇", "あり": values[need] = .some(nil)
        default: values[need] = .some(text)
        }
    }
}

extension Form where Draft == Answers {
    static func needs(_ questions: [Town.Shelters.Question]) -> Self {
        Self(
            title: Phrase("What somebody at a shelter needs.", "避難者の聞き取り票。「はい」または具体的な内容を書きます。「-」で取り消します。"),
            fields: questions.map { question in
                Field(question.need.text, question.title, Phrase("yes, or what exactly", "「はい」または内容")) { draft, text in
                    guard text.count <= 100 else { return "an answer is at most 100 characters." }
                    draft.answer(question.need, text)
                    return nil
                }
            })
    }
}

extension PlainWords {
    /// A table of ages and one of needs.
    fileprivate func totals(_ totals: ShelterNeeds) -> String {
        let people = totals.bands.reduce(0) { $0 + $1.people }
        let head =
            Phrase(people == 1 ? "1 person" : "\(people) people", "\(people)名")[language]
            + (totals.drill == true ? Phrase(", drill", "(訓練)")[language] : "")
        let bands = totals.bands.map { ["  " + $0.band.phrase[language], "\($0.people)"] }
        let needs = totals.needs.map { ["  " + title(of: $0.need), "\($0.people)"] }
        return "\(head), \(totals.at.minute(town.offset))\n" + table(bands) + (needs.isEmpty ? "" : "\n" + table(needs))
    }
}
