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
                    Door(id: $0.id, accepts: $0.accepts, openFor: $0.openFor, mayBeOrdered: $0.homeAssistant == .operate)
                }
                return Wiring(LockController(doors: doors, seal: GrantSeal(try SigningKey.load(file: place.folder.grantKey))))
            })
    }
}
