import Contracts
import Store
import Testing

@testable import LockController

/// What a verdict costs where there is much to look through. The figure is for reading, built with optimisation; nothing is demanded of it here.
@Suite struct SpeedTests {
    static func door(schedules: Int) -> Door {
        var plan = DoorPlan()
        plan.openings = (0..<schedules).map { number in
            let hours = [60 * (number % 12)..<60 * (number % 12) + 60, 780 + number..<1380]
            let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, hours) })
            let schedule = Schedule(ScheduleID("schedule-\(number)") ?? "schedule", week: week, onHolidays: .likeSunday)
            return DoorPlan.Opening(.group(GroupID("group-\(number)") ?? "group"), schedule)
        }
        plan.closures = (0..<20).map { DoorPlan.Closure(ClosureID("closure-\($0)") ?? "closure", [.yearly(101 + $0, 101 + $0)]) }
        return Door(id: "gym", accepts: .proved, openFor: .seconds(5), plan: plan)
    }

    /// 10,000 bookings of one door; the card has some and belongs to as many groups as there are schedules.
    static func fill(_ disk: Database, schedules: Int) throws {
        let transaction = try disk.begin()
        for number in 0..<10_000 {
            let id = EventID(high: 7, low: UInt64(number)).bytes
            let starts = TestTown.start.milliseconds + Int64(number - 5000) * 1_800_000
            try transaction.run(
                "INSERT INTO booking (id, door, starts, ends) VALUES (?, 'gym', ?, ?)", id, starts, starts + 1_800_000)
            try transaction.run("INSERT INTO booking_token (token, booking) VALUES (?, ?)", TestTown.token(number % 100).text, id)
        }
        for number in 0..<schedules {
            try transaction.run(
                "INSERT INTO group_token (token, \"group\") VALUES (?, ?)", TestTown.token(3).text, "group-\(number)")
        }
        try transaction.commit()
    }

    @Test("A verdict among 10,000 bookings and 200 schedules", arguments: [0, 1, 200])
    func verdict(schedules: Int) throws {
        let town = try TestTown()
        try Self.fill(town.disk, schedules: schedules)
        let door = Self.door(schedules: schedules)
        let count = 200
        var opened = 0
        let clock = ContinuousClock()
        let span = try town.disk.read { db in
            try clock.measure {
                for number in 0..<count {
                    let moment = TestTown.start + .seconds(60 * number)
                    let rights = try Rights(of: TestTown.token(3), nil, at: door, around: moment, in: nil, db)
                    if case .open = ruling(on: Attempt(at: moment, in: .japan), at: door, rights: rights).verdict { opened += 1 }
                }
            }
        }
        #expect(schedules == 200 ? opened > 0 : opened >= 0)
        print(
            "verdict, 10,000 bookings, \(schedules) schedules of the card: \(span.components.attoseconds / 1_000_000_000_000 / Int64(count)) µs"
        )
    }
}
