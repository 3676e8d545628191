/// What goes wrong in one history, in chances a second unless said otherwise.
package struct Faults: Sendable, CustomStringConvertible {
    // Of one message.
    var drop = 0.0
    var `repeat` = 0.0
    var reorder = 0.0
    var delay = 0.0
    /// Milliseconds. Keep-alive ends a connection that is silent for longer than half a minute.
    var longestDelay = 0

    // Of one machine.
    var crash = 0.0
    /// The share of crashes before the commit, and between commit, send and mark; the rest comes between two steps.
    var crashInside = 0.0
    /// The line breaks, also in the middle of what is sent.
    var cut = 0.0
    /// Not run for a while, as when stopped or starved.
    var stall = 0.0
    var diskFull = 0.0
    var diskError = 0.0
    /// The disk is put back to an older copy, in chances a crash.
    var restore = 0.0
    /// A second machine starts from a copy of the disk, under the same name.
    var clone = 0.0
    /// The clock is set, by up to `step` milliseconds.
    var clockSet = 0.0
    var step = 0
    /// The machine starts without the time, in chances a start. Agents alone: what has no clock of its own.
    var noTime = 0.0
    /// Clocks are off by up to this many milliseconds: agents', and lock-controller's and the locks'.
    var skew = 0
    var townSkew = 0
    /// Events an agent keeps unsent at the most.
    var journalLimit: Int64 = 1_000_000

    // Of the broker.
    var brokerRestart = 0.0
    /// The share of restarts that lose the memory, and that find an old one.
    var brokerAmnesia = 0.0
    var brokerOldMemory = 0.0
    var sessionExpiry = 0.0
    var staleHeads = 0.0
    var lostRetained = 0.0
    var queueLimit = 1000
    /// A part of the town is cut off from the broker.
    var partition = 0.0

    // Of people.
    /// Messages of strangers, broken ones and old ones, on any topic.
    var garbage = 0.0
    /// The same card at two readers at once, in chances a card.
    var cardCopy = 0.0
    /// A card held again within a second, in chances a card.
    var heldAgain = 0.0
    /// The town changes its token key in the middle: from then on each tap carries two tokens.
    package var newTokenKey = false

    package static let none = Faults()

    package static func drawn(by chance: inout Chance) -> Faults {
        var faults = Faults()
        faults.drop = chance.strength(0.2)
        faults.repeat = chance.strength(0.2)
        faults.reorder = chance.strength(0.2)
        faults.delay = chance.happens(0.3) ? chance.strength(0.2) : 0
        faults.longestDelay = faults.delay == 0 ? 0 : chance.among([500, 5_000, 30_000])
        faults.crash = chance.strength(0.05)
        faults.crashInside = chance.strength(1)
        faults.cut = chance.strength(0.03)
        faults.stall = chance.happens(0.5) ? chance.strength(0.01) : 0
        faults.diskFull = chance.happens(0.5) ? chance.strength(0.01) : 0
        faults.diskError = chance.happens(0.5) ? chance.strength(0.01) : 0
        faults.restore = chance.happens(0.3) ? chance.strength(0.5) : 0
        faults.clone = chance.happens(0.15) ? chance.strength(0.02) : 0
        faults.clockSet = chance.happens(0.3) ? chance.strength(0.01) : 0
        faults.step = faults.clockSet == 0 ? 0 : chance.among([1_500, 8_000, 40_000, 3_600_000])
        faults.noTime = chance.happens(0.3) ? chance.strength(0.5) : 0
        faults.skew = chance.happens(0.5) ? 0 : chance.among([3_000, 60_000, 31_536_000_000])
        faults.townSkew = chance.happens(0.7) ? 0 : chance.among([1_000, 5_000, 60_000])
        faults.journalLimit = chance.happens(0.8) ? 1_000_000 : 3 + Int64(chance.below(20))
        faults.brokerRestart = chance.strength(0.03)
        faults.brokerAmnesia = chance.strength(0.7)
        faults.brokerOldMemory = chance.strength(0.5)
        faults.sessionExpiry = chance.strength(0.03)
        faults.staleHeads = chance.strength(0.03)
        faults.lostRetained = chance.strength(0.03)
        faults.queueLimit = chance.happens(0.5) ? 1000 : 2 + chance.below(40)
        faults.partition = chance.happens(0.5) ? chance.strength(0.02) : 0
        faults.garbage = chance.strength(0.1)
        faults.cardCopy = chance.strength(0.2)
        faults.heldAgain = chance.strength(0.3)
        faults.newTokenKey = chance.happens(0.3)
        return faults
    }

    package var description: String {
        let none = Mirror(reflecting: Faults.none).children.map { "\($0.value)" }
        return Mirror(reflecting: self).children.enumerated().compactMap { index, child in
            guard let label = child.label, "\(child.value)" != none[index] else { return nil }
            if let value = child.value as? Double { return "\(label) \(Int(value * 1000))‰" }
            return "\(label) \(child.value)"
        }.joined(separator: ", ")
    }
}
