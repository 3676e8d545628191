import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import Town

@testable import Kazasu

@Suite("kazasu doctor")
struct DoctorTests {
    private let now = Instant(rfc3339: "2026-11-22T09:00:00+09:00") ?? .distantPast

    private func examine(_ vitals: [Vitals], _ own: OwnMachine = OwnMachine(), _ language: Language = .en) -> [Finding] {
        Examination(vitals: vitals, own: own, language: language, now: now, offset: .japan).findings
    }

    private func vitals(_ role: Role, _ state: Life.State = .ready, _ problems: [Problem] = [], version: String = "0.1.0") -> Vitals {
        Vitals(role, "main", Life(state, at: now, version: version, problems: problems), now: now)
    }

    @Test("Of a town in which all is well it says nothing; a lock that is not built in yet is nobody's trouble")
    func well() {
        #expect(examine([vitals(.points), vitals(.notifier), Vitals(.lock, "gym", nil, now: now)]) == [])
    }

    @Test("What does not run comes first, with what residents notice and the next step, in both languages")
    func down() {
        let lost = Vitals(.lockController, "main", Life(.lost, at: now - .seconds(600)), now: now)
        let slow = vitals(.notifier, .amber, [Problem(.amber, "backlog", "3 messages could not be handed over.")])
        let found = examine([slow, lost])
        #expect(found.map(\.place) == ["lock-controller main", "notifier main"])
        #expect(found[0].what == "silent since 2026-11-22 08:50" && found[0].effect == "doors open for nobody")
        #expect(found[1].what == "3 messages could not be handed over." && found[1].next.contains("kazasu notice status"))
        let japanese = examine([slow, lost], OwnMachine(), .ja)
        #expect(japanese[0].effect == "扉が開きません" && japanese[0].what.hasPrefix("応答なし"))
        #expect(japanese[1].what.hasPrefix("通知を送信できていません"))
        #expect(examine([Vitals(.points, "main", nil, now: now)]).map(\.what) == ["never heard of"])
    }

    @Test("A full disk, a clock without NTP, a certificate that ends, an old backup and programs of two versions are found")
    func machine() {
        var own = OwnMachine()
        own.disk = (1 << 30, 100 << 30)
        own.clock = .free
        own.certificate = ("authority.pem", now + .seconds(30 * 86_400))
        own.backups = [Problem(.red, "backup-old", "There is no backup yet.")]
        let found = examine([vitals(.points), vitals(.notifier, version: "0.2.0")], own)
        #expect(Set(found.map(\.code)) == ["disk", "time", "certificate", "backup-old", "versions"])
        #expect(found.filter { $0.weight == .red }.map(\.code).sorted() == ["backup-old", "disk"])
        own.disk = (6 << 30, 100 << 30)
        own.certificate = ("authority.pem", now + .seconds(100 * 86_400))
        own.clock = .synced
        own.backups = []
        #expect(examine([vitals(.points)], own) == [])
    }

    private func retained(_ topic: String, _ payload: String = "{}") -> Message {
        Message(topic: topic, payload: Array(payload.utf8), isRetained: true)
    }

