import Contracts
import HTTP
import ServiceKit

/// A shelter's desk (避難所受付): a tap at its reader brings the person and the household to its screen.
extension Portal {
    var deskRoutes: [Route] {
        [
            .page("desk", Self.shelterStaff) { call, turn in .page(try desksPage(call, in: turn)) },
            .page("desk/:", Self.shelterStaff) { call, turn in try deskPage(call, in: turn) },
            .form("desk/:/act", Self.shelterStaff) { call, turn in try act(call, in: turn) },
            .form("desk/:/search", Self.shelterStaff) { call, turn in try search(call, in: turn) },
            .form("desk/:/choose", Self.shelterStaff) { call, turn in try choose(call, in: turn) },
            .page("desk/:/guest", Self.shelterStaff) { call, turn in .page(try guestPage(call, [:], nil, in: turn)) },
            .form("desk/:/guest", Self.shelterStaff) { call, turn in try putGuests(call, in: turn) },
            .page("desk/:/needs/:", Self.shelterStaff) { call, turn in try needsPage(call, in: turn) },
            .form("desk/:/needs/:", Self.shelterStaff) { call, turn in try noteNeeds(call, in: turn) },
            .page("desk/:/roster", Self.shelterStaff) { call, turn in try rosterPage(call, in: turn) },
            .page("desk/:/roster.csv", Self.shelterStaff) { call, turn in try rosterFile(call, in: turn) },
            .data("events/desk/:/:/:/:", Self.shelterStaff) { call, turn in try openDesk(call, in: turn) },
            .data("events/desk-counts/:/:", Self.shelterStaff) { call, turn in
                guard let tongue = Tongue(rawValue: call.parts[1]), ShelterID(call.parts[0]) != nil else { throw Page.notFound }
                return .stream(
                    ["desk-counts/\(call.parts[0])/\(call.parts[1])"], first: try counts(of: call.parts[0], tongue, in: turn))
            },
        ]
    }

    /// The desk that a page or a form is about.
    func desk(of call: Call, _ fields: [String: String]) throws -> Desk {
        Desk(account: try account(of: call).id, shelter: try call.name(0), reader: fields["reader"].flatMap { ReaderPlace($0) })
    }

    /// `?reader=s01-desk/reader-1`, by which a page remembers it.
    func query(of desk: Desk, _ more: String = "") -> String {
        let words = [desk.reader.map { "reader=\($0)" }, more.isEmpty ? nil : more].compactMap(\.self)
        return words.isEmpty ? "" : "?" + words.joined(separator: "&")
    }

    func back(to desk: Desk, _ call: Call, _ said: String = "") -> Answer {
        .page(.see(call.path("desk/\(desk.shelter)\(query(of: desk, said.isEmpty ? "" : "said=\(said)"))")))
    }

    /// A field that carries the reader on.
    func readerField(_ desk: Desk) -> HTML {
        desk.reader.map { "<input type=\"hidden\" name=\"reader\" value=\"\($0)\">" } ?? ""
    }

    func known(_ shelter: ShelterID, in turn: borrowing Turn) throws -> ShelterSituation {
        guard let one = try situation(of: shelter.text, in: turn) else { throw Page.notFound }
        return one
    }

