import Contracts
import ServiceKit

/// Doors opened without a card, for what the town's file has let in: decided here as taps are, and told with who asked.
extension LockController {
    func open(_ command: Envelope<OpenDoor>, in turn: borrowing Turn) throws -> Reply<Done> {
        let door = command.data.door
        guard let rule = doors[door] else {
            return .refuse("unknown-door", "There is no door \(door). `kazasu door list` shows them.")
        }
        guard rule.mayBeOrdered else {
            return .refuse(
                "not-ordered", "Door \(door) opens for cards alone. Its setting `home-assistant: operate` in the town's file would let it.")
        }
        // An order is for somebody who waits now: what was held up on its way is nobody's wish any more.
        guard turn.now - command.time < tapLife, command.time - turn.now <= tapLife else {
            return .refuse("too-old", "The order for door \(door) was held up, or its sender's clock is wrong. Give it again.")
        }
        let decision = try turn.emit(
            DoorOrdered(door: door, origin: command.data.origin, by: turn.actor), on: .doorOrders, cause: command.id, subject: door.text)
        try audit(.open, decision, at: door, why: "order", by: turn.actor, in: turn)
        try open(door, for: command.id, at: min(command.time, turn.now), by: decision, within: nil, in: turn)
        return .accept(Done())
    }
}
