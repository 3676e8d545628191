import Contracts
import Harness
import Post
import Testing

@testable import Notifier

/// For whom a message is.
@Suite struct AudienceTests {
    /// - Returns: the numbers of those who were told, in order.
    private func told(_ town: TestNotices, _ tier: TownMessage.Tier = .ordinary, to audience: Audience) throws -> [Int] {
        let wish = TestNotices.draft(try #require(TownMessageID("m\(town.now.milliseconds)")), tier, to: audience)
        let counted = try town.count(wish)
        town.forget()
        try town.send(wish)
        try town.pass(.seconds(60))
        let numbers = town.mails.compactMap { Int($0.to.dropFirst().prefix { $0 != "@" }) }.sorted()
        #expect(numbers.count == Set(numbers).count, "nobody twice")
        #expect(counted[0] == numbers.count, "as it was counted before")
        return numbers
    }

    @Test("Districts, a group, an entitlement, and all that is given holds")
    func conditions() throws {
        let town = try TestNotices()
        for number in 1...12 {
            try town.learnResident(number, district: ["東町", "西町", "南町"][number % 3]) { view in
                if number > 6 { view.groups = ["club"] }
                if number.isMultiple(of: 2) {
                    view.eligible = [Eligibility("fuel", from: "2026-11-01", to: number < 10 ? "2026-11-21" : nil)]
                }
            }
        }
        #expect(try told(town, to: Audience()) == Array(1...12))
        #expect(try told(town, to: .of { $0.districts = ["東町", "西町"] }) == [1, 3, 4, 6, 7, 9, 10, 12])
        #expect(try told(town, to: .of { $0.group = "club" }) == Array(7...12))
        #expect(try told(town, to: .of { $0.eligible = "fuel" }) == [10, 12], "for the others it ended yesterday")
        #expect(try told(town, to: .of { ($0.group, $0.districts) = ("club", ["南町"]) }) == [8, 11])
        #expect(try told(town, to: .of { $0.districts = ["北町"] }) == [])
    }

    @Test("Guardians of a school or a class, each once however many children they have, and pupils with channels of their own")
    func school() throws {
        let town = try TestNotices()
        for number in [2, 3, 4, 5] { try town.learnResident(number) }
        try town.learn(20) { view in
            (view.school, view.schoolClass) = ("東小学校", "3-2")
            view.tell = [.init(.person(2), as: .guardian, kinds: [.schoolGate]), .init(.person(3), as: .family, kinds: [.schoolGate])]
        }
        try town.learnResident(21) { view in
            (view.school, view.schoolClass) = ("東小学校", "1-1")
            view.tell = [.init(.person(2), as: .guardian, kinds: [.ride]), .init(.person(4), as: .guardian, kinds: [.ride])]
        }
        try town.learn(22) { view in
            view.school = "西小学校"
            view.tell = [.init(.person(5), as: .guardian, kinds: [.ride])]
        }
        #expect(try told(town, to: .of { $0.school = "east" }) == [2, 4, 21])
        #expect(try told(town, to: .of { ($0.school, $0.schoolClass) = ("east", "3-2") }) == [2])
        #expect(try told(town, to: .of { $0.school = "club" }) == [])
    }

    @Test("In a disaster at a school, whoever may collect a child is told as well")
    func collectors() throws {
        let town = try TestNotices()
        for number in [2, 3] { try town.learnResident(number, agreed: []) }
        try town.learn(20) { view in
            view.school = "東小学校"
            view.collectors = [.person(2), .person(3)]
        }
        #expect(try told(town, to: .of { $0.school = "east" }) == [])
        #expect(try told(town, .disaster, to: .of { $0.school = "east" }) == [2, 3])
    }

    @Test("Wherever they have evacuated: who is at a shelter, or out for an hour, under whatever name")
    func shelters() throws {
        let town = try TestNotices()
        for number in 1...6 { try town.learnResident(number, district: "東町") }
        try town.shelter(1, .here, at: "s01")
        try town.shelter(2, .away, at: "s01")
        try town.shelter(3, .here, at: "s02")
        try town.shelter(4, .left, at: "s01")
        try town.shelter(6, .here, at: "s02")
        #expect(try told(town, to: .of { $0.shelters = [] }) == [1, 2, 3, 6])
        #expect(try told(town, to: .of { $0.shelters = ["s02"] }) == [3, 6])
        #expect(try told(town, to: .of { ($0.shelters, $0.districts) = (["s01"], ["西町"]) }) == [])
        // The sixth was the third, and then the first was.
        try town.learn(6) { $0.into = .person(3) }
        #expect(try told(town, to: .of { $0.shelters = [] }) == [1, 2, 3])
        try town.learn(1) { $0.into = .person(5) }
        #expect(try told(town, to: .of { $0.shelters = ["s01"] }) == [2, 5])
        #expect(try told(town, to: Audience()) == [2, 3, 4, 5])
    }

    @Test("What is confidential goes to those alone of whom the town has made sure, and by no screen in a hall")
    func confidential() throws {
        let town = try TestNotices()
        try town.learnResident(1, verified: true)
        try town.learnResident(2)
        try town.learnResident(3, agreed: [], verified: true)
        try town.learnResident(4, verified: true) { $0.channels = [Reach(.webhook, "hall-screen")] }
        #expect(try town.count(TestNotices.draft("a", .confidential)) == [1, 1, 2])
        #expect(try told(town, .confidential, to: Audience()) == [1])
        #expect(town.parcels.count == 1)
        #expect(try town.ask(.listMessages, ListMessages()).answer?.messages.first?.tally.failed == 1, "the one with the screen alone")
    }

    @Test("In a disaster everybody with a channel is told at once, at night, whatever they agreed to")
    func disaster() throws {
        var policy = TestNotices.policy
        policy.rate = 1
        let town = try TestNotices(policy)
        for number in 1...90 { try town.learnResident(number, agreed: []) }
        try town.learn(91) { $0.called = "長井 一" }
        try town.go(to: "23:30", step: .seconds(600))
        #expect(try town.count(TestNotices.draft("flood", .disaster)) == [90, 0, 1])
        try town.send(TestNotices.draft("flood", .disaster))
        try town.settle()
        #expect(town.mails.count == 90)
        try town.pass(.seconds(40), step: .seconds(10))
        #expect(try town.message("flood")?.tally == town.tally { ($0.recipients, $0.sent) = (90, 90) })
    }

    @Test("Somebody who does not want it any more by the time it leaves does not get it")
    func declined() throws {
        let town = try TestNotices()
        try town.go(to: "22:00", step: .seconds(600))
        try town.learnResident(1)
        try town.learnResident(2)
        try town.send(TestNotices.draft())
        try town.learnResident(2, agreed: ["school-gate"])
        try town.pass(.seconds(10 * 3600), step: .seconds(600))
        #expect(town.mails.map(\.to) == [TestNotices.mail(1)])
        #expect(try town.message()?.tally == town.tally { ($0.recipients, $0.sent, $0.withdrawn) = (2, 1, 1) })
    }

    @Test("Of whom no address works is counted before, and named after")
    func unreachable() throws {
        let town = try TestNotices()
        try town.learnResident(1)
        try town.learnResident(2) { $0.channels = nil }
        town.answer = { _ in .unreachable }
        try town.send(TestNotices.draft("first"))
        try town.pass(.seconds(60))
        #expect(try town.count(TestNotices.draft("second")) == [0, 0, 2])
        #expect(try town.message("first")?.tally.failed == 2)
    }
}
