import Contracts
import HTTP
import ServiceKit
import Store

extension Portal {
    var facilityRoutes: [Route] {
        [
            .page("facilities") { call, turn in .page(try facilitiesPage(call, in: turn)) },
            .data("events/facilities/:") { call, turn in
                try listen(call, "facilities", "facility-today", in: turn) { thing, tongue in
                    try Snapshots.one("facility-today", of: thing, in: turn.db).map {
                        .piece("facility-\(thing)", facilityPiece($0, tongue, at: turn.now))
                    }
                }
            },
            .data("api/v1/facilities") { _, turn in .page(try facilityData(in: turn)) },
        ]
    }

    func learn(_ state: Envelope<FacilityToday>, _ topic: Topic, in turn: borrowing Turn) throws {
        try Snapshots.keep(
            state.data, as: "facility-today", of: topic.entity.text, at: state.data.at, until: state.data.at + .seconds(state.data.maxAge),
            in: turn.db)
        try sayFacility(topic.entity.text, in: turn)
    }

    func sayFacility(_ thing: String, in turn: borrowing Turn) throws {
        guard let now = try Snapshots.one("facility-today", of: thing, as: FacilityToday.self, in: turn.db) else { return }
        for tongue in Tongue.allCases {
            try say(.piece("facility-\(thing)", facilityPiece(now, tongue, at: turn.now)), on: "facilities/\(tongue.rawValue)", in: turn)
        }
    }

    func facilitiesPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let all = try Snapshots.all("facility-today", as: FacilityToday.self, in: turn.db)
        return frame.page(
            Frame.Parts(
                title: call("施設の混みぐあい", "How busy houses are", easy: "こんでいる ところ"), feed: "facilities/\(call.tongue.rawValue)",
                isPublic: true),
            call,
            """
            <h1>\(call("施設の混みぐあい", "How busy houses are", easy: "こんでいる ところ"))</h1>
            <ul class="list">\(all.map { facilityPiece($0, call.tongue, at: turn.now) })</ul>
            \(all.isEmpty ? HTML("<p>\(call("お知らせできる施設はありません。", "There is nothing to show.", easy: "ありません。"))</p>") : "")
            """)
    }

    func facilityPiece(_ now: Snapshot<FacilityToday>, _ tongue: Tongue, at moment: Instant) -> HTML {
        func say(_ ja: HTML, _ en: HTML, easy: HTML? = nil) -> HTML { Phrase(ja, en, easy: easy)[tongue] }
        let isStale = now.isStale(at: moment)
        let inside = now.body.inside.map { say("いま \($0) 人", "\($0) people inside", easy: "いま \($0)\(ruby("人", "にん"))") }
        let visits = say("今日の利用 \(now.body.visits) 回", "\(now.body.visits) visits today", easy: "きょう \(now.body.visits)かい")
        let clock = now.at.clock(offset)
        let state =
            isStale
            ? HTML("<p class=\"state silent\">\(say("いま分かりません", "Not heard from", easy: "いま わかりません"))</p>")
            : inside.map { HTML("<p class=\"state open\">\($0)</p>") } ?? ""
        return """
            <li id="facility-\(now.thing)" class="card"><h3>\(town.title(of: FacilityID(now.thing) ?? "unknown"))</h3>
            \(state)
            <p>\(visits)</p><p class="at">\(say("\(clock) 現在", "as of \(clock)", easy: "\(clock) の ようす"))</p></li>

            """
    }

    func facilityData(in turn: borrowing Turn) throws -> Response {
        let all = try Snapshots.all("facility-today", as: FacilityToday.self, in: turn.db)
        return try .json(
            FacilityData(
                facilities: all.map { FacilityData.One($0, at: turn.now, title: town.title(of: FacilityID($0.thing) ?? "unknown")) }))
    }
}

/// What programs are told of houses (`/api/v1/facilities`).
private struct FacilityData: Encodable {
    struct One: Encodable {
        let id: String
        let title: String
        let at: Instant
        let inside: Int?
        let isStale: Bool
        let visits: Int

        init(_ now: Snapshot<FacilityToday>, at moment: Instant, title: String) {
            (id, self.title, at) = (now.thing, title, now.at)
            (inside, isStale, visits) = (now.body.inside, now.isStale(at: moment), now.body.visits)
        }
    }

    let facilities: [One]
}
