import Bus
import Contracts
import Journal
import Seal
import Store

/// Runs one service on one database and one connection: read, decide and write in one transaction, commit, and only then acknowledge and send.
///
/// It has no clock and never waits; whoever drives it calls `step` when something may have happened. So the same host runs a town and its simulation.
package final class Host<S: Service> {
    package let service: S
    package let identity: Identity
    let database: Database
    let transport: any Transport
    /// What the journal lies under, if this process keeps personal data.
    let vault: Vault?
    /// Whether this database is a copy that was put back.
    let restored: Restored?
    let random: () -> UInt64
    private(set) lazy var routes = Routes(service.reads + [upkeep, uses], identity: identity)
    let log: (String) -> Void
    let perform: (any Effect) -> Void

    /// `nil` while a transaction has them, and after one that failed: then they are read anew.
    var outbox: Outbox?
    var inbox: Inbox?
    package let epoch: Epoch

    /// What each producer said of its journal last, and the bytes of it behind its moment.
    var headsRead: [String: (rest: ArraySlice<UInt8>, heads: Heads)] = [:]
    /// Up to when each producer has numbered what happened there; said anew at every connection.
    var watermarks: [Address: Instant] = [:]
    var asks = Asks()
    var rows = SendWindow<OutboxRow>()
    var acts = SendWindow<DueAct>()
    var newestAct: Int64 = 0
    /// Refused rows on their second try, by acknowledgement.
    var retries: [Int32: Int64] = [:]
    var marks = Marks()
    var schedule: Schedule
    var counts = Counts()
    var alarms: [String: Problem] = [:]
    package private(set) var clock = ClockQuality.free
    var isStalled = false
    var needsBirth = false
    var connectedFirst: Instant?
    private var lastStep: Instant
    /// The time went on by more than a day at once: a machine without a clock of its own was told the time.
    var hasLeapt = false

    /// - Parameters:
    ///   - vault: seals what the journal keeps; once given, always the same. What is deleted then goes from the disk, too.
    ///   - random: 64 random bits a call; the only source of chance.
    ///   - log: one line an event, without personal data.
    ///   - perform: does what a turn asked of the machine, after its commit.
    package init(
        _ service: S, identity: Identity, database: Database, transport: any Transport, vault: Vault? = nil, now: Instant,
        random: @escaping () -> UInt64, log: @escaping (String) -> Void, perform: @escaping (any Effect) -> Void = { _ in }
    ) throws {
        self.service = service
        self.identity = identity
        self.database = database
        self.transport = transport
        self.vault = vault
        self.random = random
        self.log = log
        self.perform = perform
        schedule = Schedule(now: now)
        lastStep = now
        database.cover = vault
        if vault != nil { try database.erase() }
        let tables = service.reads.compactMap(\.tables).map { Schema($0.module, $0.migrations) }
        try database.migrate([Schema("journal", JournalSchema.migrations), Schema(S.program.text, S.migrations)] + tables)
        if try database.write({ try SealedRows.admit(vault, besides: S.sealed, in: $0) }) { schedule.rotation = now }
        try database.write { try Outbox.dateAnew(at: now, retention: Retention.journal, in: $0) }
        let transaction = try database.begin()
        epoch = try Outbox.start(town: identity.town, me: identity.address, now: now, random: random(), in: transaction)
        rows.restart(after: try Outbox.sentThrough(in: transaction))
        acts.restart(after: 0)
        newestAct = try Act.newest(in: transaction)
        restored = try Restored.newest(in: transaction)
        outbox = try Outbox(town: identity.town, me: identity.address, offset: identity.offset, epoch: epoch, in: transaction)
        inbox = try Inbox(in: transaction)
        try transaction.commit()
        try retryDeadLetters(now: now)
    }

    /// Takes what has arrived and what is due. Call again at once while the result is not later than `now`.
    /// - Parameter stalled: the process did not run for a while, so what it reads now is not fresh although it comes live.
    /// - Returns: when to call at the latest.
    /// - Throws: what waiting does not mend.
    package func step(now: Instant, inputs: [S.Input] = [], stalled: Bool = false) throws -> Instant {
        if now < lastStep - .seconds(1) {
            // What was planned by the old time would lie ahead by as much as the clock was set back, and the process be silent until then.
            schedule = Schedule(setBackTo: now, from: schedule)
            asks.restart(at: now)
        } else if now > lastStep + .seconds(86_400) {
            hasLeapt = true
        }
        lastStep = now
        if let until = schedule.heldUntil, until > now {
            refuse(inputs)
            return until
        }
        if schedule.heldUntil != nil, inputs.isEmpty, !isWritable() { return hold(now) }
        schedule.heldUntil = nil
        isStalled = stalled
        let events = transport.receive(limit: Self.batch)
        var messages: [Message] = []
        for event in events { try sort(event, into: &messages, now: now) }
        guard !messages.isEmpty || !inputs.isEmpty || schedule.isDue(now, asks) || needsBirth else {
            // Only acknowledgements: they are written down with the next turn, and what is lost of them is only sent again.
            if !events.isEmpty { sendOn(now) }
            return events.isEmpty ? schedule.next(asks) : now
        }
        do {
            do {
                try turn(messages, inputs: inputs, now: now, carefully: false)
            } catch is Poisoned {
                try turn(messages, inputs: inputs, now: now, carefully: true)
            }
        } catch let error as StoreError {
            log("\(error)")
            alarms["store"] = Problem(.red, "store", error.description)
            outbox = nil
            inbox = nil
            refuse(inputs)
            transport.abandon()
            guard error.isOperating else { throw error }
            return hold(now)
        }
        if alarms["store"]?.weight == .red {
            // While it lasted nobody could be told: without a disk nothing is acknowledged, and without that there is no connection.
            alarms["store"] = Problem(
                .amber, "store",
                "The disk failed and works again since \(now.rfc3339(identity.offset)). Nothing was lost; look at its space.")
        }
        schedule.backoff = .zero
        return events.isEmpty ? schedule.next(asks) : now
    }

    /// The last word before the process ends: what is committed leaves, the life says `stopped`.
    package func stop(now: Instant) {
        if marks.count > 0 {
            schedule.marks = now
            _ = try? turn([], inputs: [], now: now, carefully: false)
        }
        if transport.isConnected {
            publishRows()
            _ = transport.publish(
                Outgoing(.life(of: identity.address, in: identity.town), bytes(Life(.stopped, at: now, version: identity.version))))
        }
        transport.close()
    }

    /// Sets or clears something a person should know.
    package func alarm(_ code: String, _ problem: Problem?) {
        guard alarms[code] != problem else { return }
        alarms[code] = problem
        if let problem { log(problem.text) }
        schedule.life = .distantPast
    }

    package func setClock(_ quality: ClockQuality) {
        if clock != quality { schedule.life = .distantPast }
        clock = quality
    }

    package var isConnected: Bool { transport.isConnected }
    package var unsent: Int64 { max(0, (outbox?.newest ?? 0) - rows.through) }
    /// Events of others that are known to exist and have not come.
    package var missing: Int64 { inbox?.missing ?? 0 }
    package var inFlight: Int { rows.count + acts.count }

    static var batch: Int { 1000 }

    // MARK: When the disk says no

    private func hold(_ now: Instant) -> Instant {
        schedule.backoff = min(max(schedule.backoff * 2, .milliseconds(500)), .seconds(30))
        let until = now + schedule.backoff
        schedule.heldUntil = until
        return until
    }

    private func isWritable() -> Bool {
        do {
            try database.write {
                try $0.run("INSERT OR REPLACE INTO sent (at, through) SELECT at, through FROM sent ORDER BY at DESC LIMIT 1")
            }
            return true
        } catch { return false }
    }

    private func refuse(_ inputs: [S.Input]) {
        for input in inputs { if let effect = service.failed(input) { perform(effect) } }
    }
}

