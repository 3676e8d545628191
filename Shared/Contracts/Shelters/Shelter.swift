package enum ShelterKind {}
/// A shelter (避難所): `s01`. One that a site's registry keeps for itself begins with the site's name.
package typealias ShelterID = Name<ShelterKind>

/// A place where people can stay, as the town's list or whoever opened it on the spot describes it.
package struct Shelter: Codable, Sendable, Equatable {
    package enum Tier: String, Codable, Sendable, CaseIterable {
        /// Opens others when it is full.
        case parent
        case first
        /// Between the first days and a second home (1.5次避難所).
        case firstAndHalf = "first-and-half"
        case second
    }

    /// What the Basic Act on Disaster Management has it designated as (災害対策基本法 第49条の4, 第49条の7; 施行令 第20条の6 第5号).
    package enum Designation: String, Codable, Sendable, CaseIterable {
        /// Where one saves one's life (指定緊急避難場所).
        case emergencySite = "emergency-site"
        /// Where one stays (指定避難所).
        case shelter
        /// Where those stay who need care (福祉避難所).
        case welfare
    }

    package enum Feature: String, Codable, Sendable, CaseIterable { case barrierFree = "barrier-free", pets, power, wifi }

    /// What it is a refuge from (施行令 第20条の4).
    package enum Hazard: String, Codable, Sendable, CaseIterable {
        case flood, landslide, stormSurge = "storm-surge", earthquake, tsunami, fire, inlandFlood = "inland-flood", volcano
    }

    /// People, at most. Beyond it is warned of, and nobody is sent away by a program.
    package struct Capacity: Codable, Sendable, Equatable {
        package var day: Int?
        package var night: Int?

        package init(day: Int? = nil, night: Int? = nil) { (self.day, self.night) = (day, night) }
    }

    package var address: String?
    package var capacity: Capacity?
    /// Empty where it is not designated.
    package var designations: [Designation]
    package var district: String?
    package var features: [Feature]
    package var hazards: [Hazard]
    package var id: ShelterID
    package var position: Position?
    package var tier: Tier?
    /// For people.
    package var title: String
    /// Which one it belongs to.
    package var under: ShelterID?

    package init(_ id: ShelterID, title: String) {
        (self.id, self.title) = (id, title)
        (designations, features, hazards) = ([], [], [])
    }
}

/// How a shelter is run at the moment.
package struct ShelterRun: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        case closed, open
        /// Takes nobody new; whoever is there is moved or goes home.
        case closing
    }

    /// Who said so; absent where time did.
    package var by: UserID?
    /// A rehearsal: everything noted meanwhile is marked, and can be wiped.
    package var drill: Bool?
    package var since: Instant
    package var stage: Stage
    /// When a drill ends by itself.
    package var until: Instant?
    /// What was noted in rehearsals there until then is wiped, wherever it is heard.
    package var wiped: Instant?

    package init(_ stage: Stage, since: Instant, by: UserID?, drill: Bool = false, until: Instant? = nil, wiped: Instant? = nil) {
        (self.stage, self.since, self.by, self.until, self.wiped) = (stage, since, by, until, wiped)
        self.drill = drill ? true : nil
    }

    package var isDrill: Bool { drill == true }
}

/// A shelter and how it is run: the ruling of the one registry that keeps it.
package struct ShelterChanged: EventBody {
    package static let type = "shelter"

    package var run: ShelterRun
    package var shelter: Shelter

    package init(_ shelter: Shelter, _ run: ShelterRun) { (self.shelter, self.run) = (shelter, run) }
}

extension Purpose {
    package static func shelter(_ shelter: ShelterID) -> Self { Self(kind: "shelter", thing: shelter.named()) }

    /// The shelter this reader stands for, if it stands for one.
    package var shelter: ShelterID? { kind == "shelter" ? thing?.named() : nil }
}

extension Channel where Body == ShelterChanged {
    package static var shelters: Self { Self(of: "shelter-registry", named: "shelter", keyed: true) }
}
