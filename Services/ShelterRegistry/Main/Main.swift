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
                rules.questions = place.town.shelters.questions.map(\.need)
                rules.agents = place.town.shelterAgents.filter { place.town.shelterRegistry(of: $0.key) == place.instance }
                let vault = try Vault.load(file: place.folder.vaultKey)
                let registry = ShelterRegistry(vault: vault, name: place.instance, keepers: place.town.shelterKeepers, rules: rules)
                return Wiring(registry, vault: vault)
            })
    }
}
