import Contracts
import Glibc
import Launch
import ResidentDirectory
import Seal
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.residentDirectory, job: "knows the town's people and tells each service what its job needs") { place in
                let vault = try Vault.load(file: place.folder.vaultKey)
                return Wiring(ResidentDirectory(vault: vault, policy: place.town.people), vault: vault)
            })
    }
}
