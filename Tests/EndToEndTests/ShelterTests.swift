import Contracts
import Glibc
import ServiceKit
import Testing
import VirtualReader

@testable import Kazasu

extension EndToEndTests {
    @Test(
        "At a shelter a resident's card is a name on the desk's screen; a guest has none; both are on the roster, and who moves is on one roster only"
    )
    func shelter() throws {
        let town = try SmallTown()
        defer { town.strike() }
        func say(_ words: [String], typing text: String = "") throws -> String {
            try town.end(town.start(words, typing: text)).joined(separator: "\n")
        }
        for (id, title) in [("s01", "第一中学校"), ("s02", "公民館")] {
            _ = try say(["shelter", "add", id, title])
            _ = try say(["shelter", "open", id])
        }
        let card = Cast.felica(7)
        let enrolment = try town.start(
            ["person", "add", "--tap", "office/counter"],
            typing: "name: 長井 花子\nreading: ナガイ ハナコ\nborn: S29.3.1\nhousehold: 77\ndistrict: 宮前\n")
        try town.wait("the counter to ask for the card") {
            enrolment.look()
            return enrolment.lines.contains { $0.contains("hold the card over office/counter") }
        }
        try town.hold(card, at: SmallTown.counter)
        _ = try town.end(enrolment)
        let enrolled = try town.end(
            town.start(["person", "add", "--json"], typing: "name: 長井 太郎\nreading: ナガイ タロウ\nborn: H28.4.2\nhousehold: 77\ndistrict: 宮前\n"))
        let grandchild = try Array(#require(enrolled.last).utf8).decoded(as: PersonAnswer.self).person.person

        let desk = try town.start(["shelter", "desk", "s01"])
        try town.wait("the desk") {
            desk.look()
            return desk.lines.contains { $0.contains("open: 0 here") }
        }
        try town.hold(card, at: SmallTown.gate)
        let lamp = monotonicMilliseconds()
        try town.wait("the name") {
            desk.look()
            return desk.lines.contains { $0.contains("長井 花子 (ナガイ ハナコ)") && $0.contains("card") }
        }
        print("the name was on the desk's screen \(monotonicMilliseconds() - lamp) ms after the lamp")
        try town.wait("the number") {
            desk.look()
            return desk.lines.contains { $0.contains("open: 1 here") }
        }
        _ = try say(["shelter", "guest", "s01"], typing: "name: 旅の人\n")

        func roster(_ shelter: String) throws -> [EvacueeBrief] { try Array(say(["shelter", "roster", shelter, "--json"]).utf8).decoded() }
        #expect(
            try say(["shelter", "missing", "district/宮前"]).hasSuffix("1 missing, 0 seen and gone; 1 at shelters, 0 in cars or at home"))
        let asked = try say(["shelter", "look-up", "--relation", "household"], typing: "name: 長井花子\nreading: ながい はなこ\n")
        #expect(asked.hasPrefix("safe, at s01 since "), "\(asked)")
        let both = try roster("s01")
        #expect(both.map(\.name) == ["長井 花子", "旅の人"])
        let person = try #require(both.first?.who)
        #expect(try say(["shelter", "move", "s02", "--person", "\(person)"]).contains("from s01"))
        #expect(try roster("s01").map(\.name) == ["旅の人"] && roster("s02").map(\.name) == ["長井 花子"])
        // A card that is held again at the first one brings her back, and nobody is counted twice.
        try town.hold(card, at: SmallTown.gate)
        try town.wait("her return") {
            desk.look()
            return desk.lines.contains { $0.contains("長井 花子") && $0.contains("from s02") }
        }
        #expect(try roster("s01").count == 2 && roster("s02").isEmpty)

        // One card at the desk, and who of the household is here too.
        let household = try town.start(
            ["shelter", "check-in", "s02", "--tap", "office/counter", "--household", "--with", grandchild.text, "--kind", "car"])
        try town.wait("the desk to ask for the card") {
            household.look()
            return household.lines.contains { $0.contains("hold the card over office/counter") }
        }
        try town.hold(card, at: SmallTown.counter)
        let lines = try town.end(household)
        #expect(lines.contains { $0.hasPrefix("checked in: 長井 花子") && $0.contains("from s01") }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("checked in: 長井 太郎") && $0.hasSuffix("(car)") }, "\(lines)")
        #expect(try roster("s02").map(\.name) == ["長井 太郎", "長井 花子"] && roster("s01").map(\.name) == ["旅の人"])

        // Where water is handed out a card receives, once, and nobody is checked in by it.
        _ = try say(["shelter", "supply", "s01", "water", "--stock", "10"])
        _ = try say(["shelter", "hand-out", "s01", "water", "--each", "2", "--reader", "school/gate"])
        try town.hold(Cast.felica(8), at: SmallTown.gate)
        try town.wait("the receipt") {
            desk.look()
            return desk.lines.contains { $0.contains("  2 water  no name") }
        }
        try town.wait("what is left") { try say(["shelter", "supplies"]).contains("  8      0       1 times") }
        #expect(try roster("s01").map(\.name) == ["旅の人"])
        desk.signal(SIGTERM)
        _ = try town.end(desk)
    }
}
