/// A part of the town with a broker of its own, joined to the town's by a line.
package struct Premises: Sendable {
    package let name: Instance
    /// Agents that are there, each with its readers.
    package let agents: [Instance: [Instance]]
    package let doors: [Instance]
    /// Receptions of shelters. A site that has one is an island: it has a shelter-registry of its own, which goes on when the line is cut.
    package let shelterDesks: [Instance]
    /// Clerks at reception tables. A site that has one has a reception of its own, which goes on when the line is cut.
    package let receptionDesks: [Instance]

    package init(
        _ name: Instance, agents: [Instance: [Instance]], doors: [Instance], shelterDesks: [Instance] = [], receptionDesks: [Instance] = []
    ) {
        (self.name, self.agents, self.doors) = (name, agents, doors)
        (self.shelterDesks, self.receptionDesks) = (shelterDesks, receptionDesks)
    }

    /// The user who carries between the site's broker and the town's, and has a name at both.
    package var line: UserID { UserID("site-\(name)") ?? "site" }

    package func holds(_ role: Role, _ instance: Instance) -> Bool {
        switch role {
        case .readerAgent: agents[instance] != nil
        case .lock: doors.contains(instance)
        case .lockController, .shelterRegistry, .reception, .portal: instance == name
        case .shelterDesk: shelterDesks.contains(instance)
        case .receptionDesk: receptionDesks.contains(instance)
        default: false
        }
    }
}

/// What passes over the line of a site, topic by topic.
package struct Crossing: Sendable, Equatable {
    /// From the site to the town.
    package var out: Set<String> = []
    /// From the town to the site.
    package var `in`: Set<String> = []

    package init() {}
}

extension Contract {
    /// What crosses between a site and the rest of the town. A topic has one writer, so it crosses in one direction, away from where that writer is;
    /// it crosses where somebody on the other side may read it. No wildcards.
    /// - Parameter roster: everybody of the town, those of the site among them.
    package static func crossing(of site: Premises, in town: TownID, roster: Roster) -> Crossing {
        var crossing = Crossing()
        let there = roster.users.filter { site.holds($0.role, $0.instance) }
        let elsewhere = roster.users.filter { !site.holds($0.role, $0.instance) }
        for one in there {
            for other in elsewhere {
                if listens(other, to: one, at: site) {
                    crossing.out.formUnion(said(by: one, to: other, at: site, in: town))
                    crossing.in.formUnion(asked(by: other, of: one, in: town))
                }
                if listens(one, to: other, at: site) {
                    crossing.in.formUnion(said(by: other, to: one, at: site, in: town))
                    crossing.out.formUnion(asked(by: one, of: other, in: town))
                }
            }
        }
        return crossing
    }

    private typealias User = (role: Role, instance: Instance)

    /// Agents, locks and their controller speak among themselves. Only controllers hear of other places: the town's own one of each site, and each site of
    /// the town's own one, which gives the rights. Of shelters the registries speak with each other, each with the agents of its own place; who sits at
    /// an island hears what its registry knows. Receptions of sites speak with the town's one alone, as do those who sit there with theirs; readers of
    /// all places are heard by the town's one too, which decides some receptions alone. A site's pages show what the services there say; of other places
    /// they show which shelters there are, which their registries say.
    private static func listens(_ reader: User, to writer: User, at site: Premises) -> Bool {
        if [.shelterDesk, .receptionDesk].contains(reader.role), site.holds(reader.role, reader.instance) { return false }
        if reader.role == .portal, site.holds(reader.role, reader.instance) { return writer.role == .shelterRegistry }
        let (one, other) = reader.role == .reception ? (reader, writer) : (writer, reader)
        if one.role == .reception, other.role == .readerAgent { return one.instance == .main }
        if one.role == .reception, other.role == .reception { return one.instance == .main || other.instance == .main }
        // Cards at an island are its own registry's, and so are its readers.
        let (registry, agent) = reader.role == .shelterRegistry ? (reader, writer) : (writer, reader)
        if registry.role == .shelterRegistry, agent.role == .readerAgent { return site.shelterDesks.isEmpty && registry.instance == .main }
        let ofDoors: [Role] = [.readerAgent, .lock, .lockController]
        guard ofDoors.contains(reader.role), ofDoors.contains(writer.role) else { return true }
        return reader.role == .lockController && writer.role == .lockController && (writer.instance == .main || reader.instance == .main)
    }

