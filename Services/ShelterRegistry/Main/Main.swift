import Contracts
import Glibc
import Launch
import Seal
import ShelterRegistry
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.shelterRegistry, job: "knows who is at which shelter") { place in
                var rules = ShelterRegistry.Rules()
                (rules.keep, rules.silentAfter) = (place.town.shelters.keep, place.town.shelters.silentAfter)
                (rules.agents, rules.questions) = (place.town.shelterAgents, place.town.shelters.questions.map(\.need))
                let vault = try Vault.load(file: place.folder.vaultKey)
                return Wiring(ShelterRegistry(vault: vault, rules: rules), vault: vault)
            })
    }
}
