import Contracts
import HTTP
import QRCode
import Seal
import ServiceKit

extension Portal {
    var signInRoutes: [Route] {
        [
            .page("sign-in") { call, _ in .page(signInPage(call)) },
            .form("sign-in", .everybody) { call, turn in .page(try enter(call, in: turn)) },
            .page("welcome") { call, _ in .page(welcomePage(call)) },
            .form("welcome", .everybody) { call, turn in .page(try choose(call, in: turn)) },
            .form("welcome/confirm", .everybody) { call, turn in .page(try confirm(call, in: turn)) },
            .form("staff/sign-out", .anyStaff) { call, turn in
                if let session = call.session { try signIn.signOut(session, in: turn) }
                desks.leave(try account(of: call).id)
                counters.leave(try account(of: call).id)
                var response = Response.see(call.path(""))
                response.cookies = [SessionSecret.noCookie]
                return .page(response)
            },
        ]
    }

    private func field(_ name: String, _ label: HTML, _ more: HTML, hint: HTML? = nil) -> HTML {
        """
        <div class="field"><label for="\(name)">\(label)</label>\(hint.map { HTML("<p class=\"hint\" id=\"\(name)-hint\">\($0)</p>") })
        <input id="\(name)" name="\(name)" required maxlength="200"\(hint == nil ? HTML("") : " aria-describedby=\"\(name)-hint\"") \(more)></div>

        """
    }

    // MARK: Signing in

    /// - Parameter trouble: why it did not go.
    private func signInPage(_ call: Call, trouble: HTML? = nil) -> Response {
        frame.page(
            Frame.Parts(title: call("サインイン", "Sign in")), call, status: trouble == nil ? 200 : 403,
            """
            <h1>\(call("職員のサインイン", "Staff: sign in"))</h1>
            \(trouble.map { HTML("<p class=\"notice bad\" role=\"alert\">\($0)</p>") })
            <form method="post" action="\(call.path("sign-in"))">
            <input type="hidden" name="next" value="\(next(call))">
            \(field("account", call("アカウント", "Account"), "autocomplete=\"username\" autocapitalize=\"none\" autofocus"))
            \(field("password", call("パスワード", "Password"), "type=\"password\" autocomplete=\"current-password\""))
            \(field("code", call("認証アプリの6けたの数字", "Six digits of your authenticator"), "inputmode=\"numeric\" autocomplete=\"one-time-code\""))
            <button class="main">\(call("サインイン", "Sign in"))</button></form>
            <p>\(call("招待コードを受け取った方は", "If you have been given a code,")) <a href="\(call.path("welcome"))">\(call("パスワードを決めてください", "choose your password"))</a>\(call("。", "."))</p>
            """)
    }

    /// A page of ours to go on with: a path, and no other host's (`//host`, `/\\host`).
    private func next(_ call: Call) -> String {
        let wish = call.request.form["next"] ?? call.request.query["next"] ?? ""
        let isOwn =
            wish.hasPrefix("/\(call.tongue.rawValue)/") && !wish.contains("//") && !wish.contains("\\")
            && wish.utf8.allSatisfy { $0 > 0x20 }
        return isOwn ? wish : call.path("staff")
    }

    private func enter(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let form = call.request.form
        let attempt = SignIn.Attempt(
            account: form["account"] ?? "", password: form["password"] ?? "", code: form["code"] ?? "", client: call.request.client)
        let answer = try signIn.signIn(attempt, secret: secret(call), replacing: call.request.cookies[SessionSecret.cookie], in: turn)
        switch answer {
        case .signedIn(let secret): return begun(secret, at: next(call))
        case .refused:
            return signInPage(
                call,
                trouble: call(
                    "サインインできませんでした。アカウント、パスワード、6けたの数字をお確かめください。",
                    "That did not fit. Look at account, password and the six digits."))
        case .lockedOut(let until):
            return signInPage(
                call,
                trouble: call(
                    "誤りが続いたため、\(until.clock(offset)) まで使えません。お急ぎのときは情報担当に新しい招待をご依頼ください。",
                    "Too many wrong tries: closed until \(until.clock(offset)). If it is urgent, ask your IT staff for a new invitation."))
        case .tooMany: return signInPage(call, trouble: tooMany(call))
        }
    }

    private func tooMany(_ call: Call) -> HTML {
        call("混み合っています。しばらくしてからもう一度お試しください。", "Too much at once. Try again in a while.")
    }

    func secret(_ call: Call) -> SessionSecret { SessionSecret(Array(call.drawn.prefix(SessionSecret.bytes))) }

    private func begun(_ secret: SessionSecret, at path: String) -> Response {
        var response = Response.see(path)
        response.cookies = [secret.staffCookie]
        return response
    }

    // MARK: The first time

