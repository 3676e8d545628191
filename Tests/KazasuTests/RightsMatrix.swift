import Contracts

/// A topic of a town, with who may write it and who may read it. The rules stand here a second time, made from who writes and who reads a row and from
/// nothing else, so that a mistake in the code that writes the ACL is seen.
struct RightsMatrix {
    struct Member: Hashable {
        let role: Role
        let instance: Instance

        init(_ role: Role, _ instance: Instance) { (self.role, self.instance) = (role, instance) }

        var user: UserID { role.user(instance) }
        var address: String { "\(role.program)--\(instance)" }
    }

    struct Row {
        let topic: String
        var writers: Set<Member>
        var readers: Set<Member>
    }

    let members: [Member]
    private let spokenFor: [UserID]
    private var places: [String: Row] = [:]
    var rows: [Row] { places.values.sorted { $0.topic < $1.topic } }

    init(_ roster: Contracts.Roster) {
        members = roster.users.map { Member($0.role, $0.instance) }
        spokenFor = roster.spokenFor
        for row in Contract.rows { add(row) }
        addGrants()
        addLives()
        addJournals()
        addUpkeep()
    }

    /// Who may command in a name: whoever has it, and the portal where that person has an account there.
    private func speakers(for member: Member) -> Set<Member> {
        spokenFor.contains(member.user) ? all([.portal]).union(member.role.connects ? [member] : []) : [member]
    }

    private func all(_ roles: [Role]) -> Set<Member> { Set(members.filter { roles.contains($0.role) }) }

    private mutating func add(
        _ owner: Program, _ kind: TopicClass, _ entity: String, _ name: String, _ writers: Set<Member>, _ readers: Set<Member>
    ) {
        let topic = "nagai/\(owner)/\(kind.rawValue)/\(entity)/\(name)"
        places[topic, default: Row(topic: topic, writers: [], readers: [])].writers.formUnion(writers)
        places[topic, default: Row(topic: topic, writers: [], readers: [])].readers.formUnion(readers)
    }

    private mutating func add(_ row: ContractRow) {
        let (writers, readers, name) = (all([row.writer]), all(row.readers), row.name.text)
        switch row.kind {
        case .event:
            // What one process has done, it alone says.
            for writer in writers { add(row.owner, .event, writer.instance.text, name, [writer], readers) }
        case .state where row.namesInstance:
            for writer in writers { add(row.owner, .state, writer.instance.text, "in--\(name)", [writer], readers) }
        case .state, .feedback:
            // Its fourth segment is a thing. Where the thing is a reader's machine or a home, nobody listens for another's.
            for thing in ["gate-1", "gate-2", "home-1", "home-2"] {
                let theirs = readers.filter { ![.readerAgent, .home].contains($0.role) || $0.instance.text == thing }
                add(row.owner, row.kind, thing, name, writers, theirs)
            }
        case .command:
            // In one's own name, and to the one it is for. Nobody writes where another kind of station would. A command that names its agent does so in a part of
            // a segment, which no right can name: who commands agents at all may write each of their commands, and the agent has to look who asks.
            let authors = row.namesInstance ? Contract.rows.filter { $0.namesInstance && $0.kind == .command }.map(\.writer) : [row.writer]
            for asker in all(authors + [row.writer == .registrar ? .desk : .registrar]) {
                let author = authors.contains(asker.role) ? speakers(for: asker) : []
                let reader = readers.first { $0.instance == "gate-1" }
                let (last, heard) = row.namesInstance ? ("gate-1--\(name)", Set(reader.map { [$0] } ?? [])) : (name, readers)
                add(row.owner, .command, asker.user.text, last, author, heard)
                add(row.owner, .reply, asker.user.text, last, heard, author)
            }
        case .report:
            for writer in writers {
                add(row.owner, .report, writer.instance.text, name, [writer], readers)
                for program in Set(row.readers.map(\.program)) {
                    add(program, .reply, writer.user.text, name, readers.filter { $0.role.program == program }, [writer])
                }
            }
        case .reply, .grant, .lease, .health, .journal, .ask, .batch: break
        }
    }

    /// What opens a door comes from the controller and reaches that door's lock alone.
    private mutating func addGrants() {
        for lock in all([.lock]) {
            add("lock-controller", .grant, lock.instance.text, Grant.topicName.text, all([.lockController]), [lock])
            for part in Lease.Part.allCases {
                add("lock-controller", .lease, lock.instance.text, part.topicName.text, all([.lockController]), [lock])
            }
        }
    }

    private mutating func addLives() {
        for member in members where member.role.hasLife {
            let readers = members.filter { Contract.livesRead(by: $0.role).contains(member.role) }
            add(member.role.program, .health, member.instance.text, "life", [member], Set(readers))
        }
        for member in members where member.role.connects {
            add(member.role.program, .ask, member.instance.text, "session-probe", [member], [member])
        }
    }

    /// A producer's heads are for those who read one of its events; they ask it in their own name, and it answers each alone.
    private mutating func addJournals() {
        let events = Contract.rows.filter { $0.kind == .event }
        for producer in members where events.contains(where: { $0.writer == producer.role }) {
            let consumers = members.filter { one in events.contains { $0.writer == producer.role && $0.readers.contains(one.role) } }
            add(producer.role.program, .journal, producer.instance.text, "heads", [producer], Set(consumers))
            for consumer in consumers {
                add(consumer.role.program, .ask, consumer.instance.text, producer.address, [consumer], [producer])
                add(producer.role.program, .batch, producer.instance.text, consumer.address, [producer], [consumer])
            }
        }
    }

    private mutating func addUpkeep() {
        let producers = members.filter { one in Contract.rows.contains { $0.kind == .event && $0.writer == one.role } }
        for (owner, role) in [("upkeep", Role.operator), ("uses", .registrar), ("uses", .resident)] as [(Program, Role)] {
            for asker in all([role, .desk]) {
                for producer in producers {
                    let author = asker.role == role ? speakers(for: asker) : []
                    add(owner, .command, asker.user.text, producer.address, author, [producer])
                    add(owner, .reply, asker.user.text, producer.address, [producer], author)
                }
            }
        }
    }

    /// Where nobody of the town may speak, though who listens to all agents would listen.
    static let unowned = [
        "nagai/reader-agent/event//tap", "nagai/reader-agent/event/desk-office/tap", "nagai/reader-agent/event/gate-9/tap",
    ]

    /// Where nobody of the town has anything to say or to hear.
    static let strange = [
        "nagai", "nagai/reader-agent/event/gate-1", "nagai/reader-agent/event/gate-1/tap/more", "nagai/reader-agent/event/gate-1/nothing",
        "hanai/reader-agent/event/gate-1/tap", "/nagai/reader-agent/event/gate-1/tap",
        "nagai/lock-controller/grant/nowhere/other", "homeassistant/lock/gym/config", "かざす",
    ]
}
