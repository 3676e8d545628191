import Contracts
import HTTP
import ServiceKit

/// Everything that is held of somebody, as a file of theirs.
private struct OwnCopy: Encodable {
    let at: Instant
    /// With the whole history.
    let file: PersonFile
    var notices: OwnNotices?
    var points: OwnPoints?
    var shelter: OwnShelter?
    var uses: [FoundUse] = []
    /// Processes that did not answer: what they have of the cards is missing.
    var silent: [String] = []
}

extension Portal {
    /// A service that does not answer is said instead of a file with a hole in it; of those who have only traces of cards the file names who was silent.
    func ownCopy(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        try askWholeFile(call, in: turn) { file, turn in
            let copy = OwnCopy(at: turn.now, file: file)
            guard town.has("notifier") else { return try addPoints(to: copy, call, in: turn) }
            return try askOwn({ ShowOwnNotices($0) }, on: .showOwnNotices, for: call, in: turn) { notices, turn in
                var copy = copy
                copy.notices = notices
                return try addPoints(to: copy, call, in: turn)
            }
        }
    }

    private func askWholeFile(
        _ call: Call, after before: PersonFile? = nil, in turn: borrowing Turn,
        page: @escaping (PersonFile, borrowing Turn) throws -> Answer
    ) throws -> Answer {
        try askOwn({ ShowOwn($0, after: before?.history.last?.id) }, on: .showOwn, for: call, in: turn) { next, turn in
            var file = next
            file.history = (before?.history ?? []) + next.history
            guard next.more, !next.history.isEmpty else { return try page(file, turn) }
            return try askWholeFile(call, after: file, in: turn, page: page)
        }
    }

    private func addPoints(to copy: OwnCopy, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard town.has("points") else { return try addShelter(to: copy, call, in: turn) }
        return try askOwn(
            { ShowOwnPoints($0, before: copy.points?.entries.last?.number) }, on: .showOwnPoints, for: call, in: turn
        ) { next, turn in
            var copy = copy
            var points = next
            points.entries = (copy.points?.entries ?? []) + next.entries
            copy.points = points
            guard next.more, !next.entries.isEmpty else { return try addShelter(to: copy, call, in: turn) }
            return try addPoints(to: copy, call, in: turn)
        }
    }

    private func addShelter(to copy: OwnCopy, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        guard town.has("shelter-registry") else { return try addUses(to: copy, call, in: turn) }
        return try askOwn({ ShowOwnShelter($0) }, on: .showOwnShelter, for: call, in: turn) { own, turn in
            var copy = copy
            copy.shelter = own
            return try addUses(to: copy, call, in: turn)
        }
    }

    private func addUses(to copy: OwnCopy, _ call: Call, in turn: borrowing Turn) throws -> Answer {
        try findUses(of: copy.file.cards.map { Holding($0) }, in: turn) { uses, turn in
            var copy = copy
            (copy.uses, copy.silent) = (uses.found, uses.silent.map(\.description))
            try noteOwnLook(call, .export, in: turn)
            var response = try Response.json(copy)
            response.headers["Content-Disposition"] = "attachment; filename=\"kazasu-\(turn.now.day(offset)).json\""
            answer(call, .page(response), in: turn)
        }
        return .later
    }
}
