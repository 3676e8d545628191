import Contracts

/// Everything about a tap that a verdict rests on.
struct Attempt: Equatable {
    /// When the card was held over the reader, by our clock; `nil` when the agent's clock cannot be compared with ours.
    var moment: Instant?
    /// The same as well as it can be known: for the words of a refusal, never for opening.
    var happened: Instant
    var now: Instant
    var isLive: Bool
    var assurance: Assurance
    /// By whose calendar days begin and end.
    var town: UTCOffset

    /// - Parameter offset: what to add to the agent's clock to have ours; `nil` without a fresh sign of life.
    init(_ tap: Envelope<Tapped>, at now: Instant, offset: Duration?, isLive: Bool, in town: UTCOffset = .japan) {
        let usable = tap.data.clock == .boot ? nil : offset
        moment = usable.map { tap.time + $0 }
        happened = moment ?? tap.time
        self.now = now
        self.isLive = isLive
        assurance = tap.data.assurance
        self.town = town
    }

    /// One that nothing is wrong with.
    init(at moment: Instant, in town: UTCOffset) {
        (self.moment, happened, now, isLive, assurance, self.town) = (moment, moment, moment, true, .proved, town)
    }

    /// Something other than a card was used, at a moment that is known.
    init(moment: Instant, now: Instant, isLive: Bool, assurance: Assurance, in town: UTCOffset) {
        (self.moment, happened, self.now, self.isLive, self.assurance, self.town) = (moment, moment, now, isLive, assurance, town)
    }
}

/// What a card may do at one door, around one moment.
struct Rights: Equatable {
    struct Slot: Equatable {
        var booking: EventID
        var from: Instant
        var to: Instant
        var isUnpaid = false
    }

    /// In order of `from`.
    var slots: [Slot]
    /// One that may come in at any time.
    var group: GroupID?
    var standing = Standing()

    static let nothing = Rights(slots: [], group: nil)
}

/// A tap that waited somewhere, or comes from the future, opens nothing; nor does one whose moment cannot be known.
let tapLife = Duration.seconds(10)

/// What the door does about a tap, by which rule of the town, and when an order may be obeyed.
struct Ruling: Equatable {
    var verdict: Verdict
    var rule: DoorRule?
    /// The right it opens by.
    var claim: Claim?

    static func refuse(_ refusal: Refusal, _ rule: DoorRule? = nil) -> Self { Self(verdict: .refuse(refusal), rule: rule) }
}

/// What the door does about a tap.
func verdict(on attempt: Attempt, at door: Door?, rights: Rights) -> Verdict { ruling(on: attempt, at: door, rights: rights).verdict }

/// What is wrong with a tap whatever its card may do.
func fault(of attempt: Attempt, at door: Door?) -> Refusal? {
    guard let door else { return .unknownDoor }
    guard attempt.isLive else { return .notLive }
    guard let moment = attempt.moment else { return .clock }
    guard attempt.now - moment < tapLife else { return .tapTooOld }
    guard moment - attempt.now <= tapLife else { return .tapFromFuture }
    return door.accepts == .read || attempt.assurance == .proved ? nil : .notProved
}

/// The first right that opens is the reason that is given; rights are asked from the narrowest to the widest.
func ruling(on attempt: Attempt, at door: Door?, rights: Rights) -> Ruling {
    if let fault = fault(of: attempt, at: door) { return .refuse(fault) }
    guard let door, let moment = attempt.moment else { return .refuse(.clock) }
    let claims = rights.claims(at: moment, by: door.plan, in: attempt.town)
    guard let claim = claims.first(where: { $0.says == .opens }) else {
        let (refusal, rule) = whatIsMissing(in: claims)
        return .refuse(refusal, rule)
    }
    guard let zone = rights.standing.inside else { return Ruling(verdict: .open(by: claim.right), claim: claim) }
    guard zone.passback == .soft else { return .refuse(.noRight, .passback) }
    return Ruling(verdict: .open(by: claim.right), rule: .passback, claim: claim)
}
