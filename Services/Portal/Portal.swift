import Contracts
import HTTP
import Journal
import Seal
import ServiceKit
import Store

/// What people look at: pages for residents, staff and headquarters. It keeps what it heard of places, and nothing of people: whoever may see people's data asks the
/// service that has it, in their own name, each time.
package struct Portal: Service {
    package typealias Input = Visit
    package static let program: Program = "portal"
    package static var migrations: [Migration] {
        [
            SignIn.tables, snapshotTables, Timeline.table, SignIn.codeTable, Pairing.table, SentForm.table, SignIn.cardColumn,
            SignIn.ownCodeTable,
        ]
    }
    package static let sealed = SignIn.sealed + [Given.sealed]

    let policy: PortalPolicy
    let town: TownFacts
    let vault: Vault
    let files: Files
    let signIn: SignIn
    /// So many bytes nobody can guess.
    let draw: @Sendable (Int) throws -> [UInt8]
    let errands = Errands()
    private let routeBook = RouteBook()
    let desks = Desks()
    let kioskCards = KioskCards()
    let counters = Counters()

    package init(
        policy: PortalPolicy, town: TownFacts, vault: Vault, files: Files, signIn: SignIn? = nil,
        draw: @escaping @Sendable (Int) throws -> [UInt8] = { try randomBytes($0) }
    ) {
        (self.policy, self.town, self.vault, self.files, self.draw) = (policy, town, vault, files, draw)
        self.signIn = signIn ?? SignIn(policy: policy)
    }

    package var reads: [Reading] {
        [
            follow(.shelters, hearShelter, drop: dropShelter),
            hear(.occupancy, hearOccupancy),
            hear(.shelterNeeds, hearNeeds),
            follow(.supplies, hearSupplies, drop: dropSupplies),
            on(.taps, hearTap),
            overhear(.shelterFeedback, hearShelterFeedback),
            hear(.facilitiesToday, learn),
            on(.schoolAlarms, hearAlarm),
            on(.absences, hearAbsence),
            hearLives(of: "reader-agent", hearGate),
            hear(.doors, learn),
            hear(.receptionCounts, learn),
            ServiceKit.answer(.changeAccount, changeAccount),
        ]
            + kioskReads + usesReads
            + Set(Self.commands.map(\.owner)).sorted().map { hearLives(of: $0, tables: Tables("given", Given.migrations), learn) }
            + Self.commands.map { hearAnswers(to: $0, hearAnswer) }
    }

    var offset: UTCOffset { town.offset }
    /// Files stand last: they are at any path.
    var routes: [Route] { routeBook.routes { allRoutes } }

    private var allRoutes: [Route] {
        guard town.isWhole else { return siteRoutes }
        return firstRoutes + shelterRoutes + facilityRoutes + signInRoutes + menuRoutes + hqRoutes + deskRoutes + schoolRoutes
            + peopleRoutes
            + bookingRoutes + doorRoutes + receptionRoutes + campaignRoutes + settlementRoutes + kioskRoutes + figureRoutes + familyRoutes
            + fileRoutes
    }

    private func hearTap(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        try hearAtDesk(tap, in: turn)
        try hearAtCounter(tap, in: turn)
        try hearGate(tap, in: turn)
        try hearAtKiosk(tap, in: turn)
    }

    private func hearShelterFeedback(_ said: Envelope<ShelterFeedback>, _ topic: Topic, in turn: borrowing Turn) throws {
        try hearAtDesk(said, topic, in: turn)
        try hearAtKiosk(said, topic, in: turn)
    }

    /// What may be asked of services for people at stations.
    private static let commands = Contract.rows.filter {
        $0.kind == .command && $0.writer.isStation && !$0.namesInstance && $0.owner != program
    }

    private func changeAccount(_ command: Envelope<ChangeAccount>, in turn: borrowing Turn) throws -> Reply<AccountAnswer> {
        try signIn.change(command, bytes: try draw(SignIn.invitationBytes), in: turn)
    }

    package func purge(in turn: borrowing Turn) throws {
        try signIn.purge(in: turn)
        try signIn.purgeCodes(in: turn)
        try signIn.purgeOwnCodes(in: turn)
        try Pairing.purge(policy, in: turn)
        try SentForm.purge(in: turn)
        try Given.purge(before: turn.now - Retention.given, in: turn.db)
    }

    package func problems(in turn: borrowing Turn) throws -> [Problem] { try signIn.problems(in: turn) }
    package func counters(in turn: borrowing Turn) throws -> [String: Int64] { try signIn.counters(in: turn) }

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
        return [
            try runErrands(in: turn), try clearDesks(in: turn), try clearCounters(in: turn),
            try Snapshots.nextStale(in: turn.db).map { $0 + .milliseconds(1) },
        ]
        .compactMap(\.self).min()
    }
}

