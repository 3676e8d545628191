import Contracts

/// The shelters as a map for everybody: GeoJSON (RFC 7946). Numbers, and nobody in them.
struct ShelterMap: Encodable {
    struct Feature: Encodable {
        let geometry: Geometry?
        let id: ShelterID
        let properties: Properties
        let type = "Feature"

        private enum CodingKeys: String, CodingKey { case geometry, id, properties, type }

        // A feature without a place has a geometry of null (section 3.2), which is not the same as none.
        func encode(to encoder: any Encoder) throws {
            var feature = encoder.container(keyedBy: CodingKeys.self)
            try feature.encode(geometry, forKey: .geometry)
            try feature.encode(id, forKey: .id)
            try feature.encode(properties, forKey: .properties)
            try feature.encode(type, forKey: .type)
        }
    }

    struct Geometry: Encodable {
        /// Longitude, then latitude (section 3.1.1).
        let coordinates: [Double]
        let type = "Point"

        init(_ position: Position) { coordinates = [position.lon, position.lat] }
    }

    struct Properties: Encodable {
        let address: String?
        let capacity: Shelter.Capacity?
        let condition: Occupancy.Condition
        let congestion: Occupancy.Congestion?
        let designations: [Shelter.Designation]
        let drill: Bool?
        let features: [Shelter.Feature]
        let gridSquare: String?
        let hazards: [Shelter.Hazard]
        let headcount: Int
        /// When anything was heard from there last; of a silent shelter the numbers are as old as that.
        let heard: Instant?
        let title: String
        let updatedAt: Instant
    }

    let features: [Feature]
    let type = "FeatureCollection"

    init(_ shelters: [ShelterList.Entry]) {
        features = shelters.map { entry in
            let (shelter, now) = (entry.shelter, entry.now)
            return Feature(
                geometry: shelter.position.map(Geometry.init), id: shelter.id,
                properties: Properties(
                    address: shelter.address, capacity: shelter.capacity, condition: now.condition, congestion: now.congestion,
                    designations: shelter.designations, drill: now.drill, features: shelter.features,
                    gridSquare: shelter.position?.gridSquare,
                    hazards: shelter.hazards, headcount: now.headcount, heard: now.heard, title: shelter.title, updatedAt: now.at))
        }
    }
}
