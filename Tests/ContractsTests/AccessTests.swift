import Contracts
import ServiceKit
import Testing

@Suite("Who may say what: the ACL made from the contract")
struct AccessTests {
    static let roster = Roster([
        .readerAgent: ["gate-1", "gate-2"], .lockController: ["main"], .residentDirectory: ["main"], .shelterRegistry: ["main"],
        .points: ["main"], .notifier: ["main"], .analytics: ["main"], .lock: ["gym", "hall"], .keypad: ["gym"], .lockDriver: ["main"],
        .desk: ["office"],
        .registrar: ["civil-affairs", "school"], .shelterDesk: ["hq"], .pointsDesk: ["chamber"], .till: ["bakery"],
        .noticeDesk: ["hall"], .home: ["home-1"], .reception: ["main"], .receptionDesk: ["school"],
        .portal: ["main"], .resident: ["page"], .operator: ["audit"],
    ])

    func block(_ role: Role, _ instance: Instance) -> String {
        Contract.access(of: role, instance, in: "nagai").map(\.description).joined(separator: "\n")
    }

    @Test("An agent's rights, line by line")
    func agent() {
        #expect(
            block(.readerAgent, "gate-1") == """
                topic read nagai/analytics/ask/+/reader-agent--gate-1
                topic read nagai/desk/ask/+/reader-agent--gate-1
                topic read nagai/lock-controller/ask/+/reader-agent--gate-1
                topic read nagai/lock-controller/feedback/gate-1/tap
                topic read nagai/notice-desk/ask/+/reader-agent--gate-1
                topic read nagai/notifier/ask/+/reader-agent--gate-1
                topic read nagai/operator/ask/+/reader-agent--gate-1
                topic read nagai/points-desk/ask/+/reader-agent--gate-1
                topic read nagai/points/ask/+/reader-agent--gate-1
                topic read nagai/points/feedback/gate-1/tap
                topic read nagai/portal/ask/+/reader-agent--gate-1
                topic write nagai/reader-agent/ask/gate-1/+
                topic readwrite nagai/reader-agent/ask/gate-1/session-probe
                topic write nagai/reader-agent/batch/gate-1/+
                topic read nagai/reader-agent/command/+/gate-1--charge
                topic read nagai/reader-agent/command/+/gate-1--purpose-set
                topic write nagai/reader-agent/event/gate-1/card-refused
                topic write nagai/reader-agent/event/gate-1/clock-set
                topic write nagai/reader-agent/event/gate-1/lease-hashes
                topic write nagai/reader-agent/event/gate-1/purpose
                topic write nagai/reader-agent/event/gate-1/tap
                topic write nagai/reader-agent/health/gate-1/life
                topic write nagai/reader-agent/journal/gate-1/heads
                topic write nagai/reader-agent/reply/+/gate-1--charge
                topic write nagai/reader-agent/reply/+/gate-1--purpose-set
                topic write nagai/reader-agent/state/gate-1/+
                topic read nagai/reception-desk/ask/+/reader-agent--gate-1
                topic read nagai/reception/ask/+/reader-agent--gate-1
                topic read nagai/reception/feedback/gate-1/tap
                topic read nagai/registrar/ask/+/reader-agent--gate-1
                topic read nagai/resident-directory/ask/+/reader-agent--gate-1
                topic read nagai/shelter-desk/ask/+/reader-agent--gate-1
                topic read nagai/shelter-registry/ask/+/reader-agent--gate-1
                topic read nagai/shelter-registry/batch/+/reader-agent--gate-1
                topic read nagai/shelter-registry/event/+/shelter
                topic read nagai/shelter-registry/feedback/gate-1/tap
                topic read nagai/shelter-registry/journal/+/heads
                topic read nagai/upkeep/command/+/reader-agent--gate-1
                topic write nagai/upkeep/reply/+/reader-agent--gate-1
                topic read nagai/uses/command/+/reader-agent--gate-1
                topic write nagai/uses/reply/+/reader-agent--gate-1
                """)
    }

    @Test("An operator commands nothing but upkeep, which nobody else may command, and who signs in at the portal")
    func upkeep() {
        for (role, instance) in Self.roster.users {
            let commands = Contract.access(of: role, instance, in: "nagai").filter { $0.access != .read }.map(\.filter)
                .filter { $0.contains("/command/") }
            switch role {
            case .operator:
                #expect(
                    commands == ["nagai/portal/command/operator-\(instance)/account-change", "nagai/upkeep/command/operator-\(instance)/+"])
            default: #expect(commands.allSatisfy { !$0.contains("/upkeep/") })
            }
        }
    }

    @Test(
        "Who has used a card is asked by residents' counters and residents alone, in their own name, and answered by those who keep a journal"
    )
    func uses() {
        for (role, instance) in Self.roster.users {
            let lines = Contract.access(of: role, instance, in: "nagai").filter { $0.filter.hasPrefix("nagai/uses/") }.map(\.description)
            switch role {
            case .registrar, .resident:
                let me = role.user(instance)
                #expect(lines == ["topic write nagai/uses/command/\(me)/+", "topic read nagai/uses/reply/\(me)/+"])
            case _ where Contract.producers.contains(role):
                let me = "\(role.program)--\(instance)"
                #expect(lines == ["topic read nagai/uses/command/+/\(me)", "topic write nagai/uses/reply/+/\(me)"])
            default: #expect(lines == [])
            }
        }
    }

    @Test("A lock's rights, line by line")
    func lock() {
        #expect(
            block(.lock, "gym") == """
                topic read nagai/lock-controller/grant/gym/unlock
                topic read nagai/lock-controller/lease/gym/cards
                topic read nagai/lock-controller/lease/gym/changes
                topic read nagai/lock-controller/reply/lock-gym/admission
                topic read nagai/lock-controller/reply/lock-gym/condition
                topic read nagai/lock-controller/reply/lock-gym/outcome
                topic readwrite nagai/lock/ask/gym/session-probe
                topic write nagai/lock/health/gym/life
                topic write nagai/lock/report/gym/admission
                topic write nagai/lock/report/gym/condition
                topic write nagai/lock/report/gym/outcome
                """)
    }

    @Test("A keypad says codes at its own door and hears what became of them, and nothing else")
    func keypad() {
        #expect(
            block(.keypad, "gym") == """
                topic readwrite nagai/keypad/ask/gym/session-probe
                topic write nagai/keypad/health/gym/life
                topic write nagai/keypad/report/gym/code
                topic read nagai/lock-controller/reply/keypad-gym/code
                """)
    }

    @Test("A desk commands under its own name and hears its own answers")
    func desk() {
        let lines = Contract.access(of: .desk, "office", in: "nagai")
        let writes = lines.filter { $0.access != .read }.map(\.filter).filter { $0.contains("/command/") }
        #expect(writes.count == Contract.rows.filter { $0.kind == .command && $0.writer == .desk }.count)
        #expect(writes.allSatisfy { $0.contains("/command/desk-office/") && !$0.contains("/resident-directory/") })
        #expect(
            lines.filter { $0.filter.contains("/reply/") }.allSatisfy { $0.filter.contains("/reply/desk-office/") && $0.access == .read })
        #expect(lines.allSatisfy { $0.access == .read || !isSaying($0.filter) })
    }

    @Test(
        "In the name of a station the portal commands and hears the answers, as far as that station may, and does nothing else that it may")
    func spokenFor() {
        var roster = Self.roster
        roster.spokenFor = ["shelter-desk-hq", "points-desk-chamber"]
        roster.capabilities = Capabilities(["points-desk-chamber": []])
        let lines = Contract.commands(of: roster, in: "nagai").map(\.description)
        #expect(lines.contains("topic write nagai/shelter-registry/command/shelter-desk-hq/stay-put"))
        #expect(lines.contains("topic read nagai/shelter-registry/reply/shelter-desk-hq/stay-put"))
        // Whoever only looks only looks here, too.
        #expect(lines.contains("topic write nagai/points/command/points-desk-chamber/points-show"))
        #expect(!lines.contains("topic write nagai/points/command/points-desk-chamber/points-move"))
        #expect(lines.allSatisfy { $0.contains("/shelter-desk-hq/") || $0.contains("/points-desk-chamber/") })
        #expect(lines.allSatisfy { $0.contains(" write ") && $0.contains("/command/") || $0.contains(" read ") && $0.contains("/reply/") })
        let file = Contract.accessControl(for: "nagai", roster: roster)
        let blocks = file.split(separator: "\nuser ").filter { $0.contains("/command/shelter-desk-hq/stay-put") }
        #expect(blocks.compactMap { $0.split(separator: "\n").first.map(String.init) }.sorted() == ["portal-main", "shelter-desk-hq"])
    }

    @Test("What the broker says of itself operators alone may read")
    func brokerStatus() {
        for (role, instance) in Self.roster.users {
            let lines = Contract.access(of: role, instance, in: "nagai").filter { $0.filter.hasPrefix("$") }.map(\.description)
            #expect(lines == (role == .operator ? ["topic read $SYS/broker/#"] : []))
        }
    }

    private func isSaying(_ filter: String) -> Bool {
        ["event", "grant", "lease", "state", "report"].contains(filter.split(separator: "/")[2])
    }

    @Test("No two users may write one event, state, grant, report, command, life or head; nobody may write what no row gives")
    func oneWriter() {
        let users = Self.roster.users
        func writes(_ user: (role: Role, instance: Instance)) -> [String] {
            Contract.access(of: user.role, user.instance, in: "nagai").filter { $0.access != .read }.map(\.filter)
        }
        for (index, one) in users.enumerated() {
            for other in users[(index + 1)...] {
                for a in writes(one) {
                    for b in writes(other) { #expect(!overlap(a, b), "\(one) and \(other) may both write \(a) and \(b)") }
                }
            }
        }
    }

    /// Whether some topic matches both filters; `#` never stands in ours.
    private func overlap(_ a: String, _ b: String) -> Bool {
        zip(a.split(separator: "/"), b.split(separator: "/")).allSatisfy { (x: Substring, y: Substring) -> Bool in
            x == y || x == "+" || y == "+"
        }
    }

    @Test("The file has one block a user, five segments a topic, neither # nor pattern, and of the broker itself what it says of itself")
    func file() {
        let lines = Contract.accessControl(for: "nagai", roster: Self.roster).split(separator: "\n")
        #expect(
            lines.filter { $0.hasPrefix("user ") }.map { String($0.dropFirst(5)) }
                == Self.roster.users.filter(\.role.connects).map { $0.role.user($0.instance).text })
        for line in lines.dropFirst() where !line.hasPrefix("user ") {
            let words = line.split(separator: " ")
            #expect(words.count == 3 && words[0] == "topic" && ["read", "write", "readwrite"].contains(words[1]), "\(line)")
            if words[2].hasPrefix("$") {
                #expect(line == "topic read $SYS/broker/#")
                continue
            }
            #expect(
                words[2].split(separator: "/", omittingEmptySubsequences: false).count == 5 && !words[2].contains("#")
                    && !words[2].contains("%"), "\(line)")
            #expect(words[2].hasPrefix("nagai/"))
        }
    }

    @Test("Users of different kinds never share a name")
    func users() {
        let names = Role.allCases.flatMap { role in ["main", "gate-1", "controller-main"].map { role.user($0).text } }
        // `lock` + `controller-main` is what lock-controller's user is called: a town must not name a lock so.
        #expect(Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys.sorted() == ["lock-controller-main"])
    }

    @Test("Replay rights are reading rights")
    func replay() throws {
        let tap = try #require(Topic("nagai/reader-agent/event/gate-1/tap"))
        let refused = try #require(Topic("nagai/reader-agent/event/gate-1/card-refused"))
        #expect(Contract.mayRead(tap, as: "lock-controller"))
        #expect(!Contract.mayRead(refused, as: "lock-controller"))
        #expect(!Contract.mayRead(tap, as: "lock"))
        #expect(!Contract.mayRead(tap, as: "reader-agent"))
    }

    @Test("The contract's fingerprint names its rows: whoever changes a row changes this line too")
    func fingerprint() { #expect(Contract.fingerprint == "74fcc5b9313d14e1") }
}
