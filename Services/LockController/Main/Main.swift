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
                let doors = town.doors(at: site).map(door)
                let disasters = town.disasters.map {
                    DisasterPlan(id: $0.id, opens: $0.opens, suspends: $0.suspends, longest: $0.longest)
                }
                let seal = GrantSeal(try SigningKey.load(file: place.folder.grantKey))
                guard site == nil else {
                    return Wiring(
                        LockController(
                            doors: doors, duty: .site, disasters: disasters, shelters: town.shelters.doors,
                            keepers: town.shelterKeepers, seal: seal,
                            keep: town.keepsAudit))
                }
                let lockers = town.lockers.map { Locker(id: $0.id, compartments: $0.compartments, keep: $0.keep, remind: $0.remind) }
                let codes = try doors.contains(where: \.hasKeypad) ? CodeKey.load(file: place.folder.codeKey) : nil
                return Wiring(
                    LockController(
                        doors: doors,
                        sites: Dictionary(uniqueKeysWithValues: town.sites.map { ($0.id.named(), town.doors(at: $0.id).map(door)) }),
                        duty: .town(hasSites: !town.sites.isEmpty), lockers: lockers, disasters: disasters, shelters: town.shelters.doors,
                        keepers: town.shelterKeepers, seal: seal, codes: codes, keep: town.keepsAudit))
            })
    }

    private static func door(_ door: Town.Door) -> Door {
        Door(
            id: door.id, accepts: door.accepts, openFor: door.openFor, plan: door.plan, heldAfter: door.heldAfter,
            silentAfter: door.silentAfter, lease: door.lease, hasKeypad: door.hasKeypad, mayBeOrdered: door.homeAssistant == .operate)
    }
}
