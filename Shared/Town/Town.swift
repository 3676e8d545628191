import Contracts

/// What one town has and how it is set up: the contents of its `town.yaml`. Lists keep the order of the file.
package struct Town: Sendable {
    package var name: TownID
    /// For people: `長井市`.
    package var title: String?
    package var offset = UTCOffset.japan
    package var broker = Broker()
    package var applications: [CardApplication] = []
    /// Whether FeliCa cards (Suica, PASMO) are read too.
    package var felica = true
    package var tokenKeys = TokenKeys()
    package var doubleTap = DoubleTap()
    package var agents: [Agent]
    /// With the compartments of lockers.
    package var doors: [Door] = []
    package var disasters: [DisasterPlan] = []
    package var lockers: [Locker] = []
    package var sites: [Site] = []
    package var desks: [DeskID] = []
    package var registrars: [RegistrarID] = []
    package var shelterDesks: [ShelterDeskID] = []
    package var pointsDesks: [PointsDeskID] = []
    package var noticeDesks: [NoticeDeskID] = []
    package var operators: [OperatorID] = []
    /// Stations that may not do all that their role may.
    package var capabilities = Capabilities()
    package var people = PeoplePolicy()
    package var points = PointsPolicy()
    /// `nil` where nobody is told anything.
    package var notices: NoticesPolicy?
    package var post = Post()
    /// `nil` where nothing is counted.
    package var visits: VisitsPolicy?
    package var receptions = ReceptionsPolicy()
    package var shelters = Shelters()
    /// `nil` where nothing is backed up by us.
    package var backups: Backups?
    /// Where the town's figures are told to Prometheus and others, `127.0.0.1:9464`; `nil` where they are not.
    package var metrics: String?
    /// `nil` where there are no pages.
    package var portal: PortalPolicy?
    /// How long it is known who opened which door.
    package var keepsAudit = Duration.seconds(90 * 86_400)
    /// What may be an oversight but does not keep the town from running.
    package var warnings: [Fault] = []

    package init(name: TownID, agents: [Agent]) {
        self.name = name
        self.agents = agents
    }

    package func agent(_ id: AgentID) -> Agent? { agents.first { $0.id == id } }
    package func door(_ id: DoorID) -> Door? { doors.first { $0.id == id } }
    package func locker(_ id: LockerID) -> Locker? { lockers.first { $0.id == id } }
    package func application(_ name: Name<CardApplication>) -> CardApplication? { applications.first { $0.name == name } }

    /// Every reader that stands for a door, with its agent.
    package func readers(of door: DoorID) -> [(agent: AgentID, reader: Reader)] {
        agents.flatMap { agent in agent.readers.filter { $0.purpose.door == door }.map { (agent.id, $0) } }
    }
}

package enum DeskKind {}
package enum RegistrarKind {}
package enum PointsDeskKind {}
package enum OperatorKind {}
/// A clerk's station (窓口), which may command.
package typealias DeskID = Name<DeskKind>
/// A residents' counter (住民窓口), which may see and change people's files.
package typealias RegistrarID = Name<RegistrarKind>
/// A clerk's station for points (ポイント窓口).
package typealias PointsDeskID = Name<PointsDeskKind>
/// A technician (保守担当), who may look.
package typealias OperatorID = Name<OperatorKind>

extension Town {
    package struct Broker: Hashable, Sendable {
        package var host = "localhost"
        package var port = 8883
        /// Where devices from the shop connect, with a password; `nil`: the port after the other one.
        package var devicePort: Int?

        package init() {}
    }

