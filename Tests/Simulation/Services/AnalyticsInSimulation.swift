import Analytics
import Bus
import Contracts
import Harness
import ResidentDirectory
import Seal
import ServiceKit
import Store

/// The town's statistics: every card held in a house is in one visit or put aside with a reason, the numbers are those of the people, and nobody is in them.
final class AnalyticsInSimulation: Participant {
    let analytics: ServiceMachine<Analytics>
    /// How often each command was obeyed, and each word of refusal was heard.
    private(set) var answers: [String: Int] = [:]
    private let vault: Vault
    private let desk = Desk("gatekeeper")
    let directory: ServiceMachine<ResidentDirectory>
    /// The cards that each visitor ever had, one set for each time that the directory said so; an empty one where they were withdrawn.
    private(set) var visitors: [VisitorID: Set<Set<Token>>] = [:]

    init(joining world: World) throws {
        let vault = Vault.forTests(seed: world.seed &+ 4)
        self.vault = vault
        // A town is played by one thread.
        nonisolated(unsafe) let chance = world.shared
        func service() -> Analytics {
            Analytics(
                policy: Self.policy(world.layout), vault: vault, draw: { (0..<$0).map { _ in UInt8(truncatingIfNeeded: chance.next()) } })
        }
        analytics = try ServiceMachine(
            service(), identity: world.identity(.analytics, "main"), broker: world.broker, vault: vault, renewed: service)
        analytics.skew = world.drawnSkew(world.faults.townSkew)
        world.add(analytics)
        directory = world.participant(ResidentDirectoryInSimulation.self).directory
    }

    /// A gym through whose first door people go in and through the third out, which closes two minutes into the day; a library with one reader; a hall where
    /// receptions are. The others are houses of their own.
    static func policy(_ layout: Layout) -> VisitsPolicy {
        var policy = VisitsPolicy()
        let week = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [9 * 60..<11 * 60 + 28]) })
        var gym = Facility("gym", title: "体育館", places: ["gate-0", "gate-2"])
        (gym.counting, gym.schedule) = (.directions, Schedule("gym", week: week))
        var library = Facility("library", title: "図書館", places: ["library"])
        (library.counting, library.longestStay) = (.turns, .seconds(3 * 3600))
        policy.facilities = [gym, library, Facility("assembly", title: "公民館", places: ["assembly"])]
        return policy
    }

    static var witnessed: [Reading] { [witness(.counts)] }

    // MARK: The day

    func prepare(_ world: World) { analytics.keepBackup() }

    func happen(_ number: Int, in world: World) {
        guard world.layout.hasExtras, number % world.layout.cardsPerErrand == 0 else { return }
        desk.wait(in: world)
        guard desk.isIdle, world.happens(0.2) else { return }
        let now = analytics.clock(at: world.now)
        guard world.happens(0.7) else { return give(ShowVisits(now.date()), on: .showVisits, now, world) }
        let counts = (0...world.below(2)).map { _ in
            let hour = world.happens(0.5) ? world.below(24) : nil
            return Counted(
                world.among(["gym", "library", "cinema"]), now.date(), hour: hour, world.among([.sensor, .hand]), world.below(50))
        }
        give(PutCounts(counts), on: .putCounts, now, world)
    }

    private func give<Body: CommandBody>(_ body: Body, on channel: Channel<Body>, _ now: Instant, _ world: World) {
        desk.give(body, on: channel, at: now, in: world) { [unowned self] in answers[$0.refusal ?? Body.type, default: 0] += 1 }
    }

    func hear(_ outgoing: Outgoing, _ kind: TopicClass?, in world: World) {
        desk.hear(outgoing)
        do { try listen(outgoing, kind) } catch { world.complain("\(outgoing.topic) cannot be read: \(error)") }
    }

    private func listen(_ outgoing: Outgoing, _ kind: TopicClass?) throws {
        switch kind {
        case .event where outgoing.topic.hasSuffix("/visit-view"): learn(try Envelope<VisitView>(json: outgoing.payload).data)
        case .batch where outgoing.topic == "nagai/resident-directory/batch/main/analytics--main":
            for row in try Batch.read(outgoing.payload).events { learn(try Envelope<VisitView>(json: row).data) }
        default: break
        }
    }

    private func learn(_ view: VisitView) {
        visitors[view.visitor, default: []].insert(Set(view.tokens ?? []))
    }

    // MARK: What must hold

    /// What is known of a card.
    private struct Holder: Codable, Equatable {
        let visitor: VisitorID
        let ageBand: Int?
        let district: String?
        let residency: Residency?
    }

    /// - Parameter files: everybody's.
    /// - Returns: each card of which the statistics do not know what the directory would tell them now; of whom it lost the row they know nothing.
    func differences(from files: [PersonFile]) throws -> [String] {
        let topic = Channel.visitView.topic(in: "nagai", "main").description
        let unknown = Set(
            try analytics.disk.read { try $0.all("SELECT key FROM keyed WHERE unknown AND topic = ?", topic) { $0.text(0) } })
        var wrong =
            unknown.isEmpty || !directory.forgotten.isEmpty || directory.clones > 0
            ? [] : ["the statistics know nothing certain of \(unknown.count) visitors, and nothing was lost"]
        var expected: [[UInt8]: Holder] = [:]
        for view in try files.compactMap({ try $0.views["analytics"].map { try Array($0.utf8).decoded(as: VisitView.self) } }) {
            for token in view.tokens ?? [] where !unknown.contains(view.visitor.text) {
                expected[vault.blindIndex(Array(token.text.utf8), for: "card")] = Holder(
                    visitor: view.visitor, ageBand: view.ageBand, district: view.district, residency: view.residency)
            }
        }
        let found = try analytics.disk.read { db in
            try db.all("SELECT card, row FROM known") { row in
                let card = row.blob(0)
                return (card, try db.open(row.blob(1), "known/\(Hex.text(card))").decoded(as: Holder.self))
            }
        }
        let known = Dictionary(uniqueKeysWithValues: found)
        for card in Set(expected.keys).union(known.keys) where expected[card] != known[card] {
            wrong.append("the statistics have \(say(known[card])) of a card, and would be told \(say(expected[card]))")
        }
        return wrong
    }

    private func say(_ holder: Holder?) -> String { holder.map { "\($0)" } ?? "nothing" }

    func violations(_ world: World) throws -> [String] {
        world.sayStatesAnew(analytics)
        let reckoning = try VisitReckoning(world)
        let numbers = try taps(reckoning, world) + visits(reckoning, world) + doors(reckoning, world) + counted()
        return try numbers + today(world) + nobody(world)
    }
}

extension Layout {
    /// Where the reader of a door stands, or one that has none.
    func place(_ door: DoorID?, at agent: Instance) -> PlaceID { door == nil ? "hall" : agent.named() }
}
