import Bus
import Contracts
import Glibc
import ServiceKit
import Town

/// A connection to the town's bus for the length of one command. It keeps nothing at the broker.
final class Session {
    let town: Town
    let role: Role
    let instance: Instance
    let console: Console
    private let wire: any Wire
    private let place: String
    private var subscriptions: [Subscription] = []
    private var messages: [Message] = []
    private var refusals: [Int32: UInt8] = [:]
    /// What the last attempt to connect ended with.
    private var lastTrouble: String?
    private var wasConnected = false

    var user: UserID { role.user(instance) }
    var address: Address { Address(role.program, instance) }

    /// Milliseconds until a broker that does not answer is given up; one that turns us away is given less.
    static let patience: Int64 = 5000
    static let refusedPatience: Int64 = 1500

    init(_ wire: any Wire, town: Town, role: Role, instance: Instance, place: String, console: Console) {
        self.wire = wire
        self.town = town
        self.role = role
        self.instance = instance
        self.place = place
        self.console = console
    }

    deinit { wire.close() }

    // MARK: Connecting

    func connect() throws(Failure) {
        let start = monotonicMilliseconds()
        while !wire.isConnected {
            try pump(until: monotonicMilliseconds() + 200)
            let waited = monotonicMilliseconds() - start
            guard waited < (lastTrouble == nil ? Self.patience : Self.refusedPatience) else {
                let trouble = lastTrouble ?? "\(place): no answer"
                throw .refused("the broker cannot be reached (\(trouble)). Does the town run? Start it with: kazasu up TOWN.yaml")
            }
            if waited > 1000 { console.progress("waiting for the broker at \(place)") }
        }
        console.progress("")
    }

    /// Subscribes and takes what the broker keeps: when this returns, every retained message has arrived.
    ///
    /// A message of our own goes after the subscriptions; a broker hands over what it has in order, so its return says that all before it is here.
    func look(at filters: [String]) throws(Failure) -> [Message] {
        let probe = Topic.probe(of: address, in: town.name).description
        let mark = Array("\(console.random())".utf8)
        subscribe(filters.map { Subscription(filter: $0, qos: 1) } + [Subscription(filter: probe, qos: 1)])
        _ = wire.publish(Outgoing(topic: probe, payload: mark, qos: 1, retain: false))
        let deadline = monotonicMilliseconds() + Self.patience
        var seen: [Message] = []
        while let message = try next(until: deadline) {
            if message.topic == probe {
                if message.payload == mark { return seen }
            } else {
                seen.append(message)
            }
        }
        throw .refused(
            "the broker at \(place) took the subscriptions of \(user) and then fell silent. Is its ACL the one of this town? Start again: kazasu up"
        )
    }

    /// Subscribes now and again after each reconnect.
    func subscribe(_ added: [Subscription]) {
        subscriptions += added.filter { !subscriptions.contains($0) }
        if wire.isConnected { wire.subscribe(added) }
    }

    /// Subscribes once, however often it is asked to: a command of many parts has one topic for its answers.
    func listen(to filter: String) {
        if !subscriptions.contains(where: { $0.filter == filter }) { subscribe([Subscription(filter: filter, qos: 1)]) }
    }

    // MARK: Sending and receiving

    /// - Returns: the acknowledgement's name, `nil` while there is no connection.
    func publish(_ outgoing: Outgoing) -> Int32? { wire.publish(outgoing) }

    /// The broker's refusal of a publish, if it has refused it (MQTT 5.0, 3.4.2.1).
    func refusal(of id: Int32) -> UInt8? { refusals[id] }

    /// The next message, or `nil` at the deadline (monotonic milliseconds).
    func next(until deadline: Int64) throws(Failure) -> Message? {
        while messages.isEmpty, monotonicMilliseconds() < deadline { try pump(until: deadline) }
        return messages.isEmpty ? nil : messages.removeFirst()
    }

    /// The next message that comes within so many milliseconds.
    func next(within milliseconds: Int64) throws(Failure) -> Message? { try next(until: monotonicMilliseconds() + milliseconds) }

    /// Waits once, for something or until the deadline.
    private func pump(until deadline: Int64) throws(Failure) {
        var isDry = true
        for event in wire.receive(limit: 1000) {
            isDry = false
            switch event {
            case .connected:
                if wasConnected { console.note("the broker is back") }
                wasConnected = true
                lastTrouble = nil
                wire.subscribe(subscriptions)
            case .disconnected(let reason):
                // The first of many attempts is told; the others only say the same.
                if wasConnected, lastTrouble == nil { console.note("the connection to the broker is lost (\(reason)); trying again") }
                lastTrouble = reason
            case .message(let message): messages.append(message)
            case .acknowledged(let id, let code): if code >= 0x80 { refusals[id] = code }
            case .fatal(let sentence): throw .refused(sentence)
            }
        }
        wire.flush()
        guard isDry, messages.isEmpty else { return }
        let wait = max(0, min(deadline - monotonicMilliseconds(), wire.patience, 1000))
        var polled = wire.interest.map { [$0] } ?? []
        poll(&polled, nfds_t(polled.count), Int32(wait))
    }
}
