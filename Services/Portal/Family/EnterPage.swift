import Contracts
import HTTP
import ServiceKit

/// How residents come in: by what the town knows of them, and then by their mailbox or by the card in their hand.
extension Portal {
    /// What links for residents lead to.
    static let ownLink: LinkPurpose = "own-page"

    /// The ways that this town has.
    var sendsLinks: Bool { town.has("notifier") }
    var showsCodes: Bool { policy.kiosks.contains(where: \.showsCodes) }

    func enterPage(_ call: Call, status: UInt32 = 200, fault: HTML? = nil) -> Response {
        if case .resident? = call.session?.visitor { return .see(call.path("family/home")) }
        let title = call("わたしのページ", "My page", easy: "わたしの ページ")
        let isOut = call.request.query["done"] == "out"
        return frame.page(
            Frame.Parts(title: title), call, status: status,
            """
            <h1>\(title)</h1>
            \(isOut ? Self.done(call("終了しました。", "You have signed out.", easy: "おわりました。")) : "")\(Self.fault(fault))
            <p>\(call("お子さんの登校のようす、欠席の連絡、ポイント、カードの利用の記録を見られます。", "See your children's school day, report absences, see points and who has used your card.", easy: "こどもの \(ruby("学校", "がっこう"))や ポイントが わかります。"))</p>
            \(sendsLinks ? linkForm(call) : "")\(showsCodes ? codeForm(call) : "")
            <p class="hint">\(call("どちらも使えないときは、役場の窓口へお越しください。", "If neither works for you, please come to the town's counter.", easy: "できない ときは \(ruby("役場", "やくば"))に きてください。"))</p>
            """)
    }

    private func linkForm(_ call: Call) -> HTML {
        """
        <h2>\(call("メールまたはLINEで入る", "By mail or LINE", easy: "メールか LINEで はいる"))</h2>
        <form id="by-link" method="post" action="\(call.path("family/ask"))">
        <div class="field"><label for="reading">\(call("お名前のよみがな", "Your name", easy: "なまえの よみかた"))</label><p class="hint" id="reading-hint">\(call("例:ナガイ ハナコ(かな、またはローマ字)", "In kana or in Latin letters, as the town has it: NAGAI HANAKO", easy: "れい:ナガイ ハナコ"))</p>
        <input id="reading" name="reading" value="\(call.request.form["reading"] ?? "")" required maxlength="100" autocomplete="off" aria-describedby="reading-hint"></div>
        \(bornField(call, "born"))
        <button class="main">\(call("リンクを送る", "Send me a link", easy: "リンクを おくる"))</button></form>

        """
    }

    /// A kiosk's second code holds the first: whoever scans it has the code typed already.
    private func codeForm(_ call: Call) -> HTML {
        let code = call.request.form["code"] ?? call.request.query["code"] ?? ""
        return """
            <h2>\(call("カードで入る", "By your card", easy: "カードで はいる"))</h2>
            <p>\(call("案内端末にカードをかざすと、8文字のコードが出ます。", "Hold your card at one of the town's kiosks: it shows a code of eight letters.", easy: "まちの \(ruby("端末", "たんまつ"))に カードを かざします。8もじの コードが でます。"))</p>
            <form id="by-code" method="post" action="\(call.path("family/code"))">
            <div class="field"><label for="code">\(call("コード", "Code"))</label>
            <input id="code" name="code" value="\(code)" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false"></div>
            \(bornField(call, "code-born"))
            <button class="main">\(call("入る", "Come in", easy: "はいる"))</button></form>

            """
    }

    private func bornField(_ call: Call, _ id: String) -> HTML {
        """
        <div class="field"><label for="\(id)">\(call("生年月日", "Date of birth", easy: "うまれた \(ruby("日", "ひ"))"))</label>
        <input id="\(id)" type="date" name="born" value="\(call.request.form["born"] ?? "")" required min="1900-01-01" autocomplete="bday"></div>
        """
    }

    func born(of call: Call, at now: Instant) -> CalendarDate? {
        CalendarDate((call.request.form["born"] ?? "").typed).flatMap { $0 <= now.date(offset) ? $0 : nil }
    }

    // MARK: By a link

