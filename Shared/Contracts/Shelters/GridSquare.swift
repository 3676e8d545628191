extension Position {
    /// The basic grid square it lies in (基準地域メッシュ, third level, about 1 km), eight digits: JIS X 0410:1976, 3.1 and 4.1. `nil` where that standard has
    /// no code: south of the equator, north of 66°40′, west of 100° and east of 180°.
    ///
    /// A square is 30″ high and 45″ wide; ten of them make one of the second level, eight of those one of the first, both ways. The first level is
    /// numbered by latitude × 1.5 and by longitude − 100.
    package var gridSquare: String? {
        // Thousandths of a second of arc, 3 cm: whole numbers, so that a point on a line belongs to the square north and east of it.
        let (north, east) = ((lat * 3_600_000).rounded(), (lon * 3_600_000).rounded())
        guard (0..<240_000_000).contains(north), (360_000_000..<648_000_000).contains(east) else { return nil }
        let (row, column) = (Int(north) / 30_000, Int(east) / 45_000 - 8000)
        func pair(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return pair(row / 80) + pair(column / 80) + "\(row / 10 % 8)\(column / 10 % 8)" + "\(row % 10)\(column % 10)"
    }
}
