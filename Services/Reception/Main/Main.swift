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
                return Wiring(Reception(policy: place.town.receptions, vault: vault), vault: vault)
            })
    }
}
