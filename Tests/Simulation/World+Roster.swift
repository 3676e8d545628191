import Contracts
import ServiceKit

/// Who is known to whom.
extension World {
    func identity(_ role: Role, _ instance: Instance) -> Identity {
        Identity(
            town: layout.town, role: role, instance: instance, offset: .japan, version: "1", roster: roster(heardBy: role, instance))
    }

    /// Everybody who has a certificate in this town.
    var roster: Roster {
        Roster(
            [
                .readerAgent: layout.agents, .lockController: layout.hasSite ? ["main", Station.name] : ["main"],
                .lock: layout.locked.map { $0.named() },
                .desk: ["office", "second", "counter", "annex", "school", "gatekeeper", "page"],
                .keypad: layout.hasExtras ? [Layout.annex.named()] : [],
                .operator: ["auditor", "it"], .registrar: layout.registrars, .residentDirectory: ["main"],
                .shelterRegistry: layout.hasSite ? ["main", Station.name] : ["main"],
                .shelterDesk: layout.hasSite ? ["hq", "refuge"] : ["hq"],
                .points: ["main"], .pointsDesk: ["chamber", "welfare"], .till: ["bakery"], .notifier: ["main"], .noticeDesk: ["hall"],
                .reception: ["main"], .receptionDesk: ["table", "second-table"], .analytics: ["main"],
                .portal: ["main"],
            ], spokenFor: PortalInSimulation.policy.spokenFor)
    }

    /// A lock-controller decides for the agents of its own place, and takes rights from the town's one alone. Registries of shelters and
    /// agents hear those of their own place.
    private func roster(heardBy role: Role, _ instance: Instance) -> Roster {
        var heard = roster
        if role == .shelterRegistry {
            heard.instances[.readerAgent] = layout.agents.filter { ($0 == Station.agent) == (instance == Station.name) }
        }
        if role == .readerAgent, layout.hasSite { heard.instances[.shelterRegistry] = [instance == Station.agent ? Station.name : "main"] }
        guard role == .lockController else { return heard }
        heard.instances[.readerAgent] = layout.agents.filter { ($0 == Station.agent) == (instance == Station.name) }
        heard.instances[.lockController] = instance == "main" ? ["main"] : ["main", instance]
        return heard
    }
}
