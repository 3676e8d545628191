import Contracts
import Glibc
import Testing

@testable import Kazasu
@testable import Launch

@Suite("Logs")
struct LogTests {
    @Test("A line is one event, however long it is and whatever stands in it")
    func lines() {
        #expect(LogLine.text("a\nb\r\nc", .notice, forJournal: false) == "a b  c\n")
        #expect(LogLine.text("down", .warning, forJournal: true) == "<4>down\n")
        for extra in 0..<4 {
            let long = LogLine.text(
                String(repeating: "x", count: 1990 + extra) + String(repeating: "扉", count: 2000), .error, forJournal: true)
            #expect(long.utf8.count <= 2010 && long.hasSuffix("扉…\n") && !long.contains("\u{FFFD}"), "\(long.utf8.count)")
        }
    }

    @Test("Standard error is the journal when systemd says that this very stream is")
    func journal() {
        #expect(LogLine.isJournal(stream: "8:1234", device: 8, inode: 1234))
        #expect(!LogLine.isJournal(stream: "8:1234", device: 8, inode: 4321) && !LogLine.isJournal(stream: "", device: 0, inode: 0))
    }

    @Test("Many lines at once, few in the long run, and how many were left out is said once")
    func allowance() {
        var allowance = LineAllowance()
        let first = (0..<1000).map { _ in allowance.take(at: 5000) }
        #expect(first.count { $0.isGranted } == 200 && first.allSatisfy { $0.leftOut == 0 })
        #expect(allowance.take(at: 5049) == (false, 0))
        #expect(allowance.take(at: 5100) == (true, 801))
        #expect(allowance.take(at: 5101) == (true, 0))
        #expect(allowance.take(at: 5102) == (false, 0))
        // A minute of silence fills it, and no more than that.
        #expect((0..<1000).map { _ in allowance.take(at: 65_102) }.count { $0.isGranted } == 200)
    }

    @Test("One process that floods leaves the others their lines, in the file and on the screen")
    func flood() {
        let scratch = Scratch()
        let moment = Instant(rfc3339: "2026-11-22T09:00:00+09:00") ?? .distantPast
        var shown = ""
        let log = EventLog(path: scratch.path + "/up.log", offset: .japan, names: ["gate-1", "points"], now: { moment }, forJournal: true) {
            shown += $0
        }
        for number in 0..<5000 { log.line("gate-1", "stumbled \(number)") }
        log.line("points", "ready")
        let kept = read(scratch.path + "/up.log").split(separator: "\n")
        #expect(kept.count { $0.contains(" gate-1  stumbled ") } < 400 && kept.last == "2026-11-22 09:00:00.000 points  ready")
        #expect(shown.hasSuffix("<5>points: ready\n"))
    }
}
