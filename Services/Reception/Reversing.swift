import Contracts
import ServiceKit
import Store

/// What was wrong is taken back by two, and what cannot be known by a program is settled by a desk.
extension Reception {
    func reverse(_ command: Envelope<ReverseReceived>, in turn: borrowing Turn) throws -> Reply<ReversalChanged> {
        let wish = command.data
        return try turn.obey {
            let terms = try terms(wish.reception)
            _ = try station(of: turn, in: terms)
            let known = try reversal(of: wish.number, terms.id, in: turn.db)
            if let objection = objection(to: wish.step, by: turn.actor, known) { throw objection.objection(wish, known) }
            guard let entry = try entry(wish.number, of: terms.id, in: turn.db), entry.stage == .standing else {
                throw Objection("unknown-number", "Nobody stands received under number \(wish.number) of \(terms.id).")
            }
            guard try openConflict(of: entry.who, in: terms.id, turn.db) == nil else {
                throw Objection("conflict", "Number \(wish.number) is in a conflict. Settle that: kazasu reception settle")
            }
            var reversal: ReversalChanged
            switch (wish.step, known) {
            case (.propose, _):
                guard let why = wish.why else { throw Objection("no-reason", "Why is it taken back? Give a word, such as wrong-person.") }
                reversal = ReversalChanged(terms.id, wish.number, why: why, by: turn.actor, at: turn.now)
            case (.agree, let known?):
                try turn.checkApprover()
                reversal = known
                (reversal.stage, reversal.agreedBy) = (.reversed, turn.actor)
                var kept = try kept(terms, in: turn)
                try move(entry, to: .reversed, in: &kept, turn.db)
                try write(&kept, in: turn)
            case (.withdraw, let known?):
                reversal = known
                reversal.stage = .withdrawn
            case (.agree, nil), (.withdraw, nil): preconditionFailure("what was not proposed has met an objection")
            }
            reversal.at = turn.now
            try turn.db.run(
                "INSERT OR REPLACE INTO reversal (reception, number, row) VALUES (?, ?, ?)", terms.id.text, wish.number, try reversal.json()
            )
            try turn.emit(reversal, on: .receptionReversals, cause: command.id, subject: terms.id.text)
            return .accept(reversal)
        }
    }

    private func reversal(of number: Int, _ id: ReceptionID, in db: borrowing Transaction) throws -> ReversalChanged? {
        try db.first("SELECT row FROM reversal WHERE reception = ? AND number = ?", id.text, number) {
            try $0.blob(0).decoded(as: ReversalChanged.self)
        }
    }

    // MARK: Conflicts

    func settle(_ command: Envelope<SettleConflict>, in turn: borrowing Turn) throws -> Reply<ReceptionConflict> {
        let wish = command.data
        return try turn.obey {
            let terms = try terms(wish.reception)
            _ = try station(of: turn, in: terms)
            guard var conflict = try conflict(wish.number, of: terms.id, in: turn.db),
                let second = try entry(wish.number, of: terms.id, in: turn.db)
            else {
                throw Objection("unknown-conflict", "\(terms.id) has no conflict \(wish.number). See: kazasu reception status \(terms.id)")
            }
            guard conflict.verdict == nil else {
                throw Objection("settled", "Conflict \(wish.number) was settled by \(conflict.settledBy?.text ?? "a desk").")
            }
            var kept = try kept(terms, in: turn)
            let holds = try standing([second.who], of: terms.id, in: turn.db)
            if wish.verdict != .first, let holds { try move(holds, to: .struck, in: &kept, turn.db) }
            try move(second, to: wish.verdict == .second ? .standing : .struck, in: &kept, turn.db)
            (conflict.verdict, conflict.settledBy) = (wish.verdict, turn.actor)
            try write(conflict, in: turn.db)
            try write(&kept, in: turn)
            try turn.emit(conflict, on: .receptionConflicts, cause: command.id, subject: terms.id.text)
            return .accept(conflict)
        }
    }

    private func conflict(_ number: Int, of id: ReceptionID, in db: borrowing Transaction) throws -> ReceptionConflict? {
        try db.first("SELECT row FROM conflict WHERE reception = ? AND number = ?", id.text, number) {
            try $0.blob(0).decoded(as: ReceptionConflict.self)
        }
    }

    func write(_ conflict: ReceptionConflict, in db: borrowing Transaction) throws {
        try db.run(
            "INSERT OR REPLACE INTO conflict (reception, number, open, row) VALUES (?, ?, ?, ?)", conflict.reception.text,
            conflict.second.number, conflict.verdict == nil, try conflict.json())
    }

    private func openConflict(of who: String, in id: ReceptionID, _ db: borrowing Transaction) throws -> Int? {
        try db.first("SELECT number FROM entry WHERE reception = ? AND who = ? AND stage = 'disputed' LIMIT 1", id.text, who) {
            Int($0.int(0))
        }
    }

    func conflictProblem(in turn: borrowing Turn) throws -> [Problem] {
        let open = try policy.receptions.map { try kept($0, in: turn).count }.filter { $0.conflicts > 0 }
        let list = open.map { "\($0.conflicts) at \($0.reception)" }.joined(separator: ", ")
        return open.isEmpty
            ? []
            : [
                Problem(
                    .amber, "reception-conflicts",
                    "people were received twice: \(list). Settle it at a reception desk: kazasu reception settle")
            ]
    }
}

extension ReversalObjection {
    fileprivate func objection(_ wish: ReverseReceived, _ known: ReversalChanged?) -> Objection {
        let number = "number \(wish.number) of \(wish.reception)"
        return switch self {
        case .alreadyProposed: Objection("already-proposed", "It is proposed already to take back \(number). Another desk agrees to it.")
        case .alreadyReversed: Objection("already-reversed", "What was done under \(number) was taken back already.")
        case .notProposed: Objection("not-proposed", "Nobody has proposed to take back \(number): kazasu reception reverse")
        case .secondPerson:
            Objection("second-person", "Another desk than \(known?.proposedBy.text ?? "this one"), which has proposed it, has to agree.")
        }
    }
}