    private func welcomePage(_ call: Call, trouble: HTML? = nil) -> Response {
        let form = call.request.form
        return frame.page(
            Frame.Parts(title: call("はじめての方", "Welcome")), call, status: trouble == nil ? 200 : 422,
            """
            <h1>\(call("パスワードを決める", "Choose your password"))</h1>
            \(trouble.map { HTML("<p class=\"notice bad\" role=\"alert\">\($0)</p>") })
            <form method="post" action="\(call.path("welcome"))">
            \(field("account", call("アカウント", "Account"), "value=\"\(form["account"] ?? "")\" autocomplete=\"username\" autocapitalize=\"none\""))
            \(field("invitation", call("招待コード", "Code of the invitation"), "value=\"\(form["invitation"] ?? "")\" autocomplete=\"off\" autocapitalize=\"characters\"", hint: call("7K3M-QX2A-04ZD-9WTR のような形です。", "It looks like 7K3M-QX2A-04ZD-9WTR.")))
            \(field("password", call("パスワード", "Password"), "type=\"password\" autocomplete=\"new-password\" minlength=\"12\"", hint: call("12文字以上。覚えやすい長い文がおすすめです。", "Twelve characters or more; a long sentence is a good one.")))
            <button class="main">\(call("次へ", "Go on"))</button></form>
            """)
    }

    private func choose(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let form = call.request.form
        let bytes = Array(call.drawn.prefix(SignIn.choiceBytes))
        switch try signIn.choose(
            form["password"] ?? "", account: form["account"] ?? "", code: form["invitation"] ?? "", client: call.request.client,
            bytes: bytes,
            in: turn)
        {
        case .confirm(let codes): return confirmPage(call, codes)
        case .flawed(let flaw): return welcomePage(call, trouble: call[flaw.phrase])
        case .refused:
            return welcomePage(
                call,
                trouble: call(
                    "アカウントまたは招待コードが違うか、期限が切れています。", "This is not the account's invitation, or it holds no longer."))
        case .tooMany: return welcomePage(call, trouble: tooMany(call))
        }
    }

    /// The second factor is shown here and nowhere else.
    private func confirmPage(_ call: Call, _ codes: OneTimePassword?, trouble: HTML? = nil) -> Response {
        let form = call.request.form
        let shown = codes.map { codes -> HTML in
            let uri = codes.uri(issuer: "\(town.title) Kazasu", account: form["account"] ?? "")
            let code = QRCode(uri)?.svg(call("QRコード", "QR code"))
            return """
                <p>\(call("スマートフォンの認証アプリで読み取るか、次の文字を入力してください。", "Scan this with the authenticator on your phone, or type these letters there."))</p>
                \(code)
                <p><code id="secret">\(codes.typed)</code></p>
                """
        }
        return frame.page(
            Frame.Parts(title: call("認証アプリ", "Authenticator")), call, status: trouble == nil ? 200 : 422,
            """
            <h1>\(call("認証アプリを登録する", "Take up your authenticator"))</h1>
            \(trouble.map { HTML("<p class=\"notice bad\" role=\"alert\">\($0)</p>") })\(shown)
            <form method="post" action="\(call.path("welcome/confirm"))">
            <input type="hidden" name="account" value="\(form["account"] ?? "")"><input type="hidden" name="invitation" value="\(form["invitation"] ?? "")">
            \(field("made", call("アプリに出た6けたの数字", "The six digits it shows"), "inputmode=\"numeric\" autocomplete=\"one-time-code\" autofocus"))
            <button class="main">\(call("登録を終える", "Done"))</button></form>
            """)
    }

    private func confirm(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let form = call.request.form
        switch try signIn.confirm(
            account: form["account"] ?? "", code: form["invitation"] ?? "", made: form["made"] ?? "", client: call.request.client,
            secret: secret(call), in: turn)
        {
        case .signedIn(let secret): return begun(secret, at: call.path("staff"))
        case .wrongCode:
            return confirmPage(
                call, nil,
                trouble: call(
                    "数字が合いません。スマートフォンの時計が合っているか、新しい数字かをお確かめください。",
                    "Those are not the digits of this moment. Is the phone's clock right?"))
        case .refused: return welcomePage(call, trouble: call("招待コードの期限が切れました。", "The invitation holds no longer."))
        case .tooMany: return confirmPage(call, nil, trouble: tooMany(call))
        }
    }
}

extension PasswordFlaw {
    var phrase: Phrase {
        switch self {
        case .tooShort: Phrase("パスワードは12文字以上にしてください。", "A password has at least twelve characters.")
        case .tooLong: Phrase("パスワードは128文字までです。", "A password has at most 128 characters.")
        case .tooCommon: Phrase("よく使われる言葉が入っています。別の言葉を足してください。", "That is what people try first. Add words of your own.")
        case .holdsNames: Phrase("アカウントや町の名前だけに近いパスワードは使えません。", "That is little more than your name or the town's.")
        }
    }
}
