import Contracts
import HTTP
import ServiceKit
import Sheets

/// All that the directory says of one person, as it is at this moment; each time it is shown is a look that is kept.
extension Portal {
    func filePage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let (id, file) = try file(of: call, in: turn) else {
            return back(to: try counter(of: call, call.request.query), "", call, "late")
        }
        return try filePage(call, id, file, in: turn)
    }

    /// The open file that a page or a form is about; `nil` when it has been closed.
    func file(of call: Call, in turn: borrowing Turn) throws -> (EventID, OpenFile)? {
        guard let id = EventID(call.parts[0]) else { throw Page.notFound }
        return counters.file(id, of: try account(of: call).id, at: turn.now).map { (id, $0) }
    }

    /// - Parameter fault: why something was not done; what was typed for it stands where it was typed.
    func filePage(_ call: Call, _ id: EventID, _ open: OpenFile, fault: HTML? = nil, in turn: borrowing Turn) throws -> Answer {
        let account = try account(of: call)
        var look = open.look
        look.after = call.request.query["after"].flatMap { EventID($0) }
        return try ask(look, on: .showPerson, as: .registrar, for: call, in: turn) { file, turn in
            counters.files[id]?.look = ShowPerson(file.person, why: open.look.why)
            try noteLook(.person, by: account, as: .registrar, person: file.person, in: turn)
            return try withCards(open.counter, call, in: turn) { held, turn in
                let forms = FileForms(
                    call: call, path: path("file/\(id)", of: open.counter, call), hidden: call.csrf + readerField(open.counter),
                    offset: offset)
                let mayUndo = account.station(.registrar).map {
                    turn.identity.roster.capabilities.allow(Channel.undoRuling.name, by: $0.user)
                }
                let said = open.said.map { HTML("<p id=\"done\" class=\"notice good\" role=\"status\">\($0[call.tongue])</p>") }
                return try counterPage(
                    call, open.counter, call("住民ファイル", "A person's file"), heading: "\(file.facts.name ?? "－")",
                    status: fault == nil ? 200 : 422, at: turn.now,
                    """
                    \(Self.fault(fault))\(fault == nil ? said : nil)
                    <p>\(file.facts.reading ?? "")　<small>\(file.person)</small>　\(forms.button("close", call("ファイルを閉じる", "Close the file")))</p>
                    \(protection(file, call))\(facts(of: file, call, today: turn.now.date(offset)))
                    \(heldPiece(open.counter, held.last, call.tongue))
                    \(forms.cards(file))\(forms.relations(file))\(forms.consents(file))
                    \(forms.undo(file, isAllowed: mayUndo ?? false))
                    \(history(of: file, forms, call))
                    """)
            }
        }
    }

    private func protection(_ file: PersonFile, _ call: Call) -> HTML {
        var notices: [HTML] = []
        if file.facts.isProtected == true {
            notices.append(call("支援措置対象：所在をだれにも伝えないでください。", "Protected: tell nobody where this person is."))
        }
        if let other = file.into { notices.append(call("この登録は \(other) に統合されています。", "This file was merged into \(other).")) }
        return notices.map { HTML("<p class=\"notice bad\">\($0)</p>\n") }.joined(separator: "")
    }

    private func facts(of file: PersonFile, _ call: Call, today: CalendarDate) -> HTML {
        let facts = file.facts
        // Not the birth date: the forms of this page ask for it as the person says it, and nobody is to read it off the screen.
        let age = facts.born.map { "\($0.age(on: today))\(call.tongue == .en ? "" : "歳")" }
        let reach = facts.channels?.map { "\($0.way.phrase[call.tongue].description) \($0.address)" }.joined(separator: "、")
        let rows: [(HTML, String?)] = [
            (call("年齢", "Age"), age), (call("性別", "Sex"), facts.sex?.phrase[call.tongue].description),
            (call("住所", "Address"), facts.address), (call("地区", "District"), facts.district),
            (call("世帯番号", "Household"), facts.household),
            (call("学校", "School"), [facts.school, facts.schoolClass].compactMap(\.self).joined(separator: " ")),
            (call("言語", "Languages"), facts.languages?.joined(separator: "、")),
            (call("配慮事項", "Needs"), facts.needs?.joined(separator: "、")), (call("連絡先", "Reached by"), reach),
            (call("区分", "Residency"), file.residency.phrase[call.tongue].description),
            (call("登録", "Standing"), file.standing.phrase[call.tongue].description),
            (call("グループ", "Groups"), file.groups.map(\.text).joined(separator: "、")),
            (
                call("利用資格", "Entitled to"),
                file.eligible.map { "\($0.programme) \($0.from)〜\($0.to?.description ?? "")" }.joined(separator: "、")
            ),
            (
                call("名簿の番号", "Numbers in lists"),
                file.numbers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "、")
            ),
            (call("見る理由", "Why it is looked at"), file.history.first { $0.what == .looked }?.why),
        ]
        let cells = rows.compactMap { title, text -> HTML? in
            guard let text, !text.isEmpty else { return nil }
            return "<tr><th scope=\"row\">\(title)</th><td>\(text)</td></tr>\n"
        }
        return "<table id=\"facts\"><tbody>\(cells)</tbody></table>"
    }

    private func history(of file: PersonFile, _ forms: FileForms, _ call: Call) -> HTML {
        let rows = file.history.map { ruling -> HTML in
            let undone: HTML = ruling.undone == true ? " \(call("（取消済）", "(taken back)"))" : ""
            return """
                <tr><th scope="row">\(ruling.at.minute(offset))</th><td data-label="\(call("内容", "What"))">\(ruling.what.phrase[call.tongue]) \(ruling.of ?? "")\(undone)</td><td data-label="\(call("担当", "By"))">\(ruling.by)</td><td data-label="\(call("理由", "Why"))">\(ruling.why ?? "")</td></tr>

                """
        }
        let more: HTML =
            file.more
            ? file.history.last.map {
                "<p class=\"screen\"><a class=\"button\" href=\"\(forms.path)\(forms.path.contains("?") ? "&" : "?")after=\($0.id)\">\(call("さらに前の履歴", "What was before"))</a></p>"
            } ?? "" : ""
        return """
            <h2>\(call("履歴（閲覧も含む）", "History, looks too"))</h2>
            <div class="wide" tabindex="0" role="region" aria-label="\(call("履歴", "History"))"><table id="history" class="cards"><tbody>\(rows)</tbody></table></div>
            \(more)
            """
    }
}
