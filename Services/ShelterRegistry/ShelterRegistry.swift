import Contracts
import People
import Seal
import ServiceKit
import Store

/// Knows who is at which shelter (避難所), from taps and from what staff say.
///
/// Rulings: `shelter`. Folds: stays, from `stay-note` and `stay-correction` of all registries; `whereabouts`, published keyed. What is personal lies
/// sealed in the database, and is said to shelter desks alone and between registries.
package struct ShelterRegistry: Service {
    package static let program: Program = "shelter-registry"

    let vault: Vault
    /// `main`, or the island whose registry this is.
    let name: Instance
    let keepers: ShelterKeepers
    let rules: Rules

    /// What a town decides about its shelters.
    package struct Rules: Sendable {
        /// An open shelter not heard of for longer is silent.
        package var silentAfter = Duration.seconds(10 * 60)
        /// How long stays are known after the shelter was closed.
        package var keep = Duration.seconds(40 * 86_400)
        /// Which agents stand at which shelter: as long as they live, it is heard.
        package var agents: [AgentID: Set<ShelterID>] = [:]
        /// What is asked. Without questions any need may be written down.
        package var questions: [NeedID] = []

        package init() {}
    }

    package init(vault: Vault, name: Instance = .main, keepers: ShelterKeepers = ShelterKeepers(), rules: Rules = Rules()) {
        (self.vault, self.name, self.keepers, self.rules) = (vault, name, keepers, rules)
    }

    package var reads: [Reading] {
        [
            on(.taps, notice),
            People<ShelterView>.reading(doubt),
            on(.stayNotes, learn),
            on(.stayCorrections, learn),
            follow(.evacueeFiles, learn, drop: forgetFile),
            follow(.shelters, learn, drop: { _, _ in }),
            hearLives(of: "reader-agent", hear),
            hearLives(of: Self.program, hear),
            answer(.putShelter, put),
            answer(.runShelter, run),
            answer(.wipeDrill, wipe),
            look(.listShelters, list),
            answer(.noteStays, note),
            answer(.correctStay, correct),
            answer(.putGuest, put),
            answer(.identifyGuest, identify),
            look(.listRoster, list),
            look(.showEvacuee, show),
            look(.showOwnShelter, showOwn),
            on(.evacueesSeen, learn),
            answer(.noteNeeds, note),
            look(.listMissing, list),
            answer(.lookUpEvacuee, lookUp),
            on(.lookUps, learn),
            follow(.supplies, learn, drop: forgetSupplies),
            look(.listSupplies, list),
            answer(.putSupply, put),
            answer(.runHandOut, run),
            answer(.handTo, hand),
        ]
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        try [
            resolveDoubts(in: turn), emptyShelters(in: turn), endDrills(in: turn), tellOccupancies(in: turn), tellNeeds(in: turn),
            tellSupplies(in: turn),
        ].compactMap(\.self).min()
    }

    package func publishStates(in turn: borrowing Turn) throws {
        try turn.db.run("UPDATE shelter SET due = 0, needs_due = 0")
        _ = try tellOccupancies(in: turn)
    }

    package func purge(in turn: borrowing Turn) throws { try forgetWhatIsOver(in: turn) }

    package func counters(in turn: borrowing Turn) throws -> [String: Int64] {
        var counters: [String: Int64] = [
            "stays": try turn.db.first("SELECT count(*) FROM stay WHERE ends IS NULL AND NOT drill") { $0.int(0) } ?? 0,
            "shelters-open": try turn.db.first("SELECT count(*) FROM shelter WHERE stage <> 'closed' AND NOT drill") { $0.int(0) } ?? 0,
        ]
        counters["town-heard"] = try townHeard(in: turn.db)?.milliseconds
        return counters
    }

    /// Whether this registry speaks for a shelter.
    func keeps(_ shelter: ShelterID) -> Bool { keepers.keeper(of: shelter) == name }

    var isOfTheTown: Bool { name == .main }
}
