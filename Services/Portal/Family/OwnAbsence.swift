import Contracts
import HTTP
import ServiceKit

/// A guardian says that a child will not come (欠席連絡). Whose child it is stands in the form alone, and whether it is theirs the notifier finds.
extension Portal {
    func absenceForm(_ call: Call, _ child: OwnNotices.Child, _ name: HTML, today: CalendarDate) -> HTML {
        let person = child.day.person
        let label = call("欠席を連絡する", "Report an absence", easy: "やすむ ことを つたえる")
        func field(_ part: String, _ words: HTML, _ value: String) -> HTML {
            "<p class=\"field\"><label for=\"\(part)-\(person)\">\(words)</label><input id=\"\(part)-\(person)\" type=\"date\" name=\"\(part)\" value=\"\(value)\" min=\"\(today)\" required></p>\n"
        }
        return """
            <details><summary class="button" aria-label="\(label): \(name)">\(label)</summary>
            <form class="absence" method="post" action="\(call.path("family/absence"))">\(call.csrf)\(hidden(child))
            \(field("from", call("初日", "First day", easy: "さいしょの \(ruby("日", "ひ"))"), today.description))\(field("until", call("最終日", "Last day", easy: "さいごの \(ruby("日", "ひ"))"), today.description))<button class="main">\(call("連絡する", "Send it", easy: "おくる"))</button></form></details>
            """
    }

    /// Days that were reported, and the way back.
    func absencePiece(_ call: Call, _ child: OwnNotices.Child, _ from: CalendarDate, _ until: CalendarDate) -> HTML {
        let days = from == until ? "\(from)" : "\(from)〜\(until)"
        let undo = call("取り消す", "Take it back", easy: "とりけす")
        return """
            <form class="row absence-reported" method="post" action="\(call.path("family/absence"))">\(call.csrf)\(hidden(child))
            <input type="hidden" name="from" value="\(from)"><input type="hidden" name="until" value="\(until)">
            <span>\(call("欠席の連絡済み:\(days)", "Reported absent: \(days)", easy: "やすみ:\(days)"))</span>
            <button name="undo" value="1" aria-label="\(undo): \(days)">\(undo)</button></form>

            """
    }

    private func hidden(_ child: OwnNotices.Child) -> HTML {
        "<input type=\"hidden\" name=\"child\" value=\"\(child.day.person)\"><input type=\"hidden\" name=\"school\" value=\"\(child.school)\">"
    }

    func reportOwnAbsence(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        guard let child = PersonID(form["child"] ?? ""), let school = SchoolID(form["school"] ?? "") else { throw Page.notFound }
        guard let from = CalendarDate(form["from"] ?? ""), let until = CalendarDate(form["until"] ?? ""), from <= until else {
            let sentence = call(
                "初日と最終日を確かめてください。最終日は初日以後です。", "Look at the days: the last is not before the first.", easy: "\(ruby("日", "ひ"))を たしかめて ください。"
            )
            return try homePage(call, fault: sentence, in: turn)
        }
        let undo = form["undo"] == "1"
        return try askOwn(
            { ReportOwnAbsence(child, at: school, from: from, until: until, undo: undo ? true : nil, by: $0) }, on: .reportOwnAbsence,
            for: call, in: turn,
            refused: { sentence, turn in try homePage(call, fault: sentence, in: turn) }
        ) { _, _ in .page(.see(call.path("family/home?done=\(undo ? "comes" : "absent")"))) }
    }

    func doneWithAbsence(_ call: Call) -> HTML {
        switch call.request.query["done"] {
        case "absent":
            Self.done(
                call("欠席の連絡を受け付けました。学校の名簿に反映されます。", "The absence is noted, and stands in the school's list.", easy: "やすむ ことを がっこうに つたえました。")
            )
        case "comes": Self.done(call("欠席の連絡を取り消しました。", "The absence was taken back.", easy: "とりけしました。"))
        default: ""
        }
    }
}

extension [CalendarDate] {
    /// Days that follow each other are one absence.
    var spans: [(from: CalendarDate, until: CalendarDate)] {
        sorted().reduce(into: []) { spans, day in
            if let last = spans.last, last.until.adding(1) == day {
                spans[spans.count - 1].until = day
            } else {
                spans.append((day, day))
            }
        }
    }
}
