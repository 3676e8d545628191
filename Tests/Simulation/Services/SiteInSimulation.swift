import Bus
import Contracts
import LockController
import Seal
import ServiceKit
import Store

/// A site whose line is cut for long: staff of its gym come and go, at the town; the gym opens by what the site has heard of that, and the town hears of all
/// it did.
final class SiteInSimulation: Participant {
    private let desk = Desk("school")
    private let line: LineMachine?
    private let controllers: LockControllerInSimulation
    /// Cards on their way to the gym's reader, each with what the site had of it when its tap was said.
    private var sights: [EventID: Sight] = [:]
    private var slots: [EventID: Range<Instant>] = [:]
    private var booked: [EventID] = []
    private(set) var opened = 0

    /// None of them a member's.
    static let cards = [911, 913, 915, 917]

    init(joining world: World) throws {
        controllers = world.participant(LockControllerInSimulation.self)
        line = world.station.map { LineMachine(of: $0, in: world) }
        if let line { world.add(line) }
    }

    static var witnessed: [Reading] { [] }

    // MARK: The day

    func prepare(_ world: World) throws {
        guard line != nil else { return }
        let change = ChangeGroup(group: "gym-staff", addTokens: Self.cards.map { World.token($0) }, addDoors: [Station.door])
        try world.command(change, on: .changeGroup, to: controllers.controller)
        world.advance(.seconds(1))
        for machine in controllers.all { machine.keepBackup() }
    }

    func happen(_ number: Int, in world: World) {
        guard let line, number % world.layout.cardsPerErrand == 0 else { return }
        desk.wait(in: world)
        if world.faults.cut > 0, world.below(20) == 0 { world.cutOff([line], for: 100_000) }
        let card = world.among(Self.cards)
        if world.happens(0.5) { world.participant(ReaderAgentsInSimulation.self).hold(card, world.layout.agentCount, in: world) }
        if desk.isIdle, world.happens(0.5) { manage(World.token(card), world) }
    }

    private func manage(_ token: Token, _ world: World) {
        let now = controllers.controller.clock(at: world.now)
        switch (world.below(4), booked.last) {
        case (0, _): desk.give(ChangeGroup(group: "gym-staff", addTokens: [token]), on: .changeGroup, at: now, in: world)
        case (1, _): desk.give(ChangeGroup(group: "gym-staff", removeTokens: [token]), on: .changeGroup, at: now, in: world)
        case (2, let id?): desk.give(CancelBooking(booking: id), on: .cancelBooking, at: now, in: world)
        default:
            let slot = now..<now + .seconds(Int64(10 + world.below(60)))
            let wish = AddBooking(door: Station.door, from: slot.lowerBound, to: slot.upperBound, tokens: [token])
            let command = desk.give(wish, on: .addBooking, at: now, in: world) { [unowned self] in
                if let booking = $0.answer?.booking { booked.append(booking.id) }
            }
            slots[.derived(from: command, type: "booking")] = slot
        }
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) { desk.hear(outgoing) }

    func hear(atSite outgoing: Outgoing, in world: World) {
        do { try listen(outgoing, world) } catch { world.complain("\(outgoing.topic) cannot be read: \(error)") }
    }

    // MARK: At the site

    /// The rights of one card as the site's own disk has them.
    private struct Sight: Equatable {
        let token: Token
        let isMember: Bool
        let bookings: Set<EventID>
        /// How many rulings of the town it had heard: a decision leaves later than it is made, and what was booked and cancelled in between shows no more.
        let heard: Int64

        init(_ token: Token, _ disk: Database) throws {
            self.token = token
            let name = World.token(World.number(token)).text
            isMember =
                try disk.read {
                    try $0.first("SELECT 1 FROM group_token WHERE \"group\" = 'gym-staff' AND token = ?", name) { _ in }
                } != nil
            let booked = try disk.read {
                try $0.all("SELECT id FROM booking JOIN booking_token ON booking = id WHERE token = ? AND NOT cancelled", name) {
                    EventID(bytes: $0.blob(0))
                }
            }
            bookings = Set(booked.compactMap { $0 })
            heard =
                try disk.read {
                    try $0.first("SELECT sum(next) FROM inbox WHERE topic LIKE '%/lock-controller/event/main/%'") { $0.int(0) }
                } ?? 0
        }
    }

