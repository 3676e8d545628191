import Contracts
import HTTP
import ServiceKit

/// That something changed is said to a school's pages, and not what: each fetches the list anew, in the name of whoever looks.
private struct SchoolNews: Codable {
    /// Something has changed since it was said last.
    var hasMore: Bool
}

extension Portal {
    /// Hundreds of cards in a few minutes are no reason to fetch a list hundreds of times.
    private static let pause = Duration.seconds(2)

    func hearGate(_ tap: Envelope<Tapped>, in turn: borrowing Turn) throws {
        guard tap.data.purpose.kind == "school-gate" else { return }
        try sayGate(turn.topic.entity.named(), in: turn)
    }

    func hearGate(_ life: Life, _ topic: Topic, in turn: borrowing Turn) throws {
        let gate = topic.entity.text
        let before = try Snapshots.one("gate", of: gate, as: Life.self, in: turn.db)?.body.state
        guard before != life.state else { return }
        try Snapshots.keep(life, as: "gate", of: gate, at: turn.now, in: turn.db)
        try sayGate(topic.entity.named(), in: turn)
    }

    func hearAlarm(_ alarm: Envelope<SchoolAlarm>, in turn: borrowing Turn) throws { try saySchool(alarm.data.school.text, in: turn) }

    func hearAbsence(_ absence: Envelope<AbsenceReported>, in turn: borrowing Turn) throws {
        try saySchool(absence.data.school.text, in: turn)
    }

    private func sayGate(_ gate: AgentID, in turn: borrowing Turn) throws {
        for school in town.schools where school.gates.contains(gate) { try saySchool(school.id.text, in: turn) }
    }

    /// Says it at once, and then again when the pause is over if there was more.
    private func saySchool(_ school: String, in turn: borrowing Turn) throws {
        if let said = try Snapshots.one("school-news", of: school, as: SchoolNews.self, in: turn.db), let until = said.until,
            until >= turn.now
        {
            return try Snapshots.keep(SchoolNews(hasMore: true), as: "school-news", of: school, at: said.at, until: until, in: turn.db)
        }
        try Snapshots.keep(
            SchoolNews(hasMore: false), as: "school-news", of: school, at: turn.now, until: turn.now + Self.pause, in: turn.db)
        try say(.piece("news", Self.newsPiece(at: turn.now)), on: "school/\(school)", in: turn)
    }

    /// The pause is over.
    func saySchoolAgain(_ school: String, in turn: borrowing Turn) throws {
        if try Snapshots.one("school-news", of: school, as: SchoolNews.self, in: turn.db)?.body.hasMore == true {
            try saySchool(school, in: turn)
        }
    }

    /// That something changes at a school; at once if it has since the page was made.
    func listenToSchool(_ call: Call, in turn: borrowing Turn) throws -> Answer {
        let school = try school(of: call).id.text
        let after = call.request.query["after"].flatMap(Int64.init) ?? .max
        let isBehind = try Snapshots.things(of: "school-news", after: after, in: turn.db).contains(school)
        return .stream(["school/\(school)"], first: isBehind ? try News.piece("news", Self.newsPiece(at: turn.now)).bytes() : [])
    }

    /// Unseen: the page's script fetches the list when it is another one.
    static func newsPiece(at moment: Instant) -> HTML { "<span id=\"news\" data-at=\"\(moment)\" hidden></span>" }
}
