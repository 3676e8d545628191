import Contracts
import ServiceKit
import Store

/// On a bus: the family of a child hears when it gets on and off.
extension Notifier {
    /// Held again so soon in the same way, a card says nothing new; as for fares.
    private static let ridePause = Duration.seconds(60)
    /// Who has not got off within this has forgotten the card: holding it again is getting on.
    private static let longestRide = Duration.seconds(2 * 3600)

    /// - Parameter at: when the card was held; nothing is kept of those of whom nobody wants to hear.
    func onBoard(_ tap: Envelope<Tapped>, _ person: PersonID, _ at: Instant, in turn: borrowing Turn) throws {
        guard tap.data.purpose.kind == "ride", let line: LineID = tap.data.purpose.thing?.named(), turn.now - at < Self.keepsGateTaps,
            try !listeners(of: person, for: .ride, in: turn.db).isEmpty
        else { return }
        let vehicle = "\(line)/\(turn.topic.entity)"
        try keep(GateTap(id: tap.id, at: at, direction: tap.data.direction), of: person.text, at: vehicle, in: turn.db)
        let start = Instant(startOf: at.date(turn.identity.offset), turn.identity.offset)
        let day = GateDay(
            following: try gateTaps(of: person.text, at: vehicle, from: start, in: turn.db), pause: Self.ridePause,
            lasting: Self.longestRide)
        for change in day.changes where !change.isTold {
            try noteTold(change.first, of: person, at: vehicle, in: turn.db)
            var news = News(
                word: change.way == .in ? .boarded : .alighted, kind: .ride, about: change.first.id, subject: person,
                at: change.first.at, urgency: .soon)
            (news.values.line, news.values.place) = (line, tap.data.place)
            try tell(news, in: turn)
        }
    }

    /// In which line's vehicle somebody is now. Of whom nobody wants to hear nothing is kept, and so nothing is known.
    func riding(_ person: PersonID, in turn: borrowing Turn) throws -> LineID? {
        let start = Instant(startOf: turn.now.date(turn.identity.offset), turn.identity.offset)
        let vehicles = try turn.db.all(
            "SELECT DISTINCT spot FROM gate_tap WHERE key = ? AND spot LIKE '%/%' AND at >= ?", person.text,
            (turn.now - Self.longestRide).milliseconds
        ) { $0.text(0) }
        let vehicle = try vehicles.first { vehicle in
            let day = GateDay(
                following: try gateTaps(of: person.text, at: vehicle, from: start, in: turn.db), pause: Self.ridePause,
                lasting: Self.longestRide)
            return day.changes.last.map { $0.way == .in && turn.now - $0.first.at < Self.longestRide } ?? false
        }
        return vehicle.flatMap { LineID($0.prefix { $0 != "/" }) }
    }
}
