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

    /// - Parameter offset: what to add to the agent's clock to have ours; `nil` without a fresh sign of life.
    init(_ tap: Envelope<Tapped>, at now: Instant, offset: Duration?, isLive: Bool) {
        let usable = tap.data.clock == .boot ? nil : offset
        moment = usable.map { tap.time + $0 }
        happened = moment ?? tap.time
        self.now = now
        self.isLive = isLive
        assurance = tap.data.assurance
    }
}

/// What a card may do at one door, around one moment.
struct Rights: Equatable {
    struct Slot: Equatable {
        var booking: EventID
        var from: Instant
        var to: Instant
    }

    /// In order of `from`.
    var slots: [Slot]
    var group: GroupID?
}

/// A tap that waited somewhere, or comes from the future, opens nothing; nor does one whose moment cannot be known.
let tapLife = Duration.seconds(10)

/// What the door does about a tap. A booking comes before a group, so that the reason a door opened names the narrower right.
/// - Parameter rights: looked up only where the answer rests on them; of a backlog not one.
func verdict(on attempt: Attempt, at door: Door?, rights: @autoclosure () throws -> Rights) rethrows -> Verdict {
    guard let door else { return .refuse(.unknownDoor) }
    guard attempt.isLive else { return .refuse(.notLive) }
    guard let moment = attempt.moment else { return .refuse(.clock) }
    guard attempt.now - moment < tapLife else { return .refuse(.tapTooOld) }
    guard moment - attempt.now <= tapLife else { return .refuse(.tapFromFuture) }
    guard door.accepts == .read || attempt.assurance == .proved else { return .refuse(.notProved) }
    let rights = try rights()
    if let slot = rights.slots.first(where: { $0.from <= moment && moment < $0.to }) { return .open(by: .booking(slot.booking)) }
    if let group = rights.group { return .open(by: .group(group)) }
    if rights.slots.contains(where: { $0.from > moment }) { return .refuse(.tooEarly) }
    return .refuse(rights.slots.isEmpty ? .noRight : .tooLate)
}
