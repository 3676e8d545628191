import Contracts
import HTTP
import ServiceKit

/// What somebody agrees to, in plain words, and the button that says otherwise.
extension Portal {
    /// The wording of these pages: noted with each answer. It changes with the words of `Asked`.
    static let wording = "page-2026-11"

    func consentsPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try askOwn({ ShowOwn($0) }, on: .showOwn, for: call, in: turn) { file, turn in
            try noteOwnLook(call, in: turn)
            // Of each the newest word counts.
            let said = Dictionary(file.consents.map { (Asked($0.service, $0.kind), $0) }) { $0.at > $1.at ? $0 : $1 }
            let asked = Asked.everybody.filter { town.has($0.asker) }
            let others = said.keys.filter { !asked.contains($0) }.sorted()
            return .page(
                ownPage(
                    call("同意", "Consents"), call,
                    """
                    \(call.request.query["done"] == nil ? "" : Self.done(call("記録しました。", "It is noted.", easy: "わかりました。")))
                    <p>\(call("いつでも変えられます。同意しなくても、ほかのサービスはそのまま使えます。", "You may change these at any time. Whatever you do not agree to, all else works as before.", easy: "いつでも かえる ことが できます。"))</p>
                    <ul id="consents" class="list">\((asked + others).map { piece(call, $0, said[$0]) })</ul>
                    """))
        }
    }

    private func piece(_ call: Call, _ asked: Asked, _ said: Consent?) -> HTML {
        let isGiven = said?.given ?? false
        let since = said.map { HTML("<p class=\"at\">\($0.at.day(offset))</p>") }
        let state = isGiven ? call("同意しています", "You agree", easy: "いいです") : call("同意していません", "You do not agree", easy: "いいえ")
        let id = "consent-\(asked.service)-\(asked.kind)"
        let (title, words) = (asked.title[call.tongue], asked.words?[call.tongue])
        return """
            <li id="\(id)" class="card"><h2 id="\(id)-title">\(title)</h2>
            <p>\(words)</p>
            <p><span class="state \(isGiven ? "open" : "closed")">\(state)</span></p>\(since)
            <form method="post" action="\(call.path("family/consents"))">\(call.csrf)
            <input type="hidden" name="service" value="\(asked.service)"><input type="hidden" name="kind" value="\(asked.kind)">
            <button name="given" value="\(isGiven ? "0" : "1")" aria-describedby="\(id)-title">\(isGiven ? call("同意をやめる", "I agree no longer", easy: "やめる") : call("同意する", "I agree", easy: "いいです"))</button></form></li>

            """
    }

    func consentOwn(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        guard let service = ServiceID(form["service"] ?? ""), let kind = Name<Consent>(form["kind"] ?? ""), let given = form["given"],
            given == "0" || given == "1"
        else { throw Page.notFound }
        return try askOwn(
            { ConsentOwn(service, kind, given: given == "1", by: $0, wording: Self.wording) }, on: .consentOwn, for: call, in: turn
        ) { _, _ in .page(.see(call.path("family/consents?done=1"))) }
    }
}

/// Something that somebody may agree to.
struct Asked: Hashable, Comparable {
    let service: ServiceID
    let kind: Name<Consent>

    init(_ service: ServiceID, _ kind: Name<Consent>) { (self.service, self.kind) = (service, kind) }

    /// What services ask of everybody; what a town asks beside it stands in the file of whoever was asked.
    static let everybody = [
        Asked("notifier", .schoolGate), Asked("notifier", .ride), Asked("notifier", .safety), Asked("notifier", .silence),
        Asked("notifier", .locker), Asked("notifier", .town), Asked("shelter", "care-needs"), Asked("shelter", ShelterConsent.safe),
        Asked("shelter", ShelterConsent.place), Asked("shelter", ShelterConsent.contact), Asked("analytics", "visits"),
    ]

    /// The program that goes by it.
    var asker: Program { service == "shelter" ? "shelter-registry" : Program(service.text) ?? "resident-directory" }

    static func < (a: Self, b: Self) -> Bool { (a.service.text, a.kind.text) < (b.service.text, b.kind.text) }
}
