/// What a reader is for was changed by an actor. The ruling behind an accepted `purpose-set`.
package struct PurposeChanged: EventBody {
    package static let type = "purpose"

    package var by: UserID
    package var purpose: Purpose
    package var reader: ReaderID

    package init(reader: ReaderID, purpose: Purpose, by: UserID) {
        self.reader = reader
        self.purpose = purpose
        self.by = by
    }
}

/// Asks an agent to give one of its readers another purpose, remembered over restarts.
package struct SetPurpose: CommandBody {
    package typealias Answer = Done
    package static let type = "purpose-set"

    package var purpose: Purpose
    package var reader: ReaderID

    package init(reader: ReaderID, purpose: Purpose) {
        self.reader = reader
        self.purpose = purpose
    }
}

/// A reader as it is now.
package struct ReaderState: StateBody {
    package static let type = "reader"

    package enum Condition: String, Codable, Sendable, CaseIterable { case ready, missing, failed }

    package var at: Instant
    package var condition: Condition
    package var place: PlaceID
    package var purpose: Purpose

    package init(at: Instant, condition: Condition, place: PlaceID, purpose: Purpose) {
        self.at = at
        self.condition = condition
        self.place = place
        self.purpose = purpose
    }
}

extension Channel where Body == PurposeChanged {
    package static var purposes: Self { Self(of: "reader-agent", named: "purpose") }
}

extension Channel where Body == SetPurpose {
    package static var setPurpose: Self { Self(of: "reader-agent", named: "purpose-set", toOneOfMany: true) }
}

extension Channel where Body == ReaderState {
    /// One topic a reader: `{town}/reader-agent/state/{agent}/{reader}--reader`.
    package static var readers: Self { Self(of: "reader-agent", named: "reader", toOneOfMany: true) }
}
