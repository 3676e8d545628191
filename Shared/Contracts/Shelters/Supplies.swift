package enum SupplyKind {}
/// A kind of goods (物資): `water`, `blanket`, `bento`.
package typealias SupplyID = Name<SupplyKind>

/// What a shelter has and wants of one kind of goods, as its staff say.
package struct Supply: Codable, Sendable, Equatable {
    /// Kinds at one shelter, at most.
    package static let kinds = 100

    package var item: SupplyID
    /// Pieces in the store room.
    package var stock: Int
    /// For people.
    package var title: String?
    /// Pieces that are needed besides (必要数).
    package var wanted: Int

    package init(_ item: SupplyID, stock: Int = 0, wanted: Int = 0, title: String? = nil) {
        (self.item, self.stock, self.wanted, self.title) = (item, stock, wanted, title)
    }
}

/// Staff say what there is of something and what is needed. What is absent stays as it is.
package struct PutSupply: CommandBody {
    package typealias Answer = SupplyChanged
    package static let type = "supply-put"

    /// Pieces that came in: they add to the stock, and take as many off what is wanted.
    package var arrived: Int?
    package var item: SupplyID
    package var shelter: ShelterID
    /// As counted now.
    package var stock: Int?
    package var title: String?
    package var wanted: Int?

    package init(_ item: SupplyID, at shelter: ShelterID) { (self.item, self.shelter) = (item, shelter) }
}

package struct SupplyChanged: EventBody {
    package static let type = "supply"

    package var by: UserID
    package var shelter: ShelterID
    package var supply: Supply

    package init(_ supply: Supply, at shelter: ShelterID, by: UserID) { (self.supply, self.shelter, self.by) = (supply, shelter, by) }
}

/// Goods are handed out from one moment to another: each person, or each household, receives them once.
package struct HandOut: Codable, Sendable, Equatable {
    /// The reader that stands for it meanwhile: a card held there receives, and says nothing of where anybody stays.
    package var agent: AgentID?
    /// Pieces for each.
    package var each: Int
    package var household: Bool?
    package var item: SupplyID
    package var reader: ReaderID?
    package var shelter: ShelterID

    package init(
        _ item: SupplyID, at shelter: ShelterID, each: Int = 1, household: Bool = false, agent: AgentID? = nil, reader: ReaderID? = nil
    ) {
        (self.item, self.shelter, self.each, self.agent, self.reader) = (item, shelter, each, agent, reader)
        self.household = household ? true : nil
    }

    package var isOfHouseholds: Bool { household == true }
}

/// Begins to hand something out, or ends it.
package struct RunHandOut: CommandBody {
    package typealias Answer = HandOutChanged
    package static let type = "hand-out-run"

    package var ends: Bool?
    package var handOut: HandOut

    package init(_ handOut: HandOut, ends: Bool = false) {
        self.handOut = handOut
        self.ends = ends ? true : nil
    }
}

package struct HandOutChanged: EventBody {
    package static let type = "hand-out"

    package var by: UserID
    package var drill: Bool?
    /// Absent while it goes on.
    package var ended: Instant?
    package var handOut: HandOut
    package var since: Instant

    package init(_ handOut: HandOut, since: Instant, by: UserID, drill: Bool = false, ended: Instant? = nil) {
        (self.handOut, self.since, self.by, self.ended) = (handOut, since, by, ended)
        self.drill = drill ? true : nil
    }
}

/// Staff hand something to people whose card is not at the reader.
package struct HandTo: CommandBody {
    package typealias Answer = HandedTo
    package static let type = "hand-to"
    /// People in one command, at most.
    package static let limit = 50

    package var item: SupplyID
    package var shelter: ShelterID
    package var who: [Evacuee]

    package init(_ item: SupplyID, to who: [Evacuee], at shelter: ShelterID) { (self.item, self.who, self.shelter) = (item, who, shelter) }
}

package struct HandedTo: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var brief: EvacueeBrief
        /// When they, or somebody of their household, had received it before: nothing was handed out now.
        package var before: Instant?

        package init(_ brief: EvacueeBrief, before: Instant?) { (self.brief, self.before) = (brief, before) }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }
}

/// Somebody received something (受領).
package struct HandedOut: EventBody {
    package static let type = "handed-out"

    /// Absent where a card was held over a reader.
    package var by: UserID?
    package var drill: Bool?
    package var each: Int
    package var item: SupplyID
    package var shelter: ShelterID
    package var who: Evacuee

    package init(_ handOut: HandOut, to who: Evacuee, by: UserID? = nil, drill: Bool = false) {
        (item, shelter, each) = (handOut.item, handOut.shelter, handOut.each)
        (self.who, self.by) = (who, by)
        self.drill = drill ? true : nil
    }
}

/// What a shelter has, wants and is handing out: numbers, and nobody in them.
package struct ShelterSupplies: StateBody {
    package static let type = "supplies"

    package struct Round: Codable, Sendable, Equatable {
        package var drill: Bool?
        package var handOut: HandOut
        /// How often it was received.
        package var received: Int
        package var since: Instant

        package init(_ handOut: HandOut, since: Instant, received: Int, drill: Bool) {
            (self.handOut, self.since, self.received) = (handOut, since, received)
            self.drill = drill ? true : nil
        }
    }

    package var at: Instant
    /// What is handed out now.
    package var handOuts: [Round]
    /// Seconds after `at` when this snapshot is too old to be believed.
    package var maxAge: Int
    /// By name.
    package var supplies: [Supply]

    package init(at: Instant, maxAge: Int, _ supplies: [Supply], handOuts: [Round]) {
        (self.at, self.maxAge, self.supplies, self.handOuts) = (at, maxAge, supplies, handOuts)
    }
}

extension Channel where Body == PutSupply {
    package static var putSupply: Self { Self(of: "shelter-registry", named: "supply-put") }
}

extension Channel where Body == SupplyChanged {
    package static var supplyChanges: Self { Self(of: "shelter-registry", named: "supply") }
}

extension Channel where Body == RunHandOut {
    package static var runHandOut: Self { Self(of: "shelter-registry", named: "hand-out-run") }
}

extension Channel where Body == HandOutChanged {
    package static var handOuts: Self { Self(of: "shelter-registry", named: "hand-out") }
}

extension Channel where Body == HandTo {
    package static var handTo: Self { Self(of: "shelter-registry", named: "hand-to") }
}

extension Channel where Body == HandedOut {
    package static var handedOut: Self { Self(of: "shelter-registry", named: "handed-out") }
}

extension Channel where Body == ShelterSupplies {
    package static var supplies: Self { Self(of: "shelter-registry", named: "supplies") }
}
