import Contracts
import HTTP
import ServiceKit

/// A day that is not as the calendar says, as it was typed.
struct DayForm {
    var date: String
    var how: String
    var from: String
    var until: String

    init(_ call: Call, at now: Instant, _ offset: UTCOffset) {
        let fields = call.request.method == "POST" ? call.request.form : call.request.query
        date = fields["date"] ?? now.day(offset)
        (how, from, until) = (fields["how"] ?? "", fields["from"] ?? "", fields["until"] ?? "")
    }

    /// - Returns: `nil` where what was typed says no such day.
    func wish(_ school: SchoolID) -> ChangeSchoolDay? {
        guard let date = CalendarDate(date) else { return nil }
        switch how {
        case "closed": return ChangeSchoolDay(school, on: date, isClosed: true)
        case "usual": return ChangeSchoolDay(school, on: date)
        case "hours":
            guard let from = clockMinutes(from), let until = clockMinutes(until), from < until else { return nil }
            return ChangeSchoolDay(school, on: date, from: from, until: until)
        default: return nil
        }
    }
}

extension Portal {
    func schoolDayPage(_ call: Call, _ form: DayForm, fault: HTML? = nil) throws -> Response {
        let (school, title) = (try school(of: call), call("休校・短縮授業", "Closed or other hours"))
        func choice(_ how: String, _ words: HTML) -> HTML {
            "<label><input type=\"radio\" name=\"how\" value=\"\(how)\"\(form.how == how ? HTML(" checked") : "") required> \(words)</label>"
        }
        return frame.page(
            Frame.Parts(title: title, account: try account(of: call)), call, status: fault == nil ? 200 : 422,
            """
            <h1>\(school.title) \(title)</h1>
            \(Self.fault(fault))\(doneWithDay(call, school))
            <form method="post" action="\(call.path("school/\(school.id)/day"))">\(call.csrf)
            <p class="field"><label for="date">\(call("日付", "Day"))</label><input id="date" type="date" name="date" value="\(form.date)" required></p>
            <fieldset class="choices"><legend>\(call("この日は", "On that day"))</legend>
            \(choice("closed", call("休校(臨時休校)", "there is no school")))
            \(choice("hours", call("時間を変える(短縮授業など)", "there are other hours")))
            \(choice("usual", call("通常どおり(予定表のとおり)", "all is as usual")))</fieldset>
            <div class="row"><p class="field"><label for="from">\(call("始業", "From"))</label><input id="from" type="time" name="from" value="\(form.from)"></p>
            <p class="field"><label for="until">\(call("終業", "Until"))</label><input id="until" type="time" name="until" value="\(form.until)"></p></div>
            <p class="hint">\(call("台風などの休校は登校時刻の前に登録してください。過ぎると全員の保護者に未登校の連絡が届きます。", "Enter a typhoon before school begins: afterwards the parents of all are told that their children have not come."))</p>
            <p class="row"><button class="main">\(call("登録", "Save"))</button>
            <a class="button quiet" href="\(call.path("school/\(school.id)"))">\(call("名簿へ戻る", "Back to the list"))</a></p></form>
            """)
    }

    func changeSchoolDay(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (school, form) = (try school(of: call), DayForm(call, at: turn.now, offset))
        guard let wish = form.wish(school.id) else {
            let sentence = call("日付と内容を選び、時間を変えるときは始業と終業を入れてください。", "Choose a day and how it is; other hours need both times.")
            return .page(try schoolDayPage(call, form, fault: sentence))
        }
        return try ask(
            wish, on: .changeSchoolDay, as: .noticeDesk, for: call, in: turn,
            refused: { sentence, _ in .page(try schoolDayPage(call, form, fault: sentence)) }
        ) { said, _ in .page(.see(call.path("school/\(school.id)/day?done=\(form.how)&date=\(said.date)"))) }
    }

    private func doneWithDay(_ call: Call, _ school: TownFacts.School) -> HTML {
        guard let done = call.request.query["done"], let date = CalendarDate(call.request.query["date"] ?? "") else { return "" }
        guard done != "usual" else {
            return "<p class=\"notice good\" role=\"status\">\(call("\(date) は通常どおりです。", "\(date) is as usual."))</p>"
        }
        let said: HTML =
            done == "closed"
            ? call("\(date) を休校にしました。", "There is no school on \(date).") : call("\(date) の時間を変えました。", "\(date) has other hours.")
        return """
            <form class="undo" method="post" action="\(call.path("school/\(school.id)/day"))">\(call.csrf)
            <input type="hidden" name="date" value="\(date)"><span role="status">\(said)</span>
            <button name="how" value="usual">\(call("通常どおりに戻す", "As usual after all"))</button></form>
            """
    }
}
