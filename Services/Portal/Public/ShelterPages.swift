import Contracts
import HTTP
import ServiceKit

extension Portal {
    var publicRoutes: [Route] {
        [
            .page("") { call, turn in .page(try home(call, in: turn)) },
            .page("shelters") { call, turn in .page(try sheltersPage(call, in: turn)) },
            .page("facilities") { call, turn in .page(try facilitiesPage(call, in: turn)) },
            .data("events/shelters/:") { call, turn in try listen(call, "shelters") },
            .data("events/facilities/:") { call, turn in try listen(call, "facilities") },
            .data("api/v1/shelters") { _, turn in .page(try shelterData(in: turn)) },
            .data("api/v1/facilities") { _, turn in .page(try facilityData(in: turn)) },
        ]
    }

    private func listen(_ call: Call, _ feed: String) throws -> Answer {
        guard Tongue(rawValue: call.parts[0]) != nil else { throw Page.notFound }
        return .stream(["\(feed)/\(call.parts[0])"], first: [])
    }

    private func home(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let open = try shelters(in: turn).count { $0.run.stage != .closed }
        let shelters: HTML =
            open == 0
            ? call("いま開いている避難所はありません。", "No shelter is open now.", easy: "いま あいている \(ruby("避難所", "ひなんじょ"))は ありません。")
            : call("いま\(open)か所の避難所が開いています。", "\(open) shelters are open now.", easy: "いま \(open)の \(ruby("避難所", "ひなんじょ"))が あいています。")
        return frame.page(
            Frame.Parts(title: call("ご案内", "Welcome"), isPublic: true), call,
            """
            <h1>\(call("\(town.title)のいま", "\(town.title) now", easy: "\(town.title)の いま"))</h1>
            <ul class="cards">
            <li class="card"><h2><a href="\(call.path("shelters"))">\(call("避難所", "Shelters", easy: ruby("避難所", "ひなんじょ")))</a></h2><p>\(shelters)</p></li>
            <li class="card"><h2><a href="\(call.path("facilities"))">\(call("施設の混みぐあい", "How busy houses are", easy: "こんでいる ところ"))</a></h2><p>\(call("体育館・図書館などのいまの利用者数", "Gym, library and others at this moment", easy: "いま どのくらい \(ruby("人", "ひと"))が いるか"))</p></li>
            <li class="card"><h2><a href="\(call.path("family"))">\(call("ご家族・ご本人のページ", "My family", easy: "\(ruby("家族", "かぞく"))の ページ"))</a></h2><p>\(call("お子さまの到着、ポイント、お知らせの受け取り方", "Children's arrivals, points, notices", easy: "こどもが ついたか、ポイント、おしらせ"))</p></li>
            <li class="card"><h2><a href="\(call.path("staff"))">\(call("職員の方", "Staff", easy: "\(ruby("役場", "やくば"))の \(ruby("人", "ひと"))"))</a></h2></li>
            </ul>
            """)
    }

    private func sheltersPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let all = try shelters(in: turn)
        let shown = all.filter { matches($0, call.request.query) }
        let districts = Set(all.compactMap(\.shelter.district)).sorted()
        let chosen = call.request.query["district"] ?? ""
        let options = districts.map { HTML("<option\($0 == chosen ? HTML(" selected") : "")>\($0)</option>") }
        let tiles = policy.map.tiles.map { HTML(" data-tiles=\"\($0)\" data-attribution=\"\(policy.map.attribution ?? "")\"") } ?? ""
        let outline: HTML = files.outline == nil ? "" : " data-outline=\"/map/outline.geojson\""
        return frame.page(
            Frame.Parts(
                title: call("避難所", "Shelters", easy: "\(ruby("避難所", "ひなんじょ"))"), feed: "shelters/\(call.tongue.rawValue)",
                scripts: ["leaflet.js", "map.js", "search.js"], styles: ["leaflet.css"], isPublic: true), call,
            """
            <h1>\(call("避難所", "Shelters", easy: "\(ruby("避難所", "ひなんじょ"))"))</h1>
            \(try registryNotice(call, in: turn))
            <form class="search" method="get" role="search"><label>\(call("地区", "District", easy: "ばしょ"))
            <select name="district"><option value="">\(call("すべて", "All", easy: "ぜんぶ"))</option>\(options)</select></label>
            <label>\(call("名前", "Name", easy: "なまえ")) <input name="q" value="\(call.request.query["q"] ?? "")" maxlength="60"></label>
            <button>\(call("さがす", "Search"))</button></form>
            <div id="map" class="map" role="region" aria-label="\(call("地図", "Map", easy: "ちず"))" data-list="shelters" hidden\(tiles)\(outline)></div>
            <ul id="shelters" class="list">\(shown.map { shelterPiece($0, call.tongue, at: turn.now) })</ul>
            <p id="none"\(shown.isEmpty ? HTML("") : " hidden")>\(call("当てはまる避難所はありません。", "There is no such shelter.", easy: "ありません。"))</p>
            """)
    }

    private func matches(_ view: ShelterView, _ query: [String: String]) -> Bool {
        let (district, words) = (query["district"] ?? "", query["q"] ?? "")
        return (district.isEmpty || view.shelter.district == district)
            && (words.isEmpty
                || [view.shelter.title, view.shelter.address ?? "", view.shelter.district ?? ""].contains { $0.contains(words) })
    }

    /// One shelter: the same markup in the page and when something has changed.
    func shelterPiece(_ view: ShelterView, _ tongue: Tongue, at moment: Instant) -> HTML {
        let look = view.look(at: moment)
        let shelter = view.shelter
        func say(_ ja: HTML, _ en: HTML, easy: HTML? = nil) -> HTML { Phrase(ja, en, easy: easy)[tongue] }
        let place = shelter.position.map { HTML(" data-lat=\"\($0.lat)\" data-lon=\"\($0.lon)\"") } ?? ""
        let features = shelter.features.map { HTML("<li>\($0.phrase[tongue])</li>") }
        let heard = view.heard.map {
            HTML("<p class=\"small\">\(say("\($0.clock(offset))現在", "as of \($0.clock(offset))", easy: "\($0.clock(offset)) の ようす"))</p>")
        }
        return """
            <li id="shelter-\(view.id)" class="card" data-state="\(look.rawValue)" data-title="\(shelter.title)" data-district="\(shelter.district ?? "")"\(place)>
            <h2>\(shelter.title)</h2>\(view.isDrill ? HTML("<p class=\"drill\">\(say("訓練", "Drill", easy: "くんれん"))</p>") : "")
            <p class="state state-\(look.rawValue)"><span aria-hidden="true">\(look.sign)</span> \(look.phrase[tongue])</p>
            <p>\([shelter.district, shelter.address].compactMap(\.self).joined(separator: " "))</p>
            \(features.isEmpty ? "" : HTML("<ul class=\"tags\">\(features)</ul>"))\(heard)</li>

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
