import Bus
import Contracts
import Harness
import ResidentDirectory
import Store
import Testing

@Suite("Each service knows what its job needs, and no more")
struct ViewsTests {
    @Test("Doors, points and statistics are told nothing that tells who somebody is")
    func noNames() throws {
        let counter = try Counter(policy: Self.policy)
        let person = try counter.enrol {
            ($0.address, $0.district, $0.household) = ("長井市栄町一丁目", "中央", "0012345")
            $0.attributes = [Attribute("disability", "1", from: CalendarDate("2020-04-01"), source: "welfare")]
            $0.needs = ["wheelchair"]
        }
        try counter.ask(LinkCard(try counter.hold(.card(1)), to: person, born: CalendarDate("1954-03-01")), on: .linkCard)
        try counter.agree(person, "analytics", "visits")
        let eligible = try #require(try counter.view(.pointsView, person)?.eligible)
        #expect(
            eligible == [
                Eligibility("senior", from: CalendarDate("2024-03-01")), Eligibility("taxi", from: CalendarDate("2020-04-01")),
            ])
        let visit = try #require(try counter.rig.said(.visitView).last?.data)
        #expect(visit.ageBand == 70 && visit.district == "中央" && visit.residency == .resident && visit.tokens == [.card(1)])
        for topic in ["lock-view", "points-view", "visit-view", "person"] {
            for message in counter.rig.published where message.topic.hasSuffix("/\(topic)") {
                let text = String(decoding: message.payload, as: UTF8.self)
                for secret in ["花子", "ハナコ", "1954", "栄町", "0012345", "disability", "wheelchair"] {
                    #expect(!text.contains(secret), "\(topic): \(text)")
                }
                if topic == "visit-view" { #expect(!text.contains(person.text)) }
            }
        }
    }

    static var policy: PeoplePolicy {
        var senior = PeoplePolicy.Programme("senior")
        senior.fromAge = 70
        var taxi = PeoplePolicy.Programme("taxi")
        (taxi.attribute, taxi.values) = ("disability", ["1", "2"])
        var policy = PeoplePolicy()
        policy.programmes = [senior, taxi]
        return policy
    }

    @Test("Shelters are told who it is, and what helps only with consent; taking it back takes it away")
    func careNeeds() throws {
        let counter = try Counter()
        let person = try counter.enrol { $0.needs = ["insulin"] }
        let before = try #require(try counter.view(.shelterView, person))
        #expect(before.name == "長井 花子" && before.age == 72 && before.needs == nil && before.tokens == [])
        try counter.agree(person, "shelter", "care-needs")
        #expect(try counter.view(.shelterView, person)?.needs == ["insulin"])
        try counter.rig.pass(.seconds(1))
        try counter.agree(person, "shelter", "care-needs", given: false)
        #expect(try counter.view(.shelterView, person)?.needs == nil)
    }

    @Test("A guardian is told what they asked for; anybody else only what the person agreed to as well; of the protected nobody")
    func whoIsTold() throws {
        let counter = try Counter()
        let (parent, child) = (
            try counter.enrol(with: .card(1)), try counter.enrol(with: .card(2), "長井 小春", born: CalendarDate("2018-05-05"))
        )
        let helper = try counter.enrol("支 援者")
        try counter.ask(Relate(.guardian, tap: try counter.hold(.card(1)), toTap: try counter.hold(.card(2))), on: .relate)
        try counter.ask(Relate(.helper, person: helper, to: parent, why: "agreed"), on: .relate)
        #expect(try counter.view(.noticeView, child) == nil)
        try counter.agree(parent, "notifier", "school-gate")
        let guardian = NoticeView.Tell(parent, as: .guardian, kinds: ["school-gate"])
        #expect(try counter.view(.noticeView, child)?.tell == [guardian])

        try counter.agree(helper, "notifier", "silence")
        #expect(try counter.view(.noticeView, parent) == nil)
        try counter.agree(parent, "notifier", "silence")
        #expect(try counter.view(.noticeView, parent)?.tell == [NoticeView.Tell(helper, as: .helper, kinds: ["silence"])])

        var facts = PersonFacts()
        facts.isProtected = true
        try counter.ask(PutPerson(child, facts), on: .putPerson)
        #expect(try counter.view(.noticeView, child)?.tell == nil && counter.view(.shelterView, child)?.isProtected == true)
    }

    @Test("Birthdays and the ends of entitlements are told by themselves, to those they concern")
    func birthday() throws {
        let counter = try Counter(policy: Self.policy)
        let person = try counter.enrol("誕 生日", born: CalendarDate("1986-11-22"))
        let other = try counter.enrol("別 人", born: CalendarDate("1986-06-01"))
        #expect(try counter.view(.shelterView, person)?.age == 39)
        counter.rig.forgetWhatWasSaid()
        try counter.rig.pass(.seconds(17 * 3600), step: .seconds(600))
        #expect(try counter.view(.shelterView, person)?.age == 40)
        #expect(try counter.view(.shelterView, other) == nil, "who has not changed is not told of again")
    }

    @Test("A changed rule of the town is told of at the next start")
    func newRules() throws {
        let counter = try Counter()
        let person = try counter.enrol(with: .card(1))
        #expect(try counter.view(.pointsView, person)?.eligible == [])
        try counter.rig.start(try Counter.directory(Self.policy))
        try counter.rig.settle()
        #expect(try counter.view(.pointsView, person)?.eligible?.map(\.programme) == ["senior"])
    }

    @Test("A start, and lists that are read otherwise, are no reason to make everybody's views anew")
    func sameRules() throws {
        let counter = try Counter(policy: Self.policy)
        let sweep = { try counter.rig.disk.read { try $0.first("SELECT id FROM sweep") { $0.blob(0) } } }
        let before = try #require(try sweep())
        try counter.rig.pass(.seconds(5))
        var policy = Self.policy
        policy.lists = ListTests.policy.lists
        try counter.rig.start(try Counter.directory(policy))
        try counter.rig.settle()
        #expect(try sweep() == before)
        policy.programmes = []
        try counter.rig.start(try Counter.directory(policy))
        try counter.rig.settle()
        #expect(try sweep() != before)
    }
}
