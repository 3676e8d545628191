import Contracts
import Seal
import ServiceKit
import Store

/// Codes for people without a card: whoever enters the code of a booking at the door's keypad, while its slot runs, comes in.
extension LockController {
    func give(_ command: Envelope<GiveBookingCode>, in turn: borrowing Turn) throws -> Reply<BookingCodeAnswer> {
        guard let booking = try self.booking(command.data.booking, in: turn) else {
            return .refuse(
                "unknown-booking", "There is no booking \(command.data.booking), or it was cancelled. `kazasu booking list` shows them.")
        }
        guard codes != nil, doors[booking.door]?.hasKeypad == true else {
            return .refuse(
                "no-keypad", "Door \(booking.door) has no keypad. If it has one, write keypad: true with the door in the town's file.")
        }
        guard booking.to > turn.now else { return .refuse("past", "The slot is over already.") }
        let number = try turn.db.first(
            """
            INSERT INTO booking_code (booking, number) VALUES (?, 1) ON CONFLICT (booking) DO UPDATE SET number = number + 1, wrong = 0
            RETURNING number
            """, booking.id.bytes
        ) { Int($0.int(0)) }
        let answer = BookingCodeAnswer(booking: try named(booking, atMost: 10, in: turn), number: number ?? 1)
        try turn.emit(
            BookingCodeGiven(booking: booking.id, door: booking.door, number: answer.number, by: turn.actor), on: .bookingCodes,
            cause: command.id, subject: booking.door.text)
        return .accept(answer)
    }

    /// Decided once under the report's id, as a tap is under its own.
    func enter(_ report: Envelope<CodeEntered>, in turn: borrowing Turn) throws -> Reply<CodeAnswer> {
        let door: DoorID = turn.topic.entity.named()
        guard let codes, doors[door]?.hasKeypad == true else {
            return .refuse("unknown-door", "No keypad at a door \(door) in this town. Is the keypad's name right?")
        }
        let attempt = Attempt(report, at: turn.now, isLive: turn.isLive, in: turn.identity.offset)
        let key = codes.keypad(of: door, in: turn.identity.town)
        let fitting = try CodedSlot.near(report.time, at: door, in: turn.db).filter { slot in
            let proof = key.proof(of: codes.code(of: slot.booking, number: slot.number), id: report.id, at: report.time)
            return constantTimeEqual(Array(proof.text.utf8), Array(report.data.proof.text.utf8))
        }
        let ruling = try judge(attempt, at: door, fitting, in: turn)
        let decision = try turn.emit(
            DoorDecided(
                door: door, tap: report.id, agent: Role.keypad.user(door.named()).named(), reader: "keypad", means: .code,
                verdict: ruling.verdict,
                rule: ruling.rule),
            on: .doorDecisions, cause: report.id, subject: door.text)
        try audit(ruling, of: "code", at: door, decision, in: turn)
        if let claim = ruling.claim {
            try open(door, for: report.id, at: report.time, by: decision, within: claim, in: turn)
            try claim.right.booking.map { try use($0, of: door, at: report.time, in: turn) }
        }
        return .accept(CodeAnswer(ruling.verdict, rule: ruling.rule))
    }

    /// A wrong code is one that is fresh and fits nothing; what waited somewhere tells nothing about the code in it and is not counted.
    private func judge(
        _ attempt: Attempt, at door: DoorID, _ fitting: [CodedSlot], in turn: borrowing Turn
    ) throws -> Ruling {
        var rights = Rights(
            slots: fitting.map { Rights.Slot(booking: $0.booking, from: $0.from, to: $0.to, isUnpaid: $0.isUnpaid) }, group: nil)
        rights.standing.exceptions = try Standing.exceptions(at: door, around: attempt.happened, in: turn.db)
        rights.standing.emergency = try emergency(at: door, at: attempt.happened, in: turn.db)
        let ruling = ruling(on: attempt, at: doors[door], rights: rights)
        switch ruling.verdict {
        case .refuse(.notLive), .refuse(.tapTooOld), .refuse(.tapFromFuture): return ruling
        case .open, .refuse: break
        }
        if try lockout(of: door, in: turn) != nil { return .refuse(.noRight, .tooManyTries) }
        guard fitting.isEmpty, ruling.verdict == .refuse(.noRight) else { return ruling }
        try turn.db.run("INSERT INTO code_try (door, at) VALUES (?, ?)", door.text, turn.now.milliseconds)
        try turn.db.run(
            """
            UPDATE booking_code SET wrong = wrong + 1
            WHERE booking IN (SELECT id FROM booking WHERE door = ?1 AND NOT cancelled AND starts <= ?2 AND ends > ?2)
            """, door.text, attempt.happened.milliseconds)
        return .refuse(.noRight, .wrongCode)
    }