/// What the pages need to know of the town's file.
package struct TownFacts: Sendable {
    /// The instance that is commanded of each service: the town's, or that of the site whose pages these are.
    package var place: Instance = .main
    /// Who keeps which shelter.
    package var keepers = ShelterKeepers()
    /// For people: `長井市`.
    package var title: String
    package var offset: UTCOffset
    package var facilities: [(id: FacilityID, title: String)] = []
    package var schools: [School] = []
    package var doors: [Door] = []
    package var receptions: [Reception] = []
    package var purses: [(id: PurseID, title: String, unit: String)] = []
    package var partners: [Partner] = []
    /// What people at shelters are asked.
    package var questions: [(need: NeedID, title: String)] = []
    /// Readers that stand at shelters, also those that do so only while one is open.
    package var shelterReaders: [(shelter: ShelterID, agent: AgentID, reader: ReaderID)] = []
    /// Readers at residents' counters.
    package var enrolmentReaders: [ReaderPlace] = []
    /// Lists of the town, by whose numbers people are known.
    package var lists: [Name<TownList>] = []

    package struct School: Sendable {
        package let id: SchoolID
        package let title: String
        /// The machines at its gates.
        package let gates: [AgentID]

        package init(_ id: SchoolID, title: String, gates: [AgentID]) { (self.id, self.title, self.gates) = (id, title, gates) }
    }

    package struct Reception: Sendable {
        package let id: ReceptionID
        package let title: String
        package let stations: [ReceptionStationID]

        package init(_ id: ReceptionID, title: String, stations: [ReceptionStationID]) {
            (self.id, self.title, self.stations) = (id, title, stations)
        }
    }

    /// With whom the town settles points.
    package struct Partner: Sendable {
        package let party: Party
        package let title: String

        package init(_ party: Party, title: String) { (self.party, self.title) = (party, title) }
    }

    package struct Door: Sendable {
        package let id: DoorID
        package let title: String

        package init(_ id: DoorID, title: String) { (self.id, self.title) = (id, title) }
    }
    /// What the figures rest on, and what they are measured by.
    package var visits = VisitsPolicy()
    package var lines: [(id: LineID, title: String)] = []
    /// All who keep a journal, and so have something of a card that was held.
    package var processes: [Address] = []
    /// What a browser is to be told by subscribes to this key of the town's (RFC 8292, 3.2), in base64url.
    package var pushKey: String?
    /// The channel ID at which residents sign in at LINE.
    package var lineLogin: String?

    package init(title: String, offset: UTCOffset) { (self.title, self.offset) = (title, offset) }

    /// Whether these are the town's own pages, and not those of a site.
    var isWhole: Bool { place == .main }
    func keeps(_ shelter: ShelterID) -> Bool { keepers.keeper(of: shelter) == place }
    func has(_ program: Program) -> Bool { processes.contains { $0.program == program } }
    func title(of facility: FacilityID) -> String { facilities.first { $0.id == facility }?.title ?? facility.text }
}

/// A file that is served as it is.
package struct File: Sendable {
    package let type: String
    package let bytes: [UInt8]
    /// The same, packed by Brotli (RFC 7932), if whoever made it has done so.
    package var brotli: [UInt8]?
    /// By which a browser tells whether what it has kept is still the same (RFC 9110, 8.8.3).
    let tag: String

    package init(type: String, _ bytes: [UInt8], brotli: [UInt8]? = nil) {
        (self.type, self.bytes, self.brotli) = (type, bytes, brotli)
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
