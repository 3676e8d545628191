import Contracts
import Testing

@testable import Kazasu

@Suite("The map of shelters")
struct ShelterMapTests {
    @Test("Longitude stands first, a shelter without a place has a geometry of null, and silence is not emptiness")
    func map() throws {
        let at = Instant(rfc3339: "2026-11-21T08:00:00+09:00")!
        var school = Shelter("s01", title: "長井小学校")
        school.position = Position(lat: 38.1075, lon: 140.0408)
        school.capacity = Shelter.Capacity(day: 60)
        let run = ShelterRun(.open, since: at, by: "shelter-desk-hq")
        let silent = Occupancy(at: at, maxAge: 90, .silent, headcount: 12, congestion: .free, heard: at - .seconds(3600), drill: false)
        let hall = Shelter("s02", title: "公民館")
        let closed = Occupancy(at: at, maxAge: 90, .closed, headcount: 0, congestion: nil, heard: nil, drill: false)
        let map = ShelterMap([
            ShelterList.Entry(school, run, silent, away: 1, cars: 2, homes: 3),
            ShelterList.Entry(hall, run, closed, away: 0, cars: 0, homes: 0),
        ])
        let text = String(decoding: try map.json(), as: UTF8.self)
        #expect(text.hasPrefix(#"{"features":[{"geometry":{"coordinates":[140.0408,38.1075],"type":"Point"},"id":"s01","properties":{"#))
        #expect(text.contains(#"{"geometry":null,"id":"s02","properties":{"#) && text.hasSuffix(#""type":"FeatureCollection"}"#))
        #expect(
            text.contains(#""condition":"silent","congestion":"free""#) && text.contains(#""headcount":12,"heard":"2026-11-21T07:00:00"#))
        #expect(text.contains(#""gridSquare":"57401023""#), "\(text)")
        #expect(!text.contains("shelter-desk"), "who runs it is nobody's business")
    }
}
