import Contracts
import Glibc
import ServiceKit
import VirtualReader

/// A card on a reader, until the reader has it.
struct Hold {
    let place: ReaderPlace
    let card: VirtualCard
    private let slot: VirtualSlot
    private let exchanges: Int
    private let lamps: Int
    private let start = monotonicMilliseconds()
    private var readAt: Int64?

    init(_ card: VirtualCard, at place: ReaderPlace, on slot: VirtualSlot) throws {
        (self.card, self.place, self.slot) = (card, place, slot)
        exchanges = card.log.count
        lamps = size(of: slot.path + ".escapes")
        try slot.insert(card)
    }

    /// Whether the person would take the card away: it has given its number or its proof, and the lamp has said so.
    mutating func isOver() -> Bool {
        let log = card.log
        guard log.count > exchanges, let last = log.last, [0x88, 0xCA].contains(last.command[1]) else { return false }
        let now = monotonicMilliseconds()
        if readAt == nil { readAt = now }
        guard let readAt else { return false }
        // Lamps are a courtesy; a reader that shows none has read the card all the same.
        return now >= readAt + 5 && (size(of: slot.path + ".escapes") > lamps || now > readAt + 500)
    }

    var isHopeless: Bool { monotonicMilliseconds() > start + 6000 }

    func lift() { slot.remove() }
}

/// People who queue at one reader: some with rights, most with cards nobody has seen before.
struct Queue {
    let place: ReaderPlace
    let regulars: [VirtualCard]
    var length: Int
    private var current: Hold?

    init(_ place: ReaderPlace, regulars: [VirtualCard], length: Int) {
        (self.place, self.regulars, self.length) = (place, regulars, length)
    }

    var isOver: Bool { length == 0 && current == nil }

    /// Milliseconds after which the same card at the same reader is surely another tap.
    private static let window: Int64 = 2500

    /// - Returns: whether a tap has just been made.
    mutating func step(_ stage: Stage, _ chance: inout Chance, _ fresh: inout UInt32) throws -> Bool {
        if var hold = current {
            if hold.isOver() {
                try lift(hold, stage)
                return true
            }
            current = hold
            guard hold.isHopeless else { return false }
            hold.lift()
            current = try Hold(hold.card, at: place, on: stage.slot(place))
            return false
        }
        guard length > 0 else { return false }
        length -= 1
        let now = monotonicMilliseconds()
        let known = regulars.filter { now > stage.taken[Stage.Spot(place, $0), default: -Self.window] + Self.window }
        fresh += 1
        let card = (Bool.random(using: &chance) ? known.randomElement(using: &chance) : nil) ?? Cast.felica(fresh)
        current = try Hold(card, at: place, on: stage.slot(place))
        return false
    }

    private mutating func lift(_ hold: Hold, _ stage: Stage) throws {
        hold.lift()
        current = nil
        stage.taken[Stage.Spot(place, hold.card)] = monotonicMilliseconds()
        try stage.made.add(.tap, at: place, stage.console.now())
    }
}
