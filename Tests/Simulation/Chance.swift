/// SplitMix64 (Steele, Lea, Flood 2014): every draw of a history comes from one seed.
package struct Chance {
    private var state: UInt64

    package init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 ^ 0x5851_f42d_4c95_7f2d }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    package mutating func happens(_ chance: Double) -> Bool { chance > 0 && Double(next() >> 11) / Double(1 << 53) < chance }
    package mutating func among<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Zero, half of the time; otherwise up to `most`: each seed draws which faults there are and how strong.
    package mutating func strength(_ most: Double) -> Double { happens(0.5) ? 0 : Double(next() >> 11) / Double(1 << 53) * most }
}

/// One source for everybody in a world, in the order they ask.
package final class SharedChance {
    var chance: Chance
    package init(seed: UInt64) { chance = Chance(seed: seed) }
    func next() -> UInt64 { chance.next() }
}
