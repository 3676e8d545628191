import Harness

/// Every draw of a history comes from one seed.
package struct Chance {
    private var source: Seeded

    package init(seed: UInt64) { source = Seeded(seed) }

    package mutating func next() -> UInt64 { source.next() }
    package mutating func below(_ bound: Int) -> Int { source.below(bound) }
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
