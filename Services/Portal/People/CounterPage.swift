import Contracts
import HTTP
import ServiceKit

/// The residents' counter (住民窓口): who holds a card, who is looked for, and what is done for them.
extension Portal {
    static let counterStaff = Route.Access.staff([.registrar])

    var peopleRoutes: [Route] {
        let pairs = [Pair.guardian, .exchange].flatMap { pair -> [Route] in
            [
                .page("people/\(pair.rawValue)", Self.counterStaff) { call, turn in try pairPage(pair, call, in: turn) },
                .form("people/\(pair.rawValue)", Self.counterStaff) { call, turn in try actOnPair(pair, call, in: turn) },
            ]
        }
        return pairs + [
            .page("people", Self.counterStaff) { call, turn in try counterPage(call, in: turn) },
            .form("people/find", Self.counterStaff) { call, turn in try findPeople(call, in: turn) },
            .form("people/open", Self.counterStaff) { call, turn in try openFile(call, in: turn) },
            .page("people/file/:", Self.counterStaff) { call, turn in try filePage(call, in: turn) },
            .form("people/file/:", Self.counterStaff) { call, turn in try actOnFile(call, in: turn) },
            .page("people/new", Self.counterStaff) { call, turn in try enrolPage(call, EnrolForm(), in: turn) },
            .form("people/new", Self.counterStaff) { call, turn in try enrol(call, in: turn) },
            .data("events/people/:", Self.counterStaff) { call, turn in try openCounter(call, in: turn) },
            .data("events/people/:/:/:", Self.counterStaff) { call, turn in try openCounter(call, in: turn) },
        ]
    }

    /// The counter that a page or a form is about.
    func counter(of call: Call, _ fields: [String: String]) throws -> Counter {
        Counter(account: try account(of: call).id, reader: fields["reader"].flatMap { ReaderPlace($0) })
    }

    func readerField(_ counter: Counter) -> HTML {
        counter.reader.map { "<input type=\"hidden\" name=\"reader\" value=\"\($0)\">" } ?? ""
    }

    /// A page of a counter, by which the address remembers its reader; `""` is the first.
    func path(_ rest: String, of counter: Counter, _ call: Call, _ said: String = "") -> String {
        let words = [counter.reader.map { "reader=\($0)" }, said.isEmpty ? nil : "said=\(said)"].compactMap(\.self)
        return call.path(rest.isEmpty ? "people" : "people/\(rest)") + (words.isEmpty ? "" : "?" + words.joined(separator: "&"))
    }

    func back(to counter: Counter, _ rest: String = "", _ call: Call, _ said: String = "") -> Answer {
        .page(.see(path(rest, of: counter, call, said)))
    }

    /// What all pages of a counter have: who looks and when, and the way back.
    func counterPage(
        _ call: Call, _ counter: Counter, _ title: HTML, heading: HTML? = nil, status: UInt32 = 200, at now: Instant, _ main: HTML
    ) throws -> Response {
        let feed = "people/\(call.tongue.rawValue)\(counter.reader.map { "/\($0)" } ?? "")"
        let isFirst = call.parts.isEmpty && call.request.path.hasSuffix("/people")
        let back: HTML =
            isFirst
            ? ""
            : "<p class=\"screen\"><a class=\"button\" href=\"\(path("", of: counter, call))\">\(call("窓口に戻る", "Back to the counter"))</a></p>"
        return frame.page(
            Frame.Parts(title: title, feed: feed, account: try account(of: call), watermark: try watermark(call, at: now)), call,
            status: status,
            """
            <h1>\(heading ?? title)</h1>
            \(main)
            \(back)<p class="watermark">\(try watermark(call, at: now))</p>
            """)
    }