    @Test("What the broker keeps of machines the town does not have, or whose rights were taken, is named; the rest is not")
    func strays() throws {
        let town = try town(doors: ["gym"])
        let old = String(decoding: try Life(.ready, at: now - .seconds(3 * 86_400)).json(), as: UTF8.self)
        let fine = [
            "nagai/reader-agent/health/gate-1/life", "nagai/lock/health/gym/life", "nagai/lock-controller/state/gym/door",
            "nagai/reader-agent/journal/gate-1/heads", "nagai/reader-agent/state/gate-1/reader-1--reader",
            "nagai/lock-controller/state/any/disasters",
        ]
        #expect(Strays(town: town, revoked: []).problems(among: fine.map { retained($0) }, now: now) == [])
        let stray = [
            retained("nagai/reader-agent/health/gate-9/life", old), retained("nagai/lock-controller/state/hall/door"),
            retained("nagai/points/journal/second/heads"), retained("nagai/points/state/a/nobody-knows"),
        ]
        let found = try #require(Strays(town: town, revoked: []).problems(among: fine.map { retained($0) } + stray, now: now).first)
        #expect(found.weight == .amber && found.code == "stray")
        for message in stray { #expect(found.text.contains(message.topic)) }
        #expect(found.text.contains("3 days old") && !found.text.contains("gate-1"))
        let revoked = Strays(town: town, revoked: ["agent-gate-1"]).problems(among: fine.map { retained($0) }, now: now)
        #expect(revoked.first?.text.contains("nagai/reader-agent/health/gate-1/life (rights taken)") == true)
        // What somebody has just said is not kept.
        #expect(Strays(town: town, revoked: []).problems(among: [Message(topic: stray[0].topic, payload: [])], now: now) == [])
    }

    @Test("The settings that kazasu up writes are well; each one that was changed is named")
    func settings() {
        let data = DataFolder(root: "/nowhere")
        let file = BrokerConfiguration(data: data, host: "localhost", port: 8883, devicePort: 8884, systemUser: "kazasu").text
        #expect(BrokerRules.problems(in: file) == [])
        let changes = [
            ("set_tcp_nodelay true", "set_tcp_nodelay false"), ("max_inflight_messages 4000", ""),
            ("max_queued_messages 100000000", "max_queued_messages 0"),
            ("persistence true", "persistence false"), ("autosave_interval 30", ""), ("allow_anonymous false", "allow_anonymous true"),
            ("max_packet_size 262144", "max_packet_size 1000"), ("max_packet_size 262144", "max_packet_size 268435456"),
            ("connection_messages false", "per_listener_settings true"),
        ]
        for (old, new) in changes {
            #expect(file.contains(old))
            let name = (new.isEmpty ? old : new).split(separator: " ")[0]
            let found = BrokerRules.problems(in: file.replacing(old, with: new))
            #expect(found.count == 1 && found[0].text.contains(name) && !found[0].text.contains(";"), "\(old) -> \(new): \(found)")
        }
    }

    @Test("A clock is judged by what is sure of its distance: amber beyond two seconds, red beyond ten")
    func clocks() {
        func weight(_ ahead: Int64, _ doubt: Int64) -> Problem.Weight? {
            Survey.clock(.milliseconds(ahead), doubt: .milliseconds(doubt))?.weight
        }
        #expect(weight(2000, 0) == nil && weight(-2001, 0) == .amber && weight(10_000, 0) == .amber && weight(-10_001, 0) == .red)
        #expect(weight(2900, 1000) == nil && weight(10_900, 1000) == .amber)
        #expect(Survey.clock(.seconds(-65), doubt: .zero)?.text == "Its clock is 65 s behind this machine's.")
        let boot = Vitals(.readerAgent, "gate-1", Life(.ready, at: now, clock: .boot), now: now)
        let free = Vitals(.readerAgent, "gate-2", Life(.ready, at: now, clock: .free), now: now)
        #expect(examine([boot, free]).map(\.code) == ["no-clock", "time"])
        #expect(examine([boot], OwnMachine(), .ja)[0].effect.contains("扉はカードを拒否"))
        var own = OwnMachine()
        own.clock = .free
        #expect(examine([free], own).map(\.place) == ["this machine"])
    }

    @Test("Events that are waited for are counted by who has said them")
    func lag() {
        let process = vitals(.points)
        var survey = Survey()
        survey.answers[process.address] = Survey.Answer(
            ahead: .zero, doubt: .zero,
            waiting: [
                Trouble(.waiting, on: "nagai/reader-agent/event/gate-1/tap", first: 5, last: 9),
                Trouble(.waiting, on: "nagai/reader-agent/event/gate-1/purpose", first: 0, last: 2),
                Trouble(.waiting, on: "nagai/resident-directory/event/main/points-view", first: 0, last: 0),
            ])
        let found = Examination(vitals: [process], own: OwnMachine(), language: .en, now: now, offset: .japan, survey: survey).findings
        #expect(found.map(\.code) == ["lag"] && found[0].what == "Events that exist have not come: 7 of reader-agent gate-1.")
    }

    @Test("On paper no line is wider than 80 columns, in either language, and nothing is lost", arguments: [Language.en, .ja])
    func paper(language: Language) {
        let life = Life(
            .red, at: now, problems: Advice.codes.map { Problem(.red, $0, "\($0): \(String(repeating: "very long words ", count: 9))") })
        let examination = Examination(
            vitals: [Vitals(.lockController, "main", life, now: now)], own: OwnMachine(), language: language, now: now, offset: .japan)
        let page = DoctorPage(findings: examination.findings, examination: examination, town: "長井市")
        let lines = page.printed.split(separator: "\n").map(String.init)
        #expect(lines.count > 4 * Advice.codes.count && lines.allSatisfy { displayWidth($0) <= 80 })
        func letters(_ text: String) -> String { text.filter { !$0.isWhitespace } }
        #expect(letters(page.printed).hasPrefix(letters(page.text)))
        #expect(wrapped("      " + String(repeating: "扉", count: 60), 80).map { displayWidth($0) } == [80, 52])
    }

    @Test("Without a broker this machine is looked at all the same")
    func noBroker() throws {
        let scratch = Scratch()
        let path = scratch.path + "/town.yaml"
        write(townText(port: freePort()), to: path)
        let data = DataFolder(root: scratch.path + "/data")
        try data.makeFolders()
        _ = try data.prepare(Town.load(path: path), port: 8883, now: now, progress: { _ in })
        let recorder = Recorder()
        #expect(recorder.run("doctor", "--town", path) == .refused)
        #expect(recorder.out.contains("NOW   town: the broker cannot be reached") && recorder.out.contains("disk "), "\(recorder.out)")
    }

    @Test("Every problem a program can tell of has a sentence in Japanese and a next step")
    func complete() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let found = runLines([
            "/usr/bin/grep", "-rhozoP", #"Problem\(\s*\.(red|amber),\s*"[a-z-]+""#, "/\(root)/Services", "/\(root)/Shared",
        ])
        let codes = Set(found.split(separator: "\0").compactMap { $0.split(separator: "\"").last.map(String.init) })
        #expect(codes.count > 35, "\(codes.sorted())")
        #expect(codes.filter { Advice.on($0) == nil }.sorted() == [])
    }

