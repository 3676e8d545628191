import Contracts
import HTTP
import ServiceKit
import Sheets

/// Whoever stands at a desk without a card, found by name among those whom the registry lists there.
extension Portal {
    /// Shorter ones would be a way to look through everybody.
    private static let shortest = 2
    private static let most = 20
    /// Everybody of a town.
    private static let mostPages = 2000

    /// The words go in a form's body: a name in an address would stay in logs and histories.
    func searchForm(_ call: Call, _ desk: Desk, _ words: String, in turn: borrowing Turn) throws -> HTML {
        let chosen = call.request.form["list"]
        let districts = Set(try shelters(in: turn).compactMap(\.shelter.district)).sorted().compactMap { PeopleList("district/\($0)") }
        let options = districts.map { list -> HTML in
            "<option value=\"\(list)\"\(chosen == list.description ? HTML(" selected") : "")>\(call("まだ来ていない人：\(list.name)", "Not come yet: \(list.name)"))</option>"
        }
        return """
            <form class="row" method="post" role="search" action="\(call.path("desk/\(desk.shelter)/search"))">\(call.csrf)\(readerField(desk))
            <div class="field"><label for="q">\(call("名前で探す（かな）", "Search by name (kana)"))</label><input id="q" name="q" value="\(words)" minlength="\(Self.shortest)" maxlength="60" required autocomplete="off"></div>
            <div class="field"><label for="list">\(call("どこから", "Among"))</label><select id="list" name="list"><option value="roster">\(call("この避難所の名簿", "The roster here"))</option>\(options)</select></div>
            <button>\(call("探す", "Search"))</button></form>
            """
    }

    func search(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let desk = try desk(of: call, form)
        let account = try account(of: call)
        let one = try known(desk.shelter, in: turn)
        let text = form["q"] ?? ""
        guard text.unicodeScalars.count >= Self.shortest else {
            throw Page.wrong(call("2文字以上を入れてください。", "Give two characters or more."))
        }
        // Whoever stood there is over: this is an entry of its own.
        desks.begin(nil, at: desk)
        guard let list = form["list"].flatMap({ PeopleList($0) }) else {
            let first = ListRoster(of: desk.shelter, drill: one.view.isDrill)
            return try askAll(
                first, on: .listRoster, as: .shelterDesk, for: call, in: turn, atMost: Self.mostPages,
                next: { $0.more ? $0.entries.last.map { ListRoster(of: desk.shelter, drill: one.view.isDrill, after: $0.who) } : nil }
            ) { pages, turn in
                try noteLook(.roster, by: account, as: .shelterDesk, thing: desk.shelter.named(), in: turn)
                return try found(pages.flatMap(\.entries), text, call, desk, in: turn)
            }
        }
        return try askAll(
            ListMissing(of: list), on: .listMissing, as: .shelterDesk, for: call, in: turn, atMost: Self.mostPages,
            next: { $0.more ? $0.people.last?.who.person.map { ListMissing(of: list, after: $0) } : nil }
        ) { pages, turn in
            try noteLook(.missing, by: account, as: .shelterDesk, in: turn)
            return try found(pages.flatMap(\.people), text, call, desk, in: turn)
        }
    }

    private func found(
        _ people: [EvacueeBrief], _ text: String, _ call: Call, _ desk: Desk, in turn: borrowing Turn
    ) throws -> Answer {
        let all = people.filter { $0.fits(text) }.sorted { ($0.reading ?? "", $0.who) < ($1.reading ?? "", $1.who) }
        let some = all.prefix(Self.most)
        let id = newID(call, at: turn.now)
        desks.entries[id] = DeskEntry(use: .choice, desk: desk, who: Set(some.map(\.who)), until: turn.now + Desks.patience)
        let words = try words(call.tongue, in: turn)
        let rows = some.map { brief -> HTML in
            """
            <li class="card"><p><strong>\(words.name(brief))</strong> \(brief.reading ?? "")<br>\(words.facts(brief)) \(words.protection(brief))<br>\(words.stay(brief))</p>
            <button name="who" value="\(brief.who)">\(call("この人", "This one"))</button></li>

            """
        }
        let title = call("名前で探す", "Search by name")
        let more: HTML =
            all.count > Self.most
            ? "<p class=\"notice warn\">\(call("ほかに\(all.count - Self.most)人います。もっと詳しく入れてください。", "\(all.count - Self.most) more. Say more of the name."))</p>\n"
            : ""
        return .page(
            try staffPage(
                call, title, kind: "desk",
                """
                <h1>\(title)</h1>
                \(try searchForm(call, desk, text, in: turn))
                <p role="status">\(call("\(all.count)人見つかりました。", "\(all.count) found."))</p>
                \(more)<form method="post" action="\(call.path("desk/\(desk.shelter)/choose"))">\(call.csrf)\(readerField(desk))<input type="hidden" name="entry" value="\(id)">
                <ul class="list">\(rows)</ul></form>
                <p><a class="button" href="\(call.path("desk/\(desk.shelter)\(query(of: desk))"))">\(call("受付に戻る", "Back to the desk"))</a></p>
                """))
    }

    /// One of those who were found comes to the screen.
    func choose(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        let desk = try desk(of: call, form)
        guard let id = form["entry"].flatMap({ EventID($0) }), let entry = desks.entry(id, .choice, at: desk, now: turn.now) else {
            return back(to: desk, call, "late")
        }
        guard let who = form["who"].flatMap({ Evacuee($0) }), entry.who.contains(who) else { throw Page.notYours }
        desks.begin(DeskScreen(id: id, until: turn.now + Desks.patience, who: [who]), at: desk)
        return back(to: desk, call)
    }
}

extension EvacueeBrief {
    /// By the beginning of the reading, however its kana are written, or by any part of the name.
    func fits(_ text: String) -> Bool {
        if let wanted = foldedReading(text), let own = reading.flatMap(foldedReading), own.hasPrefix(wanted) { return true }
        return name?.contains(text) ?? false
    }
}
