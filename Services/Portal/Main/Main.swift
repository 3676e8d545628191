import Contracts
import Glibc
import Launch
import Portal
import Seal
import ServiceKit
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.portal, job: "shows the town its pages, and commands for those who sign in there") { place in
                guard let policy = place.town.portal else { throw Fatal("the town's file has no portal. Add it (Docs/town.md).") }
                let vault = try Vault.load(file: place.folder.vaultKey)
                return Wiring(Portal(policy: policy), vault: vault)
            })
    }
}
