import Contracts

private enum SiteKey: String, Setting {
    case agents, doors, shelters, broker, portal
    case shelterDesks = "shelter-desks"
    case receptionDesks = "reception-desks"
}

/// Names that sites have claimed so far, each with the site.
private typealias Claims = [String: SiteID]

extension Draft {
    static let mostSites = 200
    /// Journals name a controller `lock-controller--…`, which fits into the 63 characters of a name.
    static let longestSite = 40

    /// - Returns: the sites, and where the pages of those that have some are spoken of.
    func sites(_ value: Value, of town: Town, doors: DoorTable?) -> (sites: [Town.Site], pages: [SiteID: Mark]) {
        let (agents, operators) = (town.agents, town.operators)
        guard let members = value.members("site") else { return ([], [:]) }
        if members.count > Self.mostSites {
            findings.fault(value.keyMark, "the town has \(members.count) sites. At most \(Self.mostSites) are taken.")
        }
        var claims: (agents: Claims, doors: Claims, desks: Claims, shelters: Claims, tables: Claims) = ([:], [:], [:], [:], [:])
        var pages: [SiteID: Mark] = [:]
        let sites = members.compactMap { key, value -> Town.Site? in
            guard let id = key.name(atMost: Self.longestSite, SiteID.self), let settings = value.section(SiteKey.self) else { return nil }
            if id == "main" || operators.contains(id.named()) {
                let owner = id == "main" ? "the town's own lock-controller" : "an operator of the town"
                findings.fault(key.mark, "site \"\(id)\" has the name of \(owner). Rename the site.")
            }
            var site = Town.Site(id: id)
            let ofAgents = settings.required(.agents, example: "[gate-1]")
            let ofDoors = settings.optional(.doors)
            site.agents = ofAgents.map { claim($0, "agent", for: id, among: agents.map(\.id.text), &claims.agents) } ?? []
            site.doors = ofDoors.map { claim($0, "door", for: id, among: doors?.names ?? [], &claims.doors) } ?? []
            let ofDesks = settings.optional(.shelterDesks)
            site.shelterDesks =
                ofDesks.map { claim($0, "shelter desk", for: id, among: town.shelterDesks.map(\.text), &claims.desks) } ?? []
            if let value = settings.optional(.shelters) {
                site.shelters = claim(value, "shelter", for: id, among: nil, &claims.shelters)
                if ofDesks == nil {
                    findings.fault(
                        value.keyMark,
                        "site \"\(id)\" keeps shelters, and nobody there may look at who is in them. Add a reception: shelter-desks: [\(id)-desk]"
                    )
                }
            }
            let tables = town.receptions.desks.map(\.text)
            site.receptionDesks =
                settings.optional(.receptionDesks).map { claim($0, "reception desk", for: id, among: tables, &claims.tables) } ?? []
            site.broker = settings.optional(.broker).map { broker($0) } ?? site.broker
            checkReaders(site, agents, ofAgents, ofDoors)
            if let value = settings.optional(.portal) {
                pages[id] = value.keyMark
                site.pages = self.pages(value, of: site)
            }
            return site
        }
        return (sites, pages)
    }

    /// The names of a site's list, each once in all sites.
    /// - Parameter known: those the town has; `nil` where its file does not say which there are.
    private func claim<Kind>(
        _ value: Value, _ noun: String, for site: SiteID, among known: [String]?, _ claims: inout Claims
    ) -> [Name<Kind>] {
        guard let items = value.list(of: "this \(noun)", example: "[\(known?.first ?? "gate-1")]") else { return [] }
        return items.compactMap { item in
            guard let name = item.name(atMost: Self.longestUser, Name<Kind>.self) else { return nil }
            if let known, !known.contains(name.text) {
                let near = suggestion(for: name.text, among: known)
                findings.fault(
                    item.mark, "site \"\(site)\" names \(noun) \"\(name)\", which the town has not.\(near) Known: \(listed(known)).")
                return nil
            }
            if let other = claims.updateValue(site, forKey: name.text) {
                findings.fault(item.mark, "\(noun) \"\(name)\" is at site \"\(other)\" already. It can be at one site alone, and once.")
                return nil
            }
            return name
        }
    }

    /// A tap is decided where its reader is: no reader may stand for a door that is decided on elsewhere.
    private func checkReaders(_ site: Town.Site, _ agents: [Town.Agent], _ ofAgents: Value?, _ ofDoors: Value?) {
        for agent in agents {
            for reader in agent.readers {
                guard let door = reader.purpose.door else { continue }
                switch (site.agents.contains(agent.id), site.doors.contains(door)) {
                case (true, false):
                    findings.fault(
                        ofAgents?.mark ?? Mark(),
                        "reader \"\(reader.id)\" of agent \"\(agent.id)\" stands for door \"\(door)\", which is not a door of site \"\(site.id)\". Add the door to the site, or take the agent out of it."
                    )
                case (false, true):
                    findings.fault(
                        ofDoors?.mark ?? Mark(),
                        "door \"\(door)\" is at site \"\(site.id)\", but reader \"\(reader.id)\" of agent \"\(agent.id)\", which stands for it, is not. Add the agent to the site, or take the door out of it."
                    )
                default: break
                }
            }
        }
    }

    /// A station is another machine: to it, `localhost` is itself.
    func warnOfTownOnLoopback(_ town: Town, at mark: Mark) {
        guard !town.sites.isEmpty, ["localhost", "127.0.0.1", "::1"].contains(town.broker.host) else { return }
        findings.warn(
            mark,
            "the town's broker is \(town.broker.host), where no station on another machine finds it. Give its name in the network: broker: { host: … }"
        )
    }
}
