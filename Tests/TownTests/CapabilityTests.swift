import Contracts
import Testing

@testable import Town

@Suite("Who may do what")
struct CapabilityTests {
    private func town(_ capabilities: String) throws -> Town {
        let text = """
            town: nagai
            agents: { hall: { readers: { reader-1: { device: "ACS", place: hall, purpose: visit } } } }
            desks: [office]
            registrars: [civil, lead]
            operators: [it]
            capabilities: \(capabilities)
            """
        return try Town.read(Array(text.utf8), path: "town.yaml")
    }

    @Test("A station has what the file gives it, and one of which it says nothing all that its role may")
    func given() throws {
        let capabilities = try town("{ registrar-civil: [clerk], operator-it: [] }").capabilities
        #expect(capabilities.users == ["registrar-civil": [.clerk], "operator-it": []])
        #expect(capabilities.allow("person-put", by: "registrar-civil") && capabilities.allow("person-show", by: "registrar-civil"))
        #expect(!capabilities.allow("person-erase", by: "registrar-civil") && capabilities.allow("person-erase", by: "registrar-lead"))
        #expect(!capabilities.has(.approve, "registrar-civil") && capabilities.has(.approve, "registrar-lead"))
    }

    @Test("A station that is not there, or a word that is none, is a mistake that names what there is")
    func mistakes() {
        #expect(throws: TownError.self) { try town("{ registrar-cvil: [clerk] }") }
        #expect(throws: TownError.self) { try town("{ registrar-civil: [boss] }") }
    }

    @Test("Where nobody may approve what another one draws up, somebody is warned")
    func nobody() throws {
        #expect(try town("{ registrar-civil: [clerk, lead], registrar-lead: [clerk] }").warnings.contains { "\($0)".contains("approve") })
        #expect(
            try town("{ registrar-civil: [clerk, lead], registrar-lead: [approve] }").warnings.allSatisfy { !"\($0)".contains("approve") })
    }
}
