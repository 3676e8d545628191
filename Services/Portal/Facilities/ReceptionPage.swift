import Contracts
import HTTP
import ServiceKit
import Store

extension Portal {
    var receptionRoutes: [Route] {
        let desk = Route.Access.staff([.receptionDesk])
        return [
            .page("receptions", desk) { call, turn in .page(try receptionsPage(call, fault: nil, in: turn)) },
            .form("receptions", desk) { call, turn in try changeReception(call, in: turn) },
            .page("receptions/:/attendance", desk) { call, turn in try attendancePage(call, in: turn) },
            .data("events/receptions/:", desk) { call, turn in try listenToReceptions(call, in: turn) },
        ]
    }

    // MARK: Live

    func learn(_ count: Envelope<ReceptionCount>, _ topic: Topic, in turn: borrowing Turn) throws {
        try Snapshots.keep(count.data, as: "reception", of: topic.entity.text, at: count.data.at, in: turn.db)
        for tongue in Tongue.allCases {
            guard let news = try receptionNews(topic.entity.text, tongue, in: turn) else { return }
            try say(news, on: "receptions/\(tongue.rawValue)", in: turn)
        }
    }

    private func listenToReceptions(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let tongue = Tongue(rawValue: call.parts[0]) else { throw Page.notFound }
        let after = call.request.query["after"].flatMap(Int64.init) ?? .max
        let missed = try Snapshots.things(of: "reception", after: after, in: turn.db).compactMap {
            try receptionNews($0, tongue, in: turn)?.bytes()
        }
        return .stream(["receptions/\(tongue.rawValue)"], first: Array(missed.joined()))
    }

    private func receptionNews(_ id: String, _ tongue: Tongue, in turn: borrowing Turn) throws -> News? {
        guard let reception = town.receptions.first(where: { $0.id.text == id }) else { return nil }
        let count = try Snapshots.one("reception", of: id, as: ReceptionCount.self, in: turn.db)
        return .piece("reception-\(id)", receptionPiece(reception, count, tongue))
    }

    /// How a reception stands: the same markup in the page and when something has changed.
    private func receptionPiece(_ reception: TownFacts.Reception, _ now: Snapshot<ReceptionCount>?, _ tongue: Tongue) -> HTML {
        func say(_ ja: HTML, _ en: HTML) -> HTML { Phrase(ja, en)[tongue] }
        guard let now else {
            return
                "<div id=\"reception-\(reception.id)\" class=\"card\"><span class=\"state silent\">\(say("まだ知らせがありません", "Not heard from yet"))</span></div>\n"
        }
        let count = now.body
        func figure(_ name: HTML, _ number: Int?) -> HTML {
            number.map { "<div><dt>\(name)</dt><dd>\(grouped(Int64($0)))</dd></div>" } ?? ""
        }
        let conflicts: HTML =
            count.conflicts == 0
            ? ""
            : "<p class=\"notice bad\" role=\"alert\">\(say("重複受付が \(count.conflicts) 件あります。確認してください。", "\(count.conflicts) people were received twice: settle it."))</p>"
        return """
            <div id="reception-\(reception.id)" class="card" data-stage="\(count.stage.rawValue)">
            <span class="state \(count.stage == .open ? "open" : "closed")">\(count.stage.phrase[tongue])</span>\(conflicts)
            <dl class="figures">\(figure(say("受付済", "Received"), count.total))\(figure(say("カード", "By card"), count.byCard))\(figure(say("整理券", "By ticket"), count.byTicket))\(figure(say("氏名", "By name"), count.byName))\(figure(say("紙", "On paper"), count.paper))\(figure(say("当日受付", "Walk-ins"), count.walkIns))\(figure(say("名簿", "Expected"), count.expected))\(figure(say("定員", "Room for"), count.capacity))</dl>
            <p class="at">\(say("\(now.at.clock(offset)) 現在", "as of \(now.at.clock(offset))"))</p></div>

            """
    }

    // MARK: The page

