import Contracts
import ServiceKit
import Store

/// A machine with readers, as far as it can be heard.
struct Gate: Equatable {
    let agent: AgentID
    let heard: Heard
    /// Up to when it was heard whole at the last look.
    let through: Instant?
    /// For how long that has not moved while somebody listened. A clock that leaps is not listening.
    let still: Duration
    let outages: [Range<Instant>]

    /// It is waited for no longer.
    var isSilent: Bool { still > Notifier.patience }
}

/// All machines of the town, in the order of their names.
struct Gates {
    private let every: [Gate]
    private let named: [AgentID: Gate]

    init(_ gates: [Gate]) {
        every = gates.sorted { $0.agent < $1.agent }
        named = Dictionary(gates.map { ($0.agent, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Those on which somebody's silence rests: the ones they use; of whom nobody knows what they use, all that were heard since they were seen.
    func behind(_ habits: [Habit], since last: Instant) -> (gates: [Gate], areTheirs: Bool) {
        let known = habits.filter { named[$0.agent] != nil }
        let usual = known.filter(\.isUsual)
        let theirs = (usual.isEmpty ? known : usual).compactMap { named[$0.agent] }
        guard theirs.isEmpty else { return (theirs, true) }
        let recent = every.filter { $0.through.map { $0 >= last } ?? false }
        return (recent.isEmpty ? every : recent, false)
    }
}

/// Silence rests on machines that can be heard. Each minute it is noted how far each one's word goes; where that stood still for more than an hour and goes
/// on, nobody could hold a card there meanwhile as far as anybody knows, and the time does not count.
extension Notifier {
    static let patience = Duration.seconds(3600)
    private static let period = Duration.seconds(60)

    /// - Returns: when to look again; `nil` where nobody is watched over.
    func listen(in turn: borrowing Turn) throws -> Instant? {
        guard try turn.db.first("SELECT 1 FROM watch LIMIT 1", read: { _ in }) != nil else { return nil }
        let looked = try turn.db.first("SELECT at FROM listening") { Instant(milliseconds: $0.int(0)) }
        if let looked, looked <= turn.now, turn.now < looked + Self.period { return looked + Self.period }
        let passed = looked.map { min(max(turn.now - $0, .zero), Self.period * 2) } ?? .zero
        for agent in agents(of: turn) { try listen(to: agent, passed: passed, in: turn) }
        try turn.db.run("DELETE FROM listening")
        try turn.db.run("INSERT INTO listening (at) VALUES (?)", turn.now.milliseconds)
        if let looked, looked > turn.now { try lookAtAllAnew(in: turn) }
        return turn.now + Self.period
    }

    private func listen(to agent: AgentID, passed: Duration, in turn: borrowing Turn) throws {
        let before = try turn.db.first("SELECT through, still_ms FROM gate WHERE agent = ?", agent.text) {
            ($0.intIfPresent(0).map(Instant.init(milliseconds:)), Duration.milliseconds($0.int(1)))
        }
        let heard = turn.heard(.taps, of: agent.named())
        guard let through = heard.through, heard.isWhole, through != before?.0 else {
            try turn.db.run(
                """
                INSERT INTO gate (agent, still_ms) VALUES (?1, 0) ON CONFLICT (agent) DO UPDATE SET still_ms = still_ms + ?2
                """, agent.text, passed.milliseconds)
            return
        }
        if let last = before?.0 {
            // A machine whose clock ran ahead has not been silent until then.
            let until = min(through, turn.now)
            if through < last {
                try turn.db.run("DELETE FROM gate_outage WHERE agent = ? AND until > ?", agent.text, through.milliseconds)
            } else if until - last > Self.patience {
                try turn.db.run(
                    "INSERT OR REPLACE INTO gate_outage (agent, \"from\", until) VALUES (?, ?, ?)", agent.text, last.milliseconds,
                    until.milliseconds)
            }
        }
        try turn.db.run(
            "INSERT OR REPLACE INTO gate (agent, through, still_ms) VALUES (?, ?, 0)", agent.text, through.milliseconds)
    }

    /// The clock was set back. What was planned by the old time is looked at now, and nothing has happened later than anybody's clock says.
    private func lookAtAllAnew(in turn: borrowing Turn) throws {
        try turn.db.run(
            "UPDATE watch SET last = min(last, ?1), raised = min(raised, ?1), due = min(due, ?2)", try latest(in: turn).milliseconds,
            turn.now.milliseconds)
    }

    /// The time by our clock, or by two machines that agree if ours is behind them.
    func latest(in turn: borrowing Turn) throws -> Instant {
        let second = try turn.db.first("SELECT through FROM gate WHERE through IS NOT NULL ORDER BY through DESC LIMIT 1 OFFSET 1") {
            Instant(milliseconds: $0.int(0))
        }
        return max(turn.now, second ?? turn.now)
    }

    private func agents(of turn: borrowing Turn) -> [AgentID] {
        turn.identity.roster.instances[.readerAgent, default: []].map { $0.named() }
    }

    func gates(in turn: borrowing Turn) throws -> Gates {
        var outages: [String: [Range<Instant>]] = [:]
        for (agent, from, until) in try turn.db.all(
            "SELECT agent, \"from\", until FROM gate_outage ORDER BY \"from\"", read: { ($0.text(0), $0.int(1), $0.int(2)) })
        {
            outages[agent, default: []].append(Instant(milliseconds: from)..<Instant(milliseconds: max(from, until)))
        }
        return Gates(
            try agents(of: turn).map { agent in
                let kept = try turn.db.first("SELECT through, still_ms FROM gate WHERE agent = ?", agent.text) {
                    ($0.intIfPresent(0).map(Instant.init(milliseconds:)), Duration.milliseconds($0.int(1)))
                }
                return Gate(
                    agent: agent, heard: turn.heard(.taps, of: agent.named()), through: kept?.0, still: kept?.1 ?? .zero,
                    outages: outages[agent.text] ?? [])
            })
    }

    /// At most ten: a town without a network has hundreds.
    func silent(among gates: [Gate]) -> [SilentGate] {
        gates.filter(\.isSilent).prefix(10).map { SilentGate($0.agent, since: $0.through) }
    }

    func forgetGates(in turn: borrowing Turn) throws {
        let limit = (turn.now - Self.habit - .seconds(10 * 86_400)).milliseconds
        try turn.db.run("DELETE FROM gate_outage WHERE until < ?", limit)
        for (person, agent) in try turn.db.all(
            "SELECT person, agent FROM watch_gate WHERE last < ? LIMIT 500", limit, read: { ($0.text(0), $0.text(1)) })
        {
            try turn.db.run("DELETE FROM watch_gate WHERE person = ? AND agent = ?", person, agent)
        }
        let month = (turn.now - .seconds(92 * 86_400)).date(turn.identity.offset).monthNumber
        for person in try turn.db.all("SELECT person FROM watch_month WHERE month < ? LIMIT 500", month, read: { $0.text(0) }) {
            try turn.db.run("DELETE FROM watch_month WHERE person = ? AND month < ?", person, month)
        }
    }
}

extension CalendarDate {
    /// `202611`
    var monthNumber: Int { year * 100 + month }
}
