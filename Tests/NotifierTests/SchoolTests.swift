import Contracts
import Harness
import Store
import Testing

@testable import Notifier

/// What guardians hear of a child's day: at once, and once.
@Suite struct SchoolTests {
    @Test("A child's card at the gate is in the parents' mail at once, and says when")
    func arrives() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        try town.hold(1, at: "east-gate")
        #expect(town.mails.map(\.to) == ["parent2@mail.example"])
        #expect(town.mails.first?.subject == "【東小学校】登校のお知らせ")
        #expect(town.mails.first?.body == "長井 さくらさんが11月21日(土) 8:00に東小学校に着きました。")
        try town.go(to: "15:40")
        town.forget()
        try town.hold(1, at: "east-gate")
        #expect(town.mails.map(\.subject) == ["【東小学校】下校のお知らせ"])
    }

    @Test("A card held on, or again within the pause, says nothing new")
    func heldOn() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        for _ in 0..<6 {
            try town.hold(1, at: "east-gate")
            try town.pass(.seconds(100))
        }
        #expect(town.mails.count == 1)
    }

    @Test("Who goes while school is on has left early; who forgot something before it has only left, and comes again")
    func leftEarly() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        for time in ["8:00", "8:06", "8:20", "11:00"] {
            try town.go(to: time)
            try town.hold(1, at: "east-gate")
        }
        #expect(town.mails.map(\.subject).map { String($0.dropFirst(6)) } == ["登校のお知らせ", "下校のお知らせ", "登校のお知らせ", "早退のお知らせ"])
    }

    @Test("A card that becomes known late tells what it meant, and that it is late; nothing is told twice")
    func late() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        // Nobody is looked for.
        #expect(try town.ask(.changeSchoolDay, ChangeSchoolDay("east", on: "2026-11-21", isClosed: true)).accepted)
        try town.go(to: "15:40")
        let morning = try town.held(1, at: "east-gate", ago: 7 * 3600, .in)
        try town.hold(1, at: "east-gate", .out)
        try town.say(morning, of: "east-gate")
        #expect(town.mails.map(\.subject) == ["【東小学校】下校のお知らせ", "【東小学校】登校のお知らせ"])
        #expect(town.mails.last?.body.contains("8:40") == true && town.mails.last?.body.contains("遅れて届いています") == true)
        try town.say(morning, of: "east-gate")
        // What lies before what was told makes of the rest something else; that was told.
        try town.say(try town.held(1, at: "east-gate", ago: 7 * 3600 + 60), of: "east-gate")
        #expect(town.mails.count == 2)
    }

    @Test("Brothers and sisters within the minute are one message; a single child's parents wait for nobody")
    func siblings() throws {
        let town = try TestNotices.atSchool()
        for parent in [2, 3] { try town.learnGuardian(parent) }
        try town.learnPupil(1, called: "長井 さくら", guardians: [2, 3])
        try town.learnPupil(4, called: "長井 ゆうた", guardians: [2])
        try town.hold(1, at: "east-gate")
        #expect(town.mails.map(\.to) == ["parent3@mail.example"], "who has one child there is told at once")
        try town.pass(.seconds(30))
        try town.hold(4, at: "east-gate")
        #expect(town.mails.count == 2 && town.mails.last?.to == "parent2@mail.example")
        #expect(town.mails.last?.body == "長井 さくらさん、長井 ゆうたさんが11月21日(土) 8:00に東小学校に着きました。")
        #expect(try town.ended().count == 3)
    }

    @Test("Nobody waits for a sister who is ill, or longer than a minute for one who dawdles")
    func waitsNot() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        for child in [1, 4, 5] { try town.learnPupil(child, called: "子\(child)", guardians: [2]) }
        for child in [4, 5] {
            let ill = ReportAbsence(.person(child), at: "east", from: "2026-11-21", until: "2026-11-21", undo: nil)
            #expect(try town.ask(.reportAbsence, ill, as: "notice-desk-east").accepted)
        }
        try town.hold(1, at: "east-gate")
        #expect(town.mails.count == 1)
        let well = ReportAbsence(.person(4), at: "east", from: "2026-11-21", until: "2026-11-21", undo: true)
        #expect(try town.ask(.reportAbsence, well).accepted)
        try town.go(to: "15:40")
        try town.hold(4, at: "east-gate")
        town.forget()
        try town.pass(.seconds(300))
        try town.hold(1, at: "east-gate")
        #expect(town.mails.isEmpty, "the sister is still there")
        try town.pass(.seconds(61))
        #expect(town.mails.count == 1)
        try town.hold(4, at: "east-gate")
        #expect(town.mails.count == 2, "nobody is left to wait for")
    }

    @Test("A card that nobody's row names yet counts when it becomes somebody's")
    func unknownCard() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        try town.hold(1, at: "east-gate")
        try town.pass(.seconds(3600))
        #expect(town.mails.isEmpty)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2])
        #expect(town.mails.count == 1 && town.mails.first?.body.contains("8:00") == true)
    }

    @Test("At a club whoever comes is told of, whoever does not is missed by nobody")
    func club() throws {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        for child in [1, 4] {
            try town.learn(child) {
                ($0.called, $0.groups) = ("子\(child)", ["club"])
                $0.tell = [.init(.person(child + 1), as: .guardian, kinds: [.schoolGate])]
            }
        }
        try town.go(to: "9:00")
        try town.sayHeads(of: "club-gate")
        try town.hold(1, at: "club-gate")
        try town.go(to: "12:00")
        try town.hold(1, at: "club-gate")
        #expect(town.mails.map(\.subject) == ["【学童クラブ】登校のお知らせ", "【学童クラブ】下校のお知らせ"])
        #expect(try town.alarms().isEmpty)
        try town.hold(4, at: "east-gate")
        #expect(town.mails.count == 2, "a gate of another school is nothing to the club")
    }

    // MARK: Nursery

    /// Two children of one mother, whose grandmother may collect them.
    private func nursery() throws -> TestNotices {
        let town = try TestNotices.atSchool()
        for parent in [2, 3] { try town.learnGuardian(parent) }
        try town.learn(9) { $0.called = "長井 ハナ" }
        for child in [1, 4] {
            try town.learnPupil(child, called: "子\(child)", school: "ひまわり園", guardians: [2, 3])
            try town.learn(child) {
                ($0.called, $0.school) = ("子\(child)", "ひまわり園")
                $0.tell = [2, 3].map { .init(.person($0), as: .guardian, kinds: [.schoolGate]) }
                $0.collectors = [.person(2), .person(9)]
            }
        }
        return town
    }

    @Test("Who brings a child holds her own card, for all her children there; the grandmother who collects them is named to both parents")
    func collectors() throws {
        let town = try nursery()
        try town.hold(2, at: "nursery-gate")
        #expect(town.mails.map(\.to).sorted() == ["parent2@mail.example", "parent3@mail.example"])
        #expect(town.mails.allSatisfy { $0.subject == "【ひまわり園】登園のお知らせ" && $0.body.contains("子1さん") && $0.body.contains("子4さん") })
        try town.go(to: "15:00")
        town.forget()
        try town.hold(9, at: "nursery-gate")
        #expect(town.mails.count == 2)
        #expect(town.mails.allSatisfy { $0.subject == "【ひまわり園】お迎えのお知らせ" && $0.body.contains("お迎え：長井 ハナ") })
    }

    @Test("Who is ill at home is not brought along; a child's own card works as well")
    func ownCard() throws {
        let town = try nursery()
        let ill = ReportAbsence(.person(4), at: "nursery", from: "2026-11-21", until: "2026-11-21")
        #expect(try town.ask(.reportAbsence, ill).accepted)
        try town.hold(2, at: "nursery-gate")
        #expect(town.mails.allSatisfy { $0.body.hasPrefix("子1さんが") } && town.mails.count == 2)
        try town.go(to: "12:00")
        town.forget()
        try town.hold(1, at: "nursery-gate")
        #expect(town.mails.map(\.subject) == ["【ひまわり園】下校のお知らせ", "【ひまわり園】下校のお知らせ"])
    }

    @Test("Somebody who may not collect anybody there is no news")
    func stranger() throws {
        let town = try nursery()
        try town.hold(3, at: "nursery-gate")
        try town.hold(9, at: "east-gate")
        #expect(town.mails.isEmpty)
    }
}

extension TestNotices {
    /// All gates can be heard.
    static func atSchool(seed: UInt64 = 7) throws -> TestNotices {
        let town = try TestNotices(seed: seed)
        town.speaking = ["east-gate", "club-gate", "nursery-gate"]
        return town
    }

    func keptGateTaps() throws -> Int64? { try rig.disk.read { try $0.first("SELECT count(*) FROM gate_tap") { $0.int(0) } } }

    /// In order, each once: a process that was restarted may say one again.
    func alarms() throws -> [SchoolAlarm] {
        var known: Set<EventID> = []
        return try rig.said(.schoolAlarms).filter { known.insert($0.id).inserted }.map(\.data)
    }
}
