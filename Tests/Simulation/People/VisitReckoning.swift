import Contracts
import ServiceKit

/// What becomes of cards that were held in the town's houses, reckoned a second time from what agents and doors have said.
struct VisitReckoning {
    typealias Tap = ReaderAgentsInSimulation.WrittenTap

    enum Fate: Equatable {
        /// No visit to a house: a bus, a counter, a door that stayed shut.
        case none
        /// In a visit, or aside because its time cannot be.
        case counts(at: Instant)
        /// Aside until its machine has the time.
        case waits
        /// A disk that was put back leaves it open.
        case unknown
    }

    /// A card in a house, as visits are made of it.
    struct Card: Equatable {
        let at: Instant
        let id: EventID
        let direction: Direction?
    }

    /// A visit whose beginning or end was seen.
    struct Seen: Equatable {
        var came: Instant?
        var left: Instant?
    }

    private static let uncounted: Set<Name<Purpose>> = ["enrol", "school-gate", "shelter", "locker", "ride", "shop"]

    let taps: [EventID: Tap]
    /// When machines that had no clock were started, by machine and process; those of disks put back apart.
    private var started: [String: Instant] = [:]
    private var perhapsStarted: Set<String> = []
    /// What doors did about cards; every word that was ever said of one.
    private(set) var verdicts: [EventID: Set<DoorDecided.Outcome>] = [:]
    private(set) var certain: Set<EventID> = []
    /// Doors that were opened, with the time.
    private(set) var opened: [EventID: (means: String, at: Instant)] = [:]

    init(_ world: World) throws {
        let agents = world.participant(ReaderAgentsInSimulation.self)
        taps = Dictionary(try agents.taps().map { ($0.id, $0) }) { $0.isForgotten ? $1 : $0 }
        for agent in agents.agents {
            let name = agent.identity.address.instance
            for row in try agent.journal() + agent.forgotten where row.topic.hasSuffix("/clock-set") {
                let set = try Envelope<ClockSet>(json: row.event).data
                started["\(name) \(row.epoch)"] = set.time - .milliseconds(set.uptime)
            }
            for row in agent.forgotten where row.topic.hasSuffix("/clock-set") { perhapsStarted.insert("\(name) \(row.epoch)") }
        }
        for controller in world.participant(LockControllerInSimulation.self).all {
            for (rows, isKept) in [(try controller.journal(), true), (controller.forgotten, false)] {
                for row in rows where row.topic.hasSuffix("/door-decision") { hear(try Envelope<DoorDecided>(json: row.event), isKept) }
            }
        }
    }

    private mutating func hear(_ decision: Envelope<DoorDecided>, _ isKept: Bool) {
        if isKept, decision.data.verdict == .open {
            opened[decision.id] = (decision.data.means?.rawValue ?? "card", decision.time)
        }
        guard decision.data.means == nil else { return }
        verdicts[decision.data.tap, default: []].insert(decision.data.verdict)
        if isKept { certain.insert(decision.data.tap) }
    }

    func fate(of tap: Tap) -> Fate {
        if Self.uncounted.contains(tap.purpose.kind) { return .none }
        if tap.isForgotten { return .unknown }
        if tap.purpose.door != nil {
            guard let said = verdicts[tap.id], said.count == 1, certain.contains(tap.id) else { return .unknown }
            if said == [.refuse] { return .none }
        }
        guard let moment = moment(of: tap) else { return .waits }
        return perhapsStarted.contains("\(tap.agent) \(tap.epoch)") ? .unknown : .counts(at: moment)
    }

    /// When the card was held, by its machine; `nil` where that never learnt the time.
    func moment(of tap: Tap) -> Instant? {
        guard tap.tap.data.clock == .boot else { return tap.tap.time }
        guard let start = started["\(tap.agent) \(tap.epoch)"], let uptime = tap.tap.data.uptime else { return nil }
        return start + .milliseconds(uptime)
    }

    /// The day of visits, as days after 1970-01-01: it begins at four.
    static func day(of moment: Instant) -> Int64 {
        let hours = moment.milliseconds + (9 - 4) * 3_600_000
        return (hours - ((hours % 86_400_000) + 86_400_000) % 86_400_000) / 86_400_000
    }

    /// One person's visits to one house on one day.
    static func visits(_ cards: [Card], to house: Facility, repeatWithin: Duration) -> [Seen] {
        let isCounted = house.counting == .arrivals
        var news: [(at: Instant, isIn: Bool)] = []
        var last: Instant?
        for card in cards.sorted(by: { ($0.at, $0.id) < ($1.at, $1.id) }) where !(isCounted && card.direction == .out) {
            let said = isCounted ? nil : card.direction
            let isAgain = last.map { card.at - $0 < repeatWithin } ?? false
            if isAgain, said == nil || (said == .in) == news.last?.isIn {
                last = card.at
            } else {
                // Where people take turns, whoever came goes, within the longest stay.
                let isGoing = house.counting == .turns && news.last.map { $0.isIn && card.at < $0.at + house.longestStay } ?? false
                news.append((card.at, said.map { $0 == .in } ?? !isGoing))
                last = card.at
            }
        }
        return news.reduce(into: []) { visits, card in
            if card.isIn {
                visits.append(Seen(came: card.at))
            } else if let open = visits.last, open.left == nil {
                visits[visits.count - 1].left = card.at
            } else {
                visits.append(Seen(left: card.at))
            }
        }
    }
}
