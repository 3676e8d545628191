import Bus
import Contracts
import Seal
import VirtualLock

/// A door whose lock comes from the shop: to the town a lock as any other, to the device whoever it takes orders from.
package final class DrivenDoor {
    package let id: DoorID
    package private(set) var device: Device
    private let lock: VirtualLock
    private let transport: any Transport
    private let obeyed: Obeyed
    /// What the town was told last.
    private var told = LockCondition()

    /// Grants that were judged good and are not given to the device yet.
    private final class Obeyed { var grants: [Grant] = [] }

    /// - Parameters:
    ///   - transport: the lock's own connection, with a clean session.
    ///   - keep: writes the lock's memory down; nothing is sent to the device before.
    package init(
        _ id: DoorID, of town: TownID, dialect: Dialect, keys: [VerifyingKey], memory: LockMemory, transport: any Transport,
        random: @escaping () -> UInt64, keep: @escaping (LockMemory) throws -> Void
    ) {
        self.id = id
        device = Device(dialect)
        let obeyed = Obeyed()
        self.obeyed = obeyed
        self.transport = transport
        lock = VirtualLock(
            town: town, door: id, keys: keys, memory: memory, transport: transport, random: random, seesItsBolt: false, keep: keep,
            didJudge: { judgement, _ in if case .open(let grant) = judgement { obeyed.grants.append(grant) } })
    }

    /// Hears the town.
    /// - Parameters:
    ///   - now: by the wall, for the town; `uptime`: by a clock that nobody sets, for the device.
    /// - Returns: what is to be done with the device, and when to call again.
    func step(now: Instant, uptime: Instant) throws -> (deeds: [Device.Deed], next: Duration) {
        let next = try lock.step(now: now)
        let lockWaits = transport.isConnected ? next - now : .seconds(1)
        let deeds = obeyed.grants.flatMap { device.open($0.jti, seconds: $0.open, at: uptime) } + device.wake(at: uptime)
        obeyed.grants = []
        return (deeds, min(lockWaits, device.due.map { $0 - uptime } ?? .seconds(10)))
    }

    func connected(at uptime: Instant) { device.connected(at: uptime) }
    func disconnected() { device.disconnected() }

    func hear(_ message: Message, at uptime: Instant) -> [Device.Deed] {
        device.hear(message.payload, on: message.topic, isRetained: message.isRetained, at: uptime)
    }

    func report(_ grant: EventID, _ result: LockOutcome.Result, at now: Instant) throws {
        try lock.report(LockOutcome(grant: grant, result: result, refusal: result == .refused ? .jammed : nil), at: now)
    }

    /// Tells the town what has changed at the device, and what a person should know of it.
    /// - Returns: whether there was anything.
    func tell(at now: Instant) throws -> Bool {
        let condition = device.condition
        let news = LockCondition(
            bolt: condition.bolt == told.bolt ? nil : condition.bolt, contact: condition.contact == told.contact ? nil : condition.contact,
            battery: condition.battery == told.battery ? nil : condition.battery,
            tamper: condition.tamper == told.tamper ? nil : condition.tamper)
        told = condition
        if news != LockCondition() { try lock.report(news, at: now) }
        let problems = problems
        defer { lock.problems = problems }
        return news != LockCondition() || problems != lock.problems
    }

    func leave(at now: Instant) throws { try lock.leave(now: now) }

    private var problems: [Problem] {
        var problems: [Problem] = []
        if !device.isPresent {
            problems.append(
                Problem(
                    .red, "device-away",
                    "The device at door \(id) is away: the door opens for nobody. Look at its power, its network, its name and password."))
        }
        if device.standsOpen {
            problems.append(
                Problem(.red, "not-locked", "The device at door \(id) was told to lock and has not. Look at the door and lock it by hand."))
        }
        if device.retainedOrderFound != nil {
            problems.append(
                Problem(
                    .amber, "retained-order",
                    "Somebody had left an order for door \(id) at the broker; it was removed. Look who may write there and change the device's password."
                ))
        }
        if device.batteryIsLow {
            problems.append(Problem(.amber, "battery", "The battery of the device at door \(id) is low. Change it."))
        }
        return problems
    }
}
