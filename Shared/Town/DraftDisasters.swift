import Contracts

extension Town {
    /// What the doors do in a disaster: `opens` gives named groups named doors, `suspends` takes bookings and hours from doors.
    package struct DisasterPlan: Hashable, Sendable {
        package var id: DisasterPlanID
        package var title: String?
        package var opens: [DoorID: Set<GroupID>] = [:]
        package var suspends: Set<DoorID> = []
        /// It ends by itself after this, whatever was wished for.
        package var longest = Duration.seconds(72 * 3600)

        package init(id: DisasterPlanID) { self.id = id }
    }
}

private enum DisasterKey: String, Setting {
    case title, opens, suspends
    case longestHours = "longest-hours"
}

extension Draft {
    func disasters(_ value: Value, doors: DoorTable?) -> [Town.DisasterPlan] {
        var plans: [Town.DisasterPlan] = []
        for (key, value) in value.members("disaster") ?? [] {
            guard let settings = value.section(DisasterKey.self), let id = key.name(DisasterPlanID.self) else { continue }
            var plan = Town.DisasterPlan(id: id)
            plan.title = settings.optional(.title)?.title()
            plan.longest = settings.optional(.longestHours)?.number(in: 1...720).map { .seconds(Int64($0) * 3600) } ?? plan.longest
            for (key, value) in settings.optional(.opens)?.members("group", suffix: " in \"opens\"") ?? [] {
                guard let group = key.name(GroupID.self) else { continue }
                for door in known(value, doors) { plan.opens[door, default: []].insert(group) }
            }
            plan.suspends = Set(settings.optional(.suspends).map { known($0, doors) } ?? [])
            if plan.opens.isEmpty, plan.suspends.isEmpty {
                value.isWrong("what changes at which doors, such as opens: { shelter-staff: [gym] }.")
            }
            plans.append(plan)
        }
        return plans
    }

    func known(_ value: Value, _ doors: DoorTable?) -> [DoorID] {
        (value.list(of: "this door", example: "[gym]") ?? []).compactMap { item in
            guard let door = item.name(DoorID.self), let doors else { return nil }
            guard doors.ids.contains(door) else {
                item.isWrong("one of the doors: \(listed(doors.names)).\(suggestion(for: door.text, among: doors.names))")
                return nil
            }
            return door
        }
    }
}
