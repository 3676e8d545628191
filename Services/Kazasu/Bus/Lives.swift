import Bus
import Contracts
import Launch
import Town

/// How one process or lock is, judged from its last word.
struct Vitals: Equatable {
    enum Condition: Int, Comparable {
        /// The broker says that its connection broke, or its last word is too old.
        case lost
        case red
        /// A process of the town that has never said anything.
        case unheard
        case stopped
        case amber
        /// A lock that has never said anything: perhaps it is not built in yet.
        case absent
        case ready

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    let role: Role
    let instance: Instance
    let life: Life?
    let condition: Condition

    /// A service speaks every ten seconds; after this long without a word it hangs, whatever the broker believes.
    static let patience = Duration.seconds(60)

    init(_ role: Role, _ instance: Instance, _ life: Life?, now: Instant) {
        self.role = role
        self.instance = instance
        self.life = life
        condition =
            switch life?.state {
            case nil: role == .lock || role == .keypad ? .absent : .unheard
            case .lost: .lost
            case .stopped: .stopped
            // A device's clock is its own and its life may be said once a connection.
            case .some where role != .lock && role != .keypad && life.map({ now > $0.at + Self.patience }) ?? false: .lost
            case .red: .red
            case .amber: .amber
            case .ready: .ready
            }
    }

    /// Whether somebody must look now.
    var isBad: Bool { condition <= .stopped }

    /// Whether a question is worth the wait: it runs, however it is.
    var answers: Bool { !isBad || condition == .red }
}

extension Town {
    /// Those whose life is worth a look: processes and locks.
    var living: [(role: Role, instance: Instance)] { roster.users.filter { !$0.role.isStation } }

    func vitals(_ lives: [Message], now: Instant) -> [Vitals] {
        living.map { role, instance in
            let topic = Topic.life(of: Address(role.program, instance), in: name).description
            return Vitals(role, instance, lives.last { $0.topic == topic }.flatMap { try? $0.payload.decoded(as: Life.self) }, now: now)
        }
    }

    var lifeFilters: [String] {
        let programs = living.map(\.role.program).reduce(into: [Program]()) { if !$0.contains($1) { $0.append($1) } }
        return programs.map { "\(name)/\($0)/health/+/life" }
    }
}
