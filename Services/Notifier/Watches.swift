import Contracts
import People
import Seal
import ServiceKit
import Store

/// Who is watched over is for desks of the town to say, and who was found well.
extension Notifier {
    private static let page = 25
    private static let mostPlaces = 20
    private static let mostWords = 200

    func put(_ command: Envelope<PutWatch>, in turn: borrowing Turn) throws -> Reply<WatchAnswer> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let wish = command.data
            let person = try People<NoticeView>.present(wish.person, in: turn.db)
            let before = try watch(ofAny: person, in: turn.db)
            if wish.end == true { return .accept(try end(wish.person, before, cause: command.id, in: turn)) }
            guard try view(of: person, in: turn.db)?.tokens?.isEmpty == false else {
                throw Objection(
                    "unknown-person",
                    "No card of \(wish.person) is known here, so nobody could tell their silence. They need a card, and somebody who may be told."
                )
            }
            var watch = before ?? KeptWatch(person, days: wish.days ?? 3, at: turn.now)
            try change(&watch, as: wish, in: turn)
            try write(watch, in: turn.db)
            try tellOf(watch, ended: nil, cause: command.id, in: turn)
            return .accept(WatchAnswer(try shown(watch, in: turn)))
        }
    }

    private func change(_ watch: inout KeptWatch, as wish: PutWatch, in turn: borrowing Turn) throws {
        let today = turn.now.date(turn.identity.offset)
        if let days = wish.days { watch.days = days }
        if let places = wish.places { watch.places = Set(places).sorted() }
        guard (1...60).contains(watch.days) else { throw Objection("bad-days", "Silence is heard after 1 to 60 days.") }
        guard watch.places.count <= Self.mostPlaces else {
            throw Objection("too-many", "At most \(Self.mostPlaces) places are named. Name none, and a card counts anywhere.")
        }
        if let until = wish.pauseUntil {
            guard until <= today.adding(366) ?? today else { throw Objection("bad-date", "A pause ends within a year; \(until) is later.") }
            if until > today {
                watch.pausedUntil = until
                try takeBack(watch, in: turn)
                watch.rest(.paused)
            } else if watch.stage == .paused {
                (watch.pausedUntil, watch.last) = (nil, max(watch.last, turn.now))
                watch.rest(.quiet)
            }
        }
        if let day = watch.pausedUntil {
            watch.due = Instant(startOf: day, turn.identity.offset)
        } else if watch.alarm == nil {
            watch.due = try soonest(of: watch, in: turn)
        }
    }

    private func end(
        _ person: PersonID, _ kept: KeptWatch?, cause: EventID, in turn: borrowing Turn
    ) throws -> WatchAnswer {
        guard let kept else { throw unwatched(person) }
        let answer = WatchAnswer(try shown(kept, in: turn), isOver: true)
        try takeBack(kept, in: turn)
        let id = kept.person.text
        try turn.db.run("DELETE FROM watch WHERE person = ?", id)
        try turn.db.run("DELETE FROM watch_gate WHERE person = ?", id)
        try turn.db.run("DELETE FROM watch_month WHERE person = ?", id)
        try tellOf(kept, ended: true, cause: cause, in: turn)
        return answer
    }

    private func tellOf(_ watch: KeptWatch, ended: Bool?, cause: EventID, in turn: borrowing Turn) throws {
        var changed = WatchChanged(watch.person, days: watch.days, by: turn.actor)
        (changed.ended, changed.pausedUntil, changed.places) = (ended, watch.pausedUntil, watch.places.isEmpty ? nil : watch.places)
        try turn.emit(changed, on: .watches, cause: cause, subject: watch.person.text)
    }

    func acknowledge(_ command: Envelope<AcknowledgeSilence>, in turn: borrowing Turn) throws -> Reply<WatchAnswer> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let wish = command.data
            guard wish.words.count <= Self.mostWords, wish.words.utf8.count <= 4 * Self.mostWords, !wish.words.hasControls else {
                throw Objection("bad-words", "What was found is said in at most \(Self.mostWords) characters, on one line.")
            }
            guard var watch = try watch(ofAny: wish.person, in: turn.db) else { throw unwatched(wish.person) }
            watch.last = max(watch.last, turn.now)
            let wasPaused = watch.stage == .paused
            try endAlarm(&watch, .seenTo, at: turn.now, cause: command.id, words: wish.words, in: turn)
            if wasPaused { watch.stage = .paused } else { watch.due = try soonest(of: watch, in: turn) }
            try write(watch, in: turn.db)
            try turn.db.run(
                "UPDATE watch SET words = ? WHERE person = ?",
                turn.db.close(Array(wish.words.utf8), "watch/\(watch.person)"), watch.person.text)
            return .accept(WatchAnswer(try shown(watch, in: turn)))
        }
    }

    private func unwatched(_ person: PersonID) -> Objection {
        Objection("not-watched", "Nobody watches over \(person). Those who are: kazasu notice watches --all")
    }

    func list(_ command: Envelope<ListWatches>, in turn: borrowing Turn) throws -> Reply<WatchList> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let wish = command.data
            if let person = wish.person {
                let found = try watch(ofAny: person, in: turn.db)
                return .accept(WatchList(try found.map { [try shown($0, in: turn)] } ?? [], more: false))
            }
            let (after, limit) = (wish.after?.text ?? "", Self.page + 1)
            let people =
                wish.all == true
                ? try turn.db.all("SELECT person FROM watch WHERE person > ? ORDER BY person LIMIT ?", after, limit) {
                    PersonID($0.text(0))
                }
                : try turn.db.all(
                    """
                    SELECT person FROM watch WHERE stage IN ('family', 'association', 'office', 'unknown') AND person > ?
                    ORDER BY person LIMIT ?
                    """, after, limit
                ) { PersonID($0.text(0)) }
            let watches = try people.prefix(Self.page).compactMap { try $0.flatMap { try watch(of: $0, in: turn.db) } }
            return .accept(WatchList(try watches.map { try shown($0, in: turn) }, more: people.count > Self.page))
        }
    }
}
