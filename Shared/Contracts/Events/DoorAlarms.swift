/// Something about a door that a person should look at.
package struct DoorAlarm: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case forced
        case heldOpen = "held-open"
        case jammed
        /// Its lock has not been heard of for too long.
        case silent
        case batteryLow = "battery-low"
        case tamper
        /// The lock was sent an order that was none of ours, or an old one: somebody tries, or two controllers believe they are the one.
        case badOrder = "bad-order"
    }

    package var acknowledged: Instant?
    /// Who acknowledged it.
    package var by: UserID?
    package var cleared: Instant?
    package var door: DoorID
    package var id: EventID
    package var kind: Kind
    package var note: String?
    package var raised: Instant
    /// A late report has shown that it was none.
    package var withdrawn: Bool?

    package init(
        id: EventID, door: DoorID, kind: Kind, raised: Instant, cleared: Instant? = nil, withdrawn: Bool? = nil,
        acknowledged: Instant? = nil, by: UserID? = nil, note: String? = nil
    ) {
        self.acknowledged = acknowledged
        self.by = by
        self.cleared = cleared
        self.door = door
        self.id = id
        self.kind = kind
        self.note = note
        self.raised = raised
        self.withdrawn = withdrawn
    }
}

/// An alarm of a door was raised, is over, was none, or somebody has taken it upon them to look. What they noted stays with lock-controller.
package struct AlarmChanged: EventBody {
    package static let type = "door-alarm"

    package enum Status: String, Codable, Sendable, CaseIterable { case raised, cleared, withdrawn, acknowledged }

    package var alarm: EventID
    /// Who acknowledged it.
    package var by: UserID?
    package var door: DoorID
    package var kind: DoorAlarm.Kind
    package var status: Status

    package init(alarm: EventID, door: DoorID, kind: DoorAlarm.Kind, status: Status, by: UserID? = nil) {
        self.alarm = alarm
        self.by = by
        self.door = door
        self.kind = kind
        self.status = status
    }
}

/// Asks for alarms, the newest first, at most 50 an answer.
package struct ListAlarms: CommandBody {
    package typealias Answer = AlarmList
    package static let type = "alarm-list"

    /// The last alarm of the answer before, to get the next fifty.
    package var after: EventID?
    /// Also those that are acknowledged and over, and those that were none.
    package var all: Bool?
    package var door: DoorID?

    package init(door: DoorID? = nil, all: Bool? = nil, after: EventID? = nil) {
        self.after = after
        self.all = all
        self.door = door
    }
}

/// Alarms, and whether there are more behind them.
package struct AlarmList: Codable, Sendable, Equatable {
    package var alarms: [DoorAlarm]
    package var more: Bool

    package init(alarms: [DoorAlarm], more: Bool) {
        self.alarms = alarms
        self.more = more
    }
}

/// Takes it upon oneself to look after an alarm.
package struct AcknowledgeAlarm: CommandBody {
    package typealias Answer = AlarmAnswer
    package static let type = "alarm-acknowledge"
    /// Characters of a note, at most.
    package static let longestNote = 200

    package var alarm: EventID
    /// What was found or done. No names of persons.
    package var note: String?

    package init(alarm: EventID, note: String? = nil) {
        self.alarm = alarm
        self.note = note
    }
}

/// The alarm that a command was about, as it is now.
package struct AlarmAnswer: Codable, Sendable, Equatable {
    package var alarm: DoorAlarm

    package init(alarm: DoorAlarm) { self.alarm = alarm }
}

extension Channel where Body == AlarmChanged {
    package static var doorAlarms: Self { Self(of: "lock-controller", named: "door-alarm") }
}

extension Channel where Body == ListAlarms {
    package static var listAlarms: Self { Self(of: "lock-controller", named: "alarm-list") }
}

extension Channel where Body == AcknowledgeAlarm {
    package static var acknowledgeAlarm: Self { Self(of: "lock-controller", named: "alarm-acknowledge") }
}
