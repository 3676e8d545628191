import Contracts
import Testing

@Suite("Who may see people: the ACL around the resident directory")
struct PeopleAccessTests {
    /// Written down again, so that a row with one reader more is noticed.
    static let views: [(name: TopicName, reader: Role)] = [
        ("lock-view", .lockController), ("shelter-view", .shelterRegistry), ("points-view", .points), ("notice-view", .notifier),
        ("visit-view", .analytics), ("reception-view", .reception),
    ]
    static let commands = [
        "card-link", "card-mark", "card-replace", "consent-set", "list-decide", "list-open", "list-review", "list-rows", "members-change",
        "person-erase", "person-find", "person-merge", "person-put", "person-show", "relate", "ruling-undo", "tell-again",
        "token-key-retire",
    ]
    /// What residents ask of the directory, the ledger and the notifier at their own page.
    static let own: [(owner: Program, words: [String])] = [
        ("resident-directory", ["card-number", "own-consent", "own-enter", "own-reach", "own-show"]), ("points", ["own-points"]),
        ("shelter-registry", ["own-shelter"]),
        (
            "notifier",
            ["let-in", "own-absence", "own-line", "own-line-found", "own-notices", "own-prove", "own-reach-told", "own-subscribe"]
        ),
    ]
    let users = AccessTests.roster.users

    /// The users of a whole town that may do something with a topic.
    private func users(who accesses: [AccessLine.Access], _ topic: String) -> [UserID] {
        users.filter { role, instance in
            Contract.access(of: role, instance, in: "nagai").contains { accesses.contains($0.access) && matches($0.filter, topic) }
        }.map { $0.role.user($0.instance) }
    }

    private func readers(of topic: String) -> [UserID] { users(who: [.read, .readwrite], topic) }
    private func writers(of topic: String) -> [UserID] { users(who: [.write, .readwrite], topic) }

    private func matches(_ filter: String, _ topic: String) -> Bool {
        let (levels, names) = (filter.split(separator: "/"), topic.split(separator: "/"))
        return levels.count == names.count && zip(levels, names).allSatisfy { $0 == "+" || $0 == $1 }
    }

    @Test("What a service is told of people is read by that service alone, live or again", arguments: views.indices)
    func oneReader(_ index: Int) throws {
        let (name, role) = Self.views[index]
        let topic = try #require(Topic("nagai/resident-directory/event/main/\(name)"))
        #expect(readers(of: topic.description) == [role.user("main")])
        #expect(Role.allCases.filter { Contract.mayRead(topic, as: $0.program) } == [role])
        #expect(readers(of: "nagai/resident-directory/batch/main/\(role.program)--main") == [role.user("main")])
        #expect(writers(of: topic.description) == ["resident-directory-main"])
    }

    @Test("Every keyed stream of the directory is such a view")
    func all() {
        let keyed = Contract.rows.filter { $0.owner == "resident-directory" && $0.isKeyed }
        #expect(keyed.map(\.name) == Self.views.map(\.name))
    }

    @Test("Rulings about people, which name nobody, are read by operators, live or again")
    func rulings() throws {
        let topic = try #require(Topic("nagai/resident-directory/event/main/person"))
        #expect(readers(of: topic.description) == ["operator-audit"])
        #expect(Role.allCases.filter { Contract.mayRead(topic, as: $0.program) } == [.operator])
    }

