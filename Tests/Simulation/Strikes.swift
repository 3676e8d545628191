import Bus
import Contracts

/// What breaks in a tenth of a second.
extension World {
    func strike() {
        for index in ailments.indices.reversed() where ailments[index].until <= now { ailments.remove(at: index).end() }
        for machine in machines where machine.isUp { strike(machine) }
        strikeBroker()
        if happens(faults.partition / 10) { part() }
        if happens(faults.clone / 10) { cloneOne() }
        if happens(faults.garbage / 10) { throwGarbage() }
    }

    private func strike(_ machine: any Machine) {
        if happens(faults.crash * (1 - faults.crashInside) / 10) { machine.crash(self) }
        if happens(faults.cut / 10) { cutOff([machine], for: 60_000) }
        if happens(faults.stall / 10) {
            let pause = among([500, 5_000, 40_000])
            note("\(machine.name) is not run for \(pause) ms")
            machine.stall(until: now + .milliseconds(Int64(pause)))
        }
        if happens(faults.diskFull / 10) {
            note("\(machine.name)'s disk is full")
            machine.fillDisk(true)
            ail(20_000) { machine.fillDisk(false) }
        }
        if happens(faults.diskError / 10) {
            note("\(machine.name)'s disk does not write")
            machine.breakDisk(true)
            ail(20_000) { machine.breakDisk(false) }
        }
        if happens(faults.clockSet / 10) {
            let step = drawnSkew(machine.hasTimers ? min(faults.step, 60_000) : faults.step)
            note("\(machine.name)'s clock is set by \(step.milliseconds) ms")
            machine.setClock(by: step)
        }
    }

    /// Something that lasts, mostly much shorter than `most` milliseconds.
    private func ail(_ most: Int, _ end: @escaping () -> Void) {
        ailments.append((now + .milliseconds(Int64(100 + below(1 + below(most)))), end))
    }

    func cutOff(_ machines: [any Machine], for most: Int) {
        note("\(machines.map(\.name).joined(separator: ", ")): cut off")
        for machine in machines { machine.setReachable(false) }
        ail(most) { for machine in machines { machine.setReachable(true) } }
    }

    private func part() {
        cutOff(machines.filter { _ in happens(0.5) }, for: 60_000)
    }

    private func strikeBroker() {
        if happens(faults.brokerOldMemory / 10) { oldMemory = broker.memory() }
        if happens(faults.brokerRestart / 10) {
            if happens(faults.brokerAmnesia) {
                note("the broker restarts without its memory")
                broker.restart(keepingMemory: false)
            } else if let memory = oldMemory, happens(faults.brokerOldMemory) {
                note("the broker restarts with an old memory")
                broker.restart(with: memory)
            } else {
                note("the broker restarts with its memory")
                broker.restart(keepingMemory: true)
            }
        }
        if let station, happens(faults.brokerRestart / 10) {
            note("the broker of the site restarts")
            station.broker.restart(keepingMemory: !happens(faults.brokerAmnesia))
        }
        if happens(faults.sessionExpiry / 10) {
            for machine in machines { broker.expireSession(of: machine.name) }
        }
        if happens(faults.staleHeads / 10), !oldRetained.isEmpty {
            let topic = among(oldRetained.keys.sorted())
            note("the broker finds an old copy of \(topic)")
            broker.restoreRetained(topic, oldRetained[topic] ?? [])
        }
        if happens(faults.lostRetained / 10), !broker.retained.isEmpty { broker.forgetRetained(among(broker.retained.keys.sorted())) }
    }

    /// Somebody copies a machine's disk and starts both; after a while the second one is found and thrown away.
    private func cloneOne() {
        let original = among(machines)
        guard original.isUp, !machines.contains(where: { $0 !== original && $0.name == original.name }),
            let copy = try? original.clone(self)
        else { return }
        note("\(original.name) is there twice")
        addClone(copy, of: original)
        ail(30_000) { [unowned self, unowned copy] in
            note("the second \(copy.name) is thrown away")
            removeClone(copy)
        }
    }

    private func throwGarbage() {
        isStranger = true
        defer { isStranger = false }
        let door = "nagai/lock-controller/grant/door-0/unlock"
        if happens(0.3), let old = oldMessages.last(where: { $0.topic == door }) {
            // The classic failure of this field: an order that the broker keeps.
            broker.restoreRetained(door, old.payload)
            broker.inject(old)
        } else if happens(0.4), !oldMessages.isEmpty {
            // Signs of life are believed: whoever may forge them may make an old tap look fresh.
            let old = among(oldMessages)
            if !old.topic.contains("/health/") { broker.inject(old) }
        } else {
            broker.inject(Message(topic: among(Self.topics), payload: Array(among(Self.bodies).utf8)))
        }
    }

    private static let topics = [
        "nagai/reader-agent/event/gate-0/tap", "nagai/reader-agent/event/gate-9/tap",
        "nagai/lock-controller/command/desk-office/booking-add", "nagai/lock/report/door-0/outcome",
        "nagai/reader-agent/journal/gate-0/heads",
        "nagai/reader-agent/batch/gate-0/lock-controller--main", "nagai/lock-controller/grant/door-0/unlock",
        "nagai/operator/ask/auditor/reader-agent--gate-0", "other/town", "nagai/lock-controller/event/main/door-decision",
        "nagai/reader-agent/health/gate-0/life",
    ]
    private static let bodies = [
        "", "{", "[]", "null", "{\"id\":1}", "{\"specversion\":\"1.0\"}", String(repeating: "x", count: 40_000),
        "{\"segments\":{\"a\":[]},\"at\":\"2026\"}",
    ]
}
