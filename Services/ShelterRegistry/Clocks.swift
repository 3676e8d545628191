import Contracts
import ServiceKit
import Store

/// What a sign of life says about the clock of whoever gave it, compared with ours.
enum ClockReading: Equatable {
    case right
    /// By how much it is ahead; negative where it is behind.
    case wrong(Duration)
    /// The word may have been on its way for long: the next one tells.
    case unclear

    /// A minute moves nobody: it is as far as two people at two desks may differ in what they write down.
    static let tolerated = Duration.seconds(60)
    /// A sign of life comes every ten seconds.
    static let following = Duration.seconds(35)

    /// Nothing comes from a time to come, but anything may be late: a clock is behind when two words, one shortly after the other, say so.
    /// - Parameters:
    ///   - ahead: the moment of the word less the one at which it was heard.
    ///   - last: the same of the word before, if that was heard within `following`.
    init(ahead: Duration, last: Duration?) {
        if ahead > Self.tolerated {
            self = .wrong(ahead)
        } else if ahead >= .zero - Self.tolerated {
            self = .right
        } else if let last, last < .zero - Self.tolerated {
            // The one that was held up less is nearer to the truth.
            self = .wrong(max(ahead, last))
        } else {
            self = .unclear
        }
    }
}

/// Notes of several registries are ordered by their clocks. A wrong one puts its notes into the wrong place, and no order of arrival mends that, so it is
/// said aloud, at both ends of the line.
extension ShelterRegistry {
    /// For how long the town may be silent before an island should know.
    private static let silence = Duration.seconds(60)

    /// A sign of life that was heard just now.
    func compareClock(of other: Instance, at said: Instant, in turn: borrowing Turn) throws {
        let before = try turn.db.first("SELECT said, heard FROM registry_clock WHERE registry = ? AND said IS NOT NULL", other.text) {
            (said: Instant(milliseconds: $0.int(0)), heard: Instant(milliseconds: $0.int(1)))
        }
        // What the line carries again is no news.
        guard before?.said != said else { return }
        let last = before.flatMap { turn.now - $0.heard <= ClockReading.following ? $0.said - $0.heard : nil }
        let known = try error(ofClockOf: other, in: turn.db)
        try turn.db.run(
            """
            INSERT INTO registry_clock (registry, said, heard) VALUES (?1, ?2, ?3)
            ON CONFLICT (registry) DO UPDATE SET said = ?2, heard = ?3
            """, other.text, said.milliseconds, turn.now.milliseconds)
        switch ClockReading(ahead: said - turn.now, last: last) {
        case .unclear: return
        case .right:
            guard known != nil else { return }
            try turn.db.run("UPDATE registry_clock SET error = NULL WHERE registry = ?", other.text)
            turn.log("the clock of shelter-registry \(other) agrees with ours again")
        case .wrong(let error):
            try turn.db.run("UPDATE registry_clock SET error = ? WHERE registry = ?", error.milliseconds, other.text)
            if known == nil { turn.log(Self.sentence(other.text, error)) }
        }
    }

    /// A note of another registry, whenever it arrives.
    func compareClock(of other: Instance, withNoteAt moment: Instant, in turn: borrowing Turn) throws {
        guard moment - turn.now > ClockReading.tolerated else { return }
        let isNews = try aheadUntil(other, in: turn.db) <= turn.now
        try turn.db.run(
            """
            INSERT INTO registry_clock (registry, ahead_until) VALUES (?1, ?2)
            ON CONFLICT (registry) DO UPDATE SET ahead_until = max(ahead_until, ?2)
            """, other.text, moment.milliseconds)
        if isNews { turn.log("shelter-registry \(other) has noted somebody at \(moment.rfc3339(turn.identity.offset)), a time to come") }
    }

    /// By how much the clock of another registry was found to be ahead of ours; `nil` where it is right as far as is known.
    func error(ofClockOf other: Instance, in db: borrowing Transaction) throws -> Duration? {
        try db.first("SELECT error FROM registry_clock WHERE registry = ?", other.text) { $0.intIfPresent(0) }?.map { .milliseconds($0) }
    }

    private func aheadUntil(_ other: Instance, in db: borrowing Transaction) throws -> Instant {
        try db.first("SELECT ahead_until FROM registry_clock WHERE registry = ?", other.text) { Instant(milliseconds: $0.int(0)) }
            ?? .distantPast
    }

    func wrongClocks(in turn: borrowing Turn) throws -> [Problem] {
        // One that the town has no more is not waited for.
        let listed = Set(turn.identity.roster.instances[.shelterRegistry, default: []].map(\.text))
        return try turn.db.all("SELECT registry, error, ahead_until FROM registry_clock ORDER BY registry") { row in
            (row.text(0), row.intIfPresent(1).map { Duration.milliseconds($0) }, Instant(milliseconds: row.int(2)))
        }.compactMap { other, error, until -> Problem? in
            guard listed.contains(other) else { return nil }
            if let error { return Problem(.amber, "clock-differs", Self.sentence(other, error)) }
            guard until > turn.now else { return nil }
            return Problem(
                .amber, "notes-ahead",
                "shelter-registry \(other) has noted people up to \(until.rfc3339(turn.identity.offset)), a time to come: its clock was wrong. Who was checked in there and elsewhere may be at the wrong place until then: look at kazasu shelter show, and check them in where they are."
            )
        }
    }

    private static func sentence(_ other: String, _ error: Duration) -> String {
        let minutes = abs(error.milliseconds) / 60_000
        let much = minutes < 120 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
        return
            "The clock of shelter-registry \(other) is \(much) \(error > .zero ? "ahead of" : "behind") ours: people noted at both may be at the wrong place. Set the clock that is wrong (by NTP or timedatectl), then check in again whoever was noted meanwhile."
    }

    // MARK: The town

    /// At an island: when the town's registry was heard last, by our clock.
    func townHeard(in db: borrowing Transaction) throws -> Instant? {
        guard !isOfTheTown else { return nil }
        return try db.first("SELECT heard FROM registry_clock WHERE registry = ? AND heard IS NOT NULL", Instance.main.text) {
            Instant(milliseconds: $0.int(0))
        }
    }

    /// People are checked in all the same; but whoever looks should know how old it is what is known of them.
    func silentTown(in turn: borrowing Turn) throws -> Problem? {
        guard !isOfTheTown else { return nil }
        guard let heard = try townHeard(in: turn.db) else {
            return Problem(
                .amber, "no-town",
                "The town has not been heard yet: nothing is known of people here, and each card is a guest until it has been. Look at the line."
            )
        }
        guard turn.now - heard > Self.silence else { return nil }
        return Problem(
            .amber, "no-town",
            "The town was last heard at \(heard.rfc3339(turn.identity.offset)): what is known of people, and of other shelters, is as of then. Look at the line."
        )
    }
}
