import Contracts

private enum SchoolKey: String, Setting {
    case title, schedule, gates, pupils, group, closures, grace, pause, collectors, office, alarms, desks
}

extension Draft {
    /// A school, and the stations that speak for it alone.
    func school(_ id: SchoolID, _ value: Value, _ names: NoticeNames) -> (school: School, desks: Set<NoticeDeskID>)? {
        guard let settings = value.section(SchoolKey.self) else { return nil }
        let title = settings.required(.title, example: "東小学校")?.title()
        let schedule = settings.required(.schedule, example: "school-days").flatMap { self.schedule($0, names.hours) }
        let gates = settings.required(.gates, example: "[school-1]").map { some($0, "agent", example: "[school-1]", names.agents.one) }
        guard let title, let schedule, let gates else { return nil }
        var school = School(id, title: title, schedule: schedule, gates: gates)
        school.register = settings.optional(.pupils)?.text(atMost: 100, "the school's name as the residents' files have it")
        school.group = settings.optional(.group)?.name(GroupID.self)
        if school.register != nil, school.group != nil { value.isWrong("either pupils or group, not both.") }
        school.closures = settings.optional(.closures).map { closures($0, names.hours) } ?? []
        school.grace = settings.optional(.grace)?.duration(in: .zero...(.seconds(4 * 3600))) ?? school.grace
        school.pause = settings.optional(.pause)?.duration(in: .seconds(1)...(.seconds(3600))) ?? school.pause
        school.isForCollectors = settings.optional(.collectors)?.flag() ?? false
        school.office = settings.optional(.office).map { contacts($0, names) } ?? []
        school.expects = settings.optional(.alarms)?.flag() ?? true
        let desks = settings.optional(.desks).map { some($0, "notice desk", example: "[east-school]", names.desks.one) } ?? []
        return (school, Set(desks))
    }

    func schedule(_ value: Value, _ hours: HoursTable) -> Schedule? {
        guard let id = value.name(ScheduleID.self) else { return nil }
        guard let schedule = hours.schedules[id] else {
            let known = hours.scheduleNames.filter { $0 != "always" }
            value.isWrong("one of the schedules: \(listed(known)).\(suggestion(for: id.text, among: known))")
            return nil
        }
        return schedule
    }

    private func closures(_ value: Value, _ hours: HoursTable) -> [DateSpan] {
        let known = hours.closures.map(\.closure.id.text)
        return some(value, "closure", example: "[new-year]") { item -> [DateSpan]? in
            guard let id = item.name(ClosureID.self) else { return nil }
            guard let found = hours.closures.first(where: { $0.closure.id == id }) else {
                item.isWrong("one of the closures: \(listed(known)).\(suggestion(for: id.text, among: known))")
                return nil
            }
            return found.closure.days
        }.flatMap(\.self)
    }
}
