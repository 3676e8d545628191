import Bus
import Contracts
import Harness
import Journal
import People
import ResidentDirectory
import Seal
import ServiceKit
import Store

/// resident-directory, its clerks, and the services it tells of people: whoever follows a view has what the directory would tell it now, nobody else knows
/// a name, and no door opens by what a person has not.
final class ResidentDirectoryInSimulation: Participant {
    let directory: ServiceMachine<ResidentDirectory>
    let clerks: Clerks
    /// Follows what would be told to the notifier, in half of the towns that have none.
    private let onlooker: ServiceMachine<Onlooker<NoticeView>>?
    private var secrets = Secrets()
    private var doors = DoorWatch()
    /// Answers to whoever looks at everybody's file in the end.
    private var files: [PersonID: PersonFile]?
    private var errands = 0

    static let persons = 10

    init(joining world: World) throws {
        let vault = Vault.forTests(seed: world.seed)
        func machine<S: Service>(_ service: S, _ role: Role, under vault: Vault? = nil) throws -> ServiceMachine<S> {
            let machine = try ServiceMachine(service, identity: world.identity(role, "main"), broker: world.broker, vault: vault)
            machine.skew = world.drawnSkew(world.faults.townSkew)
            world.add(machine)
            return machine
        }
        directory = try machine(ResidentDirectory(vault: vault, policy: Clerks.policy), .residentDirectory, under: vault)
        // Odd cards are no members by themselves; those beyond belong to nobody and never will.
        clerks = Clerks(directory, spare: (Self.persons..<Self.persons + 8).map { 2 * $0 + 1 })
        let isWatched = !world.layout.hasNotifier && world.happens(0.5)
        onlooker = isWatched ? try machine(Onlooker<NoticeView>(), Onlooker<NoticeView>.role) : nil
    }

    static var witnessed: [Reading] { [witness(.persons)] }

    // MARK: The day

    /// Some are enrolled with a card each; half of them may come in at one door by a booking for persons, the club at another.
    func prepare(_ world: World) throws {
        for number in 0..<Self.persons { settle([clerks.enrol(number, card: 2 * number + 1, isChild: number % 4 == 3)], world) }
        if clerks.known.count != Self.persons { world.complain("\(clerks.known.count) of \(Self.persons) people could be enrolled") }
        if clerks.known.count > 3, let guardian = clerks.relate(clerks.known[0], clerks.known[3]) { settle([guardian], world) }
        let controller = world.participant(LockControllerInSimulation.self).controller
        let today = controller.clock(at: world.now)
        doors.booked = Set(clerks.known.prefix(Self.persons / 2))
        (doors.clubDoor, doors.bookedDoor) = (world.layout.doors.first, world.layout.walkersDoor)
        if let door = doors.clubDoor { try world.command(ChangeGroup(group: "club", addDoors: [door]), on: .changeGroup, to: controller) }
        if let door = doors.bookedDoor {
            let (from, to) = (today - .seconds(86_400), today + .seconds(2 * 86_400))
            let booking = AddBooking(door: door, from: from, to: to, tokens: [], persons: doors.booked.sorted())
            try world.command(booking, on: .addBooking, to: controller)
        }
        controller.keepBackup()
        directory.keepBackup()
    }

    /// Gives the clerks something to do and waits until it is done.
    func settle(_ errands: [Errand], _ world: World) {
        clerks.queue += errands
        for _ in 0..<100 where !clerks.isIdle {
            clerks.work(in: world, world.participant(ReaderAgentsInSimulation.self)) { nil }
            world.advance(World.step)
        }
    }

    func happen(_ number: Int, in world: World) {
        guard number % world.layout.cardsPerErrand == 0 else { return }
        errands += 1
        if clerks.isIdle, errands == 12 { clerks.handOver(100..<136) }
        if clerks.isIdle, errands == 40 { clerks.handOver(104..<140) }
        clerks.work(in: world, world.participant(ReaderAgentsInSimulation.self)) { clerks.draw(world) }
    }

