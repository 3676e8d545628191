import Analytics
import Contracts
import Glibc
import Launch
import Seal
import ServiceKit
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.analytics, job: "counts how the town's houses are used, of nobody in particular") { place in
                guard let policy = place.town.visits else { throw Fatal("the town's file has no visits. Add them (Docs/town.md).") }
                let vault = try Vault.load(file: place.folder.vaultKey)
                return Wiring(Analytics(policy: policy, vault: vault), vault: vault)
            })
    }
}
