import Testing

@testable import Town

@Suite("Every mistake has its place, what is wrong and what to do")
struct MistakeTests {
    @Test("Lines put below a good town", arguments: added)
    func below(text: String, expected: [String]) { #expect(sentences(small + text + "\n") == expected) }

    @Test("Whole files, and many mistakes at once", arguments: whole)
    func files(text: String, expected: [String]) { #expect(sentences(text) == expected) }

    @Test("Shift_JIS is named as such, where it begins")
    func shiftJIS() {
        let found = faults(Array((small + "title: 長 \"").utf8) + [0x92, 0xB7, 0x88, 0xE4, 0x22, 0x0A])
        #expect(found.map(\.text) == ["this is not UTF-8 text. Save the file as UTF-8 (not Shift_JIS) in your editor."])
        #expect(found.first?.line == 6 && found.first?.column == 11)
    }

    @Test("A report names the file on every line and counts at the end")
    func report() {
        do throws(TownError) {
            _ = try Town.read(Array((small + "felica: 1\nfoo: 2\nbroker: { port: 0 }\n").utf8), path: "here/town.yaml")
            Issue.record("loaded")
        } catch {
            let lines = error.description.split(separator: "\n")
            #expect(
                lines.count == 4 && lines[0] == "here/town.yaml line 6, column 9: \"felica\" of the town is \"1\". Write true or false.")
            #expect(lines.last == "here/town.yaml has 3 mistakes; nothing of it is used until they are mended.")
        }
    }

    @Test("More agents, readers or doors than there may be")
    func tooMany() {
        let readers = (0..<17).map { "r-\($0): { device: S, place: p, purpose: visit }" }.joined(separator: ", ")
        let agents = (0..<5001).map { "  a-\($0): { readers: { r: { device: S, place: p, purpose: visit } } }\n" }.joined()
        let doors = (0..<10_001).map { "  d-\($0): {}\n" }.joined()
        #expect(
            sentences("town: n\nagents:\n  a: { readers: { \(readers) } }\n") == [
                "3:8 agent \"a\" has 17 readers. At most 16 are taken; give the rest to another agent."
            ])
        #expect(sentences("town: n\nagents:\n\(agents)") == ["2:1 the town has 5001 agents. At most 5000 are taken."])
        #expect(sentences(small + "doors:\n\(doors)") == ["6:1 the town has 10001 doors. At most 10000 are taken."])
    }

    @Test("A word is taken for another at two letters' distance, not at three, and never when nothing of it remains")
    func nearness() {
        #expect(nearest(to: "gte-1", among: ["gate-2", "gate-1"]) == "gate-1")
        #expect(nearest(to: "gaet", among: ["gate"]) == "gate")
        #expect(nearest(to: "abcdef", among: ["abcxyz"]) == nil)
        #expect(nearest(to: "x", among: ["in"]) == nil)
    }
}

