import Contracts
import ServiceKit
import Testing

@Suite("What crosses between a site and its town")
struct CrossingTests {
    static let site = Premises("school-gym", agents: ["gate-2": ["reader-1"]], doors: ["gym"])
    static let roster = Roster([
        .readerAgent: ["gate-1", "gate-2"], .lockController: ["main", "pool", "school-gym"], .residentDirectory: ["main"],
        .lock: ["gym", "hall"], .desk: ["office"], .registrar: ["civil"], .operator: ["audit"],
    ])
    static let crossing = Contract.crossing(of: site, in: "nagai", roster: roster)

    /// Those of some words, sorted, without the town.
    private func topics(_ topics: Set<String>, _ words: String...) -> [String] {
        topics.filter { topic in words.allSatisfy { topic.contains($0) } }.map { String($0.dropFirst(6)) }.sorted()
    }

    @Test("Facts, signs of life and states go out; the rights, and what doors know of people, come in")
    func ways() {
        #expect(
            topics(Self.crossing.out, "/event/") == [
                "lock-controller/event/school-gym/alarm-taken", "lock-controller/event/school-gym/audit-line",
                "lock-controller/event/school-gym/booking", "lock-controller/event/school-gym/booking-code",
                "lock-controller/event/school-gym/booking-view",
                "lock-controller/event/school-gym/disaster", "lock-controller/event/school-gym/door-admission",
                "lock-controller/event/school-gym/door-alarm", "lock-controller/event/school-gym/door-decision",
                "lock-controller/event/school-gym/door-exception", "lock-controller/event/school-gym/door-life",
                "lock-controller/event/school-gym/door-order", "lock-controller/event/school-gym/door-outcome",
                "lock-controller/event/school-gym/group", "lock-controller/event/school-gym/group-view",
                "lock-controller/event/school-gym/locker-item",
                "lock-controller/event/school-gym/passback-forgiven", "lock-controller/event/school-gym/unlock-asked",
                "reader-agent/event/gate-2/card-refused", "reader-agent/event/gate-2/clock-set", "reader-agent/event/gate-2/purpose",
                "reader-agent/event/gate-2/tap",
            ])
        #expect(
            topics(Self.crossing.in, "/event/") == [
                "lock-controller/event/main/alarm-taken", "lock-controller/event/main/audit-line",
                "lock-controller/event/main/booking-view", "lock-controller/event/main/disaster",
                "lock-controller/event/main/door-exception", "lock-controller/event/main/group-view",
                "lock-controller/event/main/unlock-asked",
                "resident-directory/event/main/lock-view",
            ])
        #expect(
            topics(Self.crossing.out, "/health/")
                == ["lock-controller/health/school-gym/life", "lock/health/gym/life", "reader-agent/health/gate-2/life"])
        #expect(topics(Self.crossing.in, "/health/") == ["lock-controller/health/main/life"])
        #expect(
            topics(Self.crossing.out, "/state/") == [
                "lock-controller/state/gym/disasters", "lock-controller/state/gym/door", "lock-controller/state/gym/lease",
                "reader-agent/state/gate-2/reader-1--reader",
            ])
        #expect(topics(Self.crossing.in, "/state/") == [])
    }

    @Test("What the line has lost is asked for across it, and answered")
    func journals() {
        #expect(
            topics(Self.crossing.out, "/ask/")
                == ["lock-controller/ask/school-gym/lock-controller--main", "lock-controller/ask/school-gym/resident-directory--main"])
        #expect(
            topics(Self.crossing.in, "/batch/")
                == ["lock-controller/batch/main/lock-controller--school-gym", "resident-directory/batch/main/lock-controller--school-gym"])
        #expect(topics(Self.crossing.in, "/journal/") == ["lock-controller/journal/main/heads", "resident-directory/journal/main/heads"])
        #expect(
            topics(Self.crossing.in, "/ask/", "reader-agent--gate-2") == [
                "desk/ask/office/reader-agent--gate-2", "operator/ask/audit/reader-agent--gate-2",
                "registrar/ask/civil/reader-agent--gate-2",
                "resident-directory/ask/main/reader-agent--gate-2",
            ])
        #expect(
            topics(Self.crossing.out, "/batch/", "resident-directory") == ["reader-agent/batch/gate-2/resident-directory--main"])
    }

    @Test("Orders to locks, lamps and locks' reports stay at the site, and no command that the town's controller obeys comes in")
    func local() {
        let all = Self.crossing.out.union(Self.crossing.in)
        #expect(all.allSatisfy { topic in !["/grant/", "/feedback/", "/report/"].contains { topic.contains($0) } })
        #expect(
            topics(Self.crossing.in, "/command/") == [
                "reader-agent/command/desk-office/gate-2--purpose-set", "upkeep/command/operator-audit/lock-controller--school-gym",
                "upkeep/command/operator-audit/reader-agent--gate-2", "uses/command/registrar-civil/lock-controller--school-gym",
                "uses/command/registrar-civil/reader-agent--gate-2",
            ])
        #expect(all.allSatisfy { !$0.contains("pool") && !$0.contains("gate-1") && !$0.contains("hall") })
    }

    @Test("That a shelter was opened comes in, for the site's doors and readers, and so does the word to whoever held a card there")
    func shelters() {
        var roster = Self.roster
        roster.instances[.shelterRegistry] = ["main"]
        let crossing = Contract.crossing(of: Self.site, in: "nagai", roster: roster)
        #expect(
            topics(crossing.in.subtracting(Self.crossing.in), "shelter-registry").filter { !$0.contains("reader-agent--gate-2") } == [
                "shelter-registry/batch/main/lock-controller--school-gym", "shelter-registry/event/main/shelter",
                "shelter-registry/feedback/gate-2/tap", "shelter-registry/journal/main/heads",
            ])
        #expect(
            topics(crossing.out, "/ask/", "shelter-registry--main")
                == ["lock-controller/ask/school-gym/shelter-registry--main", "reader-agent/ask/gate-2/shelter-registry--main"])
        #expect(crossing.out.isDisjoint(with: crossing.in))
    }

    @Test("A topic crosses in one direction, and its line may do at either broker what crosses, and nothing else")
    func oneDirection() {
        #expect(Self.crossing.out.isDisjoint(with: Self.crossing.in))
        #expect(Self.crossing.out.union(Self.crossing.in).allSatisfy { !$0.contains("+") && !$0.contains("#") && Topic($0) != nil })
        #expect(Self.crossing.farAccess.count == Self.crossing.out.count + Self.crossing.in.count)
        #expect(Self.crossing.nearAccess.map(\.filter) == Self.crossing.farAccess.map(\.filter))
        #expect(zip(Self.crossing.nearAccess, Self.crossing.farAccess).allSatisfy { $0.access != $1.access })
        let file = Contract.accessControl(for: "nagai", roster: Self.roster, lines: [(Self.site.line, Self.crossing.farAccess)])
        let block = file.components(after: "user site-school-gym\n")
        #expect(block == Self.crossing.farAccess.map(\.description))
    }

    @Test("Who has stolen a station can write nothing at the town's broker that another user writes")
    func thief() {
        let written = Self.crossing.farAccess.filter { $0.access == .write }.map(\.filter)
        for (role, instance) in Self.roster.users where !Self.site.holds(role, instance) {
            for line in Contract.access(of: role, instance, in: "nagai") where line.access != .read {
                // States are written by whichever controller decides for the door, and answers to whoever asked.
                guard !line.filter.contains("/state/"), !line.filter.contains("/reply/") else { continue }
                #expect(written.allSatisfy { !topicMatches($0, line.filter) }, "\(role) \(instance) \(line)")
            }
        }
    }

    private func topicMatches(_ topic: String, _ filter: String) -> Bool {
        zip(topic.split(separator: "/"), filter.split(separator: "/")).allSatisfy { $1 == "+" || $0 == $1 }
    }
}

extension String {
    /// The lines behind a heading.
    fileprivate func components(after heading: String) -> [String] {
        let lines = split(separator: "\n").map(String.init)
        return Array(lines.drop { $0 + "\n" != heading }.dropFirst())
    }
}
