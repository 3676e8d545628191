import Bus
import Contracts
import ServiceKit
import ShelterRegistry

/// Staff at the reception of shelters, one command after the other: they note who comes and goes, write down who has no card and who that turns out to be,
/// correct themselves, open, close and rehearse, and answer those who ask.
final class ShelterReception {
    let registry: ServiceMachine<ShelterRegistry>
    let shelters: [ShelterID]
    /// What staff were told to have been written down.
    private(set) var notes: Set<EventID> = []
    /// How often each command was obeyed, and each word of refusal was heard.
    private(set) var answers: [String: Int] = [:]
    private let desk: Desk
    private let clerks: Clerks
    private var lately: [EventID] = []
    private var guests: [GuestID] = []
    /// The last shelter is for rehearsals.
    private var rehearsedUntil = Instant.distantPast

    /// Of residents, spare ones and such as nobody ever has.
    static let cards = 40

    init(_ registry: ServiceMachine<ShelterRegistry>, _ shelters: [ShelterID], _ desk: Desk, _ clerks: Clerks) {
        (self.registry, self.shelters, self.desk, self.clerks) = (registry, shelters, desk, clerks)
    }

    func hear(_ outgoing: Outgoing) { desk.hear(outgoing) }

    /// All but the last shelter are opened, and somebody without a card is written down.
    func prepare(_ world: World) {
        func wait() { for _ in 0..<50 where !desk.isIdle { world.advance(World.step) } }
        for shelter in shelters {
            var described = Shelter(shelter, title: "避難所 \(shelter)")
            described.capacity = Shelter.Capacity(day: 6, night: 4)
            give(PutShelter(described), on: .putShelter, world)
            wait()
            if shelter != shelters.last { give(RunShelter(shelter, .open), on: .runShelter, world) }
            wait()
        }
        writeDown(world)
        wait()
    }

    func work(in world: World) {
        desk.wait(in: world)
        guard desk.isIdle, world.happens(0.8) else { return }
        switch world.below(20) {
        case 0...6: note(world)
        case 7: correct(world)
        case 8, 9: writeDown(world)
        case 10: identify(world)
        case 11...14: run(world)
        case 15:
            let need = NeedAnswer(world.among(["formula", "insulin"]), "\(Secrets.answer)\(world.below(5))")
            give(NoteNeeds([need], of: whoever(world)), on: .noteNeeds, world)
        case 16...18: look(world)
        default: lookUp(world)
        }
    }

    private func give<Body: CommandBody>(
        _ body: Body, on channel: Channel<Body>, _ world: World, done: @escaping (Body.Answer) -> Void = { _ in }
    ) {
        desk.give(body, on: channel, at: registry.clock(at: world.now), in: world) { [unowned self] reply in
            answers[reply.refusal ?? Body.type, default: 0] += 1
            if let answer = reply.answer { done(answer) }
        }
    }

    // MARK: People

    private func whoever(_ world: World) -> Evacuee {
        switch world.below(4) {
        case 0 where !guests.isEmpty: .guest(world.among(guests))
        case 1: .card(World.token(world.below(Self.cards)))
        default: .person(world.among(clerks.known))
        }
    }

    private func note(_ world: World) {
        let people = (0...world.below(3)).map { _ in whoever(world) }
        let kind = world.happens(0.5) ? world.among(StayKind.allCases) : nil
        let when = world.happens(0.3) ? registry.clock(at: world.now) - .seconds(Int64(world.below(100))) : nil
        let step = world.among([StayNoted.Step.in, .in, .away, .out])
        // Now and then somebody comes to it in earnest.
        let isRehearsal = world.happens(registry.clock(at: world.now) < rehearsedUntil ? 0.5 : 0.05)
        let shelter = isRehearsal ? shelters[shelters.count - 1] : world.among(Array(shelters.dropLast()))
        give(NoteStays(step, people, at: shelter, kind: kind, when: when), on: .noteStays, world) { [unowned self] in
            notes.formUnion($0.entries.map(\.note))
            lately = lately.suffix(5) + $0.entries.map(\.note)
        }
    }

    private func correct(_ world: World) {
        guard !lately.isEmpty else { return }
        give(CorrectStay(world.among(lately), stands: world.happens(0.3), reason: .wrongPerson), on: .correctStay, world)
    }

    private func writeDown(_ world: World) {
        var facts = GuestFacts()
        (facts.name, facts.reading) = ("\(Secrets.guest)\(world.below(100))", Secrets.guestReading)
        facts.age = world.below(90)
        let known = world.happens(0.3) ? guests.last : nil
        give(PutGuest(facts, of: known), on: .putGuest, world) { [unowned self] in
            if known == nil, let guest = $0.who.guest { guests.append(guest) }
        }
    }

    /// Found to be somebody, or another guest, or themselves after all.
    private func identify(_ world: World) {
        guard !guests.isEmpty else { return }
        let into: Evacuee? =
            switch world.below(4) {
            case 0: nil
            case 1: .guest(world.among(guests))
            default: .person(world.among(clerks.known))
            }
        give(IdentifyGuest(world.among(guests), as: into), on: .identifyGuest, world)
    }

    // MARK: Shelters

    private func run(_ world: World) {
        let (shelter, now) = (world.among(shelters), registry.clock(at: world.now))
        let wish =
            switch world.below(7) {
            case 0: RunShelter(shelter, .closing)
            case 1, 2: RunShelter(shelter, .closed, empties: world.happens(0.5))
            case 3, 4:
                RunShelter(
                    world.happens(0.2) ? shelter : shelters[shelters.count - 1], .open, drill: true,
                    until: now + .seconds(Int64(10 + world.below(40))))
            default: RunShelter(world.among(Array(shelters.dropLast())), .open)
            }
        give(wish, on: .runShelter, world) { [unowned self] in
            if let until = $0.run.until, $0.shelter.id == shelters.last { rehearsedUntil = until }
        }
    }

    // MARK: Those who ask

    private func look(_ world: World) {
        switch world.below(4) {
        case 0: give(ListRoster(of: world.among(shelters)), on: .listRoster, world)
        case 1: give(ShowEvacuee(whoever(world)), on: .showEvacuee, world)
        case 2: give(ListShelters(), on: .listShelters, world)
        default:
            guard let list = PeopleList("district/\(Secrets.district)\(world.below(3))") else { return }
            give(ListMissing(of: list), on: .listMissing, world)
        }
    }

    private func lookUp(_ world: World) {
        let facts = PersonFacts.secret(world.below(ResidentDirectoryInSimulation.persons))
        guard let name = facts.name, let reading = facts.reading else { return }
        let relation = world.among(LookUpEvacuee.Relation.allCases)
        give(LookUpEvacuee(name, reading: reading, relation: relation), on: .lookUpEvacuee, world) { [unowned world] in
            if facts.isProtected == true, $0.tier != .nothing {
                world.complain("a family heard of \(facts.name ?? "") who must not be found")
            }
        }
    }
}
