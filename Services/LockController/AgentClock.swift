import Contracts
import ServiceKit
import Store

/// How far an agent's clock is from ours, measured by its signs of life.
///
/// Each one was said at `at` and heard now; the way can only have added to the difference. So the smallest of the recent ones is the nearest, and one
/// that was held up (a stalled process, a slow link) does not make an old tap look fresh.
enum AgentClock {
    /// A measurement is good for three signs of life and a bit.
    static let freshness = Duration.seconds(35)

    static func note(_ agent: AgentID, said: Instant, heard: Instant, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO agent_clock (agent, heard, offset) VALUES (?, ?, ?)", agent.text, heard.milliseconds,
            (heard - said).milliseconds)
        try db.run(
            "DELETE FROM agent_clock WHERE agent = ? AND (heard < ? OR heard > ?)", agent.text, (heard - freshness).milliseconds,
            heard.milliseconds)
    }

    /// What to add to the agent's clock to have ours; `nil` without a fresh measurement.
    static func offset(of agent: AgentID, at now: Instant, in db: borrowing Transaction) throws -> Duration? {
        try db.first(
            "SELECT min(offset) FROM agent_clock WHERE agent = ? AND heard BETWEEN ? AND ?", agent.text, (now - freshness).milliseconds,
            now.milliseconds
        ) { $0.intIfPresent(0) }?.map { .milliseconds($0) }
    }

    /// The agent's clock was set: what was measured before it is worth nothing.
    static func forget(_ agent: AgentID, in db: borrowing Transaction) throws {
        try db.run("DELETE FROM agent_clock WHERE agent = ?", agent.text)
    }
}

extension LockController {
    func compareClock(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        // A retained life or a last will says nothing about the clock now.
        guard turn.isLive, life.state != .lost, life.state != .stopped else { return }
        let agent: AgentID = topic.entity.named()
        if let before = try AgentClock.offset(of: agent, at: turn.now, in: turn.db),
            (turn.now - life.at) - before < .seconds(-2) || (turn.now - life.at) - before > .seconds(60)
        {
            try AgentClock.forget(agent, in: turn.db)
        }
        try AgentClock.note(agent, said: life.at, heard: turn.now, in: turn.db)
    }

    func noteLife(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        let door: DoorID = topic.entity.named()
        guard doors[door] != nil else { return }
        let lock: DoorState.Lock = life.state == .lost || life.state == .stopped ? .lost : .ready
        let changed = try turn.db.run(
            "INSERT INTO door (door, lock) VALUES (?1, ?2) ON CONFLICT (door) DO UPDATE SET lock = ?2 WHERE lock <> ?2", door.text,
            lock.rawValue)
        if changed > 0 {
            try noteSilence(of: door, isLost: lock == .lost, in: turn)
            try publishState(of: door, in: turn)
        }
        try noteLease(held: life, by: door, in: turn)
    }

    func publishState(of door: DoorID, in turn: borrowing Turn) throws {
        let row = try turn.db.first("SELECT lock, decision, result, result_at FROM door WHERE door = ?", door.text) {
            DoorState(
                at: turn.now, maxAge: 86_400, lock: DoorState.Lock(rawValue: $0.text(0)) ?? .unknown,
                lastDecision: EventID(bytes: $0.blob(1)),
                lastOutcome: $0.textIfPresent(2).flatMap { DoorOutcome.Result(rawValue: $0) },
                lastOutcomeAt: $0.intIfPresent(3).map { Instant(milliseconds: $0) })
        }
        var state = row ?? DoorState(at: turn.now, maxAge: 86_400, lock: .unknown)
        try addLife(of: door, to: &state, in: turn)
        try turn.publishState(state, on: .doors, about: door.named())
    }
}
