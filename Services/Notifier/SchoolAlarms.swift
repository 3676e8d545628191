import Contracts
import Seal
import ServiceKit
import Store

/// Whether everybody has come: asked once a school and day, and answered when the gates are known up to the time, or cannot be.
extension Notifier {
    /// So long a gate may take to say that it has nothing more to say.
    private static let saysAllWithin = Duration.seconds(90)
    private static let lookAgain = Duration.seconds(5)
    /// Where so many should have come and not one has, cards are not being read.
    private static let fewest = 10

    enum GateStage: String {
        case waiting
        /// It was said that nobody knows.
        case silent
        case done
    }

    private struct Watch: Equatable {
        var stage = GateStage.waiting
        /// Since when an answer is overdue.
        var late: Instant?
        /// From when on it is looked at; of a day that is answered, never.
        var due: Instant?
    }

    func watchGates(in turn: borrowing Turn) throws -> Instant? {
        let schools = policy.schools.filter(\.expects)
        guard !schools.isEmpty else { return nil }
        let date = turn.now.date(turn.identity.offset)
        let kept = try turn.db.all("SELECT school, stage, late, due FROM school_day WHERE date = ?", date.description) {
            (
                $0.text(0),
                Watch(stage: GateStage(rawValue: $0.text(1)) ?? .waiting, late: $0.instantIfPresent(2), due: $0.instantIfPresent(3))
            )
        }
        // A day that is over is given up: its rows are not looked at any more.
        var next = Instant(startOf: date, turn.identity.offset) + .seconds(86_400)
        for school in schools {
            let before = kept.first { $0.0 == school.id.text }?.1
            var watch = before ?? Watch(due: turn.now)
            if let due = watch.due, due <= turn.now { try look(at: school, on: date, &watch, in: turn) }
            if watch != before { try write(watch, of: school, on: date, to: turn.db) }
            if let due = watch.due { next = min(next, due > turn.now ? due : turn.now + Self.lookAgain) }
        }
        return next
    }

