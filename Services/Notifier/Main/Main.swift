import Contracts
import Glibc
import Launch
import Mail
import Notifier
import Post
import Seal
import ServiceKit
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.notifier, job: "tells people what they want to know: by mail, LINE, browser, webhook") { place in
                guard let policy = place.town.notices else { throw Fatal("the town's file has no notices. Add them (Docs/town.md).") }
                let vault = try Vault.load(file: place.folder.vaultKey)
                let counter = PostCounter(try PostOffice(try PostSettings(place.town.post, in: place.folder)))
                let sender = try Notifier.Sender(place.town)
                return Wiring(
                    Notifier(policy: policy, vault: vault, sender: sender), vault: vault, inputs: { counter.receipts() },
                    perform: { effect in if let handover = effect as? Handover { counter.take(handover.parcel) } },
                    descriptors: { [Descriptor(counter.descriptor)] })
            })
    }
}
