import Contracts
import HTTP

/// What stands around every page.
struct Frame {
    let policy: PortalPolicy
    let town: TownFacts
    let files: Files

    /// What a page has beside its text.
    struct Parts {
        var title: HTML
        /// What is heard while it is open: `shelters/ja?after=12`.
        var feed: String?
        var scripts: [String] = []
        var styles: [String] = []
        /// Who has signed in.
        var account: PortalPolicy.Account?
        /// A resident's own page.
        var isOwn = false
        /// A class of the whole page: `kiosk`, `desk`.
        var kind = ""
        /// Whether browsers may keep it for when the network is away.
        var isPublic = false
        /// Who looks and when, across each sheet that is printed.
        var watermark: HTML?
    }

    /// Scripts, styles and data from here alone, and nothing inline (Content Security Policy Level 3).
    var security: [String: String] {
        let tiles = policy.map.tiles.map { " https://\($0.dropFirst(8).prefix { $0 != "/" })" } ?? ""
        return [
            "Content-Security-Policy":
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:\(tiles); connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
            "Permissions-Policy": "camera=(), microphone=(), payment=()",
        ]
    }

    func page(_ parts: Parts, _ call: Call, status: UInt32 = 200, _ main: HTML) -> Response {
        let feed = parts.feed.map { HTML(" data-feed=\"/events/\($0)\"") }
        // Ours stands last: it has the last word on what a library's looks like.
        let styles = (parts.styles + ["portal.css"]).map { HTML("<link rel=\"stylesheet\" href=\"/\($0)\">\n") }
        let scripts = ((feed == nil ? [] : ["live.js"]) + (parts.isPublic ? ["offline.js"] : []) + parts.scripts).map {
            HTML("<script type=\"module\" src=\"/\($0)\"></script>\n")
        }
        let stale = call("通信が切れています。{time} 現在の表示です。", "The connection is lost. This is as of {time}.", easy: "いま つながっていません。{time} の ようすです。")
        let saved = call(
            "電波が届いていません。{time} に保存した表示です。", "You are offline. This was saved at {time}.", easy: "いま インターネットに つながっていません。{time} の ようすです。")
        let html: HTML = """
            <!DOCTYPE html>
            <html lang="\(call.tongue.code)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(parts.title) — \(town.title)</title>
            <link rel="icon" href="/icon.svg">
            \(parts.isPublic ? HTML("<link rel=\"manifest\" href=\"/manifest.webmanifest\">\n") : "")\(styles)\(scripts)</head>
            <body\(parts.kind.isEmpty ? "" : HTML(" class=\"\(parts.kind)\""))\(parts.watermark.map { HTML(" data-watermark=\"\($0)\"") })>
            <a class="skip" href="#main">\(call("本文へ", "To the text"))</a>
            <header class="top"><strong><a href="\(call.path(""))">\(town.title)</a></strong>\(navigation(parts, call))</header>
            <p id="stale" class="banner stale" role="alert" hidden data-text="\(stale)"></p>
            <p id="saved" class="banner saved" hidden data-text="\(saved)"></p>
            <p id="said" class="spoken" role="status"></p>
            <main id="main" tabindex="-1"\(feed)>
            \(main)
            </main>
            <footer>\(tongues(call))</footer>
            </body>
            </html>

            """
        var response = Response.html(html, status: status)
        response.headers = security
        // Asked for anew each time; kept for when nobody answers.
        if parts.isPublic { response.headers["Cache-Control"] = "public, no-cache" }
        return response
    }

    private func navigation(_ parts: Parts, _ call: Call) -> HTML {
        if parts.isOwn { return ownNavigation(call) }
        guard let account = parts.account else { return "" }
        return """
            <nav aria-label="\(call("担当者のメニュー", "Staff"))"><a href="\(call.path("staff"))">\(call("メニュー", "Menu"))</a></nav>
            <form method="post" action="\(call.path("staff/sign-out"))">\(call.csrf)<button class="quiet">\(call("\(account.title)さん:終了", "\(account.title): sign out"))</button></form>
            """
    }

    /// The same page in the other languages.
    private func tongues(_ call: Call) -> HTML {
        let rest = call.request.path.split(separator: "/").dropFirst().joined(separator: "/")
        let links = Tongue.allCases.map { tongue -> HTML in
            tongue == call.tongue
                ? "<span aria-current=\"true\">\(tongue.name)</span> "
                : "<a lang=\"\(tongue.code)\" href=\"/\(tongue.rawValue)/\(rest)\">\(tongue.name)</a> "
        }
        return "<nav aria-label=\"\(call("ことば", "Language"))\">\(links)</nav>"
    }

    // MARK: Bad news

    func refusal(_ page: Page, _ call: Call) -> Response {
        switch page {
        case .notFound:
            return said(
                call, 404, call("ページが見つかりません", "There is no such page"),
                call("アドレスを確かめるか、はじめの画面からお探しください。", "Look at the address, or begin at the first page."))
        case .signInFirst: return .see(call.path("sign-in?next=\(percentEncoded(call.request.path))"))
        case .enterFirst: return .see(call.path("family"))
        case .notYours:
            return said(
                call, 403, call("この画面は使えません", "This is not yours"),
                call("この仕事の権限がありません。必要なら情報担当にご相談ください。", "You have no right to this work. If you need it, ask your IT staff."))
        case .wrong(let sentence): return said(call, 422, call("入力をご確認ください", "Something does not fit"), sentence)
        }
    }

    func refused(_ sentence: HTML, _ call: Call) -> Response {
        said(call, 409, call("受け付けられませんでした", "This was refused"), sentence)
    }

    func unanswered(by service: Program, _ call: Call) -> Response {
        let name = service.phrase[call.tongue]
        return said(
            call, 504, call("応答がありません", "No answer", easy: "こたえが ありません"),
            call(
                "\(name)(\(service))から応答がありません。実行されたかどうか分かりません。もう一度行う前に結果をご確認ください。",
                "\(service) (\(name)) has not answered. It may have been done or not: look before you do it again.",
                easy: "\(name)(\(service))が こたえません。あとで もういちど みて ください。"))
    }

    private func said(_ call: Call, _ status: UInt32, _ title: HTML, _ sentence: HTML) -> Response {
        page(
            Parts(title: title), call, status: status,
            "<h1>\(title)</h1>\n<p>\(sentence)</p>\n<p><a class=\"button main\" href=\"\(call.path(""))\">\(call("はじめの画面へ", "To the first page"))</a></p>"
        )
    }
}

extension Portal {
    var frame: Frame { Frame(policy: policy, town: town, files: files) }
}

/// As part of a query (RFC 3986, 2.1).
func percentEncoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: out.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            out += "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
        }
    }
    return out
}
