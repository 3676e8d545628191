import Contracts
import HTTP
import ServiceKit

/// What can be done from an open file, each act a form of its own: so that Enter in one does not do another.
struct FileForms {
    let call: Call
    /// To which all of them are sent.
    let path: String
    /// What each form brings along.
    let hidden: HTML
    let offset: UTCOffset

    /// What was typed, where the directory or the page has said no.
    private func typed(_ act: String, _ name: String) -> String {
        call.request.form["act"] == act ? call.request.form[name] ?? "" : ""
    }

    private func form(_ act: String, _ fields: HTML, _ words: HTML, style: HTML = "") -> HTML {
        """
        <form id="\(act)" class="row screen" method="post" action="\(path)">\(hidden)\(fields)
        <button\(style.isEmpty ? "" : HTML(" class=\"\(style)\"")) name="act" value="\(act)">\(words)</button></form>

        """
    }

    func button(_ act: String, _ words: HTML) -> HTML {
        "<form id=\"\(act)\" class=\"screen\" method=\"post\" action=\"\(path)\">\(hidden)<button class=\"quiet\" name=\"act\" value=\"\(act)\">\(words)</button></form>"
    }

    private func field(_ act: String, _ name: String, _ label: HTML, _ rest: HTML = "") -> HTML {
        "<div class=\"field\"><label for=\"\(act)-\(name)\">\(label)</label><input id=\"\(act)-\(name)\" name=\"\(name)\" value=\"\(typed(act, name))\" maxlength=\"200\" autocomplete=\"off\"\(rest)></div>\n"
    }

    private func select(_ act: String, _ name: String, _ label: HTML, _ options: [(value: String, words: HTML)]) -> HTML {
        let options = options.map { value, words -> HTML in
            "<option value=\"\(value)\"\(typed(act, name) == value ? HTML(" selected") : "")>\(words)</option>"
        }
        return
            "<div class=\"field\"><label for=\"\(act)-\(name)\">\(label)</label><select id=\"\(act)-\(name)\" name=\"\(name)\">\(options)</select></div>\n"
    }

    private func why(_ act: String) -> HTML { field(act, "why", call("理由", "Why"), " required") }

    /// As the person at the counter says it: the wrong person's file is noticed by it.
    private func born(_ act: String) -> HTML { field(act, "born", call("ご本人が言った生年月日", "Birth date, as the person says it")) }

    // MARK: Cards

    func cards(_ file: PersonFile) -> HTML {
        let rows = file.cards.map { card -> HTML in
            let until = card.until.map { $0.minute(offset) } ?? ""
            return """
                <tr><th scope="row">\(card.status.phrase[call.tongue])</th><td data-label="\(call("種類", "Kind"))">\(card.scheme.phrase[call.tongue])</td><td data-label="\(call("期間", "Time"))">\(card.since.minute(offset))〜\(until)</td><td data-label="\(call("番号", "Token"))"><small>\(card.token)</small></td></tr>

                """
        }
        let none: HTML = rows.isEmpty ? "<p>\(call("カードはまだありません。", "No card yet."))</p>" : ""
        return """
            <h2 id="cards">\(call("カード", "Cards"))</h2>
            \(none)<table class="cards"><tbody>\(rows)</tbody></table>
            <details class="screen"\(isOpen(["link", "replace", "mark"]))><summary>\(call("カードの手続き", "Do something with a card"))</summary>
            \(form("link", born("link"), call("かざしたカードを登録する", "Give the held card to this person"), style: "main"))\(replace(file))\(mark(file))</details>
            """
    }

    private func replace(_ file: PersonFile) -> HTML {
        let old = file.cards.filter { [.active, .suspended, .lost].contains($0.status) }
        guard !old.isEmpty else { return "" }
        return form(
            "replace", select("replace", "card", call("古いカード", "The old card"), old.map(option)) + born("replace") + why("replace"),
            call("かざしたカードに交換する", "Exchange it for the held card"))
    }

    private func mark(_ file: PersonFile) -> HTML {
        let cards = file.cards.filter { [.active, .suspended, .lost].contains($0.status) }
        guard !cards.isEmpty else { return "" }
        let acts = Self.marks.map { (value: $0.status.rawValue, words: $0.words[call.tongue]) }
        return form(
            "mark",
            select("mark", "card", call("カード", "Card"), cards.map(option))
                + select("mark", "status", call("手続き", "What is to happen"), acts)
                + why("mark"),
            call("記録する", "Note it"))
    }

