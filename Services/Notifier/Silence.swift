import Contracts
import People
import Seal
import ServiceKit
import Store

/// Silence is heard (見守り): who has held no card for so many days is told of to the family, then to the neighbourhood association, then to the office,
/// until somebody has seen to it.
extension Notifier {
    private static let atOnce = 2000
    /// Raising an alarm takes longer than to find that there is none.
    private static let alarmsAtOnce = 200
    /// When it is looked at again what could not be heard.
    private static let again = Duration.seconds(300)

    // MARK: Seen

    /// A card of somebody was held. When they were seen last, and where, is a fold of all such cards: in whatever order they become known.
    func seen(_ holder: PersonID, _ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        for name in try names(of: holder, in: turn.db) {
            guard var watch = try watch(of: name, in: turn.db),
                watch.places.isEmpty || watch.places.contains(tap.data.place)
            else { continue }
            let at = try moment(of: tap, in: turn)
            try note(at, of: name, at: turn.topic.entity.named(), in: turn)
            guard at > watch.last else { continue }
            watch.last = at
            let due = try soonest(of: watch, in: turn)
            if watch.stage == .paused {
                // Until its day it stays so.
            } else if watch.alarm == nil && watch.unsure == nil {
                (watch.stage, watch.due) = (.quiet, due)
            } else if due > turn.now {
                try endAlarm(&watch, .seen, at: at, cause: tap.id, in: turn)
                watch.due = due
            }
            try write(watch, in: turn.db)
        }
    }

    /// One whose machine had no clock counts as of now; one with a clock ahead of everybody's, too.
    private func moment(of tap: Envelope<Tapped>, in turn: borrowing Turn) throws -> Instant {
        if tap.data.clock == .boot { return turn.now }
        guard tap.time > turn.now else { return tap.time }
        return min(tap.time, try latest(in: turn) + .seconds(60))
    }

    private func note(_ at: Instant, of person: PersonID, at agent: AgentID, in turn: borrowing Turn) throws {
        try turn.db.run(
            """
            INSERT INTO watch_gate (person, agent, first, last) VALUES (?1, ?2, ?3, ?3)
            ON CONFLICT (person, agent) DO UPDATE SET first = min(first, ?3), last = max(last, ?3)
            """, person.text, agent.text, at.milliseconds)
        let date = at.date(turn.identity.offset)
        try turn.db.run(
            """
            INSERT INTO watch_month (person, month, days) VALUES (?1, ?2, ?3) ON CONFLICT (person, month) DO UPDATE SET days = days | ?3
            """, person.text, date.monthNumber, 1 << date.day)
    }

    /// When it is looked at first: what could not be heard meanwhile makes it later.
    func soonest(of watch: KeptWatch, in turn: borrowing Turn) throws -> Instant {
        silenceEnds(after: watch.last, days: watch.days, outages: [], quiet: policy.quiet, turn.identity.offset)
    }

    // MARK: Silent

    /// Looks at those whose time has come, so many at once that nobody waits long for it.
    func lookAtWatches(in turn: borrowing Turn) throws -> Instant? {
        guard let next = try turn.db.first("SELECT due FROM watch WHERE due IS NOT NULL ORDER BY due LIMIT 1", read: { $0.int(0) }) else {
            return nil
        }
        guard next <= turn.now.milliseconds else { return Instant(milliseconds: next) }
        guard !turn.isAwaited else { return turn.now }
        let all = try gates(in: turn)
        var alarms = 0
        for (watch, habits) in try due(in: turn) where alarms < Self.alarmsAtOnce {
            if try look(at: watch, habits, among: all, in: turn) { alarms += 1 }
        }
        return turn.now
    }

    private func due(in turn: borrowing Turn) throws -> [(KeptWatch, [Habit])] {
        var (found, last) = ([(watch: KeptWatch, habits: [Habit])](), "")
        // A person's rows come one after the other.
        _ = try turn.db.all(
            """
            SELECT w.*, g.agent, g.first, g.last FROM (
                SELECT person, days, places, paused_until, begun, last, stage, due, alarm, raised, unsure FROM watch
                WHERE due <= ?1 ORDER BY due LIMIT ?2) w
            LEFT JOIN watch_gate g ON g.person = w.person AND g.last > ?3
            """, turn.now.milliseconds, Self.atOnce, (turn.now - Self.habit).milliseconds
        ) { row in
            if row.text(0) != last {
                last = row.text(0)
                guard let watch = KeptWatch(row) else { preconditionFailure("a watch was written with a person and a stage") }
                found.append((watch, []))
            }
            if let habit = Habit(row, from: 11) { found[found.count - 1].habits.append(habit) }
        }
        return found
    }

    /// - Returns: whether somebody was told.
    private func look(at kept: KeptWatch, _ habits: [Habit], among all: Gates, in turn: borrowing Turn) throws -> Bool {
        var watch = kept
        if watch.stage == .paused, let day = watch.pausedUntil {
            watch.pausedUntil = nil
            watch.last = max(watch.last, Instant(startOf: day, turn.identity.offset))
            watch.rest(.quiet)
        }
        let rest = all.behind(habits, since: watch.last)
        if let raised = watch.raised {
            let due = raised + (watch.stage == .family ? policy.silence.associationAfter : policy.silence.officeAfter)
            switch SilenceVerdict(due: due, at: turn.now, restingOn: rest.gates) {
            case .fine(let until): watch.due = until
            case .unheard: watch.due = turn.now + Self.again
            // It was well founded when it was raised.
            case .unknown, .silent: try goOn(&watch, in: turn)
            }
        } else {
            let due = silenceEnds(
                after: watch.last, days: watch.days, outages: rest.areTheirs ? rest.gates.flatMap(\.outages) : [], quiet: policy.quiet,
                turn.identity.offset)
            switch SilenceVerdict(due: due, at: turn.now, restingOn: rest.gates) {
            case .fine(let until): (watch.stage, watch.due) = (watch.stage == .unknown ? .quiet : watch.stage, until)
            case .unheard: watch.due = turn.now + Self.again
            case .unknown(let gates):
                (watch.stage, watch.due) = (.unknown, turn.now + Self.again)
                try sayUnknown(&watch, silent(among: gates), in: turn)
            case .silent:
                (watch.alarm, watch.raised) = (watch.last, turn.now)
                try goOn(&watch, in: turn)
            }
        }
        var only = kept
        (only.stage, only.due) = (watch.stage, watch.due)
        guard only != watch else {
            try turn.db.run(
                "UPDATE watch SET stage = ?, due = ? WHERE person = ?", watch.stage.rawValue, watch.due?.milliseconds, watch.person.text)
            return watch.stage != kept.stage && watch.stage != .quiet
        }
        try write(watch, in: turn.db)
        return true
    }
}
