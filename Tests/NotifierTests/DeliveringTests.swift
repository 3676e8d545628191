import Contracts
import Harness
import Post
import Store
import Testing

@testable import Notifier

/// A delivery: to whom, when, by which way, once.
@Suite struct DeliveringTests {
    /// Somebody at a shelter whose daughter wants to hear of it.
    private func safety(_ town: TestNotices, channels: [Reach] = [Reach(.mail, "parent2@mail.example")]) throws {
        try town.learn(2) { $0.channels = channels }
        try town.learn(1) {
            $0.called = "長井 ハナ"
            $0.tell = [.init(.person(2), as: .family, kinds: [.safety])]
        }
    }

    @Test("The family hears of somebody who has come to a shelter, once, in words that say where and when")
    func sheltered() throws {
        let town = try TestNotices()
        try safety(town)
        try town.shelter(1, .here, at: "s01")
        #expect(town.mails.map(\.to) == ["parent2@mail.example"])
        #expect(town.mails.first?.subject == "【安否】避難所に着きました")
        #expect(town.mails.first?.body == "長井 ハナさんが11月21日(土) 8:00にs01に着きました。")
        #expect(try town.ended().map(\.outcome) == [.sent])
        try town.pass(.seconds(3600))
        #expect(town.mails.count == 1)
    }

    @Test("Where a server asks to wait, the message comes later, and says that it is late")
    func deferred() throws {
        let town = try TestNotices()
        try safety(town)
        town.answer = { _ in .deferred(retryAfter: nil) }
        try town.shelter(1, .here, at: "s01")
        try town.pass(.seconds(3600), step: .seconds(10))
        #expect(town.parcels.count >= 5 && town.parcels.count < 12, "\(town.parcels.count)")
        #expect(Set(town.parcels.map(\.key)).count == 1, "whoever carries it can tell a repeat by its key")
        town.answer = { _ in .accepted }
        try town.pass(.seconds(3600), step: .seconds(10))
        #expect(town.mails.last?.body.contains("遅れて届いています") == true)
        #expect(try town.ended().map(\.outcome) == [.sent])
    }

    @Test("An address that is dead is not tried again; the next one has its turn at once, and the office can list whom mail does not reach")
    func unreachable() throws {
        let town = try TestNotices()
        try safety(town, channels: [Reach(.mail, "old@mail.example"), Reach(.line, "U0123456789abcdef0123456789abcdef")])
        town.answer = { if case .mail = $0.carrier { .unreachable } else { .accepted } }
        try town.shelter(1, .here, at: "s01")
        #expect(town.parcels.count == 2)
        try town.shelter(1, .left, at: "s01")
        #expect(town.parcels.count == 3)
        let ended = try town.ended()
        #expect(ended.map(\.way) == [.line, .line] && ended.map(\.outcome) == [.sent, .sent])
        let unreached = try #require(try town.ask(.listUnreached, ListUnreached()).answer)
        #expect(unreached.people.map(\.person) == [.person(2)] && unreached.people.map(\.way) == [.mail])
    }

    @Test("Whom nothing reaches is not tried for ever, and it is said that it failed")
    func failed() throws {
        let town = try TestNotices()
        try safety(town)
        town.answer = { _ in .refused }
        try town.shelter(1, .here, at: "s01")
        #expect(try town.ended().map(\.outcome) == [.failed])
        let list = try #require(try town.ask(.listDeliveries, ListDeliveries(person: .person(2))).answer)
        let line = try #require(list.deliveries.first)
        #expect(line.stage == .failed && list.backlog.count == 0)
        #expect(try town.ask(.followUp, FollowUp(line.id)).answer?.stage == .followedUp)
    }

    @Test("Whoever is no guardian any more when it leaves is not told")
    func withdrawn() throws {
        let town = try TestNotices()
        try safety(town)
        town.answer = { _ in .deferred(retryAfter: nil) }
        try town.shelter(1, .here, at: "s01")
        try town.learn(1) { $0.called = "長井 ハナ" }
        town.answer = { _ in .accepted }
        try town.pass(.seconds(600))
        #expect(town.parcels.count == 1, "that one had left before")
        #expect(try town.ended().map(\.outcome) == [.withdrawn])
    }

