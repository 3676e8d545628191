import Contracts
import Harness
import ReaderAgent
import ServiceKit

/// The town's reader-agents, and people who hold cards over their readers: each accepted card is one tap, and each tap is known wherever it should be.
final class ReaderAgentsInSimulation: Participant {
    let agents: [ServiceMachine<ReaderAgent>]
    /// Cards held over readers: the truth everything is compared with.
    private(set) var held: [HeldCard] = []
    /// Taps that were read from journals.
    private var read: [EventID: Envelope<Tapped>] = [:]
    /// Readers of which their own participants think.
    private let elsewhere: Set<ReaderID>

    struct HeldCard {
        let token: Token
        let agent: Int
        let reader: ReaderID
        let door: DoorID?
        let at: Instant
        /// The same by the agent's clock: what the tap says.
        let shown: Instant
        let hasRight: Bool
        let direction: Direction?
        /// What the person heard; `nil` when the machine was away or died.
        var wasAccepted: Bool?
    }

    init(joining world: World) throws {
        let layout = world.layout
        elsewhere = Set(
            [layout.enrolment, layout.lockerReader] + layout.shelterReaders.map(\.id) + layout.pointReaders.map(\.id) + [
                layout.schoolGate.id
            ] + layout.receptionReaders.map(\.id))
        agents = try layout.agents.enumerated().map { index, name in
            var readers = layout.readers(of: index).map {
                AgentReader(
                    id: $0.id, place: layout.place($0.door, at: name), purpose: $0.door.map { .door($0) } ?? .visit,
                    direction: $0.door == nil ? nil : layout.direction(at: index))
            }
            if index == 0 {
                readers.append(AgentReader(id: layout.enrolment, place: "hall", purpose: .enrolment))
                if layout.hasExtras { readers.append(AgentReader(id: layout.lockerReader, place: "hall", purpose: .lockers)) }
            }
            readers += layout.shelterReaders.filter { $0.agent == index }.map {
                AgentReader(id: $0.id, place: "hall", purpose: .shelter($0.shelter), direction: $0.direction)
            }
            let others = layout.pointReaders + layout.receptionReaders + (layout.hasExtras ? [layout.schoolGate] : [])
            readers += others.filter { $0.agent == index }.map { AgentReader(id: $0.id, place: $0.place, purpose: $0.purpose) }
            let agent = ReaderAgent(
                readers: readers, doubleTap: { _ in .seconds(1) }, journalLimit: world.faults.journalLimit, boot: "simulated")
            return try ServiceMachine(agent, identity: world.identity(.readerAgent, name), broker: world.broker(of: name))
        }
        for agent in agents {
            agent.skew = world.drawnSkew(world.faults.skew)
            join(agent, world)
        }
    }

    private func join(_ agent: ServiceMachine<ReaderAgent>, _ world: World) {
        agent.learnTime = { .clockLearned($0, uptime: $1) }
        agent.onEffects = { [unowned self, unowned world, unowned agent] tags, effects in
            // Inputs come first in a turn, each with one of these signals.
            let heard = effects.compactMap { ($0 as? Signal)?.kind }.filter { [.accepted, .offline, .failed].contains($0) }
            let cards = tags.filter { $0 >= 0 }
            if heard.count != cards.count {
                world.complain("\(cards.count) cards were held at \(agent.name), and \(heard.count) signals given")
            }
            for (tag, kind) in zip(cards, heard) { held[tag].wasAccepted = kind != .failed }
        }
        world.add(agent)
    }

    static var witnessed: [Reading] { [witness(.taps), witness(.refusedCards), witness(.clockCorrections)] }

    func prepare(_ world: World) { for agent in agents { agent.keepBackup() } }

    /// Somebody holds a card over a reader.
    func happen(_ number: Int, in world: World) {
        let index = world.below(agents.count)
        let place = machine(index, in: world)
        hold(number, index, at: place, in: world)
        if world.happens(world.faults.cardCopy) {
            let other = (index + 1) % agents.count
            hold(number, other, at: machine(other, in: world), in: world)
        }
        while world.happens(world.faults.heldAgain) { hold(number, index, at: place, in: world) }
    }

