import Contracts
import Seal
import ServiceKit
import Store

/// The smallest service that does everything a host serves: it keeps each tap, says a decision about it, takes bookings and lock reports.
final class Doorman: Service {
    typealias Input = String

    /// An input that could not be written down.
    struct Missed: Effect, Equatable { let input: String }
    struct Indigestible: Error, CustomStringConvertible { let description = "this reader gives me a stomach ache" }

    static let program: Program = "lock-controller"
    static let migrations = [
        Migration(
            1,
            """
            CREATE TABLE heard (id TEXT PRIMARY KEY, live INTEGER NOT NULL);
            CREATE TABLE booked (id TEXT PRIMARY KEY, by_user TEXT NOT NULL);
            CREATE TABLE viewed (key TEXT PRIMARY KEY, purpose TEXT NOT NULL);
            """)
    ]

    /// Whether taps of the reader `poison` are understood.
    var eatsPoison: Bool
    let watermarkLag = Duration.seconds(2)
    private(set) var bookings = 0
    private(set) var reports = 0

    init(eatsPoison: Bool) { self.eatsPoison = eatsPoison }

    var reads: [Reading] {
        [
            on(.taps, hear), answer(.addBooking, book), answer(.lockOutcomes, note), follow(.views, view, drop: drop),
            hearLives(of: "reader-agent") { _, _, _ in },
        ]
    }

    /// An input is the number of decisions to say at once.
    func take(_ input: String, in turn: borrowing Turn) throws {
        for number in 0..<(Int(input) ?? 0) { try decide(EventID(high: 1, low: 1), discriminator: "\(number)", in: turn) }
    }

    func failed(_ input: String) -> (any Effect)? { Missed(input: input) }

    private func hear(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        try turn.db.run("INSERT INTO heard (id, live) VALUES (?, ?)", tap.id.description, turn.isLive)
        try decide(tap.id, in: turn)
        turn.act("bell", cause: tap.id, topic: turn.topic, expires: turn.now + .seconds(10)) { [] }
        // Last, so that all before it is to be taken back.
        if tap.data.reader == "poison", !eatsPoison { throw Indigestible() }
    }

    private func view(_ row: Envelope<PurposeChanged>, in turn: borrowing Turn) throws {
        if row.data.reader == "poison" { throw Indigestible() }
        try turn.db.run("INSERT OR REPLACE INTO viewed (key, purpose) VALUES (?, ?)", row.subject, row.data.purpose.description)
    }

    private func drop(_ key: String, in turn: borrowing Turn) throws { try turn.db.run("DELETE FROM viewed WHERE key = ?", key) }

    private func decide(_ tap: EventID, discriminator: String = "", in turn: borrowing Turn) throws {
        let decision = DoorDecided(door: "gym", tap: tap, agent: "gate-1", reader: "r-1", verdict: .refuse(.noRight))
        // The time is the tap's, so that deciding it again says the same.
        try turn.emit(decision, on: .doorDecisions, cause: tap, discriminator: discriminator, time: tap.time)
    }

    private func book(_ command: Envelope<AddBooking>, in turn: borrowing Turn) throws -> Reply<BookingAnswer> {
        bookings += 1
        try turn.db.run("INSERT INTO booked (id, by_user) VALUES (?, ?)", command.id.description, turn.actor.text)
        let data = command.data
        return .accept(BookingAnswer(booking: Booking(id: command.id, door: data.door, from: data.from, to: data.to, tokens: data.tokens)))
    }

    private func note(_ report: Envelope<LockOutcome>, in turn: borrowing Turn) throws -> Reply<Done> {
        reports += 1
        return .accept(Done())
    }
}

extension Channel where Body == PurposeChanged {
    /// A keyed stream of the agents, for these tests alone.
    static var views: Self { Self(of: "reader-agent", named: "view", keyed: true) }
}
