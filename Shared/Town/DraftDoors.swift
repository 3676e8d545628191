import Contracts

private enum DoorKey: String, Setting {
    case title, accepts
    case openFor = "open-for"
    case driver
    case homeAssistant = "home-assistant"
}

/// The doors of the file, and the names that readers may use for them: also those of doors with a mistake inside.
struct DoorTable {
    var doors: [Town.Door] = []
    var names: [String] = []
    var ids: Set<DoorID> = []
    var marks: [Mark] = []
}

extension Draft {
    /// Nil when what stands there is no mapping of doors.
    func doors(_ value: Value, of town: TownID?) -> DoorTable? {
        guard let members = value.members("door") else { return nil }
        if members.count > Self.mostDoors {
            findings.fault(value.keyMark, "the town has \(members.count) doors. At most \(Self.mostDoors) are taken.")
        }
        var table = DoorTable()
        var devices: [Town.Driver: String] = [:]
        for (key, value) in members {
            let door = door(value, of: town, besides: &devices)
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
            table.doors.append(door)
            table.marks.append(key.mark)
        }
        return table
    }

    private func door(_ value: Value, of town: TownID?, besides devices: inout [Town.Driver: String]) -> Town.Door? {
        guard let settings = value.section(DoorKey.self) else { return nil }
        var door = Town.Door(id: "unreadable")
        door.title = settings.optional(.title)?.title()
        door.accepts = settings.optional(.accepts)?.choice() ?? door.accepts
        door.openFor = settings.optional(.openFor)?.duration(in: .seconds(1) ... .seconds(60)) ?? door.openFor
        door.homeAssistant = settings.optional(.homeAssistant)?.choice()
        door.driver = settings.optional(.driver).flatMap { driver($0, of: town, besides: &devices) }
        return door
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
