import Bus
import Contracts
import Journal
import Store

/// What a process keeps until a person has looked at it, for that person: letters that could not be accepted, numbers that have not come. Every host answers
/// this itself, whatever its service.
extension Host {
    var upkeep: Reading { answer(.upkeep(of: identity.address)) { [unowned self] in try look(after: $0.data, in: $1) } }

    /// A page's troubles together, so that the answer stays below 32 KiB whatever the reasons say.
    private static var pageBytes: Int { 24 * 1024 }
    /// A letter may have 64 KiB, so not too many at a time.
    private static var most: Int { Upkeep.limit }

    private func look(after wish: Upkeep, in turn: borrowing Turn) throws -> Reply<UpkeepAnswer> {
        try turn.work.inbox.save(in: turn.db)
        switch (wish.action, wish.kept) {
        case (.list, let kept): return .accept(try page(of: kept, wish, in: turn))
        case (.retry, .letters): return .accept(try retry(wish, in: turn))
        case (.dismiss, .letters), (.dismiss, .gaps):
            guard let why = wish.why, !why.isEmpty, why.unicodeScalars.count <= 200 else {
                return .refuse("no-reason", "Say why, in at most 200 characters: it is kept with your name and the time.")
            }
            return .accept(try wish.kept == .letters ? dismissLetters(wish, why, in: turn) : dismissGaps(wish, why, in: turn))
        case (.retry, .gaps):
            return .refuse("not-possible", "What has not come is asked for by itself, again and again; only letters can be tried again.")
        case (_, .settled): return .refuse("not-possible", "What is settled can only be listed.")
        }
    }

    private func page(of kept: Upkeep.Kept, _ wish: Upkeep, in turn: borrowing Turn) throws -> UpkeepAnswer {
        let after = max(wish.after ?? 0, 0)
        let found: [(place: Int64, trouble: Trouble)] =
            switch kept {
            case .letters:
                try DeadLetter.page(after: after, topic: wish.topic, limit: Self.most, in: turn.db).map {
                    ($0.trouble.number ?? 0, $0.trouble)
                }
            case .gaps:
                try LostRange.page(after: after, topic: wish.topic, what: wish.what, limit: Self.most, in: turn.db).enumerated()
                    .map { (after + Int64($0.offset) + 1, $0.element) }
            case .settled: try Settled.page(after: after, topic: wish.topic, what: wish.what, limit: Self.most, in: turn.db)
            }
        var page: [Trouble] = []
        var bytes = 0
        for (_, trouble) in found {
            bytes += try trouble.json().count + 1
            if bytes > Self.pageBytes { break }
            page.append(trouble)
        }
        let isAll = page.count == found.count && found.count < Self.most
        return UpkeepAnswer(troubles: page, next: isAll ? nil : found[page.count - 1].place)
    }

    // MARK: Letters

    private func letters(_ wish: Upkeep, in turn: borrowing Turn) throws -> (found: [(trouble: Trouble, bytes: [UInt8])], next: Int64?) {
        if let numbers = wish.letters {
            return (try Set(numbers).sorted().prefix(Self.most).compactMap { try DeadLetter.letter($0, in: turn.db) }, nil)
        }
        let found = try DeadLetter.page(after: max(wish.after ?? 0, 0), topic: wish.topic, limit: Self.most, in: turn.db)
        return (found, found.count < Self.most ? nil : found.last?.trouble.number)
    }

    private func retry(_ wish: Upkeep, in turn: borrowing Turn) throws -> UpkeepAnswer {
        let by = turn.actor
        let (letters, next) = try letters(wish, in: turn)
        var accepted = 0
        // It is old by now: nothing opens for it.
        let wasStalled = isStalled
        isStalled = true
        defer { isStalled = wasStalled }
        for (letter, bytes) in letters {
            // A letter of this kind would settle letters while they are settled.
            guard let number = letter.number, letter.topic.split(separator: "/").dropFirst().first != "upkeep" else { continue }
            try DeadLetter.reopen(number, in: turn.db)
            try receive(Message(topic: letter.topic, payload: bytes), in: turn, carefully: true)
            guard try DeadLetter.remove(number, unlessKeptBy: identity.version, in: turn.db) else { continue }
            accepted += 1
            try settle(letter, by: by, why: wish.why ?? "accepted at another try", in: turn)
        }
        return UpkeepAnswer(settled: accepted, kept: letters.count - accepted, next: next)
    }

    private func dismissLetters(_ wish: Upkeep, _ why: String, in turn: borrowing Turn) throws -> UpkeepAnswer {
        let (letters, next) = try letters(wish, in: turn)
        for (letter, _) in letters {
            guard let number = letter.number else { continue }
            try DeadLetter.dismiss(number, in: turn.db)
            try settle(letter, by: turn.actor, why: why, in: turn)
        }
        return UpkeepAnswer(settled: letters.count, next: next)
    }

    // MARK: Gaps

    private func dismissGaps(_ wish: Upkeep, _ why: String, in turn: borrowing Turn) throws -> UpkeepAnswer {
        let gaps = try LostRange.page(after: 0, topic: wish.topic, what: wish.what, limit: Self.most, in: turn.db)
        for gap in gaps {
            if gap.what == .waiting, let epoch = gap.epoch, let first = gap.first, let last = gap.last {
                _ = turn.work.inbox.close(first...last, of: epoch, on: gap.topic)
            } else {
                try LostRange.dismiss(gap, in: turn.db)
            }
            try settle(gap, by: turn.actor, why: why, in: turn)
        }
        return UpkeepAnswer(settled: gaps.count, next: gaps.count < Self.most ? nil : 0)
    }

    private func settle(_ trouble: Trouble, by: UserID, why: String, in turn: borrowing Turn) throws {
        try Settled.note(trouble, by: by, why: why, now: turn.now, in: turn.db)
        // Health says so at once, not in ten seconds.
        schedule.life = .distantPast
    }
}
