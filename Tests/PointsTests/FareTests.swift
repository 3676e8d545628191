import Contracts
import Testing

@testable import Points

/// What a ride costs: by table, for all that may be unknown.
@Suite struct FareTests {
    static let stops = [
        Line.Stop("station", Position(lat: 38.107, lon: 140.040)), Line.Stop("hospital", Position(lat: 38.120, lon: 140.050)),
        Line.Stop("pass", Position(lat: 38.200, lon: 140.100)),
    ]

    static func line(_ fare: Line.Fare) -> Line { Line("country", title: "山線", carrier: "nagai-bus", fare: fare) }
    static let table = line(.stops(stops, yen: [[0, 210, 480], [210, 0, 350], [480, 350, 0]]))
    static let zone = line(.distance([.init(upTo: 1000, 100), .init(upTo: 5000, 250), .init(upTo: 10_000, 400)]))

    @Test(
        "Between stops the table holds, the same both ways; where one end is not known, the dearest that it could have been",
        arguments: [
            ("station", "hospital", 210), ("hospital", "station", 210), ("pass", "station", 480), ("station", nil, 480),
            ("hospital", nil, 350), (nil, "hospital", 350), (nil, nil, 480), ("station", "station", 0),
            // On board, the reader's place is the bus itself and says nothing.
            ("bus-1", "hospital", 350),
        ] as [(PlaceID?, PlaceID?, Int64)])
    func stops(from: PlaceID?, to: PlaceID?, yen: Int64) {
        #expect(Self.table.fare(from: from.map { RideSpot($0) }, to: to.map { RideSpot($0) }).due == yen)
    }

    @Test("A vehicle that knows where it is stands at the nearest stop")
    func nearest() {
        func spot(_ lat: Double, _ lon: Double) -> RideSpot { RideSpot("bus-1", Position(lat: lat, lon: lon)) }
        #expect(Self.table.fare(from: spot(38.108, 140.041), to: spot(38.121, 140.049)).due == 210)
        #expect(Self.table.fare(from: spot(38.190, 140.090), to: spot(38.115, 140.047)).due == 350)
    }

    @Test(
        "Where people get on and off anywhere, the distance as the crow flies decides; beyond the last step it costs no more",
        arguments: [(0.0, 100), (0.0089, 100), (0.0091, 250), (0.0449, 250), (0.0451, 400), (0.2, 400), (60, 400)] as [(Double, Int64)])
    func distance(north: Double, yen: Int64) {
        let (from, to) = (Position(lat: 38, lon: 140), Position(lat: 38 + north, lon: 140))
        #expect(Self.zone.fare(from: RideSpot("bus-1", from), to: RideSpot("bus-1", to)).due == yen)
        #expect(Self.zone.fare(from: RideSpot("bus-1", from), to: nil).due == 400)
    }

    @Test("A degree of a great circle is 111.195 km; towards the poles meridians close up")
    func metres() {
        let tokyo = Position(lat: 35.681_236, lon: 139.767_125)
        let osaka = Position(lat: 34.702_485, lon: 135.495_951)
        // By the same formula and radius, with a library's functions.
        #expect(abs(tokyo.metres(to: osaka) - 403_050) < 500)
        #expect(abs(tokyo.metres(to: osaka) - osaka.metres(to: tokyo)) < 0.001)
        #expect(abs(Position(lat: 0, lon: 0).metres(to: Position(lat: 1, lon: 0)) - 111_195.08) < 0.1)
        #expect(abs(Position(lat: 60, lon: 140).metres(to: Position(lat: 60, lon: 140.01)) - 555.97) < 0.1)
        #expect(abs(Position(lat: 0, lon: 179.999).metres(to: Position(lat: 0, lon: -179.999)) - 222.39) < 0.1)
        #expect(tokyo.metres(to: tokyo) == 0)
    }

    @Test(
        "Per cent are taken off and what remains is rounded up to whole ten yen; the best offer counts, and none makes it dearer",
        arguments: [
            (200, ["disability"], 100), (210, ["disability"], 110), (250, ["disability"], 130), (205, ["disability"], 110),
            (5, ["disability"], 5),
            (210, ["senior"], 100), (90, ["senior"], 90), (210, ["senior", "disability"], 100), (180, ["senior", "disability"], 90),
            (210, [], 210), (210, ["other"], 210), (210, ["free"], 0),
        ] as [(Int64, Set<ProgrammeID>, Int64)])
    func discounts(full: Int64, eligible: Set<ProgrammeID>, yen: Int64) {
        var line = Self.line(.flat(full))
        line.discounts = [.init("disability", .percent(50)), .init("senior", .fare(100)), .init("free", .percent(100))]
        let fare = line.fare(from: nil, to: nil, eligible: eligible)
        #expect(fare == RideFare(full: full, discounted: yen))
    }

    @Test("First the discount, then what a change of lines takes off, then the day's cap; nothing goes below zero")
    func order() {
        var line = Self.line(.flat(300))
        line.discounts = [.init("disability", .percent(50))]
        line.transfer = .init(within: .seconds(3600), less: 100)
        line.dayCap = 500
        let half = line.fare(from: nil, to: nil, eligible: ["disability"])
        #expect(line.lessened(half, hasChanged: true, spent: 0) == RideFare(full: 300, discounted: 150, changed: 100))
        #expect(line.lessened(half, hasChanged: true, spent: 460) == RideFare(full: 300, discounted: 150, changed: 100, capped: 10))
        #expect(line.lessened(half, hasChanged: false, spent: 460).due == 40)
        #expect(line.lessened(half, hasChanged: false, spent: 900).due == 0)
        line.transfer = .init(within: .seconds(3600), less: 1000)
        #expect(line.lessened(half, hasChanged: true, spent: 0).due == 0)
        line.dayCap = nil
        #expect(line.lessened(half, hasChanged: false, spent: 99_999).due == 150)
    }
}