    private func runLines(_ words: [String]) -> String {
        guard let ended = try? runToEnd(ChildSpec("grep", .service, program: words[0], arguments: Array(words.dropFirst()))) else {
            return ""
        }
        return String(decoding: ended.output, as: UTF8.self)
    }

    @Test("On a running town it is one page, and says in Japanese what a killed service means")
    func page() throws {
        let town = try RunningTown()
        #expect(town.says("ready: "), "\(town.output)")
        func doctor(_ words: String...) -> (code: ExitCode, out: String) {
            let recorder = Recorder()
            let code = Kazasu(commands: Kazasu.commands, console: recorder.console()).run(["doctor", "--town", town.town] + words)
            return (code, recorder.out)
        }
        let said = doctor()
        #expect(said.out.hasPrefix("長井市  20"), "\(said)")
        #expect(!said.out.contains("lock-controller"), "\(said)")
        #expect(said.out.contains("2 asked for their clocks and gaps") || said.out.contains("3 asked"), "\(said)")
        #expect(!said.out.contains("Its clock is") && !said.out.contains("mosquitto.conf"), "\(said)")
        // The more often it dies, the longer the pause before its next start.
        for death in 1...4 {
            kill(try #require(town.process(of: "lock-controller-main")), SIGKILL)
            #expect(town.says("started again, process", times: death), "\(town.output)")
        }
        kill(try #require(town.process(of: "lock-controller-main")), SIGKILL)
        #expect(
            eventually {
                let said = doctor("--lang", "ja")
                return said.code == .refused && said.out.contains("●至急  lock-controller main: 応答なし")
                    && said.out.contains("影響: 扉が開きません")
            })
    }
}