    private func receptionsPage(_ call: Call, fault: HTML?, in turn: borrowing Turn) throws -> Response {
        let title = call("受付", "Receptions")
        var parts = Frame.Parts(title: title, account: try account(of: call))
        parts.feed = "receptions/\(call.tongue.rawValue)?after=\(try Snapshots.revision(in: turn.db))"
        let sections = try town.receptions.map { reception -> HTML in
            let now = try Snapshots.one("reception", of: reception.id.text, as: ReceptionCount.self, in: turn.db)
            return """
                <section><h2>\(reception.title)</h2>
                \(receptionPiece(reception, now, call.tongue))
                \(receptionForms(call, reception))</section>

                """
        }
        let none: HTML = sections.isEmpty ? "<p>\(call("この町の設定に受付はありません。", "The town's file has no reception."))</p>" : ""
        return frame.page(
            parts, call, status: fault == nil ? 200 : 422,
            "<h1>\(title)</h1>\n\(Self.fault(fault))\(try receptionSilence(call, in: turn))\(sections)\(none)")
    }

    /// The service that counts, if it does not run: since when.
    private func receptionSilence(_ call: Call, in turn: borrowing Turn) throws -> HTML {
        let life = try Snapshots.one("life", of: "reception", as: Life.self, in: turn.db)
        guard let life, life.body.state == .lost || life.body.state == .stopped else { return "" }
        let since = life.at.clock(offset)
        return
            "<p id=\"silence\" class=\"notice warn\" role=\"alert\">\(call("受付の集計は \(since) から止まっています。紙で受け付け、あとで人数を入れてください。", "Nothing has been counted since \(since). Receive on paper, and enter the number later."))</p>"
    }

    private func receptionForms(_ call: Call, _ reception: TownFacts.Reception) -> HTML {
        let options = reception.stations.map { HTML("<option>\($0)</option>") }
        let station: HTML =
            options.isEmpty
            ? ""
            : "<p class=\"field\"><label for=\"station-\(reception.id)\">\(call("窓口", "Station"))</label><select id=\"station-\(reception.id)\" name=\"station\">\(options)</select></p>"
        // A site's reception obeys the town's in that.
        let stages: HTML =
            town.isWhole
            ? "<button class=\"main\" name=\"act\" value=\"open\">\(call("受付を始める", "Open"))</button><button class=\"danger\" name=\"act\" value=\"close\">\(call("受付を終える", "Close"))</button>"
            : "<p class=\"hint\">\(call("受付の開始と終了は町で行います。", "It is opened and closed at the town."))</p>"
        return """
            <form class="row screen" method="post" action="\(call.path("receptions"))">\(call.csrf)<input type="hidden" name="reception" value="\(reception.id)">\(station)
            <p class="field"><label for="paper-\(reception.id)">\(call("紙で受け付けた人数(入れ直すと置き換わります)", "Received on paper in all; a new number replaces it"))</label><input id="paper-\(reception.id)" type="number" min="0" max="100000" name="count" required></p>
            <button name="act" value="paper">\(call("紙の人数を登録", "Save the number"))</button></form>
            <form class="row screen" method="post" action="\(call.path("receptions"))">\(call.csrf)<input type="hidden" name="reception" value="\(reception.id)">
            \(stages)
            <a class="button quiet" href="\(call.path("receptions/\(reception.id)/attendance"))">\(call("受付者の一覧", "Who was received"))</a></form>
            """
    }

    private func changeReception(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let fields = call.request.form
        guard let reception = town.receptions.first(where: { $0.id.text == fields["reception"] }) else { throw Page.notFound }
        func refused(_ sentence: HTML, _ turn: borrowing Turn) throws -> Answer {
            .page(try receptionsPage(call, fault: sentence, in: turn))
        }
        func done(_: ReceptionCount, _: borrowing Turn) throws -> Answer { .page(.see(call.path("receptions#reception-\(reception.id)"))) }
        switch fields["act"] {
        case "paper":
            guard let count = Int(fields["count"] ?? ""), count >= 0 else {
                return try refused(call("紙の人数を数字で入れてください。", "Say how many, as a number."), turn)
            }
            let station = fields["station"].flatMap { ReceptionStationID($0) }
            return try ask(
                CountPaper(count, in: reception.id, at: station), on: .countPaper, as: .receptionDesk, for: call, in: turn,
                refused: refused, page: done)
        case "open", "close":
            return try ask(
                DecideReception(fields["act"] == "open" ? .open : .close, reception.id), on: .decideReception, as: .receptionDesk,
                for: call, in: turn, refused: refused, page: done)
        default: throw Page.notFound
        }
    }
}