    /// What a card may become by a clerk's word, with the reason.
    static let marks: [(status: CardFile.Status, words: Phrase)] = [
        (.lost, Phrase("紛失：どこでも使えなくする", "lost: works nowhere")), (.suspended, Phrase("一時停止", "suspended for a while")),
        (.active, Phrase("再開：また使えるようにする", "works again")), (.unlinked, Phrase("返却：登録を解除する", "given back: taken from the person")),
    ]

    private func option(_ card: CardFile) -> (value: String, words: HTML) {
        (card.token.text, "\(card.scheme.phrase[call.tongue]) \(card.since.day(offset)) \(card.status.phrase[call.tongue])")
    }

    /// Of what was sent and refused the forms stand open.
    private func isOpen(_ acts: [String]) -> HTML { acts.contains(call.request.form["act"] ?? "") ? " open" : "" }

    // MARK: Relations

    func relations(_ file: PersonFile) -> HTML {
        let rows = file.relations.map { relation -> HTML in
            let kind = relation.kind.phrase
            let words =
                relation.isOfThisPerson
                ? call("この人が\(kind.ja)", "this person is \(kind.en) of") : call("この人の\(kind.ja)", "\(kind.en) of this person")
            let (one, other) = relation.isOfThisPerson ? (file.person, relation.person) : (relation.person, file.person)
            return """
                <tr><th scope="row">\(words)</th><td>\(relation.name ?? "－")</td><td><small>\(relation.person)</small></td><td>\(relation.since.day(offset))〜</td>
                <td class="screen"><details><summary>\(call("解消する", "End it"))</summary><form class="row" method="post" action="\(path)">\(hidden)<input type="hidden" name="kind" value="\(relation.kind.rawValue)"><input type="hidden" name="one" value="\(one)"><input type="hidden" name="other" value="\(other)">
                <label>\(call("理由", "Why")) <input name="why" maxlength="200" required autocomplete="off"></label><button class="danger" name="act" value="part">\(call("解消する", "End it"))</button></form></details></td></tr>

                """
        }
        guard !rows.isEmpty else { return "" }
        return "<h2 id=\"relations\">\(call("関係", "Relations"))</h2>\n<table><tbody>\(rows)</tbody></table>"
    }

    // MARK: Consents

    func consents(_ file: PersonFile) -> HTML {
        let rows = file.consents.map { consent -> HTML in
            """
            <tr><th scope="row">\(consent.given ? call("同意", "Given") : call("撤回", "Withdrawn"))</th><td>\(consent.service) \(consent.kind)</td><td>\(consent.at.minute(offset))</td><td>\(consent.how)</td><td>\(call("文面", "wording")) \(consent.wording)</td></tr>

            """
        }
        let known = ["notifier school-gate", "notifier town", "shelter care-needs", "analytics visits"]
        let list = known.map { HTML("<option value=\"\($0)\"></option>") }
        let fields =
            field("consent", "kind", call("何について（サービスと種類）", "To what (service and kind)"), " required list=\"kinds\"")
            + "<datalist id=\"kinds\">\(list)</datalist>"
            + field("consent", "wording", call("文面の版（例 2026-04）", "Which wording (2026-04)"), " required")
            + select(
                "consent", "given", call("内容", "What is said"),
                [("1", call("同意する", "agrees")), ("0", call("撤回する", "agrees no more"))])
            + select(
                "consent", "how", call("どのように", "How it was said"),
                [("tap", call("かざしたカードで", "by the held card")), ("paper", call("書面で", "on paper")), ("phone", call("電話で", "by telephone"))])
        return """
            <h2 id="consents">\(call("同意", "Consents"))</h2>
            <table><tbody>\(rows)</tbody></table>
            <details class="screen"\(isOpen(["consent"]))><summary>\(call("同意・撤回を記録する", "Note a consent"))</summary>
            \(form("consent", fields, call("記録する", "Note it")))</details>
            """
    }

    // MARK: Taking back

    /// The newest that can be taken back: a card that was given, or two files that were merged. Of all else the opposite is done.
    func undo(_ file: PersonFile, isAllowed: Bool) -> HTML {
        guard let last = file.history.first(where: { [.linked, .merged].contains($0.what) && $0.undone != true }) else { return "" }
        let what: HTML = "\(last.at.minute(offset)) \(last.what.phrase[call.tongue])"
        guard isAllowed else {
            return "<p class=\"hint\">\(what)：\(call("取り消しは、町が定めた別の担当者が行います。", "The town lets another account take it back."))</p>"
        }
        return """
            <details class="screen"\(isOpen(["undo"]))><summary>\(call("取り消す：\(what)", "Take back: \(what)"))</summary>
            \(form("undo", "<input type=\"hidden\" name=\"ruling\" value=\"\(last.id)\">" + why("undo"), call("取り消す", "Take it back"), style: "danger"))</details>
            """
    }
}
