import Contracts
import Town

extension Command {
    package static var health: Command {
        Command(
            "health", summary: "how every process and lock is, the worst first", options: [Flag.json.shape] + Station.options,
            details:
                "Exit code 1 when one is red, lost, stopped or was never heard of (a lock never heard of is only told), a clock is more than ten seconds off, or a backup failed or is old."
        ) { arguments, console in
            let station = try Station(arguments, console)
            let session = try station.lookout()
            let lives = try session.look(at: station.town.lifeFilters)
            let vitals = station.town.vitals(lives, at: station.place, now: console.now()).sorted {
                ($0.condition, $0.role, $0.instance) < ($1.condition, $1.role, $1.instance)
            }
            // Where the data are, their backups are known too; elsewhere nothing is said of them.
            let problems = station.backupProblems(now: console.now())
            // Only operators may ask; a desk is told what processes say by themselves.
            let survey = session.role == .operator ? try Survey.ask(station.town.asked(vitals), over: session) : Survey()
            let clocks = vitals.reduce(into: [Address: Problem]()) { $0[$1.address] = survey.clock(of: $1.address) ?? $1.clockless }
            if arguments.has(.json) {
                try console.json(vitals.map { HealthReport($0, survey.answers[$0.address]) })
            } else {
                let backups = problems.map { ["backup", "\($0.weight.rawValue): \(harmless($0.text))"] }
                console.out(table(backups + vitals.flatMap { rows($0, clocks[$0.address], station.town.offset) }))
            }
            return vitals.contains(where: \.isBad) || (problems + clocks.values).contains { $0.weight == .red } ? .refused : .done
        }
    }

    private static func rows(_ vitals: Vitals, _ clock: Problem?, _ offset: UTCOffset) -> [[String]] {
        let name = "\(vitals.role.rawValue) \(vitals.instance)"
        let since = vitals.life.map { "\($0.at.day(offset)) \($0.at.clock(offset).prefix(8))" } ?? ""
        let word =
            switch vitals.condition {
            case .lost where vitals.life?.state == .lost: "the connection broke; connected since \(since)"
            case .lost: "silent since \(since). Is its machine on? Look at its log"
            case .red: "red"
            case .unheard: "never heard of. Does it run? kazasu up starts it"
            case .stopped: "stopped at \(since)"
            case .amber: "amber"
            case .absent: "never heard of; perhaps not built in yet"
            case .ready: "ready"
            }
        let problems = ((vitals.life?.problems ?? []) + [clock].compactMap(\.self)).sorted { $0.weight == .red && $1.weight != .red }
        return [[name, word]] + (vitals.life?.state == .lost ? [] : problems.map { ["", "\($0.weight.rawValue): \(harmless($0.text))"] })
    }
}

/// What `health --json` says of one.
struct HealthReport: Encodable {
    let program: String
    let instance: Instance
    let condition: String
    /// How far its clock is ahead of ours, milliseconds; absent where it was not asked or did not answer.
    let clockAhead: Int64?
    let life: Life?

    init(_ vitals: Vitals, _ answer: Survey.Answer?) {
        clockAhead = answer?.ahead.milliseconds
        program = vitals.role.rawValue
        instance = vitals.instance
        condition = "\(vitals.condition)"
        life = vitals.life
    }
}
