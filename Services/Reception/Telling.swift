import Contracts
import ServiceKit
import Store

/// The town's reception and those at sites: what it tells them, and what they have done.
extension Reception {
    private static let step = 200

    var ofSites: [Reading] {
        [
            answer(.decideReception, decide),
            answer(.addExpected, add),
            answer(.reverseReceived, reverse),
            answer(.settleConflict, settle),
            answer(.tellReceptionsAgain, tellAgain),
            on(.receptionRulings, learn),
        ]
    }

    // MARK: What sites have done

    /// Whom a site has received. It is ruled on here as well, and counts, or is a conflict.
    private func learn(_ told: Envelope<ReceptionRuling>, in turn: borrowing Turn) throws {
        let said = told.data
        let terms = termsIfAny(said.reception)
        var kept = try kept(terms, in: turn)
        guard let number = said.number else {
            guard said.outcome == .late else { return }
            kept.count.late += 1
            return try write(&kept, in: turn)
        }
        let claim = Claim(
            at: said.at, station: said.station, way: said.way, isAnswered: false, isOverride: said.override == true, isDone: true)
        var who = Who(claimant: .unlisted)
        if let row = said.row {
            who = try self.who(row: row, in: terms.id, turn.db)
        } else if let person = said.person {
            who = try self.who(person, in: terms.id, turn.db)
        }
        let origin = ReceptionOrigin(turn.topic.entity.named(), number)
        try rule(claim, of: who, in: &kept, under: terms, cause: told.id, by: said.by, origin: origin, in: turn)
    }

    // MARK: What sites are told

    /// Of receptions that sites rule on: their stages, their lists, and everybody received.
    /// - Returns: when there is more to tell.
    func tellSites(in turn: borrowing Turn) throws -> Instant? {
        guard isOfTheTown, turn.identity.roster.instances[.reception, default: []].count > 1 else { return nil }
        var left = Self.step
        for terms in policy.receptions where terms.whenCutOff != .central && left > 0 {
            let untold = try turn.db.all("SELECT kind, number FROM untold WHERE reception = ? LIMIT ?", terms.id.text, left) {
                ($0.text(0), Int($0.int(1)))
            }
            for (kind, number) in untold {
                try turn.db.run("DELETE FROM untold WHERE reception = ? AND kind = ? AND number = ?", terms.id.text, kind, number)
                try tell(kind, number, of: terms, in: turn)
            }
            left -= untold.count
        }
        return left > 0 ? nil : turn.now
    }

    private func tell(_ kind: String, _ number: Int, of terms: ReceptionTerms, in turn: borrowing Turn) throws {
        switch kind {
        case "stages":
            let view = StageView(of: terms.id, try kept(terms, in: turn).changes)
            try turn.emitRoot(view, on: .stageView, subject: terms.id.text, time: turn.now)
        case "row":
            guard var row = try expected(number, of: terms.id, in: turn.db) else { return }
            row.first = nil
            let view = ExpectedView(of: terms.id, row)
            try turn.emitRoot(view, on: .expectedView, subject: view.key, time: turn.now)
        default:
            guard let entry = try entry(number, of: terms.id, in: turn.db) else { return }
            let view = entry.view(of: terms.id)
            try turn.emitRoot(view, on: .receivedView, subject: view.key, time: turn.now)
        }
    }

    /// What sites hold as unknown, because this one was put back from an older copy, is known again once it is told anew.
    private func tellAgain(_ command: Envelope<TellAgain>, in turn: borrowing Turn) throws -> Reply<Done> {
        guard turn.identity.roster.instances[.reception, default: []].count > 1 else {
            return .refuse("no-sites", "No site of this town has a reception of its own. There is nobody to tell.")
        }
        try turn.db.run("INSERT OR IGNORE INTO untold SELECT id, 'stages', 0 FROM reception")
        try turn.db.run("INSERT OR IGNORE INTO untold SELECT reception, 'row', row FROM expected")
        try turn.db.run("INSERT OR IGNORE INTO untold SELECT reception, 'entry', number FROM entry")
        turn.log("sites are told all receptions again, as \(turn.actor) asked")
        return .accept(Done())
    }
}

extension Entry {
    fileprivate func view(of id: ReceptionID) -> ReceivedView {
        var view = ReceivedView(number, of: id, stage, way, at: at, station)
        (view.row, view.person, view.walkIn, view.origin) = (row, person, isWalkIn ? true : nil, origin)
        return view
    }

    /// As the town tells it.
    init(_ view: ReceivedView) {
        self.init(
            number: view.number, who: view.row.map { "row/\($0)" } ?? view.person?.text ?? "walk-in/\(view.number)", row: view.row,
            person: view.person, at: view.at, station: view.station, way: view.way, isWalkIn: view.walkIn == true, stage: view.stage,
            origin: view.origin)
    }
}
