import Contracts
import Harness
import Testing

@testable import Notifier

/// Who should have come and has not: an alarm where it is known, a word on the gate where it is not.
@Suite struct SchoolAlarmTests {
    /// Two pupils of the east school, of whom the second has two guardians.
    private func town() throws -> TestNotices {
        let town = try TestNotices.atSchool()
        for parent in [2, 3] { try town.learnGuardian(parent) }
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        try town.learnPupil(4, called: "青木 ゆうた", guardians: [2, 3])
        return town
    }

    private func to(_ town: TestNotices) -> [String] {
        town.mails.map { "\($0.to.prefix { $0 != "@" }) \($0.subject.drop { $0 != "】" }.dropFirst())" }
    }

    @Test(
        "Who has not come when the grace is over is looked for: by the guardians, and by the office from one list in the order of classes")
    func alarm() throws {
        let town = try town()
        try town.learn(5) { ($0.called, $0.school, $0.schoolClass) = ("阿部 けん", "東小学校", "10-1") }
        try town.go(to: "8:44", step: .seconds(10))
        #expect(town.parcels.isEmpty)
        try town.go(to: "8:46", step: .seconds(10))
        let missing = "登校が確認できていません"
        #expect(to(town).sorted() == ["east \(missing)", "parent2 \(missing)", "parent2 \(missing)", "parent3 \(missing)"])
        let office = try #require(town.mails.first { $0.to == "east@school.example" })
        #expect(office.body.contains("8:45の時点で、3-2 長井 さくらさん、3-2 青木 ゆうたさん、10-1 阿部 けんさん"))
        #expect(try town.alarms().map(\.outcome) == [.notArrived, .notArrived, .notArrived])
        try town.go(to: "15:00")
        #expect(try town.mails.count == 4 && town.alarms().count == 3)
    }

    @Test("Who comes late is told of as found to everybody who was alarmed, once")
    func cameLate() throws {
        let town = try town()
        try town.hold(1, at: "east-gate")
        try town.go(to: "8:50", step: .seconds(10))
        town.forget()
        try town.hold(4, at: "east-gate")
        #expect(to(town).sorted() == ["east 登校を確認しました", "parent2 登校を確認しました", "parent3 登校を確認しました"])
        #expect(town.mails.allSatisfy { $0.body.contains("8:50に東小学校に着いていました") })
        #expect(try town.alarms().map(\.outcome) == [.notArrived, .arrived])
        try town.pass(.seconds(3600))
        try town.hold(4, at: "east-gate")
        try town.pass(.seconds(61))
        #expect(to(town).dropFirst(3).sorted() == ["parent2 早退のお知らせ", "parent3 早退のお知らせ"])
    }

