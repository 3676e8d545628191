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
                let doors = place.town.doors.map { Door(id: $0.id, accepts: $0.accepts, openFor: $0.openFor, hasKeypad: $0.hasKeypad) }
                let lockers = place.town.lockers.map { Locker(id: $0.id, compartments: $0.compartments, keep: $0.keep, remind: $0.remind) }
                let codes = try doors.contains(where: \.hasKeypad) ? CodeKey.load(file: place.folder.codeKey) : nil
                return Wiring(
                    LockController(
                        doors: doors, lockers: lockers, seal: GrantSeal(try SigningKey.load(file: place.folder.grantKey)), codes: codes))
            })
    }
}
