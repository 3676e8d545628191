import Bus
import Contracts
import Town

extension Command {
    private static let family = Station.options + [Flag.json.shape]

    package static var doorList: Command {
        Command("door list", summary: "the doors and how they are", options: family) { arguments, console in
            let station = try Station(arguments, console)
            let reports = try doors(station, console)
            if arguments.has(.json) {
                try console.json(reports)
            } else if reports.isEmpty {
                console.line("this town has no doors")
            } else {
                let rows = reports.map {
                    [
                        $0.door.text, harmless($0.title ?? "-"), $0.lockWord, $0.lifeWord, $0.alarmWord, $0.accepts,
                        $0.lastWord(station.town.offset),
                    ]
                }
                console.out(table([["DOOR", "TITLE", "LOCK", "DOOR IS", "ALARMS", "ACCEPTS", "LAST"]] + rows))
            }
            return .done
        }
    }

    package static var doorState: Command {
        Command(
            "door state", "DOOR", count: 1...1, summary: "one door: its lock, its readers, what happened last", options: family,
            details: "Exit code 1 when the lock is lost or the door's state is too old to be believed."
        ) { arguments, console in
            let door = try arguments.operand(0, .door)
            let station = try Station(arguments, console)
            try station.check(door)
            guard let report = try doors(station, console).first(where: { $0.door == door }) else { return .refused }
            if arguments.has(.json) {
                try console.json(report)
            } else {
                let readers = report.readers.isEmpty ? "none" : report.readers.joined(separator: " ")
                console.out(
                    table([
                        ["door", door.text], ["title", harmless(report.title ?? "-")], ["lock", report.lockWord],
                        ["is", report.lifeWord(station.town.offset)], ["battery", report.battery.map { "\($0) %" } ?? "-"],
                        ["alarms", report.alarmWord],
                        ["accepts", report.accepts],
                        ["open for", "\(report.openSeconds) s"], ["readers", readers], ["last", report.lastWord(station.town.offset)],
                    ]))
            }
            return report.isTrusted ? .done : .refused
        }
    }

    /// The doors of the town's file, or of the site whose station this is, with what lock-controller keeps at the broker about each.
    private static func doors(_ station: Station, _ console: Console) throws -> [DoorReport] {
        let session = try station.lookout()
        let states = try session.look(at: [Channel.doors.filter(in: station.town.name)])
        let lives = try session.look(at: station.town.lifeFilters)
        let doors = station.town.doors.filter { station.place == nil || station.town.site(of: $0.id) == station.place }
        return doors.map { door in
            let site = station.town.site(of: door.id)
            let topic = Channel.doors.topic(in: station.town.name, door.id.named()).description
            let state = states.last { $0.topic == topic }.flatMap { try? Envelope<DoorState>(json: $0.payload).data }
            return DoorReport(
                door, state, readers: station.town.readers(of: door.id).map { "\($0.agent)/\($0.reader.id)" }, site: site,
                silentSince: site.flatMap { station.town.silence(of: $0, among: lives, now: console.now()) }, offset: station.town.offset,
                now: console.now())
        }
    }
}

/// A door as the town's file and lock-controller describe it.
private struct DoorReport: Encodable {
    let door: DoorID
    let title: String?
    let accepts: String
    let openSeconds: Int64
    let readers: [String]
    /// Nothing was heard of it from lock-controller, or not for too long.
    let isStale: Bool
    let lock: DoorState.Lock
    let lastOutcome: DoorOutcome.Result?
    let lastOutcomeAt: Instant?
    let life: DoorLifeChanged.Word?
    let lifeSince: Instant?
    let battery: Int?
    /// Not acknowledged.
    let alarms: Int
    /// Where it is decided on, if not by the town.
    let site: SiteID?
    /// The last word of its site, which is not heard; since 1970 if it never was.
    let siteSilentSince: Instant?
    private let offset: UTCOffset

    private enum CodingKeys: String, CodingKey {
        case door, title, accepts, openSeconds, readers, isStale, lock, lastOutcome, lastOutcomeAt, site, siteSilentSince
    }

    init(
        _ door: Town.Door, _ state: DoorState?, readers: [String], site: SiteID?, silentSince: Instant?, offset: UTCOffset, now: Instant
    ) {
        (self.site, siteSilentSince, self.offset) = (site, silentSince, offset)
        self.door = door.id
        title = door.title
        accepts = door.accepts.rawValue
        openSeconds = door.openFor.milliseconds / 1000
        self.readers = readers
        isStale = silentSince != nil || state.map { now > $0.at + .seconds($0.maxAge) } ?? true
        lock = state?.lock ?? .unknown
        lastOutcome = state?.lastOutcome
        lastOutcomeAt = state?.lastOutcomeAt
        life = state?.life
        lifeSince = state?.lifeSince
        battery = state?.battery
        alarms = state?.alarms ?? 0
    }

    var isTrusted: Bool { !isStale && lock != .lost }

    var lockWord: String {
        if let site, let since = siteSilentSince {
            return since == .distantPast ? "site \(site) never heard" : "site \(site) silent since \(since.minute(offset))"
        }
        return switch lock {
        case .unknown: isStale ? "nothing heard from lock-controller" : "never heard"
        case .ready: isStale ? "ready, but not lately" : "ready"
        case .lost: "lost"
        }
    }

    var lifeWord: String { life?.phrase[.en] ?? "-" }
    var alarmWord: String { alarms > 0 ? "\(alarms)" : "-" }

    func lifeWord(_ offset: UTCOffset) -> String { lifeSince.map { "\(lifeWord), since \($0.minute(offset))" } ?? lifeWord }

    func lastWord(_ offset: UTCOffset) -> String {
        guard let lastOutcome else { return "-" }
        let what =
            switch lastOutcome {
            case .opened: "opened"
            case .refused: "the lock refused"
            case .stayedShut: "unlocked, stayed shut"
            case .notSent: "order not sent"
            case .noAnswer: "no answer from the lock"
            }
        return lastOutcomeAt.map { "\(what), \($0.minute(offset))" } ?? what
    }
}
