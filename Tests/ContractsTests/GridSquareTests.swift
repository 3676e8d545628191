import Contracts
import Testing

@Suite("Grid squares (JIS X 0410)")
struct GridSquareTests {
    @Test(
        "Published examples",
        arguments: [
            // The Statistics Bureau of Japan, 35°42′2.8″ 139°42′53.1″, in 地域メッシュ統計の特質・沿革.
            (35.700_778, 139.714_750, "53394547"),
            // Tokyo Tower; Kyoto Tower.
            (35.658581, 139.745433, "53393599"), (34.987574, 135.759363, "52353680"),
        ])
    func examples(lat: Double, lon: Double, code: String) { #expect(Position(lat: lat, lon: lon).gridSquare == code) }

    @Test("A point on a line belongs to the square north and east of it, though no binary fraction is exact")
    func lines() {
        #expect(Position(lat: 35.7, lon: 139.7125).gridSquare == "53394547")
        #expect(Position(lat: 35.7 - 1e-6, lon: 139.7125 - 1e-6).gridSquare == "53394536")
        for row in 0..<400 {
            let point = Position(lat: 35 + Double(row) / 120, lon: 139 + Double(row) / 80)
            let inside = Position(lat: point.lat + 0.001, lon: point.lon + 0.001)
            #expect(point.gridSquare == inside.gridSquare, "\(row)")
        }
    }

    @Test(
        "Where the standard has no code there is none",
        arguments: [(-0.1, 139.0), (66.67, 139.0), (35.0, 99.9), (35.0, 180.0), (Double.nan, 139.0)])
    func elsewhere(lat: Double, lon: Double) { #expect(Position(lat: lat, lon: lon).gridSquare == nil) }
}