    private func write(_ watch: Watch, of school: School, on date: CalendarDate, to db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO school_day (date, school, stage, late, due) VALUES (?, ?, ?, ?, ?)", date.description, school.id.text,
            watch.stage.rawValue, watch.late?.milliseconds, watch.due?.milliseconds)
    }

    private func look(at school: School, on date: CalendarDate, _ watch: inout Watch, in turn: borrowing Turn) throws {
        guard let day = try schoolDay(of: school, on: date, in: turn) else { return watch = Watch(stage: .done) }
        let deadline = day.due + school.grace
        watch.due = deadline
        guard turn.now >= deadline else { return }
        // A clock that was ahead and was set right has not made it overdue.
        let late = min(watch.late ?? turn.now, turn.now)
        watch.late = late
        let silent = try school.gates.filter { try !isHeard($0, of: school, on: date, through: deadline, in: turn) }
        // Who its pupils are must be known.
        guard turn.heard(.noticeView, of: "main").isWhole else { return }
        if silent.isEmpty {
            watch = Watch(stage: try conclude(school, date, deadline, in: turn))
        } else if watch.stage == .waiting, turn.now - late >= Self.saysAllWithin {
            let missing = try notSeen(at: school, on: date, in: turn).pupils
            guard !missing.isEmpty else { return watch = Watch(stage: .done) }
            watch.stage = .silent
            let gates = silent.map { SilentGate($0, since: turn.heard(.taps, of: $0.named()).through) }
            try saySilent(gates, of: missing, at: school, on: date, deadline, in: turn)
        }
    }

    // MARK: Gates

    /// A clock that is ahead promises what it cannot know: only what a gate says after the deadline counts, by our own clock.
    private func isHeard(
        _ gate: AgentID, of school: School, on date: CalendarDate, through deadline: Instant, in turn: borrowing Turn
    ) throws -> Bool {
        let heard = turn.heard(.taps, of: gate.named())
        guard let through = heard.through else { return false }
        let mark = try turn.db.first(
            "SELECT through FROM gate_mark WHERE date = ? AND school = ? AND agent = ?", date.description, school.id.text, gate.text
        ) { Instant(milliseconds: $0.int(0)) }
        guard let mark else {
            try turn.db.run(
                "INSERT INTO gate_mark (date, school, agent, through) VALUES (?, ?, ?, ?)", date.description, school.id.text, gate.text,
                through.milliseconds)
            return false
        }
        return heard.covers(deadline) && through != mark
    }

    // MARK: Pupils

    /// Those of whom nothing is known on a day on which they should come.
    private func notSeen(at school: School, on date: CalendarDate, in turn: borrowing Turn) throws -> (pupils: [PersonID], seen: Int) {
        let start = Instant(startOf: date, turn.identity.offset)
        let seen = Set(
            try turn.db.all(
                "SELECT DISTINCT key FROM gate_tap INDEXED BY gate_tap_at WHERE at >= ? AND at < ? AND spot = ?", start.milliseconds,
                (start + .seconds(86_400)).milliseconds, school.id.text
            ) { $0.text(0) })
        let expected = try pupils(of: school, in: turn.db).filter { try !isAbsent($0, from: school, on: date, in: turn.db) }
        let missing = expected.filter { !seen.contains($0.text) }
        return (missing, expected.count - missing.count)
    }

    private func conclude(_ school: School, _ date: CalendarDate, _ deadline: Instant, in turn: borrowing Turn) throws -> GateStage {
        let found = try notSeen(at: school, on: date, in: turn)
        if found.seen == 0, found.pupils.count >= Self.fewest {
            let last =
                try turn.db.first("SELECT max(at) FROM gate_tap WHERE spot = ?", school.id.text) { $0.intIfPresent(0) } ?? nil
            let gates = school.gates.map { SilentGate($0, since: last.map(Instant.init(milliseconds:))) }
            try saySilent(gates, of: found.pupils, at: school, on: date, deadline, in: turn)
            return .silent
        }
        var missing: [PersonID] = []
        for pupil in found.pupils where try alarm(about: pupil, at: school, on: date, deadline, in: turn) { missing.append(pupil) }
        guard !missing.isEmpty else { return .done }
        let about = EventID.derived(ofType: "missing-pupils", identity: "\(school.id)/\(date)", at: deadline)
        var news = News(word: .notArrived, kind: nil, about: about, subject: nil, at: deadline, urgency: .danger)
        news.values.school = school.id
        news.values.subjects = try inOrder(missing, turn.db).map(\.person)
        for contact in office(of: school) { try tell(news, to: .contact(contact), in: turn) }
        return .done
    }

    /// - Returns: whether it is the first of this day.
    private func alarm(
        about pupil: PersonID, at school: School, on date: CalendarDate, _ deadline: Instant, in turn: borrowing Turn
    ) throws -> Bool {
        let isNew = try turn.db.run(
            "INSERT OR IGNORE INTO school_alarm (date, school, person, due, outcome) VALUES (?, ?, ?, ?, ?)", date.description,
            school.id.text, pupil.text, deadline.milliseconds, SchoolAlarm.Outcome.notArrived.rawValue)
        guard isNew > 0 else { return false }
        let event = try turn.emitTimed(
            SchoolAlarm(.notArrived, of: pupil, at: school.id, on: date, due: deadline), on: .schoolAlarms,
            identity: "\(school.id)/\(date)/\(pupil)", due: deadline)
        var news = News(word: .notArrived, kind: .schoolGate, about: event, subject: pupil, at: deadline, urgency: .danger)
        news.values.school = school.id
        try tell(news, in: turn)
        return true
    }

    /// The gate tells nothing: once for a day, to the office and to the guardians of those who have not been seen.
    private func saySilent(
        _ gates: [SilentGate], of missing: [PersonID], at school: School, on date: CalendarDate, _ deadline: Instant,
        in turn: borrowing Turn
    ) throws {
        var alarm = SchoolAlarm(.unknown, of: nil, at: school.id, on: date, due: deadline)
        alarm.silent = gates
        let event = try turn.emitTimed(alarm, on: .schoolAlarms, identity: "\(school.id)/\(date)", due: deadline)
        // Of no child in particular, so that whoever has several there is told once.
        var news = News(word: .gateSilent, kind: nil, about: event, subject: nil, at: turn.now, urgency: .danger)
        news.values.school = school.id
        // Of one that was never heard all that is known is that it has said nothing today.
        news.values.since = gates.compactMap(\.since).min() ?? Instant(startOf: date, turn.identity.offset)
        for contact in office(of: school) { try tell(news, to: .contact(contact), in: turn) }
        for pupil in missing {
            for guardian in try listeners(of: pupil, for: .schoolGate, in: turn.db) {
                try tell(news, to: .person(guardian.person), in: turn)
            }
        }
    }

    // MARK: How it ends

    /// Somebody who was looked for has come, or had: whoever was alarmed hears it.
    /// - Returns: whether anybody was.
    func calm(about pupil: PersonID, found tap: GateTap, at school: School, in turn: borrowing Turn) throws -> Bool {
        try end(.arrived, of: pupil, at: school, on: tap.at.date(turn.identity.offset), by: tap.id, .arrivedAfterAll, at: tap.at, in: turn)
    }

    /// Said to be absent after the alarm: neither the other parent nor the office needs to look any more.
    func excuse(_ pupil: PersonID, at school: School, on date: CalendarDate, by command: EventID, in turn: borrowing Turn) throws {
        _ = try end(.excused, of: pupil, at: school, on: date, by: command, .excused, at: turn.now, in: turn)
    }

    private func end(
        _ outcome: SchoolAlarm.Outcome, of pupil: PersonID, at school: School, on date: CalendarDate, by cause: EventID, _ word: NoticeWord,
        at moment: Instant, in turn: borrowing Turn
    ) throws -> Bool {
        let due = try turn.db.first(
            "SELECT due FROM school_alarm WHERE date = ? AND school = ? AND person = ? AND outcome = ?", date.description, school.id.text,
            pupil.text, SchoolAlarm.Outcome.notArrived.rawValue
        ) { Instant(milliseconds: $0.int(0)) }
        guard let due else { return false }
        try turn.db.run(
            "UPDATE school_alarm SET outcome = ? WHERE date = ? AND school = ? AND person = ?", outcome.rawValue, date.description,
            school.id.text, pupil.text)
        try turn.emit(
            SchoolAlarm(outcome, of: pupil, at: school.id, on: date, due: due), on: .schoolAlarms, cause: cause,
            discriminator: "\(school.id)/\(pupil)")
        var news = News(word: word, kind: .schoolGate, about: cause, subject: pupil, at: moment, urgency: .danger)
        news.values.school = school.id
        try tell(news, in: turn)
        for contact in office(of: school) { try tell(news, to: .contact(contact), in: turn) }
        return true
    }

    /// The staff room; where a school has named none, the town's office.
    private func office(of school: School) -> [ContactID] { school.office.isEmpty ? policy.office : school.office }

    /// A gate that nobody hears is somebody's to look at.
    func gateProblem(in turn: borrowing Turn) throws -> Problem? {
        let date = turn.now.date(turn.identity.offset)
        let schools = try turn.db.all(
            "SELECT school FROM school_day WHERE date = ? AND stage = ? ORDER BY school", date.description, GateStage.silent.rawValue
        ) { $0.text(0) }
        guard !schools.isEmpty else { return nil }
        return Problem(
            .amber, "gate-silent",
            "Nobody knows who has come to \(schools.joined(separator: ", ")) today: the gate cannot be heard, or reads no cards. Look whether the machine there has power, a network and its readers."
        )
    }
}

extension Row {
    fileprivate func instantIfPresent(_ column: Int32) -> Instant? { intIfPresent(column).map(Instant.init(milliseconds:)) }
}
