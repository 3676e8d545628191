import Bus
import Contracts
import Harness
import LockController
import Seal
import ServiceKit
import Store
import Testing

@Suite("A lock-controller at a site")
struct SiteTests {
    @Test(
        "A booking made at the town opens the site's door, also while the line is cut; one that was cancelled meanwhile is refused at the next contact"
    )
    func cut() throws {
        let town = try JoinedTown()
        let booking = try town.book()
        try town.live(2)
        town.isCut = true
        #expect(try town.opens())
        let other = Token("k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")!
        try town.command(CancelBooking(booking: booking.id), on: .cancelBooking, at: town.main)
        let later = try town.book(token: other)
        try town.live(30)
        #expect(try town.opens(), "nobody could tell the site")
        #expect(try !town.opens(other))
        town.isCut = false
        try town.live(15)
        #expect(try !town.opens())
        #expect(try town.hold(other, at: town.site).map(\.right) == [.booking(later.id)])
    }

    @Test("Late and repeated words of the town bring back no booking that was cancelled")
    func late() throws {
        let town = try JoinedTown()
        let booking = try town.book()
        try town.live(2)
        let told = town.main.published.filter { $0.topic.hasSuffix("/booking-view") }
        try town.command(CancelBooking(booking: booking.id), on: .cancelBooking, at: town.main)
        try town.live(2)
        #expect(try !town.opens())
        for old in told { town.site.say(old.topic, old.payload) }
        try town.live(2)
        #expect(try !town.opens())
    }

    @Test("Groups open the site's door by their cards, until card or door is taken out")
    func groups() throws {
        let town = try JoinedTown()
        func change(_ change: ChangeGroup) throws {
            #expect(try town.command(change, on: .changeGroup, at: town.main).accepted)
            try town.live(2)
        }
        try change(ChangeGroup(group: "staff", addTokens: [JoinedTown.card], addDoors: ["gym"]))
        #expect(try town.hold(at: town.site).map(\.right) == [.group("staff")])
        try change(ChangeGroup(group: "staff", removeDoors: ["gym"]))
        #expect(try !town.opens())
        try change(ChangeGroup(group: "staff", addDoors: ["gym"]))
        #expect(try town.opens())
        try change(ChangeGroup(group: "staff", removeTokens: [JoinedTown.card]))
        #expect(try !town.opens())
    }

    @Test("A station that begins with nothing learns of a group that is older than any journal")
    func fresh() throws {
        let town = try JoinedTown()
        town.isCut = true
        try town.command(ChangeGroup(group: "staff", addTokens: [JoinedTown.card], addDoors: ["gym"]), on: .changeGroup, at: town.main)
        try town.settle()
        for _ in 0..<40 {
            town.main.now = town.main.now + .seconds(86_400)
            try town.main.pass(.seconds(120), step: .seconds(60))
        }
        town.site.now = town.main.now
        town.isCut = false
        try town.live(15)
        #expect(try town.opens())
    }

    @Test("A station put back from an older copy does not open by it once the town is heard")
    func restored() throws {
        let town = try JoinedTown()
        let booking = try town.book()
        try town.live(2)
        let copy = try town.site.disk.serialized()
        try town.command(CancelBooking(booking: booking.id), on: .cancelBooking, at: town.main)
        try town.live(2)
        try town.site.replaceDisk(with: copy)
        try town.site.start(JoinedTown.siteService)
        #expect(try !town.opens())
        try town.live(15)
        #expect(try !town.opens())
    }

    @Test("The town's controller put back from an older copy: what came after it opens nothing until it is told again")
    func townRestored() throws {
        let town = try JoinedTown()
        let first = try town.book()
        try town.live(2)
        let copy = try town.main.disk.serialized()
        try town.command(ExtendBooking(booking: first.id, to: first.to + .seconds(3600)), on: .extendBooking, at: town.main)
        try town.live(2)
        #expect(try town.opens())
        try town.main.replaceDisk(with: copy)
        try town.main.start(JoinedTown.townService)
        try town.live(15)
        #expect(try !town.opens())
        #expect(try town.site.life().problems?.map(\.code).contains("unknown") == true)
        #expect(try town.command(TellAgain(why: "put back"), on: .tellRightsAgain, at: town.main).accepted)
        try town.live(15)
        #expect(try town.opens())
        #expect(try town.site.life().problems?.map(\.code).contains("unknown") != true)
    }

    @Test("A tap is decided where its reader is, and nowhere else")
    func once() throws {
        let town = try JoinedTown()
        #expect(try town.hold(at: town.main).isEmpty)
        #expect(try town.hold(at: town.site).map(\.refusal) == [.noRight])
        #expect(try town.hold("hall", agent: "gate-2", at: town.site).isEmpty)
        #expect(try town.hold("hall", at: town.site).map(\.refusal) == [.unknownDoor])
        #expect(try town.hold("hall", agent: "gate-2", at: town.main).map(\.refusal) == [.noRight])
    }

    @Test("Commands about rights are refused at a site, in a sentence")
    func commands() throws {
        let town = try JoinedTown()
        let answer = try town.command(ListGroups(), on: .listGroups, at: town.site)
        #expect(answer.refusal == "elsewhere")
        #expect(answer.text?.contains("this is site school-gym") == true)
    }

    @Test("A site says since when it has not heard the town, and is well again when it has")
    func silent() throws {
        let town = try JoinedTown()
        func isWell() throws -> Bool { try town.site.life().problems == nil }
        try town.live(15)
        #expect(try isWell())
        town.isCut = true
        try town.live(75)
        #expect(try town.site.life().problems?.map(\.code) == ["no-town"])
        town.isCut = false
        try town.live(25)
        #expect(try isWell())
    }

    @Test("A booking that is long over is told to no new station, and is gone at the old one")
    func purged() throws {
        let town = try JoinedTown()
        _ = try town.book()
        try town.live(2)
        func rows(_ rig: Rig<LockController>, _ sql: StaticString) throws -> Int64? {
            try rig.disk.read { try $0.first(sql) { $0.int(0) } }
        }
        #expect(try rows(town.main, "SELECT count(*) FROM outbox WHERE key IS NOT NULL") == 1)
        for rig in [town.main, town.site] {
            rig.now = rig.now + .seconds(95 * 86_400)
            try rig.pass(.seconds(180), step: .seconds(30))
            #expect(try rows(rig, "SELECT count(*) FROM booking") == 0)
            #expect(try rows(rig, "SELECT count(*) FROM untold_booking") == 0)
        }
        #expect(try rows(town.main, "SELECT count(*) FROM outbox WHERE key IS NOT NULL") == 0)
    }
}

extension JoinedTown {
    func hold(_ door: DoorID, agent: Instance = "gate-1", at rig: Rig<LockController>) throws -> [DoorDecided] {
        try hold(Self.card, door, agent: agent, at: rig)
    }
}
