import Contracts
import HTTP
import ServiceKit

/// What somebody needs, by the questions of the town's file (聞き取り).
extension Portal {
    private func entry(_ call: Call, _ desk: Desk, at now: Instant) -> (EventID, Evacuee)? {
        guard let id = EventID(call.parts[1]), let entry = desks.entry(id, .needs, at: desk, now: now), let who = entry.who.first else {
            return nil
        }
        return (id, who)
    }

    func needsPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let desk = try desk(of: call, call.request.query)
        guard let (id, who) = entry(call, desk, at: turn.now) else { return back(to: desk, call, "late") }
        let account = try account(of: call)
        return try ask(ShowEvacuee(who), on: .showEvacuee, as: .shelterDesk, for: call, in: turn) { page, turn in
            try noteLook(.person, by: account, as: .shelterDesk, thing: desk.shelter.named(), person: page.brief.who.person, in: turn)
            let words = try words(call.tongue, in: turn)
            // What is known of them stays, though nobody asks it any more.
            let known = (page.brief.needs ?? []).map(\.need)
            let asked = town.questions.map(\.need)
            let filled = Dictionary(
                (page.brief.needs ?? []).flatMap { [("has-\($0.need)", "1"), ("say-\($0.need)", $0.value ?? "")] }, uniquingKeysWith: { $1 }
            )
            let who: HTML = "\(words.name(page.brief)) \(words.facts(page.brief))"
            return .page(
                try needsForm(call, desk, id, asked + known.filter { !asked.contains($0) }, filled, who: who, said: nil))
        }
    }

    private func needsForm(
        _ call: Call, _ desk: Desk, _ id: EventID, _ questions: [NeedID], _ filled: [String: String], who: HTML, said: HTML?
    ) throws -> Response {
        let title = call("聞き取り（配慮事項）", "What they need")
        let fields = questions.map { need -> HTML in
            """
            <fieldset class="choices"><legend>\(town.title(of: need))</legend><input type="hidden" name="need" value="\(need)">
            <label><input type="checkbox" name="has-\(need)" value="1"\(filled["has-\(need)"] == "1" ? HTML(" checked") : "")> \(call("はい", "Yes"))</label>
            <div class="field"><label for="say-\(need)">\(call("内容", "What exactly"))</label><input id="say-\(need)" name="say-\(need)" value="\(filled["say-\(need)"] ?? "")" maxlength="100" autocomplete="off"></div></fieldset>

            """
        }
        let none: HTML =
            questions.isEmpty
            ? "<p>\(call("町の設定に質問がありません（town.yaml の shelters.questions）。", "The town's file has no questions (shelters.questions)."))</p>\n"
            : ""
        return try staffPage(
            call, title, kind: "desk",
            """
            <h1>\(title)</h1>
            \(said.map { HTML("<p class=\"notice bad\" role=\"alert\">\($0)</p>") })<p><strong>\(who)</strong></p>
            \(none)<form method="post" action="\(call.path("desk/\(desk.shelter)/needs/\(id)"))">\(call.csrf)\(readerField(desk))<input type="hidden" name="whose" value="\(who)">
            \(fields)<button class="main">\(call("記録する", "Write it down"))</button>
            <a class="button" href="\(call.path("desk/\(desk.shelter)\(query(of: desk))"))">\(call("やめる", "Leave it"))</a></form>
            """)
    }

    func noteNeeds(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let desk = try desk(of: call, form)
        guard let (id, who) = entry(call, desk, at: turn.now) else { return back(to: desk, call, "late") }
        guard let station = try account(of: call).station(.shelterDesk) else { throw Page.notYours }
        let asked = call.request.formValues("need").compactMap { NeedID($0) }
        let needs = asked.compactMap { need -> NeedAnswer? in
            let said = form["say-\(need)"] ?? ""
            return said.isEmpty && form["has-\(need)"] == nil ? nil : NeedAnswer(need, said.isEmpty ? nil : said)
        }
        try send(NoteNeeds(needs, of: who), on: .noteNeeds, as: station, for: call, in: turn) { outcome, turn in
            func again(_ phrase: Phrase) throws -> Answer {
                .page(try needsForm(call, desk, id, asked, form, who: "\(form["whose"] ?? "")", said: phrase[call.tongue]))
            }
            switch outcome {
            case .accepted:
                desks.entries[id] = nil
                desks.screens[desk]?.said = Phrase("聞き取りを記録しました。", "What they need is written down.")
                desks.screens[desk]?.isRefused = false
                answer(call, back(to: desk, call), in: turn)
            case .refused(let word, let text): answer(call, try again(Phrase(refusal: word, of: "shelter-registry", text)), in: turn)
            case .unknown: answer(call, try again(.silence), in: turn)
            }
        }
        return .later
    }
}
