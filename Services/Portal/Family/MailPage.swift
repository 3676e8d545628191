import Contracts
import HTTP
import Post
import ServiceKit

/// Somebody's mail addresses: added once digits that were sent there have been typed, and taken away.
extension Portal {
    func mailPage(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try askOwn({ ShowOwn($0) }, on: .showOwn, for: call, in: turn) { file, turn in
            try noteOwnLook(call, in: turn)
            return .page(mailPage(call, file, in: turn))
        }
    }

    private func mailPage(_ call: Call, _ file: PersonFile, status: UInt32 = 200, fault: HTML? = nil, in turn: borrowing Turn) -> Response {
        let why = whyNot(call, file, in: turn)
        let list = mails(of: file).map { piece(call, $0, isFixed: why != nil) }
        let none = call("メールアドレスの登録はありません。", "The town has no mail address of yours.", easy: "メールアドレスの とうろくが ありません。")
        return ownPage(
            call("メールアドレス", "Mail addresses"), call, status: status,
            """
            \(doneWithMail(call))\(Self.fault(fault))
            \(list.isEmpty ? HTML("<p>\(none)</p>") : HTML("<ul id=\"mails\" class=\"list\">\(list)</ul>"))
            \(why.map { "<p id=\"why-not\" class=\"notice warn\">\($0)</p>" } ?? addForm(call))
            <p><a class="button quiet" href="\(call.path("family/notices"))">\(call("戻る", "Back", easy: "もどる"))</a></p>
            """)
    }

    private func piece(_ call: Call, _ address: String, isFixed: Bool) -> HTML {
        let remove: HTML = """
            <form class="remove" method="post" action="\(call.path("family/mail/remove"))">\(call.csrf)
            <input type="hidden" name="address" value="\(address)"><button class="quiet" aria-label="\(call("\(address) を解除", "Take \(address) away", easy: "\(address) を けす"))">\(call("解除", "Take away", easy: "けす"))</button></form>
            """
        return "<li class=\"card\"><p>\(address)</p>\(isFixed ? "" : remove)</li>\n"
    }

    private func addForm(_ call: Call) -> HTML {
        """
        <h2>\(call("メールアドレスを加える・変える", "Add or change an address", easy: "メールアドレスを いれる"))</h2>
        <p>\(call("入れた宛先に、確認の数字をメールでお送りします。変えるときは、新しいものを加えてから古いものを解除してください。", "Digits are sent to the address, to be typed here. To change it, add the new one first and then take the old one away.", easy: "メールに すうじが とどきます。その すうじを いれて ください。"))</p>
        <form id="add" method="post" action="\(call.path("family/mail"))">\(call.csrf)
        <div class="field"><label for="address">\(call("メールアドレス", "Mail address"))</label>
        <input id="address" type="email" name="address" value="\(call.request.form["address"] ?? "")" required maxlength="200" autocomplete="email" autocapitalize="none" spellcheck="false"></div>
        <button class="main">\(call("数字を送る", "Send me the digits", easy: "すうじを おくる"))</button></form>

        """
    }

    private func doneWithMail(_ call: Call) -> HTML {
        switch call.request.query["done"] {
        case "added":
            Self.done(
                call(
                    "メールアドレスを加えました。ほかの届け先にも、変更をお知らせします。", "The address was added. Your other addresses are told of it.",
                    easy: "メールアドレスを いれました。"))
        case "removed":
            Self.done(
                call("メールアドレスを解除しました。解除した宛先にも、変更をお知らせします。", "The address was taken away, and is told of it.", easy: "メールアドレスを けしました。"))
        default: ""
        }
    }

    private func mails(of file: PersonFile) -> [String] { (file.facts.channels ?? []).filter { $0.way == .mail }.map(\.address) }

