import Contracts

/// Turns the values of a `town.yaml` into a town. Where a value is wrong it goes on with a default: what was reported keeps the town from
/// being used, and the rest of the file is still looked at.
struct Draft {
    let findings: Findings
    /// Where the file lies, with the closing slash.
    let folder: String

    static let mostAgents = 5000
    static let mostReaders = 16
    static let mostDoors = 10_000
    /// An agent names a card at all of them in one event.
    static let mostLeases = 200
    static let mostOthers = 1000
    /// Journals name an agent `reader-agent--…`, which with all other prefixes fits into the 63 characters of a name.
    static let longestUser = 49
    /// What readers can be for, so far; another kind may belong to a newer service and is only warned of.
    static let purposes = ["visit", "enrol", "door", "locker", "school-gate", "shelter", "event", "ride", "shop"]

    private enum Key: String, Setting {
        case town, title
        case utcOffset = "utc-offset"
        case broker
        case cardApplications = "card-applications"
        case felica
        case tokenKeys = "token-keys"
        case doubleTap = "double-tap"
        case agents, doors, lockers, schedules, closures, terms, zones, disasters, keep, sites, shelters, desks, registrars, operators,
            people, points, notices, visits, receptions, backups, capabilities, metrics, portal
        case shelterDesks = "shelter-desks"
        case pointsDesks = "points-desks"
        case noticeDesks = "notice-desks"
        case receptionDesks = "reception-desks"
    }

    private enum BrokerKey: String, Setting {
        case host, port
        case devicePort = "device-port"
    }
    private enum TokenKeysKey: String, Setting { case current, former }

    func town(_ root: Node) -> Town? {
        let file = Value(subject: "the file", node: root, keyMark: Mark(), findings: findings)
        guard let settings = file.section(Key.self, called: "the town") else { return nil }
        let name = settings.required(.town, example: "nagai")?.name(TownID.self)
        // Nil when the doors cannot be read at all: then no reader is blamed for a door that seems unknown.
        var doors: DoorTable? = DoorTable()
        let hours = hours(settings.optional(.schedules), settings.optional(.closures), settings.optional(.terms))
        if let value = settings.optional(.doors) { doors = self.doors(value, of: name, hours: hours) }
        if let doors { check(hours.named, among: doors) }
        if let value = settings.optional(.lockers) { lockers(value, into: &doors) }
        let agents = settings.required(.agents, example: "{ gate-1: { readers: { … } } }").map { self.agents($0, doors: doors) }
        if let value = settings.optional(.zones) { zones(value, of: &doors, agents: agents ?? []) }

        var town = Town(name: name ?? "unreadable", agents: agents ?? [])
        town.lockers = doors?.lockers ?? []
        town.doors = (doors?.doors ?? []) + town.lockers.flatMap(\.doors)
        town.disasters = settings.optional(.disasters).map { disasters($0, doors: doors) } ?? []
        town.title = settings.optional(.title)?.title()
        town.offset = settings.optional(.utcOffset)?.parsed("the distance from UTC, such as \"+09:00\".") { UTCOffset($0) } ?? .japan
        town.broker = settings.optional(.broker).map { broker($0, called: "the broker") } ?? Town.Broker()
        town.applications = settings.optional(.cardApplications).map(applications) ?? []
        town.felica = settings.optional(.felica)?.flag() ?? true
        town.tokenKeys = settings.optional(.tokenKeys).map(tokenKeys) ?? Town.TokenKeys()
        town.doubleTap = settings.optional(.doubleTap).map(doubleTap) ?? Town.DoubleTap()
        town.desks = settings.optional(.desks).map { users($0, as: DeskID.self, noun: "desk", example: "[office]") } ?? []
        town.registrars =
            settings.optional(.registrars).map { users($0, as: RegistrarID.self, noun: "registrar", example: "[civil-affairs]") } ?? []
        town.shelterDesks =
            settings.optional(.shelterDesks).map { users($0, as: ShelterDeskID.self, noun: "shelter desk", example: "[headquarters]") }
            ?? []
        town.pointsDesks =
            settings.optional(.pointsDesks).map { users($0, as: PointsDeskID.self, noun: "points desk", example: "[chamber]") } ?? []
        town.noticeDesks =
            settings.optional(.noticeDesks).map { users($0, as: NoticeDeskID.self, noun: "notice desk", example: "[hall]") } ?? []
        town.receptions.desks =
            settings.optional(.receptionDesks).map { users($0, as: ReceptionDeskID.self, noun: "reception desk", example: "[school]") }
            ?? []
        town.operators = settings.optional(.operators).map { users($0, as: OperatorID.self, noun: "operator", example: "[it-1]") } ?? []
        town.keepsAudit = settings.optional(.keep).flatMap(keepsAudit) ?? town.keepsAudit
        var pages: [SiteID: Mark] = [:]
        if let value = settings.optional(.sites) {
            (town.sites, pages) = sites(value, of: town, doors: doors)
            warnOfTownOnLoopback(town, at: value.keyMark)
            checkShelterReaders(of: town, at: value.keyMark)
        }
        town.shelters = settings.optional(.shelters).map { shelters($0, doors: doors) } ?? Town.Shelters()
        warnOfShelterWithoutDesk(town, at: file.mark)
        town.people = settings.optional(.people).map(people) ?? PeoplePolicy()
        town.points = settings.optional(.points).map { points($0, of: town, hours: hours) } ?? PointsPolicy()
        if let value = settings.optional(.notices) { (town.notices, town.post) = notices(value, of: town, hours: hours) }
        town.visits = settings.optional(.visits).map { visits($0, of: town, hours: hours) }
        if let value = settings.optional(.receptions) { town.receptions.receptions = receptions(value, of: town) }
        town.capabilities = settings.optional(.capabilities).map { capabilities($0, of: town) } ?? Capabilities()
        town.backups = settings.optional(.backups).flatMap(backups)
        town.metrics = settings.optional(.metrics).flatMap(metrics)
        town.portal = settings.optional(.portal).flatMap { portal($0, of: town) }
        check(pages, of: town, hasPortal: settings.optional(.portal) != nil)
        warnOfIdleDoors(doors, agents: town.agents)
        warnOfIdleLockers(doors, agents: town.agents)
        town.warnings = findings.warnings.inOrder()
        return town
    }

