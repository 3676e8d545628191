/// How one pupil's day stands at a school.
package struct PupilDay: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Not due yet.
        case expected
        case arrived
        case left
        /// As was said beforehand.
        case absent
        /// Should have come and has not, as far as the gate is known.
        case notArrived = "not-arrived"
        /// Should have come, and the gate cannot be heard.
        case unknown
        /// There is no school for this pupil today.
        case free
    }

    /// The first moment of today at the gate.
    package var arrived: Instant?
    package var left: Instant?
    /// As the school calls the pupil; for its desks and the guardians.
    package var name: String?
    package var person: PersonID
    /// In a vehicle of this line now; known of those alone whose family wants to hear of it.
    package var riding: LineID?
    /// `3-2`
    package var schoolClass: String?
    package var state: State

    package init(_ person: PersonID, _ state: State) { (self.person, self.state) = (person, state) }
}

/// Asks how the pupils of a school stand on a day, in the order of their classes and names.
package struct ListPupils: CommandBody {
    package typealias Answer = PupilList
    package static let type = "pupil-list"

    /// How many of the list were had before.
    package var after: Int?
    /// Today, if absent.
    package var date: CalendarDate?
    package var school: SchoolID
    package var schoolClass: String?
    /// These alone.
    package var state: PupilDay.State?

    package init(_ school: SchoolID) { self.school = school }
}

package struct PupilList: Codable, Sendable, Equatable {
    package var date: CalendarDate
    /// Until when pupils should have come; absent where there is no school.
    package var due: Instant?
    package var more: Bool
    package var pupils: [PupilDay]
    package var school: SchoolID
    /// The machines at the gate that cannot be heard, and since when.
    package var silent: [SilentGate]
    package var tally: [String: Int]

    package init(_ school: SchoolID, on date: CalendarDate, due: Instant?) {
        (self.school, self.date, self.due, more, pupils, silent, tally) = (school, date, due, false, [], [], [:])
    }
}

package struct SilentGate: Codable, Sendable, Equatable {
    package var agent: AgentID
    /// Absent where nothing has ever been heard of it.
    package var since: Instant?

    package init(_ agent: AgentID, since: Instant?) { (self.agent, self.since) = (agent, since) }
}

/// A guardian has said that a child will not come (欠席連絡), or that it will after all.
package struct ReportAbsence: CommandBody {
    package typealias Answer = AbsenceReported
    package static let type = "absence-report"

    package var from: CalendarDate
    package var person: PersonID
    package var school: SchoolID
    /// It was a mistake.
    package var undo: Bool?
    /// The last day.
    package var until: CalendarDate

    package init(_ person: PersonID, at school: SchoolID, from: CalendarDate, until: CalendarDate, undo: Bool? = nil) {
        (self.person, self.school, self.from, self.until, self.undo) = (person, school, from, until, undo)
    }
}

package struct AbsenceReported: EventBody {
    package static let type = "absence"

    package var by: UserID
    package var from: CalendarDate
    /// Who said so at their own page.
    package var guardian: PersonID?
    package var person: PersonID
    package var school: SchoolID
    package var undone: Bool?
    package var until: CalendarDate

    package init(_ wish: ReportAbsence, by user: UserID, guardian: PersonID? = nil) {
        self.guardian = guardian
        (person, school, from, until, undone, by) = (wish.person, wish.school, wish.from, wish.until, wish.undo, user)
    }
}

/// A day of a school is not as its calendar says: closed for a typhoon, or other hours. Said again for the same day it holds in place of what was said before.
package struct ChangeSchoolDay: CommandBody {
    package typealias Answer = SchoolDayChanged
    package static let type = "school-day-change"

    package var date: CalendarDate
    /// Minutes after midnight; the calendar's if absent.
    package var from: Int?
    /// There is no school. Without this and hours the day is as the calendar says again.
    package var isClosed: Bool?
    package var school: SchoolID
    package var until: Int?

    package init(_ school: SchoolID, on date: CalendarDate, isClosed: Bool? = nil, from: Int? = nil, until: Int? = nil) {
        (self.school, self.date, self.isClosed, self.from, self.until) = (school, date, isClosed, from, until)
    }
}

package struct SchoolDayChanged: EventBody {
    package static let type = "school-day"

    package var by: UserID
    package var date: CalendarDate
    package var from: Int?
    package var isClosed: Bool?
    package var school: SchoolID
    package var until: Int?

    package init(_ wish: ChangeSchoolDay, by user: UserID) {
        (school, date, isClosed, from, until, by) = (wish.school, wish.date, wish.isClosed, wish.from, wish.until, user)
    }
}

/// A pupil who should have come by now has not, or what came of it.
package struct SchoolAlarm: EventBody {
    package static let type = "school-alarm"

    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case notArrived = "not-arrived"
        /// The gate has been silent since before the time: nobody knows. Of the whole school, without a person.
        case unknown
        /// Had come in time, or has come since.
        case arrived
        /// Said to be absent, after the alarm.
        case excused
    }

    package var date: CalendarDate
    package var due: Instant
    package var outcome: Outcome
    package var person: PersonID?
    package var school: SchoolID
    package var silent: [SilentGate]?

    package init(_ outcome: Outcome, of person: PersonID?, at school: SchoolID, on date: CalendarDate, due: Instant) {
        (self.outcome, self.person, self.school, self.date, self.due) = (outcome, person, school, date, due)
    }
}

extension Channel where Body == ListPupils {
    package static var listPupils: Self { Self(of: "notifier", named: "pupil-list") }
}

extension Channel where Body == ReportAbsence {
    package static var reportAbsence: Self { Self(of: "notifier", named: "absence-report") }
}

extension Channel where Body == AbsenceReported {
    package static var absences: Self { Self(of: "notifier", named: "absence") }
}

extension Channel where Body == ChangeSchoolDay {
    package static var changeSchoolDay: Self { Self(of: "notifier", named: "school-day-change") }
}

extension Channel where Body == SchoolDayChanged {
    package static var schoolDays: Self { Self(of: "notifier", named: "school-day") }
}

extension Channel where Body == SchoolAlarm {
    package static var schoolAlarms: Self { Self(of: "notifier", named: "school-alarm") }
}