    private func counterPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let counter = try counter(of: call, call.request.query)
        return try withCards(counter, call, in: turn) { held, turn in
            func link(_ rest: String, _ words: HTML) -> HTML {
                "<a class=\"button\" href=\"\(path(rest, of: counter, call))\">\(words)</a>\n"
            }
            return try counterPage(
                call, counter, call("住民窓口", "Residents' counter"), at: turn.now,
                """
                \(said(call))\(heldPiece(counter, held.last, call.tongue))
                <form id="open" class="row" method="post" action="\(call.path("people/open"))">\(call.csrf)\(readerField(counter))
                \(whyField("why-card", call))<button class="main">\(call("この人のファイルを開く", "Open this person's file"))</button></form>
                <p class="row screen">\(link("new", call("新しい人を登録する", "Enrol somebody new")))\(link("guardian", Pair.guardian.title[call.tongue]))\(link("exchange", Pair.exchange.title[call.tongue]))</p>
                <h2>\(call("カードなしで探す", "Look for somebody without a card"))</h2>
                \(searchForms(call, counter))
                \(readerChoice(call, counter))
                """)
        }
    }

    private func said(_ call: Call) -> HTML {
        func notice(_ kind: HTML, _ words: HTML) -> HTML { "<p id=\"done\" class=\"notice \(kind)\" role=\"status\">\(words)</p>\n" }
        switch call.request.query["said"] {
        case "guardian": return notice("good", call("保護者として登録しました。", "The guardian is noted."))
        case "exchange": return notice("good", call("カードを交換しました。古いカードは使えません。", "The cards are exchanged. The old one works no more."))
        case "closed": return notice("good", call("ファイルを閉じました。", "The file is closed."))
        case "late":
            return notice("bad", call("時間が過ぎたため、ファイルを閉じました。もう一度開いてください。", "Its time was over, and the file was closed. Open it again."))
        default: return ""
        }
    }

    /// Why a file is looked at: it is kept, and the person may read it.
    func whyField(_ id: HTML, _ call: Call, _ label: HTML? = nil, value: String = "") -> HTML {
        """
        <div class="field"><label for="\(id)">\(label ?? call("ファイルを見る理由", "Why the file is looked at"))</label><p class="hint" id="\(id)-hint">\(call("担当者名とともに残り、ご本人も読めます。", "Kept with your name. The person may read it."))</p>
        <input id="\(id)" name="why" value="\(value)" maxlength="200" required autocomplete="off" aria-describedby="\(id)-hint"></div>
        """
    }

    /// What is typed goes in a form's body: a name in an address would stay in logs and histories.
    private func searchForms(_ call: Call, _ counter: Counter) -> HTML {
        func form(_ by: SearchKind, _ fields: HTML) -> HTML {
            """
            <form id="by-\(by.rawValue)" class="row" method="post" role="search" action="\(call.path("people/find"))">\(call.csrf)\(readerField(counter))<input type="hidden" name="by" value="\(by.rawValue)">
            \(fields)<button>\(call("探す", "Look"))</button></form>

            """
        }
        func field(_ name: String, _ words: HTML, _ rest: HTML = "") -> HTML {
            "<div class=\"field\"><label for=\"\(name)\">\(words)</label><input id=\"\(name)\" name=\"\(name)\" maxlength=\"200\" required autocomplete=\"off\"\(rest)></div>\n"
        }
        let lists = town.lists.map { HTML("<option>\($0)</option>") }
        let byNumber: HTML =
            lists.isEmpty
            ? ""
            : form(
                .number,
                "<div class=\"field\"><label for=\"list\">\(call("名簿", "List"))</label><select id=\"list\" name=\"list\">\(lists)</select></div>\n"
                    + field("number", call("名簿の番号", "Number in that list")))
        return form(
            .birth,
            field("reading", call("フリガナ", "Reading"), " lang=\"ja\"")
                + field("born", call("生年月日（例 S29.3.1、1954-03-01）", "Birth date (S29.3.1, 1954-03-01)")))
            + form(.household, field("household", call("世帯番号", "Number of the household"))) + byNumber
    }

    /// The reader is chosen once; the address remembers it, and nothing else does.
    private func readerChoice(_ call: Call, _ counter: Counter) -> HTML {
        let links = town.enrolmentReaders.map { place -> HTML in
            let path = path("", of: Counter(account: counter.account, reader: place), call)
            return "<a class=\"button\" href=\"\(path)\"\(place == counter.reader ? HTML(" aria-current=\"true\"") : "")>\(place)</a>\n"
        }
        let now: HTML =
            counter.reader.map { call("この窓口のカードリーダー：\($0)", "Reader of this counter: \($0)") }
            ?? call("カードリーダーが選ばれていません。選ぶと、かざした人がここに出ます。", "No reader is chosen. Choose one, and whoever holds a card there stands here.")
        return """
            <details class="screen"\(counter.reader == nil ? HTML(" open") : "")><summary>\(now)</summary>
            <p class="row">\(links)</p>
            <form class="row" method="get"><div class="field"><label for="reader">\(call("ほかのカードリーダー（用途が enrol のもの）", "Another reader, whose purpose is enrol"))</label><p class="hint">\(call("端末/リーダー（例 office/reader-1）", "AGENT/READER"))</p><input id="reader" name="reader" required maxlength="127" value="\(counter.reader.map { "\($0)" } ?? "")" autocapitalize="none"></div>
            <button>\(call("使う", "Use it"))</button></form></details>
            """
    }
}