    /// A copied machine stands somewhere too, with its own readers. A card that is held again is held where it was.
    private func machine(_ index: Int, in world: World) -> ServiceMachine<ReaderAgent> {
        let copies = world.copies(of: agents[index])
        return copies.isEmpty ? agents[index] : world.among([agents[index]] + copies)
    }

    /// Somebody holds a card over the reader at the residents' counter.
    func enrol(_ number: Int, in world: World) {
        hold(number, 0, over: (world.layout.enrolment, nil), at: machine(0, in: world), in: world)
    }

    /// Somebody holds a card over the locker's reader.
    func hold(_ number: Int, atLockerIn world: World) {
        hold(number, 0, over: (world.layout.lockerReader, nil), at: machine(0, in: world), in: world)
    }

    /// Somebody holds a card over the reader of a shelter.
    func hold(_ number: Int, at place: Layout.ShelterReader, in world: World) {
        hold(number, place.agent, over: (place.id, nil), at: machine(place.agent, in: world), in: world)
    }

    /// Somebody holds a card where it earns or pays.
    func hold(_ number: Int, at place: Layout.PointReader, in world: World) {
        hold(number, place.agent, over: (place.id, nil), at: machine(place.agent, in: world), in: world)
    }

    /// Somebody holds a card over one of the readers of an agent.
    func hold(_ number: Int, _ index: Int, in world: World) { hold(number, index, at: agents[index], in: world) }

    private func hold(_ number: Int, _ index: Int, at agent: ServiceMachine<ReaderAgent>, in world: World) {
        hold(number, index, over: world.among(world.layout.readers(of: index)), at: agent, in: world)
    }

    private func hold(
        _ number: Int, _ index: Int, over place: (id: ReaderID, door: DoorID?), at agent: ServiceMachine<ReaderAgent>, in world: World
    ) {
        let (reader, door) = place
        let shown = agent.clock(at: world.now)
        let token = World.token(number, key: world.tokenKey)
        held.append(
            HeldCard(
                token: token, agent: index, reader: reader, door: door, at: world.now, shown: shown,
                hasRight: door.map { world.layout.hasRight(token, at: $0) } ?? false,
                direction: door == nil ? nil : world.layout.direction(at: index)))
        guard agent.isUp else { return }
        if agent !== agents[index] { agent.onEffects = agents[index].onEffects }
        let leases = (1...world.tokenKey).reversed().compactMap { World.hashes(of: number, at: world.layout.leaseDoor, key: $0) }
        let card = IdentifiedCard(
            reader: reader, token: token, former: world.tokenKey == 1 ? nil : World.token(number), leases: leases, scheme: .cardApp,
            assurance: .proved,
            at: shown, uptime: agent.uptime(at: world.now),
            clock: agent.hasTime ? .free : .boot)
        agent.inputs.append((.identified(card), held.count - 1))
        world.step(agent)
    }

    fileprivate struct Moment: Hashable {
        let source: String
        let token: Token
        let reader: ReaderID
        let time: Instant
    }

    /// The card behind each tap that any journal holds or held.
    func cardsByTap() throws -> [EventID: HeldCard] {
        let cards = Dictionary(held.map { (moment(of: $0), $0) }, uniquingKeysWith: { first, _ in first })
        return try taps().reduce(into: [:]) { $0[$1.id] = cards[$1.moment] }
    }

    private func moment(of card: HeldCard) -> Moment {
        Moment(
            source: agents[card.agent].identity.address.source(in: agents[card.agent].identity.town), token: card.token,
            reader: card.reader, time: card.shown)
    }

    /// A tap that an agent's journal holds or held.
    struct WrittenTap {
        let tap: Envelope<Tapped>
        let agent: Instance
        let isForgotten: Bool
        /// Of the process that wrote it.
        let epoch: String
        fileprivate let moment: Moment

        var id: EventID { tap.id }
        var purpose: Purpose { tap.data.purpose }
    }

