import Contracts
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
