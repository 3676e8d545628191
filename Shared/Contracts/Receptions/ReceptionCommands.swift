/// Opens a reception, closes it or calls it off. What was closed may be opened again.
package struct DecideReception: CommandBody {
    package typealias Answer = ReceptionCount
    package static let type = "reception-decide"

    package enum Decision: String, Codable, Sendable, CaseIterable { case open, close, cancel }

    package var decision: Decision
    package var reception: ReceptionID

    package init(_ decision: Decision, _ reception: ReceptionID) { (self.decision, self.reception) = (decision, reception) }
}

/// How receptions stand, in the order of the town's file.
package struct ListReceptions: CommandBody {
    package typealias Answer = ReceptionList
    package static let type = "reception-list"

    /// The last of the answer before.
    package var after: ReceptionID?

    package init(after: ReceptionID? = nil) { self.after = after }
}

package struct ReceptionList: Codable, Sendable, Equatable {
    package var counts: [ReceptionCount]
    package var more: Bool

    package init(_ counts: [ReceptionCount], more: Bool) { (self.counts, self.more) = (counts, more) }
}

/// Lines of a list of those who are expected. Sent again they are nothing new.
package struct AddExpected: CommandBody {
    package typealias Answer = ExpectedAdded
    package static let type = "reception-rows"
    package static let most = 40

    /// Only says what would become of them.
    package var dry: Bool?
    package var reception: ReceptionID
    package var rows: [Row]

    package init(_ rows: [Row], to reception: ReceptionID, dry: Bool = false) {
        (self.rows, self.reception, self.dry) = (rows, reception, dry ? true : nil)
    }

    package struct Row: Codable, Sendable, Equatable {
        package var born: CalendarDate?
        /// In the file.
        package var line: Int
        package var name: String
        package var person: PersonID?
        package var reading: String?
        /// Where it belongs, if each row belongs to one.
        package var station: ReceptionStationID?
        package var ticket: String?

        package init(_ line: Int, name: String, reading: String? = nil, person: PersonID? = nil, ticket: String? = nil) {
            (self.line, self.name, self.reading, self.person, self.ticket) = (line, name, reading, person, ticket)
        }
    }
}

package struct ExpectedAdded: Codable, Sendable, Equatable {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case new
        /// The same stands in the list already.
        case known
        /// Added, but no card of this person is known: they are found by ticket or name.
        case withoutCard = "without-card"
        /// Not added: another row has this ticket, or this person.
        case ticketTwice = "ticket-twice"
        case personTwice = "person-twice"
        /// Not added: the town's file gives the reception no such station.
        case unknownStation = "unknown-station"

        package var isAdded: Bool { self == .new || self == .withoutCard }
    }

    package struct Line: Codable, Sendable, Equatable {
        package var line: Int
        /// Of the list: its own, or that of the row it meets.
        package var row: Int?
        package var verdict: Verdict

        package init(_ line: Int, _ verdict: Verdict, row: Int?) { (self.line, self.verdict, self.row) = (line, verdict, row) }
    }

    /// In the order they were sent.
    package var lines: [Line]

    package init(_ lines: [Line]) { self.lines = lines }
}

/// One row of a list, as a desk sees it.
package struct ExpectedRow: Codable, Sendable, Equatable {
    package var born: CalendarDate?
    /// How and when they were received, if they were.
    package var first: ReceptionRuling.First?
    package var name: String
    package var person: PersonID?
    package var reading: String?
    package var row: Int
    package var station: ReceptionStationID?
    package var ticket: String?

    package init(_ row: Int, name: String) { (self.row, self.name) = (row, name) }
}

/// Looks somebody up in a list, by the whole name or its reading.
package struct FindExpected: CommandBody {
    package typealias Answer = ExpectedFound
    package static let type = "reception-find"

    package var name: String
    package var reception: ReceptionID

    package init(_ name: String, in reception: ReceptionID) { (self.name, self.reception) = (name, reception) }
}

package struct ExpectedFound: Codable, Sendable, Equatable {
    /// There are more than stand here.
    package var more: Bool
    package var rows: [ExpectedRow]

    package init(_ rows: [ExpectedRow], more: Bool) { (self.rows, self.more) = (rows, more) }
}

/// A desk asks that somebody be received: by ticket, by person, by the row of the list, by name, or as somebody who is not on it.
package struct Receive: CommandBody {
    package typealias Answer = Received
    package static let type = "reception-accept"

    package var name: String?
    /// Also where the row belongs to another station.
    package var override: Bool?
    package var person: PersonID?
    package var reception: ReceptionID
    package var row: Int?
    package var ticket: String?
    package var walkIn: Bool?

    package init(in reception: ReceptionID) { self.reception = reception }
}

package struct Received: Codable, Sendable, Equatable {
    package var count: ReceptionCount
    package var row: ExpectedRow?
    package var ruling: ReceptionRuling

    package init(_ ruling: ReceptionRuling, _ row: ExpectedRow?, _ count: ReceptionCount) {
        (self.ruling, self.row, self.count) = (ruling, row, count)
    }
}

/// Takes back that somebody was received. One desk proposes, another agrees; either may withdraw it before.
package struct ReverseReceived: CommandBody {
    package typealias Answer = ReversalChanged
    package static let type = "reception-reverse"

    package enum Step: String, Codable, Sendable, CaseIterable { case propose, agree, withdraw }

    package var number: Int
    package var reception: ReceptionID
    package var step: Step
    /// With `propose`.
    package var why: ReversalReason?

    package init(_ step: Step, _ number: Int, in reception: ReceptionID, why: ReversalReason? = nil) {
        (self.step, self.number, self.reception, self.why) = (step, number, reception, why)
    }
}

/// Says what holds where somebody was received twice.
package struct SettleConflict: CommandBody {
    package typealias Answer = ReceptionConflict
    package static let type = "reception-settle"

    /// Of the one that became known later.
    package var number: Int
    package var reception: ReceptionID
    package var verdict: ReceptionConflict.Verdict

    package init(_ verdict: ReceptionConflict.Verdict, _ number: Int, in reception: ReceptionID) {
        (self.verdict, self.number, self.reception) = (verdict, number, reception)
    }
}

package struct CountPaper: CommandBody {
    package typealias Answer = ReceptionCount
    package static let type = "reception-paper-count"

    package var count: Int
    package var reception: ReceptionID
    /// The desk's own, if absent.
    package var station: ReceptionStationID?

    package init(_ count: Int, in reception: ReceptionID, at station: ReceptionStationID? = nil) {
        (self.count, self.reception, self.station) = (count, reception, station)
    }
}

extension Channel where Body == DecideReception {
    package static var decideReception: Self { Self(of: "reception", named: "reception-decide") }
}

extension Channel where Body == ListReceptions {
    package static var listReceptions: Self { Self(of: "reception", named: "reception-list") }
}

extension Channel where Body == AddExpected {
    package static var addExpected: Self { Self(of: "reception", named: "reception-rows") }
}

extension Channel where Body == FindExpected {
    package static var findExpected: Self { Self(of: "reception", named: "reception-find") }
}

extension Channel where Body == Receive {
    package static var receive: Self { Self(of: "reception", named: "reception-accept") }
}

extension Channel where Body == ReverseReceived {
    package static var reverseReceived: Self { Self(of: "reception", named: "reception-reverse") }
}

extension Channel where Body == SettleConflict {
    package static var settleConflict: Self { Self(of: "reception", named: "reception-settle") }
}

extension Channel where Body == CountPaper {
    package static var countPaper: Self { Self(of: "reception", named: "reception-paper-count") }
}
