import Contracts
import Testing

@testable import LockController

/// What a list says of a card must be what the door would say at that moment.
@Suite("The times in a lease")
struct LeaseRightsTests {
    static let now = Instant(rfc3339: "2026-11-20T10:00:00+09:00")!

    static func at(_ text: String) -> Instant { Instant(rfc3339: "\(text):00+09:00")! }

    /// Evenings of the club, weekends for whoever is known, a day of closure, and exceptions of which later ones overrule earlier ones.
    static func plan() -> DoorPlan {
        var plan = DoorPlan()
        let evenings: [Weekday: [Schedule.Hours]] = [
            .monday: [1080..<1320], .tuesday: [1080..<1320], .friday: [1320..<1560], .sunday: [540..<720, 780..<1020],
        ]
        plan.openings = [
            DoorPlan.Opening(.group("club"), Schedule("evenings", week: evenings, onHolidays: .likeSunday)),
            DoorPlan.Opening(.known, Schedule("weekend", week: [.saturday: [600..<900], .sunday: [600..<900]], ignoresClosures: true)),
        ]
        plan.closures = [DoorPlan.Closure("works", [.once("2026-11-22", "2026-11-22"), .once("2026-11-24", "2026-11-24")])]
        return plan
    }

    static func exceptions() -> [DoorException] {
        func one(_ number: UInt64, _ kind: DoorException.Kind, _ from: String, _ to: String, _ groups: [GroupID]) -> DoorException {
            DoorException(id: EventID(high: 9, low: number), kind, "gym", from: at(from), to: at(to), groups: groups)
        }
        return [
            one(1, .close, "2026-11-20T19:00", "2026-11-21T12:00", ["staff"]),
            one(2, .open, "2026-11-21T08:00", "2026-11-21T11:00", ["known"]),
            one(3, .close, "2026-11-21T10:00", "2026-11-21T10:30", []), one(4, .open, "2026-11-24T09:00", "2026-11-24T10:00", ["club"]),
        ]
    }

    @Test(
        "At every minute of nine days it says what the door would say",
        arguments: [[], ["club"], ["staff"], ["club", "staff"]] as [Set<GroupID>], [false, true])
    func agrees(groups: Set<GroupID>, isKnown: Bool) throws {
        let door = Door(id: "gym", accepts: .proved, openFor: .seconds(5), plan: Self.plan(), lease: .seconds(7 * 86_400))
        let lending = try #require(Lending(door))
        for emergency in [
            nil,
            Emergency(
                opens: [.init(group: "staff", right: .disaster(EventID(high: 8, low: 8)), until: Self.at("2026-11-21T06:00"))],
                isSuspended: true),
            Emergency(opens: [.init(group: "club", right: .shelter("s01", for: "club"), until: nil)]),
        ] {
            var standing = Standing()
            (standing.groups, standing.isKnown, standing.exceptions, standing.emergency) = (groups, isKnown, Self.exceptions(), emergency)
            let booked = (from: Self.at("2026-11-21T21:00"), to: Self.at("2026-11-22T02:00"))
            let rights = Rights(
                slots: [Rights.Slot(booking: EventID(high: 7, low: 7), from: booked.from, to: booked.to)],
                group: groups.contains("staff") ? "staff" : nil, standing: standing)
            let times = LeaseTimes(lending, Self.exceptions(), emergency, now: Self.now, in: .japan)
            let windows = times.windows(
                slots: [LeaseWindow(booked.from, booked.to)].compactMap { $0 }, isMember: groups.contains("staff"), groups: groups,
                isKnown: isKnown)
            // A mode that suspends bookings ends by itself, and until it has ended the list cannot say what comes after it.
            let end = emergency?.isSuspended == true ? 20 * 60 : 9 * 1440
            for minute in 0..<end {
                let moment = Self.now + .seconds(60 * minute)
                let ruling = ruling(on: Attempt(at: moment, in: .japan), at: door, rights: rights)
                #expect(windows.contains(moment.milliseconds / 1000) == (ruling.claim != nil), "\(moment), \(ruling)")
            }
        }
    }

    @Test("Where somebody has to come first, or places are counted, hours are left to the town")
    func judgedOnline() throws {
        for change in [{ $0.firstPerson = "staff" }, { $0.limit = 10 }] as [(inout DoorPlan) -> Void] {
            var plan = Self.plan()
            change(&plan)
            let door = Door(id: "gym", accepts: .proved, openFor: .seconds(5), plan: plan, lease: .seconds(7 * 86_400))
            let times = LeaseTimes(try #require(Lending(door)), [], nil, now: Self.now, in: .japan)
            #expect(times.windows(slots: [], isMember: false, groups: ["club"], isKnown: true).isEmpty)
            #expect(!times.windows(slots: [], isMember: true, groups: ["club"], isKnown: true).isEmpty)
        }
    }

    @Test("Windows are taken out of windows to the second")
    func without() {
        func list(_ ranges: ClosedRange<UInt32>...) -> LeaseWindows {
            LeaseWindows(ranges.map { LeaseWindow(from: $0.lowerBound, to: $0.upperBound) })
        }
        #expect(list(10...20).without(list(12...14)) == list(10...12, 14...20))
        #expect(list(10...20, 30...40).without(list(15...35)) == list(10...15, 35...40))
        #expect(list(10...20).without(list(0...10, 20...30)) == list(10...20))
        #expect(list(10...20).without(.always) == .none && LeaseWindows.none.without(list(1...2)) == .none)
        #expect(list(10...20).with(list(20...30)) == list(10...30))
    }
}
