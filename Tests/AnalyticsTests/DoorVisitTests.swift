import Contracts
import Harness
import Store
import Testing

@testable import Analytics

/// Whoever was let in has been inside.
@Suite struct DoorVisitTests {
    @Test("A card at a door is a visit if the door opened, whichever is heard first; whom it kept out was never there")
    func doors() throws {
        let town = try TestVisits()
        try town.agree(1)
        let first = try town.hold(1, at: "hall", for: "door:hall")
        #expect(try town.visits() == [])
        try town.restart()
        try town.open("hall", by: nil, tap: first.id)
        #expect(try town.visits().count == 1 && town.visits().allSatisfy { $0.contains("40 西町") })
        // The verdict overtakes the tap.
        let (second, third) = (try town.held(2, at: "hall", for: "door:hall"), try town.held(3, at: "hall", for: "door:hall"))
        try town.open("hall", by: nil, tap: second.id)
        try town.open("hall", by: nil, .refuse(.noRight), tap: third.id)
        try town.say(second)
        try town.say(third)
        #expect(try town.visits().count == 2)
        let fourth = try town.hold(4, at: "hall", for: "door:hall")
        try town.open("hall", by: nil, .refuse(.noRight), tap: fourth.id)
        #expect(try town.visits().count == 2 && town.number("SELECT count(*) FROM at_door") == 0, "nothing waits any more")
    }

    @Test("What waits for a door that never says anything lies sealed, and goes with its time")
    func silentDoor() throws {
        let town = try TestVisits()
        let tap = try town.hold(1, at: "hall", for: "door:hall")
        #expect(Sniffer([tap.data.token.text]).found(in: try town.rig.disk.serialized()).isEmpty)
        try town.go(to: "8:00", day: "2027-01-10")
        try town.rig.pass(.seconds(120), step: .seconds(60))
        #expect(try town.number("SELECT count(*) FROM at_door") == 0)
    }
}
