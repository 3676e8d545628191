/// Asks how the batteries of locks fare, in order of door, at most 50 an answer.
package struct ListBatteries: CommandBody {
    package typealias Answer = BatteryList
    package static let type = "battery-list"

    /// The last door of the answer before, to get the next fifty.
    package var after: DoorID?
    package var door: DoorID?
    /// How far back readings are looked at, 1 to 12.
    package var months: Int

    package init(door: DoorID? = nil, months: Int, after: DoorID? = nil) {
        self.after = after
        self.door = door
        self.months = months
    }
}

/// The battery of one lock since it was last changed.
package struct BatteryTrend: Codable, Sendable, Equatable {
    /// When the newest reading was taken.
    package var at: Instant
    /// Days from that reading until it is empty, if it goes on as before; absent where there are too few readings to say, or it does not fall.
    package var daysLeft: Int?
    package var door: DoorID
    /// The first reading looked at, in percent.
    package var from: Int
    package var percent: Int
    package var readings: Int
    package var since: Instant

    package init(door: DoorID, from: Int, since: Instant, percent: Int, at: Instant, readings: Int, daysLeft: Int? = nil) {
        self.at = at
        self.daysLeft = daysLeft
        self.door = door
        self.from = from
        self.percent = percent
        self.readings = readings
        self.since = since
    }
}

/// Batteries, and whether there are more behind them.
package struct BatteryList: Codable, Sendable, Equatable {
    package var batteries: [BatteryTrend]
    package var more: Bool

    package init(batteries: [BatteryTrend], more: Bool) {
        self.batteries = batteries
        self.more = more
    }
}

extension Channel where Body == ListBatteries {
    package static var listBatteries: Self { Self(of: "lock-controller", named: "battery-list") }
}
