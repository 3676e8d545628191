import Bus
import Contracts
import Glibc
import Town

/// Keeps an eye on the lives of all processes and locks, over every reconnect, for as long as the town runs.
final class LifeWatch {
    private let wire: any Wire
    private let town: Town
    private let place: SiteID?
    private var lives: [String: Life] = [:]
    private var told: [String: String] = [:]
    private(set) var lastTrouble = "no answer"

    /// - Parameter place: the site whose processes are watched; `nil` for everybody's.
    init(_ wire: any Wire, town: Town, at place: SiteID? = nil) {
        self.wire = wire
        (self.town, self.place) = (town, place)
    }

    deinit { wire.close() }

    var isConnected: Bool { wire.isConnected }
    var interest: [pollfd] { wire.interest.map { [$0] } ?? [] }
    var patience: Int64 { wire.patience }

    /// Takes what has arrived.
    func hear() throws(Failure) {
        while true {
            let events = wire.receive(limit: 1000)
            for event in events {
                switch event {
                case .connected: wire.subscribe(town.lifeFilters.map { Subscription(filter: $0, qos: 1) })
                case .disconnected(let reason): lastTrouble = reason
                case .message(let message): lives[message.topic] = try? message.payload.decoded(as: Life.self)
                case .acknowledged: break
                case .fatal(let sentence): throw .refused(sentence)
                }
            }
            wire.flush()
            if events.isEmpty { return }
        }
    }

    func life(_ role: Role, _ instance: Instance) -> Life? {
        lives[Topic.life(of: Address(role.program, instance), in: town.name).description]
    }

    /// Those of the processes that have said nothing since `start`: what the broker kept of an earlier run does not count.
    func missing(_ processes: [(role: Role, instance: Instance)], since start: Instant) -> [String] {
        processes.filter { role, instance in
            life(role, instance).map { $0.at < start || $0.state == .lost || $0.state == .stopped } ?? true
        }.map { "\($0.role.user($0.instance))" }
    }

    /// What has changed since the last call, one line each: name and words.
    func news(now: Instant, _ words: PlainWords) -> [(name: String, text: String)] {
        town.living(at: place).compactMap { role, instance in
            guard let life = life(role, instance) else { return nil }
            let name = role.user(instance).text
            let text =
                Vitals(role, instance, life, now: now).condition == .lost && life.state != .lost ? "silent for a minute" : words.life(life)
            guard told[name] != text else { return nil }
            told[name] = text
            return (name, text)
        }
    }
}
