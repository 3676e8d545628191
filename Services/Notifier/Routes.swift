import Contracts
import People
import Post
import Seal
import ServiceKit
import Store

/// One way to one recipient.
struct Route {
    enum Place: Equatable {
        case text(String)
        case push(PushSubscription)
    }

    let way: Carriage
    let place: Place
    /// By what it is remembered where the address itself may not lie.
    let mark: [UInt8]

    /// A screen in a hall.
    var isOpenToOthers: Bool { way == .webhook }
}

extension Notifier {
    /// The ways to a recipient, the one that is tried first standing first: browsers, which show it at once, before what the directory knows. Devices in
    /// homes are no such way: what they show is shown beside the others.
    /// - Parameter word: some things may leave by some ways alone.
    func routes(to recipient: NoticeRecipient, saying word: NoticeWord? = nil, in db: borrowing Transaction) throws -> [Route] {
        let known: [Reach]
        var routes: [Route] = []
        switch recipient {
        case .person(let person):
            known = try view(of: person, in: db)?.channels ?? []
            routes = try subscriptions(of: person, in: db)
        case .contact(let id): known = policy.contact(id)?.channels ?? []
        }
        routes += known.compactMap(route(to:))
        return routes.filter { sender.ways.contains($0.way) && word?.mayLeave(by: $0.way) != false }
    }

    func route(to reach: Reach) -> Route? {
        switch reach.way {
        case .mail: route(.mail, .text(reach.address))
        case .line: route(.line, .text(reach.address))
        case .webhook: route(.webhook, .text(reach.address))
        // Nobody telephones from here: the office does.
        case .phone: nil
        }
    }

    private func route(_ way: Carriage, _ place: Route.Place) -> Route {
        let text =
            switch place {
            case .text(let text): text
            case .push(let push): push.endpoint
            }
        return Route(way: way, place: place, mark: mark(way, text))
    }

    private func mark(_ way: Carriage, _ text: String) -> [UInt8] {
        vault.blindIndex(Array("\(way.rawValue) \(text)".utf8), for: "address")
    }

    private func subscriptions(of person: PersonID, in db: borrowing Transaction) throws -> [Route] {
        try kept(person, in: db).filter { try isGood($0, for: person, in: db) }.compactMap { $0.push.map { route(.push, .push($0)) } }
    }

    /// Devices in the person's homes, as far as the town's file still has them.
    func homes(of person: PersonID, in db: borrowing Transaction) throws -> [HomeID] {
        try kept(person, in: db).compactMap(\.home).filter(policy.homes.contains)
    }

    private func kept(_ person: PersonID, in db: borrowing Transaction) throws -> [KeptSubscription] {
        try db.all("SELECT row FROM subscription WHERE person = ? ORDER BY mark", person.text) { $0.blob(0) }.map {
            try db.open($0, "subscription/\(person)").decoded()
        }
    }

    /// A browser that was added by a card is told nothing once the card is lost or somebody else's: whoever found it may have added theirs.
    private func isGood(_ way: KeptSubscription, for person: PersonID, in db: borrowing Transaction) throws -> Bool {
        guard let card = way.card else { return true }
        guard let holder = try People<NoticeView>.person(of: card, in: db) else { return false }
        return try People<NoticeView>.present(holder, in: db) == person
    }

    /// Whoever is gone takes the ways to them along; whoever was found to be somebody else is reached there by the same ways.
    func moveWays(of person: PersonID, in turn: borrowing Turn) throws {
        let present = try People<NoticeView>.present(person, in: turn.db)
        if present != person {
            for way in try kept(person, in: turn.db) { try keep(way, of: present, in: turn.db) }
        } else if try view(of: person, in: turn.db) != nil {
            return
        }
        try turn.db.run("DELETE FROM subscription WHERE person = ?", person.text)
        try turn.db.run("DELETE FROM dead_address WHERE recipient = ?", person.text)
        try turn.db.run("DELETE FROM own_line WHERE person = ?", person.text)
    }

    private func keep(_ way: KeptSubscription, of person: PersonID, in db: borrowing Transaction) throws {
        let row = db.close(try way.json(), "subscription/\(person)")
        try db.run("INSERT OR REPLACE INTO subscription (person, mark, row) VALUES (?, ?, ?)", person.text, mark(of: way), row)
    }

    private func mark(of way: KeptSubscription) -> [UInt8] {
        way.home.map { mark(.home, $0.text) } ?? mark(.push, way.push?.endpoint ?? "")
    }

    /// Whether anything at all reaches somebody: an address that was not given up for dead is not asked for.
    func hasWays(_ person: PersonID, in db: borrowing Transaction) throws -> Bool {
        try !routes(to: .person(person), in: db).isEmpty || !homes(of: person, in: db).isEmpty
    }

    func isDead(_ route: Route, of recipient: NoticeRecipient, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM dead_address WHERE recipient = ? AND mark = ?", recipient.text, route.mark, read: { _ in }) != nil
    }

    // MARK: Browsers and devices

    private static let mostSubscriptions = 10

    func subscribe(_ command: Envelope<Subscribe>, in turn: borrowing Turn) throws -> Reply<WaysToReach> {
        try turn.obey {
            try mayDo(nil, in: turn)
            return .accept(try subscribe(command.data, in: turn))
        }
    }

    func subscribe(_ wish: Subscribe, by card: Token? = nil, in turn: borrowing Turn) throws -> WaysToReach {
        guard try view(of: wish.person, in: turn.db) != nil else {
            throw Objection(
                "unknown-person", "Nothing is known of \(wish.person) here: they need a card, a channel or somebody to be told.")
        }
        switch (wish.push, wish.home) {
        case (let push?, nil):
            guard push.endpoint.hasPrefix("https://"), push.endpoint.utf8.count <= 1000, push.p256dh.utf8.count <= 100,
                push.auth.utf8.count <= 40
            else { throw Objection("bad-subscription", "That is no subscription as a browser hands it out.") }
        case (nil, let home?):
            guard policy.homes.contains(home) else { throw Objection("unknown-home", "The town's file has no home \(home).") }
        default: throw Objection("bad-subscription", "Name either a browser's subscription or a home.")
        }
        let way = KeptSubscription(push: wish.push, home: wish.home, card: card)
        let person = wish.person.text
        if wish.remove == true {
            try turn.db.run("DELETE FROM subscription WHERE person = ? AND mark = ?", person, mark(of: way))
        } else {
            for old in try kept(wish.person, in: turn.db) where try !isGood(old, for: wish.person, in: turn.db) {
                try turn.db.run("DELETE FROM subscription WHERE person = ? AND mark = ?", person, mark(of: old))
            }
            let others =
                try turn.db.first("SELECT count(*) FROM subscription WHERE person = ? AND mark <> ?", person, mark(of: way)) { $0.int(0) }
                ?? 0
            guard others < Self.mostSubscriptions else {
                throw Objection("too-many", "\(wish.person) has \(others) already. Take one away first.")
            }
            try keep(way, of: wish.person, in: turn.db)
        }
        return WaysToReach(wish.person, ways: try ways(to: wish.person, in: turn.db))
    }

    /// By which somebody is reached, devices at home first.
    func ways(to person: PersonID, in db: borrowing Transaction) throws -> [Carriage] {
        try homes(of: person, in: db).map { _ in .home } + routes(to: .person(person), in: db).map(\.way)
    }
}

/// One of the two.
private struct KeptSubscription: Codable {
    var push: PushSubscription?
    var home: HomeID?
    /// By which the browser was added.
    var card: Token?
}
