import Contracts

package enum ShelterDeskKind {}
/// The reception of a shelter, or headquarters (避難所受付, 災害対策本部).
package typealias ShelterDeskID = Name<ShelterDeskKind>

extension Town {
    /// What a town decides about its shelters. Which there are is told while the service runs: some are opened on the spot.
    package struct Shelters: Hashable, Sendable {
        /// How long it is known who was there, after a shelter was closed.
        package var keep = Duration.seconds(40 * 86_400)
        /// An open shelter not heard of for longer is silent.
        package var silentAfter = Duration.seconds(10 * 60)
        /// Which groups a door lets in while which shelter is open.
        package var doors: [DoorID: [ShelterID: Set<GroupID>]] = [:]
        /// What people there are asked, in this order.
        package var questions = Question.usual

        package init() {}

        package struct Question: Hashable, Sendable {
            package var need: NeedID
            package var title: String

            package init(_ need: NeedID, _ title: String) { (self.need, self.title) = (need, title) }

            /// What a reception asks where the town's file says nothing.
            static let usual = [
                Self("allergy", "アレルギー"), Self("medicine", "服薬・医療"), Self("care", "介助・介護"), Self("disability", "障がい"),
                Self("pregnancy", "妊娠・産後"), Self("formula", "粉ミルク"), Self("nappies", "おむつ"), Self("language", "日本語以外の言語"),
                Self("pet", "ペット同行"),
            ]
        }
    }

    /// Why an agent's readers cannot stand for a shelter, and what to do; `nil` where they can.
    package func objection(to agent: AgentID, countingFor shelter: ShelterID) -> String? {
        let (counts, keeps) = (shelterRegistry(of: agent), shelterKeepers.keeper(of: shelter))
        guard counts != keeps else { return nil }
        func place(_ registry: Instance) -> String { registry == .main ? "the town" : "site \"\(registry)\"" }
        let advice = keeps == .main ? "Add it to the shelters of that site, or call it \"\(counts)-…\"." : "Add the agent to that site."
        return "That shelter is kept by \(place(keeps)), and who holds a card there is counted by \(place(counts)). \(advice)"
    }

    /// The agents with readers for shelters: as long as these stand in the file, or while one is open.
    package var shelterAgents: [AgentID: Set<ShelterID>] {
        let readers = agents.map { ($0.id, Set($0.readers.flatMap { [$0.purpose.shelter, $0.whenOpen] }.compactMap(\.self))) }
        return Dictionary(uniqueKeysWithValues: readers).filter { !$0.value.isEmpty }
    }
}

private enum SheltersKey: String, Setting {
    case keep = "keep-days"
    case silentAfter = "silent-after"
    case doors, questions
}

extension Draft {
    private static let mostQuestions = 100

    func shelters(_ value: Value, doors table: DoorTable?) -> Town.Shelters {
        var shelters = Town.Shelters()
        guard let settings = value.section(SheltersKey.self) else { return shelters }
        shelters.keep = settings.optional(.keep)?.number(in: 1...400).map { .seconds(Int64($0) * 86_400) } ?? shelters.keep
        shelters.silentAfter =
            settings.optional(.silentAfter)?.duration(in: .seconds(60)...(.seconds(24 * 3600))) ?? shelters.silentAfter
        shelters.doors = settings.optional(.doors).map { doors($0, among: table) } ?? [:]
        shelters.questions = settings.optional(.questions).map(questions) ?? shelters.questions
        return shelters
    }

    private func doors(_ value: Value, among table: DoorTable?) -> [DoorID: [ShelterID: Set<GroupID>]] {
        var doors: [DoorID: [ShelterID: Set<GroupID>]] = [:]
        for (key, value) in value.members("shelter", suffix: " in \"doors\"") ?? [] {
            let shelter = key.name(ShelterID.self)
            for (key, value) in value.members("group", suffix: " of \(value.subject)") ?? [] {
                let some = known(value, table)
                guard let shelter, let group = key.name(GroupID.self) else { continue }
                for door in some { doors[door, default: [:]][shelter, default: []].insert(group) }
            }
        }
        return doors
    }

    private func questions(_ value: Value) -> [Town.Shelters.Question] {
        let members = value.members("question") ?? []
        if members.count > Self.mostQuestions {
            findings.fault(value.keyMark, "\(value.subject) has \(members.count) questions. At most \(Self.mostQuestions) are taken.")
        }
        return members.compactMap { key, value in
            guard let need = key.name(NeedID.self), let title = value.title() else { return nil }
            return Town.Shelters.Question(need, title)
        }
    }

    /// Who holds a card is counted by the registry of that place: no reader may stand for a shelter that another one keeps.
    func checkShelterReaders(of town: Town, at mark: Mark) {
        guard town.sites.contains(where: \.isIsland) else { return }
        for agent in town.agents {
            for reader in agent.readers {
                let shelters = [reader.purpose.shelter, reader.whenOpen].compactMap(\.self)
                for shelter in shelters { refuse(reader, of: agent, countingFor: shelter, in: town, at: mark) }
            }
        }
    }

    private func refuse(_ reader: Town.Reader, of agent: Town.Agent, countingFor shelter: ShelterID, in town: Town, at mark: Mark) {
        guard let objection = town.objection(to: agent.id, countingFor: shelter) else { return }
        findings.fault(mark, "reader \"\(reader.id)\" of agent \"\(agent.id)\" stands for shelter \"\(shelter)\". \(objection)")
    }

    /// Shelters are kept by a registry, which a town has as soon as it has somebody to look at them.
    func warnOfShelterWithoutDesk(_ town: Town, at mark: Mark) {
        guard town.shelterDesks.isEmpty, !town.shelterAgents.isEmpty || !town.shelters.doors.isEmpty else { return }
        findings.warn(
            mark,
            "readers or doors stand for shelters, and nobody may open one or look at who is there. Add a reception: shelter-desks: [headquarters]"
        )
    }
}
