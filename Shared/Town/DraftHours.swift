import Contracts

private enum ScheduleKey: String, Setting {
    case hours
    case onHolidays = "on-holidays"
    case onClosures = "on-closures"
    case inTerms = "in-terms"
}

private enum ClosureKey: String, Setting { case dates, doors }

private enum OnClosures: String, CaseIterable { case closed, open }

/// Days and hours that the doors of the file refer to by their names: also of those with a mistake inside.
struct HoursTable {
    var schedules: [ScheduleID: Schedule] = [:]
    var scheduleNames: [String] = ["always"]
    var closures: [(closure: DoorPlan.Closure, doors: Set<DoorID>?)] = []
    /// Where closures name doors, which are read later.
    var named: [(value: Value, door: DoorID)] = []

    func closures(of door: DoorID) -> [DoorPlan.Closure] { closures.filter { $0.doors?.contains(door) ?? true }.map(\.closure) }
}

extension Draft {
    static let mostSchedules = 500
    static let mostDates = 100

    /// - Parameters: what stands under `schedules`, `closures` and `terms`.
    func hours(_ schedules: Value?, _ closures: Value?, _ terms: Value?) -> HoursTable {
        var table = HoursTable()
        var known: [String: [DateSpan]] = [:]
        for (key, value) in terms?.members("term") ?? [] {
            let dates = self.dates(value)
            if let id = key.name(Name<Schedule>.self) { known[id.text] = dates }
        }
        let members = schedules?.members("schedule") ?? []
        if members.count > Self.mostSchedules, let schedules {
            findings.fault(schedules.keyMark, "the town has \(members.count) schedules. At most \(Self.mostSchedules) are taken.")
        }
        for (key, value) in members {
            let id = key.name(ScheduleID.self)
            let schedule = schedule(id ?? "unreadable", value, terms: known)
            guard let id else { continue }
            if id == "always" { key.isWrong("another name: always is the schedule without hours.") }
            table.scheduleNames.append(id.text)
            table.schedules[id] = schedule
        }
        for (key, value) in closures?.members("closure") ?? [] {
            let found = closure(value, into: &table)
            if let id = key.name(ClosureID.self), let found { table.closures.append((DoorPlan.Closure(id, found.dates), found.doors)) }
        }
        return table
    }

    private func schedule(_ id: ScheduleID, _ value: Value, terms: [String: [DateSpan]]) -> Schedule {
        var week: [Weekday: [Schedule.Hours]] = [:]
        var holidays = Schedule.Holidays.open
        var closures = OnClosures.closed
        var spans: [DateSpan] = []
        if let settings = value.section(ScheduleKey.self) {
            week = settings.required(.hours, example: "{ mon-fri: \"18:00-22:00\" }").map(self.week) ?? [:]
            holidays = settings.optional(.onHolidays)?.choice() ?? holidays
            closures = settings.optional(.onClosures)?.choice() ?? closures
            for term in settings.optional(.inTerms)?.list(of: "this term", example: "[first-term]") ?? [] {
                guard let name = term.name(Name<Schedule>.self) else { continue }
                let known = terms.keys.sorted()
                if terms[name.text] == nil {
                    term.isWrong("one of the terms: \(listed(known)).\(suggestion(for: name.text, among: known))")
                }
                spans += terms[name.text] ?? []
            }
        }
        return Schedule(id, week: week, onHolidays: holidays, ignoresClosures: closures == .open, terms: spans)
    }

    private func week(_ value: Value) -> [Weekday: [Schedule.Hours]] {
        var week: [Weekday: [Schedule.Hours]] = [:]
        for (key, value) in value.members("day", suffix: " in \(value.subject)") ?? [] {
            let days = key.parsed("days: mon to sun, as mon, sat-sun or \"mon, wed\".", by: weekdays)
            let hours = value.parsed("hours as \"18:00-22:00\", or several in order: \"09:00-12:00 13:00-22:00\".", by: hoursOfDay)
            guard let days, let hours else { continue }
            for day in days {
                if week[day] != nil { key.isWrong("each day once: \(day.short) has hours already.") }
                week[day] = hours
            }
        }
        return week
    }

    private func closure(_ value: Value, into table: inout HoursTable) -> (dates: [DateSpan], doors: Set<DoorID>?)? {
        guard let settings = value.section(ClosureKey.self) else { return nil }
        let dates = settings.required(.dates, example: "12-29..01-03").map(self.dates)
        let doors = settings.optional(.doors)?.list(of: "this door", example: "[gym]")?.compactMap { item -> DoorID? in
            let door = item.name(DoorID.self)
            if let door { table.named.append((item, door)) }
            return door
        }
        return (dates ?? [], doors.map(Set.init))
    }

    /// One span of days, or a list of them.
    func dates(_ value: Value) -> [DateSpan] {
        let advice = "days as 2026-12-01..2026-12-14, as 12-29..01-03 for every year, or one day of either form."
        guard case .sequence = value.node.content else { return value.parsed(advice, by: { DateSpan($0) }).map { [$0] } ?? [] }
        let items = value.list(of: "one of these days", example: "[12-29..01-03]") ?? []
        if items.count > Self.mostDates {
            findings.fault(value.mark, "\(value.subject) has \(items.count) spans of days. At most \(Self.mostDates) are taken.")
        }
        return items.compactMap { $0.parsed(advice, by: { DateSpan($0) }) }
    }
}

/// `mon`, `mon-fri`, `sat-mon`, `mon, wed`.
private func weekdays(_ text: String) -> [Weekday]? {
    var days: [Weekday] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
            Weekday.allCases.first { $0.short == end.filter { $0 != " " } }
        }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return nil }
        let count = (last.rawValue - first.rawValue + 7) % 7
        days += (0...count).map { Weekday.allCases[(first.rawValue + $0) % 7] }
    }
    return days
}

/// `18:00-22:00`, also past midnight, or several with spaces between them, in order and apart. None ends later than 24 hours after the day.
private func hoursOfDay(_ text: String) -> [Schedule.Hours]? {
    var hours: [Schedule.Hours] = []
    for part in text.split(separator: " ") {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
        guard ends.count == 2, let from = ends[0], var to = ends[1], from < 1440, from != to else { return nil }
        if to < from { to += 1440 }
        guard from >= hours.last?.upperBound ?? 0 else { return nil }
        hours.append(from..<to)
    }
    return hours.isEmpty ? nil : hours
}

/// `18:00`, and `24:00` for the end of the day.
func minutes(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
        parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }),
        let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || hour == 24 && minute == 0
    else { return nil }
    return hour * 60 + minute
}
