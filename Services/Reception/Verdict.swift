import Contracts

// The rules of once-only reception, to be read in one sitting. Nothing here knows a clock, a table or the network.

/// Somebody asks to be received.
struct Claim: Equatable {
    /// When the card was held or the desk asked.
    let at: Instant
    let station: ReceptionStationID
    let way: ReceptionWay
    /// Whether whoever stands there is told the answer. Of a card that became known later, somebody at the station has decided already.
    let isAnswered: Bool
    /// A desk answers for it that a row is received at another station than its own.
    var isOverride = false
    /// Asked at a site, which answers by what it has heard, and asks nobody.
    var isAtSite = false
    /// A site has received them, by what it had heard, and the town learns of it.
    var isDone = false

    /// Whether whom others have received may be unknown where it is decided.
    var isBlind: Bool { !isAnswered || isAtSite }
}

/// Who it is, as far as that is known.
enum Claimant: Equatable {
    /// A row of the list, which may belong to a station.
    case listed(station: ReceptionStationID?)
    /// Somebody known by their card or id, or whom a desk takes down, who is not on the list.
    case unlisted
    /// Nobody is known by this card, ticket or name.
    case unknown
}

/// What is known of a reception when somebody asks.
struct Standing: Equatable {
    /// At the moment of the claim.
    var stage: ReceptionChanged.Stage
    /// Everybody who was received, on paper too.
    var total = 0
    /// How this very person was received before, if they were.
    var first: ReceptionRuling.First?
}

/// What becomes of a claim.
enum Judgement: Equatable {
    case accept(asWalkIn: Bool)
    /// The card lay there still, or was held twice: nothing new.
    case same
    case refuse(ReceptionRuling.Outcome)
    /// Received before, and received again by a station that could not know. Both stay until a desk says what holds.
    case conflict
}

/// How long a card held again where it was received is the same coming.
let sameComing = Duration.seconds(30)
/// How late a card may become known and still be answered: whoever stood there waits no longer.
let answerTime = Duration.seconds(30)

/// Decides a claim. Of two claims the one that is decided first stands, in the order of the service's commits; nobody is received twice without a conflict.
///
/// An unanswered claim is one of a station that was cut off. Under `central` it receives nobody, since that station writes paper. Under `partition` it
/// receives its own rows, which are received nowhere else unless a desk has overridden that, which is a conflict. Under `conflict` it receives everybody,
/// and who was received before becomes a conflict. Where each coming counts, nothing can happen twice and late ones count too. Nobody who was let in is
/// turned away afterwards because a room was full.
///
/// A site is always cut off in this sense, whether its line holds or not: it receives in a partition the rows of its own stations, under `conflict`
/// everybody of whom it has not heard. What it has done so the town does not undo: that counts there, or is a conflict.
func verdict(on claim: Claim, of claimant: Claimant, _ standing: Standing, under terms: ReceptionTerms) -> Judgement {
    if claim.isDone {
        return terms.isOnceOnly && standing.first != nil ? .conflict : .accept(asWalkIn: terms.hasList && claimant == .unlisted)
    }
    guard claimant != .unknown else { return .refuse(claim.way == .card ? .unknownCard : .notListed) }
    switch standing.stage {
    case .open: break
    case .cancelled: return .refuse(.cancelled)
    case .planned, .closed: return .refuse(.closed)
    }
    guard (terms.from ?? .distantPast) <= claim.at, claim.at < (terms.until ?? Instant(milliseconds: .max)) else { return .refuse(.closed) }
    if let first = standing.first, isSame(claim, first) { return .same }
    guard claim.isAnswered || terms.whenCutOff != .central || !terms.isOnceOnly else { return .refuse(.late) }
    switch claimant {
    case .unlisted where terms.hasList && !terms.takesWalkIns: return .refuse(.notListed)
    // Nobody's row: a station that is cut off cannot know who else receives them.
    case .unlisted where claim.isBlind && terms.whenCutOff == .partition,
        .listed(nil) where claim.isBlind && terms.whenCutOff == .partition:
        return .refuse(claim.isAnswered ? .elsewhere : .late)
    case .listed(let own) where terms.whenCutOff == .partition:
        if let own, own != claim.station, !claim.isOverride { return .refuse(.elsewhere) }
    case .listed, .unlisted, .unknown: break
    }
    if terms.isOnceOnly, standing.first != nil { return claim.isAnswered ? .refuse(.repeated) : .conflict }
    if claim.isAnswered, let capacity = terms.capacity, standing.total >= capacity { return .refuse(.full) }
    return .accept(asWalkIn: terms.hasList && claimant == .unlisted)
}

/// The same coming, told twice: by the same station within moments.
private func isSame(_ claim: Claim, _ first: ReceptionRuling.First) -> Bool {
    guard claim.way == .card, claim.station == first.station else { return false }
    return claim.at - first.at < sameComing && first.at - claim.at < sameComing
}

/// How it stood at a moment, by its changes in order.
func stage(at moment: Instant, after changes: [StageChange]) -> ReceptionChanged.Stage {
    changes.last { $0.at <= moment }?.stage ?? .planned
}

typealias StageChange = StageView.Change

/// What a decision makes of a reception; `nil` where it cannot be.
func stage(after decision: DecideReception.Decision, at stage: ReceptionChanged.Stage) -> ReceptionChanged.Stage? {
    switch (decision, stage) {
    case (.open, .planned), (.open, .closed): .open
    case (.close, .open): .closed
    case (.cancel, .planned), (.cancel, .open), (.cancel, .closed): .cancelled
    case (.open, .open), (.open, .cancelled), (.close, .planned), (.close, .closed), (.close, .cancelled), (.cancel, .cancelled): nil
    }
}

/// Why a step of taking back is not taken; `nil` where it is. Nobody takes anything back alone.
func objection(
    to step: ReverseReceived.Step, by user: UserID, _ reversal: ReversalChanged?
) -> ReversalObjection? {
    let isOpen = reversal?.stage == .proposed
    switch step {
    case .propose: return isOpen ? .alreadyProposed : reversal?.stage == .reversed ? .alreadyReversed : nil
    case .withdraw: return isOpen ? nil : .notProposed
    case .agree:
        guard let reversal, isOpen else { return .notProposed }
        return reversal.proposedBy == user ? .secondPerson : nil
    }
}

enum ReversalObjection: Equatable { case alreadyProposed, alreadyReversed, notProposed, secondPerson }
