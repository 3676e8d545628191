import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "A site whose line is cut goes on by what it knows; at the first contact it obeys what was cancelled, and the town learns all it did"
    )
    func site() throws {
        let places = try TwoPlaces()
        defer { places.strike() }
        let card = Cast.felica(1)
        try places.wait("a first tap") {
            _ = try places.hold(card)
            return try places.count("SELECT count(*) FROM heard WHERE what = 'tap'") > 0
        }
        let now = wallClock()
        func time(_ seconds: Int64) -> String { (now + .seconds(seconds)).minute(.japan) }
        let token = try places.token()
        let booked = try places.desk("booking", "add", "gym", "--from", time(-60), "--to", time(3600), "--card", token, "--json")
        let booking = try #require(booked.joined().split(separator: "\"").first { $0.count == 26 && EventID($0) != nil })
        try places.wait("the door to open by the booking") { try places.hold(card) }
        let unlocked = try places.desk("door", "unlock", "gym", "--because", "配送", "--yes")
        #expect(unlocked.joined().contains("was opened"), "the site's own controller has given the order")

        places.cut()
        #expect(try places.hold(card), "the line is cut, and the booking was made before")
        _ = try places.desk("booking", "cancel", String(booking))
        #expect(try places.hold(card), "nobody could tell the site")
        try places.crowd(10_000)
        try places.wait("the site to have decided", seconds: 120) { places.decidedOfCrowd == 10_000 }
        try places.wipeBroker(of: places.town)
        try places.wipeBroker(of: places.station)
        let before = try places.count("SELECT count(*) FROM heard WHERE what = 'decision'")

        places.mend()
        let start = monotonicMilliseconds()
        try places.wait("the line to hold") {
            try places.count("SELECT count(*) FROM heard WHERE what = 'decision'") > before
        }
        let contact = monotonicMilliseconds()
        try places.wait("the town to learn everything", seconds: 90) {
            try places.count("SELECT count(*) FROM heard WHERE what = 'decision' AND agent = 'gate-2'") == 10_000
        }
        print(
            "10,000 decisions were with the town \(monotonicMilliseconds() - contact) ms after the first of them, which came \(contact - start) ms after the line was mended"
        )
        try places.wait("the door to stay shut") { try !places.hold(card) }
        try places.wait("the last taps and decisions") {
            try places.count("SELECT count(*) FROM heard WHERE what = 'decision'") == places.decided
        }
        try places.wait("the town's audit to have a line for each", seconds: 90) { try places.audited() == places.decided }
        print("the town's audit of the site's door was whole \(monotonicMilliseconds() - contact) ms after the first decision")
        #expect(try places.count("SELECT count(*) - count(DISTINCT tap) FROM heard WHERE what = 'decision'") == 0)
        #expect(try places.count("SELECT count(*) - count(DISTINCT tap) FROM heard WHERE what = 'tap' AND agent = 'gate-1'") == 0)
        #expect(
            try places.count(
                "SELECT count(*) FROM heard AS t WHERE what = 'tap' AND agent = 'gate-1' AND NOT EXISTS (SELECT 1 FROM heard AS d WHERE d.what = 'decision' AND d.tap = t.tap)"
            ) == 0)
    }
}

extension TwoPlaces {
    /// The decisions in the table of the gym that the office sees: those let in and those not let in.
    fileprivate func audited() throws -> Int64 {
        Int64(try desk("door", "audit", "gym").count { $0.contains("let in") && !$0.contains("opened from afar") })
    }
}
