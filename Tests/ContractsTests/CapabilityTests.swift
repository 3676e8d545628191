import Contracts
import Testing

@Suite("Capabilities")
struct CapabilityTests {
    private let commands = Contract.rows.filter { $0.kind == .command && $0.writer.isStation }

    private func writes(_ role: Role, _ instance: Instance, _ capabilities: Set<Capability>?) -> Set<String> {
        let all = Capabilities(capabilities.map { [role.user(instance): $0] } ?? [:])
        let lines = Contract.access(of: role, instance, in: "nagai", all)
        return Set(lines.filter { $0.access == .write && $0.filter.contains("/command/") }.map(\.filter))
    }

    @Test("The broker lets a station give the commands it may and no others; whoever only looks gives none that changes anything")
    func rights() {
        let hall = "nagai/points/command/points-desk-hall/"
        let clerk = writes(.pointsDesk, "hall", [.clerk])
        #expect(clerk.contains(hall + "points-move") && clerk.contains(hall + "points-show") && !clerk.contains(hall + "campaign-open"))
        let approver = writes(.pointsDesk, "hall", [.approve])
        #expect(
            approver.contains(hall + "campaign-decide") && !approver.contains(hall + "campaign-open")
                && !approver.contains(hall + "points-move"))
        for role in Role.allCases where role.isStation && role != .till {
            let auditor = writes(role, "a", [])
            #expect(
                auditor.allSatisfy { filter in filter.contains("/uses/") || Capability.looks.contains { filter.hasSuffix("/\($0)") } },
                "\(role)")
            #expect(writes(role, "a", nil) == writes(role, "a", Set(Capability.allCases)), "\(role)")
        }
        #expect(writes(.operator, "it", [.clerk]).count > 0 && writes(.operator, "it", []).isEmpty)
    }

    @Test("Every command that is named is one, and what only lists, shows or finds is a look")
    func names() {
        let names = Set(commands.map(\.name))
        for look in Capability.looks { #expect(names.contains(look), "\(look)") }
        for row in commands {
            let looks = ["-list", "-show", "-find", "-roster", "-review"].contains { row.name.text.hasSuffix($0) }
            #expect(!looks || Capability.needed(for: row.name) == nil, "\(row.name)")
            #expect(Capability.needed(for: row.name) != [], "nobody could give \(row.name)")
        }
    }

    @Test("Who draws up need not be who agrees")
    func second() {
        #expect(Capability.needed(for: "campaign-decide") == [.lead, .approve])
        #expect(Capability.needed(for: "disaster-agree") == [.approve])
        #expect(Capability.needed(for: "booking-add") == [.clerk])
        #expect(Capability.needed(for: "door-unlock") == [.lead])
    }
}
