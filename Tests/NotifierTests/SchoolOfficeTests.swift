import Contracts
import Harness
import Testing

@testable import Notifier

/// A school's own station: its list, its absences, its days.
@Suite struct SchoolOfficeTests {
    private let today: CalendarDate = "2026-11-21"

    private func town() throws -> TestNotices {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        for (child, name, own) in [(1, "長井 さくら", "3-2"), (4, "青木 ゆうた", "3-1"), (5, "阿部 けん", "10-1"), (6, "井上 はな", "3-2")] {
            try town.learn(child) {
                ($0.called, $0.school, $0.schoolClass) = (name, "東小学校", own)
                $0.tell = [.init(.person(2), as: .guardian, kinds: [.schoolGate])]
            }
        }
        return town
    }

    private func list(_ town: TestNotices, _ change: (inout ListPupils) -> Void = { _ in }) throws -> PupilList {
        var wish = ListPupils("east")
        change(&wish)
        return try #require(try town.ask(.listPupils, wish, as: "notice-desk-east").answer)
    }

    @Test("The list goes by class and name and says how each pupil stands, before the deadline and after it")
    func states() throws {
        let town = try town()
        let ill = ReportAbsence(.person(5), at: "east", from: today, until: today)
        #expect(try town.ask(.reportAbsence, ill, as: "notice-desk-east").accepted)
        try town.hold(1, at: "east-gate")
        try town.pass(.seconds(20), step: .seconds(10))
        let before = try list(town)
        #expect(before.pupils.map(\.person) == [4, 6, 1, 5].map { .person($0) })
        #expect(before.pupils.map(\.state) == [.expected, .expected, .arrived, .absent])
        #expect(before.pupils.map(\.name).last == "阿部 けん" && before.pupils.map(\.schoolClass).first == "3-1")
        #expect(before.tally == ["expected": 2, "arrived": 1, "absent": 1] && before.silent.isEmpty && !before.more)
        try town.go(to: "9:00", step: .seconds(10))
        try town.hold(1, at: "east-gate")
        let after = try list(town)
        #expect(after.pupils.map(\.state) == [.notArrived, .notArrived, .left, .absent])
        #expect(try list(town) { $0.state = .notArrived }.pupils.count == 2)
        #expect(try list(town) { $0.schoolClass = "3-2" }.tally == ["not-arrived": 1, "left": 1])
        #expect(try list(town) { $0.after = 3 }.pupils.map(\.person) == [.person(5)])
    }

    @Test("Of a gate that is silent the list says so, and of those who were not seen that nobody knows")
    func silent() throws {
        let town = try town()
        try town.pass(.seconds(60), step: .seconds(10))
        town.speaking = []
        try town.go(to: "9:00")
        let list = try list(town)
        #expect(list.silent.map(\.agent) == ["east-gate"] && list.silent.first?.since != nil)
        #expect(list.tally == ["unknown": 4])
    }

    @Test("Another day: what was is kept, what will be is expected or free, what is gone is refused in words")
    func otherDays() throws {
        let town = try town()
        try town.hold(1, at: "east-gate")
        try town.go(to: "9:00", step: .seconds(10))
        try town.go(to: "8:00", day: "2026-11-22", step: .seconds(600))
        #expect(try list(town) { $0.date = today }.tally == ["arrived": 1, "not-arrived": 3])
        #expect(try list(town).tally == ["free": 4], "a Sunday")
        #expect(try list(town) { $0.date = "2026-11-24" }.tally == ["expected": 4])
        var old = ListPupils("east")
        old.date = "2026-10-01"
        #expect(try town.ask(.listPupils, old).refusal == "too-long-ago")
    }

    @Test("Three hundred pupils come in pages")
    func pages() throws {
        let town = try TestNotices.atSchool()
        for child in 1000..<1300 { try town.learnPupil(child, called: "子\(child)", guardians: []) }
        var found: [PersonID] = []
        while true {
            let page = try list(town) { $0.after = found.count }
            found += page.pupils.map(\.person)
            #expect(page.tally == ["expected": 300])
            if !page.more { break }
        }
        #expect(found == (1000..<1300).map { .person($0) })
    }

