import Contracts

private enum ZoneKey: String, Setting {
    case doors, passback
    case forgiveAfter = "forgive-after"
}

extension Draft {
    static let mostOpenings = 500

    /// Who may come in, and by which schedule: groups first, then whoever is known, then everybody, so that the reason names the narrowest right.
    func openings(_ value: Value, hours: HoursTable) -> [DoorPlan.Opening] {
        let members = value.members("group", suffix: " in \(value.subject)") ?? []
        if members.count > Self.mostOpenings {
            findings.fault(value.keyMark, "\(value.subject) has \(members.count) groups. At most \(Self.mostOpenings) are taken.")
        }
        let openings = members.compactMap { key, value -> DoorPlan.Opening? in
            let schedule = value.name(ScheduleID.self)
            guard let group = key.name(GroupID.self), let schedule else { return nil }
            if schedule == "always" { return DoorPlan.Opening(DoorPlan.Whom(group), nil) }
            guard let found = hours.schedules[schedule] else {
                let near = suggestion(for: schedule.text, among: hours.scheduleNames)
                value.isWrong("one of the schedules: \(listed(hours.scheduleNames)).\(near)")
                return nil
            }
            return DoorPlan.Opening(DoorPlan.Whom(group), found)
        }
        return (0...2).flatMap { breadth in openings.filter { $0.breadth == breadth } }
    }

    /// Puts the zones on the doors they lie behind.
    func zones(_ value: Value, of table: inout DoorTable?, agents: [Town.Agent]) {
        for (key, value) in value.members("zone") ?? [] {
            let settings = value.section(ZoneKey.self)
            let passback = settings?.required(.passback, example: "soft")?.choice(Zone.Passback.self)
            let forgiveAfter = settings?.optional(.forgiveAfter)?.duration(in: .seconds(60) ... .seconds(7 * 86_400))
            let named = settings?.required(.doors, example: "[gym]")?.list(of: "this door", example: "[gym]")?.compactMap { item in
                item.name(DoorID.self).map { (value: item, door: $0) }
            }
            if let table, let named { check(named, among: table) }
            let doors = named?.map(\.door)
            guard let id = key.name(ZoneID.self), let passback, let doors else { continue }
            let zone = Zone(id, passback, forgiveAfter: forgiveAfter ?? Zone(id, passback).forgiveAfter)
            for index in table?.doors.indices ?? 0..<0 where doors.contains(table?.doors[index].id ?? "unreadable") {
                table?.doors[index].plan.zones.append(zone)
            }
            let ways = Set(agents.flatMap(\.readers).filter { $0.purpose.door.map(doors.contains) ?? false }.compactMap(\.direction))
            for way in Direction.allCases where !doors.isEmpty && !ways.contains(way) {
                findings.warn(
                    key.mark,
                    "no reader at the doors of zone \"\(id)\" has direction \(way.rawValue), so nobody is ever seen going that way. Give one the direction."
                )
            }
        }
    }

    /// Reports doors that the town does not have.
    func check(_ named: [(value: Value, door: DoorID)], among table: DoorTable) {
        for (value, door) in named where !table.ids.contains(door) {
            value.isWrong("one of the doors: \(listed(table.names)).\(suggestion(for: door.text, among: table.names))")
        }
    }
}

extension DoorPlan.Opening {
    fileprivate var breadth: Int {
        switch whom {
        case .group: 0
        case .known: 1
        case .everybody: 2
        }
    }
}