    func hear(atSite outgoing: Outgoing, in world: World) {
        for sentence in secrets.search(outgoing) { world.complain(sentence) }
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {
        for sentence in secrets.search(outgoing) { world.complain(sentence) }
        do { try listen(outgoing, kind, world) } catch { world.complain("\(outgoing.topic) cannot be read: \(error)") }
    }

    private func listen(_ outgoing: Outgoing, _ kind: TopicClass?, _ world: World) throws {
        let (topic, payload) = (outgoing.topic, outgoing.payload)
        let controller = world.participant(LockControllerInSimulation.self).controller
        // What a disk put back or copied may know or have forgotten is not looked at.
        let isCertain = controller.isWhole
        switch kind {
        case .event where topic.hasSuffix("/tap"):
            let tap = try Envelope<Tapped>(json: payload)
            clerks.hear(tap)
            if isCertain, tap.data.purpose.door != Station.door { try doors.hear(tap, controller.disk) }
        case .event where topic.hasSuffix("/main/door-decision") && isCertain:
            let decision = try Envelope<DoorDecided>(json: payload)
            if let wrong = try doors.hear(decision, controller.disk, world.layout) { world.complain(wrong) }
        case .event where topic.hasSuffix("/lock-view"): doors.hear(try Envelope<LockView>(json: payload).data)
        case .batch where topic.hasPrefix("nagai/resident-directory/") && topic.hasSuffix("/lock-controller--main"):
            for row in try Batch.read(payload).events { doors.hear(try Envelope<LockView>(json: row).data) }
        case .reply where topic.hasPrefix("nagai/resident-directory/"):
            clerks.hear(reply: outgoing, in: world)
            if files != nil, topic.hasSuffix("/person-show"), let file = try Envelope<Reply<PersonFile>>(json: payload).data.answer {
                files?[file.person] = file
            }
        default: break
        }
    }

    func read(_ line: String, in world: World) { for sentence in secrets.search(line) { world.complain(sentence) } }

    /// Whether any row ever said gave this card a right at the door.
    func mayOpen(_ token: Token, _ door: DoorID) -> Bool { doors.mayOpen(token, door) }
    /// Whether any row ever said whose card it is.
    func isKnown(_ token: Token) -> Bool { doors.isKnown(token) }

    // MARK: What must hold

    var unrest: [String] {
        let left = try? directory.disk.read { try $0.first("SELECT count(*) FROM list WHERE stage = 'applying'") { $0.int(0) } }
        return left == 0 ? [] : ["resident-directory applies \(left ?? -1) lists"]
    }

    func violations(_ world: World) throws -> [String] {
        clerks.giveUp()
        let files = try everybody(world)
        let doors = world.participant(LockControllerInSimulation.self).all.map { Consumer<LockView>($0, directory) }
        let points = Consumer<PointsView>(world.participant(PointsInSimulation.self).points, directory)
        let shelters = world.participant(SheltersInSimulation.self).registries.map { Consumer<ShelterView>($0, directory) }
        var wrong = try doors.flatMap { try $0.differences(from: files) } + shelters.flatMap { try $0.differences(from: files) }
        wrong += try points.differences(from: files)
        let reception = world.participant(ReceptionInSimulation.self).reception
        wrong += try Consumer<ReceptionView>(reception, directory).differences(from: files)
        wrong += try world.participant(AnalyticsInSimulation.self).differences(from: files)
        if world.layout.hasNotifier {
            wrong += try Consumer<NoticeView>(world.participant(NotifierInSimulation.self).notifier, directory).differences(from: files)
        }
        if let onlooker { wrong += try Consumer<NoticeView>(onlooker, directory).differences(from: files) }
        wrong += try rulings(world) + told(files)
        for machine in world.machines { wrong += secrets.search(try machine.bytesOnDisk(), of: machine) }
        for word in [Secrets.family, Secrets.phone, Secrets.district] + (world.layout.hasExtras ? [Secrets.guest, Secrets.attendee] : [])
        where secrets.known[word, default: 0] == 0 {
            wrong.append("“\(word)” was said nowhere, so that not finding it elsewhere shows nothing")
        }
        return wrong
    }

    /// Everybody's file, with the views as the directory makes them of what it knows now.
    private func everybody(_ world: World) throws -> [PersonFile] {
        files = [:]
        defer { files = nil }
        let persons = try directory.disk.read { try $0.all("SELECT id FROM person ORDER BY id") { PersonID($0.text(0)) } }.compactMap { $0 }
        for person in persons {
            try world.say(ShowPerson(person, why: Secrets.reason), on: .showPerson, to: directory, as: .registrar, "civil")
        }
        for _ in 0..<100 where files?.count != persons.count { world.advance(World.step) }
        let found = files ?? [:]
        return try persons.map { person in
            guard let file = found[person] else { throw Unanswered(person: person) }
            return file
        }
    }

    private struct Unanswered: Error {
        let person: PersonID
    }

    /// Each ruling was said, and nothing else was; but for what was lost with a disk.
    private func rulings(_ world: World) throws -> [String] {
        let kept = Set(
            try directory.disk.read { try $0.all("SELECT id FROM ruling WHERE what <> 'looked'") { EventID(bytes: $0.blob(0)) } }.compactMap
            { $0 })
        let heard = Set(try world.auditor.heard(.persons).map(\.id))
        let forgotten = Set(directory.forgotten.map(\.id))
        return kept.subtracting(heard).sorted().map { "ruling \($0) was never said" }
            + heard.subtracting(kept).subtracting(forgotten).sorted().map { "\($0) was said, and nobody ruled so" }
    }

    /// The views are what the clerks were told, as long as the directory has forgotten nothing.
    private func told(_ files: [PersonFile]) throws -> [String] {
        guard clerks.isWhole else { return [] }
        return try files.flatMap { file -> [String] in
            guard let resident = clerks.residents[file.person], !resident.isDoubtful, !resident.isGone else { return [] }
            return try resident.differences(from: file, clerks.residents)
        }
    }
}
