import Contracts
import ServiceKit
import Testing

@testable import Kazasu

@Suite("Bookings of another system in a town that runs")
struct BookingImportTests {
    private let town: RunningTown

    init() throws {
        town = try RunningTown(
            { port in
                """
                town: nagai
                broker: { host: localhost, port: \(port) }
                agents:
                  gate-1:
                    readers:
                      reader-1: { device: "Virtual", place: gym, purpose: "door:gym" }
                doors:
                  gym: { title: 市民体育館 }
                desks: [office]
                """
            }, options: ["--no-agents"])
        #expect(town.says("ready: "), "\(town.output)")
    }

    private func run(_ words: String...) -> (code: ExitCode, out: String, err: String) {
        var (out, err) = ("", "")
        var console = Console.live
        console.out = { out += $0 }
        console.err = { err += $0 }
        console.isTerminal = false
        console.progress = { _ in }
        let code = Kazasu(commands: Kazasu.commands, console: console).run(words + ["--town", town.town])
        return (code, out, err)
    }

    @Test(
        "A file changes nothing until it is applied; then it is all there, twice changes nothing, and moved, swapped and cancelled ones are told in words"
    )
    func whole() throws {
        let path = town.scratch.path + "/bookings.csv"
        let day = (wallClock() + .seconds(3 * 86_400)).day(.japan)
        func file(_ lines: String...) {
            let head = "予約番号,施設,日付,開始,終了,利用者"
            write(([head] + lines.map { $0.replacing("DAY", with: day) }).joined(separator: "\r\n") + "\r\n", to: path)
        }
        let person = "p-aaaaaaaaaaaaaaaa"
        file("1,市民体育館,DAY,9:00,10:00,\(person)", "2,gym,DAY,10:00,11:00,\(person)", "3,gym,DAY,13:00,14:00,\(person)")
        let trial = run("booking", "import", path)
        #expect(trial.code == .done && trial.out.hasSuffix("3 new\n") && trial.err.contains("nothing was changed yet"), "\(trial)")
        #expect(run("booking", "list").out.hasPrefix("no bookings"))
        #expect(run("booking", "import", path, "--apply").out.hasSuffix("3 new\n"))
        #expect(run("booking", "import", path, "--apply").out == "3 same\n")

        // The first moves to where the second was, which moves on: refused at first, done once that has gone.
        file("1,gym,DAY,10:00,11:00,\(person)", "2,gym,DAY,11:00,12:00,\(person)")
        let planned = run("booking", "import", path, "--complete")
        #expect(planned.code == .done && planned.out.hasSuffix("2 changed, 1 cancelled\n"), "\(planned)")
        let moved = run("booking", "import", path, "--complete", "--apply")
        #expect(
            moved.code == .done && moved.out.contains("line 2           changed    gym \(day) 09:00–10:00 → gym \(day) 10:00–11:00"),
            "\(moved)")
        #expect(moved.out.contains("not in the file  cancelled  gym \(day) 13:00–14:00") && moved.out.hasSuffix("2 changed, 1 cancelled\n"))
        #expect(run("booking", "list").out.split(separator: "\n").count == 3)

        file("9,gym,DAY,18:00,19:00,\(person)")
        let many = run("booking", "import", path, "--complete", "--apply")
        #expect(many.code == .refused && many.err.contains("2 bookings would be cancelled, more than half"), "\(many)")
        #expect(run("booking", "import", path, "--complete", "--apply", "--even-if-many").out.hasSuffix("1 new, 2 cancelled\n"))
        file("9,gym,DAY,18:00,19:00,\(person)", "10,gim,DAY,19:00,20:00,\(person)")
        let fault = run("booking", "import", path, "--complete")
        #expect(
            fault.code == .refused
                && fault.err.contains("line 3: \"gim\" is neither the name nor the title of a door. Did you mean \"gym\"?"))
        #expect(run("booking", "no-shows").out.hasPrefix("every booking from "))
    }
}
