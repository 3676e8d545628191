import Contracts
import HTTP
import ServiceKit

/// Residents' own pages (わたしのページ): what is theirs, asked of the services each time and kept nowhere.
extension Portal {
    var familyRoutes: [Route] {
        guard policy.isForResidents else { return [] }
        return [
            .page("family") { call, _ in .page(enterPage(call)) },
            .form("family/ask", .everybody) { call, turn in try askForLink(call, in: turn) },
            .page("family/in") { call, _ in .page(linkPage(call)) },
            .form("family/in", .everybody) { call, turn in .page(try enterByLink(call, in: turn)) },
            .form("family/code", .everybody) { call, turn in try enterByCode(call, in: turn) },
            .form("family/sign-out", .leaving) { call, turn in .page(try signOutOwn(call, in: turn)) },
            .page("family/home", .resident) { call, turn in try homePage(call, in: turn) },
            .form("family/absence", .resident) { call, turn in try reportOwnAbsence(call, in: turn) },
            .page("family/points", .resident) { call, turn in try ownPointsPage(call, in: turn) },
            .page("family/notices", .resident) { call, turn in try waysPage(call, in: turn) },
            .page("family/mail", .resident) { call, turn in try mailPage(call, in: turn) },
            .form("family/mail", .resident) { call, turn in try proveMail(call, in: turn) },
            .form("family/mail/code", .resident) { call, turn in try addMail(call, in: turn) },
            .form("family/mail/remove", .resident) { call, turn in try removeMail(call, in: turn) },
            .page("family/line", .resident) { call, turn in try linePage(call, in: turn) },
            .form("family/line", .resident) { call, turn in try linkLine(call, in: turn) },
            .form("family/line/remove", .resident) { call, turn in try unlinkLine(call, in: turn) },
            // In no language: LINE compares it with the one that it was told of.
            .data(Self.backFromLine, .resident) { call, turn in try comeBackFromLine(call, in: turn) },
            .form("family/push", .resident) { call, turn in try subscribeOwn(call, in: turn) },
            .page("family/consents", .resident) { call, turn in try consentsPage(call, in: turn) },
            .form("family/consents", .resident) { call, turn in try consentOwn(call, in: turn) },
            .page("family/uses", .resident) { call, turn in try usesPage(call, in: turn) },
            .page("family/data", .resident) { call, turn in try ownCopy(call, in: turn) },
        ]
    }

    /// Whose page it is: the resident who has come in.
    func person(of call: Call) throws -> PersonID {
        guard case .resident(let person)? = call.session?.visitor else { throw Page.enterFirst }
        return person
    }

    /// Goes on with a page of somebody's own. Whoever came in by a card is asked about first: when it works no longer, every session that was begun by it ends.
    func goOn(with route: Route, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let card = call.session?.card else { return try route.run(call, turn) }
        try send(ShowOwn(try person(of: call), by: card), on: .showOwn, as: PortalPolicy.residents, in: turn) { outcome, turn in
            let shown: Answer
            do {
                switch outcome {
                case .accepted: shown = try route.run(call, turn)
                case .refused("card-gone", _):
                    try signIn.endAll(by: card, in: turn)
                    shown = .page(cardGone(call))
                case .refused(let word, let text):
                    shown = .page(frame.refused(Phrase(refusal: word, of: "resident-directory", text)[call.tongue], call))
                case .unknown: shown = .page(frame.unanswered(by: "resident-directory", call))
                }
            } catch let end as Page { shown = .page(frame.refusal(end, call)) }
            answer(call, shown, in: turn)
        }
        return .later
    }

    private func cardGone(_ call: Call) -> Response {
        var stranger = call
        stranger.session = nil
        let sentence = call(
            "このページを開いたカードは使えなくなったため、終了しました。", "The card by which you came in works no longer, so you have been signed out.",
            easy: "カードが つかえなく なりました。この ページは おわりました。")
        var response = enterPage(stranger, status: 403, fault: sentence)
        response.cookies = [SessionSecret.noCookie]
        return response
    }

    func ownPage(_ title: HTML, _ call: Call, status: UInt32 = 200, scripts: [String] = [], _ main: HTML) -> Response {
        var parts = Frame.Parts(title: title)
        (parts.isOwn, parts.scripts) = (true, scripts)
        return frame.page(parts, call, status: status, "<h1>\(title)</h1>\n\(main)")
    }

    /// That somebody has looked at what is held of them is written down as any other look is.
    func noteOwnLook(_ call: Call, _ at: Looked.At = .own, in turn: borrowing Turn) throws {
        try turn.emitRoot(
            Looked(at, account: nil, by: PortalPolicy.residents.user, person: try person(of: call)), on: .looks, time: turn.now)
    }

    private func signOutOwn(_ call: Call, in turn: borrowing Turn) throws -> Response {
        if let session = call.session { try signIn.signOut(session, in: turn) }
        if call.request.form["everywhere"] == "1" { try signIn.endAll(try person(of: call), in: turn) }
        var response = Response.see(call.path("family?done=out"))
        response.cookies = [SessionSecret.noCookie]
        return response
    }

    /// What was done on the page before.
    static func done(_ sentence: HTML) -> HTML { "<p id=\"done\" class=\"notice good\" role=\"status\">\(sentence)</p>\n" }
}

extension Frame {
    /// The pages of somebody's own, and the way out.
    func ownNavigation(_ call: Call) -> HTML {
        func link(_ path: String, _ title: HTML) -> HTML {
            let isHere = call.request.path == call.path(path)
            return "<a href=\"\(call.path(path))\"\(isHere ? HTML(" aria-current=\"page\"") : "")>\(title)</a>"
        }
        return """
            <nav aria-label="\(call("わたしのページ", "My page", easy: "わたしの ページ"))">\(link("family/home", call("ホーム", "Home")))\
            \(town.has("points") ? link("family/points", call("ポイント", "Points")) : "")\
            \(town.has("notifier") ? link("family/notices", call("お知らせ", "Messages", easy: "おしらせ")) : "")\
            \(link("family/consents", call("同意", "Consents", easy: ruby("同意", "どうい"))))\
            \(link("family/uses", call("利用の記録", "Who used it", easy: "つかった きろく")))</nav>
            <form method="post" action="\(call.path("family/sign-out"))">\(call.csrf)<button id="sign-out" class="quiet">\(call("終了", "Sign out", easy: "おわる"))</button></form>
            """
    }
}