    @Test("A school sees and speaks for its own pupils alone")
    func foreign() throws {
        let town = try town()
        let day = today
        #expect(try town.ask(.listPupils, ListPupils("club"), as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.ask(.listPupils, ListPupils("west")).refusal == "unknown-school")
        #expect(try town.ask(.listPupils, ListPupils("east"), as: "notice-desk-nobody").refusal == "unknown-desk")
        let club = ReportAbsence(.person(1), at: "club", from: day, until: day)
        #expect(try town.ask(.reportAbsence, club, as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.ask(.reportAbsence, ReportAbsence(.person(2), at: "east", from: day, until: day)).refusal == "no-pupil")
        #expect(
            try town.ask(.changeSchoolDay, ChangeSchoolDay("club", on: day, isClosed: true), as: "notice-desk-east").refusal == "not-yours")
    }

    @Test(
        "A slip in a date is refused in words",
        arguments: [
            ("2026-11-25", "2026-11-24", "bad-dates"), ("2026-11-19", "2026-11-20", "over"), ("2026-11-24", "2027-11-24", "too-long"),
            ("2027-11-24", "2027-11-24", "too-long"),
        ] as [(CalendarDate, CalendarDate, String)])
    func dates(from: CalendarDate, until: CalendarDate, word: String) throws {
        let town = try town()
        #expect(try town.ask(.reportAbsence, ReportAbsence(.person(1), at: "east", from: from, until: until)).refusal == word)
        #expect(try town.rig.said(.absences).isEmpty)
    }

    @Test("An absence can be taken back, whole or in part, and not where there is none")
    func undo() throws {
        let town = try town()
        func report(_ from: CalendarDate, _ until: CalendarDate, undo: Bool? = nil) throws -> String? {
            try town.ask(.reportAbsence, ReportAbsence(.person(1), at: "east", from: from, until: until, undo: undo)).refusal
        }
        #expect(try report("2026-11-18", "2026-11-27") == nil, "it may have begun before")
        #expect(try report("2026-11-26", "2026-11-27", undo: true) == nil)
        #expect(try report("2026-11-26", "2026-11-26", undo: true) == "no-absence")
        #expect(try list(town) { $0.date = "2026-11-25" }.tally["absent"] == 1)
        #expect(try list(town) { $0.date = "2026-11-26" }.tally["absent"] == nil)
        #expect(try town.rig.said(.absences).map(\.data.undone) == [nil, true])
    }

    @Test(
        "Hours that cannot be are refused in words",
        arguments: [
            (ChangeSchoolDay("east", on: "2026-11-20", isClosed: true), "over"),
            (ChangeSchoolDay("east", on: "2026-11-24", isClosed: true, from: 600), "bad-hours"),
            (ChangeSchoolDay("east", on: "2026-11-24", from: 1000), "bad-hours"),
            (ChangeSchoolDay("east", on: "2026-11-24", from: -5), "bad-hours"),
            (ChangeSchoolDay("east", on: "2026-11-22", from: 540), "bad-hours"),
            (ChangeSchoolDay("east", on: "2028-11-22", isClosed: true), "too-far"),
        ])
    func hours(wish: ChangeSchoolDay, word: String) throws {
        let town = try town()
        #expect(try town.ask(.changeSchoolDay, wish).refusal == word)
        #expect(try town.rig.said(.schoolDays).isEmpty)
    }

    @Test("What was changed can be taken back: without hours or closure the day is as the calendar says")
    func asBefore() throws {
        let town = try town()
        #expect(try town.ask(.changeSchoolDay, ChangeSchoolDay("east", on: "2026-11-24", isClosed: true)).accepted)
        #expect(try list(town) { $0.date = "2026-11-24" }.due == nil)
        #expect(try town.ask(.changeSchoolDay, ChangeSchoolDay("east", on: "2026-11-24")).accepted)
        #expect(try list(town) { $0.date = "2026-11-24" }.due == Instant(startOf: "2026-11-24") + .seconds(510 * 60))
        #expect(try town.rig.said(.schoolDays).map(\.data.by) == ["notice-desk-hall", "notice-desk-hall"])
    }

    @Test("What happened at gates is forgotten after four weeks")
    func forgets() throws {
        let town = try town()
        try town.hold(1, at: "east-gate")
        town.speaking = []
        try town.pass(.seconds(28 * 86_400), step: .seconds(21_600))
        #expect(try town.keptGateTaps() == 1)
        try town.pass(.seconds(86_400), step: .seconds(21_600))
        #expect(try town.keptGateTaps() == 0)
    }
}
