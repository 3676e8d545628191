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

    /// A lock at a site that is not heard: however it was, nobody knows how it is.
    init(_ role: Role, _ instance: Instance, silentSince moment: Instant) {
        (self.role, self.instance) = (role, instance)
        life = moment == .distantPast ? nil : Life(.ready, at: moment)
        condition = life == nil ? .unheard : .lost
    }

    var address: Address { Address(role.program, instance) }

    /// Whether somebody must look now.
    var isBad: Bool { condition <= .stopped }

    /// Whether a question is worth the wait: it runs, however it is.
    var answers: Bool { !isBad || condition == .red }
}

extension Town {
    /// Those whose life is worth a look: processes and locks, of a site or of the whole town.
    func living(at place: SiteID? = nil) -> [(role: Role, instance: Instance)] {
        roster.users.filter { $0.role.hasLife && (place == nil || self.place(of: $0.role, $0.instance) == place) }
    }

    func vitals(_ lives: [Message], at place: SiteID? = nil, now: Instant) -> [Vitals] {
        living(at: place).map { role, instance in
            let own = Vitals(role, instance, life(role, instance, among: lives), now: now)
            guard role == .lock, let site = self.place(of: role, instance), let since = silence(of: site, among: lives, now: now) else {
                return own
            }
            // What the broker keeps of the lock is as old as the site's last word.
            return Vitals(role, instance, silentSince: since)
        }
    }

    /// Since when nothing was heard of a site, by its lock-controller's last word; `nil` while it is heard.
    func silence(of site: SiteID, among lives: [Message], now: Instant) -> Instant? {
        silence(of: .lockController, site.named(), among: lives, now: now)
    }

    /// The same of one process.
    func silence(of role: Role, _ instance: Instance, among lives: [Message], now: Instant) -> Instant? {
        let vitals = Vitals(role, instance, life(role, instance, among: lives), now: now)
        return vitals.answers ? nil : vitals.life?.at ?? .distantPast
    }

    private func life(_ role: Role, _ instance: Instance, among lives: [Message]) -> Life? {
        let topic = Topic.life(of: Address(role.program, instance), in: name).description
        return lives.last { $0.topic == topic }.flatMap { try? $0.payload.decoded(as: Life.self) }
    }

    var lifeFilters: [String] {
        let programs = living().map(\.role.program).reduce(into: [Program]()) { if !$0.contains($1) { $0.append($1) } }
        return programs.map { "\(name)/\($0)/health/+/life" }
    }
}
