import Contracts

/// Lines of paper on their way to the registry. Each is looked up first, so what was entered before is not entered again.
struct PaperEntry {
    let reception: Reception
    let shelter: ShelterID
    let isTrial: Bool
    /// Also who has the same name as somebody who is there already.
    let evenIfSimilar: Bool

    struct Outcome: Encodable, Equatable {
        enum What: String, Encodable { case new, changed, entered, same, unclear }

        let line: Int
        let what: What
        let sentence: String
    }

    func run(_ lines: [PaperLine]) throws -> [Outcome] {
        let isDrill = try reception.shelter(shelter).run.isDrill
        var present = try reception.roster(of: shelter, drill: isDrill)
        var outcomes: [Outcome] = []
        for (count, line) in lines.enumerated() {
            reception.console.progress("\(count + 1) of \(lines.count) lines")
            do {
                let who = try who(line, among: present)
                outcomes.append(try enter(line, who))
                // Somebody who came by one line may go by another.
                if who == .guest(line.guest) { present = present.filter { $0.who != who } + [line.brief(of: who)] }
            } catch let unclear as Unclear {
                outcomes.append(Outcome(line: line.line, what: .unclear, sentence: unclear.sentence))
            } catch let refused as Failure where refused.code == .refused {
                // The registry takes none of this line; whoever does not answer takes none of any.
                outcomes.append(Outcome(line: line.line, what: .unclear, sentence: harmless(refused.description)))
            }
        }
        reception.console.progress("")
        return outcomes
    }

    private struct Unclear: Error { let sentence: String }

    /// By the number, else the guest of this line, else whoever of that name goes out or leaves.
    private func who(_ line: PaperLine, among present: [EvacueeBrief]) throws -> Evacuee {
        if let who = line.who { return who }
        let own = Evacuee.guest(line.guest)
        if try !reception.ask(ShowEvacuee(own), on: .showEvacuee).isUnknown { return own }
        let name = harmless(line.facts.name ?? "")
        let alike = present.filter { $0.isAlike(line.facts) }
        let ids = alike.map { "\($0.who)" }.joined(separator: ", ")
        if line.step == .in {
            guard alike.isEmpty || evenIfSimilar else {
                throw Unclear(
                    sentence:
                        "\(name): somebody of that name is here already, \(ids). If it is the same one write that into 番号, if not add --even-if-similar"
                )
            }
            return own
        }
        guard alike.count == 1, let only = alike.first else {
            let reason = alike.isEmpty ? "nobody of that name is here" : "that may be \(ids)"
            throw Unclear(sentence: "\(name): \(reason). Write the number from the roster into 番号")
        }
        return only.who
    }

    private func enter(_ line: PaperLine, _ who: Evacuee) throws -> Outcome {
        let words = reception.words
        let page = try reception.ask(ShowEvacuee(who), on: .showEvacuee)
        let isOwn = who == .guest(line.guest)
        let isNew = isOwn && page.isUnknown
        // Whoever was found to be somebody else is described by who that is.
        let isDescribed = !isOwn || page.brief.who != who || !page.brief.differs(from: line.facts)
        let isNoted = page.history.contains { note in
            note.shelter == shelter && note.step == line.step && note.at == line.at && (line.kind == nil || note.kind == line.kind)
        }
        let name = isNew ? harmless(line.facts.name ?? "") : words.evacuee(page.brief)
        let kind = line.kind.map { " (\($0.phrase[words.language]))" } ?? ""
        let sentence = "\(name): \(line.step.phrase[words.language])\(kind) \(line.at.minute(reception.offset))"
        if isDescribed, isNoted { return Outcome(line: line.line, what: .same, sentence: sentence) }
        if !isTrial {
            if !isDescribed { _ = try reception.ask(PutGuest(line.facts, of: line.guest, fromPaper: true), on: .putGuest) }
            if !isNoted {
                let note = NoteStays(line.step, [who], at: shelter, kind: line.kind, when: line.at)
                if let warning = try reception.ask(note, on: .noteStays).warning { reception.console.note(harmless(warning)) }
            }
        }
        return Outcome(line: line.line, what: isNew ? .new : isNoted ? .changed : .entered, sentence: sentence)
    }
}

extension PaperLine {
    fileprivate func brief(of who: Evacuee) -> EvacueeBrief {
        var brief = EvacueeBrief(who)
        (brief.name, brief.reading, brief.age, brief.sex) = (facts.name, facts.reading, facts.age, facts.sex)
        return brief
    }
}

extension EvacueePage {
    /// Nothing was ever written down of them.
    fileprivate var isUnknown: Bool { history.isEmpty && brief.name == nil && brief.who.guest != nil }
}

extension EvacueeBrief {
    /// The same name and nothing that speaks against it.
    fileprivate func isAlike(_ facts: GuestFacts) -> Bool {
        func agrees<Fact: Equatable>(_ mine: Fact?, _ other: Fact?) -> Bool { mine == nil || other == nil || mine == other }
        return name?.filter { !$0.isWhitespace } == facts.name?.filter { !$0.isWhitespace } && agrees(sex, facts.sex)
            && (age == nil || facts.age == nil || abs((age ?? 0) - (facts.age ?? 0)) <= 1)
    }

    /// Whether the paper says something else of them than the books; what the paper leaves empty stays.
    fileprivate func differs(from facts: GuestFacts) -> Bool {
        func differ<Fact: Equatable>(_ said: Fact?, _ known: Fact?) -> Bool { said != nil && said != known }
        return differ(facts.name, name) || differ(facts.reading, reading) || differ(facts.age, age) || differ(facts.sex, sex)
            || differ(facts.district, district)
    }
}
