import Bus
import Contracts
import Harness
import Notifier
import People
import Post
import Seal
import ServiceKit
import Store

/// The town's notifier, a school with a gate, and carriers that take messages, put them off, refuse them, or never answer. Nobody is told twice unless it is
/// said, and no alarm stands about a child whose card was held.
final class NotifierInSimulation: Participant {
    let notifier: ServiceMachine<Notifier>
    /// How often a carrier took each message.
    private var taken: [String: Int] = [:]
    private let desk = Desk("hall", as: .noticeDesk)
    private let clerks: Clerks

    /// The school begins two minutes after the day of the simulation does.
    private static let begins = 11 * 60 + 28

    init(joining world: World) throws {
        clerks = world.participant(ResidentDirectoryInSimulation.self).clerks
        let vault = Vault.forTests(seed: world.seed &+ 1)
        let sender = Notifier.Sender(
            town: "長井市", mailbox: Mailbox(name: "長井市", try MailAddress("oshirase@town.example")), ways: [.mail])
        let service = Notifier(policy: Self.policy(gate: world.layout.agents[0].named()), vault: vault, sender: sender)
        notifier = try ServiceMachine(service, identity: world.identity(.notifier, "main"), broker: world.broker, vault: vault)
        guard world.layout.hasNotifier else { return }
        notifier.skew = world.drawnSkew(world.faults.townSkew)
        notifier.onEffects = { [unowned self, unowned world] _, effects in
            for case let handover as Handover in effects { carry(handover.parcel, in: world) }
        }
        world.add(notifier)
    }

    private static func policy(gate: AgentID) -> NoticesPolicy {
        var policy = NoticesPolicy()
        policy.contacts = [Contact("staff-room", title: "職員室", channels: [Reach(.mail, "staff-room@town.example")])]
        policy.office = ["staff-room"]
        policy.desks = [NoticeDesk("hall")]
        (policy.quiet.from, policy.quiet.until) = (0, 0)
        let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [begins..<begins + 300]) })
        var school = School("first", title: Secrets.school, schedule: Schedule("school", week: week), gates: [gate])
        (school.grace, school.pause, school.office) = (.seconds(30), .seconds(2), ["staff-room"])
        policy.schools = [school]
        return policy
    }

    static var witnessed: [Reading] { [witness(.schoolAlarms), witness(.deliveries), witness(.absences)] }

    // MARK: The day

    func prepare(_ world: World) { notifier.keepBackup() }

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, world.layout.hasNotifier, number % world.layout.cardsPerErrand == 0 else { return }
        let card = 2 * world.below(ResidentDirectoryInSimulation.persons) + 1
        if world.happens(0.3) { world.participant(ReaderAgentsInSimulation.self).hold(card, at: world.layout.schoolGate, in: world) }
        desk.wait(in: world)
        if desk.isIdle, world.happens(0.1) {
            let now = notifier.clock(at: world.now)
            let today = now.date()
            let wish = ReportAbsence(
                world.among(clerks.known), at: "first", from: today, until: today, undo: world.happens(0.3) ? true : nil)
            desk.give(wish, on: .reportAbsence, at: now, in: world) { _ in }
        }
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) { desk.hear(outgoing) }

    private func carry(_ parcel: Parcel, in world: World) {
        func answer(_ outcome: Outcome) { notifier.inputs.append((Receipt(key: parcel.key, outcome), -1)) }
        switch world.below(20) {
        case 0: answer(.deferred(retryAfter: nil))
        case 1: answer(.unreachable)
        case 2: answer(.refused)
        case 3:
            taken[parcel.key, default: 0] += 1
            answer(.unknown)
        // Taken, and the answer is lost on its way.
        case 4: taken[parcel.key, default: 0] += 1
        default:
            taken[parcel.key, default: 0] += 1
            answer(.accepted)
        }
    }

    // MARK: What must hold

    func violations(_ world: World) throws -> [String] {
        guard notifier.isWhole, world.layout.hasNotifier else { return [] }
        var wrong = try notifier.disk.read { db in
            let twice = Set(try db.all("SELECT id FROM delivery WHERE twice = 1") { EventID(bytes: $0.blob(0))?.description ?? "" })
            return taken.filter { $0.value > 1 && !twice.contains($0.key) }.map {
                "message \($0.key) was taken \($0.value) times, and nobody says so"
            }
        }
        let ended = Dictionary(grouping: try world.auditor.heard(.deliveries).map(\.data)) {
            "\($0.about) \($0.person?.text ?? "") \($0.word)"
        }
        wrong += ended.filter { $0.value.count { $0.outcome == .sent } > 1 }.map { "\($0.key) was told \($0.value.count) times" }
        return try wrong + falseAlarms(world)
    }

    /// An alarm that nothing has taken back, about somebody whose card was held at the gate.
    private func falseAlarms(_ world: World) throws -> [String] {
        let told = try world.auditor.heard(.schoolAlarms).map(\.data)
        let calmed = Set(told.filter { $0.outcome == .arrived || $0.outcome == .excused }.compactMap(\.person))
        let alarmed = Set(told.filter { $0.outcome == .notArrived }.compactMap(\.person)).subtracting(calmed)
        let held = try world.participant(ReaderAgentsInSimulation.self).tapsAtSchool()
        return try notifier.disk.read { db in
            try held.filter { tap in try People<NoticeView>.person(of: tap.token, in: db).map(alarmed.contains) ?? false }
                .map { "somebody is looked for whose card was held: tap \($0.id)" }
        }
    }
}

extension Layout {
    /// A school's, on the first agent.
    var schoolGate: PointReader { PointReader(agent: 0, id: "school", purpose: Purpose(kind: "school-gate")) }
}