    @Test("A process that dies before the answer hands it over again under the same key, and a mail that may have come twice is counted")
    func killed() throws {
        let town = try TestNotices()
        try safety(town)
        town.answer = { _ in nil }
        try town.shelter(1, .here, at: "s01")
        #expect(town.parcels.count == 1)
        town.answer = { _ in .accepted }
        try town.restart()
        try town.pass(.seconds(300))
        #expect(town.parcels.count == 2 && Set(town.parcels.map(\.key)).count == 1)
        let ended = try town.ended()
        #expect(ended.map(\.outcome) == [.sent] && ended.first?.isPerhapsTwice == true)
        #expect(try town.rig.life().counters?["perhaps-twice"] == 1)
    }

    @Test("A receipt that comes twice, or for a delivery nobody knows, changes nothing")
    func receipts() throws {
        let town = try TestNotices()
        try safety(town)
        try town.shelter(1, .here, at: "s01")
        let key = try #require(town.parcels.first?.key)
        try town.rig.settle([Receipt(key: key, .unreachable), Receipt(key: "nonsense", .accepted)])
        #expect(try town.ended().map(\.outcome) == [.sent])
        #expect(try town.ask(.listUnreached, ListUnreached()).answer?.people.isEmpty == true)
    }

    @Test("At night nobody is woken but for somebody in danger")
    func quiet() throws {
        let town = try TestNotices()
        try town.learn(3) {
            $0.channels = [Reach(.mail, "three@mail.example")]
            $0.agreed = [.locker]
        }
        try town.go(to: "22:00")
        try town.item(for: 3)
        #expect(town.mails.isEmpty)
        try safety(town)
        try town.shelter(1, .here, at: "s01")
        #expect(town.mails.count == 1)
        try town.go(to: "7:01", day: town.now.date().adding(1), step: .seconds(120))
        #expect(town.mails.map(\.subject).last?.contains("お受け取り") == true)
    }

    @Test("No more than 64 messages are with carriers at once, and all of them leave")
    func bounded() throws {
        let town = try TestNotices()
        try town.learn(1) { view in
            view.called = "長井 ハナ"
            view.tell = (100..<250).map { .init(.person($0), as: .family, kinds: [.safety]) }
        }
        for number in 100..<250 { try town.learnGuardian(number) }
        town.answer = { _ in nil }
        try town.shelter(1, .here, at: "s01")
        #expect(town.parcels.count == Notifier.mostAtOnce)
        town.answer = { _ in .accepted }
        let waiting = town.parcels
        try town.rig.settle(waiting.map { Receipt(key: $0.key, .accepted) })
        try town.settle()
        #expect(Set(town.parcels.map(\.key)).count == 150)
        #expect(try town.ended().count == 150)
    }

    @Test("A device in the home shows it beside what else reaches its people, names nobody, and shows nothing twice")
    func homes() throws {
        let town = try TestNotices()
        try safety(town)
        try town.learn(3) { $0.language = "en" }
        #expect(try town.ask(.subscribe, Subscribe(.person(2), home: "home-1")).answer?.ways == [.home, .mail])
        #expect(try town.ask(.subscribe, Subscribe(.person(3), home: "home-1")).answer?.ways == [.home])
        try town.shelter(1, .here, at: "s01")
        #expect(town.mails.map(\.body) == ["長井 ハナさんが11月21日(土) 8:00にs01に着きました。"])
        #expect(try shown(town) == ["【安否】避難所に着きました\nご家族が11月21日(土) 8:00にs01に着きました。"])
        #expect(try town.ended().map(\.way) == [.mail])
        // Where there is nothing but the device, it is told all the same; much later it still says what it said then.
        try town.learn(4) {
            $0.called = "長井 イネ"
            $0.tell = [.init(.person(3), as: .family, kinds: [.safety])]
        }
        try town.shelter(4, .here, at: "s01")
        #expect(try town.ended().map(\.way) == [.mail, .home])
        try town.pass(.seconds(7200), step: .seconds(600))
        try town.restart()
        #expect(try shown(town).first == "Safe: at a shelter\nYour family member came to the shelter s01 at 8:00 on Sat 21 Nov.")
        #expect(try shown(town).count == 2)
    }

