import Contracts
import HTTP
import Seal
import ServiceKit
import Store

/// What people look at: pages for residents, staff and headquarters. It keeps what it heard of places, and nothing of people: whoever may see people's data asks the
/// service that has it, in their own name, each time.
package struct Portal: Service {
    package typealias Input = Visit
    package static let program: Program = "portal"
    package static var migrations: [Migration] { [snapshotTables, Timeline.table] }

    let policy: PortalPolicy
    let town: TownFacts
    let vault: Vault
    let files: Files
    let errands = Errands()
    let desks = Desks()

    package init(policy: PortalPolicy, town: TownFacts, vault: Vault, files: Files) {
        (self.policy, self.town, self.vault, self.files) = (policy, town, vault, files)
    }

    package var reads: [Reading] {
        [
            follow(.shelters, hearShelter, drop: dropShelter),
            hear(.occupancy, hearOccupancy),
            hear(.shelterNeeds, hearNeeds),
            follow(.supplies, hearSupplies, drop: dropSupplies),
            on(.taps, hearAtDesk),
            overhear(.shelterFeedback, hearAtDesk),
            hear(.facilitiesToday, learn),
            hearLives(of: "shelter-registry", learn),
            hearLives(of: "analytics", learn),
        ] + Self.commands.map { hearAnswers(to: $0, hearAnswer) }
    }

    var offset: UTCOffset { town.offset }
    var routes: [Route] { publicRoutes + hqRoutes + deskRoutes + fileRoutes }

    /// What may be asked of services for people at stations.
    private static let commands = Contract.rows.filter {
        $0.kind == .command && $0.writer.isStation && !$0.namesInstance && $0.owner != program
    }

    package func take(_ visit: Visit, in turn: borrowing Turn) throws { try respond(to: visit, in: turn) }

    package func failed(_ visit: Visit) -> (any Effect)? {
        Answered(
            ticket: visit.ticket,
            response: Response(
                status: 503, headers: ["Retry-After": "5"],
                "いまはお答えできません。しばらくしてからもう一度お試しください。 This cannot be answered at the moment. Try again in a while."))
    }

    package func due(in turn: borrowing Turn) throws -> Instant? {
        for (kind, thing) in try Snapshots.grownStale(at: turn.now, in: turn.db) {
            try sayAgain(kind, thing, in: turn)
            if kind == "occupancy" { try sayToHeadquarters(thing, in: turn) }
        }
        return [try runErrands(in: turn), try clearDesks(in: turn), try Snapshots.nextStale(in: turn.db).map { $0 + .milliseconds(1) }]
            .compactMap(\.self).min()
    }
}

/// What the pages need to know of the town's file.
package struct TownFacts: Sendable {
    /// For people: `長井市`.
    package var title: String
    package var offset: UTCOffset
    package var facilities: [(id: FacilityID, title: String)] = []
    /// What people at shelters are asked.
    package var questions: [(need: NeedID, title: String)] = []
    /// Readers that stand at shelters, also those that do so only while one is open.
    package var shelterReaders: [(shelter: ShelterID, agent: AgentID, reader: ReaderID)] = []

    package init(title: String, offset: UTCOffset) { (self.title, self.offset) = (title, offset) }

    func title(of facility: FacilityID) -> String { facilities.first { $0.id == facility }?.title ?? facility.text }
}

/// A file that is served as it is.
package struct File: Sendable {
    package let type: String
    package let bytes: [UInt8]
    /// By which a browser tells whether what it has kept is still the same (RFC 9110, 8.8.3).
    let tag: String

    package init(type: String, _ bytes: [UInt8]) {
        (self.type, self.bytes) = (type, bytes)
        tag = "\"\(Hex.text(Array(sha256(bytes).prefix(8))))\""
    }
}

/// Style, scripts and libraries, by the paths under which they are served.
package struct Files: Sendable {
    package var all: [String: File] = [:]
    /// The town's border, `map/outline.geojson`.
    package var hasOutline: Bool { all["map/outline.geojson"] != nil }

    package init() {}
}