    func taps() throws -> [WrittenTap] {
        try agents.flatMap { agent in
            let kept = try agent.journal()
            let keptIDs = Set(kept.map(\.id))
            let forgotten = agent.forgotten.filter { !keptIDs.contains($0.id) }
            return try (kept.map { ($0, false) } + forgotten.map { ($0, true) }).filter { $0.0.topic.hasSuffix("/tap") }.map {
                row, isForgotten in
                let tap = try opened(row)
                let moment = Moment(source: tap.source, token: tap.data.token, reader: tap.data.reader, time: tap.time)
                return WrittenTap(
                    tap: tap, agent: agent.identity.address.instance, isForgotten: isForgotten, epoch: row.epoch, moment: moment)
            }
        }
    }

    /// Asked for by nearly everybody in the end.
    private func opened(_ row: ForgottenRow) throws -> Envelope<Tapped> {
        if let known = read[row.id] { return known }
        let tap = try Envelope<Tapped>(json: row.event)
        read[row.id] = tap
        return tap
    }

    /// Taps at doors and lockers, and whether their agent still has them.
    func tapsAtDoors() throws -> [(id: EventID, isForgotten: Bool)] {
        try taps().filter { $0.purpose.door != nil || $0.purpose.locker != nil }.map { ($0.id, $0.isForgotten) }
    }

    /// Taps at shelters that their agent still has.
    func tapsAtShelters() throws -> [(id: EventID, shelter: ShelterID)] {
        try taps().filter { !$0.isForgotten }.compactMap { tap in tap.purpose.shelter.map { (tap.id, $0) } }
    }

    /// Taps that earn, which their agent still has.
    func tapsForPoints() throws -> [(id: EventID, token: Token)] {
        try taps().filter { !$0.isForgotten && $0.purpose == .visit }.map { ($0.id, $0.moment.token) }
    }

    /// Taps at the school's gate, of agents that have forgotten nothing.
    func tapsAtSchool() throws -> [(id: EventID, token: Token)] {
        guard agents[0].isWhole else { return [] }
        return try taps().filter { $0.purpose.kind == "school-gate" }.map { ($0.id, $0.moment.token) }
    }

    /// Taps in a bus, which their agent still has.
    func tapsOnBoard() throws -> [EventID] { try taps().filter { !$0.isForgotten && $0.purpose.line != nil }.map(\.id) }

    func violations(_ world: World) throws -> [String] {
        var wrong: [String] = []
        let taps = try taps()
        let written = Dictionary(grouping: taps, by: \.moment)
        // A clone and its original may both have written down the same row before they were parted.
        for (moment, some) in written where Set(some.map(\.id)).count > 1 {
            wrong.append("one card, \(moment.token) at \(moment.source), is \(some.count) taps")
        }
        var moments: Set<Moment> = []
        for card in held {
            let moment = moment(of: card)
            moments.insert(moment)
            guard card.wasAccepted == true, written[moment] == nil else { continue }
            // Held again within a second it is the tap that was written down before.
            let isGoingOn = held.contains { other in
                other.agent == card.agent && other.reader == card.reader && World.number(other.token) == World.number(card.token)
                    && other.at <= card.at
                    && card.at - other.at < .seconds(1) && written[self.moment(of: other)] != nil
            }
            if !isGoingOn { wrong.append("the card \(card.token) was accepted and is no tap") }
        }
        for moment in written.keys where !moments.contains(moment) { wrong.append("a tap of \(moment.token), which nobody held") }
        // Held again in the very moment, it may be turned away and be the tap that it was already.
        let served = Set(held.filter { $0.wasAccepted != false }.map { self.moment(of: $0) })
        for card in held where card.wasAccepted == false && written[moment(of: card)] != nil && !served.contains(moment(of: card)) {
            wrong.append("the card \(card.token) was turned away aloud and is a tap")
        }
        let heard = Set(try world.auditor.heard(.taps).map(\.id))
        for tap in taps where !tap.isForgotten && !heard.contains(tap.id) {
            wrong.append("tap \(tap.id) of \(tap.moment.token) is in its journal alone")
        }
        let known = Set(taps.map(\.id))
        for id in heard.sorted() where !known.contains(id) { wrong.append("the auditor has a tap \(id) that no agent ever wrote") }
        return wrong.sorted()
    }

    /// Cards that were held where residents hold them.
    var accepted: Int { held.count { $0.wasAccepted == true && !elsewhere.contains($0.reader) } }
}

extension Purpose {
    static let enrolment = Purpose(kind: "enrol")
}
