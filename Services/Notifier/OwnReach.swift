import Contracts
import Post
import Seal
import ServiceKit
import Store

/// Somebody changes at their own page where messages reach them: an address is proved by digits that go there, and the other addresses hear of it.
extension Notifier {
    private static let codesAnHour = 5

    func proveOwn(_ command: Envelope<ProveOwn>, in turn: borrowing Turn) throws -> Reply<Done> {
        try turn.obey {
            let (person, reach, code) = (command.data.person, command.data.reach, command.data.code)
            guard code.utf8.count == 6, code.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                throw Objection("bad-code", "A code has six digits.")
            }
            guard reach.way == .mail, (try? MailAddress(reach.address)) != nil else {
                throw Objection("bad-address", "That is no mail address.")
            }
            guard sender.ways.contains(.mail) else { throw Objection("no-mail", "This town sends no mail.") }
            guard try view(of: person, in: turn.db) != nil else { throw Objection("unknown-person", "Nothing is known of \(person) here.") }
            guard try countTold(.prove, to: person, in: turn) < Self.codesAnHour else {
                throw Objection("too-many", "\(person) was sent \(Self.codesAnHour) codes within an hour. Try again later.")
            }
            var news = News(word: .prove, kind: nil, about: command.id, subject: person, at: turn.now, urgency: .danger)
            (news.values.code, news.values.reach) = (code, reach)
            try tell(news, to: .person(person), in: turn)
            return .accept(Done())
        }
    }

    /// How often somebody was told this within the hour.
    func countTold(_ word: NoticeWord, to person: PersonID, in turn: borrowing Turn) throws -> Int {
        try turn.db.first(
            """
            SELECT count(*) FROM delivery d JOIN notice n ON n.id = d.notice WHERE d.recipient = ? AND n.word = ? AND n.at BETWEEN ? AND ?
            """, person.text, word.rawValue, (turn.now - .seconds(3600)).milliseconds, turn.now.milliseconds
        ) { Int($0.int(0)) } ?? 0
    }

    /// One message to each address: whoever has taken a page over cannot keep it from the others.
    func tellOwnReach(_ command: Envelope<TellOwnReach>, in turn: borrowing Turn) throws -> Reply<Done> {
        try turn.obey {
            let wish = command.data
            let known = try view(of: wish.person, in: turn.db)?.channels ?? []
            var places = known.filter { $0 != wish.reach && ($0.way == .mail || $0.way == .line) }
            if wish.removed == true { places.append(wish.reach) }
            for (number, reach) in places.enumerated() {
                let about = EventID.derived(from: command.id, type: NoticeWord.wayChanged.rawValue, discriminator: "\(number)")
                var news = News(word: .wayChanged, kind: nil, about: about, subject: wish.person, at: turn.now, urgency: .danger)
                news.values.reach = reach
                try tell(news, to: .person(wish.person), in: turn)
            }
            return .accept(Done())
        }
    }

    /// What a delivery may be handed over to: the recipient's ways, or the one place that its notice is for.
    func routes(of delivery: KeptDelivery, _ notice: KeptNotice?, in db: borrowing Transaction) throws -> [Route] {
        guard let notice, notice.word.hasPlaceOfItsOwn else { return try routes(to: delivery.recipient, saying: notice?.word, in: db) }
        return notice.values.reach.flatMap(route(to:)).map { [$0] } ?? []
    }
}

extension NoticeWord {
    /// It is for one address, whether the directory has that or not: no other is tried, and what comes of it says nothing of the person's ways.
    var hasPlaceOfItsOwn: Bool { self == .prove || self == .wayChanged }
    /// It holds what is kept no longer than its delivery takes.
    var isForgotten: Bool { self == .signIn || hasPlaceOfItsOwn }
}
