import Contracts
import Harness
import Post
import Testing

@testable import Notifier

/// On the bus: on, off, and left in it.
@Suite struct RideNoticeTests {
    /// A pupil of the east school whose parent wants to hear of the bus.
    private func town(kinds: [NoticeKind] = [.ride]) throws -> TestNotices {
        let town = try TestNotices.atSchool()
        try town.learnGuardian(2)
        try town.learnPupil(1, called: "長井 さくら", guardians: [2], kinds: kinds)
        return town
    }

    @Test("Getting on and off by turns; held again within a minute a card says nothing new")
    func onAndOff() throws {
        let town = try town()
        try town.hold(1, at: "bus-1", for: "ride:blue")
        try town.pass(.seconds(30))
        try town.hold(1, at: "bus-1", for: "ride:blue")
        try town.pass(.seconds(1200))
        try town.hold(1, at: "bus-1", for: "ride:blue")
        #expect(town.mails.map(\.subject) == ["【青バス】乗車のお知らせ", "【青バス】降車のお知らせ"])
        #expect(town.mails.first?.body == "長井 さくらさんが11月21日(土) 8:00に青バスに乗りました。")
    }

    @Test(
        "The school and the guardian see who is on the bus now, and nobody of whom nobody wants to hear; whoever got on two hours ago has got off unseen"
    )
    func seen() throws {
        for kinds in [[NoticeKind.ride], [.schoolGate]] {
            let town = try town(kinds: kinds)
            func riding() throws -> [LineID?] {
                let school = try town.ask(.listPupils, ListPupils("east"), as: "notice-desk-east").answer?.pupils.map(\.riding)
                let own = try town.ask(.showOwnNotices, ShowOwnNotices(.person(2)), as: "resident-page").answer?.children
                return (school ?? []) + (own ?? []).map(\.day.riding)
            }
            #expect(try riding() == [nil, nil])
            try town.hold(1, at: "bus-1", for: "ride:blue")
            #expect(try riding() == (kinds == [.ride] ? ["blue", "blue"] : [nil, nil]))
            try town.pass(.seconds(1200))
            try town.hold(1, at: "bus-1", for: "ride:blue")
            #expect(try riding() == [nil, nil])
            try town.pass(.seconds(1200))
            try town.hold(1, at: "bus-1", for: "ride:blue")
            #expect(try riding().first == (kinds == [.ride] ? "blue" : nil as LineID?))
            try town.pass(.seconds(2 * 3600))
            #expect(try riding() == [nil, nil])
        }
    }

    @Test("Where the reader says the way it is believed; a ride home in the afternoon begins with getting on")
    func directions() throws {
        let town = try town()
        try town.hold(1, at: "bus-1", for: "ride:blue", .out)
        try town.pass(.seconds(600))
        try town.hold(1, at: "bus-1", for: "ride:blue", .in)
        try town.go(to: "15:00")
        try town.hold(1, at: "bus-1", for: "ride:blue")
        #expect(town.mails.map(\.subject).filter { $0.contains("青バス") } == ["【青バス】降車のお知らせ", "【青バス】乗車のお知らせ", "【青バス】乗車のお知らせ"])
    }

    @Test("Of whom nobody wants to hear nothing is told and nothing kept")
    func unwanted() throws {
        let town = try town(kinds: [.schoolGate])
        try town.hold(1, at: "bus-1", for: "ride:blue")
        try town.hold(1, at: "bus-1", for: "visit")
        #expect(town.mails.isEmpty)
        #expect(try town.keptGateTaps() == 0)
    }

    @Test("A child left on board is told of at any hour to the driver, the school, the town and whoever wants to hear of the child")
    func leftOnBoard() throws {
        let town = try town()
        try town.go(to: "22:30", step: .seconds(600))
        town.forget()
        try town.leftOnBoard(1)
        #expect(
            town.mails.map(\.to).sorted() == ["driver@bus.example", "east@school.example", "office@town.example", "parent2@mail.example"])
        #expect(town.mails.allSatisfy { $0.subject == "【至急】青バス 降車が確認できません" })
        town.forget()
        try town.leftOnBoard(1, alighted: true)
        #expect(town.mails.count == 4 && town.mails.allSatisfy { $0.subject == "【青バス】降車を確認しました" })
    }

    @Test("It leaves before everything else that waits")
    func first() throws {
        let town = try town()
        for parent in 100..<200 { try town.learnGuardian(parent) }
        try town.learnPupil(4, called: "青木 ゆうた", guardians: Array(100..<200))
        town.answer = { _ in nil }
        try town.hold(4, at: "east-gate")
        #expect(town.mails.count == Notifier.mostAtOnce, "the others wait")
        try town.leftOnBoard(1)
        town.answer = { _ in .accepted }
        let before = town.parcels
        try town.rig.settle(before.prefix(4).map { Receipt(key: $0.key, .accepted) })
        try town.settle()
        #expect(town.mails[before.count..<before.count + 4].allSatisfy { $0.subject.contains("至急") })
    }
}
