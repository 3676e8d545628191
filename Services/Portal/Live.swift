import Contracts
import HTTP
import ServiceKit
import Store

/// Something that pages which are open take up.
enum News {
    /// The element of that id is another one now.
    case piece(String, HTML)
    /// Too much has changed to say it.
    case reload
}

/// A piece as the page's script reads it.
private struct Piece: Encodable {
    let id: String
    let html: String
}

extension News {
    /// As it goes over the wire (HTML, 9.2.5).
    func bytes() throws -> [UInt8] {
        switch self {
        case .piece(let id, let html):
            ServerSentEvent.bytes(event: "piece", data: String(decoding: try Piece(id: id, html: html.description).json(), as: UTF8.self))
        case .reload: ServerSentEvent.bytes(event: "page", data: "")
        }
    }
}

extension Portal {
    func say(_ news: News, on feed: String, in turn: borrowing Turn) throws {
        turn.perform(Said(feed: feed, bytes: try news.bytes()))
    }

    func learn(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        try heed(life, topic, in: turn)
        // What is shown here is the word of the one here: a site's may be cut off while the town's is well, and the town's while a site's is.
        guard topic.entity.text == town.place.text else { return }
        try learnOfTown(life, topic, in: turn)
        let before = try Snapshots.one("life", of: topic.owner.text, as: Life.self, in: turn.db)
        // Of one that has gone its last sign of life is what counts.
        let isGone = life.state == .lost || life.state == .stopped
        try Snapshots.keep(
            Life(life.state, at: life.at), as: "life", of: topic.owner.text, at: isGone ? before?.at ?? life.at : turn.now, in: turn.db)
        let wasGone = before?.body.state == .lost || before?.body.state == .stopped
        guard isGone != wasGone, topic.owner == "shelter-registry" else { return }
        for tongue in Tongue.allCases { try say(.reload, on: "shelters/\(tongue.rawValue)", in: turn) }
    }
}

extension Instant {
    /// `08:00`, by the town's clock.
    func clock(_ offset: UTCOffset) -> String { String(rfc3339(offset).dropFirst(11).prefix(5)) }
    /// `2026-11-21 08:00`
    func minute(_ offset: UTCOffset) -> String { "\(day(offset)) \(clock(offset))" }
    func day(_ offset: UTCOffset) -> String { String(rfc3339(offset).prefix(10)) }
}
