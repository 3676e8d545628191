import Contracts
import HTTP
import Seal
import ServiceKit

/// Somebody's LINE account: linked once they have signed in at LINE (LINE Login v2.1, "Integrating LINE Login with your web app"), and taken away.
///
/// They leave by an ordinary link and come back with a code. That gives nothing away and changes nothing yet: a button of this page does, for anybody can be led along links.
extension Portal {
    /// The callback URL behind the town's origin, as it is written down at LINE.
    static let backFromLine = "family/line/back"

    private var callback: String { "\(policy.origin)/\(Self.backFromLine)" }

    func linePage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard town.lineLogin != nil else { throw Page.notFound }
        return try askOwn({ ShowOwn($0) }, on: .showOwn, for: call, in: turn) { file, turn in
            try noteOwnLook(call, in: turn)
            return .page(try linePage(call, file, asked: call.request.query["asked"].flatMap { EventID($0) }, in: turn))
        }
    }

    /// - Parameter asked: by which LINE's answer is asked for, of somebody who has come back from there.
    private func linePage(
        _ call: Call, _ file: PersonFile, status: UInt32 = 200, fault: HTML? = nil, asked: EventID? = nil, in turn: borrowing Turn
    ) throws -> Response {
        let isLinked = !lines(of: file).isEmpty
        let state =
            isLinked
            ? call("LINEとつながっています。", "Your LINE account is linked.", easy: "LINEを つかって います。")
            : call("LINEとつながっていません。", "No LINE account of yours is linked.", easy: "LINEを つかって いません。")
        let acts: HTML
        if let why = whyNot(call, file, in: turn) {
            acts = "<p id=\"why-not\" class=\"notice warn\">\(why)</p>"
        } else if let asked {
            acts = linkForm(call, asked)
        } else {
            acts = "\(isLinked ? removeForm(call) : "")\(try wayToLine(call, isLinked: isLinked, in: turn))"
        }
        return ownPage(
            call("LINE", "LINE"), call, status: status,
            """
            \(doneWithLine(call))\(Self.fault(fault))
            <p id="linked">\(state)</p>
            \(acts)
            <p><a class="button quiet" href="\(call.path("family/notices"))">\(call("戻る", "Back", easy: "もどる"))</a></p>
            """)
    }

    private func linkForm(_ call: Call, _ asked: EventID) -> HTML {
        """
        <p>\(call("あと一歩です。次のボタンを押すと、町からのお知らせがLINEに届くようになります。", "One step more: press the button, and the town's messages come to you by LINE.", easy: "ボタンを おして ください。おしらせが LINEに とどきます。"))</p>
        <form id="link" method="post" action="\(call.path("family/line"))">\(call.csrf)
        <input type="hidden" name="asked" value="\(asked)"><button class="main">\(call("LINEとつなぐ", "Link LINE", easy: "LINEを つかう"))</button></form>

        """
    }

    private func removeForm(_ call: Call) -> HTML {
        """
        <form id="remove" method="post" action="\(call.path("family/line/remove"))">\(call.csrf)
        <button class="quiet">\(call("LINEを解除", "Unlink LINE", easy: "LINEを やめる"))</button></form>

        """
    }

    /// A link, not a form: pages here send forms to nobody else (Content Security Policy, `form-action`).
    private func wayToLine(_ call: Call, isLinked: Bool, in turn: borrowing Turn) throws -> HTML {
        let claim = try claim(call)
        let state = try signIn.ownState(for: claim, bytes: call.drawn.prefix(SignIn.ownStateBytes), in: call.tongue, in: turn)
        let query = [
            ("response_type", "code"), ("client_id", town.lineLogin ?? ""), ("redirect_uri", callback), ("state", state),
            ("scope", "openid"),
            ("nonce", try nonce(for: state, call)),
            // Nothing that is pushed arrives at somebody who has not added the account: LINE asks for it on a page of its own.
            ("bot_prompt", "aggressive"),
        ].map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
        return """
            <h2>\(isLinked ? call("別のLINEとつなぐ", "Link another", easy: "ほかの LINEを つかう") : call("LINEとつなぐ", "Link LINE", easy: "LINEを つかう"))</h2>
            <p>\(call("LINEの画面でご本人を確認し、このページに戻ります。町のアカウントを友だちに追加してください。追加されていないと、お知らせは届きません。", "LINE asks who you are and sends you back here. Add the town's account as a friend there: otherwise no message arrives.", easy: "LINEの がめんが でます。まちの アカウントを ともだちに いれて ください。"))</p>
            <p><a id="to-line" class="button main" rel="noreferrer" href="https://access.line.me/oauth2/v2.1/authorize?\(query)">\(call("LINEで確認する", "Go to LINE", easy: "LINEを ひらく"))</a></p>

            """
    }

    private func doneWithLine(_ call: Call) -> HTML {
        switch call.request.query["done"] {
        case "added":
            Self.done(
                call(
                    "LINEとつながりました。ほかの届け先にも、変更をお知らせします。", "LINE is linked. Your other addresses are told of it.",
                    easy: "LINEを つかえます。"))
        case "removed":
            Self.done(call("LINEを解除しました。解除したLINEにも、変更をお知らせします。", "LINE was unlinked, and is told of it.", easy: "LINEを やめました。"))
        case "declined":
            Self.done(call("LINEの画面で取りやめました。何も変わっていません。", "You declined at LINE. Nothing has changed.", easy: "やめました。"))
        case "failed":
            Self.fault(
                call(
                    "LINEで確認できませんでした。もう一度はじめからお試しください。", "LINE has not said who you are. Begin once more.",
                    easy: "できませんでした。もういちど して ください。"))
        case "old":
            Self.fault(
                call(
                    "画面が古くなったか、別のブラウザで戻ってきました。もう一度はじめからお試しください。",
                    "The page had grown old, or you came back in another browser. Begin once more.", easy: "もういちど はじめから して ください。"))
        default: ""
        }
    }

    private func lines(of file: PersonFile) -> [Reach] { (file.facts.channels ?? []).filter { $0.way == .line } }

    private func claim(_ call: Call) throws -> OwnClaim {
        guard let session = call.session else { throw Page.enterFirst }
        return .line(session.id, try person(of: call))
    }

    /// Follows from the session and the state: LINE's answer is for this way there and back, and for no other (OpenID Connect Core 1.0, 15.5.2).
    private func nonce(for state: String, _ call: Call) throws -> String {
        guard let session = call.session else { throw Page.enterFirst }
        let code = hmacSHA256(key: Array(session.formToken.utf8), message: Array("kazasu line\n\(state)".utf8))
        return Hex.text(Array(code.prefix(16)))
    }

    private func changeLine(
        _ call: Call, in turn: borrowing Turn, then: @escaping (PersonFile, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        guard town.lineLogin != nil else { throw Page.notFound }
        return try changeWays(call, in: turn, or: { file, turn in try linePage(call, file, status: 403, in: turn) }, then: then)
    }

    // MARK: What is done

    /// Goes on in the language in which the page was left, and shows nothing at an address that has the code in it.
    func comeBackFromLine(_ outer: Call, in turn: borrowing Turn) throws -> Answer {
        let query = outer.request.query
        let state = query["state"] ?? ""
        let tongue = Tongue(rawValue: String(state.dropFirst(2 * SignIn.ownStateBytes))) ?? outer.tongue
        var request = outer.request
        (request.path, request.query) = ("/\(tongue.rawValue)/family/line", [:])
        let call = Call(ticket: outer.ticket, request: request, drawn: outer.drawn, tongue: tongue, parts: [], session: outer.session)
        func see(_ what: String) -> Answer { .page(.see(call.path("family/line?\(what)"))) }
        return try changeLine(call, in: turn) { _, turn in
            let claim = try claim(call)
            guard try signIn.proves(claim, by: state, in: turn) else { return see("done=old") }
            try signIn.spend(claim, in: turn)
            guard let code = query["code"] else { return see(query["error"] == "access_denied" ? "done=declined" : "done=failed") }
            let nonce = try nonce(for: state, call)
            return try askOwn(
                { AskOwnLine($0, code: code, nonce: nonce, redirect: callback) }, on: .askOwnLine, for: call, in: turn
            ) { answer, _ in see("asked=\(answer.asked)") }
        }
    }

    func linkLine(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try changeLine(call, in: turn) { file, turn in
            guard let asked = call.request.form["asked"].flatMap({ EventID($0) }) else { throw Page.notFound }
            return try askOwn(
                { FindOwnLine($0, asked: asked) }, on: .findOwnLine, for: call, in: turn,
                refused: { sentence, turn in .page(try linePage(call, file, status: 409, fault: sentence, in: turn)) }
            ) { answer, turn in
                guard let user = answer.user else {
                    return .page(try linePage(call, file, fault: notYet(call), asked: asked, in: turn))
                }
                return try link(Reach(.line, user), call, file, in: turn)
            }
        }
    }

    private func notYet(_ call: Call) -> HTML {
        call(
            "LINEからの返事を待っています。もう少し待って、もう一度押してください。", "LINE has not answered yet. Wait a moment, and press once more.",
            easy: "すこし まって、もういちど おして ください。")
    }

    private func link(_ reach: Reach, _ call: Call, _ file: PersonFile, in turn: borrowing Turn) throws -> Answer {
        let done = Answer.page(.see(call.path("family/line?done=added")))
        guard !lines(of: file).contains(reach) else { return done }
        return try askOwn({ ReachOwn($0, at: reach) }, on: .reachOwn, for: call, in: turn) { _, turn in
            try tellOthers(of: reach, call, in: turn)
            return done
        }
    }

    /// All that somebody has: of ids nobody could tell which is which.
    func unlinkLine(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try changeLine(call, in: turn) { file, turn in
            guard call.request.form["sure"] == "1" || !isLast(lines(of: file), of: file) else {
                return .page(lastWayPage(call, to: call.path("family/line/remove"), back: call.path("family/line")))
            }
            return try unlink(lines(of: file)[...], call, in: turn)
        }
    }

    private func unlink(_ rest: ArraySlice<Reach>, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard let reach = rest.first else { return .page(.see(call.path("family/line?done=removed"))) }
        return try askOwn({ ReachOwn($0, at: reach, remove: true) }, on: .reachOwn, for: call, in: turn) { _, turn in
            try tellOthers(of: reach, removed: true, call, in: turn)
            return try unlink(rest.dropFirst(), call, in: turn)
        }
    }
}