    /// Everything one user says that another may read, questions apart.
    private static func said(by writer: User, to reader: User, at site: Premises, in town: TownID) -> Set<String> {
        let (me, you) = (Address(writer.role.program, writer.instance), Address(reader.role.program, reader.instance))
        var topics: Set<String> = []
        func add(_ owner: Program, _ kind: TopicClass, _ entity: String, _ name: String) {
            topics.insert("\(town)/\(owner)/\(kind.rawValue)/\(entity)/\(name)")
        }
        for row in rows where row.writer == writer.role && row.readers.contains(reader.role) {
            switch row.kind {
            case .event: add(row.owner, .event, me.instance.text, row.name.text)
            case .state where row.namesInstance:
                for thing in site.agents[me.instance] ?? [] { add(row.owner, .state, me.instance.text, "\(thing)--\(row.name)") }
            case .state where writer.role == .lockController: for door in site.doors { add(row.owner, .state, door.text, row.name.text) }
            // How full a shelter is, is said at each broker by the registry there: by what it knows, and that it hears nothing.
            case .state: break
            // How a tap was taken is said by whoever heard of it, to its reader; screens overhear it at their own broker.
            case .feedback where reader.role == .readerAgent && listens(writer, to: reader, at: site):
                add(row.owner, .feedback, you.instance.text, row.name.text)
            case .command, .report, .feedback, .reply, .grant, .lease, .health, .journal, .ask, .batch: break
            }
        }
        for row in rows where crosses(row, from: reader.role, to: writer.role) {
            add(row.owner, .reply, reader.role.user(reader.instance).text, "\(me.instance)--\(row.name)")
        }
        for (owner, asker) in askedOfAll where asker == reader.role && producers.contains(writer.role) {
            add(owner, .reply, reader.role.user(reader.instance).text, me.name.text)
        }
        if livesRead(by: reader.role).contains(writer.role) { topics.insert(Topic.life(of: me, in: town).description) }
        if consumers(of: writer.role).contains(reader.role) {
            topics.insert(Topic.heads(of: me, in: town).description)
            topics.insert(Topic.batch(from: me, to: you, in: town).description)
        }
        return topics
    }

    /// The questions one user asks another.
    private static func asked(by asker: User, of other: User, in town: TownID) -> Set<String> {
        let (me, you) = (Address(asker.role.program, asker.instance), Address(other.role.program, other.instance))
        let user = asker.role.user(asker.instance)
        var topics: Set<String> = []
        for row in rows where crosses(row, from: asker.role, to: other.role) {
            topics.insert("\(town)/\(row.owner)/command/\(user)/\(you.instance)--\(row.name)")
        }
        for (owner, role) in askedOfAll where role == asker.role && producers.contains(other.role) {
            topics.insert("\(town)/\(owner)/command/\(user)/\(you.name)")
        }
        if consumers(of: other.role).contains(asker.role) { topics.insert(Topic.ask(from: me, to: you, in: town).description) }
        return topics
    }

    /// Commands that name whom they are for. Those that do not are for the town's one.
    private static func crosses(_ row: ContractRow, from asker: Role, to other: Role) -> Bool {
        row.kind == .command && row.namesInstance && row.writer == asker && row.readers.contains(other)
    }
}

extension Crossing {
    /// The line's rights at the town's broker: what crosses, and nothing else.
    package var farAccess: [AccessLine] { Self.access(reading: `in`, writing: out) }

    /// The same at the site's.
    package var nearAccess: [AccessLine] { Self.access(reading: out, writing: `in`) }

    private static func access(reading: Set<String>, writing: Set<String>) -> [AccessLine] {
        (writing.map { AccessLine(access: .write, filter: $0) } + reading.map { AccessLine(access: .read, filter: $0) }).sorted()
    }
}

extension Instance {
    /// The one of a service that serves the whole town.
    package static var main: Self { "main" }
}
