import Bus
import Contracts
import LockController
import Seal
import ServiceKit

/// One door opens by the codes of its bookings alone. People enter right ones, early and late, old ones and wrong ones, and somebody says again what they
/// heard on the bus.
final class KeypadsInSimulation: Participant {
    private let desk = Desk("annex")
    private let controller: ServiceMachine<LockController>
    private let codes: CodeKey
    private let skew: Duration
    /// In some towns somebody tries codes until the keypad is locked.
    private let isTried: Bool
    /// Everything that was ever asked for, whether or not it was heard: bookings by their id, and what was entered by its report.
    private var slots: [EventID: Range<Instant>] = [:]
    private var booked: [EventID] = []
    private var given: [(booking: EventID, number: Int)] = []
    private var entered: [EventID: String] = [:]
    private var reports: [(message: Message, made: Instant)] = []

    init(joining world: World) throws {
        controller = world.participant(LockControllerInSimulation.self).controller
        codes = try World.codeKey()
        skew = world.drawnSkew(world.faults.townSkew)
        isTried = world.layout.hasExtras && world.happens(0.3)
    }

    static var witnessed: [Reading] { [witness(.bookingCodes)] }

    // MARK: The day

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        desk.wait(in: world)
        // The keypad repeats what is not answered, for ten seconds; an answer makes no difference to lock-controller.
        for report in reports.suffix(3) where world.now - report.made < .seconds(10) { world.broker.inject(report.message) }
        if desk.isIdle { manage(world) }
        switch world.below(isTried ? 2 : 8) {
        // Five wrong ones lock it for longer than most towns last: where nobody tries, they are rare.
        case 0: if isTried || world.happens(0.1) { enter(world.happens(0.5) ? "000000" : "123456", world) }
        case 1...5: if !given.isEmpty { enter(code(world.among(given.suffix(3))), world) }
        case 6: if !reports.isEmpty { world.broker.inject(world.among(reports).message) }
        default: break
        }
    }

    private func code(_ code: (booking: EventID, number: Int)) -> String { codes.code(of: code.booking, number: code.number) }

    private func manage(_ world: World) {
        let now = controller.clock(at: world.now)
        switch (world.below(4), booked.last) {
        case (0...1, _):
            let from = now + .seconds(Int64(world.below(25)) - 5)
            let slot = from..<from + .seconds(Int64(20 + world.below(30)))
            let wish = AddBooking(door: Layout.annex, from: slot.lowerBound, to: slot.upperBound, tokens: [World.token(3)])
            let command = desk.give(wish, on: .addBooking, at: now, in: world) { [unowned self] reply in
                if let booking = reply.answer?.booking { booked.append(booking.id) }
            }
            slots[.derived(from: command, type: "booking")] = slot
        case (2, let id?):
            desk.give(GiveBookingCode(booking: id), on: .giveBookingCode, at: now, in: world) { [unowned self] reply in
                if let answer = reply.answer { given.append((id, answer.number)) }
            }
        case (3, let id?) where world.happens(0.2): desk.give(CancelBooking(booking: id), on: .cancelBooking, at: now, in: world)
        default: break
        }
    }

    private func enter(_ digits: String, _ world: World) {
        let (town, door, time) = (world.layout.town, Layout.annex, world.now + skew)
        let id = world.newID(at: time)
        let proof = codes.keypad(of: door, in: town).proof(of: digits, id: id, at: time)
        let report = Envelope(id: id, source: Address("keypad", door.named()).source(in: town), time: time, data: CodeEntered(proof: proof))
        guard let bytes = try? report.json() else { preconditionFailure("a report can be written") }
        let message = Message(topic: Channel<CodeEntered>.codes.topic(in: town, door.named()).description, payload: bytes)
        entered[id] = digits
        reports.append((message, world.now))
        world.broker.inject(message)
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) { desk.hear(outgoing) }

    // MARK: What must hold

    func violations(_ world: World) throws -> [String] {
        let wrong = try world.participant(LocksInSimulation.self).openings(world).compactMap { door, opening, decision -> String? in
            guard door == Layout.annex else { return nil }
            let what = "door \(door) opened at \(opening.shown.rfc3339())"
            guard decision.means == .code, entered[decision.tap] != nil else { return "\(what), and nobody entered a code" }
            guard let booking = decision.right?.booking, let slot = slots[booking] else { return "\(what) for no booking" }
            return opening.isWithin(slot) ? nil : "\(what), and its booking is \(slot.lowerBound.rfc3339())…\(slot.upperBound.rfc3339())"
        }
        return try wrong + (controller.isWhole ? rulings() : [])
    }

    /// In the order in which lock-controller ruled: which code counts, and how many wrong ones there were.
    private func rulings() throws -> [String] {
        var (number, cancelled, tries, wrong) = ([EventID: Int](), Set<EventID>(), [Instant](), [String]())
        for row in try controller.journal() {
            if row.topic.hasSuffix("/booking-code") {
                let given = try Envelope<BookingCodeGiven>(json: row.event).data
                number[given.booking] = given.number
            } else if row.topic.hasSuffix("/booking") {
                let change = try Envelope<BookingChanged>(json: row.event).data
                if change.status == .cancelled { cancelled.insert(change.booking.id) }
            } else if row.topic.hasSuffix("/door-decision") {
                let decision = try Envelope<DoorDecided>(json: row.event)
                guard decision.data.means == .code else { continue }
                if isLocked(after: tries, at: decision.time), decision.data.verdict == .open || decision.data.rule == .wrongCode {
                    wrong.append(
                        "the keypad took a code at \(decision.time.rfc3339()), after wrong ones at \(tries.suffix(5).map { $0.rfc3339() })")
                }
                if decision.data.rule == .wrongCode { tries.append(decision.time) }
                guard let booking = decision.data.right?.booking else { continue }
                let isRight = number[booking].map { entered[decision.data.tap] == code((booking, $0)) } ?? false
                if !isRight || cancelled.contains(booking) {
                    wrong.append("\(decision.id) opens by booking \(booking), whose code it was not")
                }
            }
        }
        return wrong
    }

    /// Five within ten minutes lock it for ten.
    private func isLocked(after tries: [Instant], at now: Instant) -> Bool {
        let last = tries.filter { $0 <= now }.sorted().suffix(5)
        guard last.count == 5, let first = last.first, let end = last.last else { return false }
        return end - first <= .seconds(600) && now - end < .seconds(600)
    }
}

extension Layout {
    /// Its keypad is the only way in.
    static let annex: DoorID = "annex"
}

extension World {
    static func codeKey() throws -> CodeKey { try CodeKey(secret: Array(repeating: 9, count: 32)) }
}
