import Contracts
import HTTP
import ServiceKit

/// A child does not come (欠席連絡), as it was typed.
private struct AbsenceForm {
    let person: PersonID
    var from: String
    var until: String

    init?(_ fields: [String: String], today: CalendarDate) {
        guard let person = PersonID(fields["person"] ?? "") else { return nil }
        (self.person, from) = (person, fields["from"] ?? today.description)
        until = fields["until"].flatMap { $0.isEmpty ? nil : $0 } ?? from
    }

    var days: (from: CalendarDate, until: CalendarDate)? {
        guard let from = CalendarDate(from), let until = CalendarDate(until), from <= until else { return nil }
        return (from, until)
    }
}

extension Portal {
    func absencePage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let form = AbsenceForm(call.request.query, today: turn.now.date(offset)) else { throw Page.notFound }
        return try absencePage(call, form, fault: nil, in: turn)
    }

    /// The child's name comes from the list each time: no address holds it.
    private func absencePage(_ call: Call, _ form: AbsenceForm, fault: HTML?, in turn: borrowing Turn) throws -> Answer {
        let (school, account) = (try school(of: call), try account(of: call))
        return try askPupils(ListPupils(school.id), for: call, in: turn) { list, turn in
            guard let pupil = list.pupils.first(where: { $0.person == form.person }) else {
                return .page(frame.refusal(.notFound, call))
            }
            try noteLook(.pupils, by: account, as: .noticeDesk, thing: school.id.named(), person: form.person, in: turn)
            let title = call("欠席連絡", "Absence")
            let called = pupil.name ?? pupil.person.text
            return .page(
                frame.page(
                    Frame.Parts(title: title, account: account), call, status: fault == nil ? 200 : 422,
                    """
                    <h1>\(title)</h1>
                    <p>\(school.title)　\(pupil.schoolClass ?? "")　<strong>\(called)</strong></p>
                    \(Self.fault(fault))
                    <form method="post" action="\(call.path("school/\(school.id)/absence"))">\(call.csrf)
                    <input type="hidden" name="person" value="\(form.person)">
                    <p class="field"><label for="from">\(call("初日", "First day"))</label><input id="from" type="date" name="from" value="\(form.from)" required></p>
                    <p class="field"><label for="until">\(call("最終日", "Last day"))</label><input id="until" type="date" name="until" value="\(form.until)" required></p>
                    <p class="hint">\(call("登録した日は、登校していなくても保護者へ知らせません。", "Nobody is alarmed for a child who is said to be absent."))</p>
                    <p class="row"><button class="main">\(call("欠席を登録", "Report the absence"))</button>
                    <a class="button quiet" href="\(call.path("school/\(school.id)"))">\(call("やめる", "Cancel"))</a></p></form>
                    """))
        }
    }

    func reportAbsence(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (school, fields) = (try school(of: call), call.request.form)
        guard let form = AbsenceForm(fields, today: turn.now.date(offset)) else { throw Page.notFound }
        guard let days = form.days else {
            let sentence = call("初日と最終日を確かめてください。最終日は初日以後です。", "Look at the days: the last is not before the first.")
            return try absencePage(call, form, fault: sentence, in: turn)
        }
        let undo = fields["undo"] == "1"
        let wish = ReportAbsence(form.person, at: school.id, from: days.from, until: days.until, undo: undo ? true : nil)
        return try ask(
            wish, on: .reportAbsence, as: .noticeDesk, for: call, in: turn,
            refused: { sentence, turn in try absencePage(call, form, fault: sentence, in: turn) }
        ) { said, _ in
            .page(
                .see(
                    call.path(
                        "school/\(school.id)?done=\(undo ? "comes" : "absent")&person=\(said.person)&from=\(said.from)&until=\(said.until)")
                ))
        }
    }

    /// What was entered a moment ago, and the way back.
    func undoBar(_ call: Call, _ school: TownFacts.School, _ list: PupilList) -> HTML {
        let query = call.request.query
        guard let done = query["done"], let form = AbsenceForm(query, today: list.date), let days = form.days else { return "" }
        let called = list.pupils.first { $0.person == form.person }?.name ?? form.person.text
        let span = days.from == days.until ? "\(days.from)" : "\(days.from)〜\(days.until)"
        guard done == "absent" else {
            return
                "<p class=\"notice\" role=\"status\">\(call("\(called) の欠席(\(span))を取り消しました。", "\(called) comes after all, \(span)."))</p>"
        }
        return """
            <form class="undo" method="post" action="\(call.path("school/\(school.id)/absence"))">\(call.csrf)
            <input type="hidden" name="person" value="\(form.person)"><input type="hidden" name="from" value="\(days.from)"><input type="hidden" name="until" value="\(days.until)">
            <span role="status">\(call("\(called) の欠席(\(span))を登録しました。", "\(called) is absent, \(span)."))</span>
            <button name="undo" value="1">\(call("元に戻す", "Undo"))</button></form>
            """
    }

    /// A sentence above a form that was not taken.
    static func fault(_ sentence: HTML?) -> HTML {
        sentence.map { "<p id=\"fault\" class=\"notice bad\" role=\"alert\">\($0)</p>" } ?? ""
    }
}