    private func listen(_ outgoing: Outgoing, _ world: World) throws {
        if outgoing.topic.hasPrefix("\(world.layout.town)/lock-controller/grant/") { world.noteGrant(outgoing.payload) }
        guard let site = controllers.siteController, site.isWhole else { return }
        if outgoing.topic.hasSuffix("/event/\(Station.agent)/tap") {
            let tap = try Envelope<Tapped>(json: outgoing.payload)
            if world.layout.isSiteStaff(tap.data.token) { sights[tap.id] = try Sight(tap.data.token, site.disk) }
        } else if outgoing.topic.hasSuffix("/event/\(Station.name)/door-decision") {
            let decision = try Envelope<DoorDecided>(json: outgoing.payload)
            if let wrong = try judge(decision, site.disk) { world.complain(wrong) }
        }
    }

    /// What the site had of the card when it was held, and still has, it had when it decided.
    private func judge(_ decision: Envelope<DoorDecided>, _ disk: Database) throws -> String? {
        guard let before = sights.removeValue(forKey: decision.data.tap), let right = decision.data.right else { return nil }
        opened += 1
        guard try Sight(before.token, disk) == before else { return nil }
        if right.group == "gym-staff" {
            return before.isMember ? nil : "the gym opens for \(before.token), and the site knows that it left"
        }
        guard let booking = right.booking else { return "the gym opens for \(before.token) by \(right)" }
        return before.bookings.contains(booking)
            ? nil : "the gym opens for \(before.token) by a booking that the site knows to be cancelled"
    }

    // MARK: In the end

    func violations(_ world: World) throws -> [String] {
        guard let site = controllers.siteController else { return [] }
        let late = try world.participant(LocksInSimulation.self).openings(world).compactMap { door, opening, decision -> String? in
            guard door == Station.door, let booking = decision.right?.booking else { return nil }
            let what = "door \(door) opened at \(opening.shown.rfc3339())"
            guard let slot = slots[booking] else { return "\(what) for no booking" }
            return opening.isWithin(slot) ? nil : "\(what), and its booking is \(slot.lowerBound.rfc3339())…\(slot.upperBound.rfc3339())"
        }
        return try late + differences(site)
    }

    /// At rest the site has the rights that the town has; where the town's own disk has lost some, the site has none that it has not.
    private func differences(_ site: ServiceMachine<LockController>) throws -> [String] {
        let town = controllers.controller
        guard town.clones == 0 else { return [] }
        let (given, known) = (try rights(on: town.disk), try rights(on: site.disk))
        let missing = town.isWhole ? given.subtracting(known).sorted().map { "the site never heard of \($0)" } : []
        return missing + known.subtracting(given).sorted().map { "the site holds \($0), which the town does not give" }
    }

    private func rights(on disk: Database) throws -> Set<String> {
        Set(
            try disk.read {
                try $0.all("SELECT \"group\" || ' for ' || token FROM group_token") { $0.text(0) }
                    + $0.all("SELECT \"group\" || ' at ' || door FROM group_door") { $0.text(0) }
                    + $0.all(
                        """
                        SELECT 'booking ' || hex(id) || ' of ' || door || ', ' || starts || ' to ' || ends || ' for ' || token
                        FROM booking JOIN booking_token ON booking = id WHERE NOT cancelled
                        """
                    ) { $0.text(0) }
            })
    }
}

extension Layout {
    /// Comes in at the site alone, while the town says so.
    func isSiteStaff(_ token: Token) -> Bool { SiteInSimulation.cards.contains(World.number(token)) }
}
