import Bus
import Contracts
import Town

/// The doors as Home Assistant shows them: MQTT locks it finds by discovery (home-assistant.io/integrations/mqtt, "MQTT Discovery", and lock.mqtt).
///
/// What it shows is what the town knows of a door; a door with a driver tells where its bolt is, any other whether it was opened just now.
package final class Board {
    private let town: TownID
    private let doors: [Town.Door]
    private var states: [DoorID: DoorState] = [:]
    private var controllerLives = false
    private var told: [DoorID: Shown] = [:]
    /// Doors somebody wants opened, not asked for yet.
    private(set) var wishes: [DoorID] = []

    private struct Shown: Equatable {
        /// `nil` while nobody knows.
        var state: String?
        var isAvailable: Bool
    }

    /// Where Home Assistant looks, and says that it has started, by default.
    static let prefix = "homeassistant"
    static let birth = "\(prefix)/status"

    package init(town: TownID, doors: [Town.Door]) {
        self.town = town
        self.doors = doors.filter { $0.homeAssistant != nil }
    }

    static func topic(_ door: DoorID, _ word: String) -> String { "kazasu-doors/\(door)/\(word)" }
    private static func config(_ door: DoorID, _ town: TownID) -> String { "\(prefix)/lock/\(town)/\(door)/config" }
    private static func driverLife(_ town: TownID) -> String { Topic.life(of: LockDriver.address, in: town).description }
    private var controllerLife: String { Topic.life(of: Address("lock-controller", "main"), in: town).description }

    // MARK: Rights at the broker

    /// What Home Assistant's own user may do.
    static func rights(to doors: [Town.Door], of town: TownID) -> Set<AccessLine> {
        var rights: Set<AccessLine> = [
            AccessLine(.readwrite, birth), AccessLine(.read, "\(prefix)/lock/\(town)/+/config"), AccessLine(.read, driverLife(town)),
        ]
        for door in doors {
            for word in ["state", "availability"] { rights.insert(AccessLine(.read, topic(door.id, word))) }
            if door.homeAssistant == .operate { rights.insert(AccessLine(.write, topic(door.id, "set"))) }
        }
        return rights
    }

    static func ownRights(in town: TownID) -> Set<AccessLine> {
        [
            AccessLine(.read, birth), AccessLine(.readwrite, "\(prefix)/lock/\(town)/+/config"),
            AccessLine(.readwrite, "kazasu-doors/+/set"),
            AccessLine(.write, "kazasu-doors/+/state"), AccessLine(.write, "kazasu-doors/+/availability"),
        ]
    }

    // MARK: The driver's loop

    var filters: [String] {
        [
            Self.birth, "\(Self.prefix)/lock/\(town)/+/config", "kazasu-doors/+/set", Channel<DoorState>.doors.filter(in: town),
            controllerLife,
        ]
    }

    /// Everything is to be said again: the broker may have lost its memory.
    func forget() {
        told = [:]
        states = [:]
        controllerLives = false
    }

    func hear(_ message: Message, at now: Instant) -> [Saying] {
        switch message.topic {
        case Self.birth: if message.payload == Array("online".utf8) { told = [:] }
        case controllerLife:
            let life = try? message.payload.decoded(as: Life.self)
            controllerLives = life.map { $0.state != .lost && $0.state != .stopped } ?? false
        case let topic where topic.hasPrefix("\(Self.prefix)/lock/\(town)/"):
            // A door that is not shown any more.
            if !message.payload.isEmpty, !doors.contains(where: { Self.config($0.id, town) == topic }) { return [.emptiness(topic: topic)] }
        case let topic where topic.hasPrefix("kazasu-doors/"):
            if message.isRetained { return message.payload.isEmpty ? [] : [.emptiness(topic: topic)] }
            guard message.payload == Array("UNLOCK".utf8) else { break }
            wishes += doors.filter { $0.homeAssistant == .operate && Self.topic($0.id, "set") == topic }.map(\.id)
        default:
            guard let topic = Topic(message.topic), topic.owner == "lock-controller", topic.kind == .state else { return [] }
            states[topic.entity.named()] = try? Envelope<DoorState>(json: message.payload).data
        }
        return []
    }

    func takeWishes() -> [DoorID] {
        defer { wishes = [] }
        return wishes
    }

    /// What has changed since it was said last.
    /// - Parameter device: the one at a door, if a driver stands there.
    func news(at now: Instant, device: (DoorID) -> Device?) -> [Saying] {
        doors.flatMap { door -> [Saying] in
            let device = device(door.id)
            let shown = shown(door, device, now)
            guard shown != told[door.id] else { return [] }
            let isFirst = told.updateValue(shown, forKey: door.id) == nil
            func say(_ word: String, _ text: String) -> Saying { .notice(topic: Self.topic(door.id, word), Array(text.utf8)) }
            return (isFirst ? [.notice(topic: Self.config(door.id, town), configuration(of: door))] : [])
                + (shown.state.map { [say("state", $0)] } ?? []) + [say("availability", shown.isAvailable ? "online" : "offline")]
        }
    }

    private func shown(_ door: Town.Door, _ device: Device?, _ now: Instant) -> Shown {
        let state = states[door.id]
        let isAvailable = controllerLives && state?.lock == .ready && device?.isPresent ?? true
        if let device { return Shown(state: device.condition.bolt?.rawValue.uppercased(), isAvailable: isAvailable) }
        let isOpen = state?.lastOutcome == .opened && state?.lastOutcomeAt.map { now < $0 + door.openFor } ?? false
        return Shown(state: state.map { _ in isOpen ? "UNLOCKED" : "LOCKED" }, isAvailable: isAvailable)
    }

    /// The discovery payload. Home Assistant insists on a command topic; without the right to it at the broker a press of its button does nothing.
    private func configuration(of door: Town.Door) -> [UInt8] {
        let name = "kazasu-\(town)-\(door.id)"
        let config = Configuration(
            availability: [
                .init(topic: Self.topic(door.id, "availability")),
                // The broker's word for a driver that is gone stands for all its doors.
                .init(
                    topic: Self.driverLife(town),
                    template: "{{ 'offline' if value_json.state in ('lost', 'stopped') else 'online' }}"),
            ],
            commands: Self.topic(door.id, "set"),
            device: .init(identifiers: [name], manufacturer: "Kazasu", name: door.title ?? door.id.text),
            states: Self.topic(door.id, "state"), name: name)
        return (try? config.json()) ?? []
    }

    private struct Configuration: Encodable {
        struct Availability: Encodable {
            let topic: String
            var template: String?

            private enum CodingKeys: String, CodingKey {
                case topic
                case template = "value_template"
            }
        }
        struct Device: Encodable {
            let identifiers: [String]
            let manufacturer: String
            let name: String
        }

        let availability: [Availability]
        var mode = "all"
        let commands: String
        let device: Device
        var optimistic = false
        let states: String
        /// Also what its entity is called: `lock.` and this, with `_` for `-`.
        let name: String

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(availability, forKey: .availability)
            try members.encode(mode, forKey: .mode)
            try members.encode(commands, forKey: .commands)
            try members.encode(device, forKey: .device)
            try members.encode(optimistic, forKey: .optimistic)
            try members.encode(states, forKey: .states)
            for key in [Key.object, .unique] { try members.encode(name, forKey: key) }
        }

        private enum Key: String, CodingKey {
            case availability, device, optimistic
            case mode = "availability_mode"
            case commands = "command_topic"
            case states = "state_topic"
            case object = "object_id"
            case unique = "unique_id"
        }
    }
}
