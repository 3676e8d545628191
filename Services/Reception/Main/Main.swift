import Contracts
import Glibc
import Launch
import Reception
import Seal
import ServiceKit
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.reception, job: "receives people once: by card, by ticket, by name") { place in
                let vault = try Vault.load(file: place.folder.vaultKey)
                let ofSites = place.town.agents.map(\.id).filter { place.town.reception(of: $0) != nil }
                let agentsOfSites = place.instance == .main ? Set(ofSites) : []
                let reception = Reception(
                    policy: place.town.receptions, vault: vault, name: place.instance, agentsOfSites: agentsOfSites)
                return Wiring(reception, vault: vault)
            })
    }
}
