import Contracts
import ServiceKit
import Store

/// What a reader is for: set by command at run time and remembered, until the configuration itself says something new. While its shelter is open it is
/// for that, or for what a desk has set since.
extension ReaderAgent {
    func setPurpose(_ command: Envelope<SetPurpose>, in turn: borrowing Turn) throws -> Reply<Done> {
        let wish = command.data
        guard let reader = readers[wish.reader] else {
            let known = readers.keys.sorted().map(\.text).joined(separator: ", ")
            return .refuse("unknown-reader", "Agent \(turn.identity.address.instance) has no reader \(wish.reader). It has: \(known).")
        }
        if let shelter = try openShelter(of: reader, at: turn.now, in: turn.db) {
            try turn.db.run(
                "INSERT OR REPLACE INTO meanwhile (reader, shelter, purpose) VALUES (?, ?, ?)", reader.id.text, shelter.text,
                wish.purpose.description)
        } else {
            try turn.db.run(
                "INSERT OR REPLACE INTO purpose (reader, purpose, configured) VALUES (?, ?, ?)", reader.id.text, wish.purpose.description,
                reader.purpose.description)
        }
        try turn.emit(
            PurposeChanged(reader: reader.id, purpose: wish.purpose, by: turn.actor), on: .purposes, cause: command.id,
            subject: reader.id.text)
        try publishState(of: reader.id, in: turn)
        return .accept(Done())
    }

    /// - Parameter moment: now, if absent.
    func purpose(of reader: AgentReader, at moment: Instant? = nil, in turn: borrowing Turn) throws -> Purpose {
        if let shelter = try openShelter(of: reader, at: moment ?? turn.now, in: turn.db) {
            return try purposeMeanwhile(of: reader.id, at: shelter, in: turn.db) ?? .shelter(shelter)
        }
        let set = try turn.db.first(
            "SELECT purpose FROM purpose WHERE reader = ? AND configured = ?", reader.id.text, reader.purpose.description
        ) { Purpose($0.text(0)) }
        return (set ?? nil) ?? reader.purpose
    }

    func note(_ condition: ReaderState.Condition, of reader: ReaderID, in turn: borrowing Turn) throws {
        let changed = try turn.db.run(
            "INSERT INTO reader (reader, condition) VALUES (?1, ?2) ON CONFLICT (reader) DO UPDATE SET condition = ?2 WHERE condition <> ?2",
            reader.text,
            condition.rawValue)
        if changed > 0 { try publishState(of: reader, in: turn) }
    }

    func publishState(of id: ReaderID, in turn: borrowing Turn) throws {
        guard let reader = readers[id] else { return }
        let condition = try turn.db.first("SELECT condition FROM reader WHERE reader = ?", id.text) {
            ReaderState.Condition(rawValue: $0.text(0))
        }
        let state = ReaderState(
            at: turn.now, condition: (condition ?? nil) ?? .missing, place: reader.place, purpose: try purpose(of: reader, in: turn))
        try turn.publishState(state, on: .readers, about: turn.identity.address.instance.named(), ofInstance: id.named())
    }
}
