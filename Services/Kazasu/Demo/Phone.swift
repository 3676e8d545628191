import Contracts
import Glibc
import Launch
import Seal
import Town

/// The town's pages, as a resident's phone shows them: a program of other hands.
extension Story {
    /// Whoever is outside sees which shelter has room, and nobody's name.
    func lookAtShelters(showing words: String) throws {
        try stage.wait("the page to say \(words)") { try open("shelters").contains { $0.contains(words) } }
        stage.say("    \(stage.pages)/ja/shelters: \(words)")
    }

    /// 加藤さん has no password: a link comes into her mailbox, and behind it stands what is hers.
    mutating func ownPage() throws {
        title("Kato opens her own page: a link comes by mail, and her grandchild has arrived", "加藤さん:わたしのページ(メールのリンクで、お孫さんの登校)")
        try open("family", ["reading=カトウ サクラ", "born=1954-03-01"])
        func link() -> Substring? {
            stage.mailbox.letters.last { $0.to == ["sakura@home.example"] && $0.text.contains("/family/in#") }?.text
                .split(whereSeparator: \.isWhitespace).first { $0.contains("/family/in#") }
        }
        try stage.wait("a link for Kato") {
            stage.mailbox.look()
            return link() != nil
        }
        guard let link = link() else { return }
        // A phone without scripts: the link is pasted into the page that it opens.
        let page = try open(link, ["link=\(link)"])
        guard page.contains(where: { $0.contains("加藤 ゆうき") }), let state = page.first(where: { $0.hasPrefix("登校") }) else {
            throw Failure.refused("her page does not show her grandchild: \(page.joined(separator: " / "))")
        }
        stage.say("    \(stage.pages)/ja/family: 加藤 ゆうき \(state)")
        // Whoever finds the mail later gets nowhere with it.
        let again = try phone([String(link), "link=\(link)"], jar: "other")
        guard again.code != 0 || !again.lines.contains(where: { $0.contains("加藤 ゆうき") }) else {
            throw Failure.refused("the link opened her page twice.")
        }
        stage.say("    the link works once  リンクは一度だけ")
    }

    /// What a page shows, line by line.
    /// - Parameter fields: what is typed into its form, which is then sent.
    @discardableResult
    private func open(_ page: some StringProtocol, _ fields: [String] = []) throws -> [String] {
        let address = page.hasPrefix("http") ? String(page) : "\(stage.pages)/ja/\(page)"
        let shown = try phone([address] + fields, jar: "phone")
        guard shown.code == 0 else { throw Failure.refused("a page did not open: \(shown.lines.last ?? "")") }
        return shown.lines
    }

    /// - Parameter typed: the address and what is typed; in a file of this user's alone, and never on a command line.
    private func phone(_ typed: [String], jar: String) throws -> (lines: [String], code: Int32) {
        var spec = ChildSpec(
            "phone", .service, program: stage.companions.python,
            arguments: [stage.companions.phone, "--jar", "\(stage.folder)/\(jar).json", "-"])
        spec.input = "\(stage.folder)/form.txt"
        try SecretFile.replace(spec.input, Array(typed.joined(separator: "\n").utf8))
        let errand = try Errand(spec)
        try stage.wait("a page", seconds: 30) {
            errand.look()
            return errand.code != nil
        }
        return (errand.lines, errand.code ?? 0)
    }
}

extension Stage {
    /// Where browsers of this machine find the town's pages.
    var pages: String { town.portal?.origin ?? "" }

    /// The town goes on until somebody ends it.
    func stay() throws {
        say("")
        say("The town's pages: \(pages)/ja/   Ctrl-C ends the town.  Ctrl-C で終了")
        let code = try clerk(["portal", "invite", "sato"]).first { $0.contains("-") } ?? ""
        say("To sign in as staff choose a password at \(pages)/ja/welcome: account sato, code \(code)")
        while !signals.haveCome(atMost: 50) { try? turn(atMost: 10) }
    }
}