    func broker(_ value: Value, called name: String? = nil) -> Town.Broker {
        var broker = Town.Broker()
        guard let settings = value.section(BrokerKey.self, called: name) else { return broker }
        if let host = settings.optional(.host) {
            broker.host = host.parsed("a host name or address, such as localhost.", by: hostName) ?? broker.host
        }
        broker.port = settings.optional(.port)?.number(in: 1...65535) ?? broker.port
        if let value = settings.optional(.devicePort) {
            broker.devicePort = value.number(in: 1...65535)
            if broker.devicePort == broker.port { value.isWrong("another port than \"port\": devices have one of their own.") }
        }
        return broker
    }

    private func tokenKeys(_ value: Value) -> Town.TokenKeys {
        var keys = Town.TokenKeys()
        guard let settings = value.section(TokenKeysKey.self) else { return keys }
        let current = settings.required(.current, example: "2")?.number(in: 1...999)
        keys.current = current ?? keys.current
        guard let value = settings.optional(.former), let former = value.number(in: 1...999) else { return keys }
        keys.former = former
        if former == current {
            value.isWrong("the number of the key before this one, or remove \"former\" when the change is over.")
        } else {
            findings.warn(
                value.keyMark,
                "token keys are being changed: every tap carries the card's token under key \(former) too. End it by removing \"former\" as soon as nobody is known by that key alone: Docs/operations.md, \"A reader was stolen\"."
            )
        }
        return keys
    }

    private func doubleTap(_ value: Value) -> Town.DoubleTap {
        var doubleTap = Town.DoubleTap()
        for (key, value) in value.members("purpose", suffix: " in \"double-tap\"") ?? [] {
            let window = value.duration(in: .zero ... .seconds(3600))
            guard let kind = key.name(Name<Purpose>.self), let window else { continue }
            if kind == "default" {
                doubleTap.standard = window
            } else {
                doubleTap.kinds[kind] = window
                warnOfUnknownPurpose(kind, at: key.mark)
            }
        }
        return doubleTap
    }

    /// The names of people's stations, each once.
    func users<Kind>(_ value: Value, as _: Name<Kind>.Type, noun: String, example: String) -> [Name<Kind>] {
        guard let items = value.list(of: "this \(noun)", example: example) else { return [] }
        if items.count > Self.mostOthers {
            findings.fault(value.mark, "\(value.subject) has \(items.count) names. At most \(Self.mostOthers) are taken.")
        }
        var seen: Set<Name<Kind>> = []
        return items.compactMap { item in
            guard let name = item.name(atMost: Self.longestUser, Name<Kind>.self) else { return nil }
            if !seen.insert(name).inserted {
                findings.fault(item.mark, "\(noun) \"\(name)\" stands twice in the list. Remove one of them.")
            }
            return name
        }
    }

    func warnOfUnknownPurpose(_ kind: Name<Purpose>, at mark: Mark) {
        guard !Self.purposes.contains(kind.text) else { return }
        let near = suggestion(for: kind.text, among: Self.purposes)
        findings.warn(mark, "no purpose \"\(kind)\" is known.\(near) Known: \(listed(Self.purposes)).")
    }
}

extension Value {
    func title() -> String? { text("a name for people") }
}

/// Letters, digits and what host names and addresses are punctuated with.
func hostName(_ text: String) -> String? {
    let fits = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: ":"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "%"): true
        default: false
        }
    }
    return fits && text.utf8.count <= 253 ? text : nil
}
