import Contracts
import Journal
import Store

/// Who has used a card? Every host tells what its own journal has of it, whatever its service: the taps, if it is an agent, and what it did because of
/// taps of others.
extension Host {
    var uses: Reading {
        var reading = answer(.uses(of: identity.address)) { [unowned self] in try tell($0.data, in: $1) }
        // Kept answers would be a list of movements, and outlive the journals.
        reading.keepsAnswers = false
        return reading
    }

    private func tell(_ wish: FindUses, in turn: borrowing Turn) throws -> Reply<Uses> {
        log("uses asked by \(turn.actor)")
        switch (wish.tokens ?? [], wish.taps ?? []) {
        case (let tokens, []) where (1...FindUses.mostTokens).contains(tokens.count):
            return .accept(try taps(of: Set(tokens).sorted(), below: wish.after ?? .max, in: turn))
        case ([], let taps) where (1...FindUses.mostTaps).contains(taps.count):
            return .accept(try aftermath(of: taps, after: Place(packed: wish.after ?? 0), in: turn))
        default:
            return .refuse(
                "not-possible", "Ask for 1 to \(FindUses.mostTokens) cards, or for what came of 1 to \(FindUses.mostTaps) taps.")
        }
    }

    private func taps(of tokens: [Token], below number: Int64, in turn: borrowing Turn) throws -> Uses {
        let topic = Channel.taps.topic(in: identity.town, identity.address.instance.named())
        guard topic.owner == identity.address.program else { return Uses([]) }
        let (found, next) = try Outbox.taps(of: tokens, on: topic, below: number, limit: FindUses.limit, in: turn.db)
        var page = Page()
        for (number, tap, trace) in found {
            guard try page.add(Use(trace, of: tap)) else { return Uses(page.uses, next: number + 1) }
        }
        return Uses(page.uses, next: next)
    }

    private func aftermath(of taps: [EventID], after start: Place, in turn: borrowing Turn) throws -> Uses {
        let types = Contract.rows.filter { $0.kind == .event && $0.writer.program == identity.address.program }.map(\.type)
        var page = Page()
        for (index, tap) in taps.enumerated().dropFirst(start.tap) {
            let traces = try Outbox.aftermath(of: tap, types: types, in: turn.db)
            for (count, trace) in traces.enumerated().dropFirst(index == start.tap ? start.given : 0) {
                guard try page.add(Use(trace, of: tap)) else { return Uses(page.uses, next: Place(tap: index, given: count).packed) }
            }
        }
        return Uses(page.uses)
    }
}

/// An answer while it is filled: it stays below 32 KiB whatever its uses are about.
private struct Page {
    private(set) var uses: [Use] = []
    private var bytes = 0

    /// - Returns: whether it fits.
    mutating func add(_ use: Use) throws -> Bool {
        let size = try use.json().count + 1
        guard uses.count < FindUses.limit, bytes + size <= 24 * 1024 else { return false }
        uses.append(use)
        bytes += size
        return true
    }
}

/// How far a list of taps has been answered.
private struct Place {
    /// The index of the tap to go on with.
    let tap: Int
    /// How many of its uses were given.
    let given: Int

    init(tap: Int, given: Int) {
        self.tap = tap
        self.given = given
    }

    init(packed: Int64) { self.init(tap: Int(max(packed, 0) >> 16), given: Int(max(packed, 0) & 0xFFFF)) }

    var packed: Int64 { Int64(tap) << 16 | Int64(given) }
}

extension Use {
    fileprivate init(_ trace: Trace, of tap: EventID) {
        let keptUntil: Instant? =
            switch trace.kept {
            case .asJournal(let from): from + Retention.journal
            case .asID(let from): from + Retention.seen
            case .open: nil
            }
        self.init(
            trace.what, of: tap, at: trace.at, keptUntil: keptUntil, place: trace.place, purpose: trace.purpose,
            about: trace.about.map { String($0.prefix(100)) })
    }
}