    /// What comes of it is not said: whoever has no mailbox here cannot tell whom the town knows. For the same reason each time counts, whoever was found.
    func askForLink(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let reading = (call.request.form["reading"] ?? "").typed
        guard sendsLinks, !reading.isEmpty, reading.utf8.count <= 300, let born = born(of: call, at: turn.now) else {
            return .page(enterPage(call, status: 422, fault: notWhole(call)))
        }
        let tried = Tried(residentAt: call.request.client, in: turn)
        guard try !signIn.hasTriedTooOften(tried, in: turn) else { return .page(enterPage(call, status: 403, fault: tooMany(call))) }
        try signIn.failClient(of: tried, in: turn)
        guard try signIn.mayAskForLink(in: turn) else { return .page(enterPage(call, status: 403, fault: noLinks(call))) }
        try send(EnterOwn(reading: reading, born: born), on: .enterOwn, as: PortalPolicy.residents, in: turn) { outcome, turn in
            switch outcome {
            case .accepted(let entered):
                try letIn(entered.persons, call, in: turn)
                answer(call, .page(sentPage(call)), in: turn)
            case .refused(let word, _) where word == "busy" || word == "too-many":
                answer(call, .page(enterPage(call, status: 403, fault: tooMany(call))), in: turn)
            case .refused:
                try noteWrongTry(in: turn)
                answer(call, .page(sentPage(call)), in: turn)
            case .unknown: answer(call, .page(frame.unanswered(by: "resident-directory", call)), in: turn)
            }
        }
        return .later
    }

    /// Several people may have a name and a birth date in common; each is told on their own ways.
    private func letIn(_ persons: [PersonID], _ call: Call, in turn: borrowing Turn) throws {
        for (place, person) in persons.prefix(call.drawn.count / SignIn.linkBytes).enumerated() {
            let bytes = Array(call.drawn.dropFirst(place * SignIn.linkBytes).prefix(SignIn.linkBytes))
            let link = try signIn.link(for: person, to: Self.ownLink, bytes: bytes, in: turn)
            // Behind "#", which no browser sends: no proxy that writes down addresses has it (RFC 9110, 7.1; RFC 3986, 3.5).
            let address = "\(policy.origin)\(call.path("family/in"))#\(link)"
            // Whether it could be sent is the person's affair, and shown to nobody who has only a name.
            try send(LetIn(person, link: address), on: .letIn, as: PortalPolicy.residents, in: turn) { _, _ in }
        }
    }

    private func sentPage(_ call: Call) -> Response {
        let title = call("リンクの送信", "Your link", easy: "リンク")
        return frame.page(
            Frame.Parts(title: title), call,
            """
            <h1>\(title)</h1>
            <p id="sent">\(call("もし登録があれば、まもなくメールまたはLINEが届きます。15分以内に、届いたリンクを開いてください。", "If the town knows you, a mail or LINE message is on its way. Open the link in it within fifteen minutes.", easy: "まもなく メールか LINEが きます。15\(ruby("分", "ふん"))の あいだに リンクを ひらいて ください。"))</p>
            <p class="hint">\(call("届かないときは、よみがなと生年月日をお確かめのうえ、役場の窓口へご相談ください。", "If nothing comes, look at name and date, or ask at the town's counter.", easy: "こない ときは \(ruby("役場", "やくば"))で きいて ください。"))</p>
            <p><a class="button quiet" href="\(call.path("family"))">\(call("戻る", "Back", easy: "もどる"))</a></p>
            """)
    }

    /// Programs that look at mails follow links before people do: this one does nothing but show a button. A script puts the link's secret into the form;
    /// whoever has none pastes the link.
    func linkPage(_ call: Call) -> Response {
        let title = call("わたしのページ", "My page", easy: "わたしの ページ")
        return frame.page(
            Frame.Parts(title: title, scripts: ["enter.js"]), call,
            """
            <h1>\(title)</h1>
            <form method="post" action="\(call.path("family/in"))">
            <div class="field" id="pasted"><label for="link">\(call("届いたリンク", "The link you were sent", easy: "メールか LINEの リンク"))</label><p class="hint" id="link-hint">\(call("メールやLINEで届いたリンクを、そのまま貼り付けてください。", "Paste the whole link from the mail or message here.", easy: "リンクを コピーして ここに はりつけて ください。"))</p>
            <input id="link" name="link" required maxlength="300" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="link-hint"></div>
            <button id="enter" class="main">\(call("開く", "Open it", easy: "ひらく"))</button></form>
            """)
    }

