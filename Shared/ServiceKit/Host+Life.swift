import Bus
import Contracts
import Journal
import Seal
import Store

extension Host {
    /// What this process says of itself.
    func life(in turn: borrowing Turn) throws -> Life {
        var problems = alarms.keys.sorted().compactMap { alarms[$0] } + (try service.problems(in: turn))
        let dead = try DeadLetter.count(in: turn.db)
        if dead > 0 {
            problems.append(
                Problem(
                    .amber, "dead-letters",
                    "\(dead) messages could not be accepted and are kept, most of \(try DeadLetter.loudest(in: turn.db) ?? "nobody"). Look at them; a newer version of the program tries again. Where one machine says nothing else, it may be in wrong hands: kazasu revoke"
                ))
        }
        let lost = try LostRange.count(.missing, in: turn.db) + LostRange.count(.gone, in: turn.db)
        if lost > 0 { problems.append(Problem(.amber, "lost", "\(lost) events of others will not come: their producer has them no more.")) }
        let orphaned = try LostRange.count(.orphaned, in: turn.db)
        if orphaned > 0 {
            problems.append(
                Problem(
                    .amber, "orphaned",
                    "\(orphaned) events were applied here and are gone at their producer: it was restored from an older copy."))
        }
        let unknown = try Keyed.unknown(in: turn.db)
        if unknown > 0 {
            problems.append(
                Problem(
                    .amber, "unknown",
                    "\(unknown) entries of others are unknown here until they are written anew; what rests on them is refused meanwhile. A registrar has them written: kazasu person tell-again"
                ))
        }
        let denied = try LostRange.count(.denied, in: turn.db)
        if denied > 0 {
            problems.append(
                Problem(.red, "denied", "A producer will not replay \(denied) events to this program. Do their versions match?"))
        }
        var counters = try service.counters(in: turn)
        counters["applied"] = counts.applied
        counters["repeats"] = counts.repeats
        counters["unreadable"] = counts.unreadable
        counters["foreign"] = counts.foreign
        counters["missing"] = turn.work.inbox.missing
        counters["unsent"] = turn.unsent
        counters["dead-letters"] = dead
        counters["lost"] = lost
        if let vault {
            counters[VaultCounter.key] = Int64(vault.current)
            counters[VaultCounter.left] = try SealedRows.left(under: vault, besides: S.sealed, in: turn.db).reduce(0) { $0 + $1.rows }
        }
        let state: Life.State = problems.contains { $0.weight == .red } ? .red : problems.isEmpty ? .ready : .amber
        var life = Life(
            state, at: turn.now, version: identity.version, contract: Contract.fingerprint, clock: clock,
            speaks: Role(rawValue: identity.address.program.text).map { Contract.spoken(by: $0).map(\.description) },
            problems: problems.isEmpty ? nil : problems,
            counters: counters)
        life.audit = try Audit.head(in: turn.db)
        life.restored = restored.flatMap { turn.now - $0.at < Retention.journal ? $0 : nil }
        return life
    }

    func bytes(_ value: some Encodable) -> [UInt8] {
        // Our own types, with finite numbers and text: they encode.
        (try? value.json()) ?? []
    }
}

extension Contract {
    /// The first 16 hexadecimal digits of SHA-256 over the contract's rows.
    package static let fingerprint: String = {
        let text = rows.map { row in
            "\(row.owner)/\(row.kind.rawValue)/\(row.namesInstance ? "*--" : "")\(row.name) \(row.type) \(row.writer.rawValue) > \(row.readers.map(\.rawValue))"
        }
        return Hex.text(sha256(text.joined(separator: "\n")).prefix(8))
    }()
}

extension Outgoing {
    /// What the broker says of a process whose connection breaks. It carries the time of the connection, so that an old will can be told from a new life.
    package static func lastWill(of address: Address, in town: TownID, connectedAt: Instant) -> Self {
        Outgoing(.life(of: address, in: town), (try? Life(.lost, at: connectedAt).json()) ?? [])
    }
}
