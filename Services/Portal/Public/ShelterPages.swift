import Contracts
import HTTP
import ServiceKit

extension Portal {
    var firstRoutes: [Route] { [.page("") { call, turn in .page(try home(call, in: turn)) }] }

    var shelterRoutes: [Route] {
        [
            .page("shelters") { call, turn in .page(try sheltersPage(call, in: turn)) },
            .data("events/shelters/:") { call, turn in
                try listen(call, "shelters", "occupancy", in: turn) { id, tongue in
                    try shelter(id, in: turn).map { .piece("shelter-\(id)", shelterPiece($0, tongue, at: turn.now)) }
                }
            },
            .data("api/v1/shelters") { _, turn in .page(try shelterData(in: turn)) },
        ]
    }

    /// What is new, and first what came between the page and now.
    func listen(
        _ call: Call, _ feed: String, _ kind: String, in turn: borrowing Turn, piece: (String, Tongue) throws -> News?
    ) throws -> Answer {
        guard let tongue = Tongue(rawValue: call.parts[0]) else { throw Page.notFound }
        guard let after = Int64(call.request.query["after"] ?? "9223372036854775807"), after >= 0 else {
            throw Page.wrong("after: a whole number from 0 on.")
        }
        let missed = try Snapshots.things(of: kind, after: after, in: turn.db).compactMap { try piece($0, tongue)?.bytes() }
        return .stream(["\(feed)/\(tongue.rawValue)"], first: Array(missed.joined()))
    }

    private func home(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let open = try shelters(in: turn).count { $0.run.stage != .closed }
        let shelters =
            open == 0
            ? call("いま開いている避難所はありません。", "No shelter is open now.", easy: "いま あいている \(ruby("避難所", "ひなんじょ"))は ありません。")
            : call("いま\(open)か所の避難所が開いています。", "\(open) shelters are open now.", easy: "いま \(open)の \(ruby("避難所", "ひなんじょ"))が あいています。")
        func card(_ path: String, _ title: HTML, _ words: HTML) -> HTML {
            "<li class=\"card\"><h2><a href=\"\(call.path(path))\">\(title)</a></h2><p>\(words)</p></li>\n"
        }
        return frame.page(
            Frame.Parts(title: call("ご案内", "Welcome"), isPublic: true), call,
            """
            <h1>\(call("\(town.title)のいま", "\(town.title) now", easy: "\(town.title)の いま"))</h1>
            <ul class="list">
            \(!showsShelters ? HTML("") : card("shelters", call("避難所", "Shelters", easy: ruby("避難所", "ひなんじょ")), shelters))
            \(!town.isWhole ? HTML("") : card("facilities", call("施設の混みぐあい", "How busy houses are", easy: "こんでいる ところ"), call("体育館や図書館のいまの利用者数です。", "Gym, library and others at this moment.", easy: "いま どのくらい \(ruby("人", "ひと"))が いるか わかります。")))
            \(policy.isForResidents ? card("family", call("わたしのページ", "My page", easy: "わたしの ページ"), call("お子さんの登校、欠席の連絡、ポイント、お知らせの受け取り方", "Your children's day, absences, points, how you are told things", easy: "こどもの \(ruby("学校", "がっこう"))、ポイント、おしらせ")) : "")
            \(card("staff", call("職員の方", "Staff", easy: "\(ruby("役場", "やくば"))の \(ruby("人", "ひと"))"), staffWork(call)))
            </ul>
            """)
    }

    private func staffWork(_ call: Call) -> HTML {
        let easy: HTML = "しごとで つかう ページ"
        guard !town.isWhole else {
            return call("避難所の受付、災害対策本部、学校、窓口", "Shelter desks, headquarters, schools, counters", easy: easy)
        }
        return showsShelters ? call("避難所の受付、名簿", "Shelter desks, rosters", easy: easy) : call("受付", "Receptions", easy: easy)
    }

