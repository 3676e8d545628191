import Contracts
import Launch
import Town

/// Where a command is given: the town, its data folder, and the user it speaks as.
struct Station {
    let town: Town
    /// Its path, absolute.
    let townFile: String
    let data: DataFolder
    /// The site whose station this is; `nil` where the town itself is.
    let place: SiteID?
    let port: Int
    private let wanted: Instance?
    private let console: Console

    static let options: [OptionShape] = [
        Option<String>.town.shape, Option<String>.data.shape, Option<Int>.port.shape, Option<Instance>.speaker.shape,
    ]

    init(_ arguments: Arguments, _ console: Console) throws {
        let givenData = try arguments.optional(.data)
        let path = try arguments.optional(.town) ?? givenData.map { "\(folder(of: $0))/town.yaml" } ?? "town.yaml"
        let loaded: Town
        do throws(TownError) { loaded = try Town.load(path: path) } catch {
            if case .unreadable = error { throw Failure.refused("\(error) Name the town's file with --town.") }
            throw Failure.refused(error.description)
        }
        (town, townFile) = (loaded, absolute(path))
        data = DataFolder(givenData ?? "\(folder(of: path))/data")
        place = try town.site(named: data.site)?.id
        port = try arguments.optional(.port) ?? data.lastPort ?? town.broker(at: place).port
        wanted = try arguments.optional(.speaker)
        self.console = console
    }

    /// A connection that may command.
    func desk() throws -> Desk {
        try refuseAtSite()
        return try station(
            .desk, among: town.desks, "desk",
            or: "this town has no desk, and only desks may command. Add one to its file, such as desks: [office]")
    }

    /// A connection that may ask for people's files and change them.
    func registrar() throws -> Desk {
        try refuseAtSite()
        return try station(
            .registrar, among: town.registrars, "registrar",
            or:
                "this town has no residents' counter, and only those may see people's files. Add one to its file, such as registrars: [civil-affairs]"
        )
    }

    /// A connection that may see who is at a shelter, and say who comes and goes.
    func shelterDesk() throws -> Desk {
        // An island has its own.
        let desks = town.shelterDesks(at: place)
        if desks.isEmpty { try refuseAtSite() }
        return try station(
            .shelterDesk, among: desks, "shelter desk",
            or:
                "this town has no reception for shelters, and only those may see who is there. Add one to its file, such as shelter-desks: [headquarters]"
        )
    }

    /// A connection that may see who has which points, and put them right.
    func pointsDesk() throws -> Desk {
        try refuseAtSite()
        return try station(
            .pointsDesk, among: town.pointsDesks, "points desk",
            or:
                "this town has no desk for points, and only those may see who has which. Add one to its file, such as points-desks: [chamber]"
        )
    }

    /// A connection that may send messages, and see who is told what.
    func noticeDesk() throws -> Desk {
        try refuseAtSite()
        return try station(
            .noticeDesk, among: town.noticeDesks, "notice desk",
            or:
                "this town has no desk for notices, and only those may see who is told what. Add one to its file, such as notice-desks: [hall]"
        )
    }

    /// A connection that may receive people, and see who is expected and who came.
    func receptionDesk() throws -> Desk {
        // A site may have its own.
        let desks = town.receptionDesks(at: place)
        if desks.isEmpty { try refuseAtSite() }
        return try station(
            .receptionDesk, among: desks, "reception desk",
            or:
                "this town has no desk for receptions, and only those may see who is expected and who came. Add one to its file, such as reception-desks: [school]"
        )
    }

    /// A connection that may let cards pay at a shop: the one of `--as`, the one that a reader stands in, or the only one.
    func till(at reader: ReaderPlace? = nil) throws -> (shop: ShopID, desk: Desk) {
        try refuseAtSite()
        let shops = town.points.shops.map(\.id)
        let standing = reader.flatMap { place in town.agent(place.agent)?.reader(place.reader)?.purpose.shop }
        let near = (standing.map { [$0] } ?? []).filter(shops.contains)
        guard wanted != nil || !near.isEmpty || shops.count < 2 else {
            throw Failure.usage("of which shop? Add --as SHOP. Shops: \(shops.prefix(20).map(\.text).joined(separator: ", ")).")
        }
        let desk = try station(
            .till, among: near + shops.filter { !near.contains($0) }, "shop",
            or: "this town has no shops. Add one to its file, under points: shops: { bakery: { title: パン工房 } }")
        return (desk.session.instance.named(), desk)
    }

