import Contracts
import Glibc
import Launch
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test("A visit earns, a till takes, a list is paid once, points are killed again and again: every yen is where it should be")
    func points() throws {
        let town = try SmallTown(
            """
            agents:
              gym: { readers: { gate: { device: "ACS ACR122U gate", place: gym, purpose: visit } } }
              bakery: { readers: { till: { device: "ACS ACR122U till", place: bakery, purpose: "shop:bakery" } } }
              office: { readers: { counter: { device: "ACS ACR122U counter", place: town-hall, purpose: enrol } } }
            registrars: [civil-affairs]
            points-desks: [chamber, welfare]
            points:
              purses: { points: { title: ながいポイント, expires: 24 months } }
              rules: { visit: { title: 来館, purse: points, gives: 10, on: [visit] } }
              shops: { bakery: { title: パン工房, fee: 1% } }
            """, readers: ["gate", "till", "counter"])
        defer { town.strike() }
        let (gate, till, counter) = (0, 1, 2)
        func say(_ words: [String]) throws -> String { try town.end(town.start(words)).joined(separator: "\n") }
        func balance(_ person: PersonID) throws -> Int64 {
            let shown: PointsShown = try Array(say(["points", "balance", person.text, "--json"]).utf8).decoded()
            return shown.lots.reduce(0) { $0 + $1.amount }
        }
        let card = Cast.felica(7)
        let ear = try town.start(["tail"])
        try town.wait("the ear to hear of the readers") {
            ear.look()
            return !ear.lines.isEmpty
        }
        let enrolment = try town.start(
            ["person", "add", "--tap", "office/counter", "--json"], typing: "name: 長井 花子\nreading: ナガイ ハナコ\nborn: S29.3.1\n")
        try town.wait("the counter to ask for the card") {
            enrolment.look()
            return enrolment.lines.contains { $0.contains("hold the card over office/counter") }
        }
        try town.hold(card, at: counter)
        let person = try Array(#require(town.end(enrolment).last).utf8).decoded(as: PersonAnswer.self).person.person

        var taps = 0
        func visit() throws {
            taps += 1
            try town.hold(card, at: gate) {
                ear.look()
                return ear.lines.count { $0.contains("gym/gate") && $0.contains("card read") } == taps
            }
        }
        // Killed between any two taps and in the midst of them; the supervisor starts it again, and what it missed comes from the journals.
        for round in 0..<5 {
            for _ in 0..<4 { try visit() }
            if round < 4 { _ = system("pkill -KILL -f '/points --town \(town.folder)/'") }
        }
        try town.wait("two hundred points") { try balance(person) == 200 }

        let charge = try town.start(["till", "charge", "bakery/till", "150", "--json"])
        try town.wait("the till to ask for the card") {
            charge.look()
            return charge.lines.contains { $0.contains("hold the card over bakery/till") }
        }
        try town.hold(card, at: till)
        let payment: Payment = try Array(#require(town.end(charge).last).utf8).decoded()
        #expect(payment.status == .paid && payment.paid == 150 && payment.person == nil)
        #expect(try balance(person) == 50)
        _ = try say(["till", "refund", payment.id.description, "30", "--as", "bakery"])
        #expect(try balance(person) == 80)

        let file = "\(town.folder)/people.csv"
        let list = fopen(file, "w")
        fputs("person\n\(person)\n", list)
        fclose(list)
        for id in ["spring", "again"] {
            _ = try say([
                "points", "campaign", "open", id, "--title", "春の給付", "--benefit", "support", "--amount", "1000", "--purse", "points",
                "--list",
                file,
            ])
            _ = try say(["points", "campaign", "approve", id, "--yes", "--as", "welfare"])
        }
        #expect(try balance(person) == 1080)
        // Twenty visits, a payment, a part of it paid back, one benefit.
        let verified = try say(["points", "verify"])
        #expect(verified.contains("nothing is wrong: 23 transfers"), "\(verified)")
        let settled = try say(["points", "settle", "shop/bakery", "--from", "2026-01-01", "--to", "2026-12-31"])
        #expect(settled.contains("120"), "\(settled)")
    }
}
