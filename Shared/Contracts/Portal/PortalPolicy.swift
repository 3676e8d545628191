package enum AccountKind {}
package enum KioskKind {}
/// Somebody of the town's staff as the portal knows them: `sato`.
package typealias AccountID = Name<AccountKind>
/// A screen beside a reader (案内端末).
package typealias KioskID = Name<KioskKind>

/// What a town decides about its pages, and who may sign in there.
package struct PortalPolicy: Sendable, Equatable {
    /// Where it listens, `127.0.0.1:8080`. It speaks without encryption: a proxy stands in front.
    package var listen: String
    /// As browsers see it: `https://kazasu.town.example`, without a slash at the end.
    package var origin: String
    package var accounts: [Account] = []
    package var kiosks: [Kiosk] = []
    /// Residents have pages of their own.
    package var isForResidents = false
    package var map = Map()

    package init(listen: String, origin: String) { (self.listen, self.origin) = (listen, origin) }

    package func account(_ id: AccountID) -> Account? { accounts.first { $0.id == id } }
    package func kiosk(_ id: KioskID) -> Kiosk? { kiosks.first { $0.id == id } }

    /// The stations as which people speak there.
    package var spokenFor: [UserID] { accounts.flatMap { $0.stations.map(\.user) } + (isForResidents ? [Self.residents.user] : []) }
    /// As whom the portal speaks for residents.
    package static let residents = Station(.resident, "page")

    /// Somebody who signs in. What they do is done in the name of stations that are theirs alone, so every command names who gave it.
    package struct Account: Sendable, Equatable {
        package let id: AccountID
        /// As others read it: `佐藤`.
        package var title: String
        package var stations: [Station]

        package init(_ id: AccountID, title: String, stations: [Station]) { (self.id, self.title, self.stations) = (id, title, stations) }

        /// As whom they speak when they do the work of a role; of several the first.
        package func station(_ role: Role) -> Station? { stations.first { $0.role == role } }
    }

    package struct Station: Sendable, Hashable {
        package let role: Role
        package let instance: Instance

        package init(_ role: Role, _ instance: Instance) { (self.role, self.instance) = (role, instance) }

        package var user: UserID { role.user(instance) }
    }

    package struct Kiosk: Sendable, Equatable {
        package let id: KioskID
        package var place: ReaderPlace
        /// How long a screen stays when nobody comes.
        package var stays = Duration.seconds(8)
        /// A card held there shows the code by which its holder opens their own page.
        package var showsCodes = false
        /// A card held there shows the holder's number of a list, for the library's own scanner.
        package var library: LibraryCard?

        package init(_ id: KioskID, at place: ReaderPlace) { (self.id, self.place) = (id, place) }
    }

    /// A number that the directory knows, as bars (図書館の利用者カード).
    package struct LibraryCard: Sendable, Equatable {
        package enum Symbology: String, CaseIterable, Sendable { case codabar, code39 }
        package enum Check: String, CaseIterable, Sendable { case none, modulus16, sevenDR = "7dr", modulus43 }

        /// Which of the town's lists has the number.
        package var list: Name<TownList>
        package var symbology: Symbology
        /// Appended to the number.
        package var check = Check.none
        /// Width of the narrowest bar in micrometres.
        package var module = 529

        package init(_ list: Name<TownList>, as symbology: Symbology) { (self.list, self.symbology) = (list, symbology) }
    }

    package struct Map: Sendable, Hashable {
        /// Where tiles come from, with `{z}`, `{x}` and `{y}`; none: the outline alone.
        package var tiles: String?
        /// Who is to be named for them.
        package var attribution: String?
        /// A file with the town's border as GeoJSON (RFC 7946).
        package var outline: String?

        package init() {}
    }
}
