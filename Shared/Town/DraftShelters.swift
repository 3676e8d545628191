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

        package init() {}
    }

    /// Why an agent's readers cannot stand for a shelter, and what to do; `nil` where they can.
    package func objection(to agent: AgentID, countingFor shelter: ShelterID) -> String? {
        let (counts, keeps) = (shelterRegistry(of: agent), shelterKeepers.keeper(of: shelter))
        guard counts != keeps else { return nil }
        func place(_ registry: Instance) -> String { registry == .main ? "the town" : "site \"\(registry)\"" }
        let advice = keeps == .main ? "Add it to the shelters of that site, or call it \"\(counts)-…\"." : "Add the agent to that site."
        return "That shelter is kept by \(place(keeps)), and who holds a card there is counted by \(place(counts)). \(advice)"
    }

    /// The agents with readers for shelters, as long as these stand in the file.
    package var shelterAgents: [AgentID: Set<ShelterID>] {
        Dictionary(uniqueKeysWithValues: agents.map { ($0.id, Set($0.readers.compactMap(\.purpose.shelter))) }).filter { !$0.value.isEmpty }
    }
}

private enum SheltersKey: String, Setting {
    case keep = "keep-days"
    case silentAfter = "silent-after"
}

extension Draft {
    func shelters(_ value: Value) -> Town.Shelters {
        var shelters = Town.Shelters()
        guard let settings = value.section(SheltersKey.self) else { return shelters }
        shelters.keep = settings.optional(.keep)?.number(in: 1...400).map { .seconds(Int64($0) * 86_400) } ?? shelters.keep
        shelters.silentAfter =
            settings.optional(.silentAfter)?.duration(in: .seconds(60)...(.seconds(24 * 3600))) ?? shelters.silentAfter
        return shelters
    }

    /// Who holds a card is counted by the registry of that place: no reader may stand for a shelter that another one keeps.
    func checkShelterReaders(of town: Town, at mark: Mark) {
        guard town.sites.contains(where: \.isIsland) else { return }
        for agent in town.agents {
            for reader in agent.readers {
                guard let shelter = reader.purpose.shelter, let objection = town.objection(to: agent.id, countingFor: shelter) else {
                    continue
                }
                findings.fault(mark, "reader \"\(reader.id)\" of agent \"\(agent.id)\" stands for shelter \"\(shelter)\". \(objection)")
            }
        }
    }

    /// Taps for a shelter are read by a registry, which a town has as soon as it has somebody to look at them.
    func warnOfShelterWithoutDesk(_ town: Town, at mark: Mark) {
        guard town.shelterDesks.isEmpty, !town.shelterAgents.isEmpty else { return }
        findings.warn(
            mark, "readers stand for shelters, and nobody may look at who is there. Add a reception: shelter-desks: [headquarters]")
    }
}
