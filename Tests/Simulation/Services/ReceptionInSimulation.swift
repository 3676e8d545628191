import Bus
import Contracts
import Harness
import People
import Reception
import Seal
import ServiceKit
import Store

/// The town's receptions: cards are held at two gates whose lines are cut like all others, and two tables receive people beside them. Nobody stands received
/// twice, no card is forgotten or counted twice, every number is that of the people, and the lamp says what was decided.
final class ReceptionInSimulation: Participant {
    let reception: ServiceMachine<Reception>
    let staff: ReceptionStaff
    /// What the lamps at readers were told, by the tap.
    private(set) var lamps: [EventID: [ReceptionRuling.Outcome]] = [:]
    /// Whose each card ever was said to be, by its number.
    private var holders: [Int: Set<PersonID>] = [:]

    /// Of residents, spare ones and such as nobody ever has.
    static let cards = 24

    init(joining world: World) throws {
        let vault = Vault.forTests(seed: world.seed &+ 3)
        reception = try ServiceMachine(
            Reception(policy: Self.policy, vault: vault), identity: world.identity(.reception, "main"), broker: world.broker, vault: vault)
        reception.skew = world.drawnSkew(world.faults.townSkew)
        world.add(reception)
        staff = ReceptionStaff(reception, world.participant(ResidentDirectoryInSimulation.self).clerks)
    }

    /// A talk whose tables go on when they are cut off, a ballot that is decided in the town alone, a clinic where each row has its table, a fair at which
    /// each coming counts, and a trip that is called off.
    static var policy: ReceptionsPolicy {
        var policy = ReceptionsPolicy()
        policy.desks = ["table", "second-table"]
        let stations = [
            ReceptionTerms.Station("north", agents: ["gate-1"], desks: ["table"]),
            .init("south", agents: ["gate-2"], desks: ["second-table"]),
        ]
        var talk = ReceptionTerms("talk", title: "健康講座")
        (talk.hasList, talk.takesWalkIns, talk.capacity, talk.stations, talk.whenCutOff) = (true, true, 8, stations, .conflict)
        var ballot = ReceptionTerms("ballot", title: "投票受付")
        (ballot.hasList, ballot.stations) = (true, stations)
        var clinic = ReceptionTerms("clinic", title: "予防接種")
        (clinic.hasList, clinic.stations, clinic.whenCutOff) = (true, stations, .partition)
        var fair = ReceptionTerms("fair", title: "産業祭")
        (fair.takesWalkIns, fair.isOnceOnly) = (true, false)
        policy.receptions = [talk, ballot, clinic, fair, ReceptionTerms("trip", title: "遠足")]
        return policy
    }

    static var witnessed: [Reading] {
        [
            witness(.receptions), witness(.receptionRulings), witness(.receptionReversals), witness(.receptionConflicts),
            witness(.receptionPaper),
        ]
    }

    // MARK: The day

    func prepare(_ world: World) throws {
        if world.layout.hasExtras { staff.prepare(world) }
        reception.keepBackup()
    }

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        let (agents, readers) = (world.participant(ReaderAgentsInSimulation.self), world.layout.receptionReaders)
        if !readers.isEmpty, world.happens(0.5) {
            // Mostly of those who were enrolled.
            let card = world.happens(0.6) ? 2 * world.below(ResidentDirectoryInSimulation.persons) + 1 : world.below(Self.cards)
            let place = world.among(world.happens(0.5) ? Array(readers.prefix(2)) : readers)
            agents.hold(card, at: place, in: world)
            while world.happens(world.faults.heldAgain) { agents.hold(card, at: place, in: world) }
        }
        staff.work(in: world)
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {
        do { try listen(outgoing, kind) } catch { world.complain("\(outgoing.topic) cannot be read: \(error)") }
    }

    private func listen(_ outgoing: Outgoing, _ kind: TopicClass?) throws {
        try staff.hear(outgoing)
        switch kind {
        case .feedback where outgoing.topic.hasPrefix("nagai/reception/"):
            let said = try Envelope<ReceptionFeedback>(json: outgoing.payload).data
            lamps[said.tap, default: []].append(said.outcome)
        case .event where outgoing.topic.hasSuffix("/reception-view"): learn(try Envelope<ReceptionView>(json: outgoing.payload).data)
        case .batch where outgoing.topic == "nagai/resident-directory/batch/main/reception--main":
            for row in try Batch.read(outgoing.payload).events { learn(try Envelope<ReceptionView>(json: row).data) }
        default: break
        }
    }

    private func learn(_ view: ReceptionView) {
        for token in view.tokens ?? [] { holders[World.number(token), default: []].insert(view.person) }
        guard let into = view.into else { return }
        for (card, persons) in holders where persons.contains(view.person) { holders[card] = persons.union([into]) }
    }

    // MARK: What must hold

    func violations(_ world: World) throws -> [String] {
        world.sayStatesAnew(reception)
        let journal = try reception.journal()
        let book = try ReceptionBook(journal, Self.policy)
        // A copy that was thrown away, or a disk put back, has decided what stands nowhere any more.
        let forgotten = try ReceptionBook(reception.forgotten.filter { !$0.topic.hasSuffix("-view") }, ReceptionsPolicy())
        var wrong = try book.wrong + rows(book) + counts(book, world) + cards(book, world)
        wrong += lamps.sorted { $0.key < $1.key }.flatMap { tap, said in
            // A card that lay there still is received, as it was.
            let rulings = (book.byCause[tap] ?? []) + (forgotten.byCause[tap] ?? [])
            return said.filter { outcome in
                rulings.isEmpty ? outcome != .accepted && reception.isWhole : !rulings.contains { $0.outcome == outcome }
            }
            .map { "the lamp said \($0) of tap \(tap), which was ruled \(rulings.map(\.outcome))" }
        }
        guard reception.isWhole else { return wrong }
        wrong += staff.promised.filter { book.pages[$0.reception]?.rulings[$0.number] == nil }.map {
            "a desk was told of number \($0.number) of \($0.reception), who was never received"
        }
        let heard = Set(try world.auditor.heard(.receptionRulings).map(\.id))
        let said = Set(journal.filter { $0.topic.hasSuffix("/reception-ruling") }.map(\.id))
        return wrong + heard.symmetricDifference(said).sorted().map { "ruling \($0) is known to one side alone" }
    }

