import Contracts

private enum DoorKey: String, Setting {
    case title, accepts, lease, keypad
    case openFor = "open-for"
    case opensFor = "opens-for"
    case firstPerson = "first-person"
    case limit
    case heldAfter = "held-after"
    case silentAfter = "silent-after"
    case driver
    case homeAssistant = "home-assistant"
}

private enum KeepKey: String, Setting { case audit = "audit-days" }
private enum LeaseKey: String, Setting {
    case `for`
}

/// The doors of the file, and the names that readers may use for them: also those of doors with a mistake inside.
struct DoorTable {
    var doors: [Town.Door] = []
    var names: [String] = []
    var ids: Set<DoorID> = []
    var marks: [Mark] = []
    var lockers: [Town.Locker] = []
    var lockerMarks: [Mark] = []
}

extension Draft {
    /// Nil when what stands there is no mapping of doors.
    func doors(_ value: Value, of town: TownID?, hours: HoursTable) -> DoorTable? {
        guard let members = value.members("door") else { return nil }
        if members.count > Self.mostDoors {
            findings.fault(value.keyMark, "the town has \(members.count) doors. At most \(Self.mostDoors) are taken.")
        }
        var table = DoorTable()
        var devices: [Town.Driver: String] = [:]
        for (key, value) in members {
            let door = door(value, of: town, hours: hours, besides: &devices)
            guard let id = key.name(atMost: Self.longestUser, DoorID.self) else { continue }
            for program in ["controller", "driver"] where id.text.hasPrefix("\(program)-") {
                findings.fault(
                    key.mark,
                    "the lock of door \"\(id)\" would be the broker's user lock-\(id), a name kept for the program lock-\(program). Rename the door."
                )
            }
            table.names.append(id.text)
            table.ids.insert(id)
            guard var door else { continue }
            door.id = id
            door.plan.closures = hours.closures(of: id)
            table.doors.append(door)
            table.marks.append(key.mark)
        }
        let leases = table.doors.count { $0.lease != nil }
        if leases > Self.mostLeases {
            findings.fault(value.keyMark, "\(leases) doors have a lease. At most \(Self.mostLeases) doors of a town may decide alone.")
        }
        return table
    }

    private func door(_ value: Value, of town: TownID?, hours: HoursTable, besides devices: inout [Town.Driver: String]) -> Town.Door? {
        guard let settings = value.section(DoorKey.self) else { return nil }
        var door = Town.Door(id: "unreadable")
        door.title = settings.optional(.title)?.title()
        door.accepts = settings.optional(.accepts)?.choice() ?? door.accepts
        door.openFor = settings.optional(.openFor)?.duration(in: .seconds(1) ... .seconds(60)) ?? door.openFor
        door.plan.openings = settings.optional(.opensFor).map { openings($0, hours: hours) } ?? []
        door.plan.firstPerson = settings.optional(.firstPerson)?.name(GroupID.self)
        door.plan.limit = settings.optional(.limit)?.number(in: 1...10_000)
        door.heldAfter = settings.optional(.heldAfter)?.duration(in: .seconds(5) ... .seconds(3600)) ?? door.heldAfter
        door.silentAfter = settings.optional(.silentAfter)?.duration(in: .seconds(30) ... .seconds(3600)) ?? door.silentAfter
        if let lease = settings.optional(.lease)?.section(LeaseKey.self) {
            let span = lease.optional(.for)
            door.lease = span == nil ? Town.Door.usualLease : span?.duration(in: .seconds(86_400) ... .seconds(30 * 86_400))
        }
        door.hasKeypad = settings.optional(.keypad)?.flag() ?? false
        door.homeAssistant = settings.optional(.homeAssistant)?.choice()
        door.driver = settings.optional(.driver).flatMap { driver($0, of: town, besides: &devices) }
        return door
    }

    /// What is known of a tap is remembered for 400 days in any case: no part of it is kept for longer.
    func keepsAudit(_ value: Value) -> Duration? {
        value.section(KeepKey.self)?.optional(.audit)?.number(in: 1...400).map { .seconds($0 * 86_400) }
    }

    func warnOfIdleDoors(_ table: DoorTable?, agents: [Town.Agent]) {
        guard let table else { return }
        let used = Set(agents.flatMap(\.readers).compactMap(\.purpose.door))
        for (door, mark) in zip(table.doors, table.marks) where !used.contains(door.id) {
            findings.warn(
                mark, "no reader stands for door \"\(door.id)\". Give a reader the purpose \"door:\(door.id)\", or remove the door.")
        }
    }
}