    /// The station that `--as` names, or the first.
    private func station<Kind>(_ role: Role, among names: [Name<Kind>], _ noun: String, or lack: String) throws -> Desk {
        let known = names.map { $0.named(as: Instance.self) }
        guard let first = known.first else { throw Failure.refused("\(lack), and start it again: kazasu up") }
        if let wanted, !known.contains(wanted) {
            let list = known.prefix(20).map(\.text).joined(separator: ", ")
            throw Failure.refused("there is no \(noun) \(wanted). \(noun.prefix(1).uppercased())\(noun.dropFirst())s: \(list).")
        }
        return try desk(role, wanted ?? first)
    }

    /// A connection that commands as somebody, and keeps what it has commanded.
    func desk(_ role: Role, _ instance: Instance) throws -> Desk {
        Desk(session: try session(role, instance), book: book)
    }

    var book: GivenBook { GivenBook(data, of: town, at: place, console: console) }

    private func refuseAtSite() throws(Failure) {
        guard let place else { return }
        throw .refused("this is the station of site \(place), where one may only look. Give the command where the town's broker is.")
    }

    /// A connection that may look.
    func lookout() throws -> Session {
        let (role, instance) = try lookoutUser()
        return try session(role, instance)
    }

    /// Who looks from here: an operator, or a desk that `--as` names.
    func lookoutUser() throws(Failure) -> (role: Role, instance: Instance) {
        let operators = town.brokerUsers(at: place).instances[.operator, default: []]
        if let wanted, !operators.contains(wanted) {
            guard place == nil, town.desks.contains(wanted.named()) else {
                let known = (operators + town.desks.map { $0.named() }).map(\.text).joined(separator: ", ")
                throw Failure.refused("there is no operator and no desk \(wanted). Known: \(known).")
            }
            return (.desk, wanted)
        }
        return (.operator, wanted ?? operators.first ?? Town.supervisor(at: place))
    }

    /// A connection that may look at what processes keep for a person, and settle it.
    func keeper() throws -> Desk {
        let session = try lookout()
        guard session.role == .operator else {
            throw Failure.refused(
                "only operators may do that, and \(session.instance) is a desk. Name an operator with --as, or leave it out.")
        }
        return Desk(session: session)
    }

    func session(_ role: Role, _ instance: Instance) throws -> Session {
        let login = try login(role, instance)
        let session = Session(
            console.connect(login), town: town, role: role, instance: instance, place: "\(login.host):\(port)", console: console)
        try session.connect()
        return session
    }

    func login(_ role: Role, _ instance: Instance) throws(Failure) -> Login {
        let user = role.user(instance)
        let files = data.certificate(of: user)
        guard exists(files.key), exists(files.certificate) else {
            throw Failure.refused(
                "\(user) has no certificate in \(data.root)/certificates. Start the town once, which makes it (kazasu up), or name its folder with --data."
            )
        }
        return Login(
            host: town.broker(at: place).host, port: port, user: user, client: "\(user)-\(String(console.random(), radix: 36))",
            authority: data.authority.certificate, certificate: files.certificate, key: files.key)
    }

    /// Whether the town has such a door; a sentence if not.
    func check(_ door: DoorID) throws(Failure) {
        guard town.door(door) == nil else { return }
        let known = town.doors.map(\.id.text)
        let near = nearest(to: door.text, among: known).map { " Did you mean \($0)?" } ?? ""
        throw .refused(
            "there is no door \(door) in this town.\(near) Doors: \(known.isEmpty ? "none" : known.prefix(20).joined(separator: ", ")).")
    }
}
