import Contracts
import Glibc
import Testing

@testable import Town

@Suite("A town's file")
struct TownFileTests {
    @Test("The example loads without a fault or a warning, and says what it says")
    func example() throws {
        let town = try Town.load(path: examplePath)
        #expect(town.name == "nagai" && town.title == "長井市" && town.offset == .japan && town.felica)
        #expect(town.warnings.isEmpty)
        #expect(town.agents.map(\.id) == ["gate-1", "school-1"])
        let gate = try #require(town.agent("gate-1"))
        #expect(gate.journalLimit == 100_000 && gate.sound == "/usr/local/bin/chime")
        #expect(gate.reader("reader-2")?.direction == .out && gate.reader("reader-3")?.whenOpen == "s01")
        #expect(town.shelters.doors == ["gym": ["s01": ["shelter-staff"]]] && town.shelters.questions.last?.title == "車いす")
        #expect(town.agents[1].journalLimit == 1_000_000)
        #expect(town.agents[1].readers[0].position == Position(lat: 38.1077, lon: 140.0408))
        #expect(town.readers(of: "gym").map(\.reader.id) == ["reader-1", "reader-2"])
        let door = try #require(town.door("gym"))
        #expect(door.title == "市民体育館" && door.accepts == .proved && door.openFor == .seconds(5))
        #expect(town.desks == ["office"] && town.operators == ["it-1"] && town.registrars == ["civil-affairs", "tax"])
        #expect(town.people.programmes.map(\.id) == ["senior-bus", "child"] && town.people.programmes[0].fromAge == 70)
        #expect(town.people.lists.map(\.says) == [.residents, .members("first-school")])
        #expect(town.pointsDesks == ["chamber"] && town.points.rules.map(\.id) == ["gym-visit", "with-a-child", "marathon"])
        #expect(town.points.lines.map(\.fare) == [.flat(200)] && town.points.shops.map(\.fee) == [150])
        #expect(town.people.lists[0].columns[.number] == "宛名番号" && town.people.lists[1].columns[.born] == "生年月日")
    }

    @Test("A card application's hexadecimal is read as such, and its issuer lies beside the file")
    func application() throws {
        let application = try #require(try Town.load(path: examplePath).application("civic"))
        #expect(application.aid == [0xF0, 0x4B, 0x41, 0x5A, 0x41, 0x53, 0x55, 0x01, 0x01])
        #expect(application.numberFile == 1 && application.certificateFile == 2)
        #expect(application.numberTag == [0xC1] && application.key == 0x17)
        #expect(application.issuer.hasSuffix("/deploy/card-issuer.pem"))
        let here = try Town.read(try exampleBytes(), path: "town.yaml")
        #expect(here.applications[0].issuer == "card-issuer.pem")
    }

    @Test("The longest name of an agent is one that journals can still put behind its program's")
    func longestName() throws {
        func named(_ length: Int) throws -> Town {
            try Town.read(Array(small.replacing("gate-1", with: String(repeating: "g", count: length)).utf8), path: "town.yaml")
        }
        let agent = try #require(try named(49).agents.first).id
        #expect(TopicName(Address("reader-agent", agent.named()).description) != nil)
        #expect(throws: TownError.self) { try named(50) }
    }

    @Test("What is not written has its default")
    func defaults() throws {
        let town = try Town.read(Array((small + "doors: { back: {} }\n").utf8), path: "town.yaml")
        #expect(town.broker.host == "localhost" && town.broker.port == 8883 && town.felica && town.offset == .japan)
        #expect(town.doubleTap.window(for: Purpose(kind: "visit")) == .seconds(3))
        #expect(town.doors[0].accepts == .proved && town.doors[0].openFor == .seconds(5))
        #expect(town.doors[0].heldAfter == .seconds(60) && town.doors[0].silentAfter == .seconds(120))
        #expect(town.keepsAudit == .seconds(90 * 86_400))
        #expect(town.title == nil && town.agents[0].sound == nil)
        #expect(town.tokenKeys.current == 1 && town.tokenKeys.former == nil)
    }

    @Test("A former token key is read, and warned of for as long as it stands there")
    func tokenKeys() throws {
        func town(_ keys: String) throws -> Town { try Town.read(Array((small + "token-keys: \(keys)\n").utf8), path: "town.yaml") }
        let changing = try town("{ current: 2, former: 1 }")
        #expect(changing.tokenKeys.current == 2 && changing.tokenKeys.former == 1)
        #expect(changing.warnings.map(\.line) == [6] && changing.warnings[0].text.contains("Docs/operations.md"))
        let changed = try town("{ current: 2 }")
        #expect(changed.tokenKeys.current == 2 && changed.tokenKeys.former == nil && changed.warnings.isEmpty)
    }

    @Test("A double tap's window is that of the purpose's kind, whatever the thing")
    func doubleTap() throws {
        let window = try Town.load(path: examplePath).doubleTap
        #expect(window.window(for: .door("gym")) == .seconds(1))
        #expect(window.window(for: Purpose(kind: "school-gate")) == .seconds(60))
        #expect(window.window(for: Purpose(kind: "ride", thing: "bus-7")) == .seconds(3))
    }

    @Test("A door that no reader stands for and a purpose nobody knows are warned of, and the town loads")
    func warnings() throws {
        let text = small.replacing("visit", with: "vist") + "doors:\n  back: {}\n"
        let town = try Town.read(Array(text.utf8), path: "town.yaml")
        #expect(
            town.warnings.map { $0.described(in: "town.yaml") } == [
                "town.yaml line 5, column 44: no purpose \"vist\" is known. Did you mean \"visit\"? "
                    + "Known: visit, enrol, door, locker, school-gate, shelter, event, ride, shop.",
                "town.yaml line 7, column 3: no reader stands for door \"back\". Give a reader the purpose \"door:back\", or remove the door.",
            ])
    }

    @Test("A file that is not there, or is no file, says so in one sentence")
    func unreadable() {
        #expect(
            sentence(of: "/nonexistent/town.yaml")
                == "/nonexistent/town.yaml cannot be read: there is no such file. Write one: see Docs/town.md.")
        #expect(sentence(of: "/dev") == "/dev cannot be read: it is not a file. Name a town.yaml: see Docs/town.md.")
    }

    @Test("A byte order mark moves no column")
    func byteOrderMark() throws {
        _ = try Town.read([0xEF, 0xBB, 0xBF] + small.utf8, path: "town.yaml")
        #expect(faults([0xEF, 0xBB, 0xBF] + "tawn: x".utf8).first?.column == 1)
    }

    private func sentence(of path: String) -> String? {
        do throws(TownError) {
            _ = try Town.load(path: path)
            return nil
        } catch { return error.description }
    }
}
