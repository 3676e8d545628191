import Contracts
import HTTP
import Seal
import ServiceKit

// Making a screen a kiosk: whoever of the staff stands before it signs in there, and is signed out by doing it.

extension Portal {
    var pairingRoutes: [Route] {
        [
            .page("kiosk-setup", .anyStaff) { call, turn in .page(try setupPage(call, in: turn)) },
            .form("kiosk-setup", .anyStaff) { call, turn in .page(try pair(call, in: turn)) },
            .form("kiosk-setup/end", .anyStaff) { call, turn in
                if let id = call.request.form["screen"].flatMap(Hex.decode) {
                    try Pairing.end(SessionID(bytes: id), by: try account(of: call).id, in: turn)
                }
                return .page(.see(call.path("kiosk-setup")))
            },
        ]
    }

    private func pair(_ call: Call, in turn: borrowing Turn) throws -> Response {
        guard let kiosk = call.request.form["kiosk"].flatMap({ KioskID($0) }).flatMap(policy.kiosk) else {
            throw Page.wrong(call("どのキオスクかを選んでください。", "Choose which kiosk it is."))
        }
        guard try Pairing.all(in: turn.db).count < Pairing.most else {
            throw Page.wrong(
                call("キオスクの画面が多すぎます。使っていないものを終了してください。", "There are too many screens. End those that are not used."))
        }
        let account = try account(of: call).id
        let value = try Pairing.begin(
            kiosk.id, by: account, bytes: Array(call.drawn.prefix(Pairing.secretBytes)), replacing: call.request.cookies[Pairing.cookie],
            in: turn)
        // Nobody's session stays behind where everybody passes.
        if let session = call.session { try signIn.signOut(session, in: turn) }
        desks.leave(account)
        var response = Response.see(call.path("kiosk/\(kiosk.id)"))
        response.cookies = [Pairing.line(value), SessionSecret.noCookie]
        return response
    }

    private func setupPage(_ call: Call, in turn: borrowing Turn) throws -> Response {
        let screens = try Pairing.all(in: turn.db)
        let rows = screens.map { screen -> HTML in
            let by = policy.account(screen.by)?.title ?? screen.by.text
            return """
                <tr><th scope="row">\(screen.kiosk)</th>
                <td data-label="\(call("設定した日時", "Since"))">\(screen.made.minute(offset))</td>
                <td data-label="\(call("設定した人", "By"))">\(by)</td>
                <td data-label="\(call("最後に使われた日", "Last there"))">\(screen.seen.day(offset))</td>
                <td><form method="post" action="\(call.path("kiosk-setup/end"))">\(call.csrf)<input type="hidden" name="screen" value="\(screen.id.text)">\
                <button class="danger" aria-label="\(call("\(screen.kiosk)（\(screen.made.minute(offset))）を終了", "End \(screen.kiosk) of \(screen.made.minute(offset))"))">\(call("終了", "End"))</button></form></td></tr>

                """
        }
        let list: HTML =
            rows.isEmpty
            ? "<p>\(call("まだありません。", "None yet."))</p>"
            : """
            <table class="cards"><caption>\(call("画面を終了すると、その画面にはすぐに何も出なくなります。", "A screen that is ended shows nothing from then on."))</caption>
            <thead><tr><th scope="col">\(call("キオスク", "Kiosk"))</th><th scope="col">\(call("設定した日時", "Since"))</th><th scope="col">\(call("設定した人", "By"))</th>\
            <th scope="col">\(call("最後に使われた日", "Last there"))</th><th scope="col">\(call("操作", "Act"))</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
        return frame.page(
            Frame.Parts(title: call("キオスクの画面", "Kiosk screens"), account: try account(of: call)), call,
            """
            <h1>\(call("キオスクの画面", "Kiosk screens"))</h1>
            \(setupForm(call))
            <h2>\(call("キオスクになっている画面", "Screens that are kiosks"))</h2>
            \(list)
            """)
    }

    private func setupForm(_ call: Call) -> HTML {
        guard !policy.kiosks.isEmpty else {
            return """
                <p class="notice warn">\(call("町のファイルにキオスクがありません。情報担当に、portal の kiosks に足すようご依頼ください。", "The town's file has no kiosk. Ask your IT staff to add it under portal, kiosks."))</p>
                """
        }
        let choices = policy.kiosks.enumerated().map { index, kiosk -> HTML in
            let shows = [
                kiosk.showsCodes ? call("わたしのページのコード", "codes for one's own page") : nil,
                kiosk.library == nil ? nil : call("図書館のバーコード", "library bar codes"),
            ].compactMap(\.self)
            return """
                <label><input type="radio" name="kiosk" value="\(kiosk.id)" required\(index == 0 ? " checked" : "")> \
                \(kiosk.id) (\(kiosk.place))\(shows.isEmpty ? "" : ": " + shows.joined(separator: call("、", ", ")))</label>

                """
        }
        return """
            <h2>\(call("この画面をキオスクにする", "Make this screen a kiosk"))</h2>
            <p>\(call("この画面（このブラウザ）は、カードをかざした人のための案内画面になります。リーダーのそばに置く画面で行ってください。押すと、ここでの職員のサインインは終わります。", "This screen, with this browser, will show people what became of the card they hold. Do it at a screen that stands beside the reader. You are signed out here by it."))</p>
            <form method="post" action="\(call.path("kiosk-setup"))">\(call.csrf)
            <fieldset class="choices"><legend>\(call("どのキオスクですか", "Which kiosk is it?"))</legend>
            \(choices)</fieldset>
            <button class="main">\(call("この画面をキオスクにする", "Make this screen a kiosk"))</button></form>
            """
    }

    /// What every other screen is shown, and one whose pairing has ended.
    func strangerPage(_ kiosk: PortalPolicy.Kiosk, _ call: Call) -> Response {
        frame.page(
            Frame.Parts(title: call("キオスク", "Kiosk")), call,
            """
            <h1>\(call("この画面はキオスクではありません", "This screen is not a kiosk"))</h1>
            <p>\(call("カードをかざした人への案内は、職員がキオスク「\(kiosk.id)」にした画面だけに出ます。", "What becomes of cards is shown at screens alone that staff have made kiosk \(kiosk.id)."))</p>
            <p>\(call("職員の方は、この画面でサインインし、キオスクにしてください。", "If you are of the staff: sign in at this screen and make it one."))</p>
            <p><a class="button main" href="\(call.path("kiosk-setup"))">\(call("この画面をキオスクにする", "Make this screen a kiosk"))</a></p>
            """)
    }
}
