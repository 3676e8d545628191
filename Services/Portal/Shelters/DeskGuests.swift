import Contracts
import HTTP
import Seal
import ServiceKit

/// Somebody of whom the directory knows nothing, or a whole family of them: written down and checked in at once.
extension Portal {
    private static let rows = 6

    /// - Parameters:
    ///   - form: as it was filled in, where a service has said no: nothing that was typed is lost.
    ///   - said: what the service said.
    func guestPage(_ call: Call, _ form: [String: String], _ said: HTML?, in turn: borrowing Turn) throws -> Response {
        let desk = try desk(of: call, form.isEmpty ? call.request.query : form)
        let one = try known(desk.shelter, in: turn)
        // The guests' ids follow from it: the same form sent twice writes nobody down twice.
        let entry = form["entry"].flatMap { EventID($0) } ?? newID(call, at: turn.now)
        let people = (1...Self.rows).map { row -> HTML in
            func field(_ name: String, _ title: HTML, _ rest: HTML) -> HTML {
                """
                <div class="field"><label for="\(name)-\(row)">\(title)</label><input id="\(name)-\(row)" name="\(name)-\(row)" value="\(form["\(name)-\(row)"] ?? "")"\(rest) autocomplete="off"></div>
                """
            }
            let sexes = PersonFacts.Sex.allCases.reversed().map { sex -> HTML in
                "<option value=\"\(sex.rawValue)\"\(form["sex-\(row)"] == sex.rawValue ? HTML(" selected") : "")>\(sex.phrase[call.tongue])</option>"
            }
            return """
                <fieldset><legend>\(call("\(row)人目", "Person \(row)"))</legend><div class="row">
                \(field("name", call("氏名", "Name"), row == 1 ? " maxlength=\"200\" required autofocus" : " maxlength=\"200\""))\(field("reading", call("ふりがな", "Reading"), " maxlength=\"200\""))
                \(field("age", call("年齢", "Age"), " type=\"number\" min=\"0\" max=\"130\" inputmode=\"numeric\""))<div class="field"><label for="sex-\(row)">\(call("性別", "Sex"))</label><select id="sex-\(row)" name="sex-\(row)">\(sexes)</select></div>
                </div></fieldset>

                """
        }
        let kinds = StayKind.allCases.map { kind -> HTML in
            "<option value=\"\(kind.rawValue)\"\(form["kind"] == kind.rawValue ? HTML(" selected") : "")>\(kind.phrase[call.tongue])</option>"
        }
        let title = call("カードのない人の受付", "People without a card")
        return try staffPage(
            call, title, kind: "desk",
            """
            <h1>\(one.view.shelter.title)：\(title)</h1>
            \(said.map { HTML("<p class=\"notice bad\" role=\"alert\">\($0)</p>") })
            <form method="post" action="\(call.path("desk/\(desk.shelter)/guest"))">\(call.csrf)\(readerField(desk))<input type="hidden" name="entry" value="\(entry)">
            <div class="row"><div class="field"><label for="kind">\(call("滞在区分", "Stays"))</label><select id="kind" name="kind">\(kinds)</select></div>
            <div class="field"><label for="district">\(call("住所地区", "District"))</label><input id="district" name="district" value="\(form["district"] ?? "")" maxlength="200"></div>
            <div class="field"><label for="town">\(call("市町村（市外の人）", "Town, if from elsewhere"))</label><input id="town" name="town" value="\(form["town"] ?? "")" maxlength="200"></div></div>
            \(people)<button class="main">\(call("書き留めて入所とする", "Write down and check in"))</button>
            <a class="button" href="\(call.path("desk/\(desk.shelter)\(query(of: desk))"))">\(call("やめる", "Leave it"))</a></form>
            """)
    }

    func putGuests(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let desk = try desk(of: call, form)
        guard let entry = form["entry"].flatMap({ EventID($0) }), let kind = form["kind"].flatMap(StayKind.init(rawValue:)),
            let station = try account(of: call).station(.shelterDesk)
        else { throw Page.notFound }
        let rows = (1...Self.rows).filter { form["name-\($0)"].map { !$0.isEmpty } ?? false }
        guard !rows.isEmpty else {
            return .page(try guestPage(call, form, call("氏名、または呼び名を入れてください。", "Give a name, or something to call them by."), in: turn))
        }
        let wishes = rows.map { row in
            PutGuest(facts(row, form), of: GuestID(sha256("guest of a form\n\(desk.account)\n\(entry)\n\(row)")), fromPaper: true)
        }
        try put(wishes, of: entry, kind, at: desk, station, call, in: turn)
        return .later
    }

    private func facts(_ row: Int, _ form: [String: String]) -> GuestFacts {
        func text(_ name: String) -> String? { form[name].flatMap { $0.isEmpty ? nil : $0 } }
        var facts = GuestFacts()
        (facts.name, facts.reading, facts.age) = (text("name-\(row)"), text("reading-\(row)"), text("age-\(row)").flatMap { Int($0) })
        facts.sex = text("sex-\(row)").flatMap(PersonFacts.Sex.init(rawValue:))
        (facts.district, facts.town) = (text("district"), text("town"))
        return facts
    }

    /// One after another, and then all of them into the shelter. A no shows the form again as it was filled in.
    private func put(
        _ wishes: [PutGuest], _ done: [Evacuee] = [], of entry: EventID, _ kind: StayKind, at desk: Desk, _ station: PortalPolicy.Station,
        _ call: Call, in turn: borrowing Turn
    ) throws {
        func again(_ phrase: Phrase, _ turn: borrowing Turn) throws {
            answer(call, .page(try guestPage(call, call.request.form, phrase[call.tongue], in: turn)), in: turn)
        }
        if let wish = wishes.first {
            return try send(wish, on: .putGuest, as: station, for: call, in: turn) { outcome, turn in
                switch outcome {
                case .accepted(let brief):
                    try put(Array(wishes.dropFirst()), done + [brief.who], of: entry, kind, at: desk, station, call, in: turn)
                case .refused(let word, let text): try again(Phrase(refusal: word, of: "shelter-registry", text), turn)
                case .unknown: try again(.silence, turn)
                }
            }
        }
        try send(NoteStays(.in, done, at: desk.shelter, kind: kind), on: .noteStays, as: station, for: call, in: turn) { outcome, turn in
            switch outcome {
            case .accepted(let noted):
                var screen = DeskScreen(id: entry, until: turn.now + Desks.patience, who: done)
                (screen.said, screen.notes) = (.done(.in, kind, noted.entries.count), noted.entries.map(\.note))
                desks.begin(screen, at: desk)
                answer(call, back(to: desk, call), in: turn)
            case .refused(let word, let text): try again(Phrase(refusal: word, of: "shelter-registry", text), turn)
            case .unknown: try again(.silence, turn)
            }
        }
    }
}
