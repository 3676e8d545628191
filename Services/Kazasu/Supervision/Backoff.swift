/// The pause before a program is started again: 0.2 s, doubled each time up to 10 s; from the beginning after a life of 30 s.
struct Backoff: Equatable {
    static let first: Int64 = 200
    static let longest: Int64 = 10_000
    static let goodLife: Int64 = 30_000

    private var next = Self.first

    /// Milliseconds to wait after a life of `life` milliseconds.
    mutating func pause(afterLife life: Int64) -> Int64 {
        if life >= Self.goodLife { next = Self.first }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
