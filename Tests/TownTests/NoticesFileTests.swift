import Contracts
import Testing

@testable import Town

@Suite("Notices of a town's file")
struct NoticesFileTests {
    static let file =
        small + """
            schedules: { school-days: { hours: { mon-fri: "08:30-15:30" } } }
            closures: { new-year: { dates: 12-29..01-03 } }
            notice-desks: [hall, press, staff-room]
            notices:
              mail: { server: smtp.nagai.example, user: kazasu, from: oshirase@nagai.example, name: 長井市, bounces: bounce@nagai.example, authority: ca.pem, connections: 8 }
              line: { login: "1234567890" }
              push: { contact: "mailto:it@nagai.example" }
              webhooks: { sign: { url: "https://sign.nagai.example/kazasu" } }
              contacts:
                town-hall: { title: 役場, mail: office@nagai.example, language: ja }
                hall-sign: { title: 玄関の掲示, webhook: sign }
              office: [town-hall]
              monitors: [town-hall, hall-sign]
              homes: [home-1]
              quiet: "22:30-06:00"
              late-after: 5m
              give-up-after: 12h
              probes: true
              rate: 50
              language: en
              silence: { association-after: 2h, office-after: 8h }
              schools:
                east: { title: 東小学校, schedule: school-days, closures: [new-year], gates: [gate-1], grace: 10m, pause: 1m, office: [town-hall], desks: [staff-room] }
                club: { title: 学童クラブ, schedule: school-days, gates: [gate-1], group: club, alarms: false }
                sunflower: { title: ひまわり園, schedule: school-days, gates: [gate-1], pupils: ひまわり, collectors: true }
              texts:
                arrived:
                  ja: { subject: "【{school}】登校", body: "{name}が{time}に着きました。{town}" }

            """

    @Test("All that a town can decide of notices")
    func whole() throws {
        let town = try Town.read(Array(Self.file.utf8), path: "/etc/kazasu/town.yaml")
        let policy = try #require(town.notices)
        #expect(policy.contacts.map(\.channels) == [[Reach(.mail, "office@nagai.example")], [Reach(.webhook, "sign")]])
        #expect(policy.office == ["town-hall"] && policy.monitors == ["town-hall", "hall-sign"] && policy.homes == ["home-1"])
        #expect(policy.quiet.from == 22 * 60 + 30 && policy.quiet.until == 6 * 60)
        #expect(policy.lateAfter == .seconds(300) && policy.givesUpAfter == .seconds(12 * 3600))
        #expect(policy.probes && policy.rate == 50 && policy.language == "en")
        #expect(policy.silence.associationAfter == .seconds(7200) && policy.silence.officeAfter == .seconds(8 * 3600))
        #expect(policy.texts[.arrived]?["ja"]?.subject == "【{school}】登校")
        let east = try #require(policy.school("east"))
        #expect(east.closures == [DateSpan("12-29..01-03")] && east.grace == .seconds(600) && east.pause == .seconds(60) && east.expects)
        #expect(policy.school("club")?.group == "club" && policy.school("club")?.expects == false)
        #expect(policy.school("sunflower")?.register == "ひまわり" && policy.school("sunflower")?.isForCollectors == true)
        #expect(policy.desks.map(\.schools) == [nil, nil, ["east"]], "a desk that a school names speaks for it alone")
        let mail = try #require(town.post.mail)
        #expect(mail.port == 587 && mail.encryption == .starttls && mail.authority == "/etc/kazasu/ca.pem" && mail.connections == 8)
        #expect(town.post.line && town.post.lineLogin == "1234567890")
        #expect(town.post.push?.contact == "mailto:it@nagai.example")
        #expect(town.post.webhooks.map(\.url) == ["https://sign.nagai.example/kazasu"])
        #expect(town.warnings.isEmpty)
    }

    @Test("An account alone is a flag", arguments: [("true", true), ("false", false)])
    func account(text: String, isOn: Bool) throws {
        let town = try Town.read(Array((small + "notices: { line: \(text) }\n").utf8), path: "town.yaml")
        #expect(town.post.line == isOn && town.post.lineLogin == nil)
    }