    private func sheltersPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let shown = try shelters(in: turn).filter { matches($0, call.request.query["q"] ?? "") }
        let words = call.request.query["q"] ?? ""
        let title = call("避難所", "Shelters", easy: ruby("避難所", "ひなんじょ"))
        var parts = Frame.Parts(title: call("避難所", "Shelters", easy: "ひなんじょ"), isPublic: true)
        parts.feed = "shelters/\(call.tongue.rawValue)?after=\(try Snapshots.revision(in: turn.db))"
        (parts.scripts, parts.styles) = (["map.js", "search.js"], ["lib/leaflet/leaflet.css"])
        return frame.page(
            parts, call,
            """
            <h1>\(title)</h1>
            \(try registryNotice(call, in: turn))\(try townPiece(call.tongue, in: turn))
            <form class="field" method="get" role="search" data-keep id="search-form">
            <label for="search">\(call("地区や名前でさがす", "Search by district or name", easy: "ばしょや なまえで さがす"))</label>
            <div class="row"><input id="search" name="q" type="search" value="\(words)" maxlength="60" data-list="#shelters" data-found="#found" data-text="\(call("{all}か所のうち{n}か所", "{n} of {all}", easy: "{n}"))">
            <button>\(call("さがす", "Search"))</button></div></form>
            <p id="found" role="status"></p>
            \(map(call))
            <ul id="shelters" class="list">\(shown.map { shelterPiece($0, call.tongue, at: turn.now) })</ul>
            \(shown.isEmpty ? HTML("<p>\(call("当てはまる避難所はありません。", "There is no such shelter.", easy: "ありません。"))</p>") : "")
            """)
    }

    private func map(_ call: Call) -> HTML {
        let tiles = policy.map.tiles.map { HTML(" data-tiles=\"\($0)\" data-attribution=\"\(policy.map.attribution ?? "")\"") }
        let outline: HTML = files.hasOutline ? " data-outline=\"/map/outline.geojson\"" : ""
        return """
            <div id="map" data-keep data-list="#shelters"\(tiles)\(outline) data-label="\(call("避難所の地図", "Map of the shelters", easy: "ひなんじょの ちず"))" data-here="\(call("現在地", "You are here", easy: "いまの ばしょ"))" data-locate="\(call("現在地を表示", "Where am I?", easy: "いまの ばしょ"))" data-in="\(call("拡大", "Larger", easy: "おおきく"))" data-out="\(call("縮小", "Smaller", easy: "ちいさく"))" data-unknown="\(call("現在地が分かりませんでした。", "Your place could not be found out.", easy: "わかりませんでした。"))"></div>
            """
    }

    private func matches(_ view: ShelterView, _ words: String) -> Bool {
        let text = [view.shelter.title, view.shelter.address ?? "", view.shelter.district ?? ""].joined(separator: " ")
        return words.split(separator: " ").allSatisfy { text.contains($0) }
    }

    /// One shelter: the same markup in the page and when something has changed.
    func shelterPiece(_ view: ShelterView, _ tongue: Tongue, at moment: Instant) -> HTML {
        let look = view.look(at: moment)
        let shelter = view.shelter
        func say(_ ja: HTML, _ en: HTML, easy: HTML? = nil) -> HTML { Phrase(ja, en, easy: easy)[tongue] }
        let place = shelter.position.map { HTML(" data-lat=\"\($0.lat)\" data-lon=\"\($0.lon)\"") }
        let features = shelter.features.map { $0.phrase[tongue] }.joined(separator: say("・", ", "))
        let heard = view.heard.map { $0.day(offset) == moment.day(offset) ? $0.clock(offset) : $0.minute(offset) }.map {
            say("\($0) 現在", "as of \($0)", easy: "\($0) の ようす")
        }
        let drill = view.isDrill ? HTML("<p class=\"banner drill\">\(say("訓練中", "Drill", easy: "くんれんです"))</p>") : ""
        return """
            <li id="shelter-\(view.id)" class="card" data-state="\(look.mark)"\(place)><h3>\(shelter.title)</h3>\(drill)
            <p class="state \(look.mark)">\(look.phrase[tongue])</p>
            <p>\([shelter.district, shelter.address].compactMap(\.self).joined(separator: " "))</p>\(features.isEmpty ? "" : HTML("<p>\(features)</p>"))\(heard.map { HTML("<p class=\"at\">\($0)</p>") })</li>

            """
    }

    /// Who tells of shelters, if it does not run: since when, so that nobody takes what stands there for now.
    private func registryNotice(_ call: Call, in turn: borrowing Turn) throws -> HTML {
        let life = try Snapshots.one("life", of: "shelter-registry", as: Life.self, in: turn.db)
        guard let life, life.body.state == .lost || life.body.state == .stopped else { return "" }
        let since = life.at.clock(offset)
        return
            "<p id=\"registry\" class=\"banner stale\">\(call("避難所の情報は \(since) から更新されていません。", "Shelters have not been heard of since \(since).", easy: "\(since) から あたらしい ことが わかりません。"))</p>"
    }

    private func shelterData(in turn: borrowing Turn) throws -> Response {
        try .json(ShelterData(shelters: try shelters(in: turn).map { ShelterData.One($0, at: turn.now) }))
    }
}

/// What programs are told of shelters (`/api/v1/shelters`).
private struct ShelterData: Encodable {
    struct One: Encodable {
        let id: ShelterID
        let title: String
        let district: String?
        let address: String?
        let position: Position?
        let state: String
        let drill: Bool
        let heard: Instant?

        init(_ view: ShelterView, at moment: Instant) {
            (id, title, district) = (view.shelter.id, view.shelter.title, view.shelter.district)
            (address, position) = (view.shelter.address, view.shelter.position)
            (state, drill, heard) = (view.look(at: moment).rawValue, view.isDrill, view.heard)
        }
    }

    let shelters: [One]
}

extension Shelter.Feature {
    var phrase: Phrase {
        switch self {
        case .barrierFree: Phrase("バリアフリー", "Barrier-free", easy: "くるまいすで はいれます")
        case .pets: Phrase("ペット可", "Pets", easy: "ペットも いいです")
        case .power: Phrase("非常用電源", "Power", easy: "\(ruby("電気", "でんき"))が あります")
        case .wifi: Phrase("Wi-Fi", "Wi-Fi")
        }
    }
}