    /// Its rows are what it has said, and nobody stands in them twice.
    private func rows(_ book: ReceptionBook) throws -> [String] {
        struct Row {
            let reception: ReceptionID
            let number: Int
            let stage: String
            let person: PersonID?
            let isOnce: Bool
        }
        return try reception.disk.read { db in
            let rows = try db.all("SELECT reception, number, stage, person, once FROM entry") { row in
                Row(
                    reception: ReceptionID(row.text(0)) ?? "none", number: Int(row.int(1)), stage: row.text(2),
                    person: row.textIfPresent(3).flatMap { PersonID($0) }, isOnce: row.int(4) == 1)
            }
            var wrong: [String] = []
            let kept = Dictionary(grouping: rows, by: \.reception)
            for (id, page) in book.pages.sorted(by: { $0.key < $1.key }) {
                let found = Dictionary((kept[id] ?? []).map { ($0.number, $0.stage) }) { first, _ in first }
                let told = page.stages.mapValues(\.rawValue)
                if found != told { wrong.append("\(id) has \(found) in its rows and has said \(told)") }
            }
            wrong += kept.keys.filter { book.pages[$0] == nil }.map { "\($0) has rows, and nothing was said of it" }
            // By whoever a person was found to be.
            let names = try rows.filter { $0.isOnce && $0.stage == "standing" }.compactMap { row in
                try row.person.map { "\(try People<ReceptionView>.present($0, in: db)) at \(row.reception)" }
            }
            return wrong + Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.map { "\($0.key) stands received twice" }
        }
    }

    /// Whoever looks at the broker sees as many people as there are.
    private func counts(_ book: ReceptionBook, _ world: World) throws -> [String] {
        try Self.policy.receptions.compactMap { terms in
            guard let retained = world.broker.retained["nagai/reception/state/\(terms.id)/reception-count"] else {
                return "nothing is said of reception \(terms.id)"
            }
            let said = try Envelope<ReceptionCount>(json: retained).data
            let listed = try reception.disk.read {
                try $0.first("SELECT count(*) FROM expected WHERE reception = ?", terms.id.text) { Int($0.int(0)) } ?? 0
            }
            let reckoned = (book.pages[terms.id] ?? .init()).count(
                terms.id, expected: terms.hasList ? listed : nil, capacity: terms.capacity, at: said.at)
            return said == reckoned ? nil : "the count of \(terms.id) is \(said), and should be \(reckoned)"
        }
    }

    /// Each card that was held at a reception is decided once; but for one that lay there still.
    private func cards(_ book: ReceptionBook, _ world: World) throws -> [String] {
        let taps = try world.participant(ReaderAgentsInSimulation.self).taps()
        let receivers = Set(world.layout.receptionReaders.map(\.purpose))
        let held = try world.participant(ReaderAgentsInSimulation.self).cardsByTap()
        var wrong = taps.filter { (book.byCause[$0.id] ?? []).count > 1 }.map {
            "tap \($0.id) was ruled \(book.byCause[$0.id]?.count ?? 0) times"
        }
        for tap in taps where receivers.contains(tap.purpose) && !tap.isForgotten && book.byCause[tap.id] == nil {
            if !isSameComing(tap, heldAt: held[tap.id]?.at, book, world) {
                wrong.append("tap \(tap.id) at \(tap.purpose) was never decided")
            }
        }
        return wrong
    }

    /// Whether the same person was received there a moment before or after.
    private func isSameComing(
        _ tap: ReaderAgentsInSimulation.WrittenTap, heldAt: Instant?, _ book: ReceptionBook, _ world: World
    ) -> Bool {
        guard let id = tap.purpose.reception, let terms = Self.policy.terms(id), let page = book.pages[id] else { return false }
        let persons = holders[World.number(tap.tap.data.token)] ?? []
        let station = terms.station(of: tap.agent.named(as: AgentID.self))
        return page.rulings.values.contains { ruling in
            guard ruling.station == station, let person = ruling.person, persons.contains(person) else { return false }
            // What a machine without the time says is taken to be of the moment at which it is heard, and so is what one says that is ahead.
            guard tap.tap.data.clock != .boot, let heldAt else { return true }
            let earliest = min(tap.tap.time, heldAt + reception.skew - world.faultsAtStart.doubt)
            return tap.tap.time > ruling.at - .seconds(30) && earliest < ruling.at + .seconds(30)
        }
    }
}

extension Layout {
    /// At two gates, for three receptions; the first two are of the one whose tables may be cut off.
    var receptionReaders: [PointReader] {
        guard hasExtras, agentCount > 2 else { return [] }
        func reader(_ agent: Int, _ reception: ReceptionID) -> PointReader {
            let purpose = Purpose(kind: "event", thing: reception.named())
            return PointReader(agent: agent, id: reception.named(), purpose: purpose, place: "assembly")
        }
        return [
            reader(1, "talk"), reader(2, "talk"), reader(1, "ballot"), reader(2, "ballot"), reader(1, "clinic"), reader(2, "clinic"),
            reader(2, "fair"),
        ]
    }
}
