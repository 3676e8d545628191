import Contracts
import ServiceKit
import Store

/// What a school's office sees: who is here, who has gone, who is missing.
extension Notifier {
    private static let pupilsOnPage = 80
    /// A machine that has said nothing for so long is silent; they speak every ten seconds.
    private static let silentAfter = Duration.seconds(60)

    func list(_ command: Envelope<ListPupils>, in turn: borrowing Turn) throws -> Reply<PupilList> {
        try turn.obey {
            let wish = command.data
            let school = try own(wish.school, in: turn)
            let today = turn.now.date(turn.identity.offset)
            let date = wish.date ?? today
            guard Instant(startOf: date, turn.identity.offset) > turn.now - Self.keepsGateTaps else {
                throw Objection("too-long-ago", "What happened at gates is kept for four weeks: \(date) is gone.")
            }
            let day = try schoolDay(of: school, on: date, in: turn)
            let stage = try stage(of: school, on: date, in: turn.db)
            let pupils = try inOrder(pupils(of: school, in: turn.db), turn.db).filter { pupil in
                wish.schoolClass.map { $0 == pupil.schoolClass } ?? true
            }
            let days = try pupils.map { try pupilDay(of: $0, at: school, on: date, day, stage, today: today, in: turn) }
            var list = PupilList(school.id, on: date, due: day?.due)
            for line in days { list.tally[line.state.rawValue, default: 0] += 1 }
            let rest = days.filter { line in wish.state.map { $0 == line.state } ?? true }.dropFirst(max(wish.after ?? 0, 0))
            list.pupils = Array(rest.prefix(Self.pupilsOnPage))
            list.more = rest.count > Self.pupilsOnPage
            if date == today {
                for place in list.pupils.indices { list.pupils[place].riding = try riding(list.pupils[place].person, in: turn) }
                list.silent = school.gates.compactMap { gate in
                    let through = turn.heard(.taps, of: gate.named()).through
                    return through.map { $0 > turn.now - Self.silentAfter } ?? false ? nil : SilentGate(gate, since: through)
                }
            }
            return .accept(list)
        }
    }

    /// A school that whoever asks may speak for.
    func own(_ id: SchoolID, in turn: borrowing Turn) throws -> School {
        try mayDo(id, in: turn)
        return try known(id)
    }

    func known(_ id: SchoolID) throws -> School {
        guard let school = policy.school(id) else {
            let known = policy.schools.map(\.id.text).joined(separator: ", ")
            throw Objection("unknown-school", "The town's file has no school \(id). Schools known: \(known).")
        }
        return school
    }

    /// Of a pupil by themselves.
    func today(of pupil: Pupil, at school: School, in turn: borrowing Turn) throws -> PupilDay {
        let today = turn.now.date(turn.identity.offset)
        let day = try schoolDay(of: school, on: today, in: turn)
        var line = try pupilDay(of: pupil, at: school, on: today, day, stage(of: school, on: today, in: turn.db), today: today, in: turn)
        line.riding = try riding(pupil.person, in: turn)
        return line
    }

    private func stage(of school: School, on date: CalendarDate, in db: borrowing Transaction) throws -> GateStage? {
        try db.first("SELECT stage FROM school_day WHERE date = ? AND school = ?", date.description, school.id.text) {
            GateStage(rawValue: $0.text(0))
        } ?? nil
    }

    private func pupilDay(
        of pupil: Pupil, at school: School, on date: CalendarDate, _ day: SchoolDay?, _ stage: GateStage?, today: CalendarDate,
        in turn: borrowing Turn
    ) throws -> PupilDay {
        let gate = try gateDay(of: pupil.person, at: school, on: date, in: turn)
        var line = PupilDay(pupil.person, .expected)
        (line.name, line.schoolClass) = (pupil.called, pupil.schoolClass)
        (line.arrived, line.left) = (gate.arrived, gate.left)
        if !gate.changes.isEmpty {
            line.state = gate.isIn ? .arrived : .left
        } else if day == nil {
            line.state = .free
        } else if try isAbsent(pupil.person, from: school, on: date, in: turn.db) {
            line.state = .absent
        } else if school.expects {
            switch stage {
            case .done: line.state = .notArrived
            case .silent: line.state = .unknown
            case .waiting, nil: line.state = date < today ? .unknown : .expected
            }
        }
        return line
    }

    /// By class and name.
    func inOrder(_ pupils: [PersonID], _ db: borrowing Transaction) throws -> [Pupil] {
        try pupils.compactMap { person in
            try view(of: person, in: db).map { Pupil(person: person, called: $0.called, schoolClass: $0.schoolClass) }
        }.sorted()
    }
}

/// A pupil as a school calls them.
struct Pupil: Comparable {
    let person: PersonID
    let called: String?
    /// `3-2`
    let schoolClass: String?

    /// The tenth year comes after the ninth.
    private var numbers: [Int] { (schoolClass ?? "").split { !$0.isNumber }.map { Int($0) ?? .max } }

    static func < (a: Self, b: Self) -> Bool {
        guard a.schoolClass == b.schoolClass else {
            let (first, second) = (a.numbers, b.numbers)
            return first == second ? a.schoolClass ?? "" < b.schoolClass ?? "" : first.lexicographicallyPrecedes(second)
        }
        return (a.called ?? "", a.person) < (b.called ?? "", b.person)
    }
}
