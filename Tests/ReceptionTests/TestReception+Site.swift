import Bus
import Contracts
import Harness
import ServiceKit
import Store
import Testing

@testable import Reception

extension TestReception {
    /// A town that has told its site the list of a reception, which is open.
    static func both(_ mode: ReceptionTerms.WhenCutOff, list: ReceptionID = "ballot") throws -> (town: TestReception, site: TestReception) {
        let (town, site) = (try TestReception(mode, withSite: true), try TestReception(mode, at: "east", withSite: true))
        try town.expect(list)
        site.rig.now = town.rig.now
        try site.rig.settle()
        try exchange(town, site)
        return (town, site)
    }

    /// Carries what one has said, from some message on, to the other.
    static func carry(from one: TestReception, after count: Int, to other: TestReception, _ chance: inout Seeded) throws -> Int {
        let all = one.rig.published.filter { $0.topic.hasPrefix("nagai/reception/event/\(one.service.name)/") }
        for message in all.dropFirst(count).shuffled(using: &chance) {
            other.rig.say(message.topic, message.payload)
            if chance.oneIn(5) { other.rig.say(message.topic, message.payload) }
        }
        try other.rig.settle()
        return all.count
    }

    /// The line holds until both know all.
    static func exchange(_ town: TestReception, _ site: TestReception) throws {
        var chance = Seeded(1)
        for _ in 0..<2 {
            _ = try carry(from: site, after: 0, to: town, &chance)
            _ = try carry(from: town, after: 0, to: site, &chance)
        }
    }

    /// Everybody received, as a place has it: number, who, when, where and how they stand.
    static func entries(_ place: TestReception) throws -> [String] {
        try place.rig.disk.read {
            try $0.all(
                "SELECT number, coalesce('row/' || row, person, number), at, station, way, walk_in, stage FROM entry ORDER BY reception, number"
            ) { row in
                (0..<7).map { row.text(Int32($0)) }.joined(separator: " ")
            }
        }
    }

    static func agree(_ places: (town: TestReception, site: TestReception)) throws { try agree(places.town, places.site) }

    /// Both have the same people and the same numbers.
    static func agree(_ town: TestReception, _ site: TestReception) throws {
        #expect(try entries(town) == entries(site))
        var (one, other) = (try town.count(), try site.count())
        // Cards that came too late are counted where they were held, and by the town; the moment is each one's own.
        (one.at, one.late) = (other.at, 0)
        other.late = 0
        #expect(one == other)
    }
}
