/// Describes a shelter anew, or another one: from the town's list, or opened on the spot.
package struct PutShelter: CommandBody {
    package typealias Answer = ShelterChanged
    package static let type = "shelter-put"

    package var shelter: Shelter

    package init(_ shelter: Shelter) { self.shelter = shelter }
}

/// Opens a shelter, lets it run out, or closes it.
package struct RunShelter: CommandBody {
    package typealias Answer = ShelterChanged
    package static let type = "shelter-run"

    /// Only when opening: a rehearsal.
    package var drill: Bool?
    /// Only when closing: whoever is still there is noted as gone. Without it a shelter with people in it is `closing`.
    package var empties: Bool?
    package var shelter: ShelterID
    package var stage: ShelterRun.Stage
    /// When a drill ends by itself; 12 hours after its beginning if absent.
    package var until: Instant?

    package init(_ shelter: ShelterID, _ stage: ShelterRun.Stage, drill: Bool = false, until: Instant? = nil, empties: Bool = false) {
        (self.shelter, self.stage, self.until) = (shelter, stage, until)
        self.drill = drill ? true : nil
        self.empties = empties ? true : nil
    }
}

/// The shelters this registry knows, by their ids, with how full they are.
package struct ListShelters: CommandBody {
    package typealias Answer = ShelterList
    package static let type = "shelter-list"

    package var after: ShelterID?

    package init(after: ShelterID? = nil) { self.after = after }
}

package struct ShelterList: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        /// In cars and at home.
        package var cars: Int
        package var homes: Int
        package var now: Occupancy
        package var run: ShelterRun
        package var shelter: Shelter
        /// Of those by night or day, who is temporarily out.
        package var away: Int

        package init(_ shelter: Shelter, _ run: ShelterRun, _ now: Occupancy, away: Int, cars: Int, homes: Int) {
            (self.shelter, self.run, self.now, self.away, self.cars, self.homes) = (shelter, run, now, away, cars, homes)
        }
    }

    package var more: Bool
    package var shelters: [Entry]

    package init(_ shelters: [Entry], more: Bool) { (self.shelters, self.more) = (shelters, more) }
}

extension Channel where Body == PutShelter {
    package static var putShelter: Self { Self(of: "shelter-registry", named: "shelter-put") }
}

extension Channel where Body == RunShelter {
    package static var runShelter: Self { Self(of: "shelter-registry", named: "shelter-run") }
}

extension Channel where Body == ListShelters {
    package static var listShelters: Self { Self(of: "shelter-registry", named: "shelter-list") }
}

/// Wipes what was noted in rehearsals at a shelter (訓練記録の消去).
package struct WipeDrill: CommandBody {
    package typealias Answer = ShelterChanged
    package static let type = "drill-wipe"

    package var shelter: ShelterID

    package init(at shelter: ShelterID) { self.shelter = shelter }
}

extension Channel where Body == WipeDrill {
    package static var wipeDrill: Self { Self(of: "shelter-registry", named: "drill-wipe") }
}
