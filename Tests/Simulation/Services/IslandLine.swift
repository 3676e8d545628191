import Contracts

/// What crosses the line of a site for a registry of shelters there, of which `Premises` does not know yet: what registries tell each other, people from the
/// directory, and the questions by which either side gets what it has missed.
extension Crossing {
    mutating func addRegistry(at site: Instance, in town: TownID) {
        let (here, there) = (Address("shelter-registry", site), Address("shelter-registry", .main))
        let (directory, auditor) = (Address("resident-directory", .main), Address("operator", "auditor"))
        for other in [there, auditor] {
            out.formUnion(Self.told(by: here, to: other, town))
            `in`.formUnion([.ask(from: other, to: here, in: town)])
        }
        for other in [there, directory] {
            `in`.formUnion(Self.told(by: other, to: here, town))
            out.formUnion([.ask(from: here, to: other, in: town)])
        }
    }

    private static func told(by one: Address, to other: Address, _ town: TownID) -> [Topic] {
        let streams = Contract.rows.filter { row in
            row.kind == .event && row.owner == one.program && row.readers.contains { $0.program == other.program }
        }
        return streams.map { Topic(town: town, owner: $0.owner, kind: .event, entity: one.instance.named(), name: $0.name) }
            + [.life(of: one, in: town), .heads(of: one, in: town), .batch(from: one, to: other, in: town)]
    }
}

extension Set<String> {
    fileprivate mutating func formUnion(_ topics: [Topic]) { formUnion(topics.map(\.description)) }
}
