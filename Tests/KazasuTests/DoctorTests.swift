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
