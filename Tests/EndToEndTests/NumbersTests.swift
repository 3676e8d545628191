import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test("Cards held at a house are visits and a reception receives a person once, though both services die again and again")
    func numbers() throws {
        let town = try SmallTown(
            """
            agents:
              gym: { readers: { gate: { device: "ACS ACR122U gate", place: gym, purpose: visit } } }
              office: { readers: { counter: { device: "ACS ACR122U counter", place: town-hall, purpose: enrol } } }
            registrars: [civil-affairs]
            desks: [office]
            visits: { repeat-within: 0s, facilities: { gym: { title: 体育館, places: [gym], counting: turns } } }
            reception-desks: [table]
            receptions: { festival: { title: 町まつり } }
            """)
        defer { town.strike() }
        func say(_ words: [String], typing text: String = "") throws -> String {
            try town.end(town.start(words, typing: text)).joined(separator: "\n")
        }
        func kill(_ program: String) { _ = system("pkill -KILL -f '/\(program) --town \(town.folder)/'") }
        let (sakura, stranger) = (Cast.felica(7), Cast.felica(8))
        let enrolment = try town.start(
            ["person", "add", "--tap", "office/counter", "--json"], typing: "name: 長井 桜\nreading: ナガイ サクラ\nborn: H2.5.1\n")
        try town.held(sakura, for: enrolment, "hold the card over office/counter")
        let person = try Array(#require(town.end(enrolment).last).utf8).decoded(as: PersonAnswer.self).person.person
        _ = try say(["consent", "give", "analytics", "visits", person.text, "--wording", "2026-04", "--how", "paper", "--yes"])

        let ear = try town.start(["tail"])
        try town.wait("the ear to hear of the readers") {
            ear.look()
            return !ear.lines.isEmpty
        }
        var taps = 0
        func tap(_ card: VirtualCard) throws {
            taps += 1
            try town.hold(card, at: SmallTown.gate) {
                ear.look()
                return ear.lines.count { $0.contains("gym/gate") && $0.contains("card read") } == taps
            }
            usleep(1_100_000)
        }
        for round in 0..<6 {
            try tap(sakura)
            if round % 2 == 0 { kill("analytics") }
        }
        try tap(stranger)
        // In three times and out three times; the stranger is still there.
        var day: FacilityDay?
        try town.wait("the day of the house") {
            day = try Array(say(["visits", "show", "gym", "--json"]).utf8).decoded(as: VisitsOfDay.self).facilities.first
            return day?.visits == 4 && day?.inside == 1
        }
        #expect(day?.peak == 1 && day?.missedExits == 0 && day?.missedEntries == 0 && day?.purposes.map(\.count) == [4])

        _ = try say(["reception", "open", "festival", "--yes"])
        _ = try say(["reader", "purpose", "gym/gate", "event:festival"])
        for card in [sakura, stranger, sakura] {
            try tap(card)
            kill("reception")
        }
        _ = try say(["reception", "paper", "festival", "--count", "3"])
        var count: ReceptionCount?
        try town.wait("the table's count") {
            count = try Array(say(["reception", "status", "festival", "--json"]).utf8).decoded(as: HandOver.self).count
            return count?.byCard == 1 && count?.paper == 3
        }
        #expect(count?.total == 4 && count?.conflicts == 0 && count?.cardsPerThousand == 250, "\(String(describing: count))")
        let table = try Array(say(["stats", "list", "--json"]).utf8).decoded(as: FiguresList.self)
        #expect(table.figures.isEmpty, "no month is over yet")
    }
}
