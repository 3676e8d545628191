/// A kind of broker user. One process is one user; what a user may do follows from its role alone.
package enum Role: String, Sendable, CaseIterable, Comparable {
    case readerAgent = "reader-agent"
    case lockController = "lock-controller"
    case residentDirectory = "resident-directory"
    case shelterRegistry = "shelter-registry"
    case points, notifier, analytics
    /// Shows the town its pages, and commands for those who sign in there.
    case portal
    /// A lock's own hardware.
    case lock
    /// A door's keypad.
    case keypad
    /// Gives the orders of locks to devices that check no signatures.
    case lockDriver = "lock-driver"
    /// A clerk's station: may command.
    case desk
    /// The residents' counter (住民窓口): may command the directory, and sees people's names.
    case registrar
    /// The reception of a shelter, or headquarters (避難所受付, 災害対策本部): may command the shelters, and sees who is there.
    case shelterDesk = "shelter-desk"
    /// A clerk's station for points (ポイント窓口): may award, correct, approve campaigns and settle with shops.
    case pointsDesk = "points-desk"
    /// A shop's till (レジ): may ask that a card at its own reader pay.
    case till
    /// A station from which messages are sent and schools are looked after (お知らせ窓口): sees who is told what, and the pupils of its schools.
    case noticeDesk = "notice-desk"
    /// A device in somebody's home that shows or speaks notices.
    case home
    case reception
    /// A clerk at a reception table (受付係): sees who is expected and who came.
    case receptionDesk = "reception-desk"
    /// Residents at their own page (わたしのページ). They have no connection: the portal alone speaks for them, and each command names the person.
    case resident
    /// A technician's or an auditor's station: may look, ask journals for what it may see, and settle what processes keep for a person.
    case `operator`

    package var program: Program { Program(rawValue)! }

    /// The user of one instance. The kind stands in front, so that no two kinds can share a name.
    package func user(_ instance: Instance) -> UserID {
        switch self {
        case .readerAgent: UserID("agent-\(instance)")!
        default: UserID("\(rawValue)-\(instance)")!
        }
    }

    /// Whether it says how it is. A device in a home only listens.
    package var hasLife: Bool { !isStation && self != .home }

    /// Whether its database lies under the vault.
    package var hasVault: Bool { [.residentDirectory, .shelterRegistry, .notifier, .reception, .analytics, .portal].contains(self) }

    /// Whether it connects to the broker itself, and so has a certificate and rights there.
    package var connects: Bool { self != .resident }

    /// A person sits there; it has no life of its own.
    package var isStation: Bool {
        [.desk, .registrar, .shelterDesk, .pointsDesk, .till, .noticeDesk, .receptionDesk, .resident, .operator].contains(self)
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
