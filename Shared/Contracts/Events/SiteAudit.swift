// What a site's lock-controller tells the town's own one, which alone is asked by the office, and what that one tells it of such alarms and is asked of its doors.

/// A line of the audit of a site's door as it is now; told again when it has changed.
package struct AuditTold: EventBody {
    package static let type = "audit-line"

    /// Of a line about an alarm: the alarm as it is now.
    package var alarm: AlarmTold?
    /// Opened by it.
    package var booking: EventID?
    package var door: DoorID
    /// Absent once a late report has shown that it was not so.
    package var line: AuditLine?
    package var place: AuditPlace

    package init(_ line: AuditLine?, at place: AuditPlace, of door: DoorID, booking: EventID? = nil, alarm: AlarmTold? = nil) {
        (self.line, self.place, self.door, self.booking, self.alarm) = (line, place, door, booking, alarm)
    }
}

/// An alarm as its site knows it. Who looks after it is known where it was acknowledged.
package struct AlarmTold: Codable, Sendable, Equatable {
    package var cleared: Instant?
    package var id: EventID
    package var kind: DoorAlarm.Kind
    package var raised: Instant
    /// A late report has shown that it was none.
    package var withdrawn: Bool?

    package init(_ alarm: DoorAlarm) {
        (id, kind, raised, cleared, withdrawn) = (alarm.id, alarm.kind, alarm.raised, alarm.cleared, alarm.withdrawn)
    }
}

/// Somebody in the town opens a door of a site from afar. The site's controller does, or says with a `door-outcome` `not-sent` that it did not.
package struct UnlockAsked: EventBody {
    package static let type = "unlock-asked"

    package var by: UserID
    package var door: DoorID
    package var reason: String

    package init(_ wish: UnlockDoor, by: UserID) { (self.by, door, reason) = (by, wish.door, wish.reason) }
}

/// Somebody in the town looks after an alarm of a site's door.
package struct AlarmTaken: EventBody {
    package static let type = "alarm-taken"

    package var alarm: EventID
    package var by: UserID
    package var door: DoorID

    package init(_ alarm: EventID, at door: DoorID, by: UserID) { (self.alarm, self.door, self.by) = (alarm, door, by) }
}

extension Channel where Body == AuditTold {
    package static var auditLines: Self { Self(of: "lock-controller", named: "audit-line") }
}

extension Channel where Body == UnlockAsked {
    package static var unlocksAsked: Self { Self(of: "lock-controller", named: "unlock-asked") }
}

extension Channel where Body == AlarmTaken {
    package static var alarmsTaken: Self { Self(of: "lock-controller", named: "alarm-taken") }
}
