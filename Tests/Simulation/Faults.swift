/// What goes wrong in one history, in chances a second unless said otherwise.
package struct Faults: Sendable, CustomStringConvertible {
    /// Of one message.
    var drop = 0.0
    var `repeat` = 0.0
    var reorder = 0.0
    /// Of one machine.
    var crash = 0.0
    /// The share of crashes before the commit, and between commit and send; the rest comes between two steps.
    var crashInside = 0.0
    var cut = 0.0
    var diskFull = 0.0
    var restore = 0.0
    /// Of the broker.
    var brokerRestart = 0.0
    var brokerAmnesia = 0.0
    var sessionExpiry = 0.0
    var staleHeads = 0.0
    var queueLimit = 1000
    /// Agents' clocks are off by up to this many milliseconds.
    var skew = 0
    /// Messages of strangers and broken ones, on any topic.
    var garbage = 0.0

    package static let none = Faults()

    package static func drawn(by chance: inout Chance) -> Faults {
        var faults = Faults()
        faults.drop = chance.strength(0.2)
        faults.repeat = chance.strength(0.2)
        faults.reorder = chance.strength(0.2)
        faults.crash = chance.strength(0.05)
        faults.crashInside = chance.strength(1)
        faults.cut = chance.strength(0.03)
        faults.diskFull = chance.strength(0.03)
        faults.restore = chance.happens(0.3) ? chance.strength(0.5) : 0
        faults.brokerRestart = chance.strength(0.03)
        faults.brokerAmnesia = chance.strength(0.7)
        faults.sessionExpiry = chance.strength(0.03)
        faults.staleHeads = chance.strength(0.03)
        faults.queueLimit = chance.happens(0.5) ? 1000 : 2 + chance.below(40)
        faults.skew = chance.happens(0.5) ? 0 : chance.among([3_000, 60_000, 31_536_000_000])
        faults.garbage = chance.strength(0.1)
        return faults
    }

    package var description: String {
        Mirror(reflecting: self).children.compactMap { child in
            guard let label = child.label else { return nil }
            if let value = child.value as? Double { return value == 0 ? nil : "\(label) \(Int(value * 1000))‰" }
            return "\(label) \(child.value)"
        }.joined(separator: ", ")
    }
}
