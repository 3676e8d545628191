import Contracts
import HTTP
import ServiceKit

extension Portal {
    var schoolRoutes: [Route] {
        let desk = Route.Access.staff([.noticeDesk])
        return [
            .page("schools", desk) { call, _ in .page(try schoolsPage(call)) },
            .page("school/:", desk) { call, turn in try schoolPage(call, in: turn) },
            .page("school/:/pupils.csv", desk) { call, turn in try pupilSheet(call, in: turn) },
            .page("school/:/absence", desk) { call, turn in try absencePage(call, in: turn) },
            .form("school/:/absence", desk) { call, turn in try reportAbsence(call, in: turn) },
            .page("school/:/day", desk) { call, turn in .page(try schoolDayPage(call, DayForm(call, at: turn.now, offset))) },
            .form("school/:/day", desk) { call, turn in try changeSchoolDay(call, in: turn) },
            .data("events/school/:", desk) { call, turn in try listenToSchool(call, in: turn) },
        ]
    }

    /// The school in the path, if the town has it. Whether it is one of the station's own, the notifier says.
    func school(of call: Call) throws -> TownFacts.School {
        let id = try call.name(0, SchoolID.self)
        guard let school = town.schools.first(where: { $0.id == id }) else { throw Page.notFound }
        return school
    }

    private func schoolsPage(_ call: Call) throws -> Response {
        let title = call("学校・園", "Schools")
        let links = town.schools.map {
            HTML("<li class=\"card\"><h2><a href=\"\(call.path("school/\($0.id)"))\">\($0.title)</a></h2></li>")
        }
        return frame.page(
            Frame.Parts(title: title, account: try account(of: call)), call, "<h1>\(title)</h1>\n<ul class=\"list\">\(links)</ul>")
    }

    /// All that was asked for, page after page.
    func askPupils(
        _ wish: ListPupils, after before: [PupilDay] = [], for call: Call, in turn: borrowing Turn,
        page: @escaping (PupilList, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try ask(wish, on: .listPupils, as: .noticeDesk, for: call, in: turn) { list, turn in
            var list = list
            let isEnd = !list.more || list.pupils.isEmpty
            list.pupils = before + list.pupils
            if isEnd { return try page(list, turn) }
            var rest = wish
            rest.after = list.pupils.count
            return try askPupils(rest, after: list.pupils, for: call, in: turn, page: page)
        }
    }

    private func schoolPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let (school, account) = (try school(of: call), try account(of: call))
        let view = PupilView(call)
        return try askPupils(view.wish(school.id), for: call, in: turn) { list, turn in
            try noteOpenPage(account, of: school, in: turn)
            var parts = Frame.Parts(title: "\(school.title)", account: account)
            parts.watermark = try watermark(call, at: turn.now)
            if list.date == turn.now.date(offset) {
                parts.feed = "school/\(school.id)?after=\(try Snapshots.revision(in: turn.db))"
                parts.scripts = ["school.js"]
            }
            return .page(
                frame.page(
                    parts, call,
                    """
                    <h1>\(school.title) \(call("登校状況", "today's list"))</h1>
                    \(Self.newsPiece(at: turn.now))
                    \(undoBar(call, school, list))
                    \(tools(call, school, view, list.date))
                    <div id="list">
                    \(pupilLists(call, school, view, list))
                    <p class="watermark">\(parts.watermark)</p>
                    </div>
                    """))
        }
    }

    /// A page that stays open and renews itself is one look for ten minutes.
    private func noteOpenPage(_ account: PortalPolicy.Account, of school: TownFacts.School, in turn: borrowing Turn) throws {
        let thing = "\(account.id)/\(school.id)"
        let last = try Snapshots.one("pupils-look", of: thing, as: Looked.self, in: turn.db)?.at
        if let last, last + .seconds(600) > turn.now { return }
        let user = account.station(.noticeDesk)?.user
        try Snapshots.keep(Looked(.pupils, account: account.id, by: user), as: "pupils-look", of: thing, at: turn.now, in: turn.db)
        try noteLook(.pupils, by: account, as: .noticeDesk, thing: school.id.named(), in: turn)
    }

    // MARK: Parts

    private func tools(_ call: Call, _ school: TownFacts.School, _ view: PupilView, _ date: CalendarDate) -> HTML {
        let path = call.path("school/\(school.id)")
        return """
            <form class="row screen" method="get" action="\(path)"><p class="field"><label for="date">\(call("日付", "Day"))</label><input id="date" type="date" name="date" value="\(date)"></p>
            <button>\(call("表示", "Show"))</button></form>
            <p class="row screen"><a class="button" href="\(path)/day?date=\(date)">\(call("休校・短縮授業", "Closed or other hours"))</a>
            <a class="button quiet" href="\(path)/pupils.csv\(view.query)">\(call("CSV(UTF-8)", "CSV (UTF-8)"))</a>
            <a class="button quiet" href="\(path)/pupils.csv\(view.query(with: ("encoding", "cp932")))">\(call("CSV(Excel・Shift_JIS)", "CSV (Shift_JIS)"))</a></p>
            """
    }

