import Contracts
import ServiceKit
import Store

/// Turns readings of cards into taps, each written down before anybody hears a beep; works without a network for days.
///
/// Roots: `tap`, `card-refused`. Rulings: `purpose`. With a tap: `lease-hashes`. Timed: `clock-set`. Everything a person sees or hears is an effect after the commit.
package struct ReaderAgent: Service {
    package static let program: Program = "reader-agent"

    let readers: [ReaderID: AgentReader]
    /// How long a second reading of the same card at the same reader is the same tap, by the reader's purpose.
    let doubleTap: @Sendable (Purpose) -> Duration
    /// Events kept unsent at the most; beyond that cards are turned away, aloud.
    let journalLimit: Int64
    /// Which start of the machine this is: uptimes are counted from there.
    let boot: String

    package init(readers: [AgentReader], doubleTap: @escaping @Sendable (Purpose) -> Duration, journalLimit: Int64, boot: String) {
        self.readers = Dictionary(uniqueKeysWithValues: readers.map { ($0.id, $0) })
        self.doubleTap = doubleTap
        self.journalLimit = journalLimit
        self.boot = boot
    }

    package var reads: [Reading] {
        [
            answer(.setPurpose, setPurpose),
            answer(.charge, charge),
            follow(.shelters, keep, drop: dropShelter),
            hear(.doorFeedback, show),
            hear(.shelterFeedback, show),
            hear(.pointsFeedback, show),
            hear(.receptionFeedback, show),
        ]
    }

    package func take(_ input: CardInput, in turn: borrowing Turn) throws {
        switch input {
        case .identified(let card): try tap(card, in: turn)
        case .refused(let reader, let reason, let at): try refuse(reader, reason, at: at, in: turn)
        case .unreadable(let reader): turn.perform(Signal(reader, .again))
        case .condition(let reader, let condition): try note(condition, of: reader, in: turn)
        case .clockLearned(let time, let uptime):
            try turn.emitTimed(
                ClockSet(time: time, uptime: uptime), on: .clockCorrections, identity: turn.identity.address.description, due: time)
        }
    }

    package func failed(_ input: CardInput) -> (any Effect)? { input.reader.map { Signal($0, .failed) } }

    /// A reading may take this long before it is written down as a tap of the moment the card came.
    package var watermarkLag: Duration { .seconds(5) }

    package func publishStates(in turn: borrowing Turn) throws {
        for reader in readers.keys.sorted() { try publishState(of: reader, in: turn) }
    }

    package func purge(in turn: borrowing Turn) throws { try forgetToldLeases(in: turn) }

    package func problems(in turn: borrowing Turn) throws -> [Problem] {
        var problems = try turn.db.all("SELECT reader, condition FROM reader WHERE condition <> 'ready' ORDER BY reader") {
            ($0.text(0), $0.text(1))
        }
        .map { reader, condition in
            Problem(.amber, "reader-\(condition)", "Reader \(reader) is \(condition). Look at its cable; unplug it and plug it in again.")
        }
        if turn.unsent >= journalLimit {
            problems.append(
                Problem(
                    .red, "journal-full",
                    "\(turn.unsent) events wait for the broker and no more are kept: cards are turned away. Bring the network back."))
        } else if turn.unsent >= journalLimit / 10 * 9 {
            problems.append(
                Problem(.amber, "journal-filling", "\(turn.unsent) of \(journalLimit) events wait for the broker. Bring the network back."))
        }
        return problems
    }
}

/// A reader of this agent, as the town's configuration has it.
package struct AgentReader: Sendable {
    package let id: ReaderID
    package let place: PlaceID
    /// What it is for until somebody says otherwise.
    package let purpose: Purpose
    package let direction: Direction?
    package let position: Position?
    /// While this shelter is open it stands for that.
    package let whenOpen: ShelterID?

    package init(
        id: ReaderID, place: PlaceID, purpose: Purpose, direction: Direction? = nil, position: Position? = nil, whenOpen: ShelterID? = nil
    ) {
        self.id = id
        self.place = place
        self.purpose = purpose
        self.direction = direction
        self.position = position
        self.whenOpen = whenOpen
    }
}

/// What the card side hands over. No identifier of a card is in here, only its pseudonym.
package enum CardInput: Sendable, Equatable {
    case identified(IdentifiedCard)
    case refused(ReaderID, CardRefused.Reason, at: Instant)
    /// Pulled away or mute: it may be held again.
    case unreadable(ReaderID)
    case condition(ReaderID, ReaderState.Condition)
    /// The machine had started without the time and has it now.
    case clockLearned(Instant, uptime: Int64)

    var reader: ReaderID? {
        switch self {
        case .identified(let card): card.reader
        case .refused(let reader, _, _), .unreadable(let reader): reader
        case .condition, .clockLearned: nil
        }
    }
}

/// A card that was read and is known by its pseudonym.
package struct IdentifiedCard: Sendable, Equatable {
    package var reader: ReaderID
    package var token: Token
    /// The same card under the former token key, while keys are being changed.
    package var former: Token?
    /// What it is called at the doors that decide alone, under each of its tokens.
    package var leases: [LeaseHashes]
    package var scheme: Scheme
    package var assurance: Assurance
    /// When the card came.
    package var at: Instant
    /// Milliseconds the machine was up then.
    package var uptime: Int64
    package var clock: ClockQuality

    package init(
        reader: ReaderID, token: Token, former: Token? = nil, leases: [LeaseHashes] = [], scheme: Scheme, assurance: Assurance, at: Instant,
        uptime: Int64, clock: ClockQuality
    ) {
        self.reader = reader
        self.token = token
        self.former = former
        self.leases = leases
        self.scheme = scheme
        self.assurance = assurance
        self.at = at
        self.uptime = uptime
        self.clock = clock
    }
}