    private func shown(_ town: TestNotices) throws -> [String] { try town.rig.said(.homeNotices).last?.data.notices.map(\.text) ?? [] }

    @Test("Whoever was found to be somebody else is reached there by the same devices; of whom nobody knows any more none is kept")
    func moved() throws {
        let town = try TestNotices()
        try town.learn(2)
        try safety(town)
        #expect(try town.ask(.subscribe, Subscribe(.person(2), home: "home-1")).accepted)
        try town.learn(5) { $0.channels = [Reach(.mail, "parent5@mail.example")] }
        try town.learn(2) { $0.into = .person(5) }
        let ways = { try town.ask(.subscribe, Subscribe(.person(5), home: "home-1")).answer?.ways }
        #expect(try subscribers(town) == [.person(5)])
        #expect(try ways() == [.home, .mail])
        try town.learn(5, cards: nil) { $0.tokens = nil }
        #expect(try subscribers(town) == [])
    }

    private func subscribers(_ town: TestNotices) throws -> [PersonID] {
        try town.rig.disk.read { try $0.all("SELECT person FROM subscription") { PersonID($0.text(0)) } }.compactMap(\.self)
    }

    @Test("After a clock was set back nothing waits for hours that were never to come")
    func setBack() throws {
        let town = try TestNotices()
        try safety(town)
        town.answer = { _ in .deferred(retryAfter: nil) }
        town.rig.now = town.now + .seconds(400 * 86_400)
        try town.shelter(1, .here, at: "s01")
        town.answer = { _ in .accepted }
        town.rig.now = town.now - .seconds(400 * 86_400)
        try town.pass(.seconds(180))
        #expect(try town.ended().map(\.outcome) == [.sent])
    }

    @Test("A school's own station sees nothing of the rest of the town")
    func desks() throws {
        let town = try TestNotices()
        #expect(try town.ask(.listUnreached, ListUnreached(), as: "notice-desk-east").refusal == "not-yours")
        #expect(try town.ask(.listDeliveries, ListDeliveries(), as: "notice-desk-nobody").refusal == "unknown-desk")
    }

    @Test("A mail that comes back marks its address, and the next way is tried")
    func bounce() throws {
        let town = try TestNotices()
        try safety(town, channels: [Reach(.mail, "old@mail.example"), Reach(.line, "U0123456789abcdef0123456789abcdef")])
        try town.shelter(1, .here, at: "s01")
        let id = try #require(town.parcels.first.flatMap { EventID($0.key) })
        #expect(try town.ask(.noteBounce, NoteBounce(id, status: "5.1.1", isPermanent: true)).accepted)
        #expect(town.parcels.count == 2)
        #expect(try town.ask(.listUnreached, ListUnreached()).answer?.people.map(\.person) == [.person(2)])
        #expect(try town.ask(.noteBounce, NoteBounce(id, status: "5.2.2", isPermanent: false)).refusal == "unknown-delivery", "LINE had it")
    }

    @Test("A mail that comes back where there is no other way has failed, and that is said")
    func bouncedForGood() throws {
        let town = try TestNotices()
        try safety(town)
        try town.shelter(1, .here, at: "s01")
        let id = try #require(town.parcels.first.flatMap { EventID($0.key) })
        #expect(try town.ask(.noteBounce, NoteBounce(id, status: "5.1.1", isPermanent: true)).accepted)
        try town.settle()
        #expect(try town.ended().map(\.outcome) == [.sent, .failed])
    }

    @Test("No name lies in the database, and no address")
    func sealed() throws {
        let town = try TestNotices()
        try safety(town)
        try town.shelter(1, .here, at: "s01")
        let found = Sniffer(["長井 ハナ", "parent2@mail.example"]).found(in: try town.rig.disk.serialized())
        #expect(found.isEmpty)
    }
}
