import Bus
import Contracts
import Harness
import Post
import Testing

@testable import Notifier

/// What a guardian sees and says at their own page, and what nobody else does.
@Suite struct OwnNoticesTests {
    private let today: CalendarDate = "2026-11-21"
    private let page: UserID = "resident-page"

    /// Two guardians: the first of both children, the second of one.
    private func town() throws -> TestNotices {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2, agreed: [.schoolGate])
        try town.learnGuardian(3)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2, 3])
        try town.learnPupil(4, called: "長井 ゆうた", guardians: [2])
        try town.learnPupil(5, called: "阿部 けん", guardians: [6])
        return town
    }

    private func shown(_ town: TestNotices, to person: Int) throws -> OwnNotices {
        try #require(try town.ask(.showOwnNotices, ShowOwnNotices(.person(person)), as: page).answer)
    }

    private func report(
        _ town: TestNotices, _ child: Int, by person: Int, at school: SchoolID = "east", until: CalendarDate = "2026-11-21",
        undo: Bool? = nil
    ) throws -> Reply<AbsenceReported> {
        let wish = ReportOwnAbsence(.person(child), at: school, from: today, until: until, undo: undo, by: .person(person))
        return try town.ask(.reportOwnAbsence, wish, as: page)
    }

    @Test("A guardian sees how the own children stand today, when they came and went, and nobody else's")
    func children() throws {
        let town = try town()
        let came = try town.hold(1, at: "east-gate").time
        try town.pass(.seconds(20), step: .seconds(10))
        let mother = try shown(town, to: 2)
        #expect(mother.children.map(\.day.person) == [.person(1), .person(4)] && mother.children.map(\.school) == ["east", "east"])
        #expect(mother.children.map(\.day.state) == [.arrived, .expected] && mother.children.first?.day.arrived == came)
        #expect(mother.children.map(\.day.name) == ["長井 さくら", "長井 ゆうた"])
        #expect(try shown(town, to: 3).children.map(\.day.person) == [.person(1)])
        #expect(try shown(town, to: 1).children.isEmpty, "a child is nobody's guardian")
        #expect(try shown(town, to: 99) == OwnNotices(.person(99), children: [], deliveries: [], ways: []))
        try town.go(to: "9:00", step: .seconds(10))
        #expect(try shown(town, to: 2).children.map(\.day.state) == [.arrived, .notArrived])
    }

    @Test("A child stands there once for each of its schools, and no more when somebody is its guardian no longer")
    func schools() throws {
        let town = try town()
        try town.learn(1) {
            ($0.called, $0.school, $0.groups, $0.guardians) = ("長井 さくら", "東小学校", ["club"], [.person(3)])
        }
        #expect(try shown(town, to: 3).children.map(\.school) == ["east", "club"])
        #expect(try shown(town, to: 2).children.map(\.day.person) == [.person(4)])
        try town.learn(1) { ($0.called, $0.school, $0.guardians) = ("長井 さくら", "東小学校", []) }
        #expect(try shown(town, to: 3).children.isEmpty)
        #expect(try report(town, 1, by: 3).refusal == "not-yours")
    }

    @Test("A guardian says that a child will not come, and takes it back; it stands in the list of the school and who said it in the event")
    func absence() throws {
        let town = try town()
        let said = try #require(try report(town, 1, by: 3, until: "2026-11-24").answer)
        #expect(said.guardian == .person(3) && said.by == page && said.person == .person(1))
        #expect(try town.rig.said(.absences).map(\.data) == [said])
        let child = try #require(try shown(town, to: 2).children.first)
        #expect(child.day.state == .absent && child.absences == ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"])
        #expect(try town.ask(.listPupils, ListPupils("east"), as: "notice-desk-east").answer?.tally["absent"] == 1)
        #expect(try report(town, 1, by: 2, until: "2026-11-24", undo: true).answer?.undone == true)
        #expect(try shown(town, to: 2).children.first?.absences == [])
        let desk = ReportAbsence(.person(4), at: "east", from: today, until: today)
        #expect(try town.ask(.reportAbsence, desk, as: "notice-desk-east").answer?.guardian == nil)
    }

    @Test("For anybody else's child, for a school it does not go to and for days that cannot be, nothing is noted")
    func refused() throws {
        let town = try town()
        #expect(try report(town, 5, by: 2).refusal == "not-yours")
        #expect(try report(town, 4, by: 3).refusal == "not-yours")
        #expect(try report(town, 2, by: 2).refusal == "not-yours")
        #expect(try report(town, 99, by: 99).refusal == "not-yours")
        #expect(try report(town, 1, by: 2, at: "club").refusal == "no-pupil")
        #expect(try report(town, 1, by: 2, at: "west").refusal == "unknown-school")
        #expect(try report(town, 1, by: 2, until: "2026-11-20").refusal == "bad-dates")
        #expect(try report(town, 1, by: 2, until: "2027-11-24").refusal == "too-long")
        #expect(try report(town, 1, by: 2, undo: true).refusal == "no-absence")
        #expect(try town.rig.said(.absences).isEmpty)
    }

    @Test("A station of the town does not speak for a page, nor a page for a station")
    func stations() throws {
        let town = try town()
        let (day, list) = (today, ListPupils("east"))
        #expect(try town.ask(.showOwnNotices, ShowOwnNotices(.person(2))).refusal == "not-yours")
        #expect(try town.ask(.letIn, LetIn(.person(2), link: "https://town.example/a")).refusal == "not-yours")
        #expect(try town.ask(.listPupils, list, as: page).refusal == "not-yours")
        let desk = ReportAbsence(.person(1), at: "east", from: day, until: day)
        #expect(try town.ask(.reportAbsence, desk, as: page).refusal == "not-yours")
    }

    @Test("The newest twenty messages stand there, of this person alone, and how they are reached without an address")
    func deliveries() throws {
        let town = try town()
        for _ in 0..<25 {
            try town.hold(1, at: "east-gate", .in)
            try town.hold(1, at: "east-gate", ago: 0, .out)
            try town.pass(.seconds(180), step: .seconds(60))
        }
        let mother = try shown(town, to: 2)
        #expect(mother.deliveries.count == 20 && mother.deliveries.allSatisfy { $0.recipient == PersonID.person(2).text })
        #expect(mother.deliveries.map(\.at) == mother.deliveries.map(\.at).sorted(by: >))
        #expect(mother.ways == [.mail])
        let answers = town.rig.published.filter { $0.topic.hasSuffix("/own-notices") }
        #expect(answers.allSatisfy { !String(decoding: $0.payload, as: UTF8.self).contains("@") })
    }

    @Test(
        "A browser that was added by a card is told things as long as that card works and is theirs, and makes room for others when it does not"
    )
    func byCard() throws {
        let town = try town()
        func subscribe(_ number: Int, by card: Token? = nil) throws -> Reply<WaysToReach> {
            let push = PushSubscription(endpoint: "https://push.example/\(number)", p256dh: Self.p256dh, auth: Self.auth)
            return try town.ask(.subscribeOwn, SubscribeOwn(.person(2), push: push, by: card), as: page)
        }
        #expect(try subscribe(1, by: .card(2)).answer?.ways == [.push, .mail])
        try town.learn(2, cards: [20]) { $0.channels = [Reach(.mail, "parent2@mail.example")] }
        #expect(try shown(town, to: 2).ways == [.mail], "the card is lost")
        try town.learn(2, cards: [2, 20]) { $0.channels = [Reach(.mail, "parent2@mail.example")] }
        #expect(try shown(town, to: 2).ways == [.push, .mail], "it was found again")
        try town.learnGuardian(3)
        try town.learn(2, cards: [20]) { $0.channels = [Reach(.mail, "parent2@mail.example")] }
        try town.learn(3, cards: [2, 3])
        #expect(try shown(town, to: 2).ways == [.mail] && shown(town, to: 3).ways.isEmpty, "it is somebody else's")
        for number in 2...11 { #expect(try subscribe(number).accepted) }
        #expect(try subscribe(12).refusal == "too-many")
        #expect(try subscribe(1, by: .card(99)).refusal == "too-many")
    }

    @Test("A browser is told things from then on, and no longer when it is taken away")
    func subscribe() throws {
        let town = try town()
        func subscribe(_ person: Int, _ endpoint: String = "https://push.example/1", remove: Bool? = nil) throws -> Reply<WaysToReach> {
            let push = PushSubscription(endpoint: endpoint, p256dh: Self.p256dh, auth: Self.auth)
            return try town.ask(.subscribeOwn, SubscribeOwn(.person(person), push: push, remove: remove), as: page)
        }
        #expect(try subscribe(2).answer?.ways == [.push, .mail])
        try town.hold(1, at: "east-gate")
        try town.pass(.seconds(90), step: .seconds(30))
        #expect(town.parcels.contains { if case .push = $0.carrier { true } else { false } })
        #expect(try shown(town, to: 2).ways == [.push, .mail])
        #expect(try subscribe(2, remove: true).answer?.ways == [.mail])
        #expect(try subscribe(2, "http://push.example/1").refusal == "bad-subscription")
        #expect(try subscribe(99).refusal == "unknown-person")
        for number in 1...10 { #expect(try subscribe(2, "https://push.example/\(number)").accepted) }
        #expect(try subscribe(2, "https://push.example/11").refusal == "too-many")
        #expect(try subscribe(2, "https://push.example/10").accepted, "it is there already")
    }

    /// Of RFC 8291, section 5.
    static let p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    static let auth = "BTBZMqHH6r4Tts7J_aSIgg"
}
