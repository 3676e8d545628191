import Contracts
import Harness
import Journal
import Post
import Store
import Testing

@testable import Notifier

/// An older copy of the database was put back: what may have been told before is not told again, and is named.
@Suite struct PutBackTests {
    private func family(_ town: TestNotices) throws {
        try town.learn(2) { $0.channels = [Reach(.mail, "parent2@mail.example")] }
        try town.learn(1) {
            $0.called = "長井 ハナ"
            $0.tell = [.init(.person(2), as: .family, kinds: [.safety])]
        }
    }

    private func putBack(_ copy: [UInt8], of moment: Instant, into town: TestNotices) throws {
        try town.rig.replaceDisk(with: copy)
        try Restored(at: town.now, copied: moment).note(in: town.rig.disk)
        try town.restart()
    }

    @Test("Who was told after the copy is not told again; who comes later is; somebody looks at the rest")
    func once() throws {
        let town = try TestNotices()
        try family(town)
        let (copy, moment) = (try town.rig.disk.serialized(), town.now)
        try town.pass(.seconds(600))
        try town.shelter(1, .here, at: "s01")
        #expect(town.mails.count == 1)
        try town.pass(.seconds(600))
        let told = moment + .seconds(600)
        try putBack(copy, of: moment, into: town)
        try town.shelter(1, .here, at: "s01", since: told)
        try town.pass(.seconds(120))
        #expect(town.mails.count == 1, "the fact has come again from its journal")
        let list = try #require(try town.ask(.listDeliveries, ListDeliveries()).answer)
        #expect(list.deliveries.map(\.stage) == [.perhaps])
        #expect(try town.rig.life().problems?.map(\.code) == ["perhaps-told"])
        #expect(try town.rig.life().restored == Restored(at: moment + .seconds(1200), copied: moment))
        let line = try #require(list.deliveries.first)
        #expect(try town.ask(.followUp, FollowUp(line.id)).answer?.stage == .followedUp)
        try town.shelter(1, .left, at: "s01")
        #expect(town.mails.count == 2)
    }

    @Test("What waited in the copy is not told either: it may have left since")
    func waited() throws {
        let town = try TestNotices()
        try family(town)
        town.answer = { _ in .deferred(retryAfter: nil) }
        try town.shelter(1, .here, at: "s01")
        let (copy, moment) = (try town.rig.disk.serialized(), town.now)
        town.answer = { _ in .accepted }
        try town.pass(.seconds(120))
        let told = town.parcels.count
        try putBack(copy, of: moment, into: town)
        try town.pass(.seconds(600))
        #expect(town.parcels.count == told)
        #expect(try town.ended().last?.outcome == .perhaps)
    }

    @Test("A message of the town that was due before is not sent again; a desk has it sent to those it may not have reached")
    func message() throws {
        let town = try TestNotices()
        for number in 1...3 { try town.learnResident(number) }
        guard try town.ask(.openMessage, TestNotices.draft()).accepted else { throw Restless() }
        var scheduled = TestNotices.draft("concert")
        scheduled.at = town.now + .seconds(900)
        try town.send(scheduled)
        let (copy, moment) = (try town.rig.disk.serialized(), town.now)
        try town.pass(.seconds(1200))
        #expect(town.mails.count == 3)
        try putBack(copy, of: moment, into: town)
        try town.pass(.seconds(5 * 3600), step: .seconds(60))
        #expect(town.mails.count == 3)
        #expect(try town.message("concert")?.tally.failed == 3)
        #expect(try town.decide(.resend, "concert").accepted)
        try town.pass(.seconds(600))
        #expect(town.mails.count == 6, "decided anew, it is told")
        #expect(try town.decide(.approve).accepted)
        try town.pass(.seconds(600))
        #expect(town.mails.count == 9, "drawn up before and approved after, it is told")
    }
}
