import Contracts
import Launch
import Seal
import VirtualReader

/// The mail server of the town's provider, played by a program of other hands.
final class Mailbox {
    struct Letter: Decodable, Equatable {
        let subject: String
        let text: String
        let to: [String]
    }

    private let server: Errand
    private var read = 0
    private(set) var letters: [Letter] = []

    let port: Int

    init(_ companions: Companions) throws {
        port = try unusedPort()
        server = try Errand(
            ChildSpec("mailbox", .service, program: companions.python, arguments: [companions.mailbox, "--port", "\(port)"]))
    }

    func look() {
        server.look()
        letters += server.lines[read...].compactMap { try? Array($0.utf8).decoded(as: Letter.self) }
        read = server.lines.count
    }
}

extension Story {
    private static let gate = Purpose("school-gate")

    /// A grandmother hears that her grandchild is at school, once, though the notifier dies; and a message reaches whom it is for after another desk's yes.
    mutating func familyIsTold() throws {
        guard let kato, let gate = Self.gate else { return }
        let cast = stage.cast
        title("Kato wants to hear of her grandchild, and both hold their cards", "加藤さん:お孫さんの登下校を知らせてほしい")
        try stage.clerk(["person", "change", kato.text, "--yes"], form: "channels: mail sakura@home.example\n")
        try book(
            ["person", "add", "--yes"], [cast.child], form: "name: 加藤 ゆうき\nreading: カトウ ユウキ\nborn: 平成30年5月1日\nschool: 第一小学校\nclass: 1-2\n")
        try ceremony(["relation", "guardian", "--yes"], [cast.katosNew, cast.child])
        for kind in ["school-gate", "town"] {
            try stage.clerk(["consent", "give", "notifier", kind, kato.text, "--wording", "2026-04", "--how", "paper", "--yes"])
        }
        title(
            "the reader in the lobby is the school's gate for a while; the notifier is killed, and the child comes to school",
            "お知らせサービスを強制終了した直後の登校:一通だけ届く")
        try stage.clerk(["reader", "purpose", DemoTown.lobby.description, gate.description])
        try stage.pass(milliseconds: 2200)
        stage.crash("notifier-main")
        let mark = stage.ear.heard.count
        try stage.slot(DemoTown.lobby).insert(cast.child)
        try stage.made.add(.tap, at: DemoTown.lobby, stage.console.now())
        try stage.wait("the gate to read the card") { stage.ear.heard[mark...].contains { $0.topic.name == "tap" } }
        stage.slot(DemoTown.lobby).remove()
        try showLetter("sakura@home.example", holding: "登校")
        try stage.clerk(["school", "today", "first"])
        title("the town writes to everybody: one desk draws it up, another approves", "一斉配信:起案と承認は別の窓口")
        let file = "\(stage.folder)/message.txt"
        try SecretFile.replace(file, Array("断水のお知らせ\n今夜10時から、中央地区で水道が止まります。\n".utf8))
        try stage.clerk(["notice", "send", "water", "--text", "ja=\(file)", "--yes"])
        try stage.clerk(["notice", "approve", "water", "--yes", "--as", "press"])
        try showLetter("sakura@home.example", holding: "断水")
        let twice = stage.mailbox.letters.count { $0.subject.contains("登校") }
        guard twice == 1 else { throw Failure.refused("the grandchild's arrival was told \(twice) times.") }
        try stage.clerk(["notice", "status"])
        try stage.clerk(["reader", "purpose", DemoTown.lobby.description, "visit"])
    }

    private func showLetter(_ address: String, holding word: String) throws {
        func letter() -> Mailbox.Letter? { stage.mailbox.letters.last { $0.to == [address] && $0.subject.contains(word) } }
        // A notifier that died with the letter in hand hands it over again after three minutes.
        try stage.wait("a letter to \(address)", seconds: 240) {
            stage.mailbox.look()
            return letter() != nil
        }
        guard let letter = letter() else { return }
        stage.say("    ✉ \(letter.subject)")
        for line in letter.text.split(separator: "\n") { stage.say("      \(line)") }
    }

    /// Several cards over one reader, one after the other.
    private func ceremony(_ words: [String], _ cards: [VirtualCard]) throws {
        try stage.pass(milliseconds: 2200)
        try book(words, cards, isOneCeremony: true)
    }
}
