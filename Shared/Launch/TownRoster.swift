import Contracts
import Town

extension Town {
    /// Everybody who may have a certificate in this town, those at sites among them.
    package var roster: Roster {
        Roster(
            [
                .readerAgent: agents.map { $0.id.named() },
                .lockController: [.main] + sites.filter { !$0.doors.isEmpty }.map { $0.id.named() },
                .lock: doors.map { $0.id.named() },
                .keypad: doors.filter(\.hasKeypad).map { $0.id.named() }, .residentDirectory: [.main],
                .lockDriver: doors.contains { $0.driver != nil || $0.homeAssistant != nil } ? [.main] : [], .desk: desks.map { $0.named() },
                .shelterRegistry: shelterDesks.isEmpty ? [] : [.main] + sites.filter(\.isIsland).map { $0.id.named() },
                .registrar: registrars.map { $0.named() },
                .shelterDesk: shelterDesks.map { $0.named() }, .points: points.purses.isEmpty ? [] : [.main],
                .pointsDesk: pointsDesks.map { $0.named() }, .till: points.shops.map { $0.id.named() },
                .operator: operators.map { $0.named() },
                .notifier: notices == nil ? [] : [.main], .noticeDesk: noticeDesks.map { $0.named() },
                .reception: receptions.receptions.isEmpty ? [] : [.main] + sites.filter(\.hasReception).map { $0.id.named() },
                .receptionDesk: receptions.desks.map { $0.named() },
                .analytics: visits == nil ? [] : [.main],
                .home: (notices?.homes ?? []).map { $0.named() },
                .portal: portal == nil ? [] : [.main] + sites.filter { $0.pages != nil }.map { $0.id.named() },
                .resident: portal?.isForResidents == true ? [PortalPolicy.residents.instance] : [],
            ], capabilities: capabilities, spokenFor: portal?.spokenFor ?? [])
    }

    /// Where a process runs: at a site, or `nil` for the town's own place.
    package func place(of role: Role, _ instance: Instance) -> SiteID? {
        switch role {
        case .readerAgent: site(of: instance.named(as: AgentID.self))
        case .lock, .keypad: site(of: instance.named(as: DoorID.self))
        case .lockController, .shelterRegistry, .reception, .portal: site(instance.named())?.id
        case .shelterDesk: site(of: instance.named(as: ShelterDeskID.self))
        case .receptionDesk: site(of: instance.named(as: ReceptionDeskID.self))
        default: nil
        }
    }

    /// Whose events a process believes. A lock-controller decides for the agents of its own place; it takes rights from the town's one alone, which is told by
    /// all sites what their doors have done. A shelter-registry counts who holds a card at its own place, and believes all other registries.
    /// A reception at a site hears the cards of its own place, and the town's one of all else. A site's pages show what is said there, and which shelters other
    /// places have.
    package func roster(heardBy role: Role, _ instance: Instance) -> Roster {
        var heard = roster
        if role == .portal, let place = place(of: role, instance) {
            heard.instances = heard.instances.mapValues { _ in [] }
            for (role, instance) in roster.users where role == .shelterRegistry || self.place(of: role, instance) == place {
                heard.instances[role, default: []].append(instance)
            }
        }
        if role == .shelterRegistry {
            heard.instances[.readerAgent] = agents.map(\.id).filter { shelterRegistry(of: $0) == instance }.map { $0.named() }
        }
        // A reader turns to a shelter by the word of the registry that counts who holds a card there.
        if role == .readerAgent { heard.instances[.shelterRegistry] = [shelterRegistry(of: instance.named())] }
        guard role == .lockController || role == .reception else { return heard }
        let place = place(of: role, instance)
        // The town's reception decides some receptions alone, for the cards of all places.
        if role == .lockController || place != nil { heard.instances[.readerAgent] = agents(at: place).map { $0.id.named() } }
        heard.instances[role] = roster.instances[role]?.filter { instance == .main || $0 == .main || $0 == instance }
        return heard
    }

    /// What a place decides about its pages, and who signs in there: whoever speaks for stations of that place. Kiosks and residents' pages are the town's alone.
    package func portal(at place: SiteID?) -> PortalPolicy? {
        guard let portal else { return nil }
        var policy = portal
        if let place {
            guard let pages = site(place)?.pages else { return nil }
            policy = PortalPolicy(listen: pages.listen, origin: pages.origin)
            policy.map.outline = portal.map.outline
            policy.map = pages.map ?? policy.map
        }
        policy.accounts = portal.accounts.compactMap { account in
            var own = account
            own.stations = account.stations.filter { self.place(of: $0.role, $0.instance) == place }
            // Whoever has no work yet signs in at the town.
            return own.stations.isEmpty && (place != nil || !account.stations.isEmpty) ? nil : own
        }
        return policy
    }

    /// What the contract needs to know of a site.
    package func premises(_ site: Site) -> Premises {
        let agents = agents.filter { site.agents.contains($0.id) }.map {
            ($0.id.named(as: Instance.self), $0.readers.map { $0.id.named(as: Instance.self) })
        }
        return Premises(
            site.id.named(), agents: Dictionary(uniqueKeysWithValues: agents), doors: site.doors.map { $0.named() },
            shelterDesks: site.shelterDesks.map { $0.named() }, receptionDesks: site.receptionDesks.map { $0.named() })
    }

    package func crossing(of site: Site) -> Crossing { Contract.crossing(of: premises(site), in: name, roster: roster) }
}
