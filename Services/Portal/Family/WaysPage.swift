import Contracts
import HTTP
import ServiceKit

/// By which ways somebody is told things, and whether this browser is one of them (W3C Push API).
extension Portal {
    func waysPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard town.has("notifier") else { throw Page.notFound }
        return try askOwn({ ShowOwnNotices($0) }, on: .showOwnNotices, for: call, in: turn) { own, turn in
            try noteOwnLook(call, in: turn)
            let ways = own.ways.map { HTML("<li id=\"way-\($0.rawValue)\" class=\"card\">\($0.phrase[call.tongue])</li>\n") }
            let none = call(
                "お知らせの届け先がありません。役場の窓口で登録できます。", "You are reached by no way. The town's counter takes one down.",
                easy: "おしらせは とどきません。\(ruby("役場", "やくば"))で とうろく して ください。")
            return .page(
                ownPage(
                    call("お知らせ", "Messages", easy: "おしらせ"), call, scripts: town.pushKey == nil ? [] : ["push.js"],
                    """
                    \(doneWithPush(call))
                    <h2>\(call("届く方法", "How you are reached", easy: "どうやって とどくか"))</h2>
                    \(ways.isEmpty ? HTML("<p>\(none)</p>") : HTML("<ul class=\"list\">\(ways)</ul>"))
                    <p><a id="mail" class="button quiet" href="\(call.path("family/mail"))">\(call("メールアドレスを加える・変える", "Add or change mail addresses", easy: "メールアドレスを かえる"))</a></p>
                    \(town.lineLogin == nil ? "" : lineLink(call))<p class="hint">\(atCounter(call))</p>
                    \(town.pushKey.map { pushForm(call, $0) } ?? "")
                    <h2>\(call("これまでのお知らせ", "What you were told", easy: "いままでの おしらせ"))</h2>
                    \(toldList(call, own.deliveries))
                    """))
        }
    }

    private func lineLink(_ call: Call) -> HTML {
        "<p><a id=\"line\" class=\"button quiet\" href=\"\(call.path("family/line"))\">\(call("LINEとつなぐ・解除する", "Link or unlink LINE", easy: "LINEを つかう・やめる"))</a></p>\n"
    }

    private func atCounter(_ call: Call) -> HTML {
        guard town.lineLogin == nil else {
            return call(
                "電話番号の変更は、役場の窓口で承ります。", "Telephone numbers are changed at the town's counter.",
                easy: "でんわばんごうを かえる ときは \(ruby("役場", "やくば"))に きてください。")
        }
        return call(
            "LINE や電話番号の変更は、役場の窓口で承ります。", "LINE and telephone numbers are changed at the town's counter.",
            easy: "LINEや でんわばんごうを かえる ときは \(ruby("役場", "やくば"))に きてください。")
    }

    /// A script fills it in: what stands in it only the browser knows.
    private func pushForm(_ call: Call, _ key: String) -> HTML {
        let denied = call(
            "このブラウザで通知が許可されていません。ブラウザの設定で許可してください。", "This browser does not allow messages. Allow them in its settings.",
            easy: "ブラウザの せっていで 「つうち」を ゆるして ください。")
        let failed = call(
            "この端末では受け取れませんでした。", "This device cannot be told things.", easy: "この きかいでは できません。")
        return """
            <h2>\(call("この端末で受け取る", "On this device", easy: "この きかいで おしらせを みる"))</h2>
            <form id="push" method="post" action="\(call.path("family/push"))" data-key="\(key)" data-denied="\(denied)" data-failed="\(failed)" hidden>\(call.csrf)
            <input type="hidden" name="endpoint"><input type="hidden" name="p256dh"><input type="hidden" name="auth"><input type="hidden" name="remove">
            <p>\(call("画面を開いていなくても、この端末に通知が出ます。家族と共用の端末ではお控えください。", "Messages appear on this device even while the page is closed. Leave it off where others use the device.", easy: "ページを ひらいて いなくても おしらせが でます。"))</p>
            <p class="row"><button id="push-on" class="main">\(call("この端末で受け取る", "Tell me here", easy: "おしらせを みる"))</button>
            <button id="push-off" hidden>\(call("この端末では受け取らない", "No longer", easy: "やめる"))</button></p></form>
            <p id="push-said" role="status"></p>
            <noscript><p class="hint">\(call("JavaScript を有効にすると使えます。", "This needs JavaScript."))</p></noscript>

            """
    }

    func subscribeOwn(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let form = call.request.form
        guard town.pushKey != nil, let endpoint = form["endpoint"], endpoint.hasPrefix("https://"), let key = form["p256dh"],
            let secret = form["auth"]
        else {
            throw Page.wrong(call("この端末では受け取れませんでした。", "This device cannot be told things.", easy: "この きかいでは できません。"))
        }
        let push = PushSubscription(endpoint: endpoint, p256dh: key, auth: secret)
        let isOff = form["remove"] == "1"
        return try askOwn(
            { SubscribeOwn($0, push: push, by: call.session?.card, remove: isOff ? true : nil) }, on: .subscribeOwn, for: call, in: turn
        ) { _, _ in
            .page(.see(call.path("family/notices?done=\(isOff ? "off" : "on")")))
        }
    }

    private func doneWithPush(_ call: Call) -> HTML {
        switch call.request.query["done"] {
        case "on": Self.done(call("この端末で受け取ります。", "This device is told from now on.", easy: "この きかいに おしらせが でます。"))
        case "off": Self.done(call("この端末では受け取りません。", "This device is told no longer.", easy: "やめました。"))
        default: ""
        }
    }
}