/// Stands from line 6 on.
private let added: [(text: String, sentences: [String])] = [
    (
        "title: a: b",
        [
            "6:9 a colon stands where none can be. Indent the line like its neighbours, or put a value that contains a "
                + "colon and a space in quotes."
        ]
    ),
    (
        "title: \"open",
        [
            "7:1 the quote opened in line 6, column 8 is never closed. Close it."
        ]
    ),
    (
        "desks: [office",
        [
            "7:1 the list opened with [ in line 6 goes wrong here. Write , between values and ] after the last."
        ]
    ),
    (
        "desks: office",
        [
            "6:8 \"desks\" of the town is \"office\". Write a list, for example [office]."
        ]
    ),
    (
        "desks: [office, office]",
        [
            "6:17 desk \"office\" stands twice in the list. Remove one of them."
        ]
    ),
    (
        "desks: [a,,b]",
        [
            "6:11 a value is missing here. Check the commas and close the brackets."
        ]
    ),
    (
        "title x\nfelica: true",
        [
            "7:1 the key in line 6 has no colon after it. Write key: value, with a space after the colon."
        ]
    ),
    (
        " title: x",
        [
            "6:2 this line does not fit the lines above it. Indent it like the keys beside it; close quotes and brackets "
                + "before it."
        ]
    ),
    (
        "title: @x",
        [
            "6:8 no value can begin with this character. Put the whole value in double quotes."
        ]
    ),
    (
        "title: \"C:\\qx\"",
        [
            "6:11 \\ begins an escape in double quotes. Write \\\\ for a backslash, or use single quotes."
        ]
    ),
    (
        "title: *x",
        [
            "6:8 an alias (*) refers to another place. Write the value out here, or put a text that begins with * in "
                + "quotes."
        ]
    ),
    (
        "title: &x a",
        [
            "6:8 an anchor (&) is not read here. Write the value out wherever it is needed."
        ]
    ),
    (
        "title: !!str x",
        [
            "6:8 a tag (!) is not read here. Write the value alone, or put a text that begins with ! in quotes."
        ]
    ),
    (
        "title: |x",
        [
            "6:9 a value that begins with | or > goes on in the next line. Put a short text in double quotes instead."
        ]
    ),
    (
        "---\ntown: b",
        [
            "6:1 a second document starts here. Keep one document in a file: remove the line --- and what does not belong."
        ]
    ),
    (
        "? [a]\n: b",
        [
            "6:3 a list or mapping cannot be a key. Write a name before the colon, or put a text with brackets in quotes."
        ]
    ),
    (
        "title: a\u{07}b",
        [
            "6:9 a control character stands here. Delete it."
        ]
    ),
    (
        "title: \"a\\nb\"",
        [
            "6:8 \"title\" of the town is \"a�b\". Write a name for people, on one line, at most 200 characters."
        ]
    ),
    (
        "title: ~",
        [
            "6:8 \"title\" of the town is empty. Write a name for people, on one line, at most 200 characters."
        ]
    ),
    (
        "town: again",
        [
            "6:1 \"town\" stands twice here, first in line 1. Remove or rename one of them."
        ]
    ),
    (
        "tilte: x",
        [
            "6:1 the town has no setting \"tilte\". Did you mean \"title\"? Known: town, title, utc-offset, broker, "
                + "card-applications, felica, token-keys, double-tap, agents, doors, lockers, schedules, closures, terms, zones, disasters, "
                + "keep, sites, shelters, desks and 15 more."
        ]
    ),
    (
        "utc-offset: +9:00",
        [
            "6:13 \"utc-offset\" of the town is \"+9:00\". Write the distance from UTC, such as \"+09:00\"."
        ]
    ),
    (
        "broker: { hsot: a, port: 70000 }",
        [
            "6:11 the broker has no setting \"hsot\". Did you mean \"host\"? Known: host, port, device-port.",
            "6:26 \"port\" of the broker is \"70000\". Write a whole number from 1 to 65535.",
        ]
    ),
    (
        "broker: { host: \"a b\" }",
        [
            "6:17 \"host\" of the broker is \"a b\". Write a host name or address, such as localhost."
        ]
    ),
    (
        "felica: yes",
        [
            "6:9 \"felica\" of the town is \"yes\". Write true or false."
        ]
    ),
    (
        "broker: [a]",
        [
            "6:9 \"broker\" of the town is a list. Write its settings as key: value, indented below it, or {} for none."
        ]
    ),
    (
        "double-tap: { door: 2h, \"door:gym\": 1s }",
        [
            "6:21 purpose \"door\" in \"double-tap\" is \"2h\". Write a time with its unit (ms, s, m, h or d) from 0s to 60m, "
                + "such as 5s.",
            "6:25 the name of this purpose is \"door:gym\". Write a name of a-z, 0-9 and -, at most 63 characters, the "
                + "first not a -.",
        ]
    ),
    (
        "double-tap: { door: 5 }",
        [
            "6:21 purpose \"door\" in \"double-tap\" is \"5\". Write a time with its unit (ms, s, m, h or d) from 0s to 60m, "
                + "such as 5s."
        ]
    ),
    (
        "token-keys: { former: 1 }",
        [
            "6:1 \"token-keys\" of the town lacks \"current\". Add it, for example current: 2"
        ]
    ),
    (
        "token-keys: { current: 2, former: 2 }",
        [
            "6:35 \"former\" of \"token-keys\" of the town is \"2\". Write the number of the key before this one, or remove "
                + "\"former\" when the change is over."
        ]
    ),
    (
        "token-keys: { current: 0, former: 1000, next: 3 }",
        [
            "6:24 \"current\" of \"token-keys\" of the town is \"0\". Write a whole number from 1 to 999.",
            "6:35 \"former\" of \"token-keys\" of the town is \"1000\". Write a whole number from 1 to 999.",
            "6:41 \"token-keys\" of the town has no setting \"next\". Known: current, former.",
        ]
    ),
    (
        "operators: [IT_1, -x]",
        [
            "6:13 this operator is \"IT_1\". Write a name of a-z, 0-9 and -, at most 49 characters, the first not a -. "
                + "Perhaps it-1.",
            "6:19 this operator is \"-x\". Write a name of a-z, 0-9 and -, at most 49 characters, the first not a -.",
        ]
    ),
    (
        "doors: { gym: { accepts: poved, open-for: 90s }, controller-main: {} }",
        [
            "6:26 \"accepts\" of door \"gym\" is \"poved\". Write proved or read. Did you mean \"proved\"?",
            "6:43 \"open-for\" of door \"gym\" is \"90s\". Write a time with its unit (ms, s, m, h or d) from 1s to 1m, such as "
                + "5s.",
            "6:50 the lock of door \"controller-main\" would be the broker's user lock-controller-main, a name kept for "
                + "the program lock-controller. Rename the door.",
        ]
    ),
    (
        "keep: { audit-days: 500 }",
        ["6:21 \"audit-days\" of \"keep\" of the town is \"500\". Write a whole number from 1 to 400."]
    ),
    (
        "doors:\n  gym:",
        [
            "7:7 door \"gym\" is empty. Write its settings as key: value, indented below it, or {} for none."
        ]
    ),
    (
        "desks: [{}]",
        [
            "6:9 this desk is a mapping. Write a name of a-z, 0-9 and -, at most 49 characters, the first not a -."
        ]
    ),
    (
        "card-applications:\n  - name: civic\n    aid: F04B\n    number-tag: 5F\n    key: 0x17",
        [
            "7:5 this card application lacks \"number-file\". Add it, for example number-file: \"0001\"",
            "7:5 this card application lacks \"certificate-file\". Add it, for example certificate-file: \"0002\"",
            "7:5 this card application lacks \"issuer\". Add it, for example issuer: card-issuer.pem",
            "8:10 \"aid\" of this card application is \"F04B\". Write 10 to 32 hexadecimal digits (0-9, A-F), two a byte.",
            "9:17 \"number-tag\" of this card application is \"5F\". Write a whole tag, such as C1 or 5F20.",
            "10:10 \"key\" of this card application is \"0x17\". Write 2 hexadecimal digits (0-9, A-F), two a byte.",
        ]
    ),
    (
        "title: 長井市  # 長\ndoors: { 体育館: {}, gym: { title: 長井, acepts: read } }",
        [
            "7:10 the name of this door is \"体育館\". Write a name of a-z, 0-9 and -, at most 49 characters, the first not a "
                + "-.",
            "7:37 door \"gym\" has no setting \"acepts\". Did you mean \"accepts\"? Known: title, accepts, lease, keypad, open-for, "
                + "opens-for, first-person, limit, held-after, silent-after, driver, home-assistant.",
        ]
    ),
]

