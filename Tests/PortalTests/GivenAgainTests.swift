import Bus
import Contracts
import HTTP
import Harness
import Testing

@testable import Portal

@Suite("What was commanded through the portal comes back to a service that has forgotten it")
struct GivenAgainTests {
    private let shelters: Set<String> = ["nagai/shelter-registry/command/shelter-desk-hq/shelter-run"]

    /// A shelter is opened through the portal, and the registry obeys.
    private func opened(_ portal: TestPortal) throws -> Envelope<RunShelter> {
        try portal.shelter("s01", "中央公民館", .closed)
        try portal.post("/ja/hq/shelter/s01/run", [("stage", "open")], as: "sato")
        let (_, command) = try portal.command(.runShelter)
        try portal.reply(
            .accept(ShelterChanged(Shelter("s01", title: "中央公民館"), ShelterRun(.open, since: portal.now, by: "shelter-desk-hq"))),
            on: .runShelter)
        return command
    }

    private func life(_ number: Int64, restored: Restored? = nil, of portal: TestPortal) throws {
        var life = Life(.ready, at: portal.now)
        life.audit = AuditHead(number: number, link: String(repeating: "\(number % 10)", count: 64))
        life.restored = restored
        portal.rig.say("nagai/shelter-registry/health/main/life", try life.json())
        try portal.rig.settle()
    }

    private func given(_ portal: TestPortal) -> [String] {
        portal.rig.published.filter { shelters.contains($0.topic) }.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    @Test("A service that says it was put back is given what it lost, under the same id, and once")
    func announced() throws {
        let portal = try TestPortal()
        let copied = portal.now
        try life(1, of: portal)
        try portal.rig.pass(.seconds(120))
        let command = try opened(portal)
        try portal.rig.pass(.seconds(60))
        try life(2, of: portal)
        portal.rig.forgetWhatWasSaid()
        let restored = Restored(at: portal.now, copied: copied)
        try life(1, restored: restored, of: portal)
        #expect(given(portal).count == 1)
        #expect(given(portal).first?.hasPrefix("{\"again\":true,") == true && given(portal).first?.contains("\(command.id)") == true)
        try portal.reply(
            .accept(ShelterChanged(Shelter("s01", title: "中央公民館"), ShelterRun(.open, since: portal.now, by: "shelter-desk-hq"))),
            on: .runShelter)
        portal.rig.forgetWhatWasSaid()
        try portal.rig.pass(.seconds(20))
        try life(2, restored: restored, of: portal)
        #expect(given(portal).isEmpty)
    }

    @Test("A service that works on an older copy without a word is seen by its audit, and given the same")
    func unannounced() throws {
        let portal = try TestPortal()
        try life(1, of: portal)
        _ = try opened(portal)
        try portal.rig.pass(.seconds(15))
        try life(2, of: portal)
        try portal.rig.pass(.seconds(15))
        portal.rig.forgetWhatWasSaid()
        try life(1, of: portal)
        #expect(given(portal).count == 1)
    }

    @Test("A service that does not answer is asked again when it says how it is, and what it never forgot is not given again")
    func silent() throws {
        let portal = try TestPortal()
        try life(1, of: portal)
        _ = try opened(portal)
        try portal.rig.pass(.seconds(15))
        try life(2, of: portal)
        portal.rig.forgetWhatWasSaid()
        try portal.rig.pass(.seconds(15))
        try life(3, of: portal)
        #expect(given(portal).isEmpty)
        try portal.rig.pass(.seconds(15))
        try life(1, of: portal)
        try portal.rig.pass(.seconds(15))
        portal.rig.forgetWhatWasSaid()
        try life(1, of: portal)
        #expect(given(portal).count == 1)
    }
}
