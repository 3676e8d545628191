import Contracts
import Post
import Seal
import ServiceKit
import Store

/// One way to one recipient.
struct Route {
    enum Place: Equatable {
        case text(String)
        case push(PushSubscription)
        case home(HomeID)
    }

    let way: Carriage
    let place: Place
    /// By what it is remembered where the address itself may not lie.
    let mark: [UInt8]

    /// A screen in a hall, a device in the kitchen.
    var isOpenToOthers: Bool { way == .webhook || way == .home }
}

extension Notifier {
    /// The ways to a recipient, the one that is tried first standing first: browsers, which show it at once, before what the directory knows.
    func routes(to recipient: NoticeRecipient, in db: borrowing Transaction) throws -> [Route] {
        let known: [Reach]
        var routes: [Route] = []
        switch recipient {
        case .person(let person):
            known = try view(of: person, in: db)?.channels ?? []
            routes = try subscriptions(of: person, in: db)
        case .contact(let id): known = policy.contact(id)?.channels ?? []
        }
        routes += known.compactMap { reach in
            switch reach.way {
            case .mail: route(.mail, .text(reach.address))
            case .line: route(.line, .text(reach.address))
            case .webhook: route(.webhook, .text(reach.address))
            // Nobody telephones from here: the office does.
            case .phone: nil
            }
        }
        return routes.filter { sender.ways.contains($0.way) }
    }

    private func route(_ way: Carriage, _ place: Route.Place) -> Route {
        let text =
            switch place {
            case .text(let text): text
            case .push(let push): push.endpoint
            case .home(let home): home.text
            }
        return Route(way: way, place: place, mark: vault.blindIndex(Array("\(way.rawValue) \(text)".utf8), for: "address"))
    }

    private func subscriptions(of person: PersonID, in db: borrowing Transaction) throws -> [Route] {
        try db.all("SELECT row FROM subscription WHERE person = ? ORDER BY mark", person.text) { $0.blob(0) }.compactMap { sealed in
            let kept: KeptSubscription = try db.open(sealed, "subscription/\(person)").decoded()
            if let push = kept.push { return route(.push, .push(push)) }
            return kept.home.map { route(.home, .home($0)) }
        }
    }

    func isDead(_ route: Route, of recipient: NoticeRecipient, in db: borrowing Transaction) throws -> Bool {
        try db.first("SELECT 1 FROM dead_address WHERE recipient = ? AND mark = ?", recipient.text, route.mark, read: { _ in }) != nil
    }

    // MARK: Browsers and devices

    private static let mostSubscriptions = 10

    func subscribe(_ command: Envelope<Subscribe>, in turn: borrowing Turn) throws -> Reply<WaysToReach> {
        try turn.obey {
            try mayDo(nil, in: turn)
            let wish = command.data
            guard try view(of: wish.person, in: turn.db) != nil else {
                throw Objection(
                    "unknown-person", "Nothing is known of \(wish.person) here: they need a card, a channel or somebody to be told.")
            }
            let place: Route.Place
            switch (wish.push, wish.home) {
            case (let push?, nil):
                guard push.endpoint.hasPrefix("https://"), push.endpoint.utf8.count <= 1000, push.p256dh.utf8.count <= 100,
                    push.auth.utf8.count <= 40
                else { throw Objection("bad-subscription", "That is no subscription as a browser hands it out.") }
                place = .push(push)
            case (nil, let home?):
                guard policy.homes.contains(home) else { throw Objection("unknown-home", "The town's file has no home \(home).") }
                place = .home(home)
            default: throw Objection("bad-subscription", "Name either a browser's subscription or a home.")
            }
            let route = self.route(wish.home == nil ? .push : .home, place)
            let person = wish.person.text
            if wish.remove == true {
                try turn.db.run("DELETE FROM subscription WHERE person = ? AND mark = ?", person, route.mark)
            } else {
                let count = try turn.db.first("SELECT count(*) FROM subscription WHERE person = ?", person) { $0.int(0) } ?? 0
                guard count < Self.mostSubscriptions else {
                    throw Objection("too-many", "\(wish.person) has \(count) already. Take one away first.")
                }
                let row = turn.db.close(try KeptSubscription(push: wish.push, home: wish.home).json(), "subscription/\(person)")
                try turn.db.run("INSERT OR REPLACE INTO subscription (person, mark, row) VALUES (?, ?, ?)", person, route.mark, row)
            }
            return .accept(WaysToReach(wish.person, ways: try routes(to: .person(wish.person), in: turn.db).map(\.way)))
        }
    }
}

private struct KeptSubscription: Codable {
    var push: PushSubscription?
    var home: HomeID?
}
