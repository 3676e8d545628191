/// Who was received, in the order of it.
package struct ListAttendance: CommandBody {
    package typealias Answer = AttendancePage
    package static let type = "reception-attendance"

    package var after: Int?
    /// This one alone: for a certificate.
    package var number: Int?
    package var reception: ReceptionID

    package init(of reception: ReceptionID, number: Int? = nil, after: Int? = nil) {
        (self.reception, self.number, self.after) = (reception, number, after)
    }
}

/// What a certificate of attendance (受講証明) says of one person.
package struct Attendance: Codable, Sendable, Equatable {
    package var at: Instant
    /// As the list has it; absent where nobody is named.
    package var name: String?
    package var number: Int
    package var person: PersonID?
    package var reading: String?
    package var row: Int?
    package var station: ReceptionStationID
    package var ticket: String?
    package var walkIn: Bool?
    package var way: ReceptionWay

    package init(_ number: Int, at moment: Instant, _ way: ReceptionWay, _ station: ReceptionStationID) {
        (self.number, at, self.way, self.station) = (number, moment, way, station)
    }
}

package struct AttendancePage: Codable, Sendable, Equatable {
    package var entries: [Attendance]
    package var more: Bool
    package var title: String

    package init(_ entries: [Attendance], more: Bool, title: String) { (self.entries, self.more, self.title) = (entries, more, title) }
}

/// What one shift hands over to the next (引継書): numbers, no names.
package struct ShowHandOver: CommandBody {
    package typealias Answer = HandOver
    package static let type = "reception-hand-over"

    /// Whose hours are told; today if absent.
    package var day: CalendarDate?
    package var reception: ReceptionID

    package init(of reception: ReceptionID, on day: CalendarDate? = nil) { (self.reception, self.day) = (reception, day) }
}

package struct HandOver: Codable, Sendable, Equatable {
    /// Received at one station within an hour.
    package struct Hour: Codable, Sendable, Equatable {
        package var count: Int
        /// Its beginning.
        package var hour: Instant
        package var station: ReceptionStationID

        package init(_ hour: Instant, _ station: ReceptionStationID, _ count: Int) {
            (self.hour, self.station, self.count) = (hour, station, count)
        }
    }

    package struct Paper: Codable, Sendable, Equatable {
        package var count: Int
        package var station: ReceptionStationID

        package init(_ station: ReceptionStationID, _ count: Int) { (self.station, self.count) = (station, count) }
    }

    /// The newest, some at most; those that are open first.
    package var conflicts: [ReceptionConflict]
    package var count: ReceptionCount
    package var day: CalendarDate
    package var hours: [Hour]
    /// Whether anything was left out of these lists.
    package var isCut: Bool
    package var paper: [Paper]
    package var reversals: [ReversalChanged]
    package var title: String

    package init(
        _ title: String, _ day: CalendarDate, _ count: ReceptionCount, hours: [Hour], paper: [Paper], reversals: [ReversalChanged],
        conflicts: [ReceptionConflict], isCut: Bool
    ) {
        (self.title, self.day, self.count, self.hours, self.paper) = (title, day, count, hours, paper)
        (self.reversals, self.conflicts, self.isCut) = (reversals, conflicts, isCut)
    }
}

extension Channel where Body == ListAttendance {
    package static var listAttendance: Self { Self(of: "reception", named: "reception-attendance") }
}

extension Channel where Body == ShowHandOver {
    package static var showHandOver: Self { Self(of: "reception", named: "reception-hand-over") }
}
