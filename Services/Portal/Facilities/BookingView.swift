import Contracts
import HTTP

/// Of which door which week is looked at, and what is being typed beside it.
struct BookingView {
    let door: TownFacts.Door
    let week: Week
    var form = BookingForm()
    /// Why it was not taken.
    var fault: HTML?
    /// What was cancelled a moment ago.
    var cancelled: Booking?

    init(_ call: Call, _ fields: [String: String], _ town: TownFacts, at now: Instant) throws {
        let wished = fields["door"].flatMap { DoorID($0) }
        guard let door = wished == nil ? town.doors.first : town.doors.first(where: { $0.id == wished }) else { throw Page.notFound }
        self.door = door
        week = Week(of: fields["week"].flatMap { CalendarDate($0) } ?? now.date(town.offset), town.offset)
    }

    func path(_ call: Call, week other: CalendarDate? = nil) -> String {
        call.path("bookings?door=\(door.id)&week=\(other ?? week.first)")
    }

    /// What each of the page's forms brings along.
    var hidden: HTML {
        "<input type=\"hidden\" name=\"door\" value=\"\(door.id)\"><input type=\"hidden\" name=\"week\" value=\"\(week.first)\">"
    }
}
