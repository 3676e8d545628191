import Contracts
import HTTP
import ServiceKit

/// How the children are today, and what was told of late.
extension Portal {
    /// - Parameter fault: why an absence was not taken.
    func homePage(_ call: Call, fault: HTML? = nil, in turn: borrowing Turn) throws -> Answer {
        let title = call("わたしのページ", "My page", easy: "わたしの ページ")
        guard town.has("notifier") else {
            let none = call("上のメニューからお選びください。", "Choose from the menu above.", easy: "うえの メニューから えらんで ください。")
            return .page(ownPage(title, call, "<p>\(none)</p>"))
        }
        return try askOwn({ ShowOwnNotices($0) }, on: .showOwnNotices, for: call, in: turn) { own, turn in
            try noteOwnLook(call, in: turn)
            let children = own.children.map { childPiece(call, $0, today: turn.now.date(offset)) }
            let none = call(
                "学校に通うお子さんの登録はありません。保護者の登録は役場の窓口でできます。", "No pupil is known to be yours. Guardians are noted at the town's counter.",
                easy: "こどもの とうろくが ありません。\(ruby("役場", "やくば"))で きいて ください。")
            return .page(
                ownPage(
                    title, call, status: fault == nil ? 200 : 422,
                    """
                    \(doneWithAbsence(call))\(Self.fault(fault))
                    <h2>\(call("お子さんのきょう", "Your children today", easy: "こどもの きょう"))</h2>
                    \(children.isEmpty ? HTML("<p>\(none)</p>") : HTML("<ul id=\"children\" class=\"list\">\(children)</ul>"))
                    <h2>\(call("最近のお知らせ", "What you were told", easy: "さいきんの おしらせ"))</h2>
                    \(toldList(call, own.deliveries))
                    """))
        }
    }

    private func childPiece(_ call: Call, _ child: OwnNotices.Child, today: CalendarDate) -> HTML {
        let day = child.day
        let school = town.schools.first { $0.id == child.school }?.title ?? child.school.text
        let name: HTML = day.name.map { "\($0)" } ?? call("お子さん", "Your child", easy: "こども")
        let times = [(day.arrived, PupilDay.State.arrived), (day.left, .left)].map { time, state -> HTML in
            time.map { "<p>\(state.phrase[call.tongue]) <time>\($0.clock(offset))</time></p>\n" } ?? ""
        }
        return """
            <li id="child-\(day.person)" class="card"><h3>\(name)</h3>
            <p>\(school) \(day.schoolClass ?? "")</p>
            <p><span class="state \(day.state.look)">\(day.state.phrase[call.tongue])</span>\(riding(call, day))</p>
            \(times)\(child.absences.spans.map { absencePiece(call, child, $0.from, $0.until) })\(absenceForm(call, child, name, today: today))</li>

            """
    }

    /// What was told, in words: whose school it was stands in the message itself.
    func toldList(_ call: Call, _ deliveries: [DeliveryLine]) -> HTML {
        guard !deliveries.isEmpty else { return "<p>\(call("まだありません。", "Nothing yet.", easy: "まだ ありません。"))</p>" }
        let lines = deliveries.map { line -> HTML in
            let way: HTML = line.way.map { call("(\($0.phrase[call.tongue]))", " (\($0.phrase[call.tongue]))") } ?? ""
            return
                "<li><time>\(line.at.minute(offset))</time>\(line.word.phrase[call.tongue]) <span class=\"at\">\(line.stage.phrase[call.tongue])\(way)</span></li>\n"
        }
        return "<ul id=\"told\" class=\"timeline\">\(lines)</ul>"
    }
}
