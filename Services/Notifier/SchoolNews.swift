import Contracts
import ServiceKit
import Store

/// What is told of a pupil who comes or goes: at once, and once.
extension Notifier {
    func tell(_ change: GateDay.Change, of pupil: PersonID, at school: School, in turn: borrowing Turn) throws {
        let tap = change.first
        // Whoever was looked for is told of as found.
        guard try !calm(about: pupil, found: tap, at: school, in: turn) else { return }
        let day = try schoolDay(of: school, on: tap.at.date(turn.identity.offset), in: turn)
        let word = change.word(at: school, on: day)
        var news = News(word: word, kind: .schoolGate, about: tap.id, subject: pupil, at: tap.at, urgency: .soon)
        (news.values.school, news.values.by) = (school.id, tap.by)
        // Whoever holds a card is told as well: it shows a card in wrong hands, and one parent alone would never hear anything.
        for listener in try listeners(of: pupil, for: .schoolGate, in: turn.db) {
            let waits = try day != nil && expects(another: pupil, change, at: school, toTell: listener.person, in: turn)
            try tell(news, to: .person(listener.person), wait: waits ? Self.together : .zero, in: turn)
        }
    }

    /// Whether a brother or sister may do the same within the minute: one message is told of both then.
    private func expects(
        another pupil: PersonID, _ change: GateDay.Change, at school: School, toTell guardian: PersonID, in turn: borrowing Turn
    ) throws -> Bool {
        guard turn.now - change.first.at < Self.together else { return false }
        let date = change.first.at.date(turn.identity.offset)
        return try subjects(of: guardian, in: turn.db).contains { other in
            guard try other != pupil && isPupil(other, of: school, in: turn.db) && !isAbsent(other, from: school, on: date, in: turn.db),
                try listeners(of: other, for: .schoolGate, in: turn.db).contains(where: { $0.person == guardian })
            else { return false }
            let day = try gateDay(of: other, at: school, on: date, in: turn)
            return change.way == .in ? day.changes.isEmpty : day.isIn
        }
    }
}

extension GateDay.Change {
    func word(at school: School, on day: SchoolDay?) -> NoticeWord {
        switch way {
        case .in: first.by == nil ? .arrived : .brought
        case .out where first.by != nil: .collected
        case .out:
            // Small children go home when they are collected, and from a club whoever wants to goes.
            if let day, school.expects, !school.isForCollectors, (day.due..<day.end).contains(first.at) { .leftEarly } else { .left }
        }
    }
}