/// A function of the service could not take a message; the batch is done again with each message on its own.
struct Poisoned: Error {}

/// Acknowledgements that are not written down yet.
struct Marks {
    var sentThrough: Int64?
    var done: [Int64] = []
    var refused: [(position: Int64, code: UInt8)] = []
    var accepted: [Int64] = []
    /// How many there have been since the last time they were written down.
    var count = 0
}

struct Counts {
    var applied: Int64 = 0
    var repeats: Int64 = 0
    var unreadable: Int64 = 0
    var foreign: Int64 = 0
}

/// When the host has something to do of its own accord.
struct Schedule {
    var life: Instant
    var lifePause = Self.period
    var heads: Instant
    var lastHeads = Instant.distantPast
    var service: Instant?
    var acts: Instant?
    /// When acknowledgements that came in are written down.
    var marks: Instant?
    var housekeeping: Instant
    /// When more rows are sealed anew, as long as some lie under an older key.
    var rotation: Instant?
    var heldUntil: Instant?
    var backoff = Duration.zero

    static let period = Duration.seconds(10)

    init(now: Instant) {
        life = now
        heads = now
        housekeeping = now + .seconds(60)
    }

    /// Everything that was planned is looked at now.
    init(setBackTo now: Instant, from old: Schedule) {
        self.init(now: now)
        lifePause = old.lifePause
        service = now
        acts = old.acts.map { _ in now }
        rotation = old.rotation.map { _ in now }
        marks = old.marks.map { _ in now }
    }

    func isDue(_ now: Instant, _ asks: Asks) -> Bool { next(asks) <= now }

    func next(_ asks: Asks) -> Instant {
        var next = min(life, heads, housekeeping)
        for other in [service, acts, marks, rotation, asks.next] { if let other, other < next { next = other } }
        return next
    }
}
