import Bus
import Contracts
import Harness
import Store
import Testing

@testable import LockController

/// What the office sees of doors that are decided on elsewhere.
@Suite("The town's table of a site's doors")
struct SiteAuditTests {
    private let other = Token("k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")!

    @Test("A booking that was used while the line was cut is no no-show once the line is back")
    func noShows() throws {
        let town = try JoinedTown()
        let used = try town.book(seconds: 0..<30)
        let empty = try town.book(seconds: 30..<60)
        try town.live(2)
        town.isCut = true
        #expect(try town.opens())
        try town.live(70)
        #expect(try town.noShows() == [used.id, empty.id], "nobody could tell the town")
        town.isCut = false
        try town.live(15)
        #expect(try town.noShows() == [empty.id])
    }

    @Test("Told late, twice or backwards, a booking was first used when it was first used, and sites are not told of it")
    func firstUse() throws {
        let town = try JoinedTown()
        let booking = try town.book()
        try town.live(2)
        town.isCut = true
        #expect(try town.opens())
        let first = town.site.now
        try town.live(5)
        #expect(try town.opens())
        let views = town.main.published.count { $0.topic.hasSuffix("/booking-view") }
        try town.sayBackwards()
        let list = ListBookings(door: "gym", from: first - .seconds(3600), to: first + .seconds(3600))
        #expect(try town.command(list, on: .listBookings, at: town.main).answer?.bookings.map(\.opened) == [first])
        try town.live(3)
        #expect(town.main.published.count { $0.topic.hasSuffix("/booking-view") } == views)
        #expect(booking.opened == nil)
    }

    @Test(
        "The town's audit of a site's door is the site's own, line by line, and what was commanded at the town", arguments: [false, true])
    func oneTable(backwards: Bool) throws {
        let town = try JoinedTown()
        let booking = try town.book()
        try town.live(2)
        town.isCut = true
        try town.aDay()
        if backwards { try town.sayBackwards() }
        town.isCut = false
        try town.live(15)
        let (there, here) = (try town.audit(at: town.site), try town.audit(at: town.main))
        #expect(here.filter { $0.what != .booking } == there)
        #expect(here.filter { $0.what == .booking }.map(\.why) == ["booked \(booking.id)"])
        #expect(there.contains { $0.what == .open && $0.outcome == .opened && $0.used == true && $0.why == "booking \(booking.id)" })
        #expect(there.contains { $0.what == .refuse } && there.contains { $0.what == .alarm })
        #expect(there.filter { $0.what == .opened }.map(\.why) == ["exit"], "late reports have put the time and the reason right")
    }

    @Test("Pages of the one table follow each other without a hole and without a repeat")
    func pages() throws {
        let town = try JoinedTown()
        try town.live(2)
        town.isCut = true
        for _ in 0..<130 { _ = try town.hold(other, at: town.site) }
        town.isCut = false
        try town.live(15)
        let lines = try town.audit(at: town.main)
        #expect(lines.count == 130 && Set(lines.map(\.id)).count == 130)
    }

    @Test("A site's alarm is listed and acknowledged at the town, and is over with in both")
    func alarms() throws {
        let town = try JoinedTown()
        try town.tell(LockCondition(bolt: .locked, contact: .closed))
        try town.tell(LockCondition(contact: .open))
        try town.live(12)
        #expect(try town.site.life().problems?.map(\.code) == ["alarm-forced"])
        #expect(try town.main.life().problems == nil, "the site says so itself")
        let alarm = try #require(try town.command(ListAlarms(), on: .listAlarms, at: town.main).answer?.alarms.first)
        #expect(alarm.door == "gym" && alarm.kind == .forced)
        town.isCut = true
        #expect(try town.command(AcknowledgeAlarm(alarm: alarm.id, note: "the wind"), on: .acknowledgeAlarm, at: town.main).accepted)
        try town.tell(LockCondition(contact: .closed))
        town.isCut = false
        try town.live(27)
        #expect(try town.site.life().problems == nil)
        let after = try #require(try town.command(ListAlarms(all: true), on: .listAlarms, at: town.main).answer?.alarms.first)
        #expect(after.by == "desk-office" && after.note == "the wind" && after.cleared != nil)
        #expect(try town.audit(at: town.main).count { $0.why == "forced acknowledged" } == 1)
    }

