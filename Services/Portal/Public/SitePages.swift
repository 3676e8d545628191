import Contracts
import HTTP
import ServiceKit
import Store

/// The pages of a site, which go on while the town is away.
extension Portal {
    /// What is asked of services that are there, and nothing else: no page leads to one that nobody would answer.
    var siteRoutes: [Route] {
        firstRoutes + signInRoutes + menuRoutes + (showsShelters ? shelterRoutes + hqRoutes + deskRoutes : [])
            + (town.has("reception") ? receptionRoutes : []) + fileRoutes
    }

    var showsShelters: Bool { town.isWhole || town.has("shelter-registry") }

    /// The registry of an island says in its life when it has heard the town last. That is news when it is over, and when it begins anew.
    func learnOfTown(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        guard !town.isWhole, topic.owner == "shelter-registry", let heard = life.counters?["town-heard"] else { return }
        let (before, moment) = (try Snapshots.one("town", of: "main", as: Life.self, in: turn.db), Instant(milliseconds: heard))
        guard before?.at != moment else { return }
        try Snapshots.keep(Life(.ready, at: moment), as: "town", of: "main", at: moment, until: moment + .seconds(60), in: turn.db)
        if before?.isStale(at: turn.now) ?? true { try sayTown(in: turn) }
    }

    func sayTown(in turn: borrowing Turn) throws {
        for tongue in Tongue.allCases {
            for feed in ["shelters", "hq"] {
                try say(.piece("town", try townPiece(tongue, in: turn)), on: "\(feed)/\(tongue.rawValue)", in: turn)
            }
        }
    }

    /// At a site: since when the town is not heard, so that nobody takes what stands there of other shelters for now.
    func townPiece(_ tongue: Tongue, in turn: borrowing Turn) throws -> HTML {
        guard !town.isWhole else { return "" }
        let heard = try Snapshots.one("town", of: "main", as: Life.self, in: turn.db)
        guard heard?.isStale(at: turn.now) ?? true else { return "<div id=\"town\"></div>" }
        let words =
            heard.map { last -> Phrase in
                let since = last.at.minute(offset)
                return Phrase(
                    "町とは \(since) から連絡がとれていません。ここの避難所はこの画面で分かります。ほかの避難所はそのころのようすです。",
                    "The town has not been heard since \(since). This place goes on; other shelters are shown as they were then.",
                    easy: "\(since) から まちと つながっていません。ほかの \(ruby("避難所", "ひなんじょ"))は そのころの ようすです。")
            }
            ?? Phrase(
                "町とはまだ連絡がとれていません。ほかの避難所のようすは分かりません。",
                "The town has not been heard yet: nothing is known of other shelters.",
                easy: "まだ まちと つながっていません。ほかの \(ruby("避難所", "ひなんじょ"))は わかりません。")
        return "<div id=\"town\"><p class=\"banner stale\">\(words[tongue])</p></div>"
    }
}
