import Contracts
import Testing

@testable import Town

@Suite("Shelters of a town's file")
struct ShelterFileTests {
    private let file = """
        town: nagai
        agents:
          gate-1:
            readers:
              r-1: { device: S, place: gym, purpose: "door:gym" }
              r-2: { device: S, place: gym, purpose: visit, when-open: s01 }
              r-3: { device: S, place: gym, purpose: "shelter:s02" }
          gate-2:
            readers:
              r-1: { device: S, place: hall, purpose: "door:hall" }
        doors: { gym: {}, hall: {} }
        shelter-desks: [headquarters]
        shelters:
          doors:
            s01: { shelter-staff: [gym], keys: [gym, hall] }
            s02: { shelter-staff: [hall] }
          questions: { allergy: アレルギー, formula: ミルク }

        """

    @Test("Which shelter opens which doors to whom, what is asked there, and which readers count its people")
    func whole() throws {
        let town = try Town.read(Array(file.utf8), path: "town.yaml")
        #expect(town.warnings == [])
        #expect(
            town.shelters.doors == [
                "gym": ["s01": ["shelter-staff", "keys"]], "hall": ["s01": ["keys"], "s02": ["shelter-staff"]],
            ])
        #expect(town.shelters.questions.map(\.need) == ["allergy", "formula"] && town.shelters.questions.last?.title == "ミルク")
        #expect(town.agents[0].readers.map(\.whenOpen) == [nil, "s01", nil])
        #expect(town.shelterAgents == ["gate-1": ["s01", "s02"]])
    }

    @Test("A reader of a door that counts people meanwhile is warned of, and so is a shelter that nobody may open")
    func warnings() throws {
        let text = file.replacing("purpose: \"door:hall\" }", with: "purpose: \"door:hall\", when-open: s01 }")
            .replacing("shelter-desks: [headquarters]\n", with: "")
        #expect(
            try Town.read(Array(text.utf8), path: "town.yaml").warnings.map { "\($0.line):\($0.column) \($0.text)" } == [
                "1:1 readers or doors stand for shelters, and nobody may open one or look at who is there. Add a reception: "
                    + "shelter-desks: [headquarters]",
                "10:7 reader \"r-1\" of agent \"gate-2\" counts people while shelter \"s01\" is open, and opens door \"hall\" for nobody "
                    + "meanwhile. Give the door another reader, or remove \"when-open\".",
            ])
    }

    @Test("Each mistake with its place and what to do", arguments: mistakes)
    func below(text: String, expected: [String]) {
        #expect(sentences(small + "doors: { gym: {} }\nshelters:\n" + text + "\n") == expected)
    }

    @Test("A hundred questions are taken, and one more is not")
    func questions() {
        func file(_ count: Int) -> String {
            small + "shelters: { questions: { " + (1...count).map { "q-\($0): 質問\($0)" }.joined(separator: ", ") + " } }\n"
        }
        #expect(sentences(file(100)) == [])
        #expect(sentences(file(101)) == ["6:13 \"questions\" of \"shelters\" of the town has 101 questions. At most 100 are taken."])
    }
}

/// Lines below `shelters:`, the eighth and following.
private let mistakes: [(text: String, expected: [String])] = [
    (
        "  doors: { s01: { shelter-staff: [gim] } }",
        ["8:35 this door is \"gim\". Write one of the doors: gym. Did you mean \"gym\"?"]
    ),
    (
        "  doors: { S_1: { shelter-staff: [gym] } }",
        [
            "8:12 the name of this shelter is \"S_1\". Write a name of a-z, 0-9 and -, at most 63 characters, the first not a -. Perhaps s-1."
        ]
    ),
    (
        "  doors: { s01: [gym] }",
        [
            "8:17 shelter \"s01\" in \"doors\" is a list. Write names, each with its settings, as name: { … } on lines of their own below it."
        ]
    ),
    (
        "  questions: { allergy: {} }",
        ["8:25 question \"allergy\" is a mapping. Write a name for people, on one line, at most 200 characters."]
    ),
]