    private func pupilLists(_ call: Call, _ school: TownFacts.School, _ view: PupilView, _ list: PupilList) -> HTML {
        let path = call.path("school/\(school.id)")
        let gates = list.silent.map { gate -> HTML in
            let since = gate.since?.minute(offset)
            return
                "<p id=\"gate-\(gate.agent)\" class=\"notice bad\" role=\"alert\">\(call("校門の読取機 \(gate.agent) が\(since.map { "\($0)から" } ?? "一度も")応答していません。登校は確認できません。名簿で出欠をご確認ください。", "Reader \(gate.agent) at the gate has been silent \(since.map { "since \($0)" } ?? "from the beginning"). Nobody can say who has come: call the roll."))</p>\n"
        }
        let figures = PupilDay.State.allCases.compactMap { state -> HTML? in
            guard let count = list.tally[state.rawValue], count > 0 else { return nil }
            return
                "<div id=\"tally-\(state.rawValue)\"><dt><a href=\"\(path)\(view.query(with: ("state", state.rawValue)))\">\(state.phrase[call.tongue])</a></dt><dd>\(count)</dd></div>"
        }
        let due: HTML = list.due.map { call("登校時刻 \($0.clock(offset))", "due \($0.clock(offset))") } ?? call("授業のない日", "no school")
        let groups = list.pupils.reduce(into: [(name: String?, pupils: [PupilDay])]()) { groups, pupil in
            if groups.last.map({ $0.name == pupil.schoolClass }) == true {
                groups[groups.count - 1].pupils.append(pupil)
            } else {
                groups.append((pupil.schoolClass, [pupil]))
            }
        }
        let isNarrow = view.schoolClass != nil || view.state != nil
        let all: HTML = isNarrow ? "<p class=\"screen\"><a href=\"\(path)\(view.queryOfAll)\">\(call("全員を表示", "Show all"))</a></p>" : ""
        return """
            <p>\(list.date.description)　\(due)</p>
            \(gates)<dl class="figures">\(figures)</dl>
            \(all)\(groups.map { classTable(call, path, view, $0.name, $0.pupils) })\(groups.isEmpty ? HTML("<p>\(call("該当する児童・生徒はいません。", "There is nobody."))</p>") : "")
            """
    }

    private func classTable(_ call: Call, _ path: String, _ view: PupilView, _ name: String?, _ pupils: [PupilDay]) -> HTML {
        let (nameLabel, state, arrived, left) = (
            call("氏名", "Name"), call("状態", "State"), call("登校", "Arrived"), call("下校", "Left")
        )
        let rows = pupils.map { pupil -> HTML in
            let called = pupil.name ?? pupil.person.text
            return """
                <tr id="pupil-\(pupil.person)"><th scope="row">\(called)</th>
                <td data-label="\(state)"><span class="state \(pupil.state.look)">\(pupil.state.phrase[call.tongue])</span>\(riding(call, pupil))</td>
                <td data-label="\(arrived)">\(pupil.arrived.map { HTML("<time>\($0.clock(offset))</time>") } ?? "－")</td>
                <td data-label="\(left)">\(pupil.left.map { HTML("<time>\($0.clock(offset))</time>") } ?? "－")</td>
                <td class="screen"><a class="button quiet" href="\(path)/absence?person=\(pupil.person)" aria-label="\(call("\(called) の欠席連絡", "Absence of \(called)"))">\(call("欠席連絡", "Absence"))</a></td></tr>

                """
        }
        let title = name.map { call("\($0) 組", "Class \($0)") } ?? call("組なし", "No class")
        let only: HTML =
            name.map {
                "<a class=\"screen\" href=\"\(path)\(view.query(with: ("class", $0)))\">\(call("この組だけ", "This class alone"))</a>"
            } ?? ""
        return """
            <h2>\(title) \(only)</h2>
            <div class="wide" tabindex="0" role="region" aria-label="\(title)"><table class="cards"><thead><tr><th scope="col">\(nameLabel)</th><th scope="col">\(state)</th><th scope="col">\(arrived)</th><th scope="col">\(left)</th><th scope="col" class="screen"><span class="spoken">\(call("操作", "Acts"))</span></th></tr></thead>
            <tbody>\(rows)</tbody></table></div>

            """
    }

    /// Of those in a vehicle now.
    func riding(_ call: Call, _ pupil: PupilDay) -> HTML? {
        pupil.riding.map { line in
            let title = town.lines.first { $0.id == line }?.title ?? line.text
            return " <span class=\"state late\">\(call("乗車中（\(title)）", "on \(title)", easy: "\(title)に のっています"))</span>"
        }
    }
}