    func enterByLink(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let tried = Tried(residentAt: call.request.client, in: turn)
        guard try !signIn.hasTriedTooOften(tried, in: turn) else { return enterPage(call, status: 403, fault: tooMany(call)) }
        let typed = (call.request.form["link"] ?? "").typed
        // All of the link, or what stands behind "#" in it.
        let found = try signIn.redeem(
            typed.split(separator: "#").last.map(String.init) ?? "", for: Self.ownLink, secret: secret(call),
            replacing: call.request.cookies[SessionSecret.cookie], in: turn)
        guard let found else {
            try signIn.failClient(of: tried, in: turn)
            try noteWrongTry(in: turn)
            let sentence = call(
                "このリンクはもう使えません。15分を過ぎたか、すでに使われています。もう一度お送りください。",
                "This link holds no longer: it is older than fifteen minutes, or was used. Ask for another.",
                easy: "この リンクは もう つかえません。もういちど おくって ください。")
            return enterPage(call, status: 403, fault: sentence)
        }
        return entered(found, call)
    }

    // MARK: By a code

    func enterByCode(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let code = call.request.form["code"] ?? ""
        guard showsCodes, let born = born(of: call, at: turn.now) else { return .page(enterPage(call, status: 422, fault: notWhole(call))) }
        let tried = Tried(residentAt: call.request.client, in: turn)
        guard try !signIn.hasTriedTooOften(tried, in: turn) else { return .page(enterPage(call, status: 403, fault: tooMany(call))) }
        guard let token = try signIn.token(ofCode: code, in: turn) else { return .page(try wrongCode(call, tried, in: turn)) }
        try send(EnterOwn(token: token, born: born), on: .enterOwn, as: PortalPolicy.residents, in: turn) { outcome, turn in
            switch outcome {
            case .accepted(let found):
                guard let person = found.persons.first, try signIn.spend(code: code, in: turn) else {
                    return answer(call, .page(try wrongCode(call, tried, in: turn)), in: turn)
                }
                let begun = try signIn.admit(
                    person, by: token, secret: secret(call), replacing: call.request.cookies[SessionSecret.cookie], in: turn)
                answer(call, .page(entered(begun, call)), in: turn)
            case .refused(let word, _) where word == "busy" || word == "too-many":
                answer(call, .page(enterPage(call, status: 403, fault: tooMany(call))), in: turn)
            case .refused: answer(call, .page(try wrongCode(call, tried, in: turn)), in: turn)
            case .unknown: answer(call, .page(frame.unanswered(by: "resident-directory", call)), in: turn)
            }
        }
        return .later
    }

    /// The same whether there is no such code, or the birth date is another one.
    private func wrongCode(_ call: Call, _ tried: Tried, in turn: borrowing Turn) throws -> Response {
        try signIn.failClient(of: tried, in: turn)
        try noteWrongTry(in: turn)
        let sentence = call(
            "コードか生年月日が違うか、コードの期限(5分)が切れています。案内端末にもう一度カードをかざしてください。",
            "Code and date do not fit, or the code is older than five minutes. Hold your card at the kiosk once more.",
            easy: "コードか うまれた \(ruby("日", "ひ"))が ちがいます。もういちど カードを かざして ください。")
        return enterPage(call, status: 403, fault: sentence)
    }

    // MARK: Both

    private func entered(_ secret: SessionSecret, _ call: Call) -> Response {
        var response = Response.see(call.path("family/home"))
        response.cookies = [secret.residentCookie]
        return response
    }

    private func noteWrongTry(in turn: borrowing Turn) throws {
        try turn.emitRoot(
            Looked(.signInFailed, account: nil, by: PortalPolicy.residents.user), on: .looks, time: turn.now)
    }

    private func notWhole(_ call: Call) -> HTML {
        call(
            "よみがな(またはコード)と生年月日を入れてください。", "Name or code, and the date of birth, please.",
            easy: "なまえ(コード)と うまれた \(ruby("日", "ひ"))を いれて ください。")
    }

    private func noLinks(_ call: Call) -> HTML {
        call(
            "いまリンクの申し込みが大変多いため、お送りできません。15分ほどしてからもう一度お試しください。カードのコードなら、いまも入れます。",
            "So many have asked for links that none is sent at the moment. Try again in a quarter of an hour; a code by your card works meanwhile.",
            easy: "いまは リンクを おくれません。15\(ruby("分", "ふん"))あとに もういちど して ください。")
    }

    private func tooMany(_ call: Call) -> HTML {
        call("回数が多すぎます。1時間ほどしてからもう一度お試しください。", "Too many tries. Try again in an hour.", easy: "1\(ruby("時間", "じかん"))あとに もういちど して ください。")
    }
}
