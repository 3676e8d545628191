import Contracts
import ServiceKit
import Store

/// What residents ask at their own page. That it is they is the portal's to know; whose children they speak for is found here.
extension Notifier {
    private static let deliveriesOnPage = 20
    /// The answer stays below 32 KiB, whatever carriers had to say.
    private static let childrenOnPage = 12
    private static let absencesOnPage = 30

    func showOwn(_ command: Envelope<ShowOwnNotices>, in turn: borrowing Turn) throws -> Reply<OwnNotices> {
        let person = command.data.person
        let children = try inOrder(wards(of: person, in: turn.db), turn.db).flatMap { child in
            try policy.schools.filter { try isPupil(child.person, of: $0, in: turn.db) }.map { school in
                OwnNotices.Child(
                    try today(of: child, at: school, in: turn), at: school.id,
                    absences: try absences(of: child.person, from: school, in: turn))
            }
        }
        let deliveries = try turn.db.all(
            "SELECT id FROM delivery WHERE recipient = ? ORDER BY id DESC LIMIT ?", person.text, Self.deliveriesOnPage
        ) { EventID(bytes: $0.blob(0)) }.compactMap { try $0.flatMap { try line($0, in: turn.db) } }
        return .accept(
            OwnNotices(
                person, children: Array(children.prefix(Self.childrenOnPage)), deliveries: deliveries,
                ways: try ways(to: person, in: turn.db)))
    }

    /// The next days for which one is reported.
    private func absences(of pupil: PersonID, from school: School, in turn: borrowing Turn) throws -> [CalendarDate] {
        try turn.db.all(
            "SELECT date FROM absence WHERE school = ? AND person = ? AND date >= ? ORDER BY date LIMIT ?", school.id.text, pupil.text,
            turn.now.date(turn.identity.offset).description, Self.absencesOnPage
        ) { CalendarDate($0.text(0)) }.compactMap(\.self)
    }

    func reportOwn(_ command: Envelope<ReportOwnAbsence>, in turn: borrowing Turn) throws -> Reply<AbsenceReported> {
        try turn.obey {
            let wish = command.data
            guard try wards(of: wish.person, in: turn.db).contains(wish.child) else {
                throw Objection(
                    "not-yours", "\(wish.person) speaks for no such child. A guardian is linked to a child at the residents' counter.")
            }
            let report = ReportAbsence(wish.child, at: wish.school, from: wish.from, until: wish.until, undo: wish.undo)
            return .accept(try take(report, at: try known(wish.school), by: wish.person, cause: command.id, in: turn))
        }
    }

    func subscribeOwn(_ command: Envelope<SubscribeOwn>, in turn: borrowing Turn) throws -> Reply<WaysToReach> {
        try turn.obey {
            let wish = command.data
            return .accept(try subscribe(Subscribe(wish.person, push: wish.push, remove: wish.remove), by: wish.card, in: turn))
        }
    }
}
