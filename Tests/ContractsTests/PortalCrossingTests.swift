import Contracts
import Harness
import Testing

@Suite("What crosses for the pages of a site")
struct PortalCrossingTests {
    static let site = Premises(
        "west", agents: ["west-1": ["reader-1"]], doors: ["gym"], shelterDesks: ["west-desk"], receptionDesks: ["west-table"])

    /// A town with everything, and sites; the pages of `west` among them, or not.
    private static func roster(_ random: inout Seeded, pages: Bool) -> Roster {
        func some(_ names: Instance...) -> [Instance] { names.filter { $0 == "main" || random.next() % 3 > 0 } }
        return Roster([
            .readerAgent: ["gate-1", "west-1"], .lockController: some("main", "west", "east"), .lock: ["gym", "hall"],
            .residentDirectory: ["main"],
            .shelterRegistry: ["main", "west"] + some("east"), .points: some("main"), .notifier: some("main"), .analytics: ["main"],
            .reception: ["main", "west"] + some("east"), .desk: some("office"), .registrar: some("civil"), .resident: some("page"),
            .shelterDesk: ["headquarters", "west-desk"], .receptionDesk: ["hall-table", "west-table"], .noticeDesk: some("hall"),
            .operator: some("audit"), .portal: ["main"] + (pages ? ["west"] : some("east")),
        ])
    }

    @Test(
        "Of other places come the public facts of shelters, asked for in the pages' own name; nothing of residents, of cards, of commands or of states is added",
        arguments: 0..<50)
    func added(seed: UInt64) {
        var (random, again) = (Seeded(seed), Seeded(seed))
        let with = Contract.crossing(of: Self.site, in: "nagai", roster: Self.roster(&random, pages: true))
        let without = Contract.crossing(of: Self.site, in: "nagai", roster: Self.roster(&again, pages: false))
        let (out, come) = (with.out.subtracting(without.out), with.in.subtracting(without.in))
        #expect(with.out.isDisjoint(with: with.in))
        for topic in come.compactMap({ Topic($0) }) {
            let isQuestionToIt = [.ask, .command].contains(topic.kind) && topic.name.text.hasSuffix("portal--west")
            let isAnswerToIt = topic.kind == .batch && topic.owner == "shelter-registry" && topic.name == "portal--west"
            #expect(isQuestionToIt || isAnswerToIt, "\(topic) comes in")
            #expect(topic.kind != .command || ["upkeep", "uses"].contains(topic.owner.text), "\(topic) is commanded from elsewhere")
        }
        #expect(
            come.contains("nagai/shelter-registry/batch/main/portal--west") && out.contains("nagai/portal/ask/west/shelter-registry--main"))
        for topic in out.compactMap({ Topic($0) }) {
            let isItsOwn = topic.owner == "portal" && topic.entity == "west"
            let isItsReply = topic.kind == .reply && topic.name == "portal--west"
            #expect(isItsOwn || isItsReply, "\(topic) goes out")
            #expect(topic.kind != .ask || topic.name.text.hasPrefix("shelter-registry--"), "\(topic) asks for more than shelters")
        }
        // What a registry may answer it is what the contract lets pages read.
        let read = Contract.rows.filter { $0.kind == .event && $0.owner == "shelter-registry" && $0.readers.contains(.portal) }
        #expect(read.map(\.name) == ["shelter", "supplies"])
    }

    @Test("Who looked at people's data at the site is told to the town's operators, as far as they may look")
    func looks() {
        var random = Seeded(1)
        var roster = Self.roster(&random, pages: true)
        roster.instances[.operator] = ["audit"]
        let crossing = Contract.crossing(of: Self.site, in: "nagai", roster: roster)
        #expect(crossing.out.contains("nagai/portal/event/west/look") && crossing.out.contains("nagai/portal/health/west/life"))
        #expect(
            crossing.in.contains("nagai/operator/ask/audit/portal--west")
                && crossing.out.contains("nagai/portal/batch/west/operator--audit"))
        #expect(crossing.in.union(crossing.out).allSatisfy { !$0.contains("account-change") })
    }

    @Test("At the site's broker its pages command as the stations there alone; at the town's broker nobody does")
    func rights() {
        var random = Seeded(2)
        var roster = Self.roster(&random, pages: true)
        roster.spokenFor = ["shelter-desk-headquarters", "shelter-desk-west-desk", "reception-desk-west-table"]
        func commands(_ roster: Roster) -> Set<String> {
            Set(
                Contract.commands(of: roster, in: "nagai").filter { $0.access == .write }.map { String($0.filter.split(separator: "/")[3]) }
            )
        }
        var (here, there) = (roster, roster)
        (here.instances[.shelterDesk], here.instances[.receptionDesk]) = (["west-desk"], ["west-table"])
        (there.instances[.shelterDesk], there.instances[.receptionDesk]) = (["headquarters"], ["hall-table"])
        #expect(commands(here) == ["shelter-desk-west-desk", "reception-desk-west-table"])
        #expect(commands(there) == ["shelter-desk-headquarters"])
    }
}
