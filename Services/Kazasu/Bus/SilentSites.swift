import Contracts
import Launch
import Town

extension Desk {
    /// Says of which sites the town may not know everything yet, where an answer rests on what they have told.
    /// - Parameter door: the one that was asked about, otherwise all are.
    func noteSilentSites(of door: DoorID?) throws {
        let town = session.town
        let sites = door.map { [town.site(of: $0)].compactMap(\.self) } ?? town.sites.filter { !$0.doors.isEmpty }.map(\.id)
        guard !sites.isEmpty else { return }
        let lives = try session.look(at: town.lifeFilters)
        for site in sites {
            guard let since = town.silence(of: site, among: lives, now: session.console.now()) else { continue }
            let words = since == .distantPast ? "has not been heard yet" : "is silent since \(since.minute(town.offset))"
            session.console.note("site \(site) \(words): what its doors have done since then is missing here until the line is back")
        }
    }
}

extension Reception {
    /// Says of which other registries not everything may be known here, where an answer rests on what they have told.
    func noteSilentRegistries() throws {
        let (town, here) = (station.town, station.place?.named() ?? Instance.main)
        let others = town.roster.instances[.shelterRegistry, default: []].filter { $0 != here }
        guard !others.isEmpty else { return }
        let lives = try desk.session.look(at: town.lifeFilters)
        for other in others {
            guard let since = town.silence(of: .shelterRegistry, other, among: lives, now: console.now()) else { continue }
            let place = other == .main ? "the town" : "island \(other)"
            let words = since == .distantPast ? "has not been heard yet" : "is silent since \(since.minute(town.offset))"
            console.note("\(place) \(words): who came to its shelters since then, or left them, is not known here until the line is back")
        }
    }
}

extension ReceptionTable {
    /// Says of which sites the town may not know yet whom they have received, where an answer rests on that.
    func noteSilentSites() throws {
        let town = station.town
        let sites = town.roster.instances[.reception, default: []].filter { $0 != .main }
        guard !json, station.place == nil, terms?.whenCutOff != .central, !sites.isEmpty else { return }
        let lives = try desk.session.look(at: town.lifeFilters)
        for site in sites {
            guard let since = town.silence(of: .reception, site, among: lives, now: console.now()) else { continue }
            let words = since == .distantPast ? "has not been heard yet" : "is silent since \(since.minute(town.offset))"
            console.note("site \(site) \(words): whom it has received since then is not known here until the line is back")
        }
    }
}
