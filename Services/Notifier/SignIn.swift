import Contracts
import Seal
import ServiceKit
import Store

/// The link by which somebody opens their own page. Whoever has it is taken for the person, so it goes to the addresses that the directory
/// has, and is kept no longer than it takes.
extension Notifier {
    /// What has not left by then would be of no use.
    static let linksLast = Duration.seconds(15 * 60)
    private static let linksAnHour = 3

    func letIn(_ command: Envelope<LetIn>, in turn: borrowing Turn) throws -> Reply<WaysToReach> {
        try turn.obey {
            let (person, link) = (command.data.person, command.data.link)
            guard link.isLink(after: "https://") || link.isLink(after: "http://localhost") else {
                throw Objection("bad-link", "That is no link to a page of this town.")
            }
            let recipient = NoticeRecipient.person(person)
            let ways = try routes(to: recipient, saying: .signIn, in: turn.db).filter { try !isDead($0, of: recipient, in: turn.db) }
            guard !ways.isEmpty else {
                throw Objection(
                    "no-address", "\(person) has no mail address and no LINE account that works. The residents' counter notes one.")
            }
            guard try countTold(.signIn, to: person, in: turn) < Self.linksAnHour else {
                throw Objection("too-many", "\(person) was sent \(Self.linksAnHour) links within an hour. Try again later.")
            }
            var news = News(word: .signIn, kind: nil, about: command.id, subject: person, at: turn.now, urgency: .danger)
            news.values.link = link
            try tell(news, to: recipient, in: turn)
            return .accept(WaysToReach(person, ways: ways.map(\.way)))
        }
    }

    /// Once it has left, or never will.
    func forgetSecrets(of notice: KeptNotice, in db: borrowing Transaction) throws {
        var values = notice.values
        (values.link, values.code, values.reach) = (nil, nil, nil)
        try db.run("UPDATE notice SET row = ? WHERE id = ?", db.close(try values.json(), "notice/\(notice.id)"), notice.id.bytes)
    }
}

extension NoticeWord {
    /// A link that opens somebody's page goes onto no screen, and to no browser or program that somebody else may look at.
    func mayLeave(by way: Carriage) -> Bool { self != .signIn || way == .mail || way == .line }
}
