import Bus
import Contracts
import ServiceKit
import Town

extension Option where Value == String {
    fileprivate static var because: Self {
        Self("--because", "WORDS", "why; it stands in the door's audit. No names", expected: "a few words, at most 200 characters") {
            let words = $0.trimmed
            return words.isEmpty || words.unicodeScalars.count > UnlockDoor.longestReason || words.hasControls ? nil : words
        }
    }
}

extension Command {
    package static var doorUnlock: Command {
        Command(
            "door unlock", "DOOR", count: 1...1, summary: "open a door from afar, once and now, and say why (遠隔解錠)",
            options: [Option.because.shape, Flag.yes.shape, Option.language.shape] + Station.options + [Flag.json.shape],
            details: """
                Asks first. Then waits for what the lock says: 0 where the door opened, 1 where it did not, 3 where nobody has said so.
                Whoever does this needs `lead`. A door that a clerk has closed stays shut; a day of closure does not matter.
                Example: kazasu door unlock gym --because "delivery for the kitchen"
                """
        ) { arguments, console in
            let (door, reason) = (try arguments.operand(0, .door), try arguments.required(.because))
            let station = try Station(arguments, console)
            try station.check(door)
            var desk = try station.desk()
            try console.confirm("open door \(harmless(station.town.door(door)?.title ?? door.text)) now?", unless: arguments.has(.yes))
            try desk.noteSilentSites(of: door)
            // Nobody waits before a door for longer, and lock-controller takes no older one.
            desk.life = .seconds(10)
            let outcomes = Channel.doorOutcomes.filter(in: station.town.name)
            desk.session.listen(to: outcomes)
            let order = try desk.ask(UnlockDoor(door: door, reason: reason), on: .unlockDoor, for: UnlockAnswer.self)
            guard let outcome = try desk.session.outcome(of: order.decision) else {
                throw Failure.unknown(
                    "the order was given, and the lock of door \(door) has not answered in \(Session.lockPatience / 1000) s; it obeys the order no more. Look: kazasu door audit \(door)"
                )
            }
            if arguments.has(.json) {
                try console.json(outcome)
            } else {
                let words = PlainWords(try arguments.optional(.language) ?? .en, station.town)
                console.line("\(door)  \(words.outcome(outcome))")
            }
            return outcome.result == .opened ? .done : .refused
        }
    }
}

extension Session {
    /// Milliseconds in which a lock that obeys an order says so: the order lives for ten seconds.
    fileprivate static let lockPatience: Int64 = 13_000

    /// What the lock says first of an order; `nil` if nothing in time.
    fileprivate func outcome(of decision: EventID) throws -> DoorOutcome? {
        let end = monotonicMilliseconds() + Self.lockPatience
        while let message = try next(until: end) {
            guard let said = try? Envelope<DoorOutcome>(json: message.payload), said.data.decision == decision else { continue }
            return said.data
        }
        return nil
    }
}
