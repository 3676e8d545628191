import Bus
import Contracts
import Glibc
import Launch
import ServiceKit
import Town

/// Practises one thing on a town that runs, says what to do, waits for what should be seen, and writes down how it went.
struct Drill {
    let station: Station
    let console: Console

    /// How long one waits for a machine, and for a person.
    static let machinePatience: Int64 = 60_000
    static let personPatience: Int64 = 180_000

    /// It did not go as it should; how, in a sentence.
    struct Trouble: Error { let text: String }

    /// - Returns: how it went, as it was written down.
    func run(_ kind: DrillKind, of thing: String?, _ body: () throws -> Void) throws -> DrillBook.Entry {
        let lock = try DrillLock(station.data)
        let at = console.now()
        let start = monotonicMilliseconds()
        var trouble: String?
        do { try body() } catch let found as Trouble { trouble = found.text }
        console.progress("")
        let seconds = Double(monotonicMilliseconds() - start) / 1000
        let entry = DrillBook.Entry(kind: kind, of: thing, at: at, seconds: seconds, trouble: trouble)
        var book = DrillBook(of: station.data)
        try book.note(entry, in: station.data)
        _ = consume lock
        return entry
    }

    // MARK: What can be practised

    /// Ends the broker, as a power cut of its machine would, but orderly; `kazasu up` starts it again.
    func brokerRestart() throws {
        // Locks say how they are in their own time, and some are not built in yet.
        let before = try vitals().filter { $0.answers && $0.life != nil && $0.role != .lock && $0.role != .keypad }
        try refuseIfIll(before)
        let text = (try? readWhole(station.data.brokerProcess)).map { String(decoding: $0, as: UTF8.self).trimmed }
        guard let process = text.flatMap({ pid_t($0) }), process > 1, isBroker(process) else {
            throw Failure.refused("this machine does not run the town's broker. Practise it where kazasu up runs.")
        }
        guard kill(process, SIGTERM) == 0 else { throw Failure.refused("the broker cannot be ended: \(String(cString: strerror(errno)))") }
        try wait(Self.machinePatience, for: "every service to be back") {
            // Nobody can be asked while there is no broker.
            guard let now = try? vitals() else { return nil }
            // Each by its own clock: what the broker has kept over its restart is as old as it was.
            let back = before.filter { old in
                now.contains {
                    $0.role == old.role && $0.instance == old.instance && $0.answers
                        && $0.life?.at ?? .distantPast > old.life?.at ?? .distantPast
                }
            }
            return back.count == before.count ? [] : before.map(\.name).filter { !back.map(\.name).contains($0) }
        }
    }

    func readerUnplug(_ reader: ReaderPlace) throws {
        try station.town.check(reader)
        guard try vitals().contains(where: { $0.role == .readerAgent && $0.instance.text == reader.agent.text && $0.answers }) else {
            throw Failure.refused("agent \(reader.agent) does not run, so it would notice nothing. Start it first: kazasu health")
        }
        let codes: Set = ["reader-missing", "reader-failed", "pcscd"]
        func isSeen() throws -> Bool {
            try vitals().contains { one in
                one.role == .readerAgent && one.instance.text == reader.agent.text
                    && (one.life?.problems ?? []).contains { codes.contains($0.code) }
            }
        }
        guard try !isSeen() else { throw Failure.refused("\(reader.agent) misses a reader already: kazasu health") }
        console.note("unplug \(reader.reader) at \(reader.agent) now (リーダーを抜いてください)")
        try wait(Self.personPatience, for: "\(reader.agent) to notice") { try isSeen() ? [] : ["\(reader.agent) says nothing of it"] }
        console.note("\(reader.agent) says so. Plug it in again (戻してください)")
        try wait(Self.personPatience, for: "\(reader.agent) to have it back") { try isSeen() ? ["\(reader.agent) still misses it"] : [] }
    }

