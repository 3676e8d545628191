import Contracts
import Glibc
import Launch
import Points
import Town

@main
struct Main {
    static func main() {
        exit(
            Launch.run(.points, job: "gives points for taps and takes what is spent") { place in
                Wiring(Points(policy: place.town.points))
            })
    }
}