    @Test("A site that speaks of a door of others is not believed, and somebody looks at it")
    func foreign() throws {
        let town = try JoinedTown()
        let line = AuditLine(at: town.main.now, id: EventID(at: town.main.now, random: (1, 1)), what: .open, why: "group staff")
        let told = Envelope(
            id: EventID(at: town.main.now, random: (1, 2)), source: "/nagai/lock-controller/school-gym", time: town.main.now,
            position: StreamPosition(epoch: Epoch(after: nil, now: town.main.now, random: 4), number: 1),
            data: AuditTold(line, at: AuditPlace(at: line.at, id: line.id), of: "hall"))
        town.main.say(Channel<AuditTold>.auditLines.topic(in: "nagai", "school-gym").description, try told.json())
        try town.main.settle()
        #expect(try town.audit("hall", at: town.main).isEmpty)
        #expect(try town.main.disk.read { try $0.first("SELECT count(*) FROM dead_letter") { $0.int(0) } } == 1)
    }

    @Test("What a site's door would do is answered at the town, by the same rights")
    func explained() throws {
        let town = try JoinedTown()
        let booking = try town.book()
        let ask = ExplainDoor("gym", at: town.main.now, token: JoinedTown.card)
        #expect(try town.command(ask, on: .explainDoor, at: town.main).answer?.right == .booking(booking.id))
    }

    @Test("Exceptions heard in another order than they were made count in the order in which they were made")
    func exceptions() throws {
        let town = try JoinedTown()
        town.isCut = true
        for kind in [DoorException.Kind.close, .open] {
            let wish = AddException(
                kind, "gym", from: town.main.now - .seconds(5), to: town.main.now + .seconds(3600), groups: kind == .open ? ["public"] : [])
            #expect(try town.command(wish, on: .addException, at: town.main).accepted)
        }
        for said in town.main.published.reversed() where said.topic.hasSuffix("/door-exception") { town.site.say(said.topic, said.payload) }
        try town.site.settle()
        #expect(try town.opens(other), "it was opened after it had been closed")
    }
}

extension JoinedTown {
    /// A booking of the gym, from and to some seconds from now.
    fileprivate func book(seconds: Range<Int64>) throws -> Booking {
        let wish = AddBooking(
            door: "gym", from: main.now + .seconds(seconds.lowerBound), to: main.now + .seconds(seconds.upperBound), tokens: [Self.card])
        return try #require(try command(wish, on: .addBooking, at: main).answer?.booking)
    }

    fileprivate func noShows() throws -> [EventID] {
        let wish = ListBookings(door: nil, from: main.now - .seconds(3600), to: main.now + .seconds(60), unused: true)
        return try #require(try command(wish, on: .listBookings, at: main).answer).bookings.map(\.id)
    }

    fileprivate func audit(_ door: DoorID = "gym", at rig: Rig<LockController>) throws -> [AuditLine] {
        var lines: [AuditLine] = []
        var more = true
        while more {
            let place = lines.last.map { AuditPlace(at: $0.at, id: $0.id) }
            let wish = ListAudit(door: door, from: rig.now - .seconds(3600), to: rig.now + .seconds(60), after: place)
            let page = try #require(try command(wish, on: .listAudit, at: rig).answer)
            lines += page.lines
            more = page.more
        }
        return lines
    }

    /// What the site has told of its doors comes to the town backwards, and each word twice.
    fileprivate func sayBackwards() throws {
        let lines = site.published.filter { $0.topic.hasSuffix("school-gym/audit-line") }
        for said in lines.reversed() + lines { main.say(said.topic, said.payload) }
        try main.settle()
    }

    /// The lock of the gym reports.
    fileprivate func report<Body: ReportBody>(_ body: Body, on channel: Channel<Body>, ago seconds: Int64 = 0) throws {
        let report = Envelope(
            id: EventID(at: site.now, random: (5, UInt64(site.published.count))), source: "/nagai/lock/gym",
            time: site.now - .seconds(seconds),
            data: body)
        site.say(channel.topic(in: "nagai", "gym").description, try report.json())
        try site.settle()
    }

    fileprivate func tell(_ condition: LockCondition, ago seconds: Int64 = 0) throws {
        try report(condition, on: .lockConditions, ago: seconds)
    }

    /// In; out, of which a part is told late; and somebody without a right.
    fileprivate func aDay() throws {
        try tell(LockCondition(bolt: .locked, contact: .closed))
        #expect(try opens())
        let decision = try #require(try site.said(.doorDecisions).last)
        try report(LockOutcome(grant: decision.id, result: .opened), on: .lockOutcomes)
        try live(1)
        try tell(LockCondition(contact: .open))
        try live(1)
        try tell(LockCondition(contact: .closed))
        try live(60)
        try tell(LockCondition(bolt: .locked, contact: .open))
        try live(2)
        try tell(LockCondition(contact: .open), ago: 3)
        try tell(LockCondition(exit: true), ago: 3)
        try tell(LockCondition(contact: .closed))
        _ = try hold(Token("k1.bbbbbbbbbbbbbbbbbbbbbbbbbb")!, at: site)
        try live(2)
    }
}