    /// The layout of a municipal card application (条例等アプリ) in the My Number card's free area, as the town has it under contract.
    package struct CardApplication: Hashable, Sendable {
        package var name: Name<CardApplication>
        /// ISO 7816-4 application identifier, 5 to 16 bytes.
        package var aid: [UInt8]
        /// File identifier of the elementary file with the resident's number.
        package var numberFile: UInt16
        /// Tag of the number within that file, one or two bytes (ITU-T X.690, 8.1.2).
        package var numberTag: [UInt8]
        package var certificateFile: UInt16
        /// Key reference for INTERNAL AUTHENTICATE (ISO 7816-4).
        package var key: UInt8
        /// Path of the certificate that signed the cards' own ones; not opened here.
        package var issuer: String

        package init(
            name: Name<CardApplication>, aid: [UInt8], numberFile: UInt16, numberTag: [UInt8], certificateFile: UInt16, key: UInt8,
            issuer: String
        ) {
            (self.name, self.aid, self.numberFile, self.numberTag) = (name, aid, numberFile, numberTag)
            (self.certificateFile, self.key, self.issuer) = (certificateFile, key, issuer)
        }
    }

    /// Numbers of the keys that turn what is read from a card into its token.
    package struct TokenKeys: Hashable, Sendable {
        package var current = 1
        /// Set while keys are being changed: every tap carries the token under this one too.
        package var former: Int?

        package init() {}
    }

    /// For how long a second tap of the same card at the same reader counts as the first one.
    package struct DoubleTap: Hashable, Sendable {
        package var standard = Duration.seconds(3)
        package var kinds: [Name<Purpose>: Duration] = [:]

        package init() {}

        package func window(for purpose: Purpose) -> Duration { kinds[purpose.kind] ?? standard }
    }

    /// A reader-agent: one machine with its readers.
    package struct Agent: Hashable, Sendable {
        package var id: AgentID
        /// The most taps kept while the broker is away.
        package var journalLimit = 1_000_000
        /// Absolute path of a program run as `sound SIGNAL`, SIGNAL being accepted, offline, refused, again, opened or failed, or as a
        /// shelter says it: in, out, already, received or received-before.
        package var sound: String?
        package var readers: [Reader]

        package init(id: AgentID, readers: [Reader]) {
            self.id = id
            self.readers = readers
        }

        package func reader(_ id: ReaderID) -> Reader? { readers.first { $0.id == id } }
    }

    package struct Reader: Hashable, Sendable {
        package var id: ReaderID
        /// How the reader's PC/SC name begins: `SONY FeliCa RC-S300/P`.
        package var device: String
        package var place: PlaceID
        package var purpose: Purpose
        package var direction: Direction?
        package var position: Position?
        /// While this shelter is open it stands for that, whatever it is for otherwise.
        package var whenOpen: ShelterID?

        package init(id: ReaderID, device: String, place: PlaceID, purpose: Purpose) {
            (self.id, self.device, self.place, self.purpose) = (id, device, place, purpose)
        }
    }

    /// A device from the shop that draws a door's bolt, and what it is called in its own world.
    package struct Driver: Hashable, Sendable {
        package enum Kind: String, Sendable, CaseIterable {
            case homeAssistant = "home-assistant"
            case esphome, zigbee2mqtt, tasmota
            case nukiHub = "nuki-hub"
            case shelly
        }

        package var kind: Kind
        package var device: String

        package init(kind: Kind, device: String) { (self.kind, self.device) = (kind, device) }
    }

    /// What Home Assistant may do with a door.
    package enum Shown: String, Sendable, CaseIterable {
        case show
        /// Also ask for it to be opened.
        case operate
    }

    package struct Door: Hashable, Sendable {
        package var id: DoorID
        package var title: String?
        package var accepts = Assurance.proved
        /// How long it stays open after a tap.
        package var openFor = Duration.seconds(5)
        /// Who may come in when, beside bookings and groups.
        package var plan = DoorPlan()
        /// Open for longer, it is held open (閉め忘れ).
        package var heldAfter = Duration.seconds(60)
        /// Its lock not heard of for longer, that is alarmed.
        package var silentAfter = Duration.seconds(120)
        /// How long its lock, which has a reader of its own, may decide by what it was told last; `nil` if it never does.
        package var lease: Duration?

        static let usualLease = Duration.seconds(7 * 86_400)
        /// Whether codes can be entered there.
        package var hasKeypad = false
        /// What stands there in place of a lock that checks grants itself.
        package var driver: Driver?
        /// `nil`: Home Assistant knows nothing of it.
        package var homeAssistant: Shown?

        package init(id: DoorID) { self.id = id }
    }
}
