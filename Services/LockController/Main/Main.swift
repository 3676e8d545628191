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
                let doors = place.town.doors.map {
                    Door(
                        id: $0.id, accepts: $0.accepts, openFor: $0.openFor, plan: $0.plan, heldAfter: $0.heldAfter,
                        silentAfter: $0.silentAfter, lease: $0.lease)
                }
                let disasters = place.town.disasters.map {
                    DisasterPlan(id: $0.id, opens: $0.opens, suspends: $0.suspends, longest: $0.longest)
                }
                let seal = GrantSeal(try SigningKey.load(file: place.folder.grantKey))
                return Wiring(LockController(doors: doors, disasters: disasters, seal: seal, keep: place.town.keepsAudit))
            })
    }
}
