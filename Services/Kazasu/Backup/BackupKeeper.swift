import Contracts
import Launch
import ServiceKit
import Town

/// Has backups made at their hour, and one tried each week, while a town runs. Each is a command of its own, so that what becomes of it is nobody's trouble here.
final class BackupKeeper {
    private let settings: Town.Backups
    private let offset: UTCOffset
    private let data: DataFolder
    private let program: String
    private let arguments: [String]
    private let log: (String, String) -> Void
    private var running: Errand?
    /// A town that has just started has other things to do.
    private var nextLook = monotonicMilliseconds() + 60_000

    /// `nil` for a town that says nothing of backups.
    init?(_ town: Town, townFile: String, _ data: DataFolder, program: String, _ log: @escaping (String, String) -> Void) {
        guard let backups = town.backups else { return nil }
        (settings, offset, self.data, self.program, self.log) = (backups, town.offset, data, program, log)
        arguments = ["--town", townFile, "--data", data.root]
    }

    enum Chore: Equatable { case backup, trial }

    /// What is to be done, if anything: a backup once a day after its hour, and again an hour after one that failed; a trial a week after the last.
    static func due(_ status: BackupStatus, at minutes: Int, _ offset: UTCOffset, now: Instant) -> Chore? {
        let today = Instant(startOf: now.date(offset), offset) + .seconds(minutes * 60)
        let hour = today <= now ? today : today - .seconds(86_400)
        let last = status.last?.at ?? .distantPast
        if (status.lastGood ?? .distantPast) < hour { return last < hour || last + .seconds(3600) <= now ? .backup : nil }
        let tried = status.trial?.at ?? .distantPast
        let pause = status.trial?.trouble == nil ? Duration.seconds(7 * 86_400) : .seconds(86_400)
        return tried + pause <= now ? .trial : nil
    }

    /// Looks now and then what is due, and passes on what it says.
    func look(now: Instant) {
        if let running {
            running.look()
            guard let code = running.code else { return }
            for line in running.lines { log(running.name, line) }
            if code != 0 { log(running.name, "ended with code \(code)") }
            self.running = nil
        }
        guard nextLook <= monotonicMilliseconds() else { return }
        nextLook += 60_000
        guard let chore = Self.due(BackupStatus(of: data), at: settings.at, offset, now: now) else { return }
        let words = chore == .backup ? ["backup"] : ["backup", "try"]
        do throws(Failure) {
            running = try Errand(ChildSpec(words.joined(separator: " "), .service, program: program, arguments: words + arguments))
        } catch { log("backup", error.description) }
    }
}
