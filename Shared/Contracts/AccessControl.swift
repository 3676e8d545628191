/// What one user may do with one topic filter, as mosquitto.conf(5) spells it.
package struct AccessLine: Hashable, Sendable, Comparable, CustomStringConvertible {
    package enum Access: String, Sendable { case read, write, readwrite }

    package let access: Access
    package let filter: String

    package init(access: Access, filter: String) { (self.access, self.filter) = (access, filter) }
    package init(_ access: Access, _ filter: String) { self.init(access: access, filter: filter) }

    package var description: String { "topic \(access.rawValue) \(filter)" }
    package static func < (a: Self, b: Self) -> Bool { (a.filter, a.access.rawValue) < (b.filter, b.access.rawValue) }
}

/// The instances a town has of each role.
package struct Roster: Sendable {
    package var instances: [Role: [Instance]]
    package var capabilities: Capabilities
    /// The stations as which people speak through the portal.
    package var spokenFor: [UserID]

    package init(_ instances: [Role: [Instance]], capabilities: Capabilities = Capabilities(), spokenFor: [UserID] = []) {
        (self.instances, self.capabilities, self.spokenFor) = (instances, capabilities, spokenFor)
    }

    package var users: [(role: Role, instance: Instance)] {
        instances.keys.sorted().flatMap { role in instances[role, default: []].map { (role, $0) } }
    }
}

extension Contract {
    /// The kinds of user that may give a command.
    package static func askers(of command: TopicName, at owner: Program) -> [Role] {
        rows.filter { $0.kind == .command && $0.owner == owner && $0.name == command }.map(\.writer)
            + askedOfAll.filter { $0.owner == owner }.map(\.asker)
    }

    /// Mosquitto's ACL file: one block a user, made from the contract. There are no `pattern` lines: with `pattern write …/%u/…` any client could write
    /// what another kind of client owns. `+` stands only where every instance is meant.
    /// - Parameter lines: those between sites and the town, with their rights at this broker.
    package static func accessControl(for town: TownID, roster: Roster, lines: [(user: UserID, access: [AccessLine])] = []) -> String {
        var text = "# Made from the contract. Do not edit: it is written again at every start.\n"
        for (role, instance) in roster.users where role.connects {
            text += "\nuser \(role.user(instance))\n"
            for line in access(of: role, instance, in: town, roster.capabilities) { text += "\(line)\n" }
            guard role == .portal else { continue }
            for line in commands(of: roster, in: town) { text += "\(line)\n" }
        }
        for (user, access) in lines {
            text += "\nuser \(user)\n"
            for line in access { text += "\(line)\n" }
        }
        return text
    }

    /// What the portal may do in the name of others: give their commands and hear what is answered. It may do nothing else that they may.
    package static func commands(of roster: Roster, in town: TownID) -> [AccessLine] {
        roster.users.filter { roster.spokenFor.contains($0.role.user($0.instance)) }.flatMap { role, instance in
            access(of: role, instance, in: town, roster.capabilities).filter {
                $0.access == .write && $0.filter.contains("/command/") || $0.access == .read && $0.filter.contains("/reply/")
            }
        }
    }

    package static func access(
        of role: Role, _ instance: Instance, in town: TownID, _ capabilities: Capabilities = Capabilities()
    ) -> [AccessLine] {
        var lines: Set<AccessLine> = []
        let me = Address(role.program, instance)
        let user = role.user(instance)
        func filter(_ owner: Program, _ kind: TopicClass, _ entity: String, _ name: String) -> String {
            "\(town)/\(owner)/\(kind.rawValue)/\(entity)/\(name)"
        }
        func may(_ access: AccessLine.Access, _ filter: String) { lines.insert(AccessLine(access: access, filter: filter)) }

        for row in rows {
            switch row.kind {
            case .event:
                if row.writer == role { may(.write, filter(row.owner, .event, instance.text, row.name.text)) }
                if row.readers.contains(role) { may(.read, filter(row.owner, .event, "+", row.name.text)) }
            case .state, .feedback:
                // A program with many instances writes its own: state names the instance in segment 4 and the thing in front of the name.
                let name = row.namesInstance ? "+" : row.name.text
                if row.writer == role { may(.write, filter(row.owner, row.kind, row.namesInstance ? instance.text : "+", name)) }
                if row.readers.contains(role) {
                    may(.read, filter(row.owner, row.kind, [.readerAgent, .home].contains(role) ? instance.text : "+", name))
                }
            case .command:
                let name = row.namesInstance ? (role == row.writer ? "+" : "\(instance)--\(row.name)") : row.name.text
                if row.writer == role, capabilities.allow(row.name, by: user) {
                    may(.write, filter(row.owner, .command, user.text, name))
                    may(.read, filter(row.owner, .reply, user.text, name))
                }
                if row.readers.contains(role) {
                    may(.read, filter(row.owner, .command, "+", name))
                    may(.write, filter(row.owner, .reply, "+", name))
                }
            case .report:
                if row.writer == role {
                    may(.write, filter(row.owner, .report, instance.text, row.name.text))
                    for reader in row.readers { may(.read, filter(reader.program, .reply, user.text, row.name.text)) }
                }
                if row.readers.contains(role) {
                    may(.read, filter(row.owner, .report, "+", row.name.text))
                    may(.write, filter(role.program, .reply, "+", row.name.text))
                }
            case .reply, .grant, .lease, .health, .journal, .ask, .batch: break
            }
        }
        if role == .lockController { may(.write, filter("lock-controller", .grant, "+", Grant.topicName.text)) }
        if role == .lock { may(.read, filter("lock-controller", .grant, instance.text, Grant.topicName.text)) }
        for part in Lease.Part.allCases {
            if role == .lockController { may(.write, filter("lock-controller", .lease, "+", part.topicName.text)) }
            if role == .lock { may(.read, filter("lock-controller", .lease, instance.text, part.topicName.text)) }
        }

        if role.hasLife { may(.write, Topic.life(of: me, in: town).description) }
        for other in livesRead(by: role) { may(.read, filter(other.program, .health, "+", "life")) }
        if role.connects { may(.readwrite, Topic.probe(of: me, in: town).description) }
        // What the broker says of itself: how many clients, messages and bytes (mosquitto(8), Broker Status).
        if role == .operator { may(.read, "$SYS/broker/#") }

        for (owner, asker) in askedOfAll where role == asker && (owner == "uses" || capabilities.has(.clerk, user)) {
            may(.write, filter(owner, .command, user.text, "+"))
            may(.read, filter(owner, .reply, user.text, "+"))
        }
        if producers.contains(role) {
            for owner in Set(askedOfAll.map(\.owner)) {
                may(.read, filter(owner, .command, "+", me.name.text))
                may(.write, filter(owner, .reply, "+", me.name.text))
            }
            may(.write, Topic.heads(of: me, in: town).description)
            for consumer in consumers(of: role) {
                may(.read, filter(consumer.program, .ask, "+", me.name.text))
                may(.write, filter(me.program, .batch, instance.text, "+"))
            }
        }
        for producer in producers where consumers(of: producer).contains(role) {
            may(.read, filter(producer.program, .journal, "+", "heads"))
            may(.write, filter(me.program, .ask, instance.text, "+"))
            may(.read, filter(producer.program, .batch, "+", me.name.text))
        }
        return lines.sorted()
    }
}
