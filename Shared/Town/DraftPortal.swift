import Contracts

private enum PortalKey: String, Setting { case listen, origin, accounts, kiosks, residents, map }
private enum AccountKey: String, Setting { case title, stations }
private enum KioskKey: String, Setting { case reader, stays, codes, library }
private enum LibraryKey: String, Setting { case list, bars, check, module }
private enum MapKey: String, Setting { case tiles, attribution, outline }

extension Draft {
    static let mostAccounts = 500
    static let mostKiosks = 200

    /// The town's pages: where they are served, and who signs in there.
    func portal(_ value: Value, of town: Town) -> PortalPolicy? {
        guard let settings = value.section(PortalKey.self),
            let listen = settings.required(.listen, example: "\"127.0.0.1:8080\"").flatMap(listenAddress),
            let origin = settings.required(.origin, example: "https://kazasu.town.example").flatMap(origin)
        else { return nil }
        var portal = PortalPolicy(listen: listen, origin: origin)
        var taken: [UserID: AccountID] = [:]
        for (id, _, value) in parts(settings.optional(.accounts), "account", atMost: Self.mostAccounts, AccountID.self) {
            guard let account = account(id, value, town) else { continue }
            for user in account.stations.map(\.user) {
                if let other = taken.updateValue(id, forKey: user) {
                    value.isWrong("stations of its own: \(user) is \(other)'s already, and it would not be known who gave a command.")
                }
            }
            portal.accounts.append(account)
        }
        portal.kiosks = parts(settings.optional(.kiosks), "kiosk", atMost: Self.mostKiosks, KioskID.self).compactMap {
            kiosk($0.id, $0.value, town)
        }
        portal.isForResidents = settings.optional(.residents)?.flag() ?? false
        if !portal.isForResidents, let kiosk = portal.kiosks.first(where: { $0.showsCodes || $0.library != nil }) {
            value.isWrong("residents: true, since kiosk \(kiosk.id) asks the directory for them.")
        }
        portal.map = settings.optional(.map).map(map) ?? portal.map
        return portal
    }

    private func account(_ id: AccountID, _ value: Value, _ town: Town) -> PortalPolicy.Account? {
        guard let settings = value.section(AccountKey.self) else { return nil }
        let known = Dictionary(
            uniqueKeysWithValues: town.stationsByRole.filter { $0.role != .till }.map { ($0.role.user($0.instance).text, $0) })
        let stations =
            settings.required(.stations, example: "[shelter-desk-headquarters]")?
            .list(of: "the account's stations", example: "[shelter-desk-headquarters]") ?? []
        let own = stations.compactMap { item -> PortalPolicy.Station? in
            guard let name = item.name(UserID.self) else { return nil }
            guard let station = known[name.text] else {
                item.isWrong(
                    "one of the stations: \(listed(known.keys.sorted())).\(suggestion(for: name.text, among: known.keys.sorted()))")
                return nil
            }
            let own = PortalPolicy.Station(station.role, station.instance)
            warnOfSiteWithoutPages(own, of: town, at: item.mark)
            return own
        }
        return PortalPolicy.Account(id, title: settings.optional(.title)?.title() ?? id.text, stations: own)
    }

    private func kiosk(_ id: KioskID, _ value: Value, _ town: Town) -> PortalPolicy.Kiosk? {
        guard let settings = value.section(KioskKey.self), let place = settings.required(.reader, example: "gate-1/reader-1") else {
            return nil
        }
        let found = place.parsed("a reader of the town, such as gate-1/reader-1.") { text -> ReaderPlace? in
            ReaderPlace(text).flatMap { town.agent($0.agent)?.reader($0.reader) == nil ? nil : $0 }
        }
        guard let found else { return nil }
        var kiosk = PortalPolicy.Kiosk(id, at: found)
        kiosk.stays = settings.optional(.stays)?.duration(in: .seconds(2)...(.seconds(60))) ?? kiosk.stays
        kiosk.showsCodes = settings.optional(.codes)?.flag() ?? false
        kiosk.library = settings.optional(.library).flatMap { library($0, town) }
        return kiosk
    }

    private func library(_ value: Value, _ town: Town) -> PortalPolicy.LibraryCard? {
        guard let settings = value.section(LibraryKey.self), let list = settings.required(.list, example: "library"),
            let bars = settings.required(.bars, example: "codabar")?.choice(PortalPolicy.LibraryCard.Symbology.self)
        else { return nil }
        let known = town.people.lists.map(\.numbersOf)
        guard let name = list.name(Name<TownList>.self) else { return nil }
        guard known.contains(name) else {
            list.isWrong("one of the lists that have numbers: \(listed(Set(known.map(\.text)).sorted())).")
            return nil
        }
        var card = PortalPolicy.LibraryCard(name, as: bars)
        card.check = settings.optional(.check)?.choice() ?? card.check
        card.module = settings.optional(.module)?.number(in: 190...2000) ?? card.module
        let fits: [PortalPolicy.LibraryCard.Check] = bars == .codabar ? [.none, .modulus16, .sevenDR] : [.none, .modulus43]
        if !fits.contains(card.check) { value.isWrong("a check of \(bars.rawValue): \(listed(fits.map(\.rawValue))).") }
        return card
    }

    func map(_ value: Value) -> PortalPolicy.Map {
        var map = PortalPolicy.Map()
        guard let settings = value.section(MapKey.self) else { return map }
        map.tiles = settings.optional(.tiles)?.parsed(
            "an address with {z}, {x} and {y}, such as https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png."
        ) {
            text -> String? in
            // It becomes part of the pages' security policy.
            let isPlain =
                text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && ![0x22, 0x27, 0x2c, 0x3b].contains($0) } && text.utf8.count <= 200
            return isPlain && text.hasPrefix("https://") && ["{z}", "{x}", "{y}"].allSatisfy { text.contains($0) } ? text : nil
        }
        map.attribution = settings.optional(.attribution)?.text(atMost: 200, "who made the tiles")
        map.outline = settings.optional(.outline)?.text(atMost: 1000, "a file").map { $0.hasPrefix("/") ? $0 : folder + $0 }
        return map
    }

    /// `https://kazasu.town.example`; plain HTTP on this machine alone, since browsers send nothing secret over it elsewhere.
    func origin(_ value: Value) -> String? {
        value.parsed("the address as browsers see it, https://kazasu.town.example, without a path.") { text -> String? in
            let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://localhost") ? text.dropFirst(7) : ""
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            let hasPort = parts.count == 2 && UInt16(parts[1]) != nil
            guard let host = parts.first, !host.isEmpty, parts.count == 1 || hasPort else { return nil }
            let fits = host.utf8.allSatisfy { isDigit($0) || (0x61...0x7a).contains($0) || $0 == 0x2d || $0 == 0x2e }
            return fits && host.utf8.count <= 253 ? text : nil
        }
    }
}
