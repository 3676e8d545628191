import Contracts
import Testing

@testable import Town

@Suite("Lockers of a town")
struct LockerMistakeTests {
    @Test("Each mistake with its place and what to do", arguments: mistakes)
    func below(text: String, expected: [String]) { #expect(sentences(small + "doors: { gym: {} }\nlockers:\n" + text + "\n") == expected) }

    @Test("Compartments are doors after the others, with the settings of their locker; a door may have a keypad")
    func settings() throws {
        let text = """
            doors: { gym: { keypad: true } }
            lockers:
              library: { compartments: [lib-1, lib-2], keep: 3d, remind: 6h, accepts: read, open-for: 8s }
              post: { compartments: [post-1] }
            """
        let town = try Town.read(Array((small + text).utf8), path: "town.yaml")
        #expect(town.doors.map(\.id) == ["gym", "lib-1", "lib-2", "post-1"])
        #expect(town.doors.map(\.hasKeypad) == [true, false, false, false])
        #expect(town.doors[1].accepts == .read && town.doors[1].openFor == .seconds(8) && town.doors[3].accepts == .proved)
        let library = try #require(town.locker("library"))
        #expect(library.keep == .days(3) && library.remind == .seconds(6 * 3600))
        #expect(town.locker("post")?.keep == .time(.seconds(72 * 3600)))
        let idle = town.warnings.map(\.text)
        #expect(idle.contains { $0.hasPrefix("no reader stands for locker \"library\".") } && !idle.contains { $0.contains("lib-1") })
    }

    @Test(
        "Three days end at the end of the third day after, by the town's clock, and hours after so many hours",
        arguments: [
            ("2026-11-21T00:00:00+09:00", "2026-11-25T00:00:00+09:00"), ("2026-11-21T23:59:59+09:00", "2026-11-25T00:00:00+09:00"),
        ])
    func keeping(start: String, end: String) throws {
        let start = try #require(Instant(rfc3339: start))
        #expect(Keeping.days(3).end(from: start, .japan) == Instant(rfc3339: end))
        #expect(Keeping.time(.seconds(3600)).end(from: start, .japan) == start + .seconds(3600))
    }
}

/// Lines below `lockers:`, the eighth and following.
private let mistakes: [(text: String, expected: [String])] = [
    ("  library: {}", ["8:3 locker \"library\" lacks \"compartments\". Add it, for example compartments: [library-1, library-2]"]),
    (
        "  library: { compartments: [] }",
        ["8:28 \"compartments\" of locker \"library\" has 0 names. Write 1 to 500."]
    ),
    (
        "  gym: { compartments: [lib-1, gym, lib-1] }",
        [
            "8:3 locker \"gym\" has the name of a door, and journals could not tell them apart. Rename one of them.",
            "8:32 \"gym\" is a door or a compartment already. Give each compartment a name of its own.",
            "8:37 \"lib-1\" is a door or a compartment already. Give each compartment a name of its own.",
        ]
    ),
    (
        "  library: { compartments: [controller-1], keep: 3, remind: 2d }",
        [
            "8:29 this compartment is \"controller-1\". Write another name: lock-controller-1 is kept for the program lock-controller.",
            "8:50 \"keep\" of locker \"library\" is \"3\". Write how long an item is kept: hours from 1h to 2160h, or days from 0d to 90d, which end at midnight.",
            "8:61 \"remind\" of locker \"library\" is \"2d\". Write how long before its end, in hours from 0h (nobody is reminded) to 2160h.",
        ]
    ),
]