    private func desksPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let title = call("避難所受付", "Shelter desks")
        let open = try situation(in: turn).filter { !$0.isClosed && town.keeps($0.view.shelter.id) }.map { one -> HTML in
            "<li class=\"card\"><h3><a href=\"\(call.path("desk/\(one.id)"))\">\(one.view.shelter.title)</a></h3></li>\n"
        }
        let none = call("開設中の避難所はありません。本部の画面で開設してください。", "No shelter is open. Open one at headquarters.")
        return try staffPage(
            call, title, kind: "desk",
            "<h1>\(title)</h1>\n\(open.isEmpty ? HTML("<p>\(none)</p>") : "<ul class=\"list\">\(open)</ul>")\n<p><a class=\"button\" href=\"\(call.path("hq"))\">\(call("本部の画面へ", "To headquarters"))</a></p>"
        )
    }

    /// With whoever stands there at this moment, asked for anew: what a browser goes back to shows nobody who has left.
    private func deskPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let desk = try desk(of: call, call.request.query)
        let account = try account(of: call)
        let one = try known(desk.shelter, in: turn)
        guard let screen = desks.screen(desk, at: turn.now), let station = account.station(.shelterDesk) else {
            return .page(try deskPage(call, desk, one, emptyPiece(call.tongue, said: said(call)), in: turn))
        }
        try show(screen.who, as: station, in: turn) { outcome, turn in
            let isStillThere = desks.screen(desk, at: turn.now)?.id == screen.id
            let piece =
                isStillThere ? try screenPiece(of: outcome, at: desk, account, call.tongue, in: turn) : emptyPiece(call.tongue, said: nil)
            answer(call, .page(try deskPage(call, desk, one, piece, in: turn)), in: turn)
        }
        return .later
    }

    private func said(_ call: Call) -> HTML? {
        switch call.request.query["said"] {
        case "late": Phrase.late[call.tongue]
        default: nil
        }
    }

    private func deskPage(_ call: Call, _ desk: Desk, _ one: ShelterSituation, _ piece: HTML, in turn: borrowing Turn) throws -> Response {
        let title = call("\(one.view.shelter.title) 受付", "Desk of \(one.view.shelter.title)")
        let feed = desk.reader.map { "desk/\(call.tongue.rawValue)/\(desk.shelter)/\($0)" }
        let drill: HTML = one.view.isDrill ? "<p class=\"banner drill\">\(call("訓練中", "Drill"))</p>\n" : ""
        let notOpen: HTML =
            one.isClosed
            ? "<p class=\"notice warn\">\(call("この避難所は開設されていません。記録はできますが、まず本部で開設してください。", "This shelter is not open. People can be noted all the same; have headquarters open it."))</p>\n"
            : ""
        return try staffPage(
            call, title, feed: feed ?? "desk-counts/\(desk.shelter)/\(call.tongue.rawValue)", kind: "desk", scripts: ["desk.js"],
            """
            <h1>\(title)</h1>
            \(drill)\(notOpen)\(countsPiece(one, call.tongue, at: turn.now))
            <form id="desk" method="post" action="\(call.path("desk/\(desk.shelter)/act"))">\(call.csrf)\(readerField(desk))</form>
            \(piece)
            \(try searchForm(call, desk, "", in: turn))
            <p class="row"><a class="button" href="\(call.path("desk/\(desk.shelter)/guest\(query(of: desk))"))">\(call("カードのない人・初めての人（家族も）", "Somebody without a card, or a family"))</a>
            <a class="button" href="\(call.path("desk/\(desk.shelter)/roster\(query(of: desk))"))">\(call("避難者名簿", "Roster"))</a></p>
            \(readerForm(call, desk))
            """)
    }

    /// The reader is chosen once; the address remembers it, and nothing else does.
    private func readerForm(_ call: Call, _ desk: Desk) -> HTML {
        let places = town.shelterReaders.filter { $0.shelter == desk.shelter }.map { ReaderPlace(agent: $0.agent, reader: $0.reader) }
        let links = places.map { place -> HTML in
            let path = call.path("desk/\(desk.shelter)?reader=\(place)")
            return "<a class=\"button\" href=\"\(path)\"\(place == desk.reader ? HTML(" aria-current=\"true\"") : "")>\(place)</a>\n"
        }
        let now: HTML =
            desk.reader.map { call("この受付のカードリーダー：\($0)", "Reader of this desk: \($0)") }
            ?? call("カードリーダーが選ばれていません。選ぶと、かざした人がここに出ます。", "No reader is chosen. Choose one, and whoever holds a card there stands here.")
        return """
            <details\(desk.reader == nil ? HTML(" open") : "")><summary>\(now)</summary>
            <p class="row">\(links)</p>
            <form class="row" method="get"><div class="field"><label for="reader">\(call("ほかのカードリーダー", "Another reader"))</label><p class="hint">\(call("端末/リーダー（例 s01-desk/reader-1）", "AGENT/READER"))</p><input id="reader" name="reader" required maxlength="127" value="\(desk.reader.map { "\($0)" } ?? "")" autocapitalize="none"></div>
            <button>\(call("使う", "Use it"))</button></form></details>
            """
    }
}