    func linkCut(_ site: SiteID) throws {
        func isSilent() throws -> Bool { try vitals().contains { station.town.place(of: $0.role, $0.instance) == site && !$0.answers } }
        guard try !isSilent() else { throw Failure.refused("site \(site) is not heard already: kazasu health") }
        console.note("pull the cable between site \(site) and the town now (回線を抜いてください). Doors there go on")
        try wait(Self.personPatience, for: "the town to notice") { try isSilent() ? [] : ["site \(site) is heard still"] }
        console.note("the town says that \(site) is silent. Plug it in again (戻してください)")
        try wait(Self.personPatience, for: "all to be heard again, and what was missed to be told") {
            let now = try vitals()
            let silent = now.filter { station.town.place(of: $0.role, $0.instance) == site && !$0.answers }.map(\.name)
            return silent + now.filter { ($0.life?.counters?["missing"] ?? 0) > 0 }.map { "\($0.name) waits for events" }
        }
    }

    func restore() throws {
        let faults = try Backup(of: station, console).tryNewest()
        guard faults.isEmpty else { throw Trouble(text: faults.joined(separator: "; ")) }
    }

    /// A mode that says of itself that it is a drill, wished for at one desk and agreed to at another; it ends after a quarter of an hour at the latest.
    func disaster(_ plan: DisasterPlanID) throws {
        let desk = try station.desk()
        let wish = ProposeDisaster(plan, until: console.now() + .seconds(900), drill: true)
        let mode = try desk.ask(wish, on: .proposeDisaster, for: DisasterMode.self)
        // Whatever happens here, the doors do not stay as they are in a disaster.
        defer { _ = try? desk.ask(EndDisaster(mode.id), on: .endDisaster, for: DisasterMode.self) }
        console.note("at another desk, now: kazasu disaster agree \(mode.id) --as OTHER-DESK (別の窓口で承認してください)")
        try wait(Self.personPatience, for: "another desk to agree") {
            let states = try station.lookout().look(at: [Channel.disasters.filter(in: station.town.name)])
                .compactMap { try? Envelope<DisasterState>(json: $0.payload).data }
            return states.last?.modes.contains { $0.id == mode.id && $0.stage == .active } == true ? [] : ["no other desk has agreed"]
        }
        console.note("\(plan) is in force, as a drill. Look at the doors, then press Enter: it ends (Enterで終了)")
        if console.isTerminal { _ = console.read() }
    }

    // MARK: Parts

    private func vitals() throws -> [Vitals] {
        let lives = try station.lookout().look(at: station.town.lifeFilters)
        return station.town.vitals(lives, at: station.place, now: console.now())
    }

    /// What is ill already would be taken for what the drill has done.
    private func refuseIfIll(_ vitals: [Vitals]) throws(Failure) {
        if let ill = vitals.first(where: { $0.condition == .red }) {
            throw .refused("\(ill.name) is red. Practise when all is well: kazasu doctor")
        }
    }

    /// A number may have gone to another process since.
    private func isBroker(_ process: pid_t) -> Bool {
        (try? readWhole("/proc/\(process)/comm")).map { String(decoding: $0, as: UTF8.self).trimmed } == "mosquitto"
    }

    /// - Parameter left: what is not yet as it should be; `nil` where nobody knows.
    private func wait(_ patience: Int64, for what: String, until left: () throws -> [String]?) throws {
        let deadline = monotonicMilliseconds() + patience
        console.progress("waiting for \(what)")
        while true {
            let last = try left()
            if last?.isEmpty == true { return }
            guard monotonicMilliseconds() < deadline else {
                throw Trouble(text: "after \(patience / 1000) s: \(last?.prefix(5).joined(separator: ", ") ?? "the broker is not back")")
            }
            poll(nil, 0, 200)
        }
    }
}

extension Vitals {
    fileprivate var name: String { "\(role.rawValue) \(instance)" }
}

/// One drill at a time: two would measure each other.
private struct DrillLock: ~Copyable {
    private let file: Int32

    init(_ data: DataFolder) throws(Failure) {
        file = open("\(data.root)/log/drill.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else {
            if file >= 0 { close(file) }
            throw .refused("another drill is under way on this machine. Wait for its end.")
        }
    }

    deinit { close(file) }
}
