import Contracts
import Glibc
import Sheets
import Testing

@testable import Kazasu

@Suite("The doors of a town that runs")
struct DoorAlarmTests {
    private let town: RunningTown

    init() throws {
        town = try RunningTown(
            { port in
                """
                town: nagai
                title: 長井市
                broker: { host: localhost, port: \(port) }
                agents:
                  gate-1:
                    readers:
                      reader-1: { device: "Virtual", place: civic-gym, purpose: "door:gym" }
                doors:
                  gym: { title: 市民体育館 }
                desks: [office]
                """
            }, options: ["--no-agents"])
        #expect(town.says("ready: "), "\(town.output)")
    }

    private func run(_ words: String...) -> (code: ExitCode, out: String) {
        var out = ""
        var console = Console.live
        console.out = { out += $0 }
        console.err = { out += $0 }
        console.progress = { _ in }
        return (Kazasu(commands: Kazasu.commands, console: console).run(words + ["--town", town.town]), out)
    }

    @Test("A forced door is an alarm at the desk until it is acknowledged, in the audit, and in a sheet for a spreadsheet")
    func forced() throws {
        let (folder, pipe) = (town.scratch.path, town.scratch.path + "/sensors")
        let lock = ChildSpec(
            "lock", .service, program: programs + "/kazasu",
            arguments: ["virtual-lock", "--door", "gym", "--town", town.town, "--state", folder + "/lock.json", "--sensors", pipe])
        let supervisor = Supervisor([lock]) { _, _ in }
        try supervisor.start(.service)
        defer { supervisor.stop() }
        #expect(eventually { exists(pipe) })
        let file = open(pipe, O_RDWR | O_CLOEXEC)
        defer { close(file) }
        func play(_ sensors: String) { _ = write(file, sensors + "\n", sensors.utf8.count + 1) }
        play("closed locked 80%")
        play("open")
        #expect(
            eventually {
                supervisor.turn(atMost: 20)
                return run("door", "alarms").code == .refused
            })
        let alarms = run("door", "alarms", "--lang", "ja").out
        #expect(alarms.contains("こじ開け") && alarms.contains("発生中"))
        let id = try #require(alarms.split(separator: "\n").last?.split(separator: " ").last)
        #expect(run("door", "ack", String(id), "--note", "鍵の紛失").code == .done)
        #expect(run("door", "alarms").out.contains("on, acknowledged"))
        #expect(run("door", "alarms").code == .done)
        #expect(run("door", "list").out.contains("FORCED OPEN"))
        #expect(run("door", "state", "gym").out.contains("80 %"))
        #expect(run("door", "battery").out.contains("not enough readings"))

        let audit = run("door", "audit", "gym").out
        #expect(audit.contains("forced open: acknowledged") && audit.contains("desk-office"))
        #expect(run("door", "audit", "gym", "--day", "2020-01-01").out.hasPrefix("nothing at door gym"))
        #expect(run("door", "audit", "gym", "--csv", folder + "/gym.csv", "--encoding", "cp932").code == .done)
        let sheet = try readWhole(folder + "/gym.csv")
        #expect(sheet.starts(with: [0x93, 0xFA, 0x8E, 0x9E]), "日時 in CP932")
        #expect(run("door", "audit", "gym", "--day", "2020-01-01", "--to", "18:00").code == .usage)

        let unlocked = run("door", "unlock", "gym", "--because", "配送", "--yes", "--lang", "ja")
        #expect(unlocked.code == .done && unlocked.out == "gym  開いた\n", "\(unlocked.out)")
        let line = try #require(run("door", "audit", "gym").out.split(separator: "\n").last)
        #expect(line.contains("opened from afar: 配送") && line.contains("desk-office"), "\(line)")
        #expect(
            run("door", "unlock", "gym", "--yes").code == .usage && run("door", "unlock", "gym", "--because", " ", "--yes").code == .usage)
        supervisor.stop()
        #expect(eventually { run("door", "state", "gym").code == .refused })
        let silent = run("door", "unlock", "gym", "--because", "配送", "--yes")
        #expect(silent.code == .refused && silent.out.contains("is not heard of"), "\(silent.out)")
    }
}
