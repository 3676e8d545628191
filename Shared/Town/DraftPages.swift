import Contracts

private enum PagesKey: String, Setting { case listen, origin, map }

extension Draft {
    /// The pages of a site: where its station serves them. Who signs in there follows from the town's accounts and their stations.
    func pages(_ value: Value, of site: Town.Site) -> Town.Pages? {
        if !site.keepsPersonalData {
            findings.fault(
                value.keyMark,
                "site \"\(site.id)\" has pages, and neither shelter-desks nor reception-desks: nobody would sign in there. Give it one of these, or take its portal out."
            )
        }
        guard let settings = value.section(PagesKey.self),
            let listen = settings.required(.listen, example: "\"127.0.0.1:8080\""), let address = listenAddress(listen),
            let origin = settings.required(.origin, example: "http://localhost:8080").flatMap(origin)
        else { return nil }
        if !address.hasPrefix("127."), !address.hasPrefix("[::1]") {
            findings.warn(
                listen.mark,
                "the pages of site \"\(site.id)\" are not encrypted at \(address), and whoever reaches it sees the public ones. 127.0.0.1 is for the station itself and for a proxy on it."
            )
        }
        var pages = Town.Pages(listen: address, origin: origin)
        pages.map = settings.optional(.map).map(map)
        return pages
    }

    /// The accounts of a site's pages are the town's.
    func check(_ pages: [SiteID: Mark], of town: Town, hasPortal: Bool) {
        for site in town.sites {
            guard let mark = pages[site.id] else { continue }
            guard hasPortal else {
                findings.fault(
                    mark,
                    "site \"\(site.id)\" has pages, and the town has no accounts for them. Add them: portal: { listen: …, origin: …, accounts: { … } }"
                )
                continue
            }
            let known = town.shelterDesks(at: site.id).map { Role.shelterDesk.user($0.named()).text }
            let stations = known + town.receptionDesks(at: site.id).map { Role.receptionDesk.user($0.named()).text }
            let spokenFor = Set(town.portal?.spokenFor.map(\.text) ?? stations)
            guard !stations.isEmpty, !stations.contains(where: spokenFor.contains) else { continue }
            findings.warn(
                mark,
                "nobody signs in at the pages of site \"\(site.id)\". Give an account of the town's portal a station there: \(listed(stations))."
            )
        }
    }

    /// What is done at a site is asked of the services there, which the town's pages do not reach.
    func warnOfSiteWithoutPages(_ station: PortalPolicy.Station, of town: Town, at mark: Mark) {
        let site: SiteID? =
            switch station.role {
            case .shelterDesk: town.site(of: station.instance.named(as: ShelterDeskID.self))
            case .receptionDesk: town.site(of: station.instance.named(as: ReceptionDeskID.self))
            default: nil
            }
        guard let site, town.site(site)?.pages == nil else { return }
        findings.warn(
            mark,
            "\(station.user) is at site \"\(site)\", which has no pages, and nobody speaks for it at the town's. Give the site a portal, or take the station out of the account."
        )
    }
}
