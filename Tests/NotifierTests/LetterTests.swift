import Contracts
import Harness
import Post
import Testing

@testable import Notifier

/// What a message says, and to whom in which language.
@Suite struct LetterTests {
    @Test("Each text names only what it can know, in both languages", arguments: NoticeWord.allCases)
    func placeholders(word: NoticeWord) {
        let known = word.placeholders.union([.town]).map(\.rawValue)
        for tongue in [Tongue("ja"), Tongue("en")] {
            let text = word.text(in: tongue)
            #expect(!text.subject.isEmpty && !text.body.isEmpty)
            #expect(text.placeholders.allSatisfy(known.contains), "\(word): \(text.placeholders)")
        }
    }

    @Test("Who reads English is written to in English, who reads another language too, and a town may have words of its own")
    func languages() throws {
        var policy = TestNotices.policy
        policy.texts[.sheltered] = [
            "ja": NoticeText(subject: "安否", body: "{name} {shelter} {town} {nonsense}"),
            "pt": NoticeText(subject: "Abrigo", body: "{name}: {shelter}"),
        ]
        let town = try TestNotices(policy)
        for (number, language) in [(2, "ja"), (3, "en-US"), (4, "pt-BR"), (5, nil)] as [(Int, String?)] {
            try town.learn(number) {
                $0.channels = [Reach(.mail, "\(number)@mail.example")]
                $0.language = language
            }
        }
        try town.learn(1) {
            $0.called = "長井 ハナ"
            $0.tell = (2...5).map { .init(.person($0), as: .family, kinds: [.safety]) }
        }
        try town.shelter(1, .here, at: "s01")
        let bodies = Dictionary(uniqueKeysWithValues: town.mails.map { ($0.to, $0.body) })
        #expect(bodies["2@mail.example"] == "長井 ハナさん s01 長井市 ")
        #expect(bodies["3@mail.example"] == "長井 ハナ came to the shelter s01 at 8:00 on Sat 21 Nov.")
        #expect(bodies["4@mail.example"] == "長井 ハナ: s01")
        #expect(bodies["5@mail.example"] == bodies["2@mail.example"], "the town's own language for who has said nothing")
    }

    @Test("A brace that is not closed, and what looks like a placeholder in a name, stay as they are")
    func braces() {
        let text = NoticeText(subject: "{name}", body: "{name} {").filled([.name: "{school}", .school: "東"])
        #expect(text == NoticeText(subject: "{school}", body: "{school} {"))
    }

    @Test("A thing in a locker is told to whoever it is for and wants to hear of it")
    func locker() throws {
        let town = try TestNotices()
        try town.learnGuardian(2, agreed: [.locker])
        try town.learnGuardian(3)
        try town.item(for: 2)
        try town.item(for: 3)
        #expect(town.mails.map(\.to) == ["parent2@mail.example"])
        #expect(town.mails.first?.body == "libraryに品物（R-15）が入りました。11月22日(日) 8:00までにカードをかざしてお受け取りください。")
        try town.item(for: 2, .collected)
        try town.item(for: 2, .reminder)
        #expect(town.mails.map(\.subject) == ["【library】お受け取りいただけます", "【library】お受け取りの期限が近づいています"])
    }

    @Test("Of whom nobody may be told, nobody is")
    func hidden() throws {
        let town = try TestNotices()
        try town.learnGuardian(2)
        try town.learn(1) { ($0.called, $0.tell) = ("長井 ハナ", []) }
        try town.shelter(1, .here, at: "s01")
        #expect(town.parcels.isEmpty)
    }
}
