/// Where a card was held on board: the reader's place, and where the vehicle was if it knew.
package struct RideSpot: Sendable, Hashable {
    package var place: PlaceID
    package var position: Position?

    package init(_ place: PlaceID, _ position: Position? = nil) { (self.place, self.position) = (place, position) }
}

extension Position {
    /// Metres to another one along a great circle of a sphere with the Earth's mean radius (R₁ of GRS 80), by the haversine formula.
    ///
    /// Good to half a per cent for the shape of the Earth, as far as vehicles go in a day; from thousands of kilometres on too short.
    package func metres(to other: Position) -> Double {
        let (south, north) = (lat * .pi / 180, other.lat * .pi / 180)
        let (up, along) = (sine((north - south) / 2), sine((other.lon - lon) * .pi / 360))
        let half = (up * up + sine(.pi / 2 - south) * sine(.pi / 2 - north) * along * along).squareRoot()
        // The arc whose sine that is.
        return 2 * 6_371_008.771_4 * half * (1 + half * half / 6 + 3 * half * half * half * half / 40)
    }
}

/// By its series, which is exact to a Double's last digits within half a turn: what is pure here imports no C.
private func sine(_ angle: Double) -> Double {
    var (term, sum) = (angle, angle)
    for n in stride(from: 2.0, through: 30, by: 2) {
        term *= -angle * angle / (n * (n + 1))
        sum += term
    }
    return sum
}
