/// How far a clock is ahead of ours, by signs of life that came live. The way from there only makes each look older than it was, so the one that looks youngest
/// is the nearest to the truth.
struct ClockMeasure {
    /// Signs of life that count: one held up by a slow line changes nothing, and a clock that was set is known anew after these.
    static let signs = 4

    private var last: [Duration] = []

    /// - Parameter ahead: the time in it less ours at its arrival.
    mutating func note(_ ahead: Duration) { last = (last + [ahead]).suffix(Self.signs) }

    var ahead: Duration? { last.max() }
}