    private func change(
        _ call: Call, in turn: borrowing Turn, then: @escaping (PersonFile, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try changeWays(call, in: turn, or: { file, turn in mailPage(call, file, status: 403, in: turn) }, then: then)
    }

    private func claim(_ address: String, _ call: Call) throws -> OwnClaim {
        guard let session = call.session else { throw Page.enterFirst }
        return OwnClaim(session: session.id, person: try person(of: call), address: address)
    }

    /// As it is kept: without what was typed around it, the domain in lower case.
    private static func mail(_ text: String?) -> String? {
        guard let mail = try? MailAddress((text ?? "").typed) else { return nil }
        let address = "\(mail.local)@\(mail.domain)"
        return address.utf8.count <= 200 ? address : nil
    }

    // MARK: What is done

    func proveMail(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try change(call, in: turn) { file, turn in
            let address = Self.mail(call.request.form["address"]) ?? ""
            if let fault = fault(of: address, file, call) { return .page(mailPage(call, file, status: 422, fault: fault, in: turn)) }
            guard try signIn.mayAskForCode(in: turn) else {
                return .page(mailPage(call, file, status: 403, fault: noCodes(call), in: turn))
            }
            let digits = try signIn.ownCode(for: try claim(address, call), bytes: call.drawn.prefix(SignIn.ownCodeBytes), in: turn)
            return try askOwn({ ProveOwn($0, at: Reach(.mail, address), code: digits) }, on: .proveOwn, for: call, in: turn) { _, _ in
                .page(codePage(call, address))
            }
        }
    }

    private func fault(of address: String, _ file: PersonFile, _ call: Call) -> HTML? {
        if address.isEmpty { return call("メールアドレスを確かめてください。", "That is no mail address.", easy: "メールアドレスを みて ください。") }
        guard mails(of: file).contains(address) else { return nil }
        return call("このメールアドレスは、すでに登録されています。", "This address is there already.", easy: "もう あります。")
    }

    private func noCodes(_ call: Call) -> HTML {
        call(
            "いま確認の申し込みが大変多いため、お送りできません。15分ほどしてからもう一度お試しください。",
            "So many have asked for digits that none are sent at the moment. Try again in a quarter of an hour.",
            easy: "いまは おくれません。15\(ruby("分", "ふん"))あとに もういちど して ください。")
    }

    private func codePage(_ call: Call, _ address: String, status: UInt32 = 200, fault: HTML? = nil) -> Response {
        ownPage(
            call("メールアドレスの確認", "Is it your address?", easy: "メールアドレスの かくにん"), call, status: status,
            """
            \(Self.fault(fault))
            <p id="asked">\(call("\(address) にメールをお送りしました。15分以内に、届いた6けたの数字を入れてください。", "A mail was sent to \(address). Type the six digits from it within fifteen minutes.", easy: "\(address) に メールを おくりました。メールの 6つの すうじを いれて ください。"))</p>
            <form id="prove" method="post" action="\(call.path("family/mail/code"))">\(call.csrf)
            <input type="hidden" name="address" value="\(address)">
            <div class="field"><label for="digits">\(call("6けたの数字", "Six digits", easy: "6つの すうじ"))</label>
            <input id="digits" name="digits" required maxlength="20" inputmode="numeric" autocomplete="one-time-code"></div>
            <button class="main">\(call("確かめる", "That is it", easy: "いれる"))</button></form>
            <p class="hint">\(call("届かないときは、メールアドレスと迷惑メールの設定をお確かめください。", "If nothing comes, look at the address, and whether it was taken for junk.", easy: "こない ときは メールアドレスを みて ください。"))</p>
            <p><a class="button quiet" href="\(call.path("family/mail"))">\(call("戻る", "Back", easy: "もどる"))</a></p>
            """)
    }

    func addMail(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard town.has("notifier"), call.session?.card == nil, let address = Self.mail(call.request.form["address"]) else {
            throw Page.notFound
        }
        let claim = try claim(address, call)
        guard try signIn.proves(claim, by: call.request.form["digits"] ?? "", in: turn) else {
            let sentence = call(
                "数字が違うか、期限(15分)が切れたか、5回を超えました。いちばん新しいメールの数字を入れるか、戻って送り直してください。",
                "These are not the digits, or they are older than fifteen minutes, or were tried five times. Take those of the newest mail, or go back and have others sent.",
                easy: "すうじが ちがいます。もういちど して ください。")
            return .page(codePage(call, address, status: 403, fault: sentence))
        }
        let reach = Reach(.mail, address)
        return try askOwn({ ReachOwn($0, at: reach) }, on: .reachOwn, for: call, in: turn) { _, turn in
            try signIn.spend(claim, in: turn)
            try tellOthers(of: reach, call, in: turn)
            return .page(.see(call.path("family/mail?done=added")))
        }
    }

    func removeMail(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try change(call, in: turn) { file, turn in
            let done = Answer.page(.see(call.path("family/mail?done=removed")))
            // Nobody is written to because somebody has typed an address: it has to be theirs.
            guard let address = call.request.form["address"], mails(of: file).contains(address) else { return done }
            let reach = Reach(.mail, address)
            guard call.request.form["sure"] == "1" || !isLast([reach], of: file) else {
                let field: HTML = "<input type=\"hidden\" name=\"address\" value=\"\(address)\">"
                return .page(lastWayPage(call, to: call.path("family/mail/remove"), back: call.path("family/mail"), fields: field))
            }
            return try askOwn({ ReachOwn($0, at: reach, remove: true) }, on: .reachOwn, for: call, in: turn) { _, turn in
                try tellOthers(of: reach, removed: true, call, in: turn)
                return done
            }
        }
    }
}