    @Test("While the gate cannot be heard nobody is said to be missing: parents and office hear since when, and the truth when it is known")
    func silent() throws {
        let town = try town()
        try town.go(to: "8:02", step: .seconds(10))
        town.speaking = []
        let held = try town.held(1, at: "east-gate", ago: -300)
        try town.go(to: "9:30")
        let silent = "校門の読み取り機が止まっています"
        #expect(to(town).sorted() == ["east \(silent)", "parent2 \(silent)", "parent3 \(silent)"], "once, whatever number of children")
        #expect(town.mails.first?.body.contains("8:01以降") == true)
        let unknown = try town.alarms()
        #expect(
            unknown.map(\.outcome) == [.unknown] && unknown.first?.silent?.map(\.agent) == ["east-gate"] && unknown.first?.person == nil)
        #expect(try #require(try town.rig.life().problems).map(\.code).contains("gate-silent"))
        town.forget()
        // It is back, and says first that it has more to say.
        try town.sayHeads(of: "east-gate")
        try town.pass(.seconds(5))
        #expect(town.mails.isEmpty, "what it has written down is not here yet")
        try town.say(held, of: "east-gate")
        town.speaking = ["east-gate"]
        try town.pass(.seconds(30), step: .seconds(10))
        #expect(to(town).sorted() == ["east 登校が確認できていません", "parent2 登校が確認できていません", "parent2 登校のお知らせ", "parent3 登校が確認できていません"])
        #expect(town.mails.allSatisfy { $0.body.contains("遅れて届いています") })
        #expect(try town.alarms().last?.person == .person(4))
    }

    @Test("A gate that is silent when all have come disturbs nobody")
    func silentAfterwards() throws {
        let town = try town()
        for child in [1, 4] { try town.hold(child, at: "east-gate") }
        try town.pass(.seconds(60))
        town.forget()
        town.speaking = []
        try town.go(to: "10:00")
        #expect(try town.parcels.isEmpty && town.alarms().isEmpty)
    }

    @Test("A gate whose clock is ahead and that is cut off promises nothing")
    func clockAhead() throws {
        let town = try town()
        try town.go(to: "8:40")
        town.speaking = []
        try town.sayHeads(of: "east-gate", at: town.now + .seconds(600))
        try town.go(to: "8:50", step: .seconds(10))
        #expect(try town.alarms().map(\.outcome) == [.unknown])
        try town.sayHeads(of: "east-gate", at: town.now + .seconds(600))
        #expect(try town.alarms().map(\.outcome) == [.unknown, .notArrived, .notArrived])
    }

    @Test("Where of ten and more not one has come, cards are not being read: nobody is said to be missing")
    func readsNothing() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        for child in 10..<20 { try town.learnPupil(child, called: "子\(child)", guardians: [2]) }
        try town.go(to: "9:30", step: .seconds(10))
        #expect(try town.alarms().map(\.outcome) == [.unknown])
        #expect(town.mails.count == 2)
        try town.hold(10, at: "east-gate")
        try town.pass(.seconds(61))
        #expect(town.mails.count == 3, "whoever is read from then on is told of")
    }

    @Test("After a restart nothing is asked twice, and what was due meanwhile is answered when everything has been heard")
    func restart() throws {
        let town = try town()
        try town.go(to: "8:46", step: .seconds(10))
        let count = town.mails.count
        try town.restart()
        try town.go(to: "8:50", step: .seconds(10))
        #expect(town.mails.count == count && count == 4)

        let other = try self.town()
        let held = try other.held(1, at: "east-gate")
        // Down from 8:00 to 9:00.
        other.rig.now = other.rig.now + .seconds(3600)
        try other.restart()
        try other.sayHeads(of: "east-gate")
        try other.pass(.seconds(10))
        #expect(other.mails.isEmpty)
        try other.say(held, of: "east-gate")
        #expect(try other.alarms().map(\.person) == [.person(4)])
    }

    @Test("A clock that leaps over midnight and back fires nothing wrong and nothing twice, and a day that is over is given up")
    func leaps() throws {
        let town = try town()
        let morning = town.now
        // From Saturday 8:00 to Tuesday 9:00, which the gates know nothing of.
        town.speaking = []
        town.rig.now = Instant(startOf: "2026-11-24") + .seconds(9 * 3600)
        try town.settle()
        try town.pass(.seconds(30))
        town.rig.now = morning
        town.speaking = ["east-gate", "nursery-gate"]
        try town.go(to: "8:44", step: .seconds(10))
        #expect(try town.parcels.isEmpty && town.alarms().isEmpty)
        try town.go(to: "8:46", step: .seconds(10))
        #expect(try town.alarms().map(\.date) == ["2026-11-21", "2026-11-21"])

        let other = try self.town()
        other.speaking = []
        other.rig.now = Instant(startOf: "2026-11-22")
        try other.settle()
        other.speaking = ["east-gate", "nursery-gate"]
        try other.pass(.seconds(600), step: .seconds(10))
        #expect(try other.parcels.isEmpty && other.alarms().isEmpty, "Saturday is over, and Sunday is free")
    }

    @Test("Those who are ill are not looked for; who is reported ill after the alarm is looked for no more")
    func absent() throws {
        let town = try town()
        let day: CalendarDate = "2026-11-21"
        #expect(try town.ask(.reportAbsence, ReportAbsence(.person(1), at: "east", from: day, until: day)).accepted)
        try town.go(to: "8:46", step: .seconds(10))
        #expect(try town.alarms().map(\.person) == [.person(4)])
        town.forget()
        #expect(try town.ask(.reportAbsence, ReportAbsence(.person(4), at: "east", from: day, until: day), as: "notice-desk-east").accepted)
        #expect(to(town).sorted() == ["east お休みの連絡がありました", "parent2 お休みの連絡がありました", "parent3 お休みの連絡がありました"])
        #expect(try town.alarms().map(\.outcome) == [.notArrived, .excused])
        // And comes after all.
        town.forget()
        try town.hold(4, at: "east-gate")
        #expect(to(town).sorted() == ["parent2 登校のお知らせ", "parent3 登校のお知らせ"])
    }

    @Test("A typhoon: nobody is looked for on a day without school, and two hours later on one that begins later")
    func typhoon() throws {
        let town = try town()
        #expect(try town.ask(.changeSchoolDay, ChangeSchoolDay("east", on: "2026-11-21", isClosed: true), as: "notice-desk-east").accepted)
        try town.go(to: "9:00", step: .seconds(10))
        #expect(try town.alarms().isEmpty)
        #expect(try town.ask(.changeSchoolDay, ChangeSchoolDay("east", on: "2026-11-21", from: 630)).accepted)
        try town.go(to: "10:44", step: .seconds(10))
        #expect(try town.alarms().isEmpty)
        try town.go(to: "10:46", step: .seconds(10))
        #expect(try town.alarms().count == 2)
        // Put off once more, it alarms nobody a second time.
        #expect(try town.ask(.changeSchoolDay, ChangeSchoolDay("east", on: "2026-11-21", from: 690)).accepted)
        try town.go(to: "12:00", step: .seconds(10))
        #expect(try town.alarms().count == 2)
    }

    @Test("An alarm waits for no end of quiet hours")
    func quiet() throws {
        var policy = TestNotices.policy
        policy.quiet.until = 10 * 60
        let town = try TestNotices(policy)
        town.speaking = ["east-gate"]
        try town.learnGuardian(2)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        try town.go(to: "8:46", step: .seconds(10))
        #expect(town.mails.map(\.to).sorted() == ["east@school.example", "parent2@mail.example"])
    }
}
