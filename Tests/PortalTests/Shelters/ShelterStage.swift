import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

/// What happens at shelters, and who stands at their desks.
final class ShelterStage {
    let portal: TestPortal
    private var agent = FakeAgent("shelter-1", seed: 9)
    private var number: Int64 = 0
    static let reader = "shelter-1/reader-1"

    init() throws {
        var facts = TestPortal.facts
        facts.shelterReaders = [("s01", "shelter-1", "reader-1")]
        portal = try TestPortal(facts: facts)
        try portal.shelter("s01", "中央公民館") { $0.district = "宮前" }
        try portal.occupancy("s01", headcount: 12)
    }

    func supplies(_ supplies: [Supply], handOuts: [HandOut] = [], at shelter: ShelterID = "s01") throws {
        number += 1
        let rounds = handOuts.map { ShelterSupplies.Round($0, since: portal.now, received: 3, drill: false) }
        let event = Envelope(
            id: EventID(at: portal.now, random: (7, UInt64(number))), source: "/nagai/shelter-registry/main", subject: shelter.text,
            time: portal.now, position: StreamPosition(epoch: Epoch("1795215600000-k3f9")!, number: number),
            data: ShelterSupplies(supplies, handOuts: rounds, at: shelter))
        portal.rig.say(Channel.supplies.topic(in: "nagai", "main").description, try event.json())
        try portal.rig.settle()
    }

    // MARK: A desk

    /// Sato's page with the reader is open.
    func openDesk(_ shelter: ShelterID = "s01") throws { try portal.get("/events/desk/ja/\(shelter)/\(Self.reader)", as: "sato") }

    @discardableResult
    func tap(_ card: Int = 1, purpose: Purpose = .shelter("s01"), reader: ReaderID = "reader-1", ago: Duration = .zero) throws -> EventID {
        let tap = agent.tap(.card(card), at: portal.now - ago, purpose: purpose, reader: reader)
        portal.rig.say(agent.topic, try tap.json())
        try portal.rig.settle()
        return tap.id
    }

    /// Whoever holds the card is somebody with a household, and stands before Sato.
    @discardableResult
    func stand(_ people: [EvacueeBrief] = [.hanako, .taro]) throws -> EventID {
        try openDesk()
        let id = try tap()
        try answer(people)
        return id
    }

    func answer(_ people: [EvacueeBrief]) throws {
        try portal.reply(.accept(EvacueePage(people[0], household: Array(people.dropFirst()), history: [], lookUps: [])), on: .showEvacuee)
    }

    var pieces: [String] { portal.said(on: "desk/sato/\(Self.reader)").filter { $0.contains("desk-screen") } }

    @discardableResult
    func act(_ act: String, _ screen: EventID, _ who: [EvacueeBrief], _ more: [(String, String)] = []) throws -> Response? {
        try portal.post(
            "/ja/desk/s01/act",
            [("reader", Self.reader), ("screen", "\(screen)"), ("act", act)] + who.map { ("who", "\($0.who)") } + more, as: "sato")
    }

    static let path = "/ja/desk/s01?reader=\(reader)"

    func given<Body: CommandBody>(_ channel: Channel<Body>) throws -> [Body] { try portal.rig.said(channel).map(\.data) }
}

extension EvacueeBrief {
    static func person(_ letter: String, _ name: String, _ reading: String, _ change: (inout Self) -> Void = { _ in }) -> Self {
        var brief = Self(.person(PersonID("p-" + String(repeating: letter, count: 16))!))
        (brief.name, brief.reading) = (name, reading)
        change(&brief)
        return brief
    }

    static let hanako = person("a", "長井花子", "ナガイ ハナコ") { ($0.age, $0.district, $0.isProtected) = (72, "宮前", true) }
    static let taro = person("b", "長井太郎", "ナガイ タロウ") { $0.needs = [NeedAnswer("allergy", "卵")] }
}

extension StaysNoted {
    static func of(_ people: [EvacueeBrief]) -> Self {
        Self(zip(UInt64(1)..., people).map { Entry($1, note: EventID(high: 1, low: $0), from: nil) })
    }
}