    /// When a keypad takes codes again.
    private func lockout(of door: DoorID, in turn: borrowing Turn) throws -> Instant? {
        let tries = try turn.db.all(
            "SELECT at FROM code_try WHERE door = ? AND at <= ? ORDER BY at DESC LIMIT ?", door.text, turn.now.milliseconds, mostTries
        ) { Instant(milliseconds: $0.int(0)) }
        return endOfLockout(after: tries).flatMap { turn.now < $0 ? $0 : nil }
    }

    func keypadProblems(in turn: borrowing Turn) throws -> [Problem] {
        try doors.values.filter(\.hasKeypad).map(\.id).sorted().compactMap { door in
            try lockout(of: door, in: turn).map { end in
                Problem(
                    .amber, "keypad-locked",
                    "The keypad of door \(door) takes no codes until \(end.rfc3339(turn.identity.offset)): \(mostTries) wrong ones were entered. See who stands there; cards open as ever."
                )
            }
        }
    }

    func purgeCodes(in turn: borrowing Turn) throws {
        try turn.db.run("DELETE FROM code_try WHERE at < ?", (turn.now - .seconds(86_400)).milliseconds)
        try turn.db.run("DELETE FROM booking_code WHERE booking NOT IN (SELECT id FROM booking)")
    }
}

/// Wrong codes at one keypad, and the time in which they fall, after which it takes none for as long.
let mostTries = 5
private let triesCount = Duration.seconds(600)

/// - Parameter tries: the newest first.
func endOfLockout(after tries: [Instant]) -> Instant? {
    guard tries.count >= mostTries, tries[0] - tries[mostTries - 1] <= triesCount else { return nil }
    return tries[0] + triesCount
}

/// A slot that has a code.
private struct CodedSlot {
    let booking: EventID
    let from: Instant
    let to: Instant
    let isUnpaid: Bool
    let number: Int

    /// A code is dead after so many wrong ones in its slot: over a slot of weeks nobody gets far by being patient.
    static let mostWrong = 30

    /// The slots of an hour before and behind, so that a person who is early reads that. Few, since each is a guess that would be right.
    static func near(_ moment: Instant, at door: DoorID, in db: borrowing Transaction) throws -> [CodedSlot] {
        try db.all(
            """
            SELECT booking.id, starts, ends, paid = 0, number FROM booking CROSS JOIN booking_code ON booking_code.booking = booking.id
            WHERE door = ? AND ends > ? AND starts < ? AND NOT cancelled AND wrong < ? ORDER BY starts, booking.id LIMIT 5
            """, door.text, (moment - .seconds(3600)).milliseconds, (moment + .seconds(3600)).milliseconds, mostWrong
        ) { row in
            EventID(bytes: row.blob(0)).map {
                CodedSlot(
                    booking: $0, from: Instant(milliseconds: row.int(1)), to: Instant(milliseconds: row.int(2)),
                    isUnpaid: row.intIfPresent(3) == 1, number: Int(row.int(4)))
            }
        }.compactMap { $0 }
    }
}

extension Attempt {
    /// A keypad's clock is kept by NTP, as a lock's is. That the door has a keypad says that a code is proof enough there.
    fileprivate init(_ report: Envelope<CodeEntered>, at now: Instant, isLive: Bool, in town: UTCOffset) {
        self.init(moment: report.time, now: now, isLive: isLive, assurance: .proved, in: town)
    }
}