    @Test("A registrar alone commands the directory under that name, and alone with it reads the command and the answer")
    func registrars() {
        for user in users.map({ $0.role.user($0.instance) }) {
            let isRegistrar = user.text.hasPrefix("registrar-")
            for word in Self.commands {
                let command = "nagai/resident-directory/command/\(user)/\(word)"
                #expect(writers(of: command) == (isRegistrar ? [user] : []), "\(command)")
                #expect(readers(of: command) == ["resident-directory-main"], "\(command)")
                let answer = "nagai/resident-directory/reply/\(user)/\(word)"
                #expect(readers(of: answer) == (isRegistrar ? [user] : []), "\(answer)")
                #expect(writers(of: answer) == ["resident-directory-main"], "\(answer)")
            }
        }
        #expect(
            Contract.rows.filter { $0.owner == "resident-directory" && $0.kind == .command }.map(\.name.text).sorted()
                == (Self.commands + Self.own[0].words).sorted())
    }

    @Test("Residents ask what is theirs and nothing else, and whoever they are, the portal alone speaks for them")
    func residents() {
        for (owner, words) in Self.own {
            let rows = Contract.rows.filter { $0.owner == owner && $0.writer == .resident }
            #expect(rows.map(\.name.text).sorted() == words && rows.allSatisfy { $0.kind == .command })
            for word in words {
                #expect(writers(of: "nagai/\(owner)/command/resident-page/\(word)") == ["resident-page"])
                #expect(readers(of: "nagai/\(owner)/command/resident-page/\(word)") == [UserID("\(owner)-main")])
            }
        }
        #expect(Contract.rows.filter { $0.writer == .resident }.count == Self.own.map(\.words.count).reduce(0, +))
        #expect(Contract.rows.allSatisfy { !$0.readers.contains(.resident) })
        var roster = AccessTests.roster
        roster.spokenFor = ["resident-page"]
        let file = Contract.accessControl(for: "nagai", roster: roster)
        let blocks = file.split(separator: "\nuser ").filter { $0.contains("/command/resident-page/") }
        #expect(blocks.compactMap { $0.split(separator: "\n").first.map(String.init) } == ["portal-main"])
    }

    @Test("A registrar's rights, line by line")
    func school() {
        let ends = Self.commands.map { "topic write nagai/resident-directory/command/registrar-school/\($0)" }
        let answers = Self.commands.map { "topic read nagai/resident-directory/reply/registrar-school/\($0)" }
        let lives = [
            "analytics", "keypad", "lock", "lock-controller", "lock-driver", "notifier", "points", "portal", "reader-agent", "reception",
            "resident-directory", "shelter-registry",
        ]
        let others = [
            "topic read nagai/reader-agent/batch/+/registrar--school", "topic read nagai/reader-agent/event/+/tap",
            "topic read nagai/reader-agent/journal/+/heads", "topic read nagai/reader-agent/state/+/+",
            "topic readwrite nagai/registrar/ask/school/session-probe", "topic write nagai/registrar/ask/school/+",
            "topic write nagai/uses/command/registrar-school/+", "topic read nagai/uses/reply/registrar-school/+",
        ]
        let lines = Contract.access(of: .registrar, "school", in: "nagai").map(\.description)
        #expect(lines.sorted() == (ends + answers + others + lives.map { "topic read nagai/\($0)/health/+/life" }).sorted())
    }

    @Test("Points are moved by points desks, payments of a shop are touched by tills, and nobody else commands the ledger")
    func points() {
        let tills = ["payment-change", "payment-list"]
        let desks = [
            "campaign-decide", "campaign-lines", "campaign-list", "campaign-open", "campaign-review", "points-confirm", "points-exchange",
            "points-give", "points-history", "points-move", "points-reverse", "points-show", "points-try", "points-verify", "run-end",
            "settlement-close", "settlement-list", "settlement-show",
        ]
        for user in users.map({ $0.role.user($0.instance) }) {
            for word in tills + desks {
                let may = user == (tills.contains(word) ? "till-bakery" : "points-desk-chamber")
                #expect(writers(of: "nagai/points/command/\(user)/\(word)") == (may ? [user] : []), "\(user) \(word)")
                #expect(readers(of: "nagai/points/reply/\(user)/\(word)") == (may ? [user] : []), "\(user) \(word)")
            }
        }
        #expect(
            Contract.rows.filter { $0.owner == "points" && $0.kind == .command }.map(\.name.text).sorted()
                == (tills + desks + Self.own[1].words).sorted())
        // What a shop takes is its own affair, and so is who buys there.
        #expect(readers(of: "nagai/points/event/main/payment") == ["operator-audit", "points-desk-chamber"])
        #expect(readers(of: "nagai/points/event/main/transfer") == ["operator-audit", "points-desk-chamber"])
        #expect(readers(of: "nagai/points/event/main/ride").allSatisfy { !$0.text.hasPrefix("till-") })
    }

    @Test("Receptions are commanded by reception desks, who alone read the answers with names; statistics read numbers alone")
    func receptions() {
        let words = [
            "reception-accept", "reception-attendance", "reception-decide", "reception-find", "reception-hand-over", "reception-list",
            "reception-paper-count", "reception-reverse", "reception-rows", "reception-settle", "tell-again",
        ]
        for user in users.map({ $0.role.user($0.instance) }) {
            for word in words {
                let may = user == "reception-desk-school"
                #expect(writers(of: "nagai/reception/command/\(user)/\(word)") == (may ? [user] : []), "\(user) \(word)")
                #expect(readers(of: "nagai/reception/reply/\(user)/\(word)") == (may ? [user] : []), "\(user) \(word)")
            }
        }
        #expect(Contract.rows.filter { $0.owner == "reception" && $0.kind == .command }.map(\.name.text).sorted() == words)
        for event in ["reception", "reception-reversal", "reception-conflict"] {
            #expect(readers(of: "nagai/reception/event/main/\(event)").sorted() == ["operator-audit", "reception-desk-school"], "\(event)")
        }
        // Sites and the town tell each other what they have done.
        for event in ["reception-ruling", "reception-paper"] {
            let found = readers(of: "nagai/reception/event/main/\(event)").sorted()
            #expect(found == ["operator-audit", "reception-desk-school", "reception-main"], "\(event)")
        }
        // The lists, with names.
        for view in ["stage-view", "expected-view", "received-view"] {
            #expect(readers(of: "nagai/reception/event/main/\(view)") == ["reception-main"], "\(view)")
        }
        let counts = readers(of: "nagai/reception/state/ballot-2027/reception-count").sorted()
        #expect(counts == ["analytics-main", "desk-office", "operator-audit", "portal-main", "reception-desk-school"])
    }
}
