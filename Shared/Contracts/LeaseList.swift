/// A time in which a card may enter: seconds since 1970, the end not included.
package struct LeaseWindow: Hashable, Sendable, Comparable {
    package var from: UInt32
    package var to: UInt32

    package static let always = LeaseWindow(from: 0, to: .max)

    package init(from: UInt32, to: UInt32) {
        self.from = from
        self.to = to
    }

    /// The whole seconds within a time, so that a lock opens neither earlier nor later than the town would; `nil` if there are none.
    package init?(_ from: Instant, _ to: Instant) {
        let first = UInt32(clamping: (from.milliseconds + 999) / 1000)
        let end = UInt32(clamping: to.milliseconds / 1000)
        guard first < end else { return nil }
        self.init(from: first, to: end)
    }

    package func contains(_ seconds: Int64) -> Bool { Int64(from) <= seconds && seconds < Int64(to) }
    package static func < (a: Self, b: Self) -> Bool { (a.from, a.to) < (b.from, b.to) }
}

/// Windows in order, none touching the next. None at all: the card may not enter.
package struct LeaseWindows: Hashable, Sendable, Comparable {
    package let windows: [LeaseWindow]

    package static let none = LeaseWindows([])
    package static let always = LeaseWindows([.always])

    package init(_ windows: [LeaseWindow]) {
        var joined: [LeaseWindow] = []
        for window in windows.sorted() where window.from < window.to {
            if let last = joined.last, window.from <= last.to {
                joined[joined.count - 1].to = max(last.to, window.to)
            } else {
                joined.append(window)
            }
        }
        // A list counts them in two bytes.
        self.windows = Array(joined.prefix(Int(UInt16.max)))
    }

    package var isEmpty: Bool { windows.isEmpty }
    package func contains(_ seconds: Int64) -> Bool { windows.contains { $0.contains(seconds) } }

    /// Those that are not over at `now` and begin before `end`.
    package func between(_ now: Int64, _ end: Int64) -> LeaseWindows {
        LeaseWindows(windows.filter { Int64($0.to) > now && Int64($0.from) < end })
    }

    package func with(_ other: LeaseWindows) -> LeaseWindows { LeaseWindows(windows + other.windows) }

    package func without(_ other: LeaseWindows) -> LeaseWindows {
        guard !other.isEmpty else { return self }
        return LeaseWindows(
            windows.flatMap { window -> [LeaseWindow] in
                var (left, from): ([LeaseWindow], UInt32) = ([], window.from)
                for hole in other.windows where hole.to > window.from && hole.from < window.to {
                    if hole.from > from { left.append(LeaseWindow(from: from, to: hole.from)) }
                    from = max(from, hole.to)
                }
                return from < window.to ? left + [LeaseWindow(from: from, to: window.to)] : left
            })
    }

    /// Whether every second of `other` is in here.
    package func covers(_ other: LeaseWindows) -> Bool {
        other.windows.allSatisfy { inner in windows.contains { $0.from <= inner.from && inner.to <= $0.to } }
    }

    package static func < (a: Self, b: Self) -> Bool { a.windows.lexicographicallyPrecedes(b.windows) }
}

/// The list of a lease: sections, each of windows and of the cards that may enter in them. All numbers are unsigned and big-endian.
///
/// ```
/// section   windows: 2 bytes, how many · each 4 bytes from, 4 bytes to
///           cards:   4 bytes, how many · each 6 bytes, ascending
/// ```
package struct LeaseList: Sendable, Equatable {
    package let bytes: [UInt8]
    private let sections: [Section]

    private struct Section: Equatable {
        let windows: LeaseWindows
        /// Where the first hash lies.
        let start: Int
        let count: Int
    }

    /// - Parameter cards: by the times in which they may enter, in any order.
    package init(packing cards: [LeaseWindows: [CardHash]]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(cards.reduce(0) { $0 + Self.size($1.key, cards: $1.value.count) })
        for (windows, cards) in cards.sorted(by: { $0.key < $1.key }) where !cards.isEmpty {
            bytes.append(windows.windows.count, bytes: 2)
            for window in windows.windows {
                bytes.append(window.from, bytes: 4)
                bytes.append(window.to, bytes: 4)
            }
            bytes.append(cards.count, bytes: 4)
            for card in cards.sorted() { bytes.append(card.value, bytes: CardHash.bytes) }
        }
        guard let list = LeaseList(bytes) else { preconditionFailure("a list that was just packed cannot be read") }
        self = list
    }

    /// Nil for bytes that are not exactly such a list.
    package init?(_ bytes: [UInt8]) {
        var sections: [Section] = []
        var at = 0
        func number(_ width: Int) -> Int? {
            guard bytes.count - at >= width else { return nil }
            defer { at += width }
            return bytes[at..<at + width].reduce(0) { $0 << 8 | Int($1) }
        }
        while at < bytes.count {
            guard let windowCount = number(2) else { return nil }
            var windows: [LeaseWindow] = []
            for _ in 0..<windowCount {
                guard let from = number(4), let to = number(4), from < to else { return nil }
                windows.append(LeaseWindow(from: UInt32(from), to: UInt32(to)))
            }
            guard let count = number(4), count <= (bytes.count - at) / CardHash.bytes else { return nil }
            sections.append(Section(windows: LeaseWindows(windows), start: at, count: count))
            at += count * CardHash.bytes
        }
        self.bytes = bytes
        self.sections = sections
    }

    /// Bytes of a section.
    package static func size(_ windows: LeaseWindows, cards: Int) -> Int { 6 + 8 * windows.windows.count + CardHash.bytes * cards }

    package var count: Int { sections.reduce(0) { $0 + $1.count } }

    /// When a card may enter; `nil` if it does not stand here. Should two cards share a hash, both may when either may.
    package func windows(of card: CardHash) -> LeaseWindows? {
        let found = sections.filter { section in
            var (low, high) = (0, section.count)
            while low < high {
                let middle = (low + high) / 2
                if hash(section, middle) < card.value { low = middle + 1 } else { high = middle }
            }
            return low < section.count && hash(section, low) == card.value
        }
        return found.isEmpty ? nil : LeaseWindows(found.flatMap(\.windows.windows))
    }

    private func hash(_ section: Section, _ index: Int) -> UInt64 {
        let start = section.start + index * CardHash.bytes
        return bytes[start..<start + CardHash.bytes].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension [UInt8] {
    /// The lowest bytes of a number, the highest of them first.
    fileprivate mutating func append(_ number: some FixedWidthInteger, bytes count: Int) {
        for place in (0..<count).reversed() { append(UInt8(truncatingIfNeeded: number >> (8 * numericCast(place)))) }
    }
}
