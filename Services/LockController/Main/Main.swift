import Contracts
import Glibc
import Launch
import LockController
import Seal
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.lockController, job: "decides which taps open which doors") { place in
                let (town, site) = (place.town, place.town.site(place.instance.named())?.id)
                let doors = town.doors(at: site).map { Door(id: $0.id, accepts: $0.accepts, openFor: $0.openFor) }
                let seal = GrantSeal(try SigningKey.load(file: place.folder.grantKey))
                guard site == nil else { return Wiring(LockController(doors: doors, duty: .site, seal: seal)) }
                let others = Set(town.sites.flatMap(\.doors))
                return Wiring(LockController(doors: doors, others: others, duty: .town(hasSites: !town.sites.isEmpty), seal: seal))
            })
    }
}