/// Read alone.
private let whole: [(text: String, sentences: [String])] = [
    (
        "",
        [
            "1:1 the file is empty. Write one: see Docs/town.md."
        ]
    ),
    (
        "just text",
        [
            "1:1 the file is \"just text\". Write its settings as key: value, indented below it, or {} for none."
        ]
    ),
    (
        "- a",
        [
            "1:1 the file is a list. Write its settings as key: value, indented below it, or {} for none."
        ]
    ),
    (
        "town: nagai\n\tagents: {}",
        [
            "2:1 a tab stands where YAML wants spaces. Replace it by spaces."
        ]
    ),
    (
        "town: nagai\nagents: {}",
        [
            "2:9 \"agents\" of the town names no agent. Name at least one."
        ]
    ),
    (
        "agents:\n  gate-1:",
        [
            "1:1 the town lacks \"town\". Add it, for example town: nagai",
            "2:10 agent \"gate-1\" is empty. Write its settings as key: value, indented below it, or {} for none.",
        ]
    ),
    (
        "town: Nagai City\nagents:\n  gate-1: { journal-limit: 0, sound: chime }\n  gate-2:\n    readers:\n      "
            + "Reader 1: { device: S, place: p, purpose: \"door:gmy\", direction: inn, position: [91, 1e3] }\n      r-2: { "
            + "purpose: door, position: [1] }\n      r-2: {}\n      r-3: { device: [a], place: p, purpose: \"a:b:c\" "
            + "}\ndoors: { gym: { open-for: 5 } }\n",
        [
            "1:7 \"town\" of the town is \"Nagai City\". Write a name of a-z, 0-9 and -, at most 63 characters, the first "
                + "not a -. Perhaps nagai-city.",
            "3:3 agent \"gate-1\" lacks \"readers\". Add it, for example readers: { reader-1: { device: \"…\", place: "
                + "hall, purpose: visit } }",
            "3:28 \"journal-limit\" of agent \"gate-1\" is \"0\". Write a whole number from 1 to 10000000.",
            "3:38 \"sound\" of agent \"gate-1\" is \"chime\". Write the whole path of one program, beginning with /, "
                + "without arguments.",
            "6:7 the name of this reader is \"Reader 1\". Write a name of a-z, 0-9 and -, at most 63 characters, the first "
                + "not a -. Perhaps reader-1.",
            "6:49 reader \"Reader 1\" of agent \"gate-2\" names door \"gmy\", which is not among the doors. Did you mean "
                + "\"gym\"? Doors known: gym.",
            "6:72 \"direction\" of reader \"Reader 1\" of agent \"gate-2\" is \"inn\". Write in or out. Did you mean "
                + "\"in\"?",
            "6:88 this degree in \"position\" of reader \"Reader 1\" of agent \"gate-2\" is \"91\". Write degrees from -90 "
                + "to 90, such as 38.1077.",
            "6:92 this degree in \"position\" of reader \"Reader 1\" of agent \"gate-2\" is \"1e3\". Write degrees from "
                + "-180 to 180, such as 38.1077.",
            "7:7 reader \"r-2\" of agent \"gate-2\" lacks \"device\". Add it, for example device: \"SONY FeliCa RC-S300/P\"",
            "7:7 reader \"r-2\" of agent \"gate-2\" lacks \"place\". Add it, for example place: civic-gym",
            "7:23 \"purpose\" of reader \"r-2\" of agent \"gate-2\" is \"door\". Write the door it stands for after a "
                + "colon, such as \"door:gym\". Doors known: gym.",
            "7:39 \"position\" of reader \"r-2\" of agent \"gate-2\" has 1 numbers. Write latitude and longitude, for "
                + "example [38.1077, 140.0408].",
            "8:7 \"r-2\" stands twice here, first in line 7. Remove or rename one of them.",
            "9:22 \"device\" of reader \"r-3\" of agent \"gate-2\" is a list. Write how the reader's name begins, as "
                + "pcsc_scan shows it, on one line, at most 128 characters.",
            "9:46 \"purpose\" of reader \"r-3\" of agent \"gate-2\" is \"a:b:c\". Write a purpose, such as visit or "
                + "\"door:gym\". Known: visit, enrol, door, locker, school-gate, shelter, event, ride, shop.",
            "10:27 \"open-for\" of door \"gym\" is \"5\". Write a time with its unit (ms, s, m, h or d) from 1s to 1m, such as "
                + "5s.",
        ]
    ),
]
