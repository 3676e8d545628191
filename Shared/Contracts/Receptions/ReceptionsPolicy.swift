package enum ReceptionKind {}
package enum ReceptionDeskKind {}
package enum ReceptionStationKind {}
/// One reception: `ballot-2027`.
package typealias ReceptionID = Name<ReceptionKind>
/// A clerk at a reception table (受付係).
package typealias ReceptionDeskID = Name<ReceptionDeskKind>
/// A table where people are received (受付窓口): `north`.
package typealias ReceptionStationID = Name<ReceptionStationKind>

/// What a town decides about its receptions, and who stands there.
package struct ReceptionsPolicy: Sendable, Equatable {
    package var desks: [ReceptionDeskID] = []
    package var receptions: [ReceptionTerms] = []

    package init() {}

    package func terms(_ id: ReceptionID) -> ReceptionTerms? { receptions.first { $0.id == id } }
}

/// The terms of one reception (受付): an event, a class, a vaccination, a benefit handed out, a ballot's reception.
package struct ReceptionTerms: Sendable, Equatable {
    /// What holds for a station that was cut off, and whose cards become known later.
    package enum WhenCutOff: String, Codable, Sendable, CaseIterable {
        /// The town's service alone decides: a station that is cut off writes paper.
        case central
        /// Each row of the list belongs to a station, and is received there alone.
        case partition
        /// Everybody is received, and whoever was received twice becomes a conflict that a desk settles.
        case conflict
    }

    /// A table with its readers and its desks.
    package struct Station: Sendable, Equatable {
        package var agents: [AgentID]
        package var desks: [ReceptionDeskID]
        package var id: ReceptionStationID

        package init(_ id: ReceptionStationID, agents: [AgentID] = [], desks: [ReceptionDeskID] = []) {
            (self.id, self.agents, self.desks) = (id, agents, desks)
        }
    }

    package static let mostRows = 100_000

    /// People, at most.
    package var capacity: Int?
    package var from: Instant?
    /// Whether there is a list of those who are expected.
    package var hasList = false
    package var id: ReceptionID
    /// Whether a person is received once; otherwise each time they come.
    package var isOnceOnly = true
    /// How long names and who came are kept after it was closed.
    package var keeps = Duration.seconds(365 * 86_400)
    package var stations: [Station] = []
    /// Whether those who are not on the list are received.
    package var takesWalkIns = false
    package var title: String
    package var until: Instant?
    package var whenCutOff = WhenCutOff.central

    package init(_ id: ReceptionID, title: String) { (self.id, self.title) = (id, title) }

    /// Where a reader stands. An agent that no station names is one of its own.
    package func station(of agent: AgentID) -> ReceptionStationID {
        stations.first { $0.agents.contains(agent) }?.id ?? agent.named()
    }

    package func station(of desk: ReceptionDeskID) -> ReceptionStationID {
        stations.first { $0.desks.contains(desk) }?.id ?? desk.named()
    }
}

extension Purpose {
    /// The event this reader receives people for, if it does: `event:ballot-2027`.
    package var reception: ReceptionID? { kind == "event" ? thing?.named() : nil }
}