    @Test("A town that says nothing of notices tells nobody anything")
    func without() throws { #expect(try Town.read(Array(small.utf8), path: "town.yaml").notices == nil) }

    @Test("Each mistake with its place and what to do", arguments: mistakes)
    func mistake(text: String, expected: [String]) { #expect(sentences(small + "notices:\n" + text + "\n") == expected) }

    @Test("Whoever forgot a desk, a mail server or an office is warned")
    func warnings() throws {
        let text = """
            schedules: { s: { hours: { mon: "08:30-15:30" } } }
            notices:
              contacts: { hall: { title: 役場, mail: a@b.example } }
              schools: { east: { title: 東, schedule: s, gates: [gate-1] } }

            """
        let warnings = try Town.read(Array((small + text).utf8), path: "town.yaml").warnings.map(\.text)
        #expect(
            warnings.count == 3 && warnings[0].contains("notice-desks: [hall]") && warnings[1].contains("no mail leaves"), "\(warnings)")
    }
}

/// What follows stands from line 7 on.
private let mistakes: [(text: String, expected: [String])] = [
    (
        "  texts: { arrived: { ja: { subject: \"【{scool}】\", body: \"{name} {x\" } } }",
        [
            "7:38 \"subject\" of language \"ja\" of text \"arrived\" has {scool}, which \"arrived\" knows nothing of. Did you mean \"school\"? Known: {date}, {name}, {school}, {time}, {town}."
        ]
    ),
    (
        "  texts: { sign-in: { ja: { subject: \"入り口\", body: \"{town}\" } } }",
        ["7:27 language \"ja\" of text \"sign-in\" has no {links} in its body: nobody could open their page by it."]
    ),
    (
        "  texts: { prove: { ja: { subject: \"確認\", body: \"{town}\" } } }",
        ["7:25 language \"ja\" of text \"prove\" has no {code} in its body: nobody could prove an address by it."]
    ),
    (
        "  mail: { server: smtp.nagai.example, encryption: none, from: nobody }",
        ["7:63 \"from\" of \"mail\" of \"notices\" of the town is \"nobody\". Write a mail address, such as office@nagai.example."]
    ),
    (
        "  mail: { server: smtp.nagai.example, encryption: none, from: a@b.example }",
        [
            "7:51 \"encryption\" of \"mail\" of \"notices\" of the town is \"none\". Write starttls or tls: none is for a mail server on this machine alone."
        ]
    ),
    ("  line: yes", ["7:9 \"line\" of \"notices\" of the town is \"yes\". Write true or false."]),
    ("  line: {}", ["7:3 \"line\" of \"notices\" of the town lacks \"login\". Add it, for example login: \"1234567890\""]),
    (
        "  line: { login: 12345x, secret: abc }",
        [
            "7:18 \"login\" of \"line\" of \"notices\" of the town is \"12345x\". Write the channel ID of a LINE Login channel, which has digits alone, such as \"1234567890\".",
            "7:26 \"line\" of \"notices\" of the town has no setting \"secret\". Known: login.",
        ]
    ),
    (
        "  contacts: { hall: { title: 役場 } }\n  office: [hal]",
        [
            "7:21 contact \"hall\" is a mapping. Write a way to reach it, such as mail: office@nagai.example.",
            "8:12 this contact is \"hal\". Write one of the contacts: hall. Did you mean \"hall\"?",
        ]
    ),
    ("  quiet: 21-7", ["7:10 \"quiet\" of \"notices\" of the town is \"21-7\". Write hours of the night, such as \"21:00-07:00\"."]),
    (
        "  silence: { association-after: 8h, office-after: 2h }",
        [
            "7:51 \"office-after\" of \"silence\" of \"notices\" of the town is \"2h\". Write no less than association-after: the office comes last."
        ]
    ),
    (
        "  schools: { east: { title: 東, schedule: dayz, gates: [gate-2] } }",
        [
            "7:42 \"schedule\" of school \"east\" is \"dayz\". Write one of the schedules: none.",
            "7:56 this agent is \"gate-2\". Write one of the agents: gate-1. Did you mean \"gate-1\"?",
        ]
    ),
]
