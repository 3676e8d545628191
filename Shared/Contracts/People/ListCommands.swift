package enum TownList {}

/// Begins to hand over a list of the town: residents, a school's pupils, an association's members, those entitled to something.
package struct OpenList: CommandBody {
    package typealias Answer = ListReview
    package static let type = "list-open"

    package var header: [String]
    /// Under which the town's file says what the columns mean.
    package var list: Name<TownList>
    /// How many rows will come.
    package var rows: Int
    /// SHA-256 of the file, in hexadecimal: the same file again changes nothing.
    package var sha256: String

    package init(_ list: Name<TownList>, header: [String], rows: Int, sha256: String) {
        (self.list, self.header, self.rows, self.sha256) = (list, header, rows, sha256)
    }
}

/// Some rows of it, in any order; a row handed over again is nothing.
package struct AddRows: CommandBody {
    package typealias Answer = ListReview
    package static let type = "list-rows"

    package var list: EventID
    package var rows: [Row]

    package init(_ list: EventID, _ rows: [Row]) { (self.list, self.rows) = (list, rows) }

    package struct Row: Codable, Sendable, Equatable {
        package var cells: [String]
        /// Of the file, where the row begins.
        package var line: Int

        package init(line: Int, _ cells: [String]) { (self.line, self.cells) = (line, cells) }
    }
}

/// Asks what a list would change. Nothing has happened yet.
package struct ReviewList: CommandBody {
    package typealias Answer = ListReview
    package static let type = "list-review"

    /// Goes on with the lines behind this one.
    package var after: Int?
    /// Goes on with those who leave behind this one; they come after all lines.
    package var afterLeft: PersonID?
    package var list: EventID
    /// Lines of this kind alone.
    package var only: ListLine.What?

    package init(_ list: EventID, after: Int? = nil, afterLeft: PersonID? = nil, only: ListLine.What? = nil) {
        (self.list, self.after, self.afterLeft, self.only) = (list, after, afterLeft, only)
    }
}

/// Approves a list, applies one that another person has approved, or throws it away.
package struct DecideList: CommandBody {
    package typealias Answer = ListReview
    package static let type = "list-decide"

    package enum Decision: String, Codable, Sendable, CaseIterable {
        /// By somebody other than whoever handed it over.
        case approve
        case apply
        case discard
    }

    package var decision: Decision
    /// Approves although more than a tenth of those known from this list would leave.
    package var evenIfMany: Bool?
    package var list: EventID

    package init(_ list: EventID, _ decision: Decision, evenIfMany: Bool? = nil) {
        (self.list, self.decision, self.evenIfMany) = (list, decision, evenIfMany)
    }
}

/// What a list would do, or has done.
package struct ListReview: Codable, Sendable, Equatable {
    package enum Stage: String, Codable, Sendable, CaseIterable {
        /// Rows are missing.
        case incomplete
        /// Whole; to be approved.
        case ready
        /// To be applied.
        case approved
        case applying, applied, discarded
    }

    /// How many lines of each kind, by its word; `done` while and after it is applied.
    package var counts: [String: Int]
    package var id: EventID
    /// At most 100 that are not `same`; more behind the last where `more`.
    package var lines: [ListLine]
    package var list: Name<TownList>
    package var more: Bool
    package var openedBy: UserID
    package var rows: Int
    package var stage: Stage
    /// Columns of the file that mean nothing here.
    package var unused: [String]?

    package init(
        _ id: EventID, _ list: Name<TownList>, _ stage: Stage, rows: Int, counts: [String: Int], openedBy: UserID, lines: [ListLine] = [],
        more: Bool = false
    ) {
        (self.id, self.list, self.stage, self.rows, self.counts) = (id, list, stage, rows, counts)
        (self.openedBy, self.lines, self.more) = (openedBy, lines, more)
    }
}

/// What one line of a list means.
package struct ListLine: Codable, Sendable, Equatable {
    package enum What: String, Codable, Sendable, CaseIterable {
        case new, changed, same
        /// Another address.
        case moved
        /// Is known from this list and stands in it no more.
        case left
        /// Cannot be read; the sentence says why.
        case unclear
    }

    /// Of the file; absent for who has left.
    package var line: Int?
    package var person: PersonID?
    /// For a clerk: who, and what changes.
    package var sentence: String
    package var what: What

    package init(_ what: What, line: Int?, person: PersonID?, _ sentence: String) {
        (self.what, self.line, self.person, self.sentence) = (what, line, person, sentence)
    }
}

extension Channel where Body == OpenList {
    package static var openList: Self { Self(of: "resident-directory", named: "list-open") }
}

extension Channel where Body == AddRows {
    package static var addRows: Self { Self(of: "resident-directory", named: "list-rows") }
}

extension Channel where Body == ReviewList {
    package static var reviewList: Self { Self(of: "resident-directory", named: "list-review") }
}

extension Channel where Body == DecideList {
    package static var decideList: Self { Self(of: "resident-directory", named: "list-decide") }
}
